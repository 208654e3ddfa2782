/* SPDX-License-Identifier: Apache-2.0 */
/* Re-reading a body piece by piece: for doctor, and to tell damage here from a defect that came so. */
#include "office/body_root.h"

#include "crypto/tree.h"

int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret, struct valise_err *err)
{
	CLEAN_FREE uint8_t *piece = malloc(TREE_PIECE_BYTES);
	struct tree tree;
	struct hash root;
	if (!piece)
		return err_nomem(err);
	tree_init(&tree);
	for (uint64_t at = 0; at < body->size; at += TREE_PIECE_BYTES) {
		size_t len = body->size - at < TREE_PIECE_BYTES ? (size_t)(body->size - at) : TREE_PIECE_BYTES;
		int r = body_read(body, at, piece, len, err);
		if (!r)
			r = office_progress(v, doing, at, body->size, err);
		if (r)
			return r;
		tree_piece(piece, len, &root);
		tree_add(&tree, &root);
	}
	tree_end(&tree, ret);
	return 0;
}
