/* SPDX-License-Identifier: Apache-2.0 */
/* Tallies of any size against any root; one that fits its own root takes no piece but its own. */
#include <assert.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "crypto/tree.h"
#include "format/tally.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(data, size);
	uint64_t body_bytes = cursor_u64be(&c);
	uint64_t i = cursor_u64be(&c);
	struct str tally = {(const char *)c.at, cursor_left(&c)};
	struct tree t;
	struct hash root, piece;
	tree_init(&t);
	for (size_t k = 0; k < tally.len / 32; k++) {
		struct hash h = tally_root(tally, k);
		tree_add(&t, &h);
	}
	tree_end(&t, &root);
	bool fits = tally_check(&root, body_bytes, tally, NULL) == 0;
	assert(fits == (tally.len % 32 == 0 && tally.len / 32 == tally_pieces(body_bytes)));
	if (!fits)
		return 0;
	tree_piece(data, size, &piece);
	bool taken = tally_check_piece(tally, body_bytes, i, data, size, &piece, NULL) == 0;
	assert(!taken);
	if (i < tally_pieces(body_bytes) && size == tally_piece_bytes(body_bytes, i)) {
		struct hash right = tally_root(tally, i);
		assert(tally_check_piece(tally, body_bytes, i, data, size, &right, NULL) == 0);
	}
	root.bytes[0] ^= 1;
	assert(tally_check(&root, body_bytes, tally, NULL) != 0);
	return 0;
}
