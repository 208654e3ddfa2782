/* SPDX-License-Identifier: Apache-2.0 */
/* What the seals vouch for, from bags: covers, and bodies whole or piece by piece, synced before they count. */
#include "office/taking.h"

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/tally.h"

#define SYNC_EVERY_PIECES 64u
#define NO_ROOM_TOLD 3u /* letters, one by one */

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
	size_t i = 0;
	bool held;
	int r = take_held_arrival(t, &rec->of, &held);
	t->orphans |= !held;
	if (r || !held)
		return r;
	(void)hash_index_get(&t->by_id, &rec->of, &i);
	struct arrival *a = &t->arrivals[i];
	if (a->has_cover || a->is_paper || a->is_let_go)
		return 0;
	digest_once(rec->data, rec->len, &digest);
	if (rec->len != a->cover_bytes || !hash_eq(&digest, &a->cover))
		return mismatch(t, a, "the cover");
	r = take_in_begin(t);
	if (!r && !t->o.look)
		r = cover_put(t->v->spool, &a->id, (struct str){(const char *)rec->data, rec->len}, t->err);
	if (r)
		return r;
	a->has_cover = true;
	return take_in_count(t);
}

/* ---- Which body ---- */

/* Where a body is in by_body, and, with how many pieces, a claim that it has as many. Digests, because roots are chosen by whoever seals. */
static struct hash body_key(const struct hash *root, uint64_t pieces)
{
	uint8_t number[8];
	struct hash key;
	for (unsigned i = 0; i < sizeof number; i++)
		number[i] = (uint8_t)(pieces >> (8 * i));
	struct span spans[] = {{root->bytes, sizeof root->bytes}, {number, sizeof number}};
	digest_spans(spans, 2, &key);
	return key;
}

static bool is_claimed(const struct take_in *t, const struct hash *root, uint64_t pieces)
{
	struct hash key = body_key(root, pieces);
	return hash_index_get(&t->by_body, &key, NULL);
}

static struct named_body *find_body(const struct take_in *t, const struct hash *root)
{
	struct hash key = body_key(root, 0);
	size_t i;
	return hash_index_get(&t->by_body, &key, &i) ? &t->bodies[i] : NULL;
}

/* The body that a record is of, of so many pieces (0: of any): by letters in memory, or by others here, where those do not want it. NULL when
 * it is here, or nobody's: then it waits for a seal. */
static int body_of(struct take_in *t, const struct bag_record *rec, uint64_t pieces, struct named_body **ret)
{
	uint64_t least = pieces ? (pieces - 1) * TREE_PIECE_BYTES + 1 : 0;
	uint64_t most = pieces ? pieces * TREE_PIECE_BYTES : LIMIT_BODY_BYTES;
	struct named_body *b = *ret = find_body(t, &rec->of);
	bool here = false;
	if (b && (b->is_here || (b->is_wanted && (!pieces || is_claimed(t, &rec->of, pieces)))))
		return 0;
	int r = body_has(t->v->spool, &rec->of, &here, t->err);
	if (!r && (b || !here))
		r = take_held_arrivals_of(t, &rec->of, least, most);
	*ret = r ? NULL : find_body(t, &rec->of);
	t->orphans |= !here && !*ret;
	return r;
}

bool take_body_in_pieces(const struct take_in *t, const struct hash *root)
{
	const struct named_body *b = find_body(t, root);
	return b && b->tally.len && !b->has_no_room;
}

