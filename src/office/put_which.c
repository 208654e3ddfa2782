/* SPDX-License-Identifier: Apache-2.0 */
/* Which letters and notes go out: of those that there is something new of, what does not lie there already. */
#include "office/putting.h"

#include "base/array.h"
#include "office/bag_items.h"
#include "office/put_findings.h"
#include "spool/bags.h"

#define CHUNK 64u                     /* letters in one look at the spool */
#define KEPT_BYTES (4u * 1024 * 1024) /* of what was gathered of letters that go, until they are written */
#define NOTE_COSTS 3u                 /* bytes that a note takes in memory for each of its own */
#define ROUND_MAX 10000u              /* letters of which it is looked up at once what of them lies there */
#define WANTED_MAX 100000u            /* and what they may put there */
#ifndef ROUND_BYTES                   /* less in a test, as the next */
#define ROUND_BYTES (4u * 1024 * 1024)
#endif
#ifndef CANDIDATES_MAX
#define CANDIDATES_MAX 20000u /* about as many are written at once: the more, the more of one audience share a bag */
#endif

/* ---- What lies there already ---- */

/* Of bags of ours that stay (both lists are in one order), and that were put there just now. */
static int each_own(struct putting *p, int (*see)(struct putting *, const struct own_bag *))
{
	const struct own_bags *bags = &p->settled.bags;
	size_t gone = 0;
	int r = 0;
	for (size_t i = 0; i < bags->n && !r; i++) {
		if (gone < p->spent.bags.n && strcmp(bags->at[i].name, p->spent.bags.at[gone].name) == 0)
			gone++;
		else
			r = see(p, &bags->at[i]);
	}
	for (size_t i = 0; i < p->written.n && !r; i++)
		r = see(p, &p->written.at[i]);
	return r;
}

static int see_inside(struct putting *p, const struct own_bag *bag)
{
	return inside_bags_see(&p->inside, p->settled.writer, bag->name, bag->bytes);
}

/* Of our register only bags for all who ever were serve. */
static int note_inside(void *context, const struct hash *audience, const struct hash *item)
{
	struct putting *p = context;
	int r = hashes_have(&p->wanted, item) ? hashes_add(&p->present, item, p->err) : 0;
	if (!r && hash_eq(audience, &p->keys.ever_id) && hashes_have(&p->entries, item))
		r = hashes_add(&p->entries_present, item, p->err);
	return r;
}

/* What need not lie there twice of what the candidates have: of our register nothing, which goes apart, and before the first of them. */
static int find_inside(struct putting *p)
{
	int r = p->wanted.n || p->entries.n ? inside_bags_each_lying(&p->inside, note_inside, p) : 0;
	for (size_t i = 0; i < p->self.n && !r; i++)
		r = hashes_add(&p->present, &p->self.entries[i]->note.id, p->err);
	hashes_release(&p->wanted);
	hashes_release(&p->entries);
	return r;
}

static int note_lying(void *context, const struct hash *item)
{
	struct putting *p = context;
	return hashes_have(&p->wanted, item) ? hashes_add(&p->lying, item, p->err) : 0;
}

static int see_own(struct putting *p, const struct own_bag *bag)
{
	return bag_items(p->v->spool, str_of(bag->name), bag->bytes, note_lying, p, p->err);
}

/* ---- Which ---- */

/* About what it takes in memory beside the one before it, with which it may share its registers. */
static size_t gathered_bytes(const struct gathered *g, const struct gathered *before)
{
	size_t bytes = sizeof *g + NOTE_COSTS * g->seal->note.len;
	bool shares = before && g->set.kept && g->set.kept == before->set.kept;
	for (size_t i = 0; i < g->set.n && !shares; i++)
		bytes += NOTE_COSTS * g->set.entries[i]->note.len;
	for (size_t i = 0; i < g->n_statements; i++)
		bytes += NOTE_COSTS * g->statements[i].statement->note.len;
	for (size_t i = 0; i < g->n_reports; i++)
		bytes += NOTE_COSTS * g->reports[i].report->note.len;
	return bytes;
}

/* As long as they are few it need not be gathered again to be written; *g is taken then. */
static int keep_candidate(struct putting *p, const struct candidate *c, struct gathered *g)
{
	struct candidate *grown = array_room(p->candidates, p->n, &p->cap, sizeof *grown);
	if (!grown)
		return err_nomem(p->err);
	p->candidates = grown;
	grown = &p->candidates[p->n++];
	*grown = *c;
	size_t bytes = gathered_bytes(g, p->n > 1 ? grown[-1].again : NULL);
	if (bytes > KEPT_BYTES - p->kept_bytes || !(grown->again = malloc(sizeof *g)))
		return 0;
	p->kept_bytes += bytes;
	*grown->again = *g;
	*g = (struct gathered){0};
	return 0;
}

