/* SPDX-License-Identifier: Apache-2.0 */
/* Bags: their names, their frames, and how one is written. */
#include "format/bag.h"

#include "crypto/digest.h"
#include "crypto/tree.h"
#include "format/bag_frame.h"

#define HASH_BYTES sizeof((struct hash *)0)->bytes
#define CHECK_BYTES 8
#define CHECKED_BYTES (BAG_FRAME_BYTES - CHECK_BYTES)

const uint8_t bag_magic[BAG_MAGIC_BYTES] = {0xff, 'V', 'B', 'F'};
const uint8_t bag_first_line[BAG_HEADER_BYTES - BAG_ID_BYTES] = "valise/bag@v1\n";

/* What a record of each kind may be. */
static const struct kind_row {
	uint32_t at_max;
	uint32_t len_min, len_max;
} kind_rows[BAG_KINDS] = {
	[BAG_END] = {UINT32_MAX, 0, 0},
	[BAG_NOTE] = {0, 1, LIMIT_NOTE_BYTES},
	[BAG_COVER] = {0, 1, LIMIT_COVER_BYTES},
	[BAG_BODY] = {0, 1, BAG_BODY_BYTES},
	[BAG_TALLY] = {(uint32_t)(LIMIT_BODY_BYTES / TREE_PIECE_BYTES / (BAG_DATA_BYTES / HASH_BYTES)) - 1, HASH_BYTES,
		       BAG_DATA_BYTES},
	[BAG_PIECE] = {(uint32_t)(LIMIT_BODY_BYTES / TREE_PIECE_BYTES) - 1, 1, TREE_PIECE_BYTES},
	[BAG_EXHIBIT] = {(uint32_t)(LIMIT_EXHIBIT_BYTES / BAG_DATA_BYTES), 0, BAG_DATA_BYTES},
};

bool bag_record_ok(const struct bag_record *r)
{
	if (r->kind >= BAG_KINDS)
		return true;
	const struct kind_row *row = &kind_rows[r->kind];
	if (r->at > row->at_max || r->len < row->len_min || r->len > row->len_max)
		return false;
	if (r->kind == BAG_BODY)
		return hash_eq(&r->of, &r->root);
	return r->kind != BAG_TALLY || r->len % HASH_BYTES == 0;
}

static void put_u32be(uint8_t *at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get_u32be(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void bag_frame_write(const struct bag_record *r, uint8_t ret[static BAG_FRAME_BYTES])
{
	struct hash check;
	memcpy(ret, bag_magic, BAG_MAGIC_BYTES);
	ret[4] = (uint8_t)r->kind;
	put_u32be(ret + 5, r->at);
	put_u32be(ret + 9, (uint32_t)r->len);
	memcpy(ret + 13, r->of.bytes, HASH_BYTES);
	memcpy(ret + 45, r->root.bytes, HASH_BYTES);
	digest_once(ret, CHECKED_BYTES, &check);
	memcpy(ret + CHECKED_BYTES, check.bytes, CHECK_BYTES);
}

bool bag_frame_read(const uint8_t frame[static BAG_FRAME_BYTES], struct bag_record *ret)
{
	uint32_t len = get_u32be(frame + 9);
	if (memcmp(frame, bag_magic, BAG_MAGIC_BYTES) != 0 || len > BAG_DATA_BYTES)
		return false;
	struct hash check;
	digest_once(frame, CHECKED_BYTES, &check);
	if (memcmp(frame + CHECKED_BYTES, check.bytes, CHECK_BYTES) != 0)
		return false;
	*ret = (struct bag_record){.kind = frame[4], .at = get_u32be(frame + 5), .len = len};
	memcpy(ret->of.bytes, frame + 13, HASH_BYTES);
	memcpy(ret->root.bytes, frame + 45, HASH_BYTES);
	return true;
}

struct bag_name bag_name(const uint8_t random[static BAG_ID_BYTES])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	struct bag_name name = {{0}};
	/* 128 bits are 25 digits and 3 bits; the last digit is filled up with zeros, as RFC 4648 has it. */
	for (size_t i = 0; i < sizeof name.text - 1; i++) {
		unsigned digit = 0;
		for (size_t bit = 5 * i; bit < 5 * i + 5; bit++)
			digit = digit << 1 | (bit < 8 * BAG_ID_BYTES ? random[bit / 8] >> (7 - bit % 8) & 1u : 0);
		name.text[i] = digits[digit];
	}
	return name;
}

bool bag_name_ok(struct str name)
{
	if (name.len == 0 || name.len > LIMIT_BAG_NAME_BYTES)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7'))
			return false;
	}
	return true;
}

