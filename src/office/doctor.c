/* SPDX-License-Identifier: Apache-2.0 */
/* The spool's health: files and rows, bodies against their seals, exhibits, our register and keys, litter of killed commands. */
#include "office/office.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/body_root.h"
#include "office/exhibits.h"
#include "office/outline.h"
#include "office/staging.h"
#include "spool/bags.h"
#include "spool/settled.h"

#define LETTERS_AT_ONCE 1000u

struct examination {
	struct valise *v;
	const struct valise_doctor *d;
	bool broken;
	bool has_joined;              /* an officer's own machine: keys of others belong elsewhere */
	struct vkey joined_by;        /* then: the key that has to be here */
	struct hashes bodies, covers; /* damaged, to be removed: by their roots, and by their letters */
	struct valise_err *err;
};

static void found(void *context, bool is_broken, const char *text)
{
	struct examination *x = context;
	x->broken |= is_broken;
	x->d->found(x->d->context, is_broken, text);
}

PRINTF_LIKE(4, 5)
static void tell(struct examination *x, bool is_broken, const struct hash *letter, const char *fmt, ...)
{
	char text[VALISE_ERR_TEXT_BYTES], what[VALISE_ERR_TEXT_BYTES - 64];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	(void)snprintf(text, sizeof text, "%s: %s", hash_short(letter).text, what);
	found(x, is_broken, text);
}

/* ---- Letters ---- */

/* Bytes whose digest is not `digest` any more. What was sealed here may be nowhere else, and no sync need ever bring it: even damaged
 * it may be worth something to somebody. */
static int lost(struct examination *x, const struct letter_row *row, const char *what, const struct hash *digest,
		const struct hash *name, struct hashes *ret_gone)
{
	bool own;
	int r = letter_own_names(x->v->spool, digest, &own, x->err);
	if (r)
		return r;
	if (own)
		tell(x, true, &row->id,
		     "its %s was damaged on this disk. Your office sealed it, so nothing is removed: restore a backup, or ask a recipient for a copy",
		     what);
	else if (!x->d->mend)
		tell(x, true, &row->id,
		     "its %s was damaged on this disk; restore a backup, or run `valise doctor --mend` and sync it again",
		     what);
	else
		tell(x, true, &row->id, "its %s was damaged on this disk and is removed now; sync it again", what);
	return own || !x->d->mend ? 0 : hashes_add(ret_gone, name, x->err);
}

/* That something could not be looked at says nothing of it; the others may still be looked at. */
static int unseen(struct examination *x, const struct letter_row *row, const char *what, int code,
		  const struct valise_err *why)
{
	if (code == VALISE_E_INTERRUPTED) {
		err_copy(x->err, why);
		return code;
	}
	tell(x, true, &row->id, "its %s could not be checked: %s", what, why->text);
	return 0;
}

static int check_body(struct examination *x, const struct letter_row *row)
{
	CLEAN_BODY struct body body = BODY_NONE;
	struct valise_err why = {0};
	struct hash root;
	int r = body_open(x->v->spool, &row->body, &body, &why);
	if (r == VALISE_E_BAD || r == VALISE_E_NOT_FOUND) /* its file is gone, or of another size */
		return lost(x, row, "body", &row->body, &row->body, &x->bodies);
	if (!r)
		r = body_root(x->v, &body, "checking", &root, &why);
	if (r)
		return unseen(x, row, "body", r, &why);
	bool sound = body.size == row->body_bytes && hash_eq(&root, &row->body);
	return sound ? 0 : lost(x, row, "body", &row->body, &row->body, &x->bodies);
}

