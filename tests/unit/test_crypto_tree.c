/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees against RFC 6962's own recursive definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "crypto/digest.h"
#include "crypto/tree.h"

#define LEAVES 200

static struct hash leaves[LEAVES];

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEAVES; i++)
		digest_once(&i, sizeof i, &leaves[i]);
	return 0;
}

static size_t split(size_t n)
{
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	return k;
}

/* RFC 6962 2.1, word for word; the hashes through digest_once so that nothing of tree.c is trusted. */
static struct hash mth(const struct hash *at, size_t n)
{
	struct hash h;
	if (n == 0) {
		digest_once("", 0, &h);
		return h;
	}
	if (n == 1)
		return at[0];
	size_t k = split(n);
	struct hash left = mth(at, k);
	struct hash right = mth(at + k, n - k);
	uint8_t node[65] = {0x01};
	memcpy(node + 1, left.bytes, 32);
	memcpy(node + 33, right.bytes, 32);
	digest_once(node, sizeof node, &h);
	return h;
}

/* 2.1.1, PATH. */
static size_t path_of(const struct hash *at, size_t n, size_t m, struct hash *ret)
{
	if (n == 1)
		return 0;
	size_t k = split(n);
	size_t len = m < k ? path_of(at, k, m, ret) : path_of(at + k, n - k, m - k, ret);
	ret[len] = m < k ? mth(at + k, n - k) : mth(at, k);
	return len + 1;
}

/* 2.1.2, SUBPROOF. */
static size_t subproof(const struct hash *at, size_t m, size_t n, bool whole, struct hash *ret)
{
	if (m == n) {
		if (whole)
			return 0;
		ret[0] = mth(at, n);
		return 1;
	}
	size_t k = split(n);
	size_t len = m <= k ? subproof(at, m, k, whole, ret) : subproof(at + k, m - k, n - k, false, ret);
	ret[len] = m <= k ? mth(at + k, n - k) : mth(at, k);
	return len + 1;
}

static void leaf_and_node(void **state)
{
	(void)state;
	struct hash got;
	struct hash want;
	tree_leaf("abc", 3, &got);
	digest_once("\0abc", 4, &want);
	assert_true(hash_eq(&got, &want));
	tree_leaf(NULL, 0, &got);
	digest_once("\0", 1, &want);
	assert_true(hash_eq(&got, &want));
	struct hash two[2] = {leaves[0], leaves[1]};
	tree_node(&two[0], &two[1], &two[0]); /* in place */
	want = mth(leaves, 2);
	assert_true(hash_eq(&two[0], &want));
}

static void roots_equal_the_definition(void **state)
{
	(void)state;
	struct tree t;
	tree_init(&t);
	for (size_t n = 0; n <= LEAVES; n++) {
		struct hash want = mth(leaves, n);
		struct hash got;
		tree_root(leaves, n, &got);
		assert_true(hash_eq(&got, &want));
		tree_end(&t, &got); /* which ends nothing: one may go on adding */
		assert_true(hash_eq(&got, &want));
		if (n < LEAVES)
			tree_add(&t, &leaves[n]);
	}
	assert_int_equal(t.n, LEAVES);
}

static void pieces_equal_their_leaves(void **state)
{
	(void)state;
	uint8_t *data = malloc(TREE_PIECE_BYTES);
	assert_non_null(data);
	for (size_t i = 0; i < TREE_PIECE_BYTES; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 13);
	static const size_t lens[] = {1,
				      63,
				      TREE_BLOCK_BYTES - 1,
				      TREE_BLOCK_BYTES,
				      TREE_BLOCK_BYTES + 1,
				      7 * TREE_BLOCK_BYTES + 12345,
				      8 * TREE_BLOCK_BYTES,
				      16 * TREE_BLOCK_BYTES + 1,
				      23 * TREE_BLOCK_BYTES - 1,
				      24 * TREE_BLOCK_BYTES,
				      31 * TREE_BLOCK_BYTES,
				      TREE_PIECE_BYTES - 1,
				      TREE_PIECE_BYTES};
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		struct hash block[TREE_PIECE_LEAVES];
		size_t n = 0;
		for (size_t at = 0; at < lens[i]; at += TREE_BLOCK_BYTES) {
			size_t len = lens[i] - at < TREE_BLOCK_BYTES ? lens[i] - at : TREE_BLOCK_BYTES;
			tree_leaf(data + at, len, &block[n++]);
		}
		struct hash want = mth(block, n);
		struct hash got;
		tree_piece(data, lens[i], &got);
		assert_true(hash_eq(&got, &want));
	}
	free(data);
}

/* The tree over pieces' roots is the tree over all blocks, as long as only the last piece is short. */
static void pieces_make_the_tree(void **state)
{
	(void)state;
	for (size_t n = 1; n <= LEAVES; n++) {
		struct hash roots[LEAVES];
		size_t pieces = 0;
		for (size_t at = 0; at < n; at += TREE_PIECE_LEAVES)
			tree_root(leaves + at, n - at < TREE_PIECE_LEAVES ? n - at : TREE_PIECE_LEAVES,
				  &roots[pieces++]);
		struct hash got;
		tree_root(roots, pieces, &got);
		struct hash want = mth(leaves, n);
		assert_true(hash_eq(&got, &want));
	}
}

