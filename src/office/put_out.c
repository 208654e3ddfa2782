/* SPDX-License-Identifier: Apache-2.0 */
/* Which letters and notes go out, and to whom they are wrapped. */
#include "office/put_out.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/inside_mark.h"
#include "office/inside.h"
#include "office/put_findings.h"
#include "office/settled.h"
#include "office/write_bags.h"
#include "spool/bags.h"

/* One letter that may go, and the keys its bag is wrapped for. */
struct candidate {
	struct hash id;
	bool whole;
	struct hash audience; /* of the sorted keys; all zeros: bare */
};

struct putting {
	struct valise *v;
	struct store *store;
	const struct put_out_options *o;
	int64_t now_s;
	struct settled_look settled;
	struct hash_index named;   /* letters that go whole because they were named */
	struct hash_index present; /* what our bags there hold: audience and item hashed together */
	struct hash_index arrived; /* letters whose recipients have all said received, of those that were looked at */
	struct own_bags spent;     /* bags of ours there that nobody waits for */
	struct own_bags written;
	struct hashes unwrappable; /* offices without a key to wrap for, that was told of */
	struct candidate *candidates;
	size_t n, cap;
	struct register_set self; /* inside our own office, as the next two */
	struct recipients officers;
	struct hash officers_id;
	struct put_out_result *r;
	size_t cap_departures;
	struct valise_err *err;
};

/* ---- What lies there already ---- */

static int note_present(void *context, const struct hash *item)
{
	struct putting *p = context;
	return hash_index_put(&p->present, item, 0, p->err);
}

/* What the statements so far say about whether a letter still has to go, or may be spoken of. */
struct hearing {
	bool arrived; /* all its recipients said received, or are we */
	bool spoken_of;
};

static int hear(struct putting *p, const struct gathered *g, struct hearing *ret)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	size_t received = 0;
	int64_t arrived_s = 0; /* when the last of that came here */
	int r = gathered_recipients(g, &to, p->err);
	for (size_t k = 0; k < to.n && !r; k++) {
		const struct witnessed_statement *word = gathered_word(g, &to.at[k], SAYS_RECEIVED);
		received += word || hash_eq(&to.at[k], &p->v->self);
		if (word && word->taken_in_s > arrived_s)
			arrived_s = word->taken_in_s;
	}
	ret->spoken_of = !hash_eq(&g->seal->s.from.office, &p->v->self) || g->n_statements > 0;
	ret->arrived = to.n > 0 && received == to.n;
	return r || !ret->arrived ? r : hash_index_put(&p->arrived, &g->seal->note.id, (size_t)arrived_s, p->err);
}

struct collecting {
	struct hashes letters;
	struct valise_err *err;
};

static int collect(void *context, const struct hash *letter)
{
	struct collecting *c = context;
	return hashes_add(&c->letters, letter, c->err);
}

/* *ret_last_s is raised to when the last of that came here. */
static int look_whether_arrived(struct putting *p, const struct hash *letter, bool *ret, int64_t *ret_last_s)
{
	struct gathered g = {0};
	size_t at_s = 0;
	int r = 0;
	if (p->settled.is_known && !hashes_have(&p->settled.letters, letter)) {
		struct hearing heard;
		r = gather(p->v, letter, &g, p->err);
		if (!r)
			r = hear(p, &g, &heard);
		gathered_release(&g);
	}
	*ret = !r && hash_index_get(&p->arrived, letter, &at_s);
	if ((int64_t)at_s > *ret_last_s)
		*ret_last_s = (int64_t)at_s;
	return r;
}

/* A bag is spent once each letter that it carries has arrived everywhere, unless it was put there since then, for whoever lost it. What
 * else is in it, and is still news, goes into another. One that was not before can only be for a letter that has arrived since. */
