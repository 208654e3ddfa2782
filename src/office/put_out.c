/* SPDX-License-Identifier: Apache-2.0 */
/* Which letters and notes go out, and to whom they are wrapped. */
#include "office/put_out.h"

#include <stdio.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
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
	const struct put_out_options *o;
	int64_t now_s;
	struct hash_index named;   /* letters that go whole because they were named */
	struct hash_index present; /* what our bags there hold: audience and item hashed together */
	struct candidate *candidates;
	size_t n, cap;
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

/* One of another size than it had is damaged, or not ours: what it held goes again. */
static int look_at_own(void *context, const struct store_bag *bag)
{
	struct putting *p = context;
	return bag->is_own ? bag_items(p->v->spool, str_of(bag->name), bag->bytes, note_present, p, p->err) : 0;
}

/* ---- Who ---- */

/* Whom a party says that it handed the letter to is one too, if the word is its officer's: bags are wrapped for all of them, and a
 * stranger must not bring himself in. One pass for each link of a chain of hands. */
static int add_holders(struct putting *p, const struct gathered *g, struct hashes *parties)
{
	int r = 0;
	for (size_t before = 0; !r && before != parties->n;) {
		before = parties->n;
		for (size_t i = 0; i < g->n_statements && !r; i++) {
			const struct verified_statement *v = g->statements[i].statement;
			bool hands_on = v->s.says == SAYS_HANDED || v->s.says == SAYS_DELIVERED;
			if (hands_on && v->s.has_to && !hashes_have(parties, &v->s.to) &&
			    hashes_have(parties, &v->s.office.office) && statement_stands(&g->set, v))
				r = hashes_add(parties, &v->s.to, p->err);
		}
	}
	return r;
}

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
		r = add_holders(p, g, &all);
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

static int audience_of(struct putting *p, const struct gathered *g, struct audience *ret)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	const struct hashes *offices = &ret->offices;
	struct recipients *keys = &ret->keys;
	int r = parties(p, g, &ret->offices);
	if (r || p->o->bare)
		return r;
	r = register_set_look(p->v, offices->at, offices->n, &set, p->err);
	for (size_t i = 0; i < offices->n && !r; i++) {
		const struct office_register *o = registers_office(set.registers, &offices->at[i]);
		size_t before = keys->n;
		if (o)
			r = office_recipients(o, ROLE_CLERK | ROLE_COURIER, p->now_s, keys, p->err);
		if (!r && keys->n == before)
			r = tell_unwrappable(p, &set, &offices->at[i]);
	}
	if (r || !keys->n)
		return r;
	qsort(keys->at, keys->n, sizeof *keys->at, point_order);
	digest_once(keys->at, keys->n * sizeof *keys->at, &ret->id);
	return 0;
}

/* ---- Which ---- */

/* What the statements so far say about whether a letter still has to go, or may be spoken of. */
static int hear(const struct putting *p, const struct gathered *g, bool *ret_arrived, bool *ret_spoken_of)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	size_t received = 0;
	int r = gathered_recipients(g, &to, p->err);
	if (r)
		return r;
	*ret_spoken_of = !hash_eq(&g->seal->s.from.office, &p->v->self);
	for (size_t k = 0; k < to.n; k++) {
		bool here = hash_eq(&to.at[k], &p->v->self);
		for (size_t i = 0; i < g->n_statements && !here; i++) {
			const struct verified_statement *one = g->statements[i].statement;
			here = one->s.says == SAYS_RECEIVED && hash_eq(&one->s.office.office, &to.at[k]) &&
			       statement_stands(&g->set, one);
		}
		received += here;
	}
	*ret_spoken_of |= g->n_statements > 0;
	*ret_arrived = to.n > 0 && received == to.n;
	return 0;
}

static int add_candidate(struct putting *p, const struct hash *id)
{
	CLEAN_GATHERED struct gathered g = {0};
	CLEANUP(audience_release) struct audience to = {0};
	struct candidate c = {.id = *id};
	bool arrived, spoken_of;
	int r = gather(p->v, id, &g, p->err);
	if (r)
		return r;
	r = hear(p, &g, &arrived, &spoken_of);
	if (r)
		return r;
	bool named = hash_index_get(&p->named, id, NULL),
	     can_go = g.bytes == VALISE_BYTES_INTACT || g.bytes == VALISE_BYTES_PAPER;
	c.whole = named || (p->o->all && !arrived && can_go);
	if (!c.whole && !spoken_of)
		return 0; /* sealed here, and nobody outside knows of it yet */
	if (c.whole && !can_go)
		return err_set(p->err, VALISE_E_NOT_FOUND, "not every byte of %s is here, so it cannot go out whole",
			       hash_short(id).text);
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
	struct candidate *grown = array_room(p->candidates, p->n, &p->cap, sizeof *grown);
	if (!grown)
		return err_nomem(p->err);
	p->candidates = grown;
	p->candidates[p->n++] = c;
	return 0;
}

struct all_letters {
	struct hashes ids;
	struct valise_err *err;
};

static int take_id(void *context, const struct letter_row *row)
{
	struct all_letters *a = context;
	return hashes_add(&a->ids, &row->id, a->err);
}

static int find_candidates(struct putting *p)
{
	struct all_letters a = {.err = p->err};
	int r = 0;
	for (size_t i = 0; i < p->o->n_letters && !r; i++)
		r = hash_index_put(&p->named, &p->o->letters[i], i, p->err);
	if (!r)
		r = letters_each(p->v->spool, take_id, &a, p->err);
	for (size_t i = 0; i < a.ids.n && !r; i++)
		r = add_candidate(p, &a.ids.at[i]);
	hashes_release(&a.ids);
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
		if (!r && !group)
			r = bag_group_new(place, to.keys.at, to.keys.n, audience, &p->present, &group, p->err);
		if (!r)
			r = bag_group_letter(group, &g, &to.offices, whole, &put, &statements, &lost, p->err);
		if (r && lost) {
			whole = false;
			r = tell_lost(p, &p->candidates[i].id);
		}
		if (r || !put)
			continue;
		p->r->statements += statements;
		p->r->any_bare |= to.keys.n == 0;
		p->r->any_wrapped |= to.keys.n > 0;
		r = add_departure(p, &g, whole, lost);
	}
	*ret_end = i;
	return r ? r : bag_group_end(group, p->err);
}

static int put_groups(struct putting *p, struct store *store)
{
	struct bag_place place = {.v = p->v,
				  .store = store,
				  .now_s = p->now_s,
				  .look = p->o->look,
				  .reports = p->o->reports,
				  .durable = true,
				  .read_back = true};
	int r = 0;
	if (p->n)
		qsort(p->candidates, p->n, sizeof *p->candidates, by_audience);
	for (size_t i = 0; i < p->n && !r;)
		r = write_group(p, &place, i, &i);
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

int put_out(struct valise *v, struct store *store, const struct put_out_options *o, struct put_out_result *ret,
	    struct valise_err *err)
{
	struct put_out_result result = {0};
	struct putting p = {.v = v, .o = o, .now_s = clock_now_s(), .r = &result, .err = err};
	int r = store->ops->list(store, look_at_own, &p, err);
	if (!r)
		r = find_candidates(&p);
	if (!r)
		r = put_groups(&p, store);
	hash_index_release(&p.named);
	hash_index_release(&p.present);
	free(p.candidates);
	if (r) {
		put_out_result_release(&result);
		return r;
	}
	*ret = result;
	return 0;
}
