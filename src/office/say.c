/* SPDX-License-Identifier: Apache-2.0 */
/* Saying: a statement is drafted and held against what is here, shown to a person, and only then signed. */
#include "office/office.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/body_root.h"
#include "office/may_say.h"
#include "office/opening.h"
#include "office/saying.h"

#define QUESTION_BYTES (8u * LIMIT_STATEMENT_BYTES) /* escaping lengthens what it shows */

static void draft_release(struct draft *d)
{
	free(d->text);
	free(d->question);
	free(d->title);
	free(d->already);
	*d = (struct draft){.text = NULL};
}

void valise_draft_free(struct valise_draft *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		draft_release(&d->drafts[i]);
	free(d->drafts);
	free(d->ids);
	hashes_release(&d->letters);
	register_set_release(&d->set);
	free(d);
}

size_t valise_draft_count(const struct valise_draft *d)
{
	return d->n;
}

const struct valise_draft_view *valise_draft_at(const struct valise_draft *d, size_t i)
{
	return i < d->n ? &d->drafts[i].view : NULL;
}

/* ---- The words ---- */

/* A draft while it is made. */
struct making {
	struct draft *d;
	struct statement s; /* its strs borrow from `words` */
	struct buf words;
};

static void making_release(struct making *m)
{
	buf_release(&m->words);
}

/* Normalises one line into m->words; its span is set once the buffer no longer moves (see place_words). */
static int take_word(struct making *m, const char *word, const char *what, struct str *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf one = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	if (!word)
		return 0;
	int r = text_free_of(str_of(word), what, &one, err);
	ret->len = one.len;
	buf_add(&m->words, one.data, one.len);
	return r;
}

static void place(struct str *s, const char **at)
{
	if (s->len) {
		s->at = *at;
		*at += s->len;
	}
}

static int take_words(struct making *m, const struct valise_statement *want, struct valise_err *err)
{
	if (want->n_text > LIMIT_TEXT_LINES)
		return err_set(err, VALISE_E_LIMIT, "a statement has at most %u lines of text", LIMIT_TEXT_LINES);
	int r = take_word(m, want->medium, "--medium", &m->s.medium, err);
	if (!r)
		r = take_word(m, want->when, "--when", &m->s.when, err);
	if (!r)
		r = take_word(m, want->reason, "--reason", &m->s.reason, err);
	for (size_t i = 0; i < want->n_text && !r; i++)
		r = take_word(m, want->text[i], "the text", &m->s.text[i], err);
	if (!r)
		r = buf_check(&m->words, "the statement", err);
	if (r)
		return r;
	const char *at = (const char *)m->words.data;
	m->s.n_text = want->n_text;
	place(&m->s.medium, &at);
	place(&m->s.when, &at);
	place(&m->s.reason, &at);
	for (size_t i = 0; i < want->n_text; i++)
		place(&m->s.text[i], &at);
	return 0;
}

/* ---- Held against what is here ---- */

/* What our office has said of this letter already, and whether a note is a proposal. */
struct history {
	const struct hash *self;
	const struct register_set *set; /* our own register: only what our officers said was said by us */
	enum says says;
	bool said;
	int64_t said_s;
	const struct hash *regarding;
	bool regards_proposal;
};

static int look_back(void *context, struct verified_statement *v, int64_t taken_in_s)
{
	struct history *h = context;
	(void)taken_in_s;
	if (hash_eq(&v->s.office.office, h->self) && v->s.says == h->says && statement_stands(h->set, v)) {
		h->said = true;
		h->said_s = v->s.time_s;
	}
	if (h->regarding && hash_eq(&v->note.id, h->regarding) && v->s.says == SAYS_PROPOSED)
		h->regards_proposal = true;
	verified_statement_free(v);
	return 0;
}

static bool once_only(enum says says)
{
	return says == SAYS_RECEIVED || says == SAYS_OPENED || says == SAYS_SERVICE_ACCEPTED || says == SAYS_WITHDRAWN;
}

bool draft_is_of_bytes(const struct draft *d)
{
	return d->says == SAYS_RECEIVED || d->says == SAYS_CARRYING || d->says == SAYS_OPENED;
}

static int damaged(const struct draft *d, const char *what, struct valise_err *err)
{
	return err_set(
		err, VALISE_E_BAD,
		"the %s of %s was damaged on this machine's disk, so nobody can say %s of it; run `valise doctor`",
		what, d->short_id, says_table[d->says].name);
}

