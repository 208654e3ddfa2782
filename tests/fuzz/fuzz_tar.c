/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a tar, in pieces and whole: the same members both ways, each where it is said to be, and each written again the same. */
#include <assert.h>
#include <stdlib.h>

#include "format/tar_block.h"

struct feed {
	const uint8_t *at;
	size_t left, step;
};

static int feed_some(void *context, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err)
{
	struct feed *f = context;
	size_t n = f->left < f->step ? f->left : f->step;
	(void)err;
	*ret_data = f->at;
	*ret_len = n;
	f->at += n;
	f->left -= n;
	return 0;
}

static int into_buf(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	buf_add(context, data, len);
	return buf_check(context, "the tar", err);
}

/* What the writer makes of the member, and the reader of that, is the member. */
static void write_again(const struct tar_member *m)
{
	CLEAN_BUF struct buf b = BUF_INIT(1u << 20);
	CLEAN_TAR_WRITER struct tar_writer *w = NULL;
	CLEAN_TAR_READER struct tar_reader *r = NULL;
	if (tar_writer_new(into_buf, &b, &w, NULL) || tar_write_member(w, m, NULL))
		abort();
	struct feed f = {b.data, b.len, b.len};
	struct tar_member again;
	bool end;
	if (tar_reader_new(feed_some, &f, &r, NULL) || tar_read_member(r, &again, &end, NULL) || end)
		abort();
	assert(again.type == m->type && again.bytes == m->bytes && again.mode == m->mode &&
	       again.mtime_s == m->mtime_s);
	assert(str_eq(again.path, m->path) && str_eq(again.target, m->target));
	assert(tar_reader_data_offset(r) == tar_writer_offset(w));
}

/* Reads it all in pieces of `step` bytes; what was read goes into *log. */
static int read_all(const uint8_t *data, size_t size, size_t step, bool with_data, struct buf *log)
{
	struct feed f = {data, size, step};
	CLEAN_TAR_READER struct tar_reader *r = NULL;
	if (tar_reader_new(feed_some, &f, &r, NULL))
		abort();
	for (;;) {
		struct tar_member m;
		bool end;
		struct valise_err err = {0};
		int e = tar_read_member(r, &m, &end, &err);
		assert(e == 0 || (e == VALISE_E_BAD && err.text[0]));
		if (e || end)
			return e;
		uint64_t header = tar_reader_header_offset(r);
		uint64_t at = tar_reader_data_offset(r);
		assert(header % TAR_BLOCK_BYTES == 0 && at % TAR_BLOCK_BYTES == 0 && at > header && at <= size);
		buf_addf(log, "%d %llu %llu %llu ", (int)m.type, (unsigned long long)header, (unsigned long long)at,
			 (unsigned long long)m.bytes);
		buf_add_str(log, m.path);
		if (with_data) {
			write_again(&m);
			const uint8_t *span;
			size_t n;
			do {
				e = tar_read_data(r, &span, &n, NULL);
				assert(e || n == 0 || span == data + at);
				at += n;
			} while (!e && n > 0);
			assert(e || at == tar_reader_data_offset(r) + m.bytes);
		}
	}
}

static void both_ways(const uint8_t *data, size_t size)
{
	CLEAN_BUF struct buf whole = BUF_INIT(1u << 24);
	CLEAN_BUF struct buf pieces = BUF_INIT(1u << 24);
	int r = read_all(data, size, size ? size : 1, true, &whole);
	int again = read_all(data, size, 100, false, &pieces);
	assert(r == again && str_eq(buf_str(&whole), buf_str(&pieces)));
}

/* A fuzzer does not find checksums: they are put right wherever a block looks like a header. */
static void mend_checksums(uint8_t *data, size_t size)
{
	for (size_t at = 0; size - at >= TAR_BLOCK_BYTES; at += TAR_BLOCK_BYTES) {
		struct tar_header h;
		memcpy(&h, data + at, sizeof h);
		if (memcmp(h.magic, "ustar", 5) != 0)
			continue;
		char sum[8] = {[7] = ' '};
		(void)snprintf(sum, sizeof sum, "%06o", tar_header_sum(&h) & 0777777);
		memcpy(h.checksum, sum, sizeof h.checksum);
		memcpy(data + at, &h, sizeof h);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	both_ways(data, size);
	CLEAN_FREE uint8_t *mended = malloc(size ? size : 1);
	if (!mended)
		abort();
	memcpy(mended, data, size);
	mend_checksums(mended, size);
	both_ways(mended, size);
	return 0;
}
