/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a bag as it comes: in order while it is sound, and from one whole record to the next where it is not
 * (spec/bag.md, "Reading"). */
#include "crypto/digest.h"
#include "crypto/tree.h"
#include "format/bag.h"
#include "format/bag_frame.h"

#define WASTE_BYTES (4u * 1024 * 1024)
#define SEARCH_BYTES (64u * 1024)

enum expect {
	EXPECT_HEADER, /* at the very start, or after a trailer */
	EXPECT_FRAME,
	EXPECT_NOTHING /* order is lost: any byte may begin a frame */
};

struct bag_reader {
	bag_each *each;
	void *context;
	int code; /* what push returned and returns from now on */
	enum expect expect;
	struct digest *digest; /* of this bag's header and frames */
	uint64_t count;        /* records of this bag */
	bool ended;            /* its trailer was there */
	bool cut;              /* the bytes ended within something */
	bool damaged;
	uint64_t wasted; /* data bytes hashed to a wrong root */
	struct bag_result result;
	uint8_t *held; /* BAG_ROOM_BYTES: the part of a record that has come so far */
	size_t held_len;
	size_t need; /* held bytes without which there is nothing to decide; at most BAG_ROOM_BYTES */
};

int bag_reader_new(bag_each *each, void *context, struct bag_reader **ret, struct valise_err *err)
{
	CLEAN_BAG_READER struct bag_reader *r = calloc(1, sizeof *r);
	if (!r)
		return err_nomem(err);
	r->each = each;
	r->context = context;
	r->held = malloc(BAG_ROOM_BYTES);
	if (!r->held)
		return err_nomem(err);
	int code = digest_new(&r->digest, err);
	if (code)
		return code;
	*ret = TAKE(r);
	return 0;
}

void bag_reader_free(struct bag_reader *r)
{
	if (!r)
		return;
	digest_free(r->digest);
	free(r->held);
	free(r);
}

void bag_reader_freep(struct bag_reader **r)
{
	bag_reader_free(*r);
}

static void lose_order(struct bag_reader *r)
{
	if (r->expect != EXPECT_NOTHING)
		r->result.bad++;
	r->expect = EXPECT_NOTHING;
	r->damaged = true;
}

/* Returns whether the next bytes are a header, and begins its bag. */
static bool take_header(struct bag_reader *r, const uint8_t *at, struct valise_err *err)
{
	if (memcmp(at, bag_first_line, sizeof bag_first_line) != 0)
		return false;
	struct hash ignored;
	r->code = digest_end(r->digest, &ignored, err);
	if (!r->code)
		r->code = digest_add(r->digest, at, BAG_HEADER_BYTES, err);
	if (r->result.bags++ == 0)
		memcpy(r->result.id, at + sizeof bag_first_line, BAG_ID_BYTES);
	r->count = 0;
	r->ended = false;
	r->expect = EXPECT_FRAME;
	return true;
}

static void take_trailer(struct bag_reader *r, const struct bag_record *end, struct valise_err *err)
{
	struct hash digest;
	r->code = digest_end(r->digest, &digest, err);
	if (!r->code && (end->at != r->count || !hash_eq(&end->of, &digest)) && !r->damaged) {
		r->result.bad++;
		r->damaged = true;
	}
	r->ended = true;
	r->expect = EXPECT_HEADER;
}

/* A frame whose data has the right root. */
static void take_record(struct bag_reader *r, const uint8_t frame[static BAG_FRAME_BYTES],
			const struct bag_record *record, struct valise_err *err)
{
	bool ok = bag_record_ok(record);
	r->damaged |= r->cut;
	r->expect = EXPECT_FRAME;
	if (ok && record->kind == BAG_END) {
		take_trailer(r, record, err);
		return;
	}
	/* `each` may take away what it lies in, and ask for the digest of the frames before. */
	uint8_t kept[BAG_FRAME_BYTES];
	memcpy(kept, frame, sizeof kept);
	r->count++;
	if (!ok) {
		r->result.bad++;
		r->damaged = true;
	} else if (record->kind >= BAG_KINDS) {
		r->result.unknown++;
	} else {
		r->result.records++;
		r->code = r->each(r->context, record);
	}
	if (!r->code)
		r->code = digest_add(r->digest, kept, sizeof kept, err);
}

/* Looks at a frame and what of its data is there. Returns how far to go on; 0: r->need bytes are needed from here. */
static size_t take_frame(struct bag_reader *r, const uint8_t *at, size_t len, bool at_end, struct valise_err *err)
{
	if (len < BAG_FRAME_BYTES && !at_end) {
		r->need = BAG_FRAME_BYTES;
		return 0;
	}
	if (len < BAG_FRAME_BYTES) {
		r->cut |= r->expect == EXPECT_FRAME;
		return len;
	}
	struct bag_record record;
	if (!bag_frame_read(at, &record)) {
		lose_order(r);
		return 1;
	}
	if (len - BAG_FRAME_BYTES < record.len) {
		if (!at_end) {
			r->need = BAG_FRAME_BYTES + record.len;
			return 0;
		}
		r->cut |= r->expect == EXPECT_FRAME;
		r->expect = EXPECT_NOTHING;
		return BAG_FRAME_BYTES;
	}
	struct hash root;
	record.data = at + BAG_FRAME_BYTES;
	tree_piece(record.data, record.len, &root);
	if (hash_eq(&root, &record.root)) {
		take_record(r, at, &record, err);
		return BAG_FRAME_BYTES + record.len;
	}
	lose_order(r);
	r->wasted += record.len;
	/* The data may have lost bytes, and true records begin inside it; but who nests false frames must not make
	 * this quadratic. */
	return r->wasted > 2 * r->result.bytes + WASTE_BYTES ? BAG_FRAME_BYTES + record.len : BAG_FRAME_BYTES;
}

