/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of an exhibit, or the whole of it, as text (spec/dossier.md, "excerpt"). */
#ifndef FORMAT_EXCERPT_H
#define FORMAT_EXCERPT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

struct excerpt {
	struct hash exhibit;
	uint64_t exhibit_bytes;
	uint64_t offset, length; /* length at least 1; within the exhibit */
	struct str digits;       /* the lines of base64; borrowed */
};

/* Form only. */
CHECKED int excerpt_parse(struct str item, struct excerpt *ret, struct valise_err *err);
/* The bytes, in order, some at a time; non-zero stops, and comes back. */
typedef int excerpt_some(void *context, const uint8_t *data, size_t len, struct valise_err *err);
CHECKED int excerpt_each(const struct excerpt *e, excerpt_some *each, void *context, struct valise_err *err);
/* Appends the bytes. */
CHECKED int excerpt_bytes(const struct excerpt *e, struct buf *ret, struct valise_err *err);
/* Appends the item for `bytes` at `offset` of the exhibit. VALISE_E_USAGE when that is no place in it. */
CHECKED int excerpt_write(const struct hash *exhibit, uint64_t exhibit_bytes, uint64_t offset, struct str bytes,
			  struct buf *ret, struct valise_err *err);
/* The same some at a time: what stands before the base64 of `length` bytes, whose text has *ret_digits bytes; and lines of it, of a multiple
 * of EXCERPT_LINE_BYTES but at the end. */
#define EXCERPT_LINE_BYTES 48u
CHECKED int excerpt_head(const struct hash *exhibit, uint64_t exhibit_bytes, uint64_t offset, uint64_t length,
			 struct buf *ret, uint64_t *ret_digits, struct valise_err *err);
void excerpt_lines(struct buf *ret, struct str bytes);
/* For an excerpt that is the whole exhibit: *ret_is_whole, and then its hash must fit: 0 or VALISE_E_BAD. A piece
 * proves nothing by itself: 0 and false. */
CHECKED int excerpt_check(const struct excerpt *e, bool *ret_is_whole, struct valise_err *err);

#endif
