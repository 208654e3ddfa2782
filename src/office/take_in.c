/* SPDX-License-Identifier: Apache-2.0 */
/* From a bag's records to the spool's rows: seals first, then what their hashes vouch for; bodies piece by piece, synced before they
 * count. */
#include "office/take_in.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/bag.h"
#include "format/tally.h"
#include "office/hash_index.h"
#include "office/unseal_stream.h"
#include "spool/bags.h"

#define COMMIT_EVERY 1000u
#define SYNC_EVERY_PIECES 64u
#define TALLY_MAX_BYTES (32u * 1024 * 1024)
#define PENDING_MAX_BYTES (32u * 1024 * 1024)
#define FINDINGS_MAX 1000u
#define MARK_BYTES 4096u
#define READ_BYTES (256u * 1024)
#define UNWRAP_KEYS_MAX 64u
#define BAG_MAX_BYTES (LIMIT_BAG_BYTES + LIMIT_BAG_BYTES / 64 + LIMIT_AGE_HEADER_BYTES)

struct take_in {
	struct valise *v;
	struct take_in_options o;
	int64_t now_s;
	struct arrival *arrivals;
	size_t n_arrivals, cap_arrivals;
	struct hash_index by_id, by_body;
	struct hashes concerned;         /* offices that letters or statements here name */
	struct verified_entry **pending; /* register entries of the bag in hand */
	size_t n_pending, cap_pending;
	size_t pending_bytes;
	struct body_intake *body; /* being written */
	size_t body_of;           /* index into arrivals */
	unsigned unsynced;
	bool in_transaction;
	unsigned in_batch;
	/* The bag in hand. */
	const char *bag;
	bool wrapped;
	bool orphans; /* it held what waits for another bag */
	size_t taken; /* items that this pass brought */
	struct age_identity keys[UNWRAP_KEYS_MAX];
	size_t n_keys;
	bool keys_loaded;
	struct take_in_result r;
	char **findings;
	struct valise_err *err; /* of the call in hand, for the callback */
};

/* ---- Findings ---- */

static int finding(struct take_in *t, const char *what, const char *why)
{
	if (t->r.n_findings == FINDINGS_MAX)
		return 0;
	if (!t->findings && !(t->findings = calloc(FINDINGS_MAX, sizeof(*t->findings))))
		return err_nomem(t->err);
	if (asprintf(&t->findings[t->r.n_findings], "%s: %s%s%s", t->bag, what, why ? ": " : "", why ? why : "") < 0)
		return err_nomem(t->err);
	t->r.n_findings++;
	return 0;
}

/* What is malformed or altered is told of and left; any other failure ends the whole. */
static int refuse(struct take_in *t, int r, const char *what, const struct valise_err *why)
{
	if (r != VALISE_E_BAD) {
		err_copy(t->err, why);
		return r;
	}
	t->r.damaged = true;
	return finding(t, what, why->text);
}

/* ---- Batches ---- */

static int want_transaction(struct take_in *t)
{
	if (t->in_transaction)
		return 0;
	int r = spool_begin(t->v->spool, t->err);
	t->in_transaction = r == 0;
	t->in_batch = 0;
	return r;
}

static int end_transaction(struct take_in *t)
{
	if (!t->in_transaction)
		return 0;
	t->in_transaction = false;
	if (t->o.look) {
		spool_rollback(t->v->spool);
		return 0;
	}
	int r = spool_commit(t->v->spool, t->err);
	if (r)
		spool_rollback(t->v->spool);
	return r;
}

/* One more row; a look keeps its transaction to the end, so that what follows finds what came before. */
static int count_row(struct take_in *t)
{
	t->taken++;
	return ++t->in_batch >= COMMIT_EVERY && !t->o.look ? end_transaction(t) : 0;
}

/* ---- Register entries: kept until the bag's end tells which offices matter ---- */

static void drop_pending(struct take_in *t)
{
	for (size_t i = 0; i < t->n_pending; i++)
		verified_entry_free(t->pending[i]);
	t->n_pending = 0;
	t->pending_bytes = 0;
}

