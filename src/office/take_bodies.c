/* SPDX-License-Identifier: Apache-2.0 */
/* What the seals vouch for, from bags: covers, and bodies whole or piece by piece, synced before they count. */
#include "office/taking.h"

#include <stdio.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "format/tally.h"

#define SYNC_EVERY_PIECES 64u

static int mismatch(struct take_in *t, const struct arrival *a, const char *what)
{
	char text[128];
	(void)snprintf(text, sizeof text, "%s: %s that came does not match its seal and was not kept",
		       hash_short(&a->id).text, what);
	t->r.damaged = true;
	return take_in_finding(t, text, NULL);
}

int take_cover(struct take_in *t, const struct bag_record *rec)
{
	struct hash digest;
	size_t i;
	if (!hash_index_get(&t->by_id, &rec->of, &i)) {
		t->orphans = true;
		return 0;
	}
	struct arrival *a = &t->arrivals[i];
	if (a->has_cover || a->is_paper)
		return 0;
	digest_once(rec->data, rec->len, &digest);
	if (rec->len != a->cover_bytes || !hash_eq(&digest, &a->cover))
		return mismatch(t, a, "the cover");
	int r = take_in_begin(t);
	if (!r)
		r = cover_put(t->v->spool, &a->id, (struct str){(const char *)rec->data, rec->len}, t->now_s, t->err);
	if (r)
		return r;
	a->has_cover = true;
	return take_in_count(t);
}

/* The letters whose body it is said to be, one for each size: from the first, each names the next. NULL when there is none. */
static struct arrival *first_of_body(struct take_in *t, const struct hash *root)
{
	size_t i;
	bool known = hash_index_get(&t->by_body, root, &i);
	t->orphans |= !known || t->arrivals[i].is_crowded;
	return known ? &t->arrivals[i] : NULL;
}

static struct arrival *next_of_body(struct take_in *t, const struct arrival *a)
{
	return a->next_of_body ? &t->arrivals[a->next_of_body] : NULL;
}

static bool is_wanted(const struct arrival *a)
{
	return !a->has_body;
}

static void drop_tally(struct take_in *t, struct arrival *a)
{
	t->tally_bytes -= a->tally.len;
	buf_release(&a->tally);
}

/* All letters with this body have it now, and none needs its tally any more. */
static void body_came(struct take_in *t, struct arrival *first)
{
	drop_tally(t, first);
	first->has_body = true;
	for (size_t i = first->next_twin; i; i = t->arrivals[i].next_twin)
		t->arrivals[i].has_body = true;
}

int take_body(struct take_in *t, const struct bag_record *rec)
{
	struct hash piece = rec->root;
	const struct arrival *other = NULL;
	bool put = false;
	for (struct arrival *a = first_of_body(t, &rec->of); a; a = next_of_body(t, a)) {
		if (!is_wanted(a))
			continue;
		if (rec->len != a->body_bytes || !hash_eq(&rec->root, &a->body)) {
			other = a;
			continue;
		}
		int r = put || t->o.look ? 0 : take_in_begin(t);
		if (!r && !put && !t->o.look)
			r = body_put_small(t->v->spool, &a->body, (struct str){(const char *)rec->data, rec->len},
					   (struct str){(const char *)piece.bytes, sizeof piece.bytes}, t->err);
		if (r)
			return r;
		body_came(t, a);
		put = true;
	}
	int r = other ? mismatch(t, other, "the body") : 0;
	return r || !put ? r : take_in_count(t);
}

/* ---- Large bodies ---- */

static int sync_body(struct take_in *t)
{
	if (!t->body || !t->unsynced)
		return 0;
	int r = take_in_commit(t);
	t->unsynced = 0;
	return r ? r : body_intake_sync(t->body, t->err);
}

int take_body_close(struct take_in *t)
{
	if (!t->body)
		return 0;
	int r = sync_body(t);
	if (!r && body_intake_missing(t->body) == 0) {
		r = take_in_begin(t);
		if (!r)
			r = body_intake_finish(t->body, t->err);
		if (!r)
			r = take_in_commit(t);
		if (!r)
			body_came(t, &t->arrivals[t->body_of]);
	}
	body_intake_free(TAKE(t->body));
	return r;
}

/* Whether the body is here, and of the size that the seal says. */
static bool has_whole(struct take_in *t, struct arrival *a)
{
	CLEAN_BODY struct body body = BODY_NONE;
	if (body_open(t->v->spool, &a->body, &body, NULL) || body.size != a->body_bytes)
		return false;
	body_came(t, a);
	return true;
}

