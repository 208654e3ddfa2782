/* SPDX-License-Identifier: Apache-2.0 */
/* Records into bags: framed, sealed to their audience by the pipeline, published, read again from the medium. */
#include "office/write_bags.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/tree.h"
#include "format/bag.h"
#include "format/inside_mark.h"
#include "format/inside_voucher.h"
#include "format/tally.h"
#include "office/bag_items.h"
#include "office/put_bag.h"
#include "office/put_exhibits.h"
#include "office/seal_stream.h"
#include "office/stick_readme.h"
#include "spool/bags.h"

#define README_BYTES 16384u

struct bag_group {
	struct bag_place *place;
	struct age_recipient *to; /* owned */
	size_t n_to;
	const struct hash *audience; /* borrowed */
	struct hashes *present;      /* borrowed */
	struct hashes concerned;     /* by the letter in hand: their entries go with it */
	/* The bag in hand; NULL when none is. */
	struct bag_writer *writer;
	struct stream_sealer *sealer;
	struct imprint imprint;
	struct bag_name name;
	struct hashes items;   /* in it, by bag_item_name */
	struct hashes letters; /* whose cover or body is in it */
	uint8_t *piece;        /* of the body in hand; TREE_PIECE_BYTES, NULL until one is needed */
	struct put_bag last;   /* the one before: read again while the next is written */
};

/* ---- One bag ---- */

/* Before the first bag: whoever finds one should find what it is. Bare groups come first, so one text does for all. */
static int put_readme(struct bag_group *g, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(README_BYTES);
	struct store *store = g->place->store;
	if (g->place->has_readme)
		return 0;
	int r = stick_readme(g->n_to == 0, &text, err);
	if (!r)
		r = store->ops->readme(store, buf_str(&text), err);
	g->place->has_readme = r == 0;
	return r;
}

/* A kind of note that whoever does not know it passes over. */
static int put_aside(struct bag_group *g, struct str text, struct valise_err *err)
{
	struct bag_record rec = {.kind = BAG_NOTE, .data = (const uint8_t *)text.at, .len = text.len};
	uint8_t frame[BAG_FRAME_BYTES];
	digest_once(text.at, text.len, &rec.of);
	int r = bag_writer_frame(g->writer, &rec, false, frame, err);
	if (!r)
		r = stream_sealer_add(g->sealer, frame, sizeof frame, err);
	return r ? r : stream_sealer_add(g->sealer, rec.data, rec.len, err);
}

static int put_mark(struct bag_group *g, struct valise_err *err)
{
	CLEAN_BUF struct buf mark = BUF_INIT(256);
	inside_mark_write(&mark, g->audience);
	int r = buf_check(&mark, "the bag", err);
	return r ? r : put_aside(g, buf_str(&mark), err);
}

static int put_voucher(struct bag_group *g, struct valise_err *err)
{
	CLEAN_BUF struct buf voucher = BUF_INIT(INSIDE_VOUCHER_BYTES(g->n_to));
	struct hash frames;
	bag_writer_frames(g->writer, &frames);
	int r = vouch(g->place->inside, g->to, g->n_to, &frames, &voucher, err);
	return r || !voucher.len ? r : put_aside(g, buf_str(&voucher), err);
}

static int begin_bag(struct bag_group *g, struct valise_err *err)
{
	uint8_t ids[2][BAG_ID_BYTES], header[BAG_HEADER_BYTES];
	size_t n_random = g->n_to ? AGE_RANDOM_BYTES(g->n_to) : 0;
	struct stream_target target = {.to = g->to,
				       .n_to = g->n_to,
				       .what = "the bag",
				       .imprint = &g->imprint,
				       .past_cache = true,
				       .for_others = true};
	CLEAN_FREE uint8_t *randomness = malloc(n_random ? n_random : 1);
	int r = randomness ? random_fill(ids, sizeof ids, err) : err_nomem(err);
	if (!r)
		r = random_fill(randomness, n_random, err);
	if (!r)
		r = imprint_begin(&g->imprint, err);
	if (!r)
		r = put_readme(g, err);
	if (!r)
		r = g->place->store->ops->place(g->place->store, &target.dirfd, err);
	if (!r)
		r = bag_writer_new(ids[0], &g->writer, header, err);
	if (!r)
		r = stream_sealer_new(&target, randomness, &g->sealer, err);
	if (randomness)
		secret_wipe(randomness, n_random);
	if (r)
		return r;
	g->name = bag_name(ids[1]);
	r = stream_sealer_add(g->sealer, header, sizeof header, err);
	return r || !g->place->inside ? r : put_mark(g, err);
}

