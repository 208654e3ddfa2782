/* SPDX-License-Identifier: Apache-2.0 */
/* The letters of which something came: the last of them in memory, to be looked up as more of them comes; those before them are filed, and come
 * out of the spool again when more of them does. */
#include "office/taking.h"

#include "base/array.h"
#include "spool/items.h"

#ifndef ARRIVALS_MAX
#define ARRIVALS_MAX 10000u /* new ones in memory, before they are filed */
#endif
#define STAYING_MAX 10000u   /* after that */
#define OF_ONE_BODY_MAX 100u /* letters: as many as anybody likes may name it */

int take_new_arrival(struct take_in *t, const struct verified_seal *seal, bool is_let_go, size_t *ret)
{
	const struct seal *s = &seal->s;
	int r = take_in_look_room(t);
	if (r)
		return r;
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
	r = hash_index_put(&t->by_id, &a->id, t->n_arrivals, t->err);
	if (!r && !a->is_paper)
		r = take_body_named(t, t->n_arrivals);
	if (!r)
		r = hashes_add(&t->concerned, &s->from.office, t->err);
	for (size_t i = 0; i < s->n_to && !r; i++)
		r = hashes_add(&t->concerned, &s->to[i].office, t->err);
	*ret = t->n_arrivals++;
	return r;
}

/* Once some are, all that came and are not in memory; of those that were here before, the ones that are not whole are kept in mind. */
static int look_whether_filed(struct take_in *t, struct arrival *a)
{
	int64_t seq;
	int r = note_seq(t->v->spool, &a->id, &seq, t->err);
	a->is_filed = !r && t->filed.n && (seq > t->began.seq || hashes_have(&t->unfinished, &a->id));
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
	return look_whether_filed(t, &t->arrivals[i]);
}

static int hold(void *context, const struct hash *letter)
{
	bool held;
	return take_held_arrival(context, letter, &held);
}

int take_held_arrivals_of(struct take_in *t, const struct hash *body, uint64_t least, uint64_t most)
{
	return letters_naming(t->v->spool, body, least, most, OF_ONE_BODY_MAX, hold, t, t->err);
}

/* ---- Filed ---- */

/* One that names a body of another size is: that was told. */
static bool is_whole(const struct arrival *a)
{
	return a->is_paper || a->is_broken || (a->has_body && a->has_cover);
}

/* Pieces of a body that may yet come are checked against its tally: that stays in memory, and so do the letters that name it. */
static bool stays(const struct take_in *t, const struct arrival *a)
{
	return !a->was_whole && !is_whole(a) && take_body_in_pieces(t, &a->body);
}

static int file_one(struct take_in *t, const struct arrival *a)
{
	if (a->is_filed)
		return 0;
	bool may_come_again = !a->is_new && !a->was_whole && (a->is_broken || !is_whole(a));
	int r = may_come_again ? hashes_add(&t->unfinished, &a->id, t->err) : 0;
	return r ? r : roll_add(&t->filed, a, sizeof *a, a->ref, t->err);
}

static int file_all(struct take_in *t)
{
	int r = 0;
	for (size_t i = 0; i < t->n_arrivals && !r; i++)
		if (!stays(t, &t->arrivals[i]))
			r = file_one(t, &t->arrivals[i]);
	return r;
}

static void drop_filed(struct take_in *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_arrivals; i++) {
		struct arrival *a = &t->arrivals[i];
		if (stays(t, a))
			t->arrivals[n++] = *a;
		else
			free((char *)(uintptr_t)a->ref.at);
	}
	t->n_arrivals = t->n_staying = n;
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
	if (t->o.look || t->n_arrivals < t->n_staying + ARRIVALS_MAX)
		return 0;
	if (t->n_staying >= STAYING_MAX)
		take_bodies_drop_tallies(t);
	int r = file_all(t);
	if (r)
		return r;
	drop_filed(t);
	return number_again(t);
}

void take_arrivals_drop(struct take_in *t)
{
	for (size_t i = 0; i < t->n_arrivals; i++)
		free((char *)(uintptr_t)t->arrivals[i].ref.at);
	free(t->arrivals);
	roll_release(&t->filed);
	hashes_release(&t->unfinished);
	hash_index_release(&t->by_id);
	take_bodies_drop(t);
}

/* ---- All of them ---- */

struct showing {
	const struct take_in *t;
	arrival_each *each;
	void *context;
	struct valise_err *err;
};

/* What was not whole when it was filed may be now. */
static int look_again(const struct showing *s, struct arrival *a)
{
	struct letter_row row;
	int r = a->was_whole || is_whole(a) ? 0 : letter_row(s->t->v->spool, &a->id, &row, s->err);
	if (r || a->was_whole || is_whole(a))
		return r;
	a->has_cover = row.has_cover;
	a->has_body = row.has_body;
	a->is_broken = row.is_broken;
	return 0;
}

static int show_filed(void *context, const void *record, struct str ref)
{
	const struct showing *s = context;
	struct arrival a;
	memcpy(&a, record, sizeof a);
	a.ref = a.ref.at ? ref : a.ref;
	int r = look_again(s, &a);
	return r ? r : s->each(s->context, &a);
}

int take_in_each_arrival(const struct take_in *t, arrival_each *each, void *context, struct valise_err *err)
{
	struct showing s = {t, each, context, err};
	int r = roll_each_record(&t->filed, show_filed, &s, err);
	for (size_t i = 0; i < t->n_arrivals && !r; i++)
		r = t->arrivals[i].is_filed ? 0 : each(context, &t->arrivals[i]);
	return r;
}
