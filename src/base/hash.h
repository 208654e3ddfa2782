/* SPDX-License-Identifier: Apache-2.0 */
/* A SHA-256 value and its one text form, 64 lowercase hex digits. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

struct hash {
	uint8_t bytes[32];
};

#define HASH_HEX_BYTES 64
#define HASH_SHORT_BYTES 10 /* "h7qk-2mxd" and NUL: a letter's id for typing, base32 of its first 40 bits */

struct hash_hex {
	char text[HASH_HEX_BYTES + 1];
};

struct hash_short {
	char text[HASH_SHORT_BYTES];
};

/* "%s", hash_hex(&h).text: lives to the end of the full expression. */
struct hash_hex hash_hex(const struct hash *h);
struct hash_short hash_short(const struct hash *h);

/* Exactly 64 lowercase hex digits; false otherwise, *ret_hash untouched. */
CHECKED bool hash_parse(struct str text, struct hash *ret_hash);

static inline bool hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static inline int hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

/* The same for qsort and bsearch. */
static inline int hash_order(const void *a, const void *b)
{
	return hash_cmp(a, b);
}

/* One of several. Non-zero stops, and comes back to whoever goes through them. */
typedef int hash_each(void *context, const struct hash *one);

#endif