static void drop_bag(struct bag_group *g)
{
	bag_writer_free(TAKE(g->writer));
	stream_sealer_free(TAKE(g->sealer));
	imprint_release(&g->imprint);
	hashes_release(&g->items);
	hashes_release(&g->letters);
}

static int publish_bag(struct bag_group *g, struct valise_err *err)
{
	uint8_t trailer[BAG_FRAME_BYTES];
	struct sealed_stream written;
	struct publication how = {0};
	int r = g->place->inside ? put_voucher(g, err) : 0;
	if (!r)
		r = bag_writer_end(g->writer, trailer, err);
	if (!r)
		r = stream_sealer_add(g->sealer, trailer, sizeof trailer, err);
	if (!r)
		r = stream_sealer_end(g->sealer, &written, err);
	if (!r)
		r = g->place->store->ops->publish(g->place->store, stream_sealer_file(g->sealer), g->name.text, &how,
						  err);
	if (r)
		return r;
	g->last = (struct put_bag){.is_there = true,
				   .name = g->name,
				   .items = g->items,
				   .letters = g->letters,
				   .audience = *g->audience,
				   .imprint = g->imprint,
				   .bytes = written.bytes,
				   .how = how,
				   .file = BODY_NONE};
	g->items = g->letters = (struct hashes){0};
	g->imprint = (struct imprint){0};
	return put_bag_begin(&g->last, g->place, err);
}

static int end_bag(struct bag_group *g, struct valise_err *err)
{
	if (!g->writer)
		return 0;
	int r = put_bag_settle(&g->last, g->place, err);
	if (!r)
		r = publish_bag(g, err);
	drop_bag(g);
	return r;
}

/* ---- Records ---- */

bool bag_group_has(const struct bag_group *g, const struct hash *item)
{
	struct hash name = bag_item_name(g->place->inside ? NULL : g->audience, item);
	return hashes_have(g->present, &name);
}

int bag_group_mark(struct bag_group *g, const struct hash *item, struct valise_err *err)
{
	struct hash name = bag_item_name(g->place->inside ? NULL : g->audience, item);
	struct hash *grown = array_room(g->items.at, g->items.n, &g->items.cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	g->items.at = grown;
	g->items.at[g->items.n++] = name; /* without an index: `present` is one */
	return g->present ? hashes_add(g->present, &name, err) : 0;
}

/* Room for a record, or several whose frames but one are counted, in the bag in hand, or in a new one. *ret_new tells the latter. */
static int make_room(struct bag_group *g, uint64_t len, bool *ret_new, struct valise_err *err)
{
	size_t voucher = g->place->inside ? BAG_FRAME_BYTES + INSIDE_VOUCHER_BYTES(g->n_to) : 0;
	*ret_new = false;
	if (g->writer && bag_writer_bytes_with(g->writer, len + voucher) > LIMIT_BAG_BYTES) {
		int r = end_bag(g, err);
		if (r)
			return r;
	}
	if (g->writer)
		return 0;
	*ret_new = true;
	return begin_bag(g, err);
}

static int put_frame(struct bag_group *g, const struct bag_record *rec, bool root_known, struct valise_err *err)
{
	uint8_t frame[BAG_FRAME_BYTES];
	int r = bag_writer_frame(g->writer, rec, root_known, frame, err);
	return r ? r : stream_sealer_add(g->sealer, frame, sizeof frame, err);
}

int bag_group_record(struct bag_group *g, enum bag_kind kind, const struct hash *of, uint32_t at, struct str bytes,
		     struct valise_err *err)
{
	struct bag_record rec = {
		.kind = kind, .of = *of, .at = at, .data = (const uint8_t *)bytes.at, .len = bytes.len};
	bool fresh;
	int r = make_room(g, bytes.len, &fresh, err);
	if (!r)
		r = put_frame(g, &rec, false, err);
	return r ? r : stream_sealer_add(g->sealer, rec.data, rec.len, err);
}

/* *ret_put is raised when the item was not there yet. */
static int put_item(struct bag_group *g, enum bag_kind kind, const struct hash *of, const struct hash *item,
		    struct str bytes, bool *ret_put, struct valise_err *err)
{
	if (bag_group_has(g, item))
		return 0;
	*ret_put = true;
	if (g->place->look)
		return 0;
	int r = bag_group_record(g, kind, of, 0, bytes, err);
	return r ? r : bag_group_mark(g, item, err);
}

int bag_group_note(struct bag_group *g, const struct note *n, bool *ret_put, struct valise_err *err)
{
	return put_item(g, BAG_NOTE, &n->id, &n->id, (struct str){n->bytes, n->len}, ret_put, err);
}

/* ---- A letter ---- */

static bool is_concerned(const struct bag_group *g, const struct verified_entry *e)
{
	return hashes_have(&g->concerned, verified_entry_office(e));
}

static int put_notes(struct bag_group *g, const struct gathered *l, const struct hashes *offices, bool whole,
		     bool *ret_put, size_t *ret_statements, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < l->set.n && !r; i++)
		if (is_concerned(g, l->set.entries[i]))
			r = bag_group_note(g, &l->set.entries[i]->note, ret_put, err);
	if (!r)
		r = bag_group_note(g, &l->seal->note, ret_put, err);
	for (size_t i = 0; i < l->n_statements && !r; i++) {
		const struct verified_statement *one = l->statements[i].statement;
		bool put = false;
		if (bag_takes_statement(&one->s, offices, whole))
			r = bag_group_note(g, &one->note, &put, err);
		*ret_statements += put;
		*ret_put |= put;
	}
	return r;
}

