/* SPDX-License-Identifier: Apache-2.0 */
/* The list of letters, page by page, and what they come to. Each line that is shown is made of its letter's accounts there and then;
 * what is kept of letters only finds and counts them. */
#include "office/listing.h"

#include <stdio.h>

#include "base/limits.h"
#include "office/search.h"

#define CHUNK \
	64u /* letters in one transaction: nothing is shown inside of one, since whoever reads may take his time */

#define FOUND_MAX 16384u /* ids, found at once */

struct walk {
	struct valise *v;
	const struct valise_listing *l;
	struct outline_filter filter; /* what the spool finds by */
	/* What it found, from `at` on not looked at yet: twice as many each time, since it may have to sort all that there are. */
	struct hash *ids;
	size_t n, at, at_once;
	bool found_all;
	struct hash from, to;
	unsigned unanswered;   /* as in the filter */
	bool by_hand;          /* from, to and unanswered are looked up in each letter's outline */
	struct search *search; /* NULL: for no words */
	uint64_t n_seen;       /* looked at */
};

static void walk_release(struct walk *w)
{
	search_free(w->search);
	free(w->ids);
}

/* One letter that belongs in the list. */
struct found {
	struct hash id;
	struct outlined o;
	struct buf subject;
};

static void found_release(struct found *f)
{
	outlined_release(&f->o);
	buf_wipe(&f->subject);
}

struct chunk {
	struct found at[CHUNK];
	size_t n;
};

static void chunk_release(struct chunk *c)
{
	for (size_t i = 0; i < c->n; i++)
		found_release(&c->at[i]);
	c->n = 0;
}

/* ---- Which letters ---- */

static bool has_part(const struct outline *o, enum outline_part_kind kind, const struct hash *office)
{
	for (size_t i = 0; i < o->n_parts; i++)
		if (o->parts[i].part == kind && hash_eq(&o->parts[i].office, office))
			return true;
	return false;
}

static bool belongs(const struct walk *w, const struct outline *o)
{
	return (!w->l->from || has_part(o, OUTLINE_SENDER, &w->from)) &&
	       (!w->l->to || has_part(o, OUTLINE_RECIPIENT, &w->to)) && (!w->unanswered || o->class & w->unanswered);
}

static int look_at(struct walk *w, const struct hash *letter, struct chunk *c, struct valise_err *err)
{
	CLEANUP(found_release) struct found f = {.id = *letter, .subject = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8)};
	bool yes = true;
	int r = w->search ? search_letter(w->search, letter, &yes, &f.subject, err) : 0;
	if (!r && yes)
		r = outline_letter(w->v, letter, &f.o, err);
	/* What is kept of one that is damaged here may be from before it was. */
	if (r || !yes || ((w->by_hand || !f.o.accounts) && !belongs(w, &f.o.outline)))
		return r;
	c->at[c->n++] = f;
	f = (struct found){.subject = BUF_INIT(0)};
	return 0;
}

static int find_more(struct walk *w, size_t most, struct valise_err *err)
{
	w->at_once = w->at_once ? w->at_once * 2 : most;
	if (w->at_once > FOUND_MAX)
		w->at_once = FOUND_MAX;
	struct hash *grown = realloc(w->ids, w->at_once * sizeof *grown);
	if (!grown)
		return err_nomem(err);
	w->ids = grown;
	w->n = w->at = 0;
	int r = outlines_find(w->v->spool, &w->filter, w->ids, w->at_once, &w->n, err);
	w->found_all = w->n < w->at_once;
	return r || !w->n ? r : letter_place(w->v->spool, &w->ids[w->n - 1], &w->filter.before, err);
}

/* The next up to `most` letters that the spool finds; those that belong into *ret. *ret_end: there are no more. */
static int next_chunk(struct walk *w, size_t most, struct chunk *ret, bool *ret_end, struct valise_err *err)
{
	most = most < CHUNK ? most : CHUNK;
	int r = spool_begin_read(w->v->spool, err);
	if (r)
		return r;
	if (w->at == w->n)
		r = find_more(w, most, err);
	for (; most && w->at < w->n && !r; most--, w->n_seen++)
		r = look_at(w, &w->ids[w->at++], ret, err);
	spool_rollback(w->v->spool);
	*ret_end = w->found_all && w->at == w->n;
	if (!r && (w->search || w->by_hand))
		r = office_progress(w->v, "looking through letters", w->n_seen, 0, err);
	return r;
}