static int look_whether_spent(struct putting *p, const struct own_bag *bag, bool *ret)
{
	struct collecting c = {.err = p->err};
	int64_t written_s = 0, last_s = 0;
	int r = bag_letters(p->v->spool, str_of(bag->name), bag->bytes, collect, &c, &written_s, p->err);
	bool spent = !r && !p->settled.is_known && c.letters.n;
	for (size_t i = 0; i < c.letters.n && !r && !spent; i++)
		spent = hash_index_get(&p->arrived, &c.letters.at[i], NULL);
	for (size_t i = 0; i < c.letters.n && !r && spent; i++)
		r = look_whether_arrived(p, &c.letters.at[i], &spent, &last_s);
	hashes_release(&c.letters);
	*ret = spent && written_s <= last_s;
	return r;
}

/* On a medium that cannot be written what lies there stays, and is as good as ever; and a look touches nothing. */
static bool can_remove(struct putting *p)
{
	int place;
	return !p->o->look && p->store->ops->place(p->store, &place, NULL) == 0 &&
	       faccessat(place, ".", W_OK, AT_EACCESS) == 0;
}

static int look_at_bags(struct putting *p)
{
	struct own_bags *bags = &p->settled.bags;
	int r = 0;
	for (size_t i = 0; i < bags->n && !r; i++) {
		struct own_bag *bag = &bags->at[i];
		bool spent;
		r = look_whether_spent(p, bag, &spent);
		bool goes = !r && spent && can_remove(p);
		p->settled.is_unsure |= spent && !goes;
		if (goes)
			r = own_bags_add(&p->spent, bag->name, bag->bytes, p->err);
		else if (!r)
			r = bag_items(p->v->spool, str_of(bag->name), bag->bytes, note_present, p, p->err);
	}
	return r;
}

/* ---- Who ---- */

/* The parties of a letter besides us: whoever is to read, return, or has been handed it. */
static int parties(struct putting *p, const struct gathered *g, struct hashes *ret)
{
	CLEANUP(hashes_release) struct hashes all = {0};
	const struct seal *s = &g->seal->s;
	int r = hashes_add(&all, &p->v->self, p->err);
	if (!r)
		r = hashes_add(&all, &s->from.office, p->err);
	if (!r)
		r = gathered_recipients(g, &all, p->err);
	if (!r)
		r = gathered_add_holders(g, &all, p->err);
	for (size_t i = 0; i < p->o->n_via && !r; i++)
		r = hashes_add(&all, &p->o->via[i], p->err);
	for (size_t i = 0; i < all.n && !r; i++)
		if (!hash_eq(&all.at[i], &p->v->self))
			r = hashes_add(ret, &all.at[i], p->err);
	return r;
}

static int point_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct age_recipient));
}

/* Whom a letter goes to: its other parties, and the keys of theirs that its bag is wrapped for, sorted; none when it goes bare. */
struct audience {
	struct hashes offices;
	struct recipients keys;
	struct hash id;            /* of the keys; zeros: bare */
	struct hashes unwrappable; /* of the offices, those without a key */
};

static void audience_release(struct audience *a)
{
	hashes_release(&a->offices);
	recipients_release(&a->keys);
	hashes_release(&a->unwrappable);
}

/* Keys of that office, appended; that it has none is told. */
static int add_keys(struct putting *p, const struct register_set *set, const struct hash *office, struct audience *to)
{
	const struct office_register *o = registers_office(set->registers, office);
	size_t before = to->keys.n;
	int r = settled_look_date(&p->settled, office, o, p->err);
	if (!r && o)
		r = office_recipients(o, ROLE_CLERK | ROLE_COURIER, p->now_s, &to->keys, p->err);
	if (r || to->keys.n != before)
		return r;
	r = put_out_tell_unwrappable(p->r, p->v, set, office, p->err);
	return r ? r : hashes_add(&to->unwrappable, office, p->err);
}

