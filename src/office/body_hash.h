/* SPDX-License-Identifier: Apache-2.0 */
/* The body tree over spans that do not begin and end at its blocks: whole blocks are hashed by any thread, the blocks that straddle
 * two spans by the caller, who also puts all leaves in order. */
#ifndef OFFICE_BODY_HASH_H
#define OFFICE_BODY_HASH_H

#include "base/buf.h"
#include "base/limits.h"
#include "crypto/tree.h"

#define BODY_SPAN_LEAVES 40u /* spans of up to 1.25 MiB */

/* The leaves of the whole blocks within one span. */
struct body_span {
	size_t head, tail; /* bytes before the first and after the last of them */
	size_t n_leaves;
	struct hash leaves[BODY_SPAN_LEAVES];
};
/* Any thread: `offset` is where the span begins in the body. */
void body_span_hash(const uint8_t *data, size_t len, uint64_t offset, struct body_span *ret);

struct body_hash {
	uint8_t straddle[TREE_BLOCK_BYTES];
	size_t n_straddle;
	struct hash piece[TREE_PIECE_LEAVES];
	size_t n_piece;
	struct tree tree;
	struct buf tally; /* the piece roots so far */
};
void body_hash_init(struct body_hash *h);
void body_hash_release(struct body_hash *h);
/* The body's first bytes, when they are no span of their own: fewer than a block. */
void body_hash_prefix(struct body_hash *h, const uint8_t *data, size_t len);
/* The next span in order. */
void body_hash_add(struct body_hash *h, const uint8_t *data, size_t len, const struct body_span *span);
/* The root; the tally is whole. VALISE_E_NOMEM. */
CHECKED int body_hash_end(struct body_hash *h, struct hash *ret_root, struct valise_err *err);

#endif
