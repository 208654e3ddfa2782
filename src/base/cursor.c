/* SPDX-License-Identifier: Apache-2.0 */
/* The reading position that never leaves its bytes. */
#include "base/cursor.h"

const uint8_t *cursor_take(struct cursor *c, size_t len)
{
	if (c->failed || len > (size_t)(c->end - c->at)) {
		c->failed = true;
		return NULL;
	}
	const uint8_t *at = c->at;
	c->at += len;
	return at;
}

static uint64_t take_be(struct cursor *c, size_t len)
{
	const uint8_t *at = cursor_take(c, len);
	uint64_t v = 0;
	for (size_t i = 0; at && i < len; i++)
		v = v << 8 | at[i];
	return v;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)take_be(c, 1);
}

uint16_t cursor_u16be(struct cursor *c)
{
	return (uint16_t)take_be(c, 2);
}

uint32_t cursor_u32be(struct cursor *c)
{
	return (uint32_t)take_be(c, 4);
}

uint64_t cursor_u64be(struct cursor *c)
{
	return take_be(c, 8);
}

bool cursor_done(const struct cursor *c)
{
	return !c->failed && c->at == c->end;
}

bool cursor_line(struct cursor *c, struct str *ret_line)
{
	size_t left = cursor_left(c);
	const uint8_t *newline = left ? memchr(c->at, '\n', left) : NULL;
	if (!newline) {
		c->failed = true;
		return false;
	}
	*ret_line = (struct str){(const char *)c->at, (size_t)(newline - c->at)};
	c->at = newline + 1;
	return true;
}

bool str_word(struct str *rest, struct str *ret_word)
{
	if (rest->len == 0)
		return false;
	const char *space = memchr(rest->at, ' ', rest->len);
	if (!space) {
		*ret_word = *rest;
		*rest = (struct str){rest->at + rest->len, 0};
		return true;
	}
	size_t len = (size_t)(space - rest->at);
	/* A space at either end would leave an empty word, now or on the next call. */
	if (len == 0 || len + 1 == rest->len)
		return false;
	*ret_word = (struct str){rest->at, len};
	*rest = (struct str){space + 1, rest->len - len - 1};
	return true;
}
