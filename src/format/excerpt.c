/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of exhibits as text. */
#include "format/excerpt.h"

#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/item.h"

#define LINE_DIGITS 64u

static int bad_excerpt(struct valise_err *err, const char *why)
{
	return err_set(err, VALISE_E_BAD, "an excerpt is malformed: %s", why);
}

static bool take_head(struct cursor *c, struct excerpt *e)
{
	struct str value;
	struct str hash;
	return item_line(c, STR("exhibit"), &value) && str_word(&value, &hash) && hash_parse(hash, &e->exhibit) &&
	       text_decimal(value, LIMIT_EXHIBIT_BYTES, &e->exhibit_bytes) && item_line(c, STR("offset"), &value) &&
	       text_decimal(value, LIMIT_EXHIBIT_BYTES, &e->offset);
}

/* Line by line; each may be NULL. */
static int decode_lines(struct str digits, excerpt_some *each, void *context, uint64_t *ret_length,
			struct valise_err *err)
{
	CLEAN_BUF struct buf line_bytes = BUF_INIT(EXCERPT_LINE_BYTES);
	struct cursor c = cursor_of(digits.at, digits.len);
	uint64_t length = 0;
	while (!cursor_done(&c)) {
		struct str line;
		/* After a line with less than 48 bytes there is no other. */
		if (length % EXCERPT_LINE_BYTES != 0 || !cursor_line(&c, &line) || line.len == 0 ||
		    line.len > LINE_DIGITS)
			return bad_excerpt(err, "its lines of base64 are not 64 digits each");
		buf_clear(&line_bytes);
		if (!base64_decode(line, &line_bytes)) {
			int r = buf_check(&line_bytes, "an excerpt", err);
			return r ? r : bad_excerpt(err, "its base64 is not the one spelling of any bytes");
		}
		length += line_bytes.len;
		int r = each ? each(context, line_bytes.data, line_bytes.len, err) : 0;
		if (r)
			return r;
	}
	*ret_length = length;
	return 0;
}

int excerpt_each(const struct excerpt *e, excerpt_some *each, void *context, struct valise_err *err)
{
	uint64_t length;
	return decode_lines(e->digits, each, context, &length, err);
}

int excerpt_parse(struct str item, struct excerpt *ret, struct valise_err *err)
{
	struct excerpt e = {0};
	struct cursor c = cursor_of(item.at, item.len);
	if (!take_head(&c, &e))
		return bad_excerpt(err, "it needs an `exhibit` and an `offset` line");
	e.digits = (struct str){(const char *)c.at, cursor_left(&c)};
	int r = decode_lines(e.digits, NULL, NULL, &e.length, err);
	if (r)
		return r;
	if (e.length == 0 || e.offset > e.exhibit_bytes || e.length > e.exhibit_bytes - e.offset)
		return bad_excerpt(err, "it is not within its exhibit");
	*ret = e;
	return 0;
}

static int append(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	buf_add(context, data, len);
	return buf_check(context, "an excerpt", err);
}

int excerpt_bytes(const struct excerpt *e, struct buf *ret, struct valise_err *err)
{
	return excerpt_each(e, append, ret, err);
}

int excerpt_head(const struct hash *exhibit, uint64_t exhibit_bytes, uint64_t offset, uint64_t length, struct buf *ret,
		 uint64_t *ret_digits, struct valise_err *err)
{
	if (exhibit_bytes > LIMIT_EXHIBIT_BYTES || offset > exhibit_bytes || length == 0 ||
	    length > exhibit_bytes - offset)
		return err_set(err, VALISE_E_USAGE, "an excerpt must lie within its exhibit");
	buf_add_text(ret, "exhibit ");
	buf_add_hash(ret, exhibit);
	buf_addf(ret, " %llu\noffset %llu\n", (unsigned long long)exhibit_bytes, (unsigned long long)offset);
	uint64_t rest = length % EXCERPT_LINE_BYTES;
	*ret_digits = length / EXCERPT_LINE_BYTES * (LINE_DIGITS + 1) + (rest ? (rest + 2) / 3 * 4 + 1 : 0);
	return buf_check(ret, "an excerpt", err);
}

void excerpt_lines(struct buf *ret, struct str bytes)
{
	for (size_t at = 0; at < bytes.len; at += EXCERPT_LINE_BYTES) {
		size_t len = bytes.len - at < EXCERPT_LINE_BYTES ? bytes.len - at : EXCERPT_LINE_BYTES;
		base64_encode(ret, (const uint8_t *)bytes.at + at, len);
		buf_add_text(ret, "\n");
	}
}

int excerpt_write(const struct hash *exhibit, uint64_t exhibit_bytes, uint64_t offset, struct str bytes,
		  struct buf *ret, struct valise_err *err)
{
	uint64_t digits;
	int r = excerpt_head(exhibit, exhibit_bytes, offset, bytes.len, ret, &digits, err);
	if (r)
		return r;
	excerpt_lines(ret, bytes);
	return buf_check(ret, "an excerpt", err);
}

static int hash_some(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	return digest_add(context, data, len, err);
}

int excerpt_check(const struct excerpt *e, bool *ret_is_whole, struct valise_err *err)
{
	bool is_whole = e->offset == 0 && e->length == e->exhibit_bytes;
	if (is_whole) {
		CLEAN_DIGEST struct digest *digest = NULL;
		struct hash found;
		int r = digest_new(&digest, err);
		if (!r)
			r = excerpt_each(e, hash_some, digest, err);
		if (!r)
			r = digest_end(digest, &found, err);
		if (r)
			return r;
		if (!hash_eq(&found, &e->exhibit))
			return err_set(err, VALISE_E_BAD, "the exhibit's bytes are not those whose hash it has");
	}
	*ret_is_whole = is_whole;
	return 0;
}