static int is_wanted_office(struct take_in *t, const struct hash *office, bool *ret)
{
	uint64_t bytes, count;
	*ret = true;
	if (hashes_have(&t->concerned, office))
		return 0;
	int r = entries_size(t->v->spool, office, &bytes, &count, t->err);
	*ret = count > 0;
	return r;
}

/* All pending entries of one office, judged with what is held; those that its keepers properly signed are kept. */
static int settle_office(struct take_in *t, const struct hash *office)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	uint64_t bytes = 0, count = 0;
	int r = register_set_load(t->v, office, 1, &set, t->err);
	if (!r)
		r = entries_size(t->v->spool, office, &bytes, &count, t->err);
	for (size_t i = 0; i < t->n_pending && !r; i++)
		if (hash_eq(verified_entry_office(t->pending[i]), office))
			r = registers_add(set.registers, t->pending[i], t->err);
	if (!r)
		r = registers_judge(set.registers, t->err);
	const struct office_register *o = r ? NULL : registers_office(set.registers, office);
	for (size_t i = 0; i < t->n_pending && !r; i++) {
		const struct verified_entry *e = t->pending[i];
		bool is_new = false;
		if (!hash_eq(verified_entry_office(e), office))
			continue;
		if (!o || !office_entry(o, &e->note.id)) {
			t->orphans = true;
			continue;
		}
		bytes += e->note.len;
		if (++count > LIMIT_REGISTER_ENTRIES || bytes > LIMIT_REGISTER_BYTES)
			return finding(t, "an office's register is longer than any may be; the rest of it was left",
				       NULL);
		r = entry_put(t->v->spool, e, t->now_s, &is_new, t->err);
		if (!r && is_new) {
			t->r.entries++;
			r = count_row(t);
			if (!r)
				r = want_transaction(t);
		}
	}
	return r;
}

static int settle_entries(struct take_in *t)
{
	CLEANUP(hashes_release) struct hashes done = {0};
	int r = t->n_pending ? want_transaction(t) : 0;
	for (size_t i = 0; i < t->n_pending && !r; i++) {
		const struct hash *office = verified_entry_office(t->pending[i]);
		size_t before = done.n;
		bool wanted;
		r = hashes_add(&done, office, t->err);
		if (r || done.n == before)
			continue;
		r = is_wanted_office(t, office, &wanted);
		if (!r && wanted)
			r = settle_office(t, office);
	}
	drop_pending(t);
	return r;
}

static int take_entry(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct verified_entry *e = NULL;
	bool has = false;
	int r = entry_has(t->v->spool, &rec->of, &has, t->err);
	if (r || has)
		return r;
	r = register_entry_verify(rec->data, rec->len, &e, &why);
	if (r)
		return refuse(t, r, "a register entry was refused", &why);
	if (t->n_pending == t->cap_pending) {
		size_t cap = t->cap_pending ? 2 * t->cap_pending : 64;
		struct verified_entry **grown = realloc(t->pending, cap * sizeof *grown);
		if (!grown) {
			verified_entry_free(e);
			return err_nomem(t->err);
		}
		t->pending = grown;
		t->cap_pending = cap;
	}
	t->pending[t->n_pending++] = e;
	t->pending_bytes += e->note.len;
	if (t->pending_bytes <= PENDING_MAX_BYTES)
		return 0;
	t->orphans = true;
	return settle_entries(t);
}

/* ---- Seals ---- */

