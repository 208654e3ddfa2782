/* SPDX-License-Identifier: Apache-2.0 */
/* What a sealing tells: to whom, who can open it, and whose card was never checked. */
#include "office/seal_result.h"

#include "base/limits.h"
#include "base/text.h"

struct sealed_result {
	struct valise_sealed pub; /* first: freed through it */
	char letter[HASH_HEX_BYTES + 1];
	char short_id[HASH_SHORT_BYTES];
	char same_ref[HASH_HEX_BYTES + 1];
	char same_ref_short[HASH_SHORT_BYTES];
	char **readers, **unchecked, **to, **addressees;
	size_t n_readers, n_unchecked, n_to, n_addressees;
	char *paper;
};

static void texts_free(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

/* A copy of outside words that is safe to show. */
static int show_copy(struct str words, char **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	text_show(&b, words);
	int r = buf_check(&b, "the result", err);
	if (!r)
		*ret = (char *)buf_take(&b, NULL);
	return r;
}

void valise_sealed_free(struct valise_sealed *pub)
{
	struct sealed_result *r = (struct sealed_result *)pub;
	if (!r)
		return;
	texts_free(r->readers, r->n_readers);
	texts_free(r->unchecked, r->n_unchecked);
	texts_free(r->to, r->n_to);
	texts_free(r->addressees, r->n_addressees);
	free(r->paper);
	free(r);
}

/* "Mission Oslo's 2 readers", and whether its card was ever checked. */
static int describe_recipient(struct valise *v, const struct seal_facts *f, const struct hash *office,
			      struct sealed_result *res, struct valise_err *err)
{
	CLEAN_BUF struct buf line = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	CLEAN_BUF struct buf petname = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	CLEANUP(recipients_release) struct recipients own = {0};
	struct contact c = {0};
	int r = office_recipients(registers_office(f->set->registers, office), ROLE_READER, f->now_s, &own, err);
	if (!r)
		r = office_show(v, f->set, office, &line, err);
	if (!r)
		r = contact_get(v->spool, office, &c, &petname, err);
	bool has_card = r == 0;
	if (r && r != VALISE_E_NOT_FOUND)
		return r;
	if (has_card && !c.checked) {
		res->unchecked[res->n_unchecked] = strdup((char *)line.data);
		if (!res->unchecked[res->n_unchecked++])
			return err_nomem(err);
	}
	res->to[res->n_to] = strdup((char *)line.data);
	if (!res->to[res->n_to++])
		return err_nomem(err);
	if (f->seal->paper.at)
		return 0;
	buf_addf(&line, "'s %zu reader%s", own.n, own.n == 1 ? "" : "s");
	r = buf_check(&line, "the result", err);
	if (r)
		return r;
	res->readers[res->n_readers++] = (char *)buf_take(&line, NULL);
	return 0;
}

int seal_result(struct valise *v, const struct seal_facts *f, struct valise_sealed **ret, struct valise_err *err)
{
	struct sealed_result *res = calloc(1, sizeof *res);
	int r = 0;
	if (!res)
		return err_nomem(err);
	res->readers = calloc(f->to->n + 1, sizeof(*res->readers));
	res->unchecked = calloc(f->to->n + 1, sizeof(*res->unchecked));
	res->to = calloc(f->to->n + 1, sizeof(*res->to));
	res->addressees = calloc(f->seal->n_addressees + 1, sizeof(*res->addressees));
	if (!res->readers || !res->unchecked || !res->to || !res->addressees)
		r = err_nomem(err);
	if (!r && f->seal->paper.at)
		r = show_copy(f->seal->paper, &res->paper, err);
	for (size_t i = 0; i < f->seal->n_addressees && !r; i++) {
		r = show_copy(f->seal->addressees[i], &res->addressees[i], err);
		res->n_addressees += r == 0;
	}
	for (size_t i = 0; i < f->to->n && !r; i++)
		r = describe_recipient(v, f, &f->to->at[i], res, err);
	if (r) {
		valise_sealed_free(&res->pub);
		return r;
	}
	if (f->letter) {
		memcpy(res->letter, hash_hex(f->letter).text, sizeof res->letter);
		memcpy(res->short_id, hash_short(f->letter).text, sizeof res->short_id);
	}
	if (f->same_ref) {
		memcpy(res->same_ref, hash_hex(f->same_ref).text, sizeof res->same_ref);
		memcpy(res->same_ref_short, hash_short(f->same_ref).text, sizeof res->same_ref_short);
	}
	res->pub = (struct valise_sealed){
		.letter = f->letter ? res->letter : NULL,
		.short_id = f->letter ? res->short_id : NULL,
		.same_ref = f->same_ref ? res->same_ref : NULL,
		.same_ref_short = f->same_ref ? res->same_ref_short : NULL,
		.n_parts = f->n_parts,
		.plain_bytes = f->plain_bytes,
		.body_bytes = f->seal->body_bytes,
		.paper = res->paper,
		.to = (const char *const *)res->to,
		.n_to = res->n_to,
		.addressees = (const char *const *)res->addressees,
		.n_addressees = res->n_addressees,
		.readers = (const char *const *)res->readers,
		.n_readers = res->n_readers,
		.unchecked = (const char *const *)res->unchecked,
		.n_unchecked = res->n_unchecked,
	};
	*ret = &res->pub;
	return 0;
}