static void drop_gathered(struct candidate *c)
{
	if (!c->again)
		return;
	gathered_release(c->again);
	free(TAKE(c->again));
}

static void drop_candidates(struct putting *p)
{
	for (size_t i = 0; i < p->n; i++)
		drop_gathered(&p->candidates[i]);
	p->n = 0;
	p->kept_bytes = 0;
}

/* *g and *offices are taken. */
static int add_to_round(struct putting *p, const struct candidate *c, struct gathered *g, struct hashes *offices)
{
	struct looked_at *grown = array_room(p->round, p->n_round, &p->cap_round, sizeof *grown);
	if (!grown)
		return err_nomem(p->err);
	p->round = grown;
	grown = &p->round[p->n_round++];
	*grown = (struct looked_at){*c, *g, *offices};
	*g = (struct gathered){0};
	*offices = (struct hashes){0};
	p->round_bytes += gathered_bytes(&grown->g, p->n_round > 1 ? &grown[-1].g : NULL);
	return p->settled.bags.n + p->written.n
		       ? bag_letter_items(p->v, &c->audience, &grown->g, &grown->offices, c->whole, &p->wanted, p->err)
		       : 0;
}

/* What lies there of one that goes is not put again. */
static int note_present(struct putting *p, const struct looked_at *l)
{
	CLEANUP(hashes_release) struct hashes items = {0};
	int r = p->lying.n ? bag_letter_items(p->v, &l->c.audience, &l->g, &l->offices, l->c.whole, &items, p->err) : 0;
	for (size_t i = 0; i < items.n && !r; i++)
		if (hashes_have(&p->lying, &items.at[i]))
			r = hashes_add(&p->present, &items.at[i], p->err);
	return r;
}

static int choose(struct putting *p, struct looked_at *l)
{
	bool there;
	int r = bag_letter_lies_there(&p->lying, &l->c.audience, &l->g, &l->offices, l->c.whole, &there, p->err);
	if (r || there)
		return r;
	r = note_present(p, l);
	return r ? r : keep_candidate(p, &l->c, &l->g);
}

static void drop_round(struct putting *p)
{
	for (size_t i = 0; i < p->n_round; i++) {
		gathered_release(&p->round[i].g);
		hashes_release(&p->round[i].offices);
	}
	p->n_round = 0;
	p->round_bytes = 0;
	hashes_release(&p->wanted);
	hashes_release(&p->lying);
}

/* Of the round, those go of which something does not lie there. */
static int end_round(struct putting *p)
{
	int r = p->wanted.n ? each_own(p, see_own) : 0;
	for (size_t i = 0; i < p->n_round && !r; i++)
		r = choose(p, &p->round[i]);
	drop_round(p);
	return r;
}

static int look_whether_whole(struct putting *p, struct gathered *g, bool *ret)
{
	int r = gathered_look_at_bytes(p->v, g, p->err);
	*ret = !r && (g->bytes == VALISE_BYTES_INTACT || g->bytes == VALISE_BYTES_PAPER);
	return r;
}

/* What is said of it cannot be read here: no reason to leave the others. */
static int leave_out(struct putting *p, const struct hash *id)
{
	int r = put_out_tell_unread(p->r, id, p->err);
	return r ? r : hashes_add(&p->settled.open, id, p->err);
}

/* As far as it is here: what another machine has of it comes from there. */
static int add_inside(struct putting *p, const struct hash *id)
{
	CLEAN_GATHERED struct gathered g = {0};
	bool ours;
	int r = gather_plain(p->v, id, true, &g, p->err);
	if (r == VALISE_E_BAD)
		return leave_out(p, id);
	if (!r)
		r = inside_concerns(p->v, &g, &ours, p->err);
	if (r || !(ours || hashes_have(&p->named, id)))
		return r;
	struct candidate c = {.id = *id, .audience = p->keys.officers_id};
	const struct hashes everybody = {0};
	r = look_whether_whole(p, &g, &c.whole);
	if (!r)
		r = bag_letter_items(p->v, NULL, &g, &everybody, c.whole, &p->wanted, p->err);
	return r ? r : keep_candidate(p, &c, &g);
}

/* The first to tell that an office has no key does so each time. One that was named may be silent when it is not. */
static int keep_telling(struct putting *p, const struct hash *id, const struct hashes *unwrappable, bool named)
{
	bool first = named && unwrappable->n;
	int r = 0;
	for (size_t i = 0; i < unwrappable->n && !named && !r; i++) {
		first |= !hashes_have(&p->unwrappable, &unwrappable->at[i]);
		r = hashes_add(&p->unwrappable, &unwrappable->at[i], p->err);
	}
	return r || !first ? r : hashes_add(&p->settled.open, id, p->err);
}

