/* SPDX-License-Identifier: Apache-2.0 */
/* The framing that cards and dossiers share: items one after the other, each after a line with its kind and its length
 * (spec/dossier.md). */
#ifndef FORMAT_ITEM_H
#define FORMAT_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "base/str.h"

/* Appends "kind length\n", and the bytes. */
void item_begin(struct buf *b, struct str kind, uint64_t len);
void item_write(struct buf *b, struct str kind, struct str bytes);

enum item_next { ITEM_THERE, ITEM_END /* the line "end" */, ITEM_BAD };
/* The next item, in place; ITEM_BAD when it is malformed, cut off, longer than max_bytes, or after "end" something
 * follows. */
enum item_next item_read(struct cursor *c, uint64_t max_bytes, struct str *ret_kind, struct str *ret_bytes);

/* The value of the next line, which must be "key value". */
CHECKED bool item_line(struct cursor *c, struct str key, struct str *ret_value);

/* The id of a note without reading it further: SHA-256 of what stands before its first empty line. False when its
 * first line is another or there is no empty line. */
CHECKED bool item_note_id(struct str note, struct str first_line, struct hash *ret);

/* Where a register entry belongs among others: its office, its number, its id. False when its first lines do not say
 * so. */
struct item_place {
	struct hash office;
	uint64_t seq;
	struct hash id;
};
CHECKED bool item_place_of(struct str entry, struct item_place *ret);
int item_place_cmp(const struct item_place *a, const struct item_place *b);

#endif
