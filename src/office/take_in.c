/* SPDX-License-Identifier: Apache-2.0 */
/* Bags: skipped when they were taken in before, unwrapped, read record by record, and what came of it told. */
#include "office/take_ahead.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "office/unseal_stream.h"
#include "spool/bags.h"

#define COMMIT_EVERY 1000u
#define COMMIT_EVERY_TIGHT 16u
#define MARK_BYTES 4096u
#define READ_BYTES (256u * 1024)
#define ARRIVAL_BYTES 350u /* in memory, with its body and in the indexes */
#define ITEM_BYTES 40u     /* in the roll */
#ifndef LOOK_BYTES
#define LOOK_BYTES (40u * 1024 * 1024) /* of what lies there, since nothing of it is kept */
#endif

/* ---- Findings ---- */

int take_in_finding(struct take_in *t, const char *what, const char *why)
{
	CLEAN_BUF struct buf b = BUF_INIT(16384);
	buf_addf(&b, "%s: %s%s%s", t->bag, what, why ? ": " : "", why ? why : "");
	return findings_add(&t->findings, &b, t->err);
}

/* What is malformed or altered is told of and left; any other failure ends the whole. */
int take_in_refuse(struct take_in *t, int r, const char *what, const struct valise_err *why)
{
	if (r != VALISE_E_BAD) {
		err_copy(t->err, why);
		return r;
	}
	t->r.damaged = true;
	return take_in_finding(t, what, why->text);
}

/* ---- Batches ---- */

int take_in_begin(struct take_in *t)
{
	if (t->in_transaction || t->o.look)
		return 0;
	t->commit_every = spool_save_room(t->v->spool) ? COMMIT_EVERY_TIGHT : COMMIT_EVERY;
	int r = spool_begin(t->v->spool, t->err);
	t->in_transaction = r == 0;
	t->in_batch = 0;
	t->batch_bytes = 0;
	return r;
}

int take_in_commit(struct take_in *t)
{
	if (!t->in_transaction)
		return 0;
	t->in_transaction = false;
	int r = spool_commit(t->v->spool, t->err);
	if (r)
		spool_rollback(t->v->spool);
	return r;
}

int take_in_count(struct take_in *t)
{
	t->taken++;
	return ++t->in_batch >= t->commit_every || t->batch_bytes >= LIMIT_BATCH_BYTES ? take_in_commit(t) : 0;
}

int take_in_look_room(struct take_in *t)
{
	size_t bytes =
		t->n_arrivals * ARRIVAL_BYTES + t->looked.n * sizeof(struct hash) + t->vouched.items.n * ITEM_BYTES;
	if (!t->o.look || bytes < LOOK_BYTES)
		return 0;
	return err_set(
		t->err, VALISE_E_LIMIT,
		"more lies there than a look keeps in mind (%zu letters so far): a sync takes it in, however much it is",
		t->n_arrivals);
}

int take_in_first_look(struct take_in *t, const struct hash *id, bool *ret)
{
	*ret = !hashes_have(&t->looked, id);
	int r = take_in_look_room(t);
	return r ? r : hashes_add(&t->looked, id, t->err);
}

static int (*const take[BAG_KINDS])(struct take_in *, const struct bag_record *) = {
	[BAG_NOTE] = take_note,   [BAG_COVER] = take_cover, [BAG_BODY] = take_body,
	[BAG_TALLY] = take_tally, [BAG_PIECE] = take_piece, [BAG_EXHIBIT] = take_exhibit,
};

static int take_one(struct take_in *t, const struct bag_record *rec)
{
	t->batch_bytes += rec->len;
	int r = take_inside_look(t, rec);
	if (!r && !t->body)
		r = take_arrivals_settle(t);
	return r || !take[rec->kind] ? r : take[rec->kind](t, rec);
}

static int take_record(void *context, const struct bag_record *rec)
{
	struct take_in *t = context;
	int r = take_inside_judge(t, rec);
	return r ? r : take_ahead_record(t->ahead, rec);
}

/* ---- Bags ---- */

/* What tells this bag from others without reading it all: its size, its first and its last bytes. */
static int bag_mark(const struct body *file, struct hash *ret, struct valise_err *err)
{
	uint8_t first[MARK_BYTES], last[MARK_BYTES], size[8];
	size_t n_first, n_last;
	uint64_t at = file->size > MARK_BYTES ? file->size - MARK_BYTES : 0;
	for (unsigned i = 0; i < sizeof size; i++)
		size[i] = (uint8_t)(file->size >> (56 - 8 * i));
	int r = file_pread_full(file->fd, first, sizeof first, 0, &n_first, file->what, err);
	if (!r)
		r = file_pread_full(file->fd, last, sizeof last, at, &n_last, file->what, err);
	if (r)
		return r;
	struct span spans[] = {{size, sizeof size}, {first, n_first}, {last, n_last}};
	digest_spans(spans, 3, ret);
	return 0;
}

