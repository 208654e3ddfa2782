/* SPDX-License-Identifier: Apache-2.0 */
/* Bags: immutable files of self-framed records for sticks, folders and pipes; a damaged one still yields every whole
 * record (spec/bag.md). */
#ifndef FORMAT_BAG_H
#define FORMAT_BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"

/* What a record's data is. Each is "the at-th MiB of the thing `of`": of an item that fits one record at is 0. */
enum bag_kind {
	BAG_END = 0,   /* the trailer; never handed to a caller */
	BAG_NOTE = 1,  /* of: the note's id, a hint that lets a reader skip what it has; at most LIMIT_NOTE_BYTES */
	BAG_COVER = 2, /* of: the letter's id; at most LIMIT_COVER_BYTES */
	BAG_BODY = 3,  /* of: the body's tree root, which is also the record's root; whole, at most BAG_BODY_BYTES */
	BAG_TALLY = 4, /* of: the body's tree root; the at-th 32,768 piece roots; shorter only at the tally's end */
	BAG_PIECE = 5, /* of: the body's tree root; at: the piece's number; the record's root is the piece's root */
	BAG_EXHIBIT =
		6, /* of: SHA-256 of the file; the at-th MiB of it. The last is shorter than 1 MiB, empty if need be */
	BAG_KINDS
};

#define BAG_ID_BYTES 16
#define BAG_HEADER_BYTES 30
#define BAG_FRAME_BYTES 85
#define BAG_DATA_BYTES TREE_PIECE_BYTES                   /* of one record, of whatever kind */
#define BAG_ROOM_BYTES (BAG_FRAME_BYTES + BAG_DATA_BYTES) /* for any record and its frame */
#define BAG_BODY_BYTES (64u * 1024)

struct bag_record {
	unsigned kind; /* of enum bag_kind */
	struct hash of;
	uint32_t at;
	const uint8_t *data;
	size_t len;
	struct hash root; /* RFC 6962 root over the 32 KiB blocks of the data; checked (reader), or trusted (writer) */
};

/* ---- Names and first bytes ---- */

/* A name for a new bag: 26 characters of [a-z2-7]. */
struct bag_name {
	char text[27];
};
struct bag_name bag_name(const uint8_t random[static BAG_ID_BYTES]);
/* 1 to LIMIT_BAG_NAME_BYTES of [a-z2-7]: what a reader of a folder looks at, and what a writer may call a bag. */
bool bag_name_ok(struct str name);

enum bag_look { BAG_BARE, BAG_WRAPPED /* an age file */, BAG_NEITHER };
#define BAG_LOOK_BYTES 22
/* By the first bytes of a file; BAG_LOOK_BYTES or the whole file, if it is shorter. */
enum bag_look bag_look(const void *first, size_t len);

/* ---- Writing: the caller moves the bytes, so that nothing is copied ---- */

/* One bag under way: its count, its size and the digest that its trailer closes with. */
struct bag_writer;
/* *ret_header is written out first. `id` is random: two bags are never the same bytes. */
CHECKED int bag_writer_new(const uint8_t id[static BAG_ID_BYTES], struct bag_writer **ret,
			   uint8_t ret_header[static BAG_HEADER_BYTES], struct valise_err *err);
void bag_writer_free(struct bag_writer *w);
void bag_writer_freep(struct bag_writer **w);
#define CLEAN_BAG_WRITER CLEANUP(bag_writer_freep)
/* Bytes so far, and those with a record of `len` more bytes and the trailer: to be compared with LIMIT_BAG_BYTES
 * beforehand. */
uint64_t bag_writer_bytes(const struct bag_writer *w);
uint64_t bag_writer_bytes_with(const struct bag_writer *w, uint64_t len);
/* The frame that goes before the record's data. Only kind, of, at and len of r are looked at, and, when root_known,
 * root: then data may be NULL; otherwise the root is computed from data. VALISE_E_LIMIT when the bag would pass
 * LIMIT_BAG_BYTES (the writer stays as it was: end this bag, begin another); VALISE_E_USAGE when no reader would take
 * the record. */
CHECKED int bag_writer_frame(struct bag_writer *w, const struct bag_record *r, bool root_known,
			     uint8_t ret_frame[static BAG_FRAME_BYTES], struct valise_err *err);
/* What the trailer closes with, were it the next frame. */
void bag_writer_frames(const struct bag_writer *w, struct hash *ret);
/* The trailer; the writer is spent. */
CHECKED int bag_writer_end(struct bag_writer *w, uint8_t ret_frame[static BAG_FRAME_BYTES], struct valise_err *err);

/* ---- Reading: bytes are pushed as they come, in whatever portions ---- */

struct bag_reader;
/* Called for each whole record, in their order; r is lent for the call. Its root was recomputed; everything else (is
 * it the piece of that tally? does the note verify?) is for the caller to check. Non-zero stops: bag_reader_push
 * returns that value. */
typedef int bag_each(void *context, const struct bag_record *r);
CHECKED int bag_reader_new(bag_each *each, void *context, struct bag_reader **ret, struct valise_err *err);
void bag_reader_free(struct bag_reader *r);
void bag_reader_freep(struct bag_reader **r);
#define CLEAN_BAG_READER CLEANUP(bag_reader_freep)
/* Holds at most 2 MiB, and takes time linear in what was pushed, whatever it was. Damage is no error here: 0,
 * VALISE_E_NOMEM, or what `each` returned; after a failure the reader takes nothing more and returns the same again.
 * Records that lie wholly inside one portion are not copied. */
CHECKED int bag_reader_push(struct bag_reader *r, const void *data, size_t len, struct valise_err *err);
/* While `each` has the record, for who would copy all of it: what it lies in, from malloc and now the caller's, its data BAG_FRAME_BYTES
 * from the start, in exchange for `spare`, BAG_ROOM_BYTES from malloc. NULL, and nothing is exchanged, when it is not there alone. */
uint8_t *bag_reader_exchange(struct bag_reader *r, const struct bag_record *record, uint8_t *spare);

/* The same: the digest of this bag's header and of the frames before that of the record that `each` has. */
void bag_reader_frames(const struct bag_reader *r, struct hash *ret);

enum bag_verdict {
	BAG_WHOLE,   /* header, every record, trailer, and nothing else; or several such bags, one after the other */
	BAG_CUT,     /* sound as far as it goes, but the end is missing */
	BAG_DAMAGED, /* bytes in it were altered, lost or added; what came out was whole */
	BAG_NO_BAG   /* no header and not one record */
};
struct bag_result {
	enum bag_verdict verdict;
	uint64_t bags;            /* headers seen, a last one cut off too */
	uint8_t id[BAG_ID_BYTES]; /* of the first, when there is one */
	uint64_t records;         /* handed to `each` */
	uint64_t unknown;         /* whole records of kinds of a later version, skipped */
	uint64_t bad;             /* places where records are lost: a root that does not match, a frame that is none */
	uint64_t bytes;           /* pushed */
};
/* After the last push; hands out what still was in doubt, so `each` may be called. Returns as bag_reader_push. */
CHECKED int bag_reader_end(struct bag_reader *r, struct bag_result *ret, struct valise_err *err);

#endif