int draft_check_here(struct valise *v, const struct draft *d, const struct letter_row *row,
		     const struct verified_seal *seal, struct body *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf cover = BUF_INIT(LIMIT_COVER_BYTES);
	struct hash digest;
	char so[64];
	(void)snprintf(so, sizeof so, "nobody can say %s of it", says_table[d->says].name);
	if (!row->has_body || !row->has_cover)
		return office_not_whole(v, &d->letter, VALISE_E_NOT_ALLOWED, so, err);
	int r = cover_get(v->spool, &d->letter, &cover, err);
	if (r)
		return r;
	digest_once(cover.data, cover.len, &digest);
	if (!hash_eq(&digest, &seal->s.cover))
		return damaged(d, "cover", err);
	r = body_open(v->spool, &seal->s.body, ret, err);
	if (r == VALISE_E_BAD)
		return damaged(d, "body", err);
	if (r)
		return err_prefix(err, r, "%s cannot be said of %s", says_table[d->says].name, d->short_id);
	return ret->size == seal->s.body_bytes ? 0 : damaged(d, "body", err);
}

/* What is stated of bytes is recomputed now, unless that was done a short while ago and nobody has written to them since: a row says only
 * that they were here once. */
static int check_bytes(struct valise *v, struct draft *d, const struct letter_row *row,
		       const struct verified_seal *seal, struct valise_err *err)
{
	CLEAN_BODY struct body body = BODY_NONE;
	struct hash root;
	if (!draft_is_of_bytes(d) || row->is_paper)
		return 0;
	int r = draft_check_here(v, d, row, seal, &body, err);
	if (r)
		return r;
	d->in_rows = body.fd < 0;
	if (d->says != SAYS_OPENED && body_is_as_checked(&body))
		return 0;
	if (d->says != SAYS_OPENED) {
		r = body_root(v, &body, "checking", &root, err);
		return r || hash_eq(&root, &seal->s.body) ? r : damaged(d, "body", err);
	}
	r = opening_check(v, &d->letter, err);
	return r ? err_prefix(err, r, "opened cannot be said") : 0;
}

int draft_check_history(struct valise *v, const struct register_set *set, const struct statement *s, struct draft *d,
			struct valise_err *err)
{
	struct history h = {
		.self = &v->self, .set = set, .says = s->says, .regarding = s->n_regarding ? &s->regarding[0] : NULL};
	int r = statements_of(v->spool, &s->letter, look_back, &h, err);
	if (r)
		return r;
	bool needs_proposal = s->says == SAYS_AGREED || s->says == SAYS_HELD || s->says == SAYS_CALLED_OFF;
	if (needs_proposal && !h.regards_proposal)
		return err_set(err, VALISE_E_USAGE, "%s answers a proposal: name it with --regarding",
			       says_table[s->says].name);
	if (h.said && once_only(s->says) &&
	    asprintf(&d->already, "your office said %s of %s on %s; nothing needs to be signed",
		     says_table[s->says].name, d->short_id, time_text(h.said_s).text) < 0)
		return err_nomem(err);
	return 0;
}

/* ---- Drafting ---- */

static int find_says(const char *typed, enum says *ret, struct valise_err *err)
{
	if (says_of(str_of(typed), ret))
		return 0;
	return err_set(err, VALISE_E_USAGE, "%s is nothing that can be said; `valise say --help` lists what can",
		       text_shown(str_of(typed)).text);
}

int valise_may_say(struct valise *v, const char *says, const char *as, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	struct draft_signer signer;
	enum says row;
	int r = find_says(says, &row, err);
	if (!r)
		r = register_set_self(v, &set, err);
	if (r)
		return r;
	struct draft_wish wish = {
		.roles = says_table[row].roles, .as = as, .by_name = true, .what = says_table[row].name};
	return draft_signer(v, &set, &wish, &signer, err);
}

static int choose_signer(struct valise *v, struct valise_draft *all, struct making *m,
			 const struct valise_statement *want, struct valise_err *err)
{
	const struct says_row *row = &says_table[m->s.says];
	struct draft_wish wish = {
		.roles = row->roles, .role = want->role, .as = want->as, .by_name = true, .what = row->name};
	struct draft_signer signer = all->signer;
	bool is_named = want->role || want->as;
	int r = 0;
	if (!all->has_signer || all->signer_says != m->s.says || is_named)
		r = draft_signer(v, &all->set, &wish, &signer, err);
	if (r)
		return r;
	all->signer = signer;
	all->signer_says = m->s.says;
	all->has_signer = !is_named;
	m->s.office = signer.office;
	m->s.by = signer.key;
	m->s.role = signer.role;
	m->d->signer = signer;
	m->d->title = str_dup(signer.title);
	return m->d->title ? 0 : err_nomem(err);
}

