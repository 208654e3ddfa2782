/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers beside a set of ids. */
#include "office/hash_index.h"

#include <stdlib.h>

#include "base/array.h"

void hash_index_release(struct hash_index *x)
{
	hashes_release(&x->keys);
	free(x->numbers);
	*x = (struct hash_index){0};
}

bool hash_index_get(const struct hash_index *x, const struct hash *key, size_t *ret_number)
{
	size_t i;
	if (!hashes_find(&x->keys, key, &i))
		return false;
	if (ret_number)
		*ret_number = x->numbers[i];
	return true;
}

int hash_index_put(struct hash_index *x, const struct hash *key, size_t number, struct valise_err *err)
{
	if (hashes_have(&x->keys, key))
		return 0;
	size_t *grown = array_room(x->numbers, x->keys.n, &x->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	x->numbers = grown;
	int r = hashes_add(&x->keys, key, err);
	if (!r)
		x->numbers[x->keys.n - 1] = number;
	return r;
}