static int new_arrival(struct take_in *t, const struct verified_seal *seal, size_t *ret)
{
	const struct seal *s = &seal->s;
	if (t->n_arrivals == t->cap_arrivals) {
		size_t cap = t->cap_arrivals ? 2 * t->cap_arrivals : 32;
		struct arrival *grown = realloc(t->arrivals, cap * sizeof *grown);
		if (!grown)
			return err_nomem(t->err);
		t->arrivals = grown;
		t->cap_arrivals = cap;
	}
	struct arrival *a = &t->arrivals[t->n_arrivals];
	*a = (struct arrival){.id = seal->note.id,
			      .from = s->from.office,
			      .body = s->body,
			      .cover = s->cover,
			      .body_bytes = s->body_bytes,
			      .cover_bytes = s->cover_bytes,
			      .is_paper = s->paper.at != NULL,
			      .from_us = hash_eq(&s->from.office, &t->v->self),
			      .for_us = seal_recipient(s, &t->v->self) >= 0,
			      .tally = BUF_INIT(TALLY_MAX_BYTES)};
	if (s->ref.at && !(a->ref.at = strndup(s->ref.at, a->ref.len = s->ref.len)))
		return err_nomem(t->err);
	int r = hash_index_put(&t->by_id, &a->id, t->n_arrivals, t->err);
	if (!r && !a->is_paper)
		r = hash_index_put(&t->by_body, &a->body, t->n_arrivals, t->err);
	if (!r)
		r = hashes_add(&t->concerned, &s->from.office, t->err);
	for (size_t i = 0; i < s->n_to && !r; i++)
		r = hashes_add(&t->concerned, &s->to[i].office, t->err);
	*ret = t->n_arrivals++;
	return r;
}

static int held_arrival(struct take_in *t, const struct hash *id, bool *ret_held)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct letter_row row;
	size_t i;
	*ret_held = hash_index_get(&t->by_id, id, NULL);
	if (*ret_held)
		return 0;
	int r = letter_row(t->v->spool, id, &row, NULL);
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	r = letter_seal(t->v->spool, id, &seal, t->err);
	if (!r)
		r = new_arrival(t, seal, &i);
	if (r)
		return r;
	t->arrivals[i].has_cover = row.has_cover;
	t->arrivals[i].has_body = row.has_body;
	t->arrivals[i].was_whole = row.is_paper || (row.has_cover && row.has_body);
	*ret_held = true;
	return 0;
}

/* Ours, wrapped for us, named, or everything asked for: a stranger's letter on a stick is left where it lies. */
static bool is_wanted(const struct take_in *t, const struct verified_seal *seal)
{
	if (t->o.look || t->o.all || t->wrapped || hash_eq(&seal->s.from.office, &t->v->self) ||
	    seal_recipient(&seal->s, &t->v->self) >= 0)
		return true;
	for (size_t i = 0; i < t->o.n_letters; i++)
		if (hash_eq(&t->o.letters[i], &seal->note.id))
			return true;
	return false;
}

static int take_seal(struct take_in *t, const struct bag_record *rec)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct valise_err why = {0};
	bool held, has_body = false;
	size_t i;
	int r = held_arrival(t, &rec->of, &held);
	if (r || held)
		return r;
	r = seal_verify(rec->data, rec->len, &seal, &why);
	if (r)
		return refuse(t, r, "a letter was refused, its seal is not sound", &why);
	r = held_arrival(t, &seal->note.id, &held); /* the record's own word for its id proves nothing */
	if (r || held || !is_wanted(t, seal))
		return r;
	r = want_transaction(t);
	if (!r)
		r = letter_put(t->v->spool, seal, hash_eq(&seal->s.from.office, &t->v->self), t->now_s, NULL, t->err);
	if (!r && !seal->s.paper.at)
		r = body_has(t->v->spool, &seal->s.body, &has_body, t->err);
	if (!r)
		r = new_arrival(t, seal, &i);
	if (r)
		return r;
	t->arrivals[i].is_new = true;
	t->arrivals[i].has_body = has_body;
	return count_row(t);
}

/* ---- Statements and reports ---- */

static int letter_is_here(struct take_in *t, const struct hash *letter, bool *ret)
{
	return held_arrival(t, letter, ret);
}

static int take_statement(struct take_in *t, const struct bag_record *rec)
{
	CLEAN_STATEMENT struct verified_statement *s = NULL;
	struct valise_err why = {0};
	bool has = false, here, is_new = false;
	int r = statement_has(t->v->spool, &rec->of, &has, t->err);
	if (r || has)
		return r;
	r = statement_verify(rec->data, rec->len, &s, &why);
	if (r)
		return refuse(t, r, "a statement was refused", &why);
	r = letter_is_here(t, &s->s.letter, &here);
	if (r)
		return r;
	if (!here) {
		t->orphans = true;
		return 0;
	}
	r = hashes_add(&t->concerned, &s->s.office.office, t->err);
	if (!r && s->s.has_to)
		r = hashes_add(&t->concerned, &s->s.to, t->err);
	if (!r)
		r = want_transaction(t);
	if (!r)
		r = statement_put(t->v->spool, s, t->now_s, &is_new, t->err);
	if (r || !is_new)
		return r;
	t->r.statements++;
	return count_row(t);
}

