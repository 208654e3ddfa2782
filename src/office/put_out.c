/* SPDX-License-Identifier: Apache-2.0 */
/* Which letters and notes go out, and to whom they are wrapped. */
#include "office/put_out.h"

#include <stdio.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/audiences.h"
#include "office/inside_bags.h"
#include "office/put_findings.h"
#include "office/spent_bags.h"
#include "office/write_bags.h"
#include "spool/bags.h"

#define CHUNK 64u                      /* letters in one look at the spool */
#define KEPT_BYTES (12u * 1024 * 1024) /* of what was gathered of letters that go, until they are written */
#define NOTE_COSTS 3u                  /* bytes that a note takes in memory for each of its own */

/* One letter that may go, and the keys its bag is wrapped for. */
struct candidate {
	struct hash id;
	bool whole;
	struct hash audience;   /* of the sorted keys; all zeros: bare */
	struct gathered *again; /* what was gathered of it, for writing it; owned. NULL: there were too many */
};

struct putting {
	struct valise *v;
	struct store *store;
	const struct put_out_options *o;
	int64_t now_s;
	struct settled_look settled;
	struct hashes named;     /* letters that go whole because they were named */
	struct hashes present;   /* what our bags there hold: audience and item hashed together */
	struct spent_bags spent; /* bags of ours there that nobody waits for */
	struct own_bags written;
	struct hashes unwrappable; /* offices without a key to wrap for, that was told of */
	struct audiences audiences;
	struct candidate *candidates;
	size_t n, cap;
	size_t kept_bytes;        /* of what was gathered of them */
	bool is_idle;             /* no letter need be looked at */
	struct register_set self; /* inside our own office, as the next three */
	struct inside_keys keys;
	struct inside_bags inside;
	struct vouching vouching;
	struct put_out_result *r;
	size_t cap_departures;
	struct valise_err *err;
};

/* ---- What lies there already ---- */

static int note_present(void *context, const struct hash *item)
{
	struct putting *p = context;
	return hashes_add(&p->present, item, p->err);
}

static int see_own(struct putting *p, const struct own_bag *bag)
{
	const struct store_bag there = {.writer = p->settled.writer, .name = bag->name, .bytes = bag->bytes};
	bool is_inside = false;
	int r = p->o->inside ? inside_bags_see(&p->inside, &there, &is_inside) : 0;
	return r || is_inside ? r : bag_items(p->v->spool, str_of(bag->name), bag->bytes, note_present, p, p->err);
}

/* What lies there: in bags of ours that stay (both lists are in one order), and inside our office in others', for it need not lie there
 * twice. */
static int find_present(struct putting *p)
{
	const struct own_bags *bags = &p->settled.bags;
	size_t gone = 0;
	int r = 0;
	hashes_release(&p->present);
	inside_bags_forget(&p->inside);
	for (size_t i = 0; i < bags->n && !r; i++) {
		const struct own_bag *bag = &bags->at[i];
		if (gone < p->spent.bags.n && strcmp(bag->name, p->spent.bags.at[gone].name) == 0)
			gone++;
		else
			r = see_own(p, bag);
	}
	return r || !p->o->inside ? r
				  : inside_bags_lying(&p->inside, p->o->vouched, p->o->n_vouched, p->o->vouched_items);
}

/* ---- Which ---- */

