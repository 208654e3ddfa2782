/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: an office's register in one file, and the text of the code on a paper card (spec/card.md). */
#ifndef FORMAT_CARD_H
#define FORMAT_CARD_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"

/* The largest card: its entries, a line before each, and the lines around them. */
#define CARD_BYTES (LIMIT_REGISTER_BYTES + 32u * LIMIT_REGISTER_ENTRIES + 128u)

struct card {
	struct hash office;
	struct str *entries; /* owned; each borrows from the card's bytes: a register entry, by seq, then id */
	size_t n_entries;
};
void card_release(struct card *c);
#define CLEAN_CARD CLEANUP(card_release)

/* Form only: nothing is verified (register_entry_verify, registers_add). VALISE_E_BAD, VALISE_E_NOMEM. */
CHECKED int card_parse(const void *bytes, size_t len, struct card *ret, struct valise_err *err);
/* Appends the card with these entries, in any order and possibly doubled. VALISE_E_USAGE when they are no register
 * of one office with its entry 0; VALISE_E_LIMIT. */
CHECKED int card_write(const struct str *entries, size_t n_entries, struct buf *ret, struct valise_err *err);

#endif
