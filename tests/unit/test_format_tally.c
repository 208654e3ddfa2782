/* SPDX-License-Identifier: Apache-2.0 */
/* Tallies: piece roots are nodes of the body's tree, at every size; and nothing else passes. */
#include "vectors.h"

#include "base/limits.h"
#include "crypto/tree.h"
#include "format/tally.h"

#define MAX_LEAVES 100u

/* The tree of the body over its blocks, by RFC 6962's own words and not by ours: the root of a list is the node over
 * the two parts that the largest power of two below its length makes. */
static struct hash tree_by_definition(const struct hash *leaves, size_t n)
{
	struct hash h;
	if (n == 0) {
		digest_once("", 0, &h);
		return h;
	}
	if (n == 1)
		return leaves[0];
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	struct hash left = tree_by_definition(leaves, k);
	struct hash right = tree_by_definition(leaves + k, n - k);
	tree_node(&left, &right, &h);
	return h;
}

static uint8_t body[MAX_LEAVES * TREE_BLOCK_BYTES];

static void fill_body(void)
{
	uint32_t x = 1;
	for (size_t i = 0; i < sizeof body; i++) {
		x = x * 1664525 + 1013904223;
		body[i] = (uint8_t)(x >> 24);
	}
}

static struct hash root_of(uint64_t size)
{
	static struct hash leaves[MAX_LEAVES];
	size_t n = 0;
	for (uint64_t at = 0; at < size; at += TREE_BLOCK_BYTES) {
		uint64_t len = size - at < TREE_BLOCK_BYTES ? size - at : TREE_BLOCK_BYTES;
		tree_leaf(body + at, (size_t)len, &leaves[n++]);
	}
	return tree_by_definition(leaves, n);
}

static void tally_of(uint64_t size, struct buf *ret)
{
	for (uint64_t i = 0; i < tally_pieces(size); i++) {
		struct hash h;
		tree_piece(body + i * TREE_PIECE_BYTES, tally_piece_bytes(size, i), &h);
		buf_add(ret, h.bytes, sizeof h.bytes);
	}
}

static void one_size(uint64_t size)
{
	CLEAN_BUF struct buf tally = BUF_INIT(4096);
	struct hash root = root_of(size);
	struct valise_err err = {0};
	tally_of(size, &tally);
	if (tally_check(&root, size, buf_str(&tally), &err))
		fail_msg("%llu bytes: %s", (unsigned long long)size, err.text);
	uint64_t sum = 0;
	for (uint64_t i = 0; i < tally_pieces(size); i++) {
		const uint8_t *piece = body + i * TREE_PIECE_BYTES;
		size_t len = tally_piece_bytes(size, i);
		struct hash h;
		tree_piece(piece, len, &h);
		sum += len;
		assert_int_equal(tally_check_piece(buf_str(&tally), size, i, piece, len, NULL, NULL), 0);
		assert_int_equal(tally_check_piece(buf_str(&tally), size, i, piece, len, &h, NULL), 0);
		assert_int_equal(tally_check_piece(buf_str(&tally), size, i, piece, len - 1, NULL, NULL), VALISE_E_BAD);
		assert_int_equal(tally_check_piece(buf_str(&tally), size, i, piece, len + 1, NULL, NULL), VALISE_E_BAD);
		h.bytes[31] ^= 1;
		assert_int_equal(tally_check_piece(buf_str(&tally), size, i, piece, len, &h, NULL), VALISE_E_BAD);
		body[i * TREE_PIECE_BYTES + len - 1] ^= 1;
		assert_int_equal(tally_check_piece(buf_str(&tally), size, i, piece, len, NULL, NULL), VALISE_E_BAD);
		body[i * TREE_PIECE_BYTES + len - 1] ^= 1;
	}
	assert_int_equal(sum, size);
	assert_int_equal(tally_piece_bytes(size, tally_pieces(size)), 0);
	assert_int_equal(tally_check_piece(buf_str(&tally), size, tally_pieces(size), body, 1, NULL, NULL),
			 VALISE_E_BAD);
	assert_int_equal(tally_check_piece(buf_str(&tally), size, UINT64_MAX, body, 1, NULL, NULL), VALISE_E_BAD);
}

/* Whole blocks, one byte less, and one more, for 0 to 100 leaves. */
static void every_size(void **state)
{
	(void)state;
	fill_body();
	for (uint64_t leaves = 0; leaves <= MAX_LEAVES; leaves++) {
		one_size(leaves * TREE_BLOCK_BYTES);
		if (leaves > 0)
			one_size(leaves * TREE_BLOCK_BYTES - 1);
		if (leaves < MAX_LEAVES)
			one_size(leaves * TREE_BLOCK_BYTES + 1);
	}
}

static void what_is_refused(void **state)
{
	(void)state;
	uint64_t size = 3 * TREE_PIECE_BYTES + 5;
	CLEAN_BUF struct buf tally = BUF_INIT(4096);
	struct hash root = root_of(size);
	tally_of(size, &tally);
	assert_int_equal(tally.len, 4 * 32);
	struct str whole = buf_str(&tally);
	assert_int_equal(tally_check(&root, size, whole, NULL), 0);
	/* Another size with the same number of pieces: the tally cannot know, but the last piece shows it. */
	assert_int_equal(tally_check(&root, size + 1, whole, NULL), 0);
	assert_int_equal(tally_check_piece(whole, size + 1, 3, body + 3 * TREE_PIECE_BYTES, 5, NULL, NULL),
			 VALISE_E_BAD);
	assert_int_equal(tally_check(&root, size + TREE_PIECE_BYTES, whole, NULL), VALISE_E_BAD);
	assert_int_equal(tally_check(&root, 3 * TREE_PIECE_BYTES, whole, NULL), VALISE_E_BAD);
	assert_int_equal(tally_check(&root, 0, whole, NULL), VALISE_E_BAD);
	assert_int_equal(tally_check(&root, UINT64_MAX, whole, NULL), VALISE_E_BAD);
	assert_int_equal(tally_check(&root, size, STR(""), NULL), VALISE_E_BAD);
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(tally_check(&root, size, (struct str){whole.at, len}, NULL), VALISE_E_BAD);
	for (size_t i = 0; i < tally.len; i++) {
		tally.data[i] ^= 1;
		assert_int_equal(tally_check(&root, size, whole, NULL), VALISE_E_BAD);
		tally.data[i] ^= 1;
	}
	/* Two roots change places. */
	uint8_t first[32];
	memcpy(first, tally.data, 32);
	memmove(tally.data, tally.data + 32, 32);
	memcpy(tally.data + 32, first, 32);
	assert_int_equal(tally_check(&root, size, whole, NULL), VALISE_E_BAD);
	/* The nodes above: half as many roots, of the same tree. */
	struct hash upper[2];
	for (size_t i = 0; i < 2; i++) {
		struct hash a = tally_root(whole, i ? 2 : 1), b = tally_root(whole, i ? 3 : 0);
		if (i)
			tree_node(&a, &b, &upper[i]);
		else
			tree_node(&b, &a, &upper[i]);
	}
	assert_int_equal(tally_check(&root, size, (struct str){(const char *)upper, sizeof upper}, NULL), VALISE_E_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size),
		cmocka_unit_test(what_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