static int new_body(struct take_in *t, const struct hash *root)
{
	struct hash key = body_key(root, 0);
	struct named_body *grown = array_room(t->bodies, t->n_bodies, &t->cap_bodies, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	t->bodies = grown;
	t->bodies[t->n_bodies] = (struct named_body){.root = *root, .tally = BUF_INIT(LIMIT_TALLY_BYTES)};
	return hash_index_put(&t->by_body, &key, t->n_bodies++, t->err);
}

int take_body_named(struct take_in *t, size_t number)
{
	struct arrival *a = &t->arrivals[number];
	struct hash claim = body_key(&a->body, tally_pieces(a->body_bytes));
	struct named_body *b = find_body(t, &a->body);
	int r = b ? 0 : new_body(t, &a->body);
	if (!r)
		r = hash_index_put(&t->by_body, &claim, number, t->err);
	if (r)
		return r;
	b = find_body(t, &a->body);
	b->is_wanted |= !a->is_let_go;
	a->next_of_body = b->first;
	b->first = number + 1;
	a->has_body = b->is_here && b->bytes == a->body_bytes;
	a->in_part = b->n_seen > 0;
	return 0;
}

static struct arrival *arrival_of(struct take_in *t, const struct named_body *b)
{
	return &t->arrivals[b->first - 1];
}

/* With the letters that stay in memory for it. */
static size_t tally_cost(const struct buf *tally)
{
	return tally->len ? tally->len + 1024 : 0;
}

static void drop_tally(struct take_in *t, struct named_body *b)
{
	t->tally_bytes -= tally_cost(&b->tally);
	buf_release(&b->tally);
	free(b->seen);
	b->seen = NULL;
	b->n_seen = 0;
}

void take_bodies_drop_tallies(struct take_in *t)
{
	for (size_t i = 0; i < t->n_bodies; i++)
		drop_tally(t, &t->bodies[i]);
}

/* What has come of a body that is still waited for. */
static void move_body(struct take_in *t, struct named_body *old)
{
	struct named_body *b = find_body(t, &old->root);
	if (b) {
		b->is_here = old->is_here;
		b->bytes = old->bytes;
		b->has_no_room = old->has_no_room;
		b->tally = old->tally;
		b->told = old->told == old->first ? b->first : 0;
		old->tally = (struct buf)BUF_INIT(LIMIT_TALLY_BYTES);
	}
	drop_tally(t, old);
}

int take_bodies_named_again(struct take_in *t)
{
	struct named_body *old = t->bodies;
	size_t n_old = t->n_bodies;
	int r = 0;
	t->bodies = NULL;
	t->n_bodies = t->cap_bodies = t->busy_body = 0;
	hash_index_release(&t->by_body);
	for (size_t i = 0; i < t->n_arrivals && !r; i++) {
		struct arrival *a = &t->arrivals[i];
		bool has_body = a->has_body;
		a->next_of_body = 0;
		r = a->is_paper ? 0 : take_body_named(t, i);
		a->has_body = has_body;
	}
	for (size_t i = 0; i < n_old; i++)
		move_body(t, &old[i]);
	free(old);
	return r;
}

void take_bodies_drop(struct take_in *t)
{
	take_bodies_drop_tallies(t);
	free(t->bodies);
	buf_release(&t->tally);
	hash_index_release(&t->by_body);
}

/* All letters that give it this size have it. */
static void body_came(struct take_in *t, struct named_body *b, uint64_t bytes)
{
	drop_tally(t, b);
	b->is_here = true;
	b->bytes = bytes;
	for (size_t i = b->first; i; i = t->arrivals[i - 1].next_of_body)
		t->arrivals[i - 1].has_body = t->arrivals[i - 1].body_bytes == bytes;
}

void take_body_is_here(struct take_in *t, const struct hash *root, uint64_t bytes)
{
	struct named_body *b = find_body(t, root);
	if (b && !b->is_here)
		body_came(t, b, bytes);
}

/* The letters that give it another size, once each: what they name is nowhere. */
static int tell_sizes(struct take_in *t, struct named_body *b)
{
	int r = 0;
	for (size_t i = b->first; b->is_here && i != b->told && !r; i = t->arrivals[i - 1].next_of_body)
		if (!t->arrivals[i - 1].has_body) {
			t->arrivals[i - 1].is_broken = true;
			r = mismatch(t, &t->arrivals[i - 1], "the size of the body");
		}
	if (b->is_here)
		b->told = b->first;
	return r;
}

/* It is here now, for all that name it: those that were filed as well. */
static int body_is_whole(struct take_in *t, struct hash root, uint64_t bytes)
{
	int r = t->filed.n ? take_held_arrivals_of(t, &root, 0, LIMIT_BODY_BYTES) : 0;
	struct named_body *b = r ? NULL : find_body(t, &root);
	if (!b)
		return r;
	body_came(t, b, bytes);
	return tell_sizes(t, b);
}

/* One that the disk cannot hold would fill it, and keep every other letter out: it stays where it lies. */
static int look_for_room(struct take_in *t, struct named_body *b, uint64_t lacks)
{
	CLEAN_BUF struct buf text = BUF_INIT(512);
	if (spool_has_room(t->v->spool, lacks))
		return 0;
	b->has_no_room = t->r.no_room = t->orphans = true;
	size_t nth = t->n_without_room++;
	if (nth >= NO_ROOM_TOLD)
		return nth > NO_ROOM_TOLD
			       ? 0
			       : take_in_finding(t, "more letters have no room here, and are left where they lie",
						 NULL);
	buf_addf(
		&text,
		"%s lacks %s here, and %s are free, the last of which stay so: it is left where it lies. Make room (`valise forget "
		"--all --dry-run` shows what could go) and sync again, or state that there is none: `valise say refused --reason full`",
		hash_short(&arrival_of(t, b)->id).text, size_text(lacks).text,
		size_text(spool_free_bytes(t->v->spool)).text);
	int r = buf_check(&text, "a finding", t->err);
	return r ? r : take_in_finding(t, (const char *)text.data, NULL);
}

int take_body(struct take_in *t, const struct bag_record *rec)
{
	struct named_body *b;
	int r = body_of(t, rec, 1, &b);
	if (r || !b)
		return r;
	if (b->is_here || !b->is_wanted)
		return tell_sizes(t, b);
	if (!is_claimed(t, &rec->of, 1))
		return mismatch(t, arrival_of(t, b), "the body");
	if (!t->o.look && !b->has_no_room)
		r = look_for_room(t, b, rec->len);
	t->orphans |= b->has_no_room; /* in a further pass too: the bag is not done with */
	if (r || b->has_no_room)
		return r;
	r = take_in_begin(t);
	if (!r && !t->o.look) /* a body in one record is one piece, and its own tally */
		r = body_put_small(t->v->spool, &rec->of, (struct str){(const char *)rec->data, rec->len},
				   (struct str){(const char *)rec->of.bytes, sizeof rec->of.bytes}, t->err);
	if (r)
		return r;
	r = body_is_whole(t, rec->of, rec->len);
	return r ? r : take_in_count(t);
}

/* ---- Large bodies ---- */

static int sync_body(struct take_in *t)
{
	if (!t->body || !t->unsynced)
		return 0;
	int r = piece_writer_settle(t->writer, t->err);
	if (!r)
		r = take_in_commit(t);
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
			r = body_is_whole(t, t->bodies[t->body_of].root, body_intake_bytes(t->body));
	}
	piece_writer_free(TAKE(t->writer));
	body_intake_free(TAKE(t->body));
	return r;
}

