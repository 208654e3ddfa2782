/* SPDX-License-Identifier: Apache-2.0 */
/* Tallies: the list of a body's piece roots, 32 bytes each, that proves each piece by itself (spec/body.md). */
#ifndef FORMAT_TALLY_H
#define FORMAT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

/* Pieces of a body of that size (0 for 0), and the bytes of its i-th piece: TREE_PIECE_BYTES, but for the last. */
uint64_t tally_pieces(uint64_t body_bytes);
size_t tally_piece_bytes(uint64_t body_bytes, uint64_t i);
/* The i-th root; i is below the number of pieces of a tally that tally_check accepted. */
struct hash tally_root(struct str tally, uint64_t i);

/* Whether the tally has as many roots as a body of that size has pieces, and they hash to the seal's tree root. 0 or
 * VALISE_E_BAD. To be asked before any piece is taken. */
CHECKED int tally_check(const struct hash *root, uint64_t body_bytes, struct str tally, struct valise_err *err);
/* Whether data is the i-th piece, by a tally that tally_check accepted. 0 or VALISE_E_BAD (no such piece, wrong
 * length, wrong bytes). piece_root: of data, where it was computed already (struct bag_record); NULL: it is computed
 * here. */
CHECKED int tally_check_piece(struct str tally, uint64_t body_bytes, uint64_t i, const uint8_t *data, size_t len,
			      const struct hash *piece_root, struct valise_err *err);

#endif
