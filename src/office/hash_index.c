/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over SHA-256 values, whose first bytes are hash enough. */
#include "office/hash_index.h"

#include <stdlib.h>

struct hash_slot {
	struct hash key;
	size_t number_plus_1; /* 0: free */
};

void hash_index_release(struct hash_index *x)
{
	free(x->slots);
	*x = (struct hash_index){0};
}

/* The slot that holds the key, or the free one where it would go. */
static struct hash_slot *find(const struct hash_index *x, const struct hash *key)
{
	uint64_t h;
	memcpy(&h, key->bytes, sizeof h);
	for (size_t i = (size_t)h;; i++) {
		struct hash_slot *s = &x->slots[i & (x->n_slots - 1)];
		if (!s->number_plus_1 || hash_eq(&s->key, key))
			return s;
	}
}

bool hash_index_get(const struct hash_index *x, const struct hash *key, size_t *ret_number)
{
	if (!x->n_slots)
		return false;
	const struct hash_slot *s = find(x, key);
	if (!s->number_plus_1)
		return false;
	if (ret_number)
		*ret_number = s->number_plus_1 - 1;
	return true;
}

static int grow(struct hash_index *x, struct valise_err *err)
{
	struct hash_index bigger = {.n_slots = x->n_slots ? 2 * x->n_slots : 64};
	bigger.slots = calloc(bigger.n_slots, sizeof *bigger.slots);
	if (!bigger.slots)
		return err_nomem(err);
	for (size_t i = 0; i < x->n_slots; i++)
		if (x->slots[i].number_plus_1)
			*find(&bigger, &x->slots[i].key) = x->slots[i];
	bigger.used = x->used;
	free(x->slots);
	*x = bigger;
	return 0;
}

int hash_index_put(struct hash_index *x, const struct hash *key, size_t number, struct valise_err *err)
{
	if (4 * (x->used + 1) > 3 * x->n_slots) {
		int r = grow(x, err);
		if (r)
			return r;
	}
	struct hash_slot *s = find(x, key);
	if (!s->number_plus_1) {
		*s = (struct hash_slot){*key, number + 1};
		x->used++;
	}
	return 0;
}
