/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over numbers of ids. */
#include "office/hashes.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"

void hashes_release(struct hashes *h)
{
	free(h->at);
	free(h->slots);
	*h = (struct hashes){0};
}

/* Not every id is a digest: a statement may name any 32 bytes. So nobody outside knows which of them belong side by side: multilinear hashing
 * with numbers of this process alone. What stands here is for a system that gives none. */
static uint64_t secret[9] = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb,
			     0xd6e8feb86659fd93, 0xa0761d6478bd642f, 0xe7037ed1a0b428db,
			     0x8ebc6af09c88c6e3, 0x589965cc75374cc3, 0x1d8e4e27c47d124f};

/* Before there is any thread. */
__attribute__((constructor)) static void choose_secret(void)
{
	(void)!getentropy(secret, sizeof secret);
}

static size_t begin_of(const struct hash *one)
{
	uint64_t sum = secret[8];
	uint32_t words[8];
	memcpy(words, one->bytes, sizeof words);
	for (size_t i = 0; i < 8; i++)
		sum += secret[i] * words[i];
	return (size_t)(sum >> 32);
}

/* The slot that has its number, or the free one where that would go. */
static uint32_t *find(const struct hashes *h, const struct hash *one)
{
	for (size_t i = begin_of(one);; i++) {
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
