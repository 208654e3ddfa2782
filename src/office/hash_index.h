/* SPDX-License-Identifier: Apache-2.0 */
/* From hashes to small numbers: which of many things has this id. */
#ifndef OFFICE_HASH_INDEX_H
#define OFFICE_HASH_INDEX_H

#include "office/hashes.h"

struct hash_index {
	struct hashes keys;
	size_t *numbers, cap;
};
void hash_index_release(struct hash_index *x);
/* False, *ret_number untouched, when it is not there. ret_number may be NULL. */
bool hash_index_get(const struct hash_index *x, const struct hash *key, size_t *ret_number);
/* Keeps the first number put for a key. */
CHECKED int hash_index_put(struct hash_index *x, const struct hash *key, size_t number, struct valise_err *err);

#endif
