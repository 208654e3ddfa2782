/* SPDX-License-Identifier: Apache-2.0 */
/* Parties of letters, and the keys that their cards have. */
#include "office/audiences.h"

#include "office/put_findings.h"

void audience_release(struct audience *a)
{
	hashes_release(&a->offices);
	recipients_release(&a->keys);
	hashes_release(&a->unwrappable);
}

void audiences_release(struct audiences *x)
{
	audience_release(&x->last);
}

void audiences_forget(struct audiences *x)
{
	audience_release(&x->last);
	x->last = (struct audience){0};
}

/* The parties of a letter besides us: whoever is to read, return, or has been handed it. */
static int parties(const struct audiences *x, const struct gathered *g, struct hashes *ret, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes all = {0};
	const struct seal *s = &g->seal->s;
	int r = hashes_add(&all, &x->v->self, err);
	if (!r)
		r = hashes_add(&all, &s->from.office, err);
	if (!r)
		r = gathered_recipients(g, &all, err);
	if (!r)
		r = gathered_add_holders(g, &all, err);
	for (size_t i = 0; i < x->o->n_via && !r; i++)
		r = hashes_add(&all, &x->o->via[i], err);
	for (size_t i = 0; i < all.n && !r; i++)
		if (!hash_eq(&all.at[i], &x->v->self))
			r = hashes_add(ret, &all.at[i], err);
	return r;
}

/* Keys of that office, appended; that it has none is told. */
static int add_keys(struct audiences *x, const struct register_set *set, const struct hash *office, struct audience *to,
		    struct valise_err *err)
{
	const struct office_register *o = registers_office(set->registers, office);
	size_t before = to->keys.n;
	int r = settled_look_date(x->settled, office, o, err);
	if (!r && o)
		r = office_recipients(o, ROLE_CLERK | ROLE_COURIER, x->now_s, &to->keys, err);
	if (r || to->keys.n != before)
		return r;
	r = put_out_tell_unwrappable(x->r, x->v, set, office, err);
	return r ? r : hashes_add(&to->unwrappable, office, err);
}

/* One letter after the other goes to the same offices. */
static int take_last(const struct audiences *x, struct audience *ret, bool *ret_same, struct valise_err *err)
{
	const struct audience *last = &x->last;
	*ret_same = last->offices.n && last->offices.n == ret->offices.n &&
		    memcmp(last->offices.at, ret->offices.at, ret->offices.n * sizeof *ret->offices.at) == 0;
	if (!*ret_same)
		return 0;
	ret->id = last->id;
	return recipients_join(&ret->keys, &last->keys, err);
}

static int note_last(struct audiences *x, const struct audience *a, struct valise_err *err)
{
	int r = 0;
	audience_release(&x->last);
	x->last = (struct audience){.id = a->id};
	if (a->unwrappable.n)
		return 0;
	for (size_t i = 0; i < a->offices.n && !r; i++)
		r = hashes_add(&x->last.offices, &a->offices.at[i], err);
	return r ? r : recipients_join(&x->last.keys, &a->keys, err);
}

int audience_of(struct audiences *x, const struct gathered *g, struct audience *ret, struct valise_err *err)
{
	const struct hashes *offices = &ret->offices;
	struct recipients *keys = &ret->keys;
	if (x->o->inside) {
		ret->id = *x->settled->inside;
		return 0;
	}
	bool same = false;
	int r = parties(x, g, &ret->offices, err);
	if (!r && !x->o->bare)
		r = take_last(x, ret, &same, err);
	if (r || x->o->bare || same)
		return r;
	for (size_t i = 0; i < offices->n && !r; i++) {
		CLEAN_REGISTER_SET struct register_set more = REGISTER_SET_NONE;
		bool is_gathered = registers_office(g->set.registers, &offices->at[i]) != NULL;
		if (!is_gathered) /* it is named for this sync alone */
			r = register_set_load(x->v, &offices->at[i], 1, &more, err);
		if (!r)
			r = add_keys(x, is_gathered ? &g->set : &more, &offices->at[i], ret, err);
	}
	if (r || !keys->n)
		return r;
	recipients_settle(keys, &ret->id);
	return note_last(x, ret, err);
}