/* What is kept here of a letter could not be had: told apart from a failure of the place, which ends everything. */
static int lose(int r, bool *ret_lost)
{
	*ret_lost |= r == VALISE_E_NOT_FOUND || r == VALISE_E_IO || r == VALISE_E_BAD || r == VALISE_E_CHANGED;
	return r;
}

static int damaged(const char *what, bool *ret_lost, struct valise_err *err)
{
	return lose(err_set(err, VALISE_E_BAD, "its %s is damaged on this disk", what), ret_lost);
}

/* The bag in hand carries what only those who still wait for the letter need. No statement tells whether a machine of our own office does, or
 * whether reports arrived. */
static int mark_letter(struct bag_group *g, const struct gathered *l, struct valise_err *err)
{
	return g->writer && !g->place->inside && !g->place->reports ? hashes_add(&g->letters, &l->seal->note.id, err)
								    : 0;
}

static int put_cover(struct bag_group *g, const struct gathered *l, bool *ret_put, bool *ret_lost,
		     struct valise_err *err)
{
	CLEAN_BUF struct buf cover = BUF_INIT(LIMIT_COVER_BYTES);
	const struct seal *s = &l->seal->s;
	if (bag_group_has(g, &s->cover))
		return 0;
	struct hash digest;
	int r = cover_get(g->place->v->spool, &l->seal->note.id, &cover, err);
	if (r)
		return lose(r, ret_lost);
	digest_once(cover.data, cover.len, &digest);
	if (!hash_eq(&digest, &s->cover))
		return damaged("cover", ret_lost, err);
	r = put_item(g, BAG_COVER, &l->seal->note.id, &s->cover, buf_str(&cover), ret_put, err);
	return r ? r : mark_letter(g, l, err);
}

static int put_tally(struct bag_group *g, const struct hash *root, struct str tally, struct valise_err *err)
{
	int r = 0;
	for (uint32_t at = 0; !r && (uint64_t)at * BAG_DATA_BYTES < tally.len; at++) {
		size_t from = (size_t)at * BAG_DATA_BYTES;
		size_t len = tally.len - from < BAG_DATA_BYTES ? tally.len - from : BAG_DATA_BYTES;
		r = bag_group_record(g, BAG_TALLY, root, at, (struct str){tally.at + from, len}, err);
	}
	return r;
}

/* A bag that holds pieces begins with what vouches for them, so that it can be taken in by itself. */
static int put_vouchers(struct bag_group *g, const struct gathered *l, struct str tally, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < l->set.n && !r; i++) {
		const struct note *n = &l->set.entries[i]->note;
		if (is_concerned(g, l->set.entries[i]))
			r = bag_group_record(g, BAG_NOTE, &n->id, 0, (struct str){n->bytes, n->len}, err);
	}
	const struct note *seal = &l->seal->note;
	if (!r)
		r = bag_group_record(g, BAG_NOTE, &seal->id, 0, (struct str){seal->bytes, seal->len}, err);
	return r ? r : put_tally(g, &l->seal->s.body, tally, err);
}

