/* SPDX-License-Identifier: Apache-2.0 */
/* The RFC 6962 Merkle tree hash: roots, pieces of bodies, inclusion and consistency proofs. */
#ifndef CRYPTO_TREE_H
#define CRYPTO_TREE_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/limits.h"

void tree_leaf(const void *data, size_t len, struct hash *ret); /* SHA-256(0x00 || data) */
void tree_node(const struct hash *left, const struct hash *right,
	       struct hash *ret); /* SHA-256(0x01 || left || right) */
/* MTH over n leaf hashes; n = 0 is SHA-256(""). Works in place of no memory: O(log n) stack. */
void tree_root(const struct hash *leaves, size_t n, struct hash *ret);

/* Leaf hashes of n whole blocks of TREE_BLOCK_BYTES, one after the other in data: several at once where the processor can. */
void tree_blocks(const uint8_t *data, size_t n, struct hash *ret);
/* The root of one piece: 1 to TREE_PIECE_BYTES bytes, the last block may be short. */
void tree_piece(const uint8_t *data, size_t len, struct hash *ret);

/* A root from a running list of leaves, O(log n) memory. A body of 0 bytes has no leaves. */
struct tree {
	uint64_t n;
	struct hash stack[64];
};
void tree_init(struct tree *t);
void tree_add(struct tree *t, const struct hash *leaf);
void tree_end(const struct tree *t, struct hash *ret);

/* RFC 6962 2.1.1. ret has room for 64 hashes. index < n. */
CHECKED int tree_inclusion(const struct hash *leaves, size_t n, size_t index, struct hash ret[static 64],
			   size_t *ret_len);
/* 0 or VALISE_E_BAD. */
CHECKED int tree_inclusion_check(const struct hash *leaf, uint64_t index, uint64_t n, const struct hash *path,
				 size_t path_len, const struct hash *root, struct valise_err *err);
/* RFC 6962 2.1.2, 0 < n1 <= n2. 0 or VALISE_E_BAD. */
CHECKED int tree_consistency_check(uint64_t n1, uint64_t n2, const struct hash *root1, const struct hash *root2,
				   const struct hash *path, size_t path_len, struct valise_err *err);

#endif