static int find_office(struct valise *v, const char *name, struct hash *office, const struct hash **ret,
		       struct valise_err *err)
{
	int r = name ? office_find(v, name, office, err) : 0;
	if (!r && name)
		*ret = office;
	return r;
}

static int walk_begin(struct walk *w, struct valise_err *err)
{
	const struct valise_listing *l = w->l;
	struct hash before;
	bool fresh = true;
	int r = find_office(w->v, l->from, &w->from, &w->filter.from, err);
	if (!r)
		r = find_office(w->v, l->to, &w->to, &w->filter.to, err);
	if (!r && l->before)
		r = office_letter(w->v, l->before, &before, err);
	if (!r && l->before)
		r = letter_place(w->v->spool, &before, &w->filter.before, err);
	if (!r && l->words)
		r = search_begin(w->v, l->words, &w->search, err);
	if (!r && (l->from || l->to || l->unanswered))
		r = outlines_refresh(w->v, &fresh, err);
	if (r)
		return r;
	w->filter.since_s = l->has_since ? l->since_s : INT64_MIN;
	w->filter.until_s = l->has_until ? l->until_s : INT64_MAX;
	w->filter.ref = str_of(l->ref);
	if (l->unanswered) /* of letters to us, by us */
		w->unanswered = l->to && hash_eq(&w->to, &w->v->self) ? OUTLINE_UNANSWERED_US : OUTLINE_UNANSWERED;
	w->by_hand = !fresh;
	if (w->by_hand)
		w->filter.from = w->filter.to = NULL;
	else
		w->filter.unanswered = w->unanswered;
	return 0;
}

/* ---- A line ---- */

struct summary {
	char to[2 * LIMIT_FREE_TEXT_BYTES];
	const char *from;
	enum valise_state least;
};

static void summarise(const struct valise_accounts *a, struct summary *s)
{
	size_t recipients = 0;
	const char *first = NULL;
	*s = (struct summary){.least = VALISE_STATE_REVIEWED, .from = ""};
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->is_sender)
			s->from = a->offices[p->office].label;
		if (!p->is_recipient)
			continue;
		if (!recipients++)
			first = p->office == SIZE_MAX ? p->addressee : a->offices[p->office].label;
		if (p->state < s->least)
			s->least = p->state;
	}
	if (recipients > 1)
		snprintf(s->to, sizeof s->to, "%s and %zu more", first, recipients - 1);
	else
		snprintf(s->to, sizeof s->to, "%s", first ? first : "");
}

static int give_line(struct walk *w, const struct found *f, int (*each)(void *, const struct valise_letter_line *),
		     void *context)
{
	const struct valise_accounts *a = f->o.accounts;
	const struct outline *o = &f->o.outline;
	struct summary s;
	summarise(a, &s);
	struct valise_letter_line line = {
		.letter = a->letter,
		.short_id = a->short_id,
		.from = s.from,
		.to = s.to,
		.ref = a->ref,
		.date_s = a->date_s,
		.is_own = o->class & OUTLINE_OWN,
		.is_for_us = o->class & OUTLINE_FOR_US,
		.is_whole = a->bytes == VALISE_BYTES_INTACT || a->bytes == VALISE_BYTES_PAPER,
		.is_broken = a->bytes == VALISE_BYTES_BROKEN,
		.state = valise_state_name(s.least),
		.is_unanswered = o->class & OUTLINE_UNANSWERED,
		.has_answer_by = a->has_answer_by,
		.answer_by_s = a->answer_by_s,
		.is_past = o->has_answer_by && o->answer_by_s < office_now(w->v),
		.n_reported = a->n_reported,
		.sentence = a->sentence,
		.subject = f->subject.len ? (const char *)f->subject.data : NULL,
	};
	return each(context, &line);
}

