/* SPDX-License-Identifier: Apache-2.0 */
/* Checks tallies against the seal's tree root, and pieces against a tally. */
#include "format/tally.h"

#include <inttypes.h>

#include "base/limits.h"
#include "crypto/tree.h"

#define HASH_BYTES sizeof((struct hash *)0)->bytes

uint64_t tally_pieces(uint64_t body_bytes)
{
	return body_bytes / TREE_PIECE_BYTES + (body_bytes % TREE_PIECE_BYTES != 0);
}

size_t tally_piece_bytes(uint64_t body_bytes, uint64_t i)
{
	uint64_t whole = body_bytes / TREE_PIECE_BYTES;
	if (i < whole)
		return TREE_PIECE_BYTES;
	return i == whole ? (size_t)(body_bytes % TREE_PIECE_BYTES) : 0;
}

struct hash tally_root(struct str tally, uint64_t i)
{
	struct hash root;
	memcpy(root.bytes, tally.at + i * HASH_BYTES, HASH_BYTES);
	return root;
}

int tally_check(const struct hash *root, uint64_t body_bytes, struct str tally, struct valise_err *err)
{
	uint64_t pieces = tally_pieces(body_bytes);
	if (tally.len % HASH_BYTES != 0 || tally.len / HASH_BYTES != pieces)
		return err_set(err, VALISE_E_BAD,
			       "the tally has %zu bytes, and a body of %" PRIu64 " bytes has %" PRIu64 " pieces",
			       tally.len, body_bytes, pieces);
	/* A piece is an aligned subtree, so the tree over the piece roots is the upper part of the tree over the
	 * blocks. */
	struct tree t;
	struct hash found;
	tree_init(&t);
	for (uint64_t i = 0; i < pieces; i++) {
		struct hash piece = tally_root(tally, i);
		tree_add(&t, &piece);
	}
	tree_end(&t, &found);
	if (!hash_eq(&found, root))
		return err_set(err, VALISE_E_BAD, "the tally is not that of the body which the seal names");
	return 0;
}

int tally_check_piece(struct str tally, uint64_t body_bytes, uint64_t i, const uint8_t *data, size_t len,
		      const struct hash *piece_root, struct valise_err *err)
{
	size_t want = tally_piece_bytes(body_bytes, i);
	if (want == 0)
		return err_set(err, VALISE_E_BAD, "the body has no piece %" PRIu64, i);
	if (len != want)
		return err_set(err, VALISE_E_BAD, "piece %" PRIu64 " has %zu bytes, not %zu", i, len, want);
	struct hash expected = tally_root(tally, i);
	struct hash found;
	if (piece_root)
		found = *piece_root;
	else
		tree_piece(data, len, &found);
	if (!hash_eq(&found, &expected))
		return err_set(err, VALISE_E_BAD, "piece %" PRIu64 " is not what the tally says", i);
	return 0;
}
