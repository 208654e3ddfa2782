/* SPDX-License-Identifier: Apache-2.0 */
/* The growing byte buffer with a maximum and a sticky first error. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_BYTES 64u

void buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf)BUF_INIT(max_bytes);
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_release(b);
}

void buf_clear(struct buf *b)
{
	b->error = 0;
	b->len = 0;
	if (b->data)
		b->data[0] = 0;
}

/* Room for `more` bytes and the NUL after them. The old memory is wiped, not handed to realloc: it may hold a secret, and
 * whoever wipes the buffer later can no longer reach that copy. */
static bool make_room(struct buf *b, size_t more)
{
	if (b->error)
		return false;
	if (more > b->max - b->len || b->max == SIZE_MAX) {
		b->error = VALISE_E_LIMIT;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap > (b->max + 1) / 2 ? b->max + 1 : b->cap * 2;
	if (cap < BUF_FIRST_BYTES)
		cap = BUF_FIRST_BYTES;
	if (cap < need)
		cap = need;
	uint8_t *data = malloc(cap);
	if (!data) {
		b->error = VALISE_E_NOMEM;
		return false;
	}
	if (b->data) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	data[b->len] = 0;
	b->data = data;
	b->cap = cap;
	return true;
}

uint8_t *buf_grow(struct buf *b, size_t len)
{
	if (!make_room(b, len))
		return NULL;
	uint8_t *at = b->data + b->len;
	b->len += len;
	b->data[b->len] = 0;
	return at;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	uint8_t *at = buf_grow(b, len);
	if (at && len)
		memcpy(at, data, len);
}

void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.at, s.len);
}

void buf_add_text(struct buf *b, const char *cstring)
{
	buf_add(b, cstring, strlen(cstring));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_hash(struct buf *b, const struct hash *h)
{
	struct hash_hex hex = hash_hex(h);
	buf_add(b, hex.text, HASH_HEX_BYTES);
}

void buf_add_u32be(struct buf *b, uint32_t v)
{
	uint8_t bytes[4];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(v >> (8 * (sizeof bytes - 1 - i)));
	buf_add(b, bytes, sizeof bytes);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_list again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0) {
		if (!b->error)
			b->error = VALISE_E_NOMEM;
	} else if (make_room(b, (size_t)n)) {
		(void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = 0;
}

int buf_check(const struct buf *b, const char *what, struct valise_err *err)
{
	if (b->error == VALISE_E_NOMEM)
		return err_set(err, VALISE_E_NOMEM, "out of memory for %s", what);
	if (b->error)
		return err_set(err, b->error, "%s: more than the limit of %zu bytes", what, b->max);
	return 0;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){b->data ? (const char *)b->data : "", b->len};
}

uint8_t *buf_take(struct buf *b, size_t *ret_len)
{
	if (b->error)
		buf_release(b);
	uint8_t *data = b->data;
	if (ret_len)
		*ret_len = b->len;
	buf_init(b, b->max);
	return data;
}