/* Of one whose notes are damaged here, what its row has. */
static int give_unread(const struct found *f, int (*each)(void *, const struct valise_letter_line *), void *context)
{
	struct hash_hex id = hash_hex(&f->id);
	struct hash_short brief = hash_short(&f->id);
	struct valise_letter_line line = {
		.letter = id.text,
		.short_id = brief.text,
		.date_s = f->o.outline.date_s,
		.is_own = f->o.outline.class & OUTLINE_OWN,
		.is_unread = true,
		.sentence = f->o.why.text,
	};
	return each(context, &line);
}

int valise_letters(struct valise *v, const struct valise_listing *l,
		   int (*each)(void *context, const struct valise_letter_line *l), void *context,
		   struct valise_listed *ret, struct valise_err *err)
{
	CLEANUP(walk_release) struct walk w = {.v = v, .l = l, .filter = OUTLINE_FILTER_ANY};
	CLEAN_FREE struct chunk *c = calloc(1, sizeof *c);
	struct valise_listed listed = {0};
	bool end = false;
	int r = c ? walk_begin(&w, err) : err_nomem(err);
	while (!r && !end && !listed.more) {
		/* One more than is shown, to tell whether the list goes on; where most do not belong, many at once. */
		bool sifts = w.search || w.by_hand || !l->most;
		r = next_chunk(&w, sifts ? CHUNK : l->most - listed.n + 1, c, &end, err);
		for (size_t i = 0; i < c->n && !r && !listed.more; i++) {
			listed.more = l->most && listed.n == l->most;
			if (listed.more)
				break;
			const struct found *f = &c->at[i];
			r = f->o.accounts ? give_line(&w, f, each, context) : give_unread(f, each, context);
			listed.n++;
			listed.n_unread += !f->o.accounts;
			(void)snprintf(listed.last, sizeof listed.last, "%s", hash_hex(&f->id).text);
			(void)snprintf(listed.last_short, sizeof listed.last_short, "%s", hash_short(&f->id).text);
		}
		chunk_release(c);
	}
	if (r)
		return r;
	listed.reads_subjects = w.search && search_reads(w.search);
	listed.n_closed_covers = w.search ? search_closed(w.search) : 0;
	*ret = listed;
	return 0;
}

/* ---- All of them ---- */

int outlined_each_letter(struct valise *v, outlined_each *each, void *context, struct valise_err *err)
{
	static const struct valise_listing all = {0};
	CLEANUP(walk_release) struct walk w = {.v = v, .l = &all, .filter = OUTLINE_FILTER_ANY, .by_hand = true};
	CLEAN_FREE struct chunk *c = calloc(1, sizeof *c);
	bool end = false;
	int r = c ? 0 : err_nomem(err);
	while (!r && !end) {
		r = next_chunk(&w, CHUNK, c, &end, err);
		for (size_t i = 0; i < c->n && !r; i++)
			r = each(context, &c->at[i].o);
		chunk_release(c);
	}
	return r;
}

struct counting {
	struct outline_totals t;
	int64_t now_s;
};

static int count_one(void *context, const struct outlined *o)
{
	struct counting *c = context;
	outline_count(&c->t, o->outline.class, 1);
	if (o->outline.has_answer_by && o->outline.answer_by_s < c->now_s)
		outline_count_past(&c->t, o->outline.class, 1);
	return 0;
}

int valise_totals(struct valise *v, struct valise_totals *ret, struct valise_err *err)
{
	struct counting c = {.now_s = office_now(v)};
	bool fresh = false;
	int r = outlines_refresh(v, &fresh, err);
	if (!r && fresh)
		r = outlines_total(v->spool, c.now_s, &c.t, err);
	else if (!r)
		r = outlined_each_letter(v, count_one, &c, err);
	if (r)
		return r;
	const struct outline_totals *t = &c.t;
	*ret = (struct valise_totals){
		.letters = t->letters,
		.own = t->own,
		.own_unreceived = t->own_unreceived,
		.own_unanswered = t->own_unanswered,
		.own_past = t->own_past,
		.for_us = t->for_us,
		.for_us_unopened = t->for_us_unopened,
		.for_us_unanswered = t->for_us_unanswered,
		.for_us_past = t->for_us_past,
		.others = t->others,
		.reported = t->reported,
		.unread = t->unread,
	};
	return 0;
}