static int load_keys(struct take_in *t, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	if (t->keys.at)
		return 0;
	int r = register_set_self(t->v, &set, err);
	if (!r)
		r = office_identities(t->v, &set, ROLE_CLERK | ROLE_COURIER | ROLE_READER, &t->keys, err);
	return r;
}

static int progress(struct take_in *t, uint64_t done, uint64_t total)
{
	return office_progress(t->v, t->o.look ? "looking" : "taking in", done, total, t->err);
}

/* An age file; *ret_ours is false when it is wrapped for others. */
static int push_wrapped(struct take_in *t, struct bag_reader *reader, const struct body *file, bool *ret_ours)
{
	CLEAN_STREAM_OPENER struct stream_opener *o = NULL;
	struct valise_err why = {0};
	const uint8_t *data;
	size_t len = 1;
	uint64_t done = 0;
	int r = load_keys(t, &why);
	if (r == VALISE_E_BAD) { /* our own register is damaged here: what is not wrapped may mend it */
		t->wrapping_damaged = t->orphans = true;
		return take_in_refuse(t, r, "it cannot be unwrapped", &why);
	}
	if (r) {
		err_copy(t->err, &why);
		return r;
	}
	r = stream_opener_new(file, t->keys.at, t->keys.n, false, &o, &why);
	*ret_ours = r != VALISE_E_LOCKED;
	t->wrapping_damaged = r == VALISE_E_BAD;
	if (r)
		return *ret_ours ? take_in_refuse(t, r, "its wrapping is damaged", &why) : 0;
	while (!r && len) {
		r = stream_opener_next(o, &data, &len, &why);
		t->wrapping_damaged = r == VALISE_E_BAD;
		if (r)
			return take_in_refuse(t, r, "it is damaged; what came before the damage was taken", &why);
		r = bag_reader_push(reader, data, len, t->err);
		if (!r)
			r = progress(t, done += len, stream_opener_plain_bytes(o));
	}
	return r;
}

static int push_bare(struct take_in *t, struct bag_reader *reader, const struct body *file)
{
	CLEAN_FREE uint8_t *data = malloc(READ_BYTES);
	size_t got = 1;
	int r = data ? 0 : err_nomem(t->err);
	for (uint64_t at = 0; !r && got && at < file->size; at += got) {
		r = file_pread_full(file->fd, data, READ_BYTES, at, &got, file->what, t->err);
		if (!r)
			r = bag_reader_push(reader, data, got, t->err);
		if (!r)
			r = progress(t, at + got, file->size);
	}
	return r;
}

static int tell_verdict(struct take_in *t, const struct bag_result *b)
{
	if (b->verdict == BAG_WHOLE || t->wrapping_damaged)
		return 0;
	t->r.damaged |= b->verdict == BAG_DAMAGED || t->o.is_pipe;
	return take_in_finding(t,
			       b->verdict == BAG_CUT       ? "it is cut off; what is whole in it was taken"
			       : b->verdict == BAG_DAMAGED ? "it is damaged; what is whole in it was taken"
							   : "it is no bag",
			       NULL);
}

static int read_bag(struct take_in *t, const struct body *file, struct bag_result *ret, bool *ret_ours)
{
	CLEAN_BAG_READER struct bag_reader *reader = NULL;
	CLEAN_TAKE_AHEAD struct take_ahead *ahead = NULL;
	uint8_t first[BAG_LOOK_BYTES];
	size_t n;
	*ret_ours = true;
	int r = file_pread_full(file->fd, first, sizeof first, 0, &n, file->what, t->err);
	if (!r)
		r = bag_reader_new(take_record, t, &reader, t->err);
	if (!r)
		r = take_ahead_new(t, take_one, &ahead, t->err);
	if (r)
		return r;
	t->reader = reader;
	t->ahead = ahead;
	t->wrapped = bag_look(first, n) == BAG_WRAPPED;
	r = t->wrapped ? push_wrapped(t, reader, file, ret_ours) : push_bare(t, reader, file);
	if (!r && *ret_ours)
		r = bag_reader_end(reader, ret, t->err);
	if (!r) /* also what came before a damage */
		r = take_ahead_drain(ahead);
	t->reader = NULL;
	t->ahead = NULL;
	return r;
}

/* After the last record: entries, the body in hand, the open batch. */
static int settle(struct take_in *t)
{
	int r = take_entries_settle(t);
	if (!r)
		r = take_body_close(t);
	if (!r)
		r = take_in_commit(t);
	/* The rest may lie in another bag, and then this one is needed again. */
	t->orphans |= take_exhibits_unfinished(t);
	return r;
}

