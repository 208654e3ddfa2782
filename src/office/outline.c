/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines of letters: made of their accounts, kept while they are right. */
#include "office/outline.h"

#include "base/array.h"

#define BATCH 500u /* letters in one transaction: a fraction of a second */

void outlined_release(struct outlined *o)
{
	valise_accounts_free(o->accounts);
	outline_release(&o->outline);
	o->accounts = NULL;
}

/* ---- What the evidence comes to ---- */

/* Of one office in the accounts. */
struct heard {
	bool speaks, is_heard, is_loose;
	int64_t at_s;
	struct hash note;
};

static bool is_in_standing(enum valise_standing s)
{
	return s == VALISE_STANDING_GOOD || s == VALISE_STANDING_DISMISSED_SINCE;
}

/* A clock that is ahead does not make a note newer than when it came. */
static void hear(struct heard *h, enum valise_standing standing, int64_t time_s, int64_t taken_in_s,
		 const struct hash *note)
{
	int64_t at_s = taken_in_s && taken_in_s < time_s ? taken_in_s : time_s;
	h->speaks = true;
	h->is_loose |= standing != VALISE_STANDING_GOOD;
	if (!is_in_standing(standing) || (h->is_heard && at_s < h->at_s))
		return;
	h->is_heard = true;
	h->at_s = at_s;
	h->note = *note;
}

static int hear_all(const struct gathered *g, const struct valise_accounts *a, struct heard *heard,
		    struct valise_err *err)
{
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->is_sender)
			hear(&heard[p->office], a->sender_standing, a->date_s, g->taken_in_s, &g->seal->note.id);
	}
	for (size_t i = 0; i < a->n_said; i++) {
		const struct valise_said *s = &a->said[i];
		struct hash note;
		if (!hash_parse(str_of(s->id), &note))
			return err_set(err, VALISE_E_FAILURE, "accounts name a note by what is no id");
		hear(&heard[s->office], s->standing, s->time_s, s->taken_in_s, &note);
	}
	return 0;
}

static int add_part(struct outline *o, const struct valise_accounts *a, size_t office, enum outline_part_kind kind,
		    struct heard *h, struct valise_err *err)
{
	struct outline_part *grown = array_room(o->parts, o->n_parts, &o->cap_parts, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	o->parts = grown;
	struct outline_part p = {.part = kind, .is_loose = h->is_loose, .is_heard = h->is_heard};
	if (!hash_parse(str_of(a->offices[office].id), &p.office))
		return err_set(err, VALISE_E_FAILURE, "accounts name an office by what is no id");
	if (h->is_heard) {
		p.heard_s = h->at_s;
		p.heard_note = h->note;
	}
	o->parts[o->n_parts++] = p;
	*h = (struct heard){0}; /* with its first part only */
	return 0;
}

static int part_order(const void *a, const void *b)
{
	const struct outline_part *x = a, *y = b;
	return x->part != y->part ? (x->part > y->part) - (x->part < y->part) : hash_cmp(&x->office, &y->office);
}

static int add_parts(const struct valise_accounts *a, struct heard *heard, struct outline *o, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < a->n_parties && !r; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->is_sender)
			r = add_part(o, a, p->office, OUTLINE_SENDER, &heard[p->office], err);
	}
	for (size_t i = 0; i < a->n_parties && !r; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->is_recipient && p->office != SIZE_MAX)
			r = add_part(o, a, p->office, OUTLINE_RECIPIENT, &heard[p->office], err);
	}
	for (size_t i = 0; i < a->n_offices && !r; i++) {
		if (heard[i].speaks)
			r = add_part(o, a, i, OUTLINE_SPEAKER, &heard[i], err);
	}
	if (!r && o->n_parts)
		qsort(o->parts, o->n_parts, sizeof *o->parts, part_order);
	return r;
}

