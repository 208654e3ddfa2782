/* SPDX-License-Identifier: Apache-2.0 */
/* What a person types of an id, as the range of all ids that begin so. */
#ifndef SPOOL_ID_RANGE_H
#define SPOOL_ID_RANGE_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/str.h"

#define ID_PREFIX_MIN_CHARS 4

/* All ids that begin with the same bits: every one from `low` to `high`. */
struct id_range {
	struct hash low, high;
	size_t n_bits;
};
/* At least ID_PREFIX_MIN_CHARS hex digits, in either case; false otherwise. */
CHECKED bool id_range_of_hex(struct str name, struct id_range *ret);
/* "h7qk2mxd" or "h7qk-2mxd", or the first part of either. */
CHECKED bool id_range_of_short(struct str name, struct id_range *ret);
static inline bool id_range_has(const struct id_range *r, const struct hash *id)
{
	return hash_cmp(&r->low, id) <= 0 && hash_cmp(id, &r->high) <= 0;
}

#endif
