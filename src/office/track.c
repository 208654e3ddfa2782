/* SPDX-License-Identifier: Apache-2.0 */
/* Who says what, as far as it has reached this spool: one letter's accounts, and the letters that --all stands for. */
#include "office/office.h"

#include "base/limits.h"
#include "base/text.h"
#include "office/words.h"

int office_accounts(struct valise *v, const struct hash *letter, bool with_words, struct valise_accounts **ret,
		    struct valise_err *err)
{
	CLEAN_GATHERED struct gathered g = {0};
	const struct words_wanted words = {.most = LIMIT_SPAN_WORDS_BYTES + 1}; /* one more, to see that it is cut */
	int r = gather(v, letter, &g, err);
	if (!r && with_words)
		r = gather_words(v, &words, &g, err);
	if (r)
		return r;
	struct evidence e = gathered_evidence(v, &g);
	return evidence_accounts(&e, ret, err);
}

int office_accounts_if_read(struct valise *v, const struct hash *letter, struct valise_accounts **ret,
			    struct valise_err *err)
{
	int r = office_accounts(v, letter, false, ret, err);
	if (r != VALISE_E_BAD)
		return r;
	*ret = NULL;
	return 0;
}

int valise_track(struct valise *v, const char *letter, struct valise_accounts **ret, struct valise_err *err)
{
	struct hash id;
	int r = office_letter(v, letter, &id, err);
	return r ? r : office_accounts(v, &id, true, ret, err);
}

/* ---- --all ---- */

struct own_word {
	const struct hash *self, *sender;
	const struct register_set *set, *senders; /* our own register; the sender's */
	bool received, opened, carrying;
	bool refused, withdrawn; /* the latter is the sender's word */
};

static int hear_own(void *context, struct verified_statement *s, int64_t taken_in_s)
{
	struct own_word *w = context;
	(void)taken_in_s;
	if (hash_eq(&s->s.office.office, w->self) && statement_stands(w->set, s)) {
		w->received |= s->s.says == SAYS_RECEIVED;
		w->opened |= s->s.says == SAYS_OPENED;
		w->carrying |= s->s.says == SAYS_CARRYING;
		w->refused |= s->s.says == SAYS_REFUSED;
	}
	if (s->s.says == SAYS_WITHDRAWN && hash_eq(&s->s.office.office, w->sender))
		w->withdrawn |= statement_stands(w->senders, s);
	verified_statement_free(s);
	return 0;
}

static int look_what_was_said(struct valise *v, const struct register_set *set, const struct hash *id,
			      enum valise_all which, bool *ret, struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	CLEAN_REGISTER_SET struct register_set senders = REGISTER_SET_NONE;
	struct own_word w = {.self = &v->self, .set = set, .senders = &senders};
	int r = letter_seal(v->spool, id, &seal, err);
	if (!r)
		r = register_set_look(v, &seal->s.from.office, 1, &senders, err);
	if (r)
		return r;
	w.sender = &seal->s.from.office;
	r = statements_of(v->spool, id, hear_own, &w, err);
	if (r)
		return r;
	bool is_answered = w.refused || w.withdrawn; /* who takes it all the same names it */
	bool for_us = seal_recipient(&seal->s, &v->self) >= 0, own = hash_eq(&seal->s.from.office, &v->self);
	*ret = (which == VALISE_ALL_UNRECEIVED && for_us && !w.received && !is_answered) ||
	       (which == VALISE_ALL_UNOPENED && for_us && !w.opened) ||
	       (which == VALISE_ALL_UNCARRIED && !for_us && !own && !w.carrying && !is_answered);
	return 0;
}

void valise_ids_free(char **ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(ids[i]);
	free(ids);
}

static int makes_sense(struct valise *v, const struct register_set *set, const struct hash *id, enum valise_all which,
		       bool *ret, struct valise_err *err)
{
	struct letter_row row;
	int r = letter_row(v->spool, id, &row, err);
	*ret = which == VALISE_ALL_LETTERS;
	/* Paper: somebody has to look whether it is here. */
	if (r || *ret || row.is_paper || !row.has_body || !row.has_cover)
		return r;
	r = look_what_was_said(v, set, id, which, ret, err);
	if (r != VALISE_E_BAD)
		return r;
	*ret = !row.is_own; /* damaged here: whoever goes through them all is told of it there */
	return 0;
}

static int find_which(struct valise *v, const struct hashes *among, enum valise_all which, struct hashes *ret,
		      struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = register_set_self(v, &set, err);
	for (size_t i = 0; i < among->n && !r; i++) {
		bool yes;
		r = makes_sense(v, &set, &among->at[i], which, &yes, err);
		if (!r && yes)
			r = hashes_add(ret, &among->at[i], err);
	}
	return r;
}

int office_letters_which(struct valise *v, const struct hashes *among, enum valise_all which, char ***ret_ids,
			 size_t *ret_n, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes ids = {0};
	size_t n = 0;
	int r = spool_begin_read(v->spool, err); /* as they are at one moment */
	if (r)
		return r;
	r = find_which(v, among, which, &ids, err);
	spool_rollback(v->spool);
	if (r)
		return r;
	char **list = calloc(ids.n + 1, sizeof *list);
	while (list && n < ids.n && (list[n] = strdup(hash_hex(&ids.at[n]).text)))
		n++;
	if (!list || n < ids.n) {
		valise_ids_free(list, n);
		return err_nomem(err);
	}
	*ret_ids = list;
	*ret_n = n;
	return 0;
}

int valise_letters_all(struct valise *v, enum valise_all which, char ***ret_ids, size_t *ret_n, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes ids = {0};
	int r = office_letters(v, &ids, err);
	return r ? r : office_letters_which(v, &ids, which, ret_ids, ret_n, err);
}