static unsigned class_of(const struct valise_accounts *a)
{
	unsigned class = a->n_reported ? OUTLINE_REPORTED : 0;
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		bool is_self = p->office != SIZE_MAX && a->offices[p->office].is_self;
		bool answered = p->state == VALISE_STATE_REVIEWED || p->state == VALISE_STATE_REFUSED;
		class |= p->is_sender && is_self ? OUTLINE_OWN : 0;
		if (!p->is_recipient)
			continue;
		class |= p->state == VALISE_STATE_NOTHING ? OUTLINE_UNRECEIVED : 0;
		class |= answered ? 0 : OUTLINE_UNANSWERED;
		if (!is_self)
			continue;
		class |= OUTLINE_FOR_US | (answered ? 0 : OUTLINE_UNANSWERED_US);
		if (p->state == VALISE_STATE_NOTHING || p->state == VALISE_STATE_RECEIVED)
			class |= OUTLINE_UNOPENED;
	}
	return class;
}

int outline_of(const struct gathered *g, const struct valise_accounts *a, struct outline *ret, struct valise_err *err)
{
	CLEAN_OUTLINE struct outline o = {.date_s = a->date_s, .class = class_of(a)};
	CLEAN_FREE struct heard *heard = calloc(a->n_offices + 1, sizeof *heard);
	if (!heard)
		return err_nomem(err);
	if (a->has_answer_by && o.class & OUTLINE_UNANSWERED) {
		o.has_answer_by = true;
		o.answer_by_s = a->answer_by_s;
	}
	int r = hear_all(g, a, heard, err);
	if (!r)
		r = add_parts(a, heard, &o, err);
	if (r)
		return r;
	*ret = o;
	o = (struct outline){0};
	return 0;
}

/* No reason to leave the others out of a list, or out of what is counted. */
static int outline_unread(struct valise *v, const struct hash *letter, struct outlined *o, struct valise_err *err)
{
	struct letter_row row;
	int r = letter_row(v->spool, letter, &row, err);
	if (!r)
		o->outline = (struct outline){.date_s = row.date_s,
					      .class = OUTLINE_UNREAD | (row.is_own ? OUTLINE_OWN : 0)};
	return r;
}

int outline_letter(struct valise *v, const struct hash *letter, struct outlined *ret, struct valise_err *err)
{
	CLEAN_GATHERED struct gathered g = {0};
	CLEAN_OUTLINED struct outlined o = {0};
	int r = gather_within(v, letter, &g, &o.why);
	if (r == VALISE_E_BAD) {
		r = outline_unread(v, letter, &o, err);
	} else if (r) {
		err_copy(err, &o.why);
	} else {
		struct evidence e = gathered_evidence(v, &g);
		r = evidence_accounts(&e, &o.accounts, err);
		if (!r)
			r = outline_of(&g, o.accounts, &o.outline, err);
	}
	if (r)
		return r;
	*ret = o;
	o = (struct outlined){0};
	return 0;
}

/* ---- Keeping it ---- */

static int refresh_batch(struct valise *v, struct hash *ids, uint64_t *all, size_t *ret_n, struct valise_err *err)
{
	size_t n = 0;
	int r = outlines_begin(v->spool, err);
	if (r)
		return r;
	r = outlines_take_stale(v->spool, ids, BATCH, &n, all, err);
	for (size_t i = 0; i < n && !r; i++) {
		CLEAN_OUTLINED struct outlined o = {0};
		r = outline_letter(v, &ids[i], &o, err);
		if (!r)
			r = outline_put(v->spool, &ids[i], &o.outline, err);
	}
	if (!r)
		r = spool_commit(v->spool, err);
	if (r)
		spool_rollback(v->spool);
	else
		*ret_n = n;
	return r;
}

static int refresh_all(struct valise *v, struct valise_err *err)
{
	CLEAN_FREE struct hash *ids = calloc(BATCH, sizeof *ids);
	uint64_t all = 0, done = 0;
	if (!ids)
		return err_nomem(err);
	for (;;) {
		size_t n = 0;
		int r = refresh_batch(v, ids, done ? NULL : &all, &n, err);
		if (r || n == 0)
			return r;
		done += n;
		r = office_progress(v, "counting letters", done, all > done ? all : done, err);
		if (r)
			return r;
	}
}

