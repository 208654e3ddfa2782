/* SPDX-License-Identifier: Apache-2.0 */
/* The body's tar: POSIX ustar and pax framing, written and strictly read as bytes, with exact offsets (spec/body.md). */
#ifndef FORMAT_TAR_H
#define FORMAT_TAR_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum tar_type { TAR_FILE, TAR_DIR, TAR_LINK };

/* One member. Paths are relative, '/'-separated raw bytes, without ".", ".." or empty components; a directory's without the last '/'. */
struct tar_member {
	enum tar_type type;
	struct str path;
	struct str target; /* of a symbolic link that stays within its part */
	uint64_t bytes;    /* of a file's data */
	unsigned mode;     /* 0644, 0755: only "may be executed by its owner" is kept */
	int64_t mtime_s;
};

/* Writing: every byte of the stream goes to `sink` in order. A non-zero return from the sink stops the writer and comes back. */
struct tar_writer;
typedef int tar_sink(void *context, const uint8_t *data, size_t len, struct valise_err *err);
CHECKED int tar_writer_new(tar_sink *sink, void *context, struct tar_writer **ret, struct valise_err *err);
void tar_writer_free(struct tar_writer *w);
void tar_writer_freep(struct tar_writer **w);
#define CLEAN_TAR_WRITER CLEANUP(tar_writer_freep)
/* The member's headers. Afterwards exactly m->bytes of data must follow by tar_write_data. */
CHECKED int tar_write_member(struct tar_writer *w, const struct tar_member *m, struct valise_err *err);
CHECKED int tar_write_data(struct tar_writer *w, const uint8_t *data, size_t len, struct valise_err *err);
/* Pads the member in hand to the end of its 512-byte block, so that the stream stands where the next header would begin. */
CHECKED int tar_write_flush(struct tar_writer *w, struct valise_err *err);
/* Padding of the last member and the two zero blocks. */
CHECKED int tar_write_end(struct tar_writer *w, struct valise_err *err);
/* Bytes given to the sink so far; exact. */
uint64_t tar_writer_offset(const struct tar_writer *w);

/* Reading: pulls the stream from `source`, which yields at least one byte or sets *ret_len to 0 at its end. */
struct tar_reader;
typedef int tar_source(void *context, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err);
CHECKED int tar_reader_new(tar_source *source, void *context, struct tar_reader **ret, struct valise_err *err);
void tar_reader_free(struct tar_reader *r);
void tar_reader_freep(struct tar_reader **r);
#define CLEAN_TAR_READER CLEANUP(tar_reader_freep)
/* The next member; borrowed until the next call. *ret_end is true after the last, when all that is left of the stream was read and
 * is zeros. VALISE_E_BAD: malformed; absolute, empty, "." or ".." components; hard links, sparse files, devices, FIFOs, ACLs or other
 * extensions that change what is written; a link that leaves its part; deeper than LIMIT_TREE_DEPTH; a path over LIMIT_PATH_BYTES. */
CHECKED int tar_read_member(struct tar_reader *r, struct tar_member *ret, bool *ret_end, struct valise_err *err);
/* Where the member's first header, and its data, begin in the stream. */
uint64_t tar_reader_header_offset(const struct tar_reader *r);
uint64_t tar_reader_data_offset(const struct tar_reader *r);
/* The next span of the member's data, in place; *ret_len 0 at its end. */
CHECKED int tar_read_data(struct tar_reader *r, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err);

/* The Padmé size for a stream of `bytes`: at most 12 % more, and few distinct values. */
uint64_t padme_bytes(uint64_t bytes);

#endif