enum bag_look bag_look(const void *first, size_t len)
{
	static const char age[BAG_LOOK_BYTES + 1] = "age-encryption.org/v1\n";
	struct str s = {first, len};
	if (str_starts(s, (struct str){(const char *)bag_first_line, sizeof bag_first_line}))
		return BAG_BARE;
	return str_starts(s, (struct str){age, BAG_LOOK_BYTES}) ? BAG_WRAPPED : BAG_NEITHER;
}

struct bag_writer {
	struct digest *digest; /* of the header and all frames */
	uint64_t bytes;
	uint32_t records;
};

int bag_writer_new(const uint8_t id[static BAG_ID_BYTES], struct bag_writer **ret,
		   uint8_t ret_header[static BAG_HEADER_BYTES], struct valise_err *err)
{
	CLEAN_BAG_WRITER struct bag_writer *w = calloc(1, sizeof *w);
	if (!w)
		return err_nomem(err);
	uint8_t header[BAG_HEADER_BYTES];
	memcpy(header, bag_first_line, sizeof bag_first_line);
	memcpy(header + sizeof bag_first_line, id, BAG_ID_BYTES);
	int r = digest_new(&w->digest, err);
	if (!r)
		r = digest_add(w->digest, header, sizeof header, err);
	if (r)
		return r;
	w->bytes = sizeof header;
	memcpy(ret_header, header, sizeof header);
	*ret = TAKE(w);
	return 0;
}

void bag_writer_free(struct bag_writer *w)
{
	if (!w)
		return;
	digest_free(w->digest);
	free(w);
}

void bag_writer_freep(struct bag_writer **w)
{
	bag_writer_free(*w);
}

uint64_t bag_writer_bytes(const struct bag_writer *w)
{
	return w->bytes;
}

uint64_t bag_writer_bytes_with(const struct bag_writer *w, uint64_t len)
{
	return w->bytes + BAG_FRAME_BYTES + len + BAG_FRAME_BYTES;
}

int bag_writer_frame(struct bag_writer *w, const struct bag_record *r, bool root_known,
		     uint8_t ret_frame[static BAG_FRAME_BYTES], struct valise_err *err)
{
	if (r->len > BAG_DATA_BYTES || r->kind == BAG_END || r->kind >= BAG_KINDS)
		return err_set(err, VALISE_E_USAGE, "a bag has no record of kind %u with %zu bytes", r->kind, r->len);
	struct bag_record record = *r;
	if (!root_known)
		tree_piece(r->data, r->len, &record.root);
	if (!bag_record_ok(&record))
		return err_set(err, VALISE_E_USAGE,
			       "no reader would take a bag's record of kind %u, number %u, with %zu bytes", r->kind,
			       r->at, r->len);
	if (bag_writer_bytes_with(w, r->len) > LIMIT_BAG_BYTES)
		return err_set(err, VALISE_E_LIMIT, "the bag is full: what is left goes into another");
	bag_frame_write(&record, ret_frame);
	int code = digest_add(w->digest, ret_frame, BAG_FRAME_BYTES, err);
	if (code)
		return code;
	w->bytes += BAG_FRAME_BYTES + r->len;
	w->records++;
	return 0;
}

void bag_writer_frames(const struct bag_writer *w, struct hash *ret)
{
	digest_peek(w->digest, ret);
}

int bag_writer_end(struct bag_writer *w, uint8_t ret_frame[static BAG_FRAME_BYTES], struct valise_err *err)
{
	struct bag_record end = {.kind = BAG_END, .at = w->records};
	int code = digest_end(w->digest, &end.of, err);
	if (code)
		return code;
	digest_once(NULL, 0, &end.root);
	bag_frame_write(&end, ret_frame);
	w->bytes += BAG_FRAME_BYTES;
	return 0;
}
