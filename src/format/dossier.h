/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers: the evidence for one letter in one text file (spec/dossier.md). */
#ifndef FORMAT_DOSSIER_H
#define FORMAT_DOSSIER_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

/* In the order in which they stand. */
enum dossier_kind {
	DOSSIER_SEAL,      /* exactly one; its id is the letter's */
	DOSSIER_REGISTER,  /* by office, seq, id */
	DOSSIER_STATEMENT, /* by id, as the next */
	DOSSIER_REPORT,
	DOSSIER_LEAF,    /* a disclosed leaf (format/disclosure.h), by index; none beside a cover */
	DOSSIER_COVER,   /* at most one: the cover's plaintext */
	DOSSIER_EXCERPT, /* a piece of an exhibit (format/excerpt.h), by exhibit, offset, length */
	DOSSIER_KINDS
};

struct dossier_item {
	enum dossier_kind kind;
	struct str bytes; /* borrowed */
	struct hash
		id; /* of a note; otherwise SHA-256 of the bytes. Computed by dossier_parse, ignored by dossier_write */
};
struct dossier {
	struct hash letter;
	struct dossier_item *items; /* owned; in the file's order, the seal first */
	size_t n_items;
};
void dossier_release(struct dossier *d);
#define CLEAN_DOSSIER CLEANUP(dossier_release)

/* Framing, order and the items' outer form. Nothing is verified: the caller does that item by item. The spans borrow
 * from bytes. VALISE_E_BAD for anything but the one encoding; VALISE_E_NOMEM. */
CHECKED int dossier_parse(const void *bytes, size_t len, struct dossier *ret, struct valise_err *err);
/* Appends the dossier of these items, given in any order and possibly doubled (the same id twice is one item).
 * VALISE_E_USAGE when there is not exactly one seal or an item is malformed; VALISE_E_LIMIT. */
CHECKED int dossier_write(const struct dossier_item *items, size_t n_items, struct buf *ret, struct valise_err *err);
/* Whole exhibits may follow one by one, in the order of their hashes, in place of the end of a dossier that has no excerpt: appends what
 * stands before the lines of base64 of one, and says how many bytes those have. */
#define DOSSIER_END "end\n"
CHECKED int dossier_exhibit(const struct hash *exhibit, uint64_t bytes, struct buf *ret, uint64_t *ret_digits,
			    struct valise_err *err);

#endif