/* Another process has brought it to its end since we looked, or a seal with another size has. */
static int look_again(struct take_in *t, struct named_body *b)
{
	CLEAN_BODY struct body body = BODY_NONE;
	struct valise_err why = {0};
	int r = body_open(t->v->spool, &b->root, &body, &why);
	if (r)
		return take_in_refuse(t, r, "a body that came cannot be taken; run `valise doctor`", &why);
	return body_is_whole(t, b->root, body.size);
}

/* *ret_ready is false when its pieces cannot be taken now, which is told. */
static int begin_body(struct take_in *t, struct named_body *b, bool *ret_ready)
{
	struct valise_err why = {0};
	size_t i = (size_t)(b - t->bodies);
	*ret_ready = t->body && t->body_of == i;
	if (*ret_ready)
		return 0;
	int r = take_body_close(t);
	if (!r)
		r = take_in_commit(t);
	if (r)
		return r;
	b = &t->bodies[i]; /* the other one may have brought more */
	r = body_intake_begin(t->v->spool, &b->root, buf_str(&b->tally), &t->body, &why);
	if (!r) {
		r = look_for_room(t, b, body_intake_missing(t->body) * TREE_PIECE_BYTES);
		if (r || b->has_no_room)
			body_intake_free(TAKE(t->body));
		if (r || b->has_no_room)
			return r;
	}
	if (!r && (r = piece_writer_new(t->body, &t->writer, &why)))
		body_intake_free(TAKE(t->body));
	t->body_of = i;
	*ret_ready = r == 0;
	if (r == VALISE_E_BUSY) {
		bool told = t->busy_body == i + 1; /* once, not for each of its pieces */
		t->busy_body = i + 1;
		t->orphans = true;
		return told ? 0
			    : take_in_finding(
				      t, "another program is taking this letter in: let it finish, then sync again",
				      NULL);
	}
	if (r == VALISE_E_EXISTS)
		return look_again(t, b);
	if (r)
		err_copy(t->err, &why);
	return r;
}

/* What has come of the tally hashes to the root, and some seal says that the body has as many pieces. */
static int keep_tally(struct take_in *t, struct named_body *b)
{
	size_t i = (size_t)(b - t->bodies);
	if (b->tally.len == t->tally.len) /* the same, then */
		return 0;
	int r = t->body && t->body_of == i ? take_body_close(t) : 0;
	b = &t->bodies[i]; /* that may have brought more */
	if (r || b->is_here)
		return r;
	drop_tally(t, b);
	bool is_full = t->tally_bytes + tally_cost(&t->tally) > TALLIES_MAX_BYTES;
	if (is_full)
		take_bodies_drop_tallies(t);
	b->tally = t->tally;
	t->tally = (struct buf)BUF_INIT(LIMIT_TALLY_BYTES);
	t->tally_bytes += tally_cost(&b->tally);
	return 0;
}

