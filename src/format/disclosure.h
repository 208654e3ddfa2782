/* SPDX-License-Identifier: Apache-2.0 */
/* A disclosed leaf of the contents tree, with the path that proves it, as text (spec/dossier.md, "leaf"). */
#ifndef FORMAT_DISCLOSURE_H
#define FORMAT_DISCLOSURE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

#define DISCLOSURE_PATH 10u /* sibling hashes: enough for the 1,001 leaves of the largest letter */
#define DISCLOSURE_BYTES (8u * 1024)

struct disclosure {
	uint64_t index;
	uint8_t salt[32];
	struct str text; /* the leaf after its salt: from "valise/leaf@v1\n"; borrowed */
	struct hash path[DISCLOSURE_PATH];
	size_t n_path;
};

/* Form only; the lines of the leaf itself are read by disclosed_leaf_parse. */
CHECKED int disclosure_parse(struct str item, struct disclosure *ret, struct valise_err *err);
CHECKED int disclosure_write(const struct disclosure *d, struct buf *ret, struct valise_err *err);
/* The leaf as it is hashed, salt first: what disclosed_leaf_parse takes. */
void disclosure_leaf(const struct disclosure *d, struct buf *ret);
/* Whether it is the leaf at its index under the seal's `contents` line. 0 or VALISE_E_BAD. */
CHECKED int disclosure_check(const struct disclosure *d, const struct hash *contents, uint64_t n_leaves,
			     struct valise_err *err);

#endif