static int take_report(struct take_in *t, const struct bag_record *rec)
{
	CLEAN_REPORT struct verified_report *p = NULL;
	struct valise_err why = {0};
	bool here, is_new = false;
	int r = report_verify(rec->data, rec->len, &p, &why);
	if (r)
		return refuse(t, r, "a report was refused", &why);
	r = letter_is_here(t, &p->r.letter, &here);
	if (r)
		return r;
	if (!here) {
		t->orphans = true;
		return 0;
	}
	r = hashes_add(&t->concerned, &p->r.office.office, t->err);
	if (!r)
		r = want_transaction(t);
	if (!r)
		r = report_put(t->v->spool, p, t->now_s, &is_new, t->err);
	return r || !is_new ? r : count_row(t);
}

static int (*const take_note_of[NOTE_KINDS])(struct take_in *, const struct bag_record *) = {
	[NOTE_REGISTER] = take_entry,
	[NOTE_SEAL] = take_seal,
	[NOTE_STATEMENT] = take_statement,
	[NOTE_REPORT] = take_report,
};

static int take_note(struct take_in *t, const struct bag_record *rec)
{
	struct str bytes = {(const char *)rec->data, rec->len};
	for (unsigned k = 0; k < NOTE_KINDS; k++)
		if (str_starts(bytes, str_of(note_kinds[k].first_line)))
			return take_note_of[k](t, rec);
	return 0; /* a kind of a later version */
}

/* ---- What the seals vouch for ---- */

static int mismatch(struct take_in *t, const struct arrival *a, const char *what)
{
	char text[128];
	(void)snprintf(text, sizeof text, "%s: %s that came does not match its seal and was not kept",
		       hash_short(&a->id).text, what);
	t->r.damaged = true;
	return finding(t, text, NULL);
}

static int take_cover(struct take_in *t, const struct bag_record *rec)
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
	int r = want_transaction(t);
	if (!r)
		r = cover_put(t->v->spool, &a->id, (struct str){(const char *)rec->data, rec->len}, t->now_s, t->err);
	if (r)
		return r;
	a->has_cover = true;
	return count_row(t);
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

static int take_body(struct take_in *t, const struct bag_record *rec)
{
	struct arrival *a = body_wanted(t, &rec->of);
	struct hash piece = rec->root;
	if (!a)
		return 0;
	if (rec->len != a->body_bytes || !hash_eq(&rec->root, &a->body))
		return mismatch(t, a, "the body");
	int r = want_transaction(t);
	if (!r)
		r = body_put_small(t->v->spool, &a->body, (struct str){(const char *)rec->data, rec->len},
				   (struct str){(const char *)piece.bytes, sizeof piece.bytes}, t->err);
	if (r)
		return r;
	a->has_body = true;
	return count_row(t);
}

/* ---- Large bodies ---- */

static int sync_body(struct take_in *t)
{
	if (!t->body || !t->unsynced)
		return 0;
	int r = end_transaction(t);
	t->unsynced = 0;
	return r ? r : body_intake_sync(t->body, t->err);
}