/* What this one states besides its kind: a person sees all that will be signed. */
static int add_details(struct valise *v, const struct making *m, struct buf *b, struct valise_err *err)
{
	CLEAN_BUF struct buf to = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	int r = m->s.has_to ? office_show(v, NULL, &m->s.to, &to, err) : 0;
	if (r)
		return r;
	if (m->s.has_to)
		draft_detail(b, "To", buf_str(&to));
	draft_detail(b, "Medium", m->s.medium);
	draft_detail(b, "When", m->s.when);
	draft_detail(b, "Reason", m->s.reason);
	for (size_t i = 0; i < m->s.n_text; i++)
		draft_detail(b, m->s.says == SAYS_IDENTIFIED ? "Addressee" : "In your words", m->s.text[i]);
	for (size_t i = 0; i < m->s.n_regarding && !r; i++)
		r = draft_regarded(v, &m->s.letter, &m->s.regarding[i], b, err);
	return r;
}

/* "You state, as Front desk of Mission Oslo: the office holds every byte, sealed. It does not mean: ..." */
static int write_question(struct valise_draft *all, struct making *m, const struct verified_seal *seal,
			  struct valise *v, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(QUESTION_BYTES);
	const struct says_row *row = &says_table[m->s.says];
	int r = draft_opening(v, &all->set, m->d->title, seal, &b, err);
	buf_addf(&b, ": %s.", seal->s.paper.at && row->means_paper ? row->means_paper : row->means);
	if (!r)
		r = add_details(v, m, &b, err);
	if (row->does_not_mean)
		buf_addf(&b, " It does not mean: %s.", row->does_not_mean);
	if (m->s.says == SAYS_RECEIVED)
		buf_add_text(&b, " This accepts no service.");
	if (!r)
		r = buf_check(&b, "the question", err);
	if (!r)
		m->d->question = (char *)buf_take(&b, NULL);
	return r;
}

/* Which line each field is, and the option that gives it. */
static const struct {
	unsigned field;
	const char *option;
} fields[] = {
	{FIELD_REGARDING, "--regarding ID"}, {FIELD_TO, "--to OFFICE"},
	{FIELD_MEDIUM, "--medium M"},        {FIELD_WHEN, "--when W"},
	{FIELD_REASON, "--reason R"},        {FIELD_TEXT, "--text T"},
};

static unsigned fields_given(const struct statement *s)
{
	return (s->n_regarding ? FIELD_REGARDING : 0u) | (s->has_to ? FIELD_TO : 0u) |
	       (s->medium.at ? FIELD_MEDIUM : 0u) | (s->when.at ? FIELD_WHEN : 0u) |
	       (s->reason.at ? FIELD_REASON : 0u) | (s->n_text ? FIELD_TEXT : 0u);
}

/* What the row asks for and the person did not give, in the words of the command line. */
static int check_fields(const struct making *m, struct valise_err *err)
{
	const struct says_row *row = &says_table[m->s.says];
	unsigned given = fields_given(&m->s);
	unsigned lacks = row->needs & ~given;
	if (row->needs_one_of && !(row->needs_one_of & given))
		lacks |= row->needs_one_of;
	CLEAN_BUF struct buf b = BUF_INIT(512);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (lacks & fields[i].field)
			buf_addf(&b, "%s%s",
				 !b.len                                ? ""
				 : row->needs_one_of & fields[i].field ? " or "
								       : " and ",
				 fields[i].option);
		if (given & ~row->allows & fields[i].field)
			return err_set(err, VALISE_E_USAGE, "%s takes no %s", row->name, fields[i].option);
	}
	if (lacks)
		return err_set(err, VALISE_E_USAGE, "%s needs %s%s%s", row->name, b.data ? (char *)b.data : "",
			       lacks & FIELD_REASON ? ": R is one of " : "", lacks & FIELD_REASON ? row->reasons : "");
	return 0;
}