static uint64_t vouchers_bytes(const struct bag_group *g, const struct gathered *l, struct str tally)
{
	uint64_t bytes = BAG_FRAME_BYTES + l->seal->note.len + tally.len;
	bytes += (tally.len / BAG_DATA_BYTES + 1) * BAG_FRAME_BYTES;
	for (size_t i = 0; i < l->set.n; i++)
		if (is_concerned(g, l->set.entries[i]))
			bytes += BAG_FRAME_BYTES + l->set.entries[i]->note.len;
	return bytes;
}

/* Read and checked before its frame is written: a bag can take no record back. */
static int read_piece(struct bag_group *g, const struct body *body, const struct bag_record *rec, bool *ret_lost,
		      struct valise_err *err)
{
	struct hash root;
	if (!g->piece && !(g->piece = malloc(TREE_PIECE_BYTES)))
		return err_nomem(err);
	int r = body_read(body, (uint64_t)rec->at * TREE_PIECE_BYTES, g->piece, rec->len, err);
	if (r)
		return lose(r, ret_lost);
	tree_piece(g->piece, rec->len, &root);
	return hash_eq(&root, &rec->root) ? 0 : damaged("body", ret_lost, err);
}

/* Straight to where it is encrypted, its frame being in the bag already. What cannot be read then ends the whole, with the bag in hand;
 * and the next time it is read before its frame is put, so that other letters go without it. */
static int pass_piece(struct bag_group *g, const struct body *body, const struct bag_record *rec,
		      struct valise_err *err)
{
	uint64_t at = (uint64_t)rec->at * TREE_PIECE_BYTES;
	uint64_t end = at + rec->len;
	while (at < end) {
		uint8_t *room;
		size_t n;
		int r = stream_sealer_room(g->sealer, &room, &n, err);
		if (r)
			return r;
		if (n > end - at)
			n = (size_t)(end - at);
		r = body_read(body, at, room, n, err);
		if (r) {
			(void)!body_check_anew(g->place->v->spool, &rec->of, NULL); /* it failed: that is told */
			return r;
		}
		r = stream_sealer_add(g->sealer, room, n, err);
		if (r)
			return r;
		at += n;
	}
	return 0;
}

/* *vouchers: bytes of what vouches for it, as long as that is not in a bag. */
static int put_piece(struct bag_group *g, const struct gathered *l, const struct body *body, struct str tally,
		     uint32_t i, uint64_t *vouchers, bool *ret_lost, struct valise_err *err)
{
	struct bag_record rec = {.kind = BAG_PIECE,
				 .of = l->seal->s.body,
				 .at = i,
				 .len = tally_piece_bytes(body->size, i),
				 .root = tally_root(tally, i)};
	bool fresh, as_checked = body_is_as_checked(body);
	int r = as_checked ? 0 : read_piece(g, body, &rec, ret_lost, err);
	if (!r)
		r = make_room(g, rec.len + *vouchers, &fresh, err);
	if (!r && (fresh || *vouchers))
		r = put_vouchers(g, l, tally, err);
	*vouchers = 0;
	if (!r) /* registers can be larger than a bag */
		r = make_room(g, rec.len, &fresh, err);
	if (!r)
		r = put_frame(g, &rec, true, err);
	if (!r)
		r = as_checked ? pass_piece(g, body, &rec, err) : stream_sealer_add(g->sealer, g->piece, rec.len, err);
	if (!r)
		r = bag_group_mark(g, &rec.root, err);
	if (!r)
		r = mark_letter(g, l, err);
	return r ? r : put_bag_ahead(&g->last, err);
}