static int audience_of(struct putting *p, const struct gathered *g, struct audience *ret)
{
	const struct hashes *offices = &ret->offices;
	struct recipients *keys = &ret->keys;
	if (p->o->inside) {
		ret->id = p->officers_id;
		return 0;
	}
	int r = parties(p, g, &ret->offices);
	if (r || p->o->bare)
		return r;
	for (size_t i = 0; i < offices->n && !r; i++) {
		CLEAN_REGISTER_SET struct register_set more = REGISTER_SET_NONE;
		bool is_gathered = registers_office(g->set.registers, &offices->at[i]) != NULL;
		if (!is_gathered) /* it is named for this sync alone */
			r = register_set_load(p->v, &offices->at[i], 1, &more, p->err);
		if (!r)
			r = add_keys(p, is_gathered ? &g->set : &more, &offices->at[i], ret);
	}
	if (r || !keys->n)
		return r;
	qsort(keys->at, keys->n, sizeof *keys->at, point_order);
	digest_once(keys->at, keys->n * sizeof *keys->at, &ret->id);
	return 0;
}

/* ---- Which ---- */

static int keep_candidate(struct putting *p, const struct candidate *c)
{
	struct candidate *grown = array_room(p->candidates, p->n, &p->cap, sizeof *grown);
	if (!grown)
		return err_nomem(p->err);
	p->candidates = grown;
	p->candidates[p->n++] = *c;
	return 0;
}

/* As far as it is here: what another machine has of it comes from there. */
static int add_inside(struct putting *p, const struct hash *id)
{
	CLEAN_GATHERED struct gathered g = {0};
	bool ours;
	int r = gather(p->v, id, &g, p->err);
	if (!r)
		r = inside_concerns(p->v, &g, &ours, p->err);
	if (r || !(ours || hash_index_get(&p->named, id, NULL)))
		return r;
	struct candidate c = {.id = *id,
			      .whole = g.bytes == VALISE_BYTES_INTACT || g.bytes == VALISE_BYTES_PAPER,
			      .audience = p->officers_id};
	return keep_candidate(p, &c);
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
	struct hearing heard = {0};
	int r = gather(p->v, id, &g, p->err);
	if (!r)
		r = hear(p, &g, &heard);
	if (r)
		return r;
	bool named = hash_index_get(&p->named, id, NULL),
	     can_go = g.bytes == VALISE_BYTES_INTACT || g.bytes == VALISE_BYTES_PAPER;
	c.whole = named || (p->o->all && !heard.arrived && can_go);
	if (!c.whole && !heard.spoken_of)
		return 0; /* sealed here, and nobody outside knows of it yet */
	if (c.whole && !can_go)
		return office_not_whole(p->v, id, VALISE_E_NOT_FOUND, "it cannot go out whole", p->err);
	r = audience_of(p, &g, &to);
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
	return keep_candidate(p, &c);
}

static int find_candidates(struct putting *p)
{
	const struct hashes *letters = &p->settled.letters;
	int r = 0;
	p->n = 0;
	hashes_release(&p->unwrappable);
	for (size_t i = 0; i < letters->n && !r; i++)
		r = p->o->inside ? add_inside(p, &letters->at[i]) : add_candidate(p, &letters->at[i]);
	return r;
}