/* Nothing that keeps anybody from looking. */
static bool cannot_keep(int code)
{
	return code == VALISE_E_READ_ONLY || code == VALISE_E_FULL || code == VALISE_E_BUSY || code == VALISE_E_IO;
}

int outlines_refresh(struct valise *v, bool *ret_fresh, struct valise_err *err)
{
	CLEAN_SPOOL struct spool *writer = NULL;
	struct valise_err why = {0};
	bool stale = false;
	if (v->looks_back) {
		*ret_fresh = false;
		return 0;
	}
	int r = outlines_stale(v->spool, &stale, err);
	if (r || !stale) {
		*ret_fresh = !r;
		return r;
	}
	r = spool_is_read_only(v->spool) ? spool_open(spool_dir(v->spool), SPOOL_WRITE, &writer, &why) : 0;
	if (!r) {
		struct valise w = {.spool = writer ? writer : v->spool, .caller = v->caller, .self = v->self};
		r = refresh_all(&w, &why);
		kept_registers_drop(&w);
	}
	if (r && !cannot_keep(r)) {
		err_copy(err, &why);
		return r;
	}
	*ret_fresh = r == 0;
	return 0;
}

/* ---- Holding it against the evidence ---- */

static bool is_same(const struct outline *a, const struct outline *b)
{
	bool same = a->date_s == b->date_s && a->class == b->class && a->has_answer_by == b->has_answer_by &&
		    (!a->has_answer_by || a->answer_by_s == b->answer_by_s) && a->n_parts == b->n_parts;
	for (size_t i = 0; same && i < a->n_parts; i++) {
		const struct outline_part *p = &a->parts[i], *q = &b->parts[i];
		same = p->part == q->part && hash_eq(&p->office, &q->office) && p->is_loose == q->is_loose &&
		       p->is_heard == q->is_heard &&
		       (!p->is_heard || (p->heard_s == q->heard_s && hash_eq(&p->heard_note, &q->heard_note)));
	}
	return same;
}

static int compare_one(struct valise *v, const struct hash *letter, bool *ret_wrong, struct valise_err *err)
{
	CLEAN_OUTLINE struct outline was = {0};
	CLEAN_OUTLINED struct outlined is = {0};
	bool fresh = false;
	int r = outline_get(v->spool, letter, &was, &fresh, err);
	if (!r && fresh)
		r = outline_letter(v, letter, &is, err);
	if (!r)
		*ret_wrong = fresh && is.accounts && !is_same(&was, &is.outline);
	return r;
}

/* One transaction for each batch: then what is kept and what is computed are of one moment. */
static int compare_batch(struct valise *v, struct outline_filter *f, struct hash *ids, size_t *ret_n, uint64_t *wrong,
			 struct valise_err *err)
{
	size_t n = 0;
	bool offices_grew = false;
	int r = spool_begin_read(v->spool, err);
	if (r)
		return r;
	r = outlines_find(v->spool, f, ids, BATCH, &n, err);
	if (!r && n)
		r = letter_place(v->spool, &ids[n - 1], &f->before, err);
	if (!r)
		r = outlines_registers_grew(v->spool, &offices_grew, err);
	for (size_t i = 0; i < n && !r && !offices_grew; i++) {
		bool is_wrong = false;
		r = compare_one(v, &ids[i], &is_wrong, err);
		*wrong += is_wrong;
	}
	spool_rollback(v->spool);
	*ret_n = n;
	return r;
}

int outlines_compare(struct valise *v, uint64_t *ret_wrong, struct valise_err *err)
{
	struct outline_filter f = OUTLINE_FILTER_ANY;
	CLEAN_FREE struct hash *ids = calloc(BATCH, sizeof *ids);
	uint64_t wrong = 0, done = 0;
	size_t n = 1;
	int r = ids ? 0 : err_nomem(err);
	while (!r && n) {
		r = compare_batch(v, &f, ids, &n, &wrong, err);
		done += n;
		if (!r)
			r = office_progress(v, "comparing counts", done, 0, err);
	}
	if (!r)
		r = outlines_compare_totals(v->spool, &wrong, err);
	if (!r)
		*ret_wrong = wrong;
	return r;
}
