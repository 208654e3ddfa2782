/* SPDX-License-Identifier: Apache-2.0 */
/* What a put-out remembers for the next one to the same place, so that one with nothing new looks at no letter. */
#include "office/settled.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/array.h"
#include "crypto/digest.h"
#include "office/inside.h"

/* Raised whenever what is put out is decided otherwise than before: what an older program remembered does not hold then. */
#define RULES "valise/settled@4"
#define OPEN_MAX 10000u /* more letters to look at each time are not worth remembering the others */
#ifndef LETTERS_MAX     /* fewer in a test */
#define LETTERS_MAX 10000u
#endif

void settled_look_release(struct settled_look *s)
{
	free(s->bags.at);
	hashes_release(&s->letters);
	hashes_release(&s->open);
	hashes_release(&s->dated);
}

int own_bags_add(struct own_bags *b, const char *name, uint64_t bytes, struct valise_err *err)
{
	struct own_bag *grown = array_room(b->at, b->n, &b->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	b->at = grown;
	grown = &b->at[b->n++];
	*grown = (struct own_bag){.bytes = bytes};
	(void)snprintf(grown->name, sizeof grown->name, "%s", name);
	return 0;
}

/* ---- The place ---- */

static int name_order(const void *a, const void *b)
{
	return strcmp(((const struct own_bag *)a)->name, ((const struct own_bag *)b)->name);
}

static int add_number(struct digest *d, uint64_t n, struct valise_err *err)
{
	uint8_t bytes[8];
	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(n >> (56 - 8 * i));
	return digest_add(d, bytes, sizeof bytes, err);
}

static int add_ids(struct digest *d, const struct hash *at, size_t n, struct valise_err *err)
{
	int r = add_number(d, n, err);
	return r || !n ? r : digest_add(d, at, n * sizeof *at, err);
}

/* All that decides what goes there but what is in the log, and the clock. A bag of another size than it had is
 * none that the spool knows. */
static int place_of(struct settled_look *s, struct hash *ret, struct valise_err *err)
{
	const struct put_out_options *o = s->o;
	struct own_bags *bags = &s->bags;
	const uint64_t options = (o->all ? 1u : 0) | (o->bare ? 2u : 0) | (o->reports ? 4u : 0) | (o->inside ? 8u : 0);
	CLEAN_DIGEST struct digest *d = NULL;
	int r = digest_new(&d, err);
	if (!r)
		r = digest_add(d, RULES, sizeof RULES, err);
	if (!r)
		r = add_number(d, options, err);
	if (!r)
		r = add_ids(d, o->via, o->n_via, err);
	if (!r)
		r = add_ids(d, s->inside, 1, err);
	if (!r)
		r = add_number(d, o->vouched->n, err);
	for (size_t i = 0; i < o->vouched->n && !r; i++) {
		const struct vouched_bag *bag = &o->vouched->at[i];
		r = digest_add(d, &bag->by, sizeof bag->by, err);
		if (!r)
			r = add_ids(d, &bag->mark, 1, err);
	}
	if (bags->n)
		qsort(bags->at, bags->n, sizeof *bags->at, name_order);
	for (size_t i = 0; i < bags->n && !r; i++)
		r = digest_add(d, bags->at[i].name, sizeof bags->at[i].name, err);
	return r ? r : digest_end(d, ret, err);
}

struct listing {
	struct settled_look *s;
	struct valise_err *err;
};

static int list_own(void *context, const struct store_bag *bag)
{
	struct listing *l = context;
	bool known = false;
	int r = bag->is_own ? bag_is_known(l->s->v->spool, str_of(bag->name), bag->bytes, &known, l->err) : 0;
	if (r || !known)
		return r;
	(void)snprintf(l->s->writer, sizeof l->s->writer, "%s", bag->writer);
	return own_bags_add(&l->s->bags, bag->name, bag->bytes, l->err);
}

/* ---- Which letters ---- */

static int add_letter(void *context, const struct hash *letter)
{
	struct listing *l = context;
	return hashes_add(&l->s->letters, letter, l->err);
}

int settled_look_more(struct settled_look *s, struct valise_err *err)
{
	struct listing l = {s, err};
	hashes_release(&s->letters);
	return s->is_known ? 0 : letters_some(s->v->spool, &s->at, LETTERS_MAX, add_letter, &l, err);
}

int settled_look_all(struct settled_look *s, struct valise_err *err)
{
	hashes_release(&s->open);
	s->is_known = false;
	s->at = LETTER_PLACE_FIRST;
	s->since_s = INT64_MIN;
	s->until_s = INT64_MAX;
	hashes_release(&s->dated);
	return settled_look_more(s, err);
}

static int add_news(struct settled_look *s, struct valise_err *err)
{
	struct listing l = {s, err};
	bool all = false;
	struct letter_row row;
	int r = 0;
	for (size_t i = 0; i < s->o->n_letters && !r; i++) /* a look may name one that only lies there */
		if (letter_row(s->v->spool, &s->o->letters[i], &row, NULL) == 0)
			r = hashes_add(&s->letters, &s->o->letters[i], err);
	if (!r)
		r = letters_touched(s->v->spool, s->holds.upto.seq, add_letter, &l, &all, err);
	s->is_known = !all;
	s->since_s = s->holds.since_s;
	s->until_s = s->holds.until_s;
	return r;
}

int settled_look_begin(struct settled_look *s, struct store *store, struct valise_err *err)
{
	struct listing l = {s, err};
	struct hash place;
	bool is = false;
	int r = log_end(s->v->spool, &s->upto, err);
	if (!r)
		r = store->ops->list(store, list_own, &l, err);
	if (!r && !s->o->passes)
		r = place_of(s, &place, err);
	if (!r && !s->o->passes)
		r = settled_get(s->v->spool, &place, &s->upto, s->now_s, &s->holds, add_letter, &l, &is, err);
	if (!r && is)
		r = add_news(s, err);
	return r || s->is_known ? r : settled_look_all(s, err);
}

/* ---- Until when ---- */

static int consider_until(void *context, const struct officer *o)
{
	struct settled_look *s = context;
	if (!o->has_until)
		return 0;
	if (o->until_s < s->now_s)
		s->since_s = o->until_s >= s->since_s ? o->until_s + 1 : s->since_s;
	else
		s->until_s = o->until_s < s->until_s ? o->until_s : s->until_s;
	return 0;
}

int settled_look_date(struct settled_look *s, const struct hash *office, const struct office_register *o,
		      struct valise_err *err)
{
	if (!o || hashes_have(&s->dated, office))
		return 0;
	(void)office_each_officer(o, NULL, consider_until, s); /* it is never stopped */
	return hashes_add(&s->dated, office, err);
}

bool settled_can_remove(const struct settled_look *s, struct store *store)
{
	int place;
	return !s->o->look && store->ops->place(store, &place, NULL) == 0 &&
	       faccessat(place, ".", W_OK, AT_EACCESS) == 0;
}

/* ---- For next time ---- */

static bool is_among(const struct own_bags *bags, const char *name)
{
	for (size_t i = 0; i < bags->n; i++)
		if (strcmp(bags->at[i].name, name) == 0)
			return true;
	return false;
}

static int note_bags(struct own_bags *bags, const struct own_bags *written, const struct own_bags *removed)
{
	size_t kept = 0;
	int r = 0;
	for (size_t i = 0; i < bags->n; i++)
		if (!is_among(removed, bags->at[i].name))
			bags->at[kept++] = bags->at[i];
	bags->n = kept;
	for (size_t i = 0; i < written->n && !r; i++)
		r = own_bags_add(bags, written->at[i].name, written->at[i].bytes, NULL);
	return r;
}

void settled_look_end(struct settled_look *s, const struct own_bags *written, const struct own_bags *removed)
{
	struct settled now = {
		.upto = s->upto, .since_s = s->since_s, .until_s = s->until_s, .open = s->open.at, .n_open = s->open.n};
	if (s->o->look || s->o->passes || s->is_unsure || s->open.n > OPEN_MAX ||
	    note_bags(&s->bags, written, removed) || place_of(s, &now.place, NULL))
		return;
	if (!s->is_known || s->upto.seq != s->holds.upto.seq || !hash_eq(&now.place, &s->holds.place))
		(void)!settled_put(s->v->spool, &now, NULL); /* then all letters are looked at again */
}
