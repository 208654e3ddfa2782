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
#include "office/inside_bags.h"
#include "office/write_bags.h"
#include "spool/bags.h"

/* One letter that may go, and the keys its bag is wrapped for. */
struct candidate {
	struct hash id;
	bool whole;
	struct hash audience; /* of the sorted keys; all zeros: bare */
};

struct spent_bag {
	char name[LIMIT_BAG_NAME_BYTES + 1];
};

struct putting {
	struct valise *v;
	struct store *store;
	const struct put_out_options *o;
	int64_t now_s;
	struct hash_index named;   /* letters that go whole because they were named */
	struct hash_index present; /* what our bags there hold: audience and item hashed together */
	struct hash_index arrived; /* letters whose recipients have all said received */
	struct spent_bag *spent;   /* bags of ours there that nobody waits for */
	size_t n_spent, cap_spent;
	struct candidate *candidates;
	size_t n, cap;
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
	return hash_index_put(&p->present, item, 0, p->err);
}

struct waiting {
	const struct putting *p;
	size_t n, arrived;
	int64_t last_s; /* when the last of them had */
};

static int look_whether_arrived(void *context, const struct hash *letter)
{
	struct waiting *w = context;
	size_t at_s = 0;
	w->n++;
	w->arrived += hash_index_get(&w->p->arrived, letter, &at_s);
	if ((int64_t)at_s > w->last_s)
		w->last_s = (int64_t)at_s;
	return 0;
}

/* A bag is spent once each letter that it carries has arrived everywhere, unless it was put there since then, for whoever lost it. What
 * else is in it, and is still news, goes into another. */
static int look_whether_spent(struct putting *p, const struct store_bag *bag, bool *ret)
{
	struct waiting w = {.p = p};
	int64_t written_s = 0;
	int r = bag_letters(p->v->spool, str_of(bag->name), bag->bytes, look_whether_arrived, &w, &written_s, p->err);
	*ret = !r && w.n > 0 && w.arrived == w.n && written_s <= w.last_s;
	return r;
}

/* On a medium that cannot be written what lies there stays, and is as good as ever; and a look touches nothing. */
static bool can_remove(struct putting *p)
{
	int place;
	return !p->o->look && p->store->ops->place(p->store, &place, NULL) == 0 &&
	       faccessat(place, ".", W_OK, AT_EACCESS) == 0;
}

static int add_spent(struct putting *p, const char *name)
{
	struct spent_bag *grown = array_room(p->spent, p->n_spent, &p->cap_spent, sizeof *grown);
	if (!grown)
		return err_nomem(p->err);
	p->spent = grown;
	(void)snprintf(p->spent[p->n_spent++].name, sizeof p->spent->name, "%s", name);
	return 0;
}

/* One of another size than it had is damaged, or not ours: what it held goes again. */
static int look_at_own(void *context, const struct store_bag *bag)
{
	struct putting *p = context;
	bool spent, is_inside = false;
	if (!bag->is_own)
		return 0;
	int r = p->o->inside ? inside_bags_see(&p->inside, bag, &is_inside) : 0;
	if (!r && !is_inside)
		r = look_whether_spent(p, bag, &spent);
	if (r || is_inside)
		return r;
	return spent && can_remove(p) ? add_spent(p, bag->name)
				      : bag_items(p->v->spool, str_of(bag->name), bag->bytes, note_present, p, p->err);
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

/* Once each. */
static int tell(struct putting *p, struct buf *sentence)
{
	struct put_out_result *r = p->r;
	int e = buf_check(sentence, "a finding", p->err);
	if (e)
		return e;
	for (size_t i = 0; i < r->n_findings; i++)
		if (strcmp(r->findings[i], (char *)sentence->data) == 0)
			return 0;
	char **grown = realloc(r->findings, (r->n_findings + 1) * sizeof(*grown));
	if (!grown)
		return err_nomem(p->err);
	r->findings = grown;
	r->findings[r->n_findings++] = (char *)buf_take(sentence, NULL);
	return 0;
}

/* Why it was, is in the error. */
static int tell_lost(struct putting *p, const struct hash *letter)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	p->r->damaged = true;
	buf_addf(&b, "%s did not go out whole: %s: run `valise doctor`", hash_short(letter).text, p->err->text);
	return tell(p, &b);
}