/* About what it takes in memory. */
static size_t gathered_bytes(const struct gathered *g)
{
	size_t bytes = sizeof *g + NOTE_COSTS * g->seal->note.len;
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
	size_t bytes = gathered_bytes(g);
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

static int look_whether_whole(struct putting *p, struct gathered *g, bool *ret)
{
	int r = gathered_look_at_bytes(p->v, g, p->err);
	*ret = !r && (g->bytes == VALISE_BYTES_INTACT || g->bytes == VALISE_BYTES_PAPER);
	return r;
}

/* As far as it is here: what another machine has of it comes from there. */
static int add_inside(struct putting *p, const struct hash *id)
{
	CLEAN_GATHERED struct gathered g = {0};
	bool ours;
	int r = gather_plain(p->v, id, true, &g, p->err);
	if (!r)
		r = inside_concerns(p->v, &g, &ours, p->err);
	if (r || !(ours || hashes_have(&p->named, id)))
		return r;
	struct candidate c = {.id = *id, .audience = p->keys.officers_id};
	r = look_whether_whole(p, &g, &c.whole);
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
	bool there = false;
	r = bag_letter_lies_there(&c.audience, &p->present, &g, &to.offices, c.whole, &there, p->err);
	return r || there ? r : keep_candidate(p, &c, &g);
}

static int find_candidates(struct putting *p)
{
	const struct hashes *letters = &p->settled.letters;
	struct spool *spool = p->v->spool;
	int r = 0;
	drop_candidates(p);
	hashes_release(&p->unwrappable);
	for (size_t i = 0; i < letters->n && !r; i++) {
		if (i % CHUNK == 0) {
			spool_rollback(spool);
			r = spool_begin_read(spool, p->err);
		}
		if (!r)
			r = p->o->inside ? add_inside(p, &letters->at[i]) : add_candidate(p, &letters->at[i]);
	}
	spool_rollback(spool);
	return r;
}

static int look(struct putting *p)
{
	int r = settled_look_begin(&p->settled, p->store, p->err);
	for (size_t i = 0; i < p->o->n_letters && !r; i++)
		r = hashes_add(&p->named, &p->o->letters[i], p->err);
	p->is_idle = !r && p->settled.is_known && !p->settled.letters.n;
	if (r || p->is_idle)
		return r;
	r = find_present(p);
	if (!r)
		r = find_candidates(p);
	if (!r)
		r = spent_bags_find(&p->spent, &p->settled, p->store, p->err);
	if (r || !p->spent.bags.n)
		return r;
	/* What is still news of what goes with them may be of any letter. */
	audiences_forget(&p->audiences);
	r = find_present(p);
	if (!r)
		r = settled_look_all(&p->settled, p->err);
	return r ? r : find_candidates(p);
}

static int by_audience(const void *a, const void *b)
{
	const struct candidate *ca = a, *cb = b;
	int c = hash_cmp(&ca->audience, &cb->audience);
	return c ? c : hash_cmp(&ca->id, &cb->id);
}

/* ---- Writing ---- */

static int add_departure(struct putting *p, const struct gathered *g, bool whole, bool in_part)
{
	struct put_out_result *r = p->r;
	struct departure *grown = array_room(r->departures, r->n_departures, &p->cap_departures, sizeof *grown);
	if (!grown)
		return err_nomem(p->err);
	r->departures = grown;
	const struct seal *s = &g->seal->s;
	CLEANUP(hashes_release) struct hashes to = {0};
	int e = gathered_recipients(g, &to, p->err);
	if (e)
		return e;
	struct departure d = {.id = g->seal->note.id,
			      .from = s->from.office,
			      .body_bytes = s->body_bytes,
			      .whole = whole,
			      .in_part = in_part,
			      .for_us = hashes_have(&to, &p->v->self),
			      .is_paper = s->paper.at != NULL};
	if (s->ref.at && !(d.ref = (struct str){str_dup(s->ref), s->ref.len}).at)
		return err_nomem(p->err);
	r->departures[r->n_departures++] = d;
	return 0;
}

/* First, and apart: a machine learns so who has been appointed since, and one that was dismissed, that it was. */
static int write_own_entries(struct putting *p, struct bag_place *place)
{
	CLEAN_BAG_GROUP struct bag_group *group = NULL;
	const struct inside_keys *k = &p->keys;
	const struct bag_audience ever = {k->ever.at, k->ever.n, &k->ever_id, 1};
	int r = bag_group_new(place, &ever, &p->present, &group, p->err);
	for (size_t i = 0; i < p->self.n && !r; i++) {
		bool put = false;
		r = bag_group_note(group, &p->self.entries[i]->note, &put, p->err);
		p->r->entries += put;
		p->r->any_inside |= put;
	}
	return r ? r : bag_group_end(group, p->err);
}

/* Its face, and the sheet without which the rest is of no use: what goes besides is what was said since. */
static bool lies_whole(const struct bag_group *group, const struct gathered *g)
{
	const struct seal *s = &g->seal->s;
	return bag_group_has(group, &g->seal->note.id) && (s->paper.at || bag_group_has(group, &s->cover));
}

static int gather_to_write(struct putting *p, struct candidate *c, struct gathered *ret)
{
	if (c->again) {
		*ret = *c->again;
		free(TAKE(c->again));
		return 0;
	}
	int r = spool_begin_read(p->v->spool, p->err);
	if (r)
		return r;
	r = gather_plain(p->v, &c->id, p->o->inside || p->o->reports, ret, p->err);
	spool_rollback(p->v->spool);
	return r;
}

/* All candidates from `begin` that share its audience go into bags of their own. */
static int write_group(struct putting *p, struct bag_place *place, size_t begin, size_t *ret_end)
{
	CLEAN_BAG_GROUP struct bag_group *group = NULL;
	const struct hash *audience = &p->candidates[begin].audience;
	const struct inside_keys *k = &p->keys;
	size_t i = begin;
	int r = 0;
	for (; i < p->n && !r && hash_eq(&p->candidates[i].audience, audience); i++) {
		CLEAN_GATHERED struct gathered g = {0};
		CLEANUP(audience_release) struct audience to = {0};
		size_t statements = 0;
		bool put = false, lost = false, whole = p->candidates[i].whole;
		r = gather_to_write(p, &p->candidates[i], &g);
		if (!r)
			r = audience_of(&p->audiences, &g, &to, p->err);
		const struct recipients *keys = p->o->inside ? &k->officers : &to.keys;
		const struct bag_audience who = {keys->at, keys->n, p->o->inside ? k->serving.at : audience,
						 p->o->inside ? k->serving.n : 1};
		if (!r && !group)
			r = bag_group_new(place, &who, &p->present, &group, p->err);
		bool lay_there = !r && p->o->inside && whole && lies_whole(group, &g);
		if (!r)
			r = bag_group_letter(group, &g, &to.offices, whole, &put, &statements, &lost, p->err);
		whole &= !lay_there;
		if (r && lost) {
			whole = false;
			r = put_out_tell_lost(p->r, &p->candidates[i].id, p->err);
			if (!r)
				r = hashes_add(&p->settled.open, &p->candidates[i].id, p->err);
		}
		if (r || !put)
			continue;
		p->r->statements += statements;
		p->r->any_bare |= keys->n == 0;
		p->r->any_wrapped |= keys->n > 0 && !p->o->inside;
		p->r->any_inside |= p->o->inside;
		r = add_departure(p, &g, whole, lost);
	}
	*ret_end = i;
	return r ? r : bag_group_end(group, p->err);
}

static int put_groups(struct putting *p)
{
	struct bag_place place = {.v = p->v,
				  .store = p->store,
				  .now_s = p->now_s,
				  .look = p->o->look,
				  .reports = p->o->reports,
				  .inside = p->o->inside ? &p->vouching : NULL,
				  .written = &p->written,
				  .durable = true,
				  .read_back = true};
	int r = p->o->inside && !p->is_idle ? write_own_entries(p, &place) : 0;
	if (p->n)
		qsort(p->candidates, p->n, sizeof *p->candidates, by_audience);
	for (size_t i = 0; i < p->n && !r;)
		r = write_group(p, &place, i, &i);
	if (!r && p->inside.n && settled_can_remove(&p->settled, p->store))
		r = inside_bags_merge(&p->inside, &place);
	if (!r && p->inside.damaged[0])
		r = put_out_tell_own_damaged(p->r, p->inside.damaged, p->err);
	for (size_t i = 0; i < place.damaged.n && !r; i++)
		r = put_out_tell_damaged(p->r, &place.damaged.at[i], p->err);
	p->settled.is_unsure |= place.damaged.n != 0;
	hashes_release(&place.damaged);
	p->r->bags = place.bags;
	p->r->reports = place.reports_put;
	p->r->exhibits = place.exhibits_put;
	p->r->bytes = place.bytes;
	p->r->durable = place.durable;
	p->r->read_back = place.read_back;
	return r;
}

/* ---- What nobody waits for ---- */

/* What was still news of it lies in another bag now, and only durably so that is enough. Only we remove our bags. */
static int remove_spent(struct putting *p)
{
	struct spool *spool = p->v->spool;
	struct own_bags *spent = &p->spent.bags;
	if (p->o->look || !spent->n)
		return 0;
	for (size_t i = 0; i < spent->n; i++)
		if (p->store->ops->remove(p->store, spent->at[i].name, NULL) == 0)
			spent->at[p->r->removed++] = spent->at[i];
	int r = spool_begin(spool, p->err);
	if (r)
		return r;
	for (size_t i = 0; i < p->r->removed && !r; i++)
		r = bag_gone(spool, str_of(spent->at[i].name), p->err);
	return spool_end(spool, r, p->err);
}

void put_out_result_release(struct put_out_result *r)
{
	for (size_t i = 0; i < r->n_departures; i++)
		free((char *)(uintptr_t)r->departures[i].ref.at);
	for (size_t i = 0; i < r->n_findings; i++)
		free(r->findings[i]);
	free(r->departures);
	free(r->findings);
	*r = (struct put_out_result){0};
}

/* A full place is not kept full by what nobody waits for: what is news in it as well is all here, and goes with the next try. */
static int make_room(struct putting *p)
{
	struct valise_err why = {0}, *err = p->err;
	p->err = &why; /* that the place is full is to be told */
	int r = remove_spent(p);
	p->err = err;
	return r;
}

/* Of bags inside our office; remembered is only a place where nothing is left to do with them. */
static int remove_needless(struct putting *p)
{
	bool can = p->r->durable && settled_can_remove(&p->settled, p->store);
	struct inside_bags *x = &p->inside;
	int r = x->n && can ? inside_bags_remove(x, &p->r->removed) : 0;
	for (size_t i = 0; i < x->n && !r; i++)
		if (x->at[i].is_gone)
			r = own_bags_add(&p->spent.bags, x->at[i].name, x->at[i].bytes, p->err);
	p->settled.is_unsure |= x->n && !(can && inside_bags_are_settled(x, p->written.n));
	return r;
}

/* Which keys; and whether they still are for this machine. */
static int prepare_inside(struct putting *p)
{
	p->vouching = (struct vouching){.v = p->v, .self = &p->self, .keys = &p->keys};
	p->inside = (struct inside_bags){
		.v = p->v, .store = p->store, .keys = &p->keys, .present = &p->present, .err = p->err};
	int r = register_set_self(p->v, &p->self, p->err);
	const struct office_register *self = r ? NULL : registers_office(p->self.registers, &p->v->self);
	if (!r)
		r = inside_keys_find(self, p->now_s, &p->keys, p->err);
	if (!r && !p->o->look)
		r = inside_bags_remember(&p->inside, p->o->vouched, p->o->n_vouched, p->o->vouched_items);
	return r ? r : put_out_tell_dismissed(p->r, p->v, self, p->now_s, p->err);
}

/* *ret_room: so many bags went because the place is full, and another try has room. */
static int put_out_once(struct valise *v, struct store *store, const struct put_out_options *o,
			struct put_out_result *ret, size_t *ret_room, struct valise_err *err)
{
	struct put_out_result result = {0};
	struct putting p = {.v = v, .store = store, .o = o, .now_s = clock_now_s(), .r = &result, .err = err};
	int r = o->inside ? prepare_inside(&p) : 0;
	p.audiences = (struct audiences){.v = v, .o = o, .settled = &p.settled, .r = &result, .now_s = p.now_s};
	p.settled = (struct settled_look){.v = v, .o = o, .inside = &p.keys.officers_id, .now_s = p.now_s};
	if (!r)
		r = look(&p);
	hashes_release(&p.settled.letters); /* they were looked at */
	if (!r)
		r = put_groups(&p);
	if (!r && result.durable)
		r = remove_spent(&p);
	else if (r == VALISE_E_FULL && make_room(&p) == 0)
		*ret_room = result.removed;
	bool all_gone = p.spent.bags.n == result.removed;
	if (!r)
		r = remove_needless(&p);
	if (!r && all_gone)
		settled_look_end(&p.settled, &p.written, &p.spent.bags);
	hashes_release(&p.named);
	hashes_release(&p.present);
	hashes_release(&p.unwrappable);
	audiences_release(&p.audiences);
	settled_look_release(&p.settled);
	spent_bags_release(&p.spent);
	free(p.written.at);
	drop_candidates(&p);
	free(p.candidates);
	inside_bags_release(&p.inside);
	vouching_release(&p.vouching);
	inside_keys_release(&p.keys);
	register_set_release(&p.self);
	if (r) {
		put_out_result_release(&result);
		return r;
	}
	*ret = result;
	return 0;
}

int put_out(struct valise *v, struct store *store, const struct put_out_options *o, struct put_out_result *ret,
	    struct valise_err *err)
{
	size_t room = 0, none = 0;
	int r = put_out_once(v, store, o, ret, &room, err);
	if (!room)
		return r;
	r = put_out_once(v, store, o, ret, &none, err);
	if (!r)
		ret->removed += room;
	return r;
}
