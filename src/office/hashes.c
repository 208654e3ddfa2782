/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over numbers of SHA-256 values, whose first bytes are hash enough. */
#include "office/hashes.h"

#include <stdlib.h>

#include "base/array.h"

void hashes_release(struct hashes *h)
{
	free(h->at);
	free(h->slots);
	*h = (struct hashes){0};
}

/* The slot that has its number, or the free one where that would go. */
static uint32_t *find(const struct hashes *h, const struct hash *one)
{
	uint64_t begin;
	memcpy(&begin, one->bytes, sizeof begin);
	for (size_t i = (size_t)begin;; i++) {
		uint32_t *slot = &h->slots[i & (h->n_slots - 1)];
		if (!*slot || hash_eq(&h->at[*slot - 1], one))
			return slot;
	}
}

bool hashes_find(const struct hashes *h, const struct hash *one, size_t *ret)
{
	uint32_t number = h->n_slots ? *find(h, one) : 0;
	if (number && ret)
		*ret = number - 1;
	return number != 0;
}

bool hashes_have(const struct hashes *h, const struct hash *one)
{
	return hashes_find(h, one, NULL);
}

/* At most three quarters of the slots are in use. */
static int make_slots(struct hashes *h, struct valise_err *err)
{
	if (4 * (h->n + 1) <= 3 * h->n_slots)
		return 0;
	size_t n = h->n_slots ? 2 * h->n_slots : 8;
	uint32_t *slots = h->n < UINT32_MAX ? calloc(n, sizeof *slots) : NULL;
	if (!slots)
		return err_nomem(err);
	free(h->slots);
	h->slots = slots;
	h->n_slots = n;
	for (size_t i = 0; i < h->n; i++)
		*find(h, &h->at[i]) = (uint32_t)i + 1;
	return 0;
}

int hashes_add(struct hashes *h, const struct hash *one, struct valise_err *err)
{
	if (hashes_have(h, one))
		return 0;
	struct hash *grown = array_room(h->at, h->n, &h->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	h->at = grown;
	int r = make_slots(h, err);
	if (r)
		return r;
	uint32_t *slot = find(h, one);
	h->at[h->n++] = *one;
	*slot = (uint32_t)h->n;
	return 0;
}
