/* SPDX-License-Identifier: Apache-2.0 */
/* Ids, distinct, in the order in which they were added: of a spool's million letters too, in 40 to 50 bytes each. */
#ifndef OFFICE_HASHES_H
#define OFFICE_HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct hashes {
	struct hash *at;
	size_t n, cap;
	uint32_t *slots; /* a power of two of them: one more than the number of the id that belongs there; 0: free */
	size_t n_slots;
};
void hashes_release(struct hashes *h);
/* Its number. False, *ret untouched, when it is not there. ret may be NULL. */
bool hashes_find(const struct hashes *h, const struct hash *one, size_t *ret);
bool hashes_have(const struct hashes *h, const struct hash *one);
CHECKED int hashes_add(struct hashes *h, const struct hash *one, struct valise_err *err); /* once each */

#endif