/* What goes, and which bags of ours there have served. What is still news of those may be of any letter. */
static int look(struct putting *p)
{
	int r = settled_look_begin(&p->settled, p->store, p->err);
	for (size_t i = 0; i < p->o->n_letters && !r; i++)
		r = hash_index_put(&p->named, &p->o->letters[i], i, p->err);
	if (r || settled_look_is_idle(&p->settled))
		return r;
	r = find_candidates(p);
	if (!r)
		r = look_at_bags(p);
	if (r || !p->spent.n || !p->settled.is_known)
		return r;
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

/* Ours go first, also those that no letter's statements name: a machine learns so who has been appointed since. */
static int put_own_entries(struct putting *p, struct bag_group *group)
{
	int r = 0;
	for (size_t i = 0; i < p->self.n && !r; i++) {
		bool put = false;
		r = bag_group_note(group, &p->self.entries[i]->note, &put, p->err);
		p->r->entries += put;
		p->r->any_inside |= put;
	}
	return r;
}

/* Its face, and the sheet without which the rest is of no use: what goes besides is what was said since. */
static bool lies_whole(const struct bag_group *group, const struct gathered *g)
{
	const struct seal *s = &g->seal->s;
	return bag_group_has(group, &g->seal->note.id) && (s->paper.at || bag_group_has(group, &s->cover));
}

/* There is no letter at all to go with them. */
static int write_entries(struct putting *p, struct bag_place *place)
{
	CLEAN_BAG_GROUP struct bag_group *group = NULL;
	int r = bag_group_new(place, p->officers.at, p->officers.n, &p->officers_id, &p->present, &group, p->err);
	if (!r)
		r = put_own_entries(p, group);
	return r ? r : bag_group_end(group, p->err);
}

/* All candidates from `begin` that share its audience go into bags of their own. */
static int write_group(struct putting *p, struct bag_place *place, size_t begin, size_t *ret_end)
{
	CLEAN_BAG_GROUP struct bag_group *group = NULL;
	const struct hash *audience = &p->candidates[begin].audience;
	size_t i = begin;
	int r = 0;
	for (; i < p->n && !r && hash_eq(&p->candidates[i].audience, audience); i++) {
		CLEAN_GATHERED struct gathered g = {0};
		CLEANUP(audience_release) struct audience to = {0};
		size_t statements = 0;
		bool put = false, lost = false, whole = p->candidates[i].whole;
		r = gather(p->v, &p->candidates[i].id, &g, p->err);
		if (!r)
			r = audience_of(p, &g, &to);
		const struct recipients *keys = p->o->inside ? &p->officers : &to.keys;
		if (!r && !group)
			r = bag_group_new(place, keys->at, keys->n, audience, &p->present, &group, p->err);
		if (!r && p->o->inside && i == begin)
			r = put_own_entries(p, group);
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
				  .written = &p->written,
				  .durable = true,
				  .read_back = true};
	CLEAN_BUF struct buf mark = BUF_INIT(256);
	int r = 0;
	if (p->o->inside) {
		inside_mark_write(&mark, &p->officers_id);
		place.inside = &mark;
		r = buf_check(&mark, "the bag", p->err);
	}
	if (!r && p->o->inside && !p->n && !settled_look_is_idle(&p->settled))
		r = write_entries(p, &place);
	if (p->n)
		qsort(p->candidates, p->n, sizeof *p->candidates, by_audience);
	for (size_t i = 0; i < p->n && !r;)
		r = write_group(p, &place, i, &i);
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
	struct own_bags *spent = &p->spent;
	if (p->o->look || !spent->n || !p->r->durable)
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

/* Which keys, and what lies there from other machines of ours: it need not lie there twice. */
static int prepare_inside(struct putting *p)
{
	int r = register_set_self(p->v, &p->self, p->err);
	if (!r)
		r = inside_audience(registers_office(p->self.registers, &p->v->self), p->now_s, &p->officers,
				    &p->officers_id, p->err);
	for (size_t i = 0; i < p->o->lying->n && !r; i++)
		r = note_present(p, &p->o->lying->at[i]);
	return r;
}

int put_out(struct valise *v, struct store *store, const struct put_out_options *o, struct put_out_result *ret,
	    struct valise_err *err)
{
	struct put_out_result result = {0};
	struct putting p = {.v = v, .store = store, .o = o, .now_s = clock_now_s(), .r = &result, .err = err};
	int r = o->inside ? prepare_inside(&p) : 0;
	p.settled = (struct settled_look){.v = v, .o = o, .inside = &p.officers_id, .now_s = p.now_s};
	if (!r)
		r = look(&p);
	if (!r)
		r = put_groups(&p);
	if (!r)
		r = remove_spent(&p);
	if (!r && p.spent.n == result.removed)
		settled_look_end(&p.settled, &p.written, &p.spent);
	hash_index_release(&p.named);
	hash_index_release(&p.present);
	hash_index_release(&p.arrived);
	hashes_release(&p.unwrappable);
	settled_look_release(&p.settled);
	free(p.spent.at);
	free(p.written.at);
	free(p.candidates);
	register_set_release(&p.self);
	recipients_release(&p.officers);
	if (r) {
		put_out_result_release(&result);
		return r;
	}
	*ret = result;
	return 0;
}
