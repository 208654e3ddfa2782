/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves into pieces, pieces into the tally and the root. */
#include "office/body_hash.h"

void body_span_hash(const uint8_t *data, size_t len, uint64_t offset, struct body_span *ret)
{
	size_t into_block = (size_t)(offset % TREE_BLOCK_BYTES);
	ret->head = into_block ? TREE_BLOCK_BYTES - into_block : 0;
	if (ret->head > len)
		ret->head = len;
	ret->n_leaves = (len - ret->head) / TREE_BLOCK_BYTES;
	ret->tail = len - ret->head - ret->n_leaves * TREE_BLOCK_BYTES;
	tree_blocks(data + ret->head, ret->n_leaves, ret->leaves);
}

void body_hash_init(struct body_hash *h)
{
	h->n_straddle = 0;
	h->n_piece = 0;
	tree_init(&h->tree);
	buf_init(&h->tally, LIMIT_TALLY_BYTES);
}

void body_hash_release(struct body_hash *h)
{
	buf_release(&h->tally);
}

static void end_piece(struct body_hash *h)
{
	struct hash root;
	tree_root(h->piece, h->n_piece, &root);
	tree_add(&h->tree, &root);
	buf_add(&h->tally, root.bytes, sizeof root.bytes);
	h->n_piece = 0;
}

static void add_leaf(struct body_hash *h, const struct hash *leaf)
{
	h->piece[h->n_piece++] = *leaf;
	if (h->n_piece == TREE_PIECE_LEAVES)
		end_piece(h);
}

static void end_straddle(struct body_hash *h)
{
	struct hash leaf;
	tree_leaf(h->straddle, h->n_straddle, &leaf);
	add_leaf(h, &leaf);
	h->n_straddle = 0;
}

void body_hash_prefix(struct body_hash *h, const uint8_t *data, size_t len)
{
	memcpy(h->straddle + h->n_straddle, data, len);
	h->n_straddle += len;
	if (h->n_straddle == TREE_BLOCK_BYTES)
		end_straddle(h);
}

void body_hash_add(struct body_hash *h, const uint8_t *data, size_t len, const struct body_span *span)
{
	body_hash_prefix(h, data, span->head);
	for (size_t i = 0; i < span->n_leaves; i++)
		add_leaf(h, &span->leaves[i]);
	body_hash_prefix(h, data + len - span->tail, span->tail);
}

int body_hash_end(struct body_hash *h, struct hash *ret_root, struct valise_err *err)
{
	if (h->n_straddle)
		end_straddle(h);
	if (h->n_piece)
		end_piece(h);
	int r = buf_check(&h->tally, "the tally", err);
	if (!r)
		tree_end(&h->tree, ret_root);
	return r;
}