static int make_draft(struct valise *v, struct valise_draft *all, struct making *m, const struct valise_statement *want,
		      struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct letter_row row;
	int r = office_letter(v, want->letter, &m->s.letter, err);
	if (!r)
		r = letter_row(v->spool, &m->s.letter, &row, err);
	if (!r)
		r = letter_seal(v->spool, &m->s.letter, &seal, err);
	if (r)
		return r;
	m->d->letter = m->s.letter;
	memcpy(m->d->short_id, hash_short(&m->s.letter).text, sizeof m->d->short_id);
	m->d->follows = hashes_have(&all->letters, &m->s.letter);
	r = hashes_add(&all->letters, &m->s.letter, err);
	if (r)
		return r;
	r = find_says(want->says, &m->s.says, err);
	if (r)
		return r;
	m->d->says = m->s.says;
	m->s.has_to = want->to != NULL;
	if (want->to)
		r = office_find(v, want->to, &m->s.to, err);
	if (!r)
		r = take_words(m, want, err);
	if (!r)
		r = draft_regarding(v, &m->s.letter, want->regarding, want->n_regarding, m->s.regarding,
				    &m->s.n_regarding, err);
	if (!r)
		r = check_fields(m, err);
	if (!r)
		r = may_say_party(v, &m->s, m->d->short_id, seal, err);
	if (!r)
		r = choose_signer(v, all, m, want, err);
	if (!r && m->s.says == SAYS_HANDED && m->s.has_to && hash_eq(&m->s.to, &v->self))
		r = err_set(err, VALISE_E_USAGE, "your office hands nothing to itself: name with --to who took it");
	if (!r)
		r = may_say_paper(&m->s, m->d->short_id, seal, err);
	if (!r)
		r = draft_check_history(v, &all->set, &m->s, m->d, err);
	if (!r && !m->d->already)
		r = check_bytes(v, m->d, &row, seal, err);
	if (!r)
		r = statement_last_nth(v->spool, &m->s.letter, &m->s.by, &m->s.nth, err);
	m->s.nth++;
	m->s.time_s = clock_now_s();
	if (!r)
		r = statement_write(&m->s, &text, err);
	if (!r)
		r = write_question(all, m, seal, v, err);
	if (r)
		return r;
	m->d->nth = m->s.nth;
	m->d->text = (char *)buf_take(&text, NULL);
	m->d->view = (struct valise_draft_view){m->d->short_id, m->d->text, m->d->question, m->d->title, m->d->already};
	return 0;
}

/* What `left_out` has to be told of. */
struct round {
	valise_left_out *left_out; /* NULL: the first that cannot be said ends it */
	void *context;
};

static int draft_one(struct valise *v, const struct valise_statement *s, const struct round *round,
		     struct valise_draft *d, struct valise_err *err)
{
	struct draft *one = &d->drafts[d->n++];
	CLEANUP(making_release) struct making m = {.d = one, .words = BUF_INIT(LIMIT_STATEMENT_BYTES)};
	struct valise_err why = {0};
	int r = make_draft(v, d, &m, s, &why);
	if (!r)
		return 0;
	why.code = r;
	int end = round->left_out ? round->left_out(round->context, s->letter, &why) : r;
	if (end == r)
		err_copy(err, &why);
	if (end)
		return end;
	draft_release(one);
	d->n--;
	return 0;
}

/* As it is at one moment: nobody's commit comes between two letters. */
static int look_at_all(struct valise *v, const struct valise_statement *s, size_t n, const struct round *round,
		       struct valise_draft *d, struct valise_err *err)
{
	int r = spool_begin_read(v->spool, err);
	if (r)
		return r;
	r = spool_changes(v->spool, &d->looked_at, err);
	if (!r)
		r = register_set_self(v, &d->set, err);
	for (size_t i = 0; i < n && !r; i++)
		r = draft_one(v, &s[i], round, d, err);
	spool_rollback(v->spool);
	return r;
}

int valise_say_look_round(struct valise *v, const struct valise_statement *s, size_t n, valise_left_out *left_out,
			  void *context, struct valise_draft **ret, struct valise_err *err)
{
	const struct round round = {left_out, context};
	if (n > LIMIT_DRAFTS)
		return err_set(err, VALISE_E_LIMIT,
			       "at most %u statements are looked at before any is signed: name fewer letters at a time",
			       LIMIT_DRAFTS);
	struct valise_draft *d = calloc(1, sizeof *d);
	if (!d)
		return err_nomem(err);
	d->drafts = calloc(n ? n : 1, sizeof *d->drafts);
	d->ids = calloc(n ? n : 1, sizeof(*d->ids));
	int r = d->drafts && d->ids ? look_at_all(v, s, n, &round, d, err) : err_nomem(err);
	if (r) {
		valise_draft_free(d);
		return r;
	}
	*ret = d;
	return 0;
}

int valise_say_look(struct valise *v, const struct valise_statement *s, size_t n, struct valise_draft **ret,
		    struct valise_err *err)
{
	return valise_say_look_round(v, s, n, NULL, NULL, ret, err);
}