/* That it was read, where there is nothing more to be had of it; and of one from inside our office what it holds. */
static int remember_bag(struct take_in *t, const struct hash *mark, uint64_t bytes)
{
	bool is_done = !t->orphans && !t->o.look;
	if (t->is_inside && t->is_vouched)
		return take_inside_settle(t, mark, bytes, is_done);
	if (!is_done)
		return 0;
	int r = take_in_begin(t);
	if (!r)
		r = bag_seen_put(t->v->spool, mark, clock_now_s(), t->err);
	return r ? r : take_in_commit(t);
}

int take_in_bag(struct take_in *t, int fd, uint64_t bytes, const char *name, struct valise_err *err)
{
	struct body file = {.fd = fd, .size = bytes, .what = name, .past_cache = true}; /* lent: not released here */
	struct bag_result b = {0};
	struct hash mark;
	bool seen = false, ours = true;
	t->err = err;
	t->bag = name;
	t->orphans = false;
	t->is_inside = t->is_vouched = false;
	roll_cut(&t->vouched.items, &t->kept_items); /* the one before was nobody's */
	t->wrapping_damaged = false;
	t->r.damaged |= bytes > LIMIT_BAG_FILE_BYTES && t->o.is_pipe;
	if (bytes > LIMIT_BAG_FILE_BYTES)
		return take_in_finding(t, "it is larger than a bag can be, and was left", NULL);
	int r = progress(
		t, 0,
		bytes + 1); /* also between bags that hold nothing, so that an endless row of them can be stopped */
	if (!r)
		r = bag_mark(&file, &mark, err);
	if (!r)
		r = bag_seen(t->v->spool, &mark, &seen, err);
	if (r)
		return r;
	bool is_done = take_inside_is_done(t, &mark);
	if (seen || is_done) {
		t->r.bags_skipped++;
		return is_done ? 0 : take_inside_again(t, &mark, bytes);
	}
	r = read_bag(t, &file, &b, &ours);
	if (!r)
		r = settle(t);
	if (r)
		return r;
	if (!ours) {
		t->r.bags_not_for_us++;
		return 0;
	}
	t->r.bags_read++;
	t->r.bytes += bytes;
	t->r.left_over |= t->orphans;
	t->is_vouched &= b.bags == 1; /* it speaks for what came before it in its own */
	r = tell_verdict(t, &b);
	return r || b.verdict != BAG_WHOLE ? r : remember_bag(t, &mark, bytes);
}

int take_in_unreadable(struct take_in *t, const char *name, const char *why, struct valise_err *err)
{
	t->err = err;
	t->bag = name;
	t->r.damaged = true;
	return take_in_finding(t, "it was left", why);
}

void take_in_cut(struct take_in *t)
{
	if (t->in_transaction)
		spool_rollback(t->v->spool);
	t->in_transaction = false;
}

bool take_in_again(struct take_in *t)
{
	bool worth = t->r.left_over && t->taken > 0;
	t->r.left_over = false;
	t->taken = 0;
	return worth;
}

/* ---- The whole ---- */

int take_in_new(struct valise *v, const struct take_in_options *o, struct take_in **ret, struct valise_err *err)
{
	CLEAN_TAKE_IN struct take_in *t = calloc(1, sizeof *t);
	if (!t)
		return err_nomem(err);
	t->v = v;
	t->o = *o;
	t->filed.spool = t->vouched.items.spool = o->look ? NULL : v->spool;
	t->statements.count = statement_count;
	t->reports.count = report_count;
	t->tally = (struct buf)BUF_INIT(LIMIT_TALLY_BYTES);
	int r = log_end(v->spool, &t->began, err);
	if (!r)
		*ret = TAKE(t);
	return r;
}

void take_in_free(struct take_in *t)
{
	if (!t)
		return;
	piece_writer_free(t->writer);
	body_intake_free(t->body);
	take_in_cut(t);
	take_entries_drop(t);
	free(t->pending);
	take_arrivals_drop(t);
	findings_release(&t->findings);
	take_exhibits_drop(t);
	hashes_release(&t->concerned);
	hashes_release(&t->identified);
	hashes_release(&t->looked);
	free(t->vouched.at);
	roll_release(&t->vouched.items);
	identities_release(&t->keys);
	free(t);
}

void take_in_freep(struct take_in **t)
{
	take_in_free(*t);
}

struct take_in_result take_in_result(const struct take_in *t)
{
	struct take_in_result r = t->r;
	r.n_arrivals = t->filed.n + t->n_arrivals;
	r.vouched = &t->vouched;
	r.findings = &t->findings;
	return r;
}
