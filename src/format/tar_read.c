/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the body's tar: ustar, pax and GNU's long names, strictly, and with the exact place of every byte (spec/body.md). */
#include "format/tar.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/tar_block.h"
#include "format/tar_field.h"

struct tar_reader {
	tar_source *source;
	void *context;
	const uint8_t *at; /* what the source gave and nobody took yet */
	size_t left;
	uint64_t offset; /* of `at` in the stream */
	int failed;      /* the first error: a stream that is lost stays lost */
	bool ended;

	uint64_t header_offset;
	uint64_t data_offset;
	uint64_t data_left;
	uint64_t padding;

	struct buf text;               /* of the extension in hand */
	struct tar_extensions extends; /* the member that follows */
};

int tar_reader_new(tar_source *source, void *context, struct tar_reader **ret, struct valise_err *err)
{
	struct tar_reader *r = calloc(1, sizeof *r);
	if (!r)
		return err_nomem(err);
	r->source = source;
	r->context = context;
	buf_init(&r->text, LIMIT_TAR_EXTENSION_BYTES);
	tar_extensions_init(&r->extends);
	*ret = r;
	return 0;
}

void tar_reader_free(struct tar_reader *r)
{
	if (!r)
		return;
	buf_release(&r->text);
	tar_extensions_release(&r->extends);
	free(r);
}

void tar_reader_freep(struct tar_reader **r)
{
	tar_reader_free(*r);
}

uint64_t tar_reader_header_offset(const struct tar_reader *r)
{
	return r->header_offset;
}

uint64_t tar_reader_data_offset(const struct tar_reader *r)
{
	return r->data_offset;
}

static int stream_bad(const struct tar_reader *r, const char *why, struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD, "the tar is malformed at byte %llu: %s", (unsigned long long)r->offset, why);
}

/* The next bytes in place, at most `max` of them; *ret_len is 0 at the stream's end only. */
static int take(struct tar_reader *r, uint64_t max, const uint8_t **ret, size_t *ret_len, struct valise_err *err)
{
	if (r->left == 0) {
		int e = r->source(r->context, &r->at, &r->left, err);
		if (e) {
			r->left = 0;
			return e;
		}
	}
	size_t n = r->left < max ? r->left : (size_t)max;
	*ret = r->at;
	*ret_len = n;
	if (n > 0)
		r->at += n;
	r->left -= n;
	r->offset += n;
	return 0;
}

/* Bytes that must be there; appended to *b. */
static int take_into(struct tar_reader *r, uint64_t len, struct buf *b, struct valise_err *err)
{
	while (len > 0) {
		const uint8_t *data;
		size_t n;
		int e = take(r, len, &data, &n, err);
		if (e)
			return e;
		if (n == 0)
			return stream_bad(r, "it is cut off", err);
		buf_add(b, data, n);
		len -= n;
	}
	return buf_check(b, "a tar header's extension", err);
}

static bool all_zero(const uint8_t *data, size_t len)
{
	return len == 0 || (data[0] == 0 && memcmp(data, data + 1, len - 1) == 0);
}

/* What lies between data and the next header is nothing, and says nothing. */
static int take_padding(struct tar_reader *r, uint64_t len, struct valise_err *err)
{
	while (len > 0) {
		const uint8_t *data;
		size_t n;
		int e = take(r, len, &data, &n, err);
		if (e)
			return e;
		if (n == 0)
			return stream_bad(r, "it is cut off", err);
		if (!all_zero(data, n))
			return stream_bad(r, "a block's padding is not zeros", err);
		len -= n;
	}
	return 0;
}

/* After the first block of zeros, nothing but zeros may come; with that one they must be two blocks at least. */
static int take_end(struct tar_reader *r, struct valise_err *err)
{
	uint64_t zeros = TAR_BLOCK_BYTES;
	for (;;) {
		const uint8_t *data;
		size_t n;
		int e = take(r, UINT64_MAX, &data, &n, err);
		if (e)
			return e;
		if (n == 0)
			break;
		if (!all_zero(data, n))
			return stream_bad(r, "after its end there is something other than zeros", err);
		zeros += n;
	}
	if (zeros < 2 * TAR_BLOCK_BYTES)
		return stream_bad(r, "it is cut off within its end", err);
	r->ended = true;
	return 0;
}