static int put_large_body(struct bag_group *g, const struct gathered *l, const struct body *body, bool *ret_put,
			  bool *ret_lost, struct valise_err *err)
{
	CLEAN_BUF struct buf tally = BUF_INIT(LIMIT_TALLY_BYTES);
	uint64_t pieces = tally_pieces(body->size);
	int r = body_tally(g->place->v->spool, &l->seal->s.body, &tally, err);
	if (!r)
		r = tally_check(&l->seal->s.body, body->size, buf_str(&tally), err);
	if (r)
		return lose(r, ret_lost);
	uint64_t vouchers = vouchers_bytes(g, l, buf_str(&tally));
	for (uint64_t i = 0; i < pieces && !r; i++) {
		struct hash root = tally_root(buf_str(&tally), i);
		if (bag_group_has(g, &root))
			continue;
		*ret_put = true;
		if (!g->place->look)
			r = put_piece(g, l, body, buf_str(&tally), (uint32_t)i, &vouchers, ret_lost, err);
		if (!r)
			r = office_progress(g->place->v, "putting out",
					    i * TREE_PIECE_BYTES + tally_piece_bytes(body->size, i), body->size, err);
	}
	return r;
}

/* Of a body that goes in one record. */
static bool is_body(const uint8_t *bytes, size_t len, const struct hash *root)
{
	struct hash digest;
	if (len)
		tree_piece(bytes, len, &digest);
	else
		digest_once("", 0, &digest);
	return hash_eq(&digest, root);
}

static int put_body(struct bag_group *g, const struct gathered *l, bool *ret_put, bool *ret_lost,
		    struct valise_err *err)
{
	CLEAN_BODY struct body body = BODY_NONE;
	const struct hash *root = &l->seal->s.body;
	int r = body_open(g->place->v->spool, root, &body, err);
	if (r)
		return lose(r, ret_lost);
	if (body.size > BAG_BODY_BYTES)
		return put_large_body(g, l, &body, ret_put, ret_lost, err);
	CLEAN_FREE uint8_t *bytes = malloc(body.size ? (size_t)body.size : 1);
	if (!bytes)
		return err_nomem(err);
	r = body_read(&body, 0, bytes, (size_t)body.size, err);
	if (r)
		return lose(r, ret_lost);
	if (!is_body(bytes, (size_t)body.size, root))
		return damaged("body", ret_lost, err);
	r = put_item(g, BAG_BODY, root, root, (struct str){(char *)bytes, (size_t)body.size}, ret_put, err);
	return r ? r : mark_letter(g, l, err);
}

int bag_group_letter(struct bag_group *g, const struct gathered *l, const struct hashes *offices, bool whole,
		     bool *ret_put, size_t *ret_statements, bool *ret_lost, struct valise_err *err)
{
	bool inside = g->place->inside != NULL;
	if (!whole && !inside && !bag_has_news(g->present, g->audience, l, offices))
		return 0;
	bool reports = inside || (whole && g->place->reports), has_body = whole && !l->seal->s.paper.at;
	hashes_release(&g->concerned);
	int r = gathered_concerned(l, reports, &g->concerned, err);
	if (!r)
		r = put_notes(g, l, offices, whole, ret_put, ret_statements, err);
	if (!r && reports)
		r = put_reports(g, g->place, l, ret_put, err);
	if (!r && has_body)
		r = put_cover(g, l, ret_put, ret_lost, err);
	if (!r && has_body)
		r = put_body(g, l, ret_put, ret_lost, err);
	return r || !reports ? r : put_exhibits(g, g->place, l, ret_put, err);
}

/* ---- The group ---- */

int bag_group_new(struct bag_place *place, const struct bag_audience *a, struct hashes *present, struct bag_group **ret,
		  struct valise_err *err)
{
	CLEAN_BAG_GROUP struct bag_group *g = calloc(1, sizeof *g);
	if (!g)
		return err_nomem(err);
	g->place = place;
	g->last = PUT_BAG_NONE;
	g->n_to = a->n;
	g->audience = a->id;
	g->present = present;
	g->to = calloc(a->n ? a->n : 1, sizeof *g->to);
	if (!g->to)
		return err_nomem(err);
	if (a->n)
		memcpy(g->to, a->to, a->n * sizeof *a->to);
	*ret = TAKE(g);
	return 0;
}

int bag_group_end(struct bag_group *g, struct valise_err *err)
{
	int r = g ? end_bag(g, err) : 0;
	return r || !g ? r : put_bag_settle(&g->last, g->place, err);
}

void bag_group_free(struct bag_group *g)
{
	if (!g)
		return;
	drop_bag(g);
	(void)!put_bag_settle(&g->last, g->place, NULL); /* something failed after it: it is whole all the same */
	hashes_release(&g->concerned);
	free(g->piece);
	free(g->to);
	free(g);
}

void bag_group_freep(struct bag_group **g)
{
	bag_group_free(*g);
}
