/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of tar: a tar in memory, written by our writer or block by block by hand, and what our reader finds in it. */
#ifndef TEST_TAR_BYTES_H
#define TEST_TAR_BYTES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "format/tar_block.h"

static inline int tar_to_buf(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	struct buf *b = context;
	buf_add(b, data, len);
	return buf_check(b, "the tar", err);
}

/* Yields at most `step` bytes at a time. */
struct tar_bytes {
	struct str rest;
	size_t step;
};

static inline int tar_from_bytes(void *context, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err)
{
	struct tar_bytes *b = context;
	size_t n = b->rest.len < b->step ? b->rest.len : b->step;
	(void)err;
	*ret_data = (const uint8_t *)b->rest.at;
	*ret_len = n;
	b->rest = (struct str){b->rest.at + n, b->rest.len - n};
	return 0;
}

/* One line a member, "TYPE MODE MTIME BYTES HEADER DATA PATH[ -> TARGET]", its data read and compared with its place in the stream.
 * 0 at a sound end, otherwise the reader's error. */
static inline int tar_list(struct str tar, size_t step, struct buf *ret, struct valise_err *err)
{
	struct tar_bytes bytes = {tar, step};
	CLEAN_TAR_READER struct tar_reader *r = NULL;
	assert_int_equal(tar_reader_new(tar_from_bytes, &bytes, &r, err), 0);
	struct tar_member m;
	bool end = false;
	for (;;) {
		int e = tar_read_member(r, &m, &end, err);
		if (e) {
			assert_int_equal(tar_read_member(r, &m, &end, NULL), e);
			return e;
		}
		if (end) {
			assert_int_equal(tar_read_member(r, &m, &end, NULL), 0);
			assert_true(end);
			assert_int_equal(bytes.rest.len, 0);
			return 0;
		}
		buf_addf(ret, "%c %04o %lld %llu %llu %llu ", "fdl"[m.type], m.mode, (long long)m.mtime_s,
			 (unsigned long long)m.bytes, (unsigned long long)tar_reader_header_offset(r),
			 (unsigned long long)tar_reader_data_offset(r));
		text_show(ret, m.path);
		if (m.type == TAR_LINK) {
			buf_add_text(ret, " -> ");
			text_show(ret, m.target);
		}
		buf_add_char(ret, '\n');
		uint64_t at = tar_reader_data_offset(r);
		const uint8_t *data;
		size_t n;
		do {
			e = tar_read_data(r, &data, &n, err);
			if (e)
				return e;
			assert_true(n == 0 || memcmp(tar.at + at, data, n) == 0);
			at += n;
		} while (n > 0);
		assert_int_equal(at, tar_reader_data_offset(r) + m.bytes);
	}
}

/* A header by hand, its checksum right. */
static inline struct tar_header tar_header_by_hand(char type, const char *name, const char *size)
{
	struct tar_header h = {
		.mode = "0000644", .uid = "0000000", .gid = "0000000", .mtime = "00000000000", .type = type};
	memcpy(h.magic, TAR_MAGIC_POSIX, sizeof h.magic);
	memcpy(h.name, name, strnlen(name, sizeof h.name));
	memcpy(h.size, size, strnlen(size, sizeof h.size));
	return h;
}

static inline void tar_put_header(struct buf *b, struct tar_header h)
{
	char sum[8];
	assert_int_equal(snprintf(sum, sizeof sum, "%06o", tar_header_sum(&h)), 6);
	memcpy(h.checksum, sum, 7);
	h.checksum[7] = ' ';
	buf_add(b, &h, sizeof h);
}

static inline void tar_put_padded(struct buf *b, const void *data, size_t len)
{
	static const uint8_t zeros[TAR_BLOCK_BYTES];
	buf_add(b, data, len);
	buf_add(b, zeros, (size_t)tar_padding(len));
}

/* A member of that type with `text` as its data. */
static inline void tar_put(struct buf *b, char type, const char *name, struct str text)
{
	char size[12];
	assert_int_equal(snprintf(size, sizeof size, "%011zo", text.len), 11);
	tar_put_header(b, tar_header_by_hand(type, name, size));
	tar_put_padded(b, text.at, text.len);
}

static inline void tar_put_end(struct buf *b)
{
	static const uint8_t zeros[2 * TAR_BLOCK_BYTES];
	buf_add(b, zeros, sizeof zeros);
}

#endif