/* Looked for also where no whole one is here: one that was cut short stands in the way of another. */
static int check_cover(struct examination *x, const struct letter_row *row)
{
	CLEAN_BUF struct buf cover = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct valise_err why = {0};
	struct hash digest;
	if (row->is_paper)
		return 0;
	int r = letter_seal(x->v->spool, &row->id, &seal, &why);
	bool is_told = false; /* with all notes that are damaged */
	if (r == VALISE_E_BAD && note_has(x->v->spool, &row->id, &is_told, NULL))
		is_told = false;
	if (r)
		return is_told ? 0 : unseen(x, row, "seal", r, &why);
	r = cover_get(x->v->spool, &row->id, &cover, &why);
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	if (r == VALISE_E_LIMIT) /* no cover is that large */
		return lost(x, row, "cover", &seal->s.cover, &row->id, &x->covers);
	if (r)
		return unseen(x, row, "cover", r, &why);
	digest_once(cover.data, cover.len, &digest);
	return hash_eq(&digest, &seal->s.cover) ? 0 : lost(x, row, "cover", &seal->s.cover, &row->id, &x->covers);
}

static int check_letter(void *context, const struct hash *id)
{
	struct examination *x = context;
	struct letter_row row;
	int r = letter_row(x->v->spool, id, &row, x->err);
	if (!r)
		r = check_cover(x, &row);
	if (!r && row.has_body)
		r = check_body(x, &row);
	if (!r && row.is_broken)
		tell(x, false, id, "its seal gives the body another size than it has: what it speaks of is nowhere");
	return r;
}

/* Nothing is removed: it may be the only copy. */
static int check_exhibit(void *context, const struct exhibit_row *row)
{
	struct examination *x = context;
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	struct valise_err why = {0};
	int r = exhibit_source_of(x->v, &row->id, &source, &why);
	if (r == VALISE_E_INTERRUPTED || r == VALISE_E_NOMEM) {
		err_copy(x->err, &why);
		return r;
	}
	if (r)
		found(x, true, why.text);
	return 0;
}

/* Removes what is damaged, so that a sync can bring it again: also out of bags that were read before. */
static int mend(struct examination *x)
{
	struct spool *spool = x->v->spool;
	if (!x->bodies.n && !x->covers.n)
		return 0;
	int r = spool_begin(spool, x->err);
	for (size_t i = 0; i < x->bodies.n && !r; i++)
		r = body_forget(spool, &x->bodies.at[i], x->err);
	for (size_t i = 0; i < x->covers.n && !r; i++)
		r = cover_forget(spool, &x->covers.at[i], x->err);
	if (!r)
		r = bag_seen_forget(spool, x->err);
	return spool_end(spool, r, x->err);
}

/* ---- Our own office ---- */

struct keys_search {
	struct examination *x;
	int64_t now_s;
};

/* A damaged key shows otherwise only when it is needed, and perhaps in no backup any more. That one is not here may be on purpose. */
static int check_key(struct examination *x, const struct vkey *key, const char *title, struct str recipient,
		     bool is_wanted, bool *ret_here)
{
	struct valise_err why = {0};
	int r = key_check(x->v, key, title, recipient, &why);
	*ret_here = r != VALISE_E_NOT_FOUND;
	if (r == VALISE_E_NOMEM)
		return err_nomem(x->err);
	if (r && (*ret_here || is_wanted))
		found(x, *ret_here, why.text);
	return 0;
}

static int look_who_joined(struct examination *x)
{
	CLEAN_BUF struct buf key = BUF_INIT(VKEY_TEXT_BYTES);
	int r = setting_get(x->v->spool, "joined-by", &key, x->err);
	x->has_joined = r == 0 && vkey_parse(buf_str(&key), &x->joined_by);
	return r == VALISE_E_NOT_FOUND ? 0 : r;
}

static int check_keepers(struct examination *x, const struct office_register *self)
{
	const struct vkey *keepers;
	const struct str none = {NULL, 0};
	size_t n;
	uint64_t quorum;
	bool here;
	int r = 0;
	office_keepers(self, NULL, &keepers, &n, &quorum);
	for (size_t i = 0; i < n && !r; i++)
		r = check_key(x, &keepers[i], "the keeper", none, !x->has_joined, &here);
	return r;
}

