/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits as lines of base64, a portion at a time. */
#include "office/whole_exhibits.h"

#include "base/limits.h"
#include "crypto/digest.h"
#include "evidence/places.h"
#include "format/dossier.h"
#include "format/excerpt.h"
#include "office/exhibits.h"

#define PORTION_LINES 4096u
#define PORTION_BYTES ((size_t)PORTION_LINES * EXCERPT_LINE_BYTES)
#define PORTION_TEXT_BYTES (PORTION_LINES * 65u)
#define HEAD_BYTES 512u

struct whole_exhibit {
	struct hash id;
	uint64_t bytes;
};

void whole_exhibits_release(struct whole_exhibits *x)
{
	free(x->at);
	*x = (struct whole_exhibits){0};
}

static int add(struct valise *v, const struct place *p, struct whole_exhibits *x, struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	CLEAN_BUF struct buf head = BUF_INIT(HEAD_BYTES);
	const struct whole_exhibit one = {p->exhibit, p->size};
	struct valise_err why = {0};
	uint64_t digits = 0;
	int r = exhibit_source_at(v, &p->exhibit, p->size, &source, &why);
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	if (r) {
		err_copy(err, &why);
		return r;
	}
	r = dossier_exhibit(&one.id, one.bytes, &head, &digits, err);
	x->at[x->n++] = one;
	x->bytes += head.len + digits;
	return r;
}

int whole_exhibits_find(struct valise *v, struct gathered *g, struct whole_exhibits *ret, struct valise_err *err)
{
	const struct words_wanted want = {.most = 1};
	CLEANUP(whole_exhibits_release) struct whole_exhibits x = {0};
	CLEAN_FREE struct place *places = NULL;
	size_t n = 0;
	int r = places_list(g->reports, g->n_reports, &want, &places, &n, err);
	if (!r && !(x.at = calloc(n + 1, sizeof *x.at)))
		r = err_nomem(err);
	for (size_t i = 0; i < n && !r; i += places_of_one(places + i, n - i))
		r = add(v, &places[i], &x, err);
	if (r)
		return r;
	*ret = x;
	x = (struct whole_exhibits){0};
	return 0;
}

static int write_portion(const struct body *body, uint64_t at, size_t len, uint8_t *data, struct digest *digest,
			 const struct valise_dossier *to, struct valise_err *err)
{
	CLEAN_BUF struct buf lines = BUF_INIT(PORTION_TEXT_BYTES);
	int r = body_read(body, at, data, len, err);
	if (!r)
		r = digest_add(digest, data, len, err);
	excerpt_lines(&lines, (struct str){(const char *)data, len});
	if (!r)
		r = buf_check(&lines, "a dossier", err);
	return r ? r : to->write(to->context, lines.data, lines.len);
}

static int write_one(struct valise *v, const struct whole_exhibit *one, uint8_t *data, const struct valise_dossier *to,
		     struct valise_err *err)
{
	CLEAN_BUF struct buf head = BUF_INIT(HEAD_BYTES);
	CLEAN_DIGEST struct digest *digest = NULL;
	CLEAN_BODY struct body body = BODY_NONE;
	struct hash id;
	uint64_t digits;
	int r = dossier_exhibit(&one->id, one->bytes, &head, &digits, err);
	if (!r)
		r = exhibit_open(v->spool, &one->id, &body, err);
	if (!r)
		r = digest_new(&digest, err);
	if (!r)
		r = to->write(to->context, head.data, head.len);
	for (uint64_t at = 0; at < one->bytes && !r; at += PORTION_BYTES) {
		uint64_t left = one->bytes - at;
		r = write_portion(&body, at, left < PORTION_BYTES ? (size_t)left : PORTION_BYTES, data, digest, to,
				  err);
		if (!r)
			r = office_progress(v, "writing exhibits", at, one->bytes, err);
	}
	if (!r)
		r = digest_end(digest, &id, err);
	if (r || hash_eq(&id, &one->id))
		return r;
	return err_set(err, VALISE_E_CHANGED,
		       "the exhibit %.16s... changed on this disk while it was written: run `valise doctor`",
		       hash_hex(&one->id).text);
}

int whole_exhibits_write(struct valise *v, const struct whole_exhibits *x, const struct valise_dossier *to,
			 struct valise_err *err)
{
	CLEAN_FREE uint8_t *data = malloc(PORTION_BYTES);
	int r = data ? 0 : err_nomem(err);
	for (size_t i = 0; i < x->n && !r; i++)
		r = write_one(v, &x->at[i], data, to, err);
	return r;
}
