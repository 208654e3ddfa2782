/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6962 Merkle trees: hashing upwards, and checking paths. */
#include "crypto/tree.h"

#include "crypto/digest.h"
#include "crypto/lanes.h"

void tree_leaf(const void *data, size_t len, struct hash *ret)
{
	digest_spans((const struct span[]){{"\x00", 1}, {data, len}}, 2, ret);
}

void tree_node(const struct hash *left, const struct hash *right, struct hash *ret)
{
	uint8_t node[1 + 2 * sizeof left->bytes];
	node[0] = 0x01;
	memcpy(node + 1, left->bytes, sizeof left->bytes);
	memcpy(node + 1 + sizeof left->bytes, right->bytes, sizeof right->bytes);
	digest_once(node, sizeof node, ret);
}

void tree_init(struct tree *t)
{
	t->n = 0;
}

/* stack[i] is a whole subtree of 2^i leaves, in use when bit i of n is set: adding a leaf is adding one to n, carries and all. */
void tree_add(struct tree *t, const struct hash *leaf)
{
	struct hash carry = *leaf;
	size_t level = 0;
	for (uint64_t n = t->n; n & 1; n >>= 1)
		tree_node(&t->stack[level++], &carry, &carry);
	t->stack[level] = carry;
	t->n++;
}

void tree_end(const struct tree *t, struct hash *ret)
{
	struct hash root;
	bool any = false;
	for (size_t level = 0; level < 64; level++) {
		if (!(t->n >> level & 1))
			continue;
		if (any)
			tree_node(&t->stack[level], &root, &root);
		else
			root = t->stack[level];
		any = true;
	}
	if (!any)
		digest_once(NULL, 0, &root);
	*ret = root;
}

void tree_root(const struct hash *leaves, size_t n, struct hash *ret)
{
	struct tree t;
	tree_init(&t);
	for (size_t i = 0; i < n; i++)
		tree_add(&t, &leaves[i]);
	tree_end(&t, ret);
}

void tree_blocks(const uint8_t *data, size_t n, struct hash *ret)
{
	for (size_t i = lanes_leaves(data, n, ret); i < n; i++)
		tree_leaf(data + i * TREE_BLOCK_BYTES, TREE_BLOCK_BYTES, &ret[i]);
}

void tree_piece(const uint8_t *data, size_t len, struct hash *ret)
{
	struct tree t;
	tree_init(&t);
	while (len >= TREE_BLOCK_BYTES) {
		struct hash leaves[TREE_PIECE_LEAVES];
		size_t n = len / TREE_BLOCK_BYTES < TREE_PIECE_LEAVES ? len / TREE_BLOCK_BYTES : TREE_PIECE_LEAVES;
		tree_blocks(data, n, leaves);
		for (size_t i = 0; i < n; i++)
			tree_add(&t, &leaves[i]);
		data += n * TREE_BLOCK_BYTES;
		len -= n * TREE_BLOCK_BYTES;
	}
	if (len > 0) {
		struct hash last;
		tree_leaf(data, len, &last);
		tree_add(&t, &last);
	}
	tree_end(&t, ret);
}

/* The largest power of two below n; n > 1. */
static size_t split_of(size_t n)
{
	size_t k = 1;
	while (k < n - k)
		k *= 2;
	return k;
}

int tree_inclusion(const struct hash *leaves, size_t n, size_t index, struct hash ret[static 64], size_t *ret_len)
{
	if (index >= n)
		return VALISE_E_USAGE;
	/* Down from the root, the sibling of each subtree on the way; a path is written upwards, so it is turned round afterwards. */
	struct hash path[64];
	size_t depth = 0;
	while (n > 1) {
		size_t k = split_of(n);
		if (index < k) {
			tree_root(leaves + k, n - k, &path[depth++]);
			n = k;
		} else {
			tree_root(leaves, k, &path[depth++]);
			leaves += k;
			index -= k;
			n -= k;
		}
	}
	for (size_t i = 0; i < depth; i++)
		ret[i] = path[depth - 1 - i];
	*ret_len = depth;
	return 0;
}

static int bad_path(struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD, "the path does not lead to this tree's root");
}

/* One step up for the node `at` of the level that ends with node `last`: past the levels on which it is the last node and has no
 * sibling, it moves up unchanged. */
static void step_up(uint64_t *at, uint64_t *last)
{
	*at >>= 1;
	*last >>= 1;
}

/* RFC 9162 2.1.3.2, the algorithm for RFC 6962's paths. */
int tree_inclusion_check(const struct hash *leaf, uint64_t index, uint64_t n, const struct hash *path, size_t path_len,
			 const struct hash *root, struct valise_err *err)
{
	if (index >= n)
		return bad_path(err);
	uint64_t at = index;
	uint64_t last = n - 1;
	struct hash h = *leaf;
	for (size_t i = 0; i < path_len; i++) {
		if (last == 0)
			return bad_path(err);
		if (at & 1 || at == last) {
			tree_node(&path[i], &h, &h);
			while (at != 0 && !(at & 1))
				step_up(&at, &last);
		} else {
			tree_node(&h, &path[i], &h);
		}
		step_up(&at, &last);
	}
	return last == 0 && hash_eq(&h, root) ? 0 : bad_path(err);
}

/* RFC 9162 2.1.4.2. */
int tree_consistency_check(uint64_t n1, uint64_t n2, const struct hash *root1, const struct hash *root2,
			   const struct hash *path, size_t path_len, struct valise_err *err)
{
	if (n1 == 0 || n1 > n2)
		return bad_path(err);
	if (n1 == n2)
		return path_len == 0 && hash_eq(root1, root2) ? 0 : bad_path(err);
	uint64_t at = n1 - 1;
	uint64_t last = n2 - 1;
	while (at & 1)
		step_up(&at, &last);
	/* A first tree of a power of two leaves is itself the first node of the path, and is left out of it. */
	size_t i = 0;
	const struct hash *first = root1;
	if (at != 0) {
		if (path_len == 0)
			return bad_path(err);
		first = &path[i++];
	}
	struct hash h1 = *first;
	struct hash h2 = *first;
	for (; i < path_len; i++) {
		if (last == 0)
			return bad_path(err);
		if (at & 1 || at == last) {
			tree_node(&path[i], &h1, &h1);
			tree_node(&path[i], &h2, &h2);
			while (at != 0 && !(at & 1))
				step_up(&at, &last);
		} else {
			tree_node(&h2, &path[i], &h2);
		}
		step_up(&at, &last);
	}
	return last == 0 && hash_eq(&h1, root1) && hash_eq(&h2, root2) ? 0 : bad_path(err);
}