/* *ret_ready is false when its pieces cannot be taken now, which is told. */
static int begin_body(struct take_in *t, size_t i, bool *ret_ready)
{
	struct valise_err why = {0};
	struct arrival *a = &t->arrivals[i];
	*ret_ready = t->body && t->body_of == i;
	if (*ret_ready)
		return 0;
	int r = take_body_close(t);
	if (!r)
		r = take_in_commit(t);
	if (r)
		return r;
	r = body_intake_begin(t->v->spool, &a->body, a->body_bytes, buf_str(&a->tally), &t->body, &why);
	t->body_of = i;
	*ret_ready = r == 0;
	if (r == VALISE_E_BUSY) {
		bool told = t->busy_body == i + 1; /* once, not for each of its pieces */
		t->busy_body = i + 1;
		t->orphans = true;
		return told ? 0 : take_in_finding(t, "another process is taking this letter in", why.text);
	}
	/* Another process has brought it to its end since we looked. */
	if (r == VALISE_E_EXISTS && has_whole(t, a))
		return 0;
	/* The body is here, whole or up to its last piece, and has another size: what this seal says of it is not so. */
	if (r == VALISE_E_BAD || r == VALISE_E_EXISTS)
		return mismatch(t, a, "the size of the body");
	if (r)
		err_copy(t->err, &why);
	return r;
}

/* Parts of a long tally come in order; a part that does not follow waits for another pass. */
static int tally_for(struct take_in *t, struct arrival *a, const struct bag_record *rec)
{
	struct valise_err why = {0};
	uint64_t whole = tally_pieces(a->body_bytes) * sizeof(struct hash);
	if (whole == a->tally.len)
		return 0;
	if (whole > TALLY_MAX_BYTES)
		return take_in_finding(t, "a letter is larger than this version takes", NULL);
	if ((uint64_t)rec->at * BAG_DATA_BYTES != a->tally.len || t->tally_bytes + rec->len > TALLIES_MAX_BYTES) {
		t->orphans = true;
		return 0;
	}
	buf_add(&a->tally, rec->data, rec->len);
	t->tally_bytes += rec->len;
	int r = buf_check(&a->tally, "a tally", t->err);
	if (r || a->tally.len < whole)
		return r;
	r = tally_check(&a->body, a->body_bytes, buf_str(&a->tally), &why);
	if (!r)
		return 0;
	drop_tally(t, a);
	return r == VALISE_E_BAD ? mismatch(t, a, "the tally") : take_in_refuse(t, r, "a tally", &why);
}

int take_tally(struct take_in *t, const struct bag_record *rec)
{
	int r = 0;
	for (struct arrival *a = first_of_body(t, &rec->of); a && !r; a = next_of_body(t, a))
		if (is_wanted(a))
			r = tally_for(t, a, rec);
	return r;
}

static int put_piece(struct take_in *t, const struct bag_record *rec)
{
	if (body_intake_has(t->body, rec->at))
		return 0;
	int r = body_intake_piece(t->body, rec->at, rec->data, rec->len, t->err);
	t->taken++;
	if (!r && ++t->unsynced >= SYNC_EVERY_PIECES)
		r = sync_body(t);
	return r;
}

/* It would be taken; a body of which every piece lies there would be whole. */
static int look_at_piece(struct take_in *t, struct arrival *a, uint32_t at)
{
	uint64_t pieces = tally_pieces(a->body_bytes);
	uint8_t bit = (uint8_t)(1u << (at & 7));
	if (!a->seen && !(a->seen = calloc((size_t)(pieces / 8) + 1, 1)))
		return err_nomem(t->err);
	if (a->seen[at >> 3] & bit)
		return 0;
	a->seen[at >> 3] |= bit;
	t->taken++;
	if (++a->n_seen == pieces)
		body_came(t, a);
	return 0;
}

/* The first letter that it fits has it: two that it fits have one size, or are told apart by the last piece. */
int take_piece(struct take_in *t, const struct bag_record *rec)
{
	const struct arrival *other = NULL;
	for (struct arrival *a = first_of_body(t, &rec->of); a; a = next_of_body(t, a)) {
		struct valise_err why = {0};
		bool ready;
		if (!is_wanted(a))
			continue;
		if (a->tally.len == 0 || a->tally.len != tally_pieces(a->body_bytes) * sizeof(struct hash)) {
			t->orphans = true;
			continue;
		}
		int r = tally_check_piece(buf_str(&a->tally), a->body_bytes, rec->at, rec->data, rec->len, &rec->root,
					  &why);
		if (r && r != VALISE_E_BAD)
			return take_in_refuse(t, r, "a piece", &why);
		if (r) {
			other = a;
			continue;
		}
		if (t->o.look)
			return look_at_piece(t, a, rec->at);
		r = begin_body(t, (size_t)(a - t->arrivals), &ready);
		if (!r && ready)
			r = put_piece(t, rec);
		if (r || ready)
			return r;
	}
	return other ? mismatch(t, other, "a piece of the body") : 0;
}