static int check_officer(void *context, const struct officer *o)
{
	struct keys_search *s = context;
	struct shown_text title = text_shown(o->title);
	char text[sizeof title.text + 128];
	bool here, elsewhere, has_run_out = o->has_until && o->until_s < s->now_s;
	int r = key_is_elsewhere(s->x->v, &o->key, &elsewhere, s->x->err);
	if (r)
		return r;
	bool belongs_here = s->x->has_joined ? vkey_eq(&s->x->joined_by, &o->key) : !elsewhere;
	r = check_key(s->x, &o->key, title.text, o->recipient, belongs_here && officer_in_standing(o, s->now_s), &here);
	if (r || !here)
		return r;
	if (o->dismissed)
		snprintf(text, sizeof text, "the key of the dismissed %s is still in this spool", title.text);
	else if (has_run_out)
		snprintf(text, sizeof text, "the appointment of %s has run out", title.text);
	else
		return 0;
	found(s->x, false, text);
	return 0;
}

/* A person has to know it: no program can see another machine's disk. What it goes on from is told, to be compared with others' cards. */
static int mark_only_copy(struct examination *x, const struct office_register *self, bool has_keeper)
{
	char text[256];
	const struct verified_entry *head = office_head(self);
	int r = spool_begin(x->v->spool, x->err);
	if (!r)
		r = copy_mark_renew(x->v->spool, x->err);
	if (!r)
		r = spool_commit(x->v->spool, x->err);
	if (r) {
		spool_rollback(x->v->spool);
		return r;
	}
	copy_mark_sweep(x->v->spool);
	if (!has_keeper) {
		found(x, false,
		      "this spool is the only one with its officers' keys, by your word, and they go on from what is here");
		return 0;
	}
	snprintf(text, sizeof text,
		 "this spool may write register entries: it goes on from entry %" PRIu64 " of %s, %.16s...",
		 head->e.seq, time_text(head->e.time_s).text, hash_hex(&head->note.id).text);
	found(x, false, text);
	return 0;
}

static int has_keeper(struct examination *x, const struct office_register *self, bool *ret)
{
	const struct vkey *keepers;
	size_t n;
	uint64_t quorum;
	int r = 0;
	*ret = false;
	office_keepers(self, NULL, &keepers, &n, &quorum);
	for (size_t i = 0; i < n && !r && !*ret; i++)
		r = key_is_here(x->v, &keepers[i], ret, x->err);
	return r;
}

static int check_copy(struct examination *x, const struct office_register *self, bool is_forked)
{
	bool here;
	int r = has_keeper(x, self, &here);
	if (!r && x->d->only_copy && here && is_forked)
		return err_set(
			x->err, VALISE_E_BAD,
			"your office's register is forked already, so that no copy of this spool may write entries: the key "
			"on the recovery sheet settles it (spec/register.md, authority entries), and no command does that yet");
	if (!r && x->d->only_copy)
		return mark_only_copy(x, self, here);
	if (!r && valise_is_copy(x->v))
		found(x, false,
		      here ? "this spool is a copy of another, or was restored from a backup, and writes no register entries until "
			     "`valise doctor --only-copy` says that it is the only one"
			   : "this spool is a copy of another, or was restored from a backup, and no machine says anything here until "
			     "`valise doctor --only-copy` says that it is the only one");
	return r;
}

