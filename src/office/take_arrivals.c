/* SPDX-License-Identifier: Apache-2.0 */
/* The letters of which something came: those that are not whole are looked up as more of them comes, the others are only counted. */
#include "office/taking.h"

#include "base/array.h"

#ifndef ARRIVALS_MAX
#define ARRIVALS_MAX 10000u /* new ones in memory, before those that are whole go to the roll */
#endif

int take_new_arrival(struct take_in *t, const struct verified_seal *seal, bool is_let_go, size_t *ret)
{
	const struct seal *s = &seal->s;
	struct arrival *grown = array_room(t->arrivals, t->n_arrivals, &t->cap_arrivals, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	t->arrivals = grown;
	struct arrival *a = &t->arrivals[t->n_arrivals];
	*a = (struct arrival){.id = seal->note.id,
			      .from = s->from.office,
			      .body = s->body,
			      .cover = s->cover,
			      .body_bytes = s->body_bytes,
			      .cover_bytes = s->cover_bytes,
			      .is_paper = s->paper.at != NULL,
			      .is_let_go = is_let_go,
			      .for_us = seal_recipient(s, &t->v->self) >= 0};
	if (s->ref.at && !(a->ref = (struct str){str_dup(s->ref), s->ref.len}).at)
		return err_nomem(t->err);
	int r = hash_index_put(&t->by_id, &a->id, t->n_arrivals, t->err);
	if (!r && !a->is_paper)
		r = take_body_named(t, t->n_arrivals);
	if (!r)
		r = hashes_add(&t->concerned, &s->from.office, t->err);
	for (size_t i = 0; i < s->n_to && !r; i++)
		r = hashes_add(&t->concerned, &s->to[i].office, t->err);
	*ret = t->n_arrivals++;
	return r;
}

int take_held_arrival(struct take_in *t, const struct hash *id, bool *ret_held)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct letter_row row;
	struct let_go gone;
	size_t i;
	*ret_held = hash_index_get(&t->by_id, id, NULL);
	if (*ret_held)
		return 0;
	int r = letter_row(t->v->spool, id, &row, t->err);
	if (r)
		return r == VALISE_E_NOT_FOUND ? 0 : r;
	r = letter_seal(t->v->spool, id, &seal, t->err);
	if (r == VALISE_E_BAD)
		return 0;
	if (!r)
		r = letter_let_go_look(t->v->spool, id, &gone, t->err);
	if (!r)
		r = take_new_arrival(t, seal, gone.is_gone, &i);
	if (r)
		return r;
	t->arrivals[i].has_cover = row.has_cover;
	t->arrivals[i].is_broken = row.is_broken;
	if (row.has_body)
		take_body_is_here(t, &row.body, row.body_bytes);
	t->arrivals[i].was_whole = row.is_paper || gone.is_gone || (row.has_cover && row.has_body);
	*ret_held = true;
	return 0;
}

/* ---- Those of which nothing more is to come ---- */

/* One that names a body of another size stays: it is told of once. */
static bool is_done(const struct arrival *a)
{
	return a->was_whole || a->is_paper || (a->has_body && a->has_cover);
}

static int file_done(struct take_in *t)
{
	int r = 0;
	for (size_t i = 0; i < t->n_arrivals && !r; i++) {
		const struct arrival *a = &t->arrivals[i];
		if (is_done(a))
			r = roll_add(&t->done, a, sizeof *a, a->ref, t->err);
	}
	return r;
}

static void keep_waiting(struct take_in *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_arrivals; i++) {
		struct arrival *a = &t->arrivals[i];
		if (is_done(a))
			free((char *)(uintptr_t)a->ref.at);
		else
			t->arrivals[n++] = *a;
	}
	t->n_arrivals = t->n_waiting = n;
}

static int number_again(struct take_in *t)
{
	int r = 0;
	hash_index_release(&t->by_id);
	for (size_t i = 0; i < t->n_arrivals && !r; i++)
		r = hash_index_put(&t->by_id, &t->arrivals[i].id, i, t->err);
	return r ? r : take_bodies_named_again(t);
}

int take_arrivals_settle(struct take_in *t)
{
	if (t->o.look || t->n_arrivals < t->n_waiting + ARRIVALS_MAX)
		return 0;
	int r = file_done(t);
	if (r)
		return r;
	keep_waiting(t);
	return number_again(t);
}

void take_arrivals_drop(struct take_in *t)
{
	for (size_t i = 0; i < t->n_arrivals; i++)
		free((char *)(uintptr_t)t->arrivals[i].ref.at);
	free(t->arrivals);
	roll_release(&t->done);
	hash_index_release(&t->by_id);
	take_bodies_drop(t);
}

/* ---- All of them ---- */

struct showing {
	arrival_each *each;
	void *context;
};

static int show_done(void *context, const void *record, struct str ref)
{
	const struct showing *s = context;
	struct arrival a;
	memcpy(&a, record, sizeof a);
	a.ref = a.ref.at ? ref : a.ref;
	return s->each(s->context, &a);
}

int take_in_each_arrival(const struct take_in *t, arrival_each *each, void *context, struct valise_err *err)
{
	struct showing s = {each, context};
	int r = roll_each_record(&t->done, show_done, &s, err);
	for (size_t i = 0; i < t->n_arrivals && !r; i++)
		r = each(context, &t->arrivals[i]);
	return r;
}
