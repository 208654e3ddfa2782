/* SPDX-License-Identifier: Apache-2.0 */
/* Reading untrusted binary: a position that never leaves its bytes and whose error sticks. */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool failed; /* a read went past the end; every later read yields zeros or NULL */
};

static inline struct cursor cursor_of(const void *data, size_t len)
{
	const uint8_t *p = data ? data : (const void *)""; /* nothing at all is a place too: no arithmetic on NULL */
	return (struct cursor){p, p + len, false};
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

/* The next len bytes, in place; NULL and failed when there are fewer. */
const uint8_t *cursor_take(struct cursor *c, size_t len);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16be(struct cursor *c);
uint32_t cursor_u32be(struct cursor *c);
uint64_t cursor_u64be(struct cursor *c);
/* True when everything was read and nothing failed: trailing bytes are an error. */
bool cursor_done(const struct cursor *c);

/* Text: the bytes up to the next '\n', which is consumed and not part of *ret_line. False (and failed) when there is no '\n'. */
bool cursor_line(struct cursor *c, struct str *ret_line);
/* Splits off the word before the next single space; the last word takes what is left. False when *rest is empty or a word would be,
 * also the one after a last space. */
bool str_word(struct str *rest, struct str *ret_word);

#endif