/* Parts of a long tally come in order; a part that does not follow waits for another pass. Only the end tells how many there are. */
int take_tally(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct named_body *b;
	int r = body_of(t, rec, 0, &b);
	if (r || !b || b->is_here || !b->is_wanted)
		return r;
	if (rec->at == 0 || !hash_eq(&rec->of, &t->tally_of))
		buf_clear(&t->tally);
	t->tally_of = rec->of;
	if ((uint64_t)rec->at * BAG_DATA_BYTES != t->tally.len) {
		t->orphans = true;
		return 0;
	}
	if (t->tally.len + rec->len > LIMIT_TALLY_BYTES)
		return take_in_finding(t, "a tally is longer than any body's", NULL);
	buf_add(&t->tally, rec->data, rec->len);
	r = buf_check(&t->tally, "a tally", t->err);
	if (r)
		return r;
	uint64_t pieces = t->tally.len / sizeof(struct hash);
	r = body_of(t, rec, pieces, &b); /* only now is it known of how many */
	if (r || !b)
		return r;
	r = is_claimed(t, &rec->of, pieces) ? tally_check(&rec->of, pieces * TREE_PIECE_BYTES, buf_str(&t->tally), &why)
					    : VALISE_E_BAD;
	if (!r)
		return keep_tally(t, b);
	if (r != VALISE_E_BAD)
		return take_in_refuse(t, r, "a tally", &why);
	return rec->len == BAG_DATA_BYTES ? 0 : mismatch(t, arrival_of(t, b), "the tally");
}

static int put_piece(struct take_in *t, const struct bag_record *rec)
{
	if (body_intake_has(t->body, rec->at))
		return 0;
	int r = piece_writer_put(t->writer, t->reader, rec, t->err);
	t->taken++;
	if (!r && ++t->unsynced >= SYNC_EVERY_PIECES)
		r = sync_body(t);
	return r;
}

/* It would be taken; a body of which every piece lies there would be whole. */
static int look_at_piece(struct take_in *t, struct named_body *b, const struct bag_record *rec)
{
	uint64_t pieces = b->tally.len / sizeof(struct hash);
	uint8_t bit = (uint8_t)(1u << (rec->at & 7));
	if (!b->seen && !(b->seen = calloc((size_t)(pieces / 8) + 1, 1)))
		return err_nomem(t->err);
	if (b->seen[rec->at >> 3] & bit)
		return 0;
	b->seen[rec->at >> 3] |= bit;
	t->taken++;
	if (b->n_seen++ == 0)
		for (size_t i = b->first; i; i = t->arrivals[i - 1].next_of_body)
			t->arrivals[i - 1].in_part = true;
	if (rec->at + 1u == pieces)
		b->bytes = (uint64_t)rec->at * TREE_PIECE_BYTES + rec->len;
	if (b->n_seen < pieces)
		return 0;
	body_came(t, b, b->bytes);
	return tell_sizes(t, b);
}

/* That it is what the tally says. How long the last one is, only its root tells. */
static int check_piece(const struct named_body *b, const struct bag_record *rec, struct valise_err *err)
{
	uint64_t pieces = b->tally.len / sizeof(struct hash);
	bool is_last = rec->at + (uint64_t)1 == pieces;
	uint64_t bytes = is_last ? (uint64_t)rec->at * TREE_PIECE_BYTES + rec->len : pieces * TREE_PIECE_BYTES;
	return tally_check_piece(buf_str(&b->tally), bytes, rec->at, rec->data, rec->len, &rec->root, err);
}

int take_piece(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct named_body *b;
	bool ready;
	int r = body_of(t, rec, 0, &b);
	if (r || !b)
		return r;
	if (b->is_here || !b->is_wanted)
		return tell_sizes(t, b);
	if (b->tally.len == 0) {
		t->orphans = true;
		return 0;
	}
	r = check_piece(b, rec, &why);
	if (r == VALISE_E_BAD)
		return mismatch(t, arrival_of(t, b), "a piece of the body");
	if (r)
		return take_in_refuse(t, r, "a piece", &why);
	if (t->o.look)
		return look_at_piece(t, b, rec);
	t->orphans |= b->has_no_room;
	if (b->has_no_room)
		return 0;
	r = begin_body(t, b, &ready);
	return r || !ready ? r : put_piece(t, rec);
}