static int tell_damaged(struct putting *p, const struct hash *exhibit)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	p->r->damaged = true;
	buf_addf(
		&b,
		"the exhibit %.16s... stays here, since it cannot be read or is damaged on this disk: add its file again "
		"with `valise exhibit add`, or restore a backup",
		hash_hex(exhibit).text);
	return tell(p, &b);
}

static int tell_own_damaged(struct putting *p)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	p->r->damaged = true;
	buf_addf(&b,
		 "the bag %s of ours there is damaged: remove it, and sync again, which puts what was in it there anew",
		 p->inside.damaged);
	return tell(p, &b);
}

static int tell_unwrappable(struct putting *p, const struct register_set *set, const struct hash *office)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	int e = office_show(p->v, set, office, &b, p->err);
	buf_add_text(
		&b,
		" has no clerk or courier with a key on the card you hold: it cannot unwrap these bags; ask for a newer card, or use --bare");
	return e ? e : tell(p, &b);
}

/* A letter whose addressees have no card. */
static int tell_in_the_open(struct putting *p, const struct hash *letter)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	buf_addf(
		&b,
		"%s goes unwrapped: whom it is addressed to has no card; a finder reads their names and what the paper is "
		"described as. Name a courier with --via to wrap it for that office",
		hash_short(letter).text);
	return tell(p, &b);
}

/* Whom a letter goes to: its other parties, and the keys of theirs that its bag is wrapped for, sorted; none when it goes bare. */
struct audience {
	struct hashes offices;
	struct recipients keys;
	struct hash id; /* of the keys; zeros: bare */
};

static void audience_release(struct audience *a)
{
	hashes_release(&a->offices);
	recipients_release(&a->keys);
}

/* Keys of that office, appended; that it has none is told. */
static int add_keys(struct putting *p, const struct register_set *set, const struct hash *office,
		    struct recipients *keys)
{
	const struct office_register *o = registers_office(set->registers, office);
	size_t before = keys->n;
	int r = o ? office_recipients(o, ROLE_CLERK | ROLE_COURIER, p->now_s, keys, p->err) : 0;
	return r || keys->n != before ? r : tell_unwrappable(p, set, office);
}

static int audience_of(struct putting *p, const struct gathered *g, struct audience *ret)
{
	const struct hashes *offices = &ret->offices;
	struct recipients *keys = &ret->keys;
	if (p->o->inside) {
		ret->id = p->keys.officers_id;
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
			r = add_keys(p, is_gathered ? &g->set : &more, &offices->at[i], keys);
	}
	if (r || !keys->n)
		return r;
	qsort(keys->at, keys->n, sizeof *keys->at, point_order);
	digest_once(keys->at, keys->n * sizeof *keys->at, &ret->id);
	return 0;
}

/* ---- Which ---- */

/* What the statements so far say about whether a letter still has to go, or may be spoken of. */
struct hearing {
	bool arrived;      /* all its recipients said received, or are we */
	int64_t arrived_s; /* when the last of that came here */
	bool spoken_of;
};

static int hear(const struct putting *p, const struct gathered *g, struct hearing *ret)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	size_t received = 0;
	int r = gathered_recipients(g, &to, p->err);
	for (size_t k = 0; k < to.n && !r; k++) {
		const struct witnessed_statement *word = gathered_word(g, &to.at[k], SAYS_RECEIVED);
		received += word || hash_eq(&to.at[k], &p->v->self);
		if (word && word->taken_in_s > ret->arrived_s)
			ret->arrived_s = word->taken_in_s;
	}
	ret->spoken_of = !hash_eq(&g->seal->s.from.office, &p->v->self) || g->n_statements > 0;
	ret->arrived = to.n > 0 && received == to.n;
	return r;
}

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
			      .audience = p->keys.officers_id};
	return keep_candidate(p, &c);
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
	if (!r && heard.arrived)
		r = hash_index_put(&p->arrived, id, (size_t)heard.arrived_s, p->err);
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
	if (r)
		return r;
	if (!to.offices.n && g.seal->s.n_addressees && !p->o->bare) {
		if (!named)
			return 0; /* nobody could unwrap it, and in the open it goes only when somebody says so */
		r = tell_in_the_open(p, id);
		if (r)
			return r;
	}
	c.audience = to.id;
	return keep_candidate(p, &c);
}

