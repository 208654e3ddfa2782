/* SPDX-License-Identifier: Apache-2.0 */
/* The spool's health: files and rows, bodies against their seals, our register, litter of killed commands. */
#include "office/office.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "office/body_root.h"
#include "office/extract.h"
#include "spool/bags.h"

struct examination {
	struct valise *v;
	const struct valise_doctor *d;
	bool broken;
	struct valise_err *err;
};

static void found(void *context, bool is_broken, const char *text)
{
	struct examination *x = context;
	x->broken |= is_broken;
	x->d->found(x->d->context, is_broken, text);
}

static void tell(struct examination *x, bool is_broken, const struct hash *letter, const char *what)
{
	char text[256];
	snprintf(text, sizeof text, "%s: %s", hash_short(letter).text, what);
	found(x, is_broken, text);
}

/* ---- Letters ---- */

/* Removes a damaged body, so that a sync can bring it again: also out of bags that were read before. */
static int forget_body(struct examination *x, const struct letter_row *row)
{
	struct spool *spool = x->v->spool;
	int r = spool_begin(spool, x->err);
	if (!r)
		r = body_forget(spool, &row->body, x->err);
	if (!r)
		r = bag_seen_forget(spool, x->err);
	if (!r)
		r = spool_commit(spool, x->err);
	if (r)
		spool_rollback(spool);
	return r;
}

static int lost_body(struct examination *x, const struct letter_row *row)
{
	if (!x->d->mend) {
		tell(x, true, &row->id,
		     "its body was damaged on this disk; restore a backup, or run `valise doctor --mend` and sync it again");
		return 0;
	}
	tell(x, true, &row->id, "its body was damaged on this disk and is removed now; sync it again");
	return forget_body(x, row);
}

static int check_body(struct examination *x, const struct letter_row *row, struct valise_err *err)
{
	CLEAN_BODY struct body body = BODY_NONE;
	struct hash root;
	if (body_open(x->v->spool, &row->body, &body, NULL))
		return lost_body(x, row);
	int r = body_root(x->v, &body, "checking", &root, err);
	if (r)
		return r;
	bool sound = body.size == row->body_bytes && hash_eq(&root, &row->body);
	return sound ? 0 : lost_body(x, row);
}

static int check_cover(struct examination *x, const struct letter_row *row, struct valise_err *err)
{
	CLEAN_BUF struct buf cover = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct hash digest;
	int r = letter_seal(x->v->spool, &row->id, &seal, err);
	if (!r && row->has_cover)
		r = cover_get(x->v->spool, &row->id, &cover, err);
	if (r || !row->has_cover)
		return r;
	digest_once(cover.data, cover.len, &digest);
	if (!hash_eq(&digest, &seal->s.cover))
		tell(x, true, &row->id, "its cover was damaged on this disk; restore a backup, or sync it again");
	return 0;
}

static int check_letter(void *context, const struct letter_row *row)
{
	struct examination *x = context;
	int r = check_cover(x, row, x->err);
	if (!r && row->has_body)
		r = check_body(x, row, x->err);
	if (!r && row->is_broken)
		tell(x, false, &row->id, "something that came for it did not match its seal and was not kept");
	return r;
}

/* ---- Our own office ---- */

struct keys_search {
	struct examination *x;
	int64_t now_s;
};

static int check_officer(void *context, const struct officer *o)
{
	struct keys_search *s = context;
	char text[LIMIT_FREE_TEXT_BYTES + 128];
	bool here;
	int r = key_is_here(s->x->v, &o->key, &here, s->x->err);
	if (r || !here)
		return r;
	if (o->dismissed)
		snprintf(text, sizeof text, "the key of the dismissed %.*s is still in this spool", STR_ARG(o->title));
	else if (o->has_until && o->until_s < s->now_s)
		snprintf(text, sizeof text, "the appointment of %.*s has run out", STR_ARG(o->title));
	else
		return 0;
	found(s->x, false, text);
	return 0;
}

static int check_register(struct examination *x, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	const struct verified_entry *a, *b;
	struct keys_search s = {x, clock_now_s()};
	int r = register_set_self(x->v, &set, err);
	if (r)
		return r;
	const struct office_register *self = registers_office(set.registers, &x->v->self);
	if (office_fork(self, &a, &b))
		found(x, true,
		      "your office's register is forked: two copies of this spool wrote entries. Recover with the key on the recovery sheet");
	if (office_head(self)->e.time_s > s.now_s + 300)
		found(x, false,
		      "the newest entry of your register is later than this machine's clock: the clock may be wrong");
	return office_each_officer(self, NULL, check_officer, &s);
}

/* Plaintext that cannot be removed is for a person to see to; while nobody has tried, it is litter. */
static void found_opening(void *context, bool is_left, const char *text)
{
	struct examination *x = context;
	found(x, is_left && x->d->mend, text);
}

int valise_doctor(struct valise *v, const struct valise_doctor *d, struct valise_err *err)
{
	struct examination x = {.v = v, .d = d, .err = err};
	int r = extract_sweep(v, d->mend, found_opening, &x, err);
	if (!r)
		r = spool_check(v->spool, d->mend, found, &x, err);
	if (!r)
		r = check_register(&x, err);
	if (!r)
		r = letters_each(v->spool, check_letter, &x, err);
	if (r)
		return r;
	return x.broken ? err_set(err, VALISE_E_BAD,
				  "something in this spool is broken; what and what to do is said above")
			: 0;
}
