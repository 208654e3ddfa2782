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

/* The letter whose body it is, while its body is not here; NULL otherwise. */
static struct arrival *body_wanted(struct take_in *t, const struct hash *root)
{
	size_t i;
	if (!hash_index_get(&t->by_body, root, &i)) {
		t->orphans = true;
		return NULL;
	}
	return t->arrivals[i].has_body || t->o.look ? NULL : &t->arrivals[i];
}

int take_body(struct take_in *t, const struct bag_record *rec)
{
	struct arrival *a = body_wanted(t, &rec->of);
	struct hash piece = rec->root;
	if (!a)
		return 0;
	if (rec->len != a->body_bytes || !hash_eq(&rec->root, &a->body))
		return mismatch(t, a, "the body");
	int r = take_in_begin(t);
	if (!r)
		r = body_put_small(t->v->spool, &a->body, (struct str){(const char *)rec->data, rec->len},
				   (struct str){(const char *)piece.bytes, sizeof piece.bytes}, t->err);
	if (r)
		return r;
	a->has_body = true;
	return take_in_count(t);
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
		t->arrivals[t->body_of].has_body = r == 0;
	}
	body_intake_free(TAKE(t->body));
	return r;
}

static int begin_body(struct take_in *t, size_t i)
{
	struct valise_err why = {0};
	struct arrival *a = &t->arrivals[i];
	if (t->body && t->body_of == i)
		return 0;
	int r = take_body_close(t);
	if (!r)
		r = take_in_commit(t);
	if (r)
		return r;
	r = body_intake_begin(t->v->spool, &a->body, a->body_bytes, buf_str(&a->tally), &t->body, &why);
	t->body_of = i;
	if (r == VALISE_E_BUSY) {
		t->orphans = true;
		return take_in_finding(t, "another process is taking this letter in", why.text);
	}
	if (r)
		err_copy(t->err, &why);
	return r;
}

/* Parts of a long tally come in order; a part that does not follow waits for another pass. */
int take_tally(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct arrival *a = body_wanted(t, &rec->of);
	uint64_t whole;
	if (!a || (whole = tally_pieces(a->body_bytes) * sizeof(struct hash)) == a->tally.len)
		return 0;
	if (whole > TALLY_MAX_BYTES)
		return take_in_finding(t, "a letter is larger than this version takes", NULL);
	if ((uint64_t)rec->at * BAG_DATA_BYTES != a->tally.len) {
		t->orphans = true;
		return 0;
	}
	buf_add(&a->tally, rec->data, rec->len);
	int r = buf_check(&a->tally, "a tally", t->err);
	if (r || a->tally.len < whole)
		return r;
	r = tally_check(&a->body, a->body_bytes, buf_str(&a->tally), &why);
	if (!r)
		return 0;
	buf_clear(&a->tally);
	return r == VALISE_E_BAD ? mismatch(t, a, "the tally") : take_in_refuse(t, r, "a tally", &why);
}

int take_piece(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct arrival *a = body_wanted(t, &rec->of);
	if (!a)
		return 0;
	if (a->tally.len == 0 || a->tally.len != tally_pieces(a->body_bytes) * sizeof(struct hash)) {
		t->orphans = true;
		return 0;
	}
	int r = tally_check_piece(buf_str(&a->tally), a->body_bytes, rec->at, rec->data, rec->len, &rec->root, &why);
	if (r)
		return r == VALISE_E_BAD ? mismatch(t, a, "a piece of the body")
					 : take_in_refuse(t, r, "a piece", &why);
	r = begin_body(t, (size_t)(a - t->arrivals));
	if (r || !t->body || body_intake_has(t->body, rec->at))
		return r;
	r = body_intake_piece(t->body, rec->at, rec->data, rec->len, t->err);
	t->taken++;
	if (!r && ++t->unsynced >= SYNC_EVERY_PIECES)
		r = sync_body(t);
	return r;
}
