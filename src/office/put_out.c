/* SPDX-License-Identifier: Apache-2.0 */
/* Writes out what goes, a bag after the other for those who can unwrap it, and removes what nobody waits for. */
#include "office/put_out.h"

#include "base/array.h"
#include "base/clock.h"
#include "office/put_findings.h"
#include "office/putting.h"
#include "office/write_bags.h"
#include "spool/bags.h"

static int by_audience(const void *a, const void *b)
{
	const struct candidate *ca = a, *cb = b;
	int c = hash_cmp(&ca->audience, &cb->audience);
	return c ? c : hash_cmp(&ca->id, &cb->id);
}

/* ---- Writing ---- */

static int add_departure(struct putting *p, const struct gathered *g, bool whole, bool in_part)
{
	const struct seal *s = &g->seal->s;
	CLEANUP(hashes_release) struct hashes to = {0};
	int r = gathered_recipients(g, &to, p->err);
	if (r)
		return r;
	struct valise_sync_letter line = {.body_bytes = s->body_bytes,
					  .is_whole = whole,
					  .is_for_us = hashes_have(&to, &p->v->self),
					  .text = whole && s->paper.at ? "a paper letter's seal, and what is said of it"
						  : whole              ? "the whole letter"
						  : in_part            ? "part of it"
								       : "what is said of it"};
	return sync_letters_add(&p->r->letters, p->v, &g->seal->note.id, &s->from.office, s->ref, &line, p->err);
}

/* First, and apart: a machine learns so who has been appointed since, and one that was dismissed, that it was. */
static int write_own_entries(struct putting *p, struct bag_place *place)
{
	CLEAN_BAG_GROUP struct bag_group *group = NULL;
	const struct inside_keys *k = &p->keys;
	const struct bag_audience ever = {k->ever.at, k->ever.n, &k->ever_id};
	int r = bag_group_new(place, &ever, &p->entries_present, &group, p->err);
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
		const struct bag_audience who = {keys->at, keys->n, p->o->inside ? &k->officers_id : audience};
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
				  .upto = p->settled.upto.seq,
				  .look = p->o->look,
				  .reports = p->o->reports,
				  .inside = p->o->inside ? &p->vouching : NULL,
				  .written = &p->written,
				  .durable = true,
				  .read_back = true};
	int r = p->o->inside && !p->is_idle ? write_own_entries(p, &place) : 0;
	while (!r && p->n) {
		qsort(p->candidates, p->n, sizeof *p->candidates, by_audience);
		for (size_t i = 0; i < p->n && !r;)
			r = write_group(p, &place, i, &i);
		if (!r)
			r = putting_next(p);
	}
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
	sync_letters_release(&r->letters);
	findings_release(&r->findings);
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
	p->inside = (struct inside_bags){.v = p->v,
					 .store = p->store,
					 .keys = &p->keys,
					 .vouched = p->o->vouched,
					 .look = p->o->look,
					 .written = &p->written,
					 .err = p->err};
	int r = register_set_self(p->v, &p->self, p->err);
	const struct office_register *self = r ? NULL : registers_office(p->self.registers, &p->v->self);
	if (!r)
		r = inside_keys_find(self, p->now_s, &p->keys, p->err);
	return r ? r : put_out_tell_dismissed(p->r, p->v, self, p->now_s, p->err);
}

/* *ret_room: so many bags went because the place is full, and another try has room. */
static int put_out_once(struct valise *v, struct store *store, const struct put_out_options *o,
			struct put_out_result *ret, size_t *ret_room, struct valise_err *err)
{
	struct put_out_result result = {.letters.lines.spool = o->look ? NULL : v->spool};
	struct putting p = {.v = v, .store = store, .o = o, .now_s = clock_now_s(), .r = &result, .err = err};
	int r = o->inside ? prepare_inside(&p) : 0;
	p.audiences = (struct audiences){.v = v, .o = o, .settled = &p.settled, .r = &result, .now_s = p.now_s};
	p.settled = (struct settled_look){.v = v, .o = o, .inside = &p.keys.officers_id, .now_s = p.now_s};
	if (!r)
		r = putting_begin(&p);
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
	hashes_release(&p.wanted);
	hashes_release(&p.entries);
	hashes_release(&p.entries_present);
	hashes_release(&p.unwrappable);
	putting_release_candidates(&p);
	audiences_release(&p.audiences);
	settled_look_release(&p.settled);
	spent_bags_release(&p.spent);
	free(p.written.at);
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