static int add_candidate(struct putting *p, const struct hash *id)
{
	CLEAN_GATHERED struct gathered g = {0};
	CLEANUP(audience_release) struct audience to = {0};
	struct candidate c = {.id = *id};
	bool arrived = false;
	int r = gather_plain(p->v, id, p->o->reports, &g, p->err);
	if (r == VALISE_E_BAD)
		return leave_out(p, id);
	if (!r)
		r = spent_bags_hear(&p->spent, p->v, &g, &arrived, p->err);
	bool named = hashes_have(&p->named, id),
	     spoken_of = !r && (!hash_eq(&g.seal->s.from.office, &p->v->self) || g.n_statements > 0);
	if (!r && (named || (p->o->all && !arrived)))
		r = look_whether_whole(p, &g, &c.whole);
	if (r || !(c.whole || named || spoken_of))
		return r; /* else: sealed here, and nobody outside knows of it yet */
	if (named && !c.whole)
		return office_not_whole(p->v, id, VALISE_E_NOT_FOUND, "it cannot go out whole", p->err);
	r = audience_of(&p->audiences, &g, &to, p->err);
	if (!r)
		r = keep_telling(p, id, &to.unwrappable, named);
	if (r)
		return r;
	if (!to.offices.n && g.seal->s.n_addressees && !p->o->bare) {
		if (!named)
			return 0; /* nobody could unwrap it, and in the open it goes only when somebody says so */
		r = put_out_tell_in_the_open(p->r, id, p->err);
		if (r)
			return r;
	}
	c.audience = to.id;
	return add_to_round(p, &c, &g, &to.offices);
}

/* ---- All of them ---- */

/* *ret_any is false when none is left. */
static int look_at_next(struct putting *p, bool *ret_any)
{
	struct hashes *letters = &p->settled.letters;
	int r = 0;
	if (p->n_looked_at == letters->n) {
		p->n_looked_at = 0;
		r = settled_look_more(&p->settled, p->err);
	}
	*ret_any = !r && letters->n;
	if (r || !*ret_any)
		return r;
	if (p->n_looked_at % CHUNK == 0) {
		spool_rollback(p->v->spool);
		r = spool_begin_read(p->v->spool, p->err);
	}
	const struct hash *id = &letters->at[p->n_looked_at++];
	if (r)
		return r;
	return p->o->inside ? add_inside(p, id) : add_candidate(p, id);
}

/* The whole of it in memory, and not how many go: each round takes a look through all our bags there. */
static bool is_full(const struct putting *p)
{
	return p->n_round >= ROUND_MAX || p->round_bytes > ROUND_BYTES || p->wanted.n > WANTED_MAX;
}

int putting_next(struct putting *p)
{
	bool any = true;
	int r = 0;
	drop_candidates(p);
	hashes_release(&p->present);
	while (any && !r && p->n < CANDIDATES_MAX && !(p->o->inside && p->wanted.n > WANTED_MAX)) {
		r = look_at_next(p, &any);
		if (!r && !p->o->inside && (!any || is_full(p)))
			r = end_round(p);
	}
	spool_rollback(p->v->spool);
	if (!r && p->o->inside)
		r = find_inside(p);
	p->spent.heard_all = !any;
	return r;
}

static int look(struct putting *p)
{
	int r = 0;
	if (p->o->inside) {
		inside_bags_forget(&p->inside);
		r = each_own(p, see_inside);
	}
	for (size_t i = 0; i < p->self.n && !r; i++)
		r = hashes_add(&p->entries, &p->self.entries[i]->note.id, p->err);
	return r ? r : putting_next(p);
}

int putting_begin(struct putting *p)
{
	int r = settled_look_begin(&p->settled, p->store, p->err);
	for (size_t i = 0; i < p->o->n_letters && !r; i++)
		r = hashes_add(&p->named, &p->o->letters[i], p->err);
	p->is_idle = !r && p->settled.is_known && !p->settled.letters.n;
	if (r || p->is_idle)
		return r;
	r = look(p);
	if (r || p->o->inside) /* whose bags have rules of their own */
		return r;
	r = spent_bags_find(&p->spent, &p->settled, p->store, p->err);
	if (r || !p->spent.bags.n)
		return r;
	/* What is still news of what goes with them may be of any letter. */
	audiences_forget(&p->audiences);
	hashes_release(&p->unwrappable);
	p->n_looked_at = 0;
	r = settled_look_all(&p->settled, p->err);
	return r ? r : look(p);
}

void putting_release_candidates(struct putting *p)
{
	drop_candidates(p);
	drop_round(p);
	free(p->candidates);
	free(p->round);
}