static int close_body(struct take_in *t)
{
	if (!t->body)
		return 0;
	int r = sync_body(t);
	if (!r && body_intake_missing(t->body) == 0) {
		r = want_transaction(t);
		if (!r)
			r = body_intake_finish(t->body, t->err);
		if (!r)
			r = end_transaction(t);
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
	int r = close_body(t);
	if (!r)
		r = end_transaction(t);
	if (r)
		return r;
	r = body_intake_begin(t->v->spool, &a->body, a->body_bytes, buf_str(&a->tally), &t->body, &why);
	t->body_of = i;
	if (r == VALISE_E_BUSY) {
		t->orphans = true;
		return finding(t, "another process is taking this letter in", why.text);
	}
	if (r)
		err_copy(t->err, &why);
	return r;
}

/* Parts of a long tally come in order; a part that does not follow waits for another pass. */
static int take_tally(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct arrival *a = body_wanted(t, &rec->of);
	uint64_t whole;
	if (!a || (whole = tally_pieces(a->body_bytes) * sizeof(struct hash)) == a->tally.len)
		return 0;
	if (whole > TALLY_MAX_BYTES)
		return finding(t, "a letter is larger than this version takes", NULL);
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
	return r == VALISE_E_BAD ? mismatch(t, a, "the tally") : refuse(t, r, "a tally", &why);
}

static int take_piece(struct take_in *t, const struct bag_record *rec)
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
		return r == VALISE_E_BAD ? mismatch(t, a, "a piece of the body") : refuse(t, r, "a piece", &why);
	r = begin_body(t, (size_t)(a - t->arrivals));
	if (r || !t->body || body_intake_has(t->body, rec->at))
		return r;
	r = body_intake_piece(t->body, rec->at, rec->data, rec->len, t->err);
	t->taken++;
	if (!r && ++t->unsynced >= SYNC_EVERY_PIECES)
		r = sync_body(t);
	return r;
}

static int take_exhibit(struct take_in *t, const struct bag_record *rec)
{
	(void)t;
	(void)rec;
	return 0; /* no office files exhibits yet */
}

static int (*const take[BAG_KINDS])(struct take_in *, const struct bag_record *) = {
	[BAG_NOTE] = take_note,   [BAG_COVER] = take_cover, [BAG_BODY] = take_body,
	[BAG_TALLY] = take_tally, [BAG_PIECE] = take_piece, [BAG_EXHIBIT] = take_exhibit,
};

static int take_record(void *context, const struct bag_record *rec)
{
	return take[rec->kind](context, rec);
}

/* ---- Bags ---- */

/* What tells this bag from others without reading it all: its size, its first and its last bytes. */
static int bag_mark(int fd, uint64_t bytes, struct hash *ret, struct valise_err *err)
{
	uint8_t first[MARK_BYTES], last[MARK_BYTES], size[8];
	size_t n_first, n_last;
	uint64_t at = bytes > MARK_BYTES ? bytes - MARK_BYTES : 0;
	for (unsigned i = 0; i < sizeof size; i++)
		size[i] = (uint8_t)(bytes >> (56 - 8 * i));
	int r = file_pread_full(fd, first, sizeof first, 0, &n_first, "a bag", err);
	if (!r)
		r = file_pread_full(fd, last, sizeof last, at, &n_last, "a bag", err);
	if (r)
		return r;
	struct span spans[] = {{size, sizeof size}, {first, n_first}, {last, n_last}};
	digest_spans(spans, 3, ret);
	return 0;
}

static int load_keys(struct take_in *t)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	if (t->keys_loaded)
		return 0;
	int r = register_set_self(t->v, &set, t->err);
	if (!r)
		r = office_identities(t->v, &set, ROLE_CLERK | ROLE_COURIER | ROLE_READER, t->keys, UNWRAP_KEYS_MAX,
				      &t->n_keys, t->err);
	t->keys_loaded = r == 0;
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
	int r = load_keys(t);
	if (r)
		return r;
	r = stream_opener_new(file, t->keys, t->n_keys, false, &o, &why);
	*ret_ours = r != VALISE_E_LOCKED;
	if (r)
		return *ret_ours ? refuse(t, r, "its wrapping is damaged", &why) : 0;
	while (!r && len) {
		r = stream_opener_next(o, &data, &len, &why);
		if (r)
			return refuse(t, r, "it is damaged; what came before the damage was taken", &why);
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
		r = file_pread_full(file->fd, data, READ_BYTES, at, &got, t->bag, t->err);
		if (!r)
			r = bag_reader_push(reader, data, got, t->err);
		if (!r)
			r = progress(t, at + got, file->size);
	}
	return r;
}

static int tell_verdict(struct take_in *t, const struct bag_result *b)
{
	if (b->verdict == BAG_WHOLE)
		return 0;
	t->r.damaged |= b->verdict == BAG_DAMAGED;
	return finding(t,
		       b->verdict == BAG_CUT       ? "it is cut off; what is whole in it was taken"
		       : b->verdict == BAG_DAMAGED ? "it is damaged; what is whole in it was taken"
						   : "it is no bag",
		       NULL);
}