static int check_register(struct examination *x, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	const struct verified_entry *a, *b;
	struct keys_search s = {x, clock_now_s()};
	struct valise_err why = {0};
	int r = register_set_self(x->v, &set, &why);
	if (r == VALISE_E_BAD)
		found(x, true, why.text);
	if (r == VALISE_E_BAD && !x->d->only_copy)
		return 0;
	if (r) {
		err_copy(err, &why);
		return r;
	}
	const struct office_register *self = registers_office(set.registers, &x->v->self);
	if (office_fork(self, &a, &b))
		found(x, true,
		      "your office's register is forked: two copies of this spool wrote entries. The key on the recovery "
		      "sheet settles it (spec/register.md, authority entries), and no command does that yet");
	if (office_head(self)->e.time_s > s.now_s + 300)
		found(x, false,
		      "the newest entry of your register is later than this machine's clock: the clock may be wrong");
	r = look_who_joined(x);
	if (!r)
		r = check_copy(x, self, office_fork(self, &a, &b));
	if (!r)
		r = check_keepers(x, self);
	return r ? r : office_each_officer(self, NULL, check_officer, &s);
}

/* ---- What was counted ---- */

static int rebuild(struct examination *x)
{
	struct spool *spool = x->v->spool;
	bool fresh = false;
	int r = spool_begin(spool, x->err);
	if (r)
		return r;
	r = outlines_drop(spool, x->err);
	if (!r)
		r = settled_drop(spool, x->err);
	if (!r)
		r = spool_commit(spool, x->err);
	if (r) {
		spool_rollback(spool);
		return r;
	}
	r = outlines_refresh(x->v, &fresh, x->err);
	if (!r && !fresh)
		r = err_set(
			x->err, VALISE_E_BUSY,
			"what is counted of letters was forgotten, and could not be counted again yet: the next `valise track` does");
	return r;
}

/* Never evidence: lists and totals that somebody reads all the same. */
static int check_outlines(struct examination *x)
{
	char text[200];
	uint64_t wrong = 0;
	int r = x->d->rebuild ? rebuild(x) : 0;
	if (!r)
		r = outlines_compare(x->v, &wrong, x->err);
	if (r || !wrong)
		return r;
	(void)snprintf(text, sizeof text,
		       "what was counted of letters is not what the statements here come to, in %" PRIu64
		       " place%s: `valise doctor --rebuild` counts them again",
		       wrong, wrong == 1 ? "" : "s");
	found(x, true, text);
	return 0;
}

/* Plaintext that cannot be removed is for a person to see to; while nobody has tried, it is litter. */
static void found_opening(void *context, bool is_left, const char *text)
{
	struct examination *x = context;
	found(x, is_left && x->d->mend, text);
}

static int collect(void *context, const struct hash *id)
{
	return hashes_add(context, id, NULL);
}

/* Some at a time: what is open for reading while every body is hashed would let the database's log grow with everybody's writes. */
static int check_letters(struct examination *x)
{
	struct letter_place at = LETTER_PLACE_FIRST;
	CLEANUP(hashes_release) struct hashes some = {0};
	int r;
	do {
		hashes_release(&some);
		r = letters_some(x->v->spool, &at, LETTERS_AT_ONCE, collect, &some, x->err);
		if (r == VALISE_E_NOMEM)
			return err_nomem(x->err);
		for (size_t i = 0; i < some.n && !r; i++)
			r = check_letter(x, &some.at[i]);
	} while (!r && some.n);
	return r;
}

int valise_doctor(struct valise *v, const struct valise_doctor *d, struct valise_err *err)
{
	struct examination x = {.v = v, .d = d, .err = err};
	int r = staging_sweep(v, d->mend, found_opening, &x, err);
	if (!r)
		r = spool_check(v->spool, d->mend, found, &x, err);
	if (!r)
		r = check_register(&x, err);
	if (!r)
		r = check_letters(&x);
	if (!r)
		r = exhibits_each(v->spool, check_exhibit, &x, err);
	if (!r)
		r = check_outlines(&x);
	if (!r)
		r = mend(&x);
	hashes_release(&x.bodies);
	hashes_release(&x.covers);
	if (r)
		return r;
	return x.broken ? err_set(err, VALISE_E_BAD,
				  "something in this spool is broken; what and what to do is said above")
			: 0;
}