/* As take_frame, where a header is expected. */
static size_t take_start(struct bag_reader *r, const uint8_t *at, size_t len, bool at_end, struct valise_err *err)
{
	if (len < BAG_HEADER_BYTES && !at_end) {
		r->need = BAG_HEADER_BYTES;
		return 0;
	}
	if (len < BAG_HEADER_BYTES && len >= sizeof bag_first_line &&
	    memcmp(at, bag_first_line, sizeof bag_first_line) == 0) {
		r->result.bags++;
		r->ended = false;
		r->cut = true;
		return len;
	}
	if (len >= BAG_HEADER_BYTES && take_header(r, at, err))
		return BAG_HEADER_BYTES;
	lose_order(r);
	return 0;
}

/* The distance to the next place where a frame may begin. */
static size_t skip_to_magic(const uint8_t *at, size_t len, bool at_end)
{
	const uint8_t *found = memmem(at, len, bag_magic, BAG_MAGIC_BYTES);
	if (found)
		return (size_t)(found - at);
	size_t keep = at_end ? 0 : BAG_MAGIC_BYTES - 1;
	return len > keep ? len - keep : 0;
}

/* Works through what is there, and returns how much of it is done with. What is left is less than r->need. */
static size_t take(struct bag_reader *r, const uint8_t *data, size_t len, bool at_end, struct valise_err *err)
{
	size_t done = 0;
	r->need = 1;
	while (done < len && !r->code) {
		const uint8_t *at = data + done;
		size_t left = len - done;
		size_t step;
		if (r->expect == EXPECT_HEADER) {
			step = take_start(r, at, left, at_end, err);
			if (step == 0 && r->expect == EXPECT_HEADER)
				break;
			done += step;
			continue;
		}
		if (r->expect == EXPECT_NOTHING) {
			step = skip_to_magic(at, left, at_end);
			done += step;
			at += step;
			left -= step;
			if (left < BAG_MAGIC_BYTES && !at_end) {
				r->need = BAG_MAGIC_BYTES;
				break;
			}
			if (left == 0)
				break;
		}
		step = take_frame(r, at, left, at_end, err);
		if (step == 0)
			break;
		done += step;
	}
	return done;
}

/* Fills up what is held to what the next decision needs, and decides. */
static void push_held(struct bag_reader *r, const uint8_t **data, size_t *len, struct valise_err *err)
{
	/* Out of order little is needed at a time: looking for a magic byte by byte would be slow. */
	size_t want = r->expect == EXPECT_NOTHING && r->need < SEARCH_BYTES ? SEARCH_BYTES : r->need;
	size_t more = want - r->held_len;
	if (more > *len)
		more = *len;
	memcpy(r->held + r->held_len, *data, more);
	r->held_len += more;
	*data += more;
	*len -= more;
	if (r->held_len < r->need)
		return;
	size_t done = take(r, r->held, r->held_len, false, err);
	r->held_len -= done;
	memmove(r->held, r->held + done, r->held_len);
}

void bag_reader_frames(const struct bag_reader *r, struct hash *ret)
{
	digest_peek(r->digest, ret);
}

uint8_t *bag_reader_exchange(struct bag_reader *r, const struct bag_record *record, uint8_t *spare)
{
	/* Alone: whatever else was held would be gone, or read while another thread has it. At the end nothing counts as held. */
	if (record->data != r->held + BAG_FRAME_BYTES || r->held_len != BAG_FRAME_BYTES + record->len)
		return NULL;
	uint8_t *whole = r->held;
	r->held = spare;
	return whole;
}

int bag_reader_push(struct bag_reader *r, const void *data, size_t len, struct valise_err *err)
{
	const uint8_t *at = data;
	if (!r->code)
		r->result.bytes += len;
	while (len > 0 && !r->code) {
		if (r->held_len > 0) {
			push_held(r, &at, &len, err);
			continue;
		}
		size_t done = take(r, at, len, false, err);
		at += done;
		len -= done;
		if (r->code || len == 0)
			break;
		/* What is left is less than one record: it waits for the rest. */
		memcpy(r->held, at, len);
		r->held_len = len;
		len = 0;
	}
	return r->code;
}

int bag_reader_end(struct bag_reader *r, struct bag_result *ret, struct valise_err *err)
{
	if (!r->code && r->held_len > 0) {
		size_t len = r->held_len;
		r->held_len = 0;
		(void)take(r, r->held, len, true, err);
	}
	if (r->code)
		return r->code;
	struct bag_result result = r->result;
	if (result.bags == 0 && result.records == 0)
		result.verdict = BAG_NO_BAG;
	else if (r->damaged)
		result.verdict = BAG_DAMAGED;
	else
		result.verdict = r->ended && !r->cut ? BAG_WHOLE : BAG_CUT;
	*ret = result;
	return 0;
}