/* Pads, reads and checks a header block; *ret_end when it is the first of the zeros. */
static int read_header(struct tar_reader *r, struct tar_header *ret, bool *ret_end, struct valise_err *err)
{
	uint8_t *to = (uint8_t *)ret;
	for (size_t have = 0; have < TAR_BLOCK_BYTES;) {
		const uint8_t *data;
		size_t n;
		int e = take(r, TAR_BLOCK_BYTES - have, &data, &n, err);
		if (e)
			return e;
		if (n == 0)
			return stream_bad(r, "it is cut off: there is no end", err);
		memcpy(to + have, data, n);
		have += n;
	}
	*ret_end = all_zero(to, TAR_BLOCK_BYTES);
	if (*ret_end)
		return 0;
	uint64_t sum;
	if (!tar_field_number(ret->checksum, sizeof ret->checksum, &sum) || sum != tar_header_sum(ret))
		return stream_bad(r, "a header's checksum is wrong", err);
	if (memcmp(ret->magic, TAR_MAGIC_POSIX, 8) != 0 && memcmp(ret->magic, TAR_MAGIC_GNU, 8) != 0)
		return stream_bad(r, "a header is neither POSIX's nor GNU's", err);
	return 0;
}

/* One of the headers that say something about the next. */
static int read_extension(struct tar_reader *r, const struct tar_header *h, struct valise_err *err)
{
	uint64_t size;
	if (!tar_field_number(h->size, sizeof h->size, &size) || size == 0)
		return stream_bad(r, "an extension's size is no number", err);
	if (size > LIMIT_TAR_EXTENSION_BYTES)
		return stream_bad(r, "an extension is too long", err);
	buf_clear(&r->text);
	int e = take_into(r, size, &r->text, err);
	if (!e)
		e = take_padding(r, tar_padding(size), err);
	if (!e)
		e = tar_extension_read(&r->extends, h->type, buf_str(&r->text), err);
	return e == VALISE_E_BAD
		       ? err_prefix(err, e, "the tar's extension before byte %llu", (unsigned long long)r->offset)
		       : e;
}

static int read_next(struct tar_reader *r, struct tar_member *ret, bool *ret_end, struct valise_err *err)
{
	while (r->data_left > 0) {
		const uint8_t *data;
		size_t n;
		int e = tar_read_data(r, &data, &n, err);
		if (e)
			return e;
	}
	int e = take_padding(r, r->padding, err);
	if (e)
		return e;
	r->padding = 0;
	r->header_offset = r->offset;
	tar_extensions_clear(&r->extends);
	struct tar_header h;
	for (;;) {
		e = read_header(r, &h, ret_end, err);
		if (e)
			return e;
		if (*ret_end && r->offset - r->header_offset > TAR_BLOCK_BYTES)
			return stream_bad(r, "an extension has no member", err);
		if (*ret_end)
			return take_end(r, err);
		if (!tar_type_extends(h.type))
			break;
		e = read_extension(r, &h, err);
		if (e)
			return e;
	}
	e = tar_extensions_member(&r->extends, &h, ret, err);
	if (e)
		return e == VALISE_E_BAD ? err_prefix(err, e, "the tar's member at byte %llu",
						      (unsigned long long)r->header_offset)
					 : e;
	r->data_offset = r->offset;
	r->data_left = ret->bytes;
	r->padding = tar_padding(ret->bytes);
	return 0;
}

int tar_read_member(struct tar_reader *r, struct tar_member *ret, bool *ret_end, struct valise_err *err)
{
	if (r->failed)
		return err_set(err, r->failed, "the tar was given up at byte %llu", (unsigned long long)r->offset);
	struct tar_member m = {0};
	bool end = r->ended;
	r->failed = end ? 0 : read_next(r, &m, &end, err);
	if (r->failed)
		return r->failed;
	if (!end)
		*ret = m;
	*ret_end = end;
	return 0;
}

int tar_read_data(struct tar_reader *r, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err)
{
	const uint8_t *data = NULL;
	size_t n = 0;
	if (r->failed)
		return err_set(err, r->failed, "the tar was given up at byte %llu", (unsigned long long)r->offset);
	if (r->data_left > 0) {
		r->failed = take(r, r->data_left, &data, &n, err);
		if (!r->failed && n == 0)
			r->failed = stream_bad(r, "it is cut off within a member's data", err);
		if (r->failed)
			return r->failed;
	}
	r->data_left -= n;
	*ret_data = data;
	*ret_len = n;
	return 0;
}