static int read_bag(struct take_in *t, const struct body *file, struct bag_result *ret, bool *ret_ours)
{
	CLEAN_BAG_READER struct bag_reader *reader = NULL;
	uint8_t first[BAG_LOOK_BYTES];
	size_t n;
	*ret_ours = true;
	int r = file_pread_full(file->fd, first, sizeof first, 0, &n, t->bag, t->err);
	if (!r)
		r = bag_reader_new(take_record, t, &reader, t->err);
	if (r)
		return r;
	t->wrapped = bag_look(first, n) == BAG_WRAPPED;
	r = t->wrapped ? push_wrapped(t, reader, file, ret_ours) : push_bare(t, reader, file);
	if (!r && *ret_ours)
		r = bag_reader_end(reader, ret, t->err);
	return r;
}

/* After the last record: entries, the body in hand, the open batch; in a look nothing of it stays. */
static int settle(struct take_in *t)
{
	int r = settle_entries(t);
	if (!r)
		r = close_body(t);
	if (!r && !t->o.look)
		r = end_transaction(t);
	return r;
}

static int remember_bag(struct take_in *t, const struct hash *mark)
{
	int r = want_transaction(t);
	if (!r)
		r = bag_seen_put(t->v->spool, mark, t->now_s, t->err);
	return r ? r : end_transaction(t);
}

int take_in_bag(struct take_in *t, int fd, uint64_t bytes, const char *name, struct valise_err *err)
{
	struct body file = {.fd = fd, .size = bytes}; /* lent: not released here */
	struct bag_result b = {0};
	struct hash mark;
	bool seen = false, ours = true;
	t->err = err;
	t->bag = name;
	t->orphans = false;
	if (bytes > BAG_MAX_BYTES)
		return finding(t, "it is larger than a bag can be, and was left", NULL);
	int r = bag_mark(fd, bytes, &mark, err);
	if (!r && !t->o.look)
		r = bag_seen(t->v->spool, &mark, &seen, err);
	if (r)
		return r;
	if (seen) {
		t->r.bags_skipped++;
		return 0;
	}
	r = read_bag(t, &file, &b, &ours);
	if (!r)
		r = settle(t);
	if (r)
		return err_prefix(err, r, "%s", name);
	if (!ours) {
		t->r.bags_not_for_us++;
		return 0;
	}
	t->r.bags_read++;
	t->r.bytes += bytes;
	t->r.left_over |= t->orphans;
	r = tell_verdict(t, &b);
	if (!r && b.verdict == BAG_WHOLE && !t->orphans && !t->o.look)
		r = remember_bag(t, &mark);
	return r;
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
	struct take_in *t = calloc(1, sizeof *t);
	if (!t)
		return err_nomem(err);
	t->v = v;
	t->o = *o;
	t->now_s = clock_now_s();
	*ret = t;
	return 0;
}

void take_in_free(struct take_in *t)
{
	if (!t)
		return;
	body_intake_free(t->body);
	if (t->in_transaction)
		spool_rollback(t->v->spool);
	drop_pending(t);
	free(t->pending);
	for (size_t i = 0; i < t->n_arrivals; i++) {
		free((char *)(uintptr_t)t->arrivals[i].ref.at);
		buf_release(&t->arrivals[i].tally);
	}
	free(t->arrivals);
	for (size_t i = 0; t->findings && i < t->r.n_findings; i++)
		free(t->findings[i]);
	free(t->findings);
	hash_index_release(&t->by_id);
	hash_index_release(&t->by_body);
	hashes_release(&t->concerned);
	secret_wipe(t->keys, sizeof t->keys);
	free(t);
}

void take_in_freep(struct take_in **t)
{
	take_in_free(*t);
}

struct take_in_result take_in_result(const struct take_in *t)
{
	struct take_in_result r = t->r;
	r.arrivals = t->arrivals;
	r.n_arrivals = t->n_arrivals;
	r.findings = (const char *const *)t->findings;
	return r;
}