static void inclusion(void **state)
{
	(void)state;
	for (size_t n = 1; n <= LEAVES; n++) {
		struct hash root = mth(leaves, n);
		for (size_t m = 0; m < n; m++) {
			struct hash want[64];
			struct hash got[64];
			size_t want_len = path_of(leaves, n, m, want);
			size_t len = 99;
			assert_int_equal(tree_inclusion(leaves, n, m, got, &len), 0);
			assert_int_equal(len, want_len);
			assert_memory_equal(got, want, len * sizeof got[0]);
			assert_int_equal(tree_inclusion_check(&leaves[m], m, n, got, len, &root, NULL), 0);
		}
	}
	struct hash path[64];
	size_t len = 99;
	assert_int_equal(tree_inclusion(leaves, 5, 5, path, &len), VALISE_E_USAGE);
	assert_int_equal(tree_inclusion(leaves, 0, 0, path, &len), VALISE_E_USAGE);
	assert_int_equal(len, 99);
}

/* A path proves one leaf at one place in a tree of one size: any other claim is refused. */
static void inclusion_of_anything_else(void **state)
{
	(void)state;
	struct valise_err err = {0};
	for (size_t n = 1; n <= 40; n++) {
		struct hash root = mth(leaves, n);
		for (size_t m = 0; m < n; m++) {
			struct hash path[66];
			size_t len;
			assert_int_equal(tree_inclusion(leaves, n, m, path, &len), 0);
			for (uint64_t other = 0; other < 64; other++)
				if (other != m)
					assert_int_equal(
						tree_inclusion_check(&leaves[m], other, n, path, len, &root, &err),
						VALISE_E_BAD);
			assert_int_equal(tree_inclusion_check(&leaves[m], UINT64_MAX, n, path, len, &root, &err),
					 VALISE_E_BAD);
			assert_int_equal(tree_inclusion_check(&leaves[m + 1], m, n, path, len, &root, &err),
					 VALISE_E_BAD);
			path[len] = leaves[0];
			assert_int_equal(tree_inclusion_check(&leaves[m], m, n, path, len + 1, &root, &err),
					 VALISE_E_BAD);
			if (len > 0)
				assert_int_equal(tree_inclusion_check(&leaves[m], m, n, path, len - 1, &root, &err),
						 VALISE_E_BAD);
			for (size_t i = 0; i < len; i++) {
				path[i].bytes[i % 32] ^= 0x10;
				assert_int_equal(tree_inclusion_check(&leaves[m], m, n, path, len, &root, &err),
						 VALISE_E_BAD);
				path[i].bytes[i % 32] ^= 0x10;
			}
		}
	}
	assert_int_equal(err.code, VALISE_E_BAD);
	assert_int_equal(tree_inclusion_check(&leaves[0], 0, 0, NULL, 0, &leaves[0], NULL), VALISE_E_BAD);
}

static void consistency(void **state)
{
	(void)state;
	for (size_t n2 = 1; n2 <= LEAVES; n2++) {
		struct hash root2 = mth(leaves, n2);
		for (size_t n1 = 1; n1 <= n2; n1++) {
			struct hash root1 = mth(leaves, n1);
			struct hash path[66];
			size_t len = subproof(leaves, n1, n2, true, path);
			assert_int_equal(tree_consistency_check(n1, n2, &root1, &root2, path, len, NULL), 0);

			/* And nothing near it. */
			path[len] = leaves[0];
			assert_int_equal(tree_consistency_check(n1, n2, &root1, &root2, path, len + 1, NULL),
					 VALISE_E_BAD);
			if (len > 0)
				assert_int_equal(tree_consistency_check(n1, n2, &root1, &root2, path, len - 1, NULL),
						 VALISE_E_BAD);
			for (size_t i = 0; i < len; i++) {
				path[i].bytes[31] ^= 1;
				assert_int_equal(tree_consistency_check(n1, n2, &root1, &root2, path, len, NULL),
						 VALISE_E_BAD);
				path[i].bytes[31] ^= 1;
			}
			if (n1 < n2) {
				assert_int_equal(tree_consistency_check(n1, n2, &root2, &root1, path, len, NULL),
						 VALISE_E_BAD);
				assert_int_equal(tree_consistency_check(n2, n1, &root2, &root1, path, len, NULL),
						 VALISE_E_BAD);
				assert_int_equal(tree_consistency_check(n1, n2, &root1, &root1, path, len, NULL),
						 VALISE_E_BAD);
			}
			assert_int_equal(tree_consistency_check(0, n2, &root1, &root2, path, len, NULL), VALISE_E_BAD);
		}
	}
}

/* Sizes from a hostile proof, and paths longer than any tree is deep, end. */
static void huge_sizes_end(void **state)
{
	(void)state;
	struct hash *path = calloc(1000, sizeof *path);
	assert_non_null(path);
	static const uint64_t sizes[] = {1, 2, UINT64_C(1) << 63, (UINT64_C(1) << 63) + 1, UINT64_MAX - 1, UINT64_MAX};
	for (size_t a = 0; a < 6; a++)
		for (size_t b = 0; b < 6; b++)
			for (size_t len = 0; len <= 1000; len += len < 70 ? 1 : 93) {
				assert_int_equal(tree_inclusion_check(&leaves[0], sizes[a] - 1, sizes[b], path, len,
								      &leaves[1], NULL),
						 VALISE_E_BAD);
				assert_int_equal(tree_consistency_check(sizes[a], sizes[b], &leaves[0], &leaves[1],
									path, len, NULL),
						 VALISE_E_BAD);
			}
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaf_and_node),
		cmocka_unit_test(roots_equal_the_definition),
		cmocka_unit_test(pieces_equal_their_leaves),
		cmocka_unit_test(pieces_make_the_tree),
		cmocka_unit_test(inclusion),
		cmocka_unit_test(inclusion_of_anything_else),
		cmocka_unit_test(consistency),
		cmocka_unit_test(huge_sizes_end),
	};
	return cmocka_run_group_tests_name("crypto_tree", tests, setup, NULL);
}