static int find_candidates(struct putting *p)
{
	CLEANUP(hashes_release) struct hashes letters = {0};
	int r = 0;
	for (size_t i = 0; i < p->o->n_letters && !r; i++)
		r = hash_index_put(&p->named, &p->o->letters[i], i, p->err);
	if (!r)
		r = office_letters(p->v, &letters, p->err);
	for (size_t i = 0; i < letters.n && !r; i++)
		r = p->o->inside ? add_inside(p, &letters.at[i]) : add_candidate(p, &letters.at[i]);
	return r;
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
		r = gather(p->v, &p->candidates[i].id, &g, p->err);
		if (!r)
			r = audience_of(p, &g, &to);
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
			r = tell_lost(p, &p->candidates[i].id);
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
				  .durable = true,
				  .read_back = true};
	int r = p->o->inside ? write_own_entries(p, &place) : 0;
	if (p->n)
		qsort(p->candidates, p->n, sizeof *p->candidates, by_audience);
	for (size_t i = 0; i < p->n && !r;)
		r = write_group(p, &place, i, &i);
	if (!r && p->inside.n && can_remove(p))
		r = inside_bags_merge(&p->inside, &place);
	if (!r && p->inside.damaged[0])
		r = tell_own_damaged(p);
	for (size_t i = 0; i < place.damaged.n && !r; i++)
		r = tell_damaged(p, &place.damaged.at[i]);
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
	if (p->o->look || !p->n_spent || !p->r->durable)
		return 0;
	for (size_t i = 0; i < p->n_spent; i++)
		if (p->store->ops->remove(p->store, p->spent[i].name, NULL) == 0)
			p->spent[p->r->removed++] = p->spent[i];
	int r = spool_begin(spool, p->err);
	if (r)
		return r;
	for (size_t i = 0; i < p->r->removed && !r; i++)
		r = bag_gone(spool, str_of(p->spent[i].name), p->err);
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

/* Which keys; and whether they still are for this machine. */
static int prepare_inside(struct putting *p)
{
	CLEAN_BUF struct buf dismissed = BUF_INIT(8192);
	p->vouching = (struct vouching){.v = p->v, .self = &p->self, .keys = &p->keys};
	p->inside = (struct inside_bags){.v = p->v,
					 .store = p->store,
					 .keys = &p->keys,
					 .present = &p->present,
					 .lying = p->o->lying,
					 .err = p->err};
	int r = register_set_self(p->v, &p->self, p->err);
	const struct office_register *self = r ? NULL : registers_office(p->self.registers, &p->v->self);
	if (!r)
		r = inside_keys_find(self, p->now_s, &p->keys, p->err);
	if (!r)
		r = inside_dismissed(p->v, self, p->now_s, &dismissed, p->err);
	return r || !dismissed.len ? r : tell(p, &dismissed);
}

int put_out(struct valise *v, struct store *store, const struct put_out_options *o, struct put_out_result *ret,
	    struct valise_err *err)
{
	struct put_out_result result = {0};
	struct putting p = {.v = v, .store = store, .o = o, .now_s = clock_now_s(), .r = &result, .err = err};
	int r = o->inside ? prepare_inside(&p) : 0;
	if (!r)
		r = find_candidates(&p);
	if (!r)
		r = store->ops->list(store, look_at_own, &p, err);
	if (!r && o->inside)
		r = inside_bags_lying(&p.inside, o->vouched, o->n_vouched);
	if (!r)
		r = put_groups(&p);
	if (!r)
		r = remove_spent(&p);
	if (!r && p.inside.n && result.durable && can_remove(&p))
		r = inside_bags_remove(&p.inside, &result.removed);
	hash_index_release(&p.named);
	hash_index_release(&p.present);
	hash_index_release(&p.arrived);
	free(p.spent);
	free(p.candidates);
	register_set_release(&p.self);
	vouching_release(&p.vouching);
	inside_keys_release(&p.keys);
	inside_bags_release(&p.inside);
	if (r) {
		put_out_result_release(&result);
		return r;
	}
	*ret = result;
	return 0;
}
