/* SPDX-License-Identifier: Apache-2.0 */
/* Bags that this spool wrote, and those of others that it need not read again. */
#ifndef SPOOL_BAGS_H
#define SPOOL_BAGS_H

#include "spool/spool.h"

/* Which items each bag of that size holds. What is out on a stick follows from the names and sizes that are still there. */
CHECKED int bag_wrote(struct spool *s, struct str bag, uint64_t bytes, const struct hash *items, size_t n,
		      int64_t when_s, struct valise_err *err);
typedef int bag_item_each(void *context, const struct hash *item);
/* In the order of bag_wrote. Nothing for a bag that this spool did not write, or that has another size now. */
CHECKED int bag_items(struct spool *s, struct str bag, uint64_t bytes, bag_item_each *each, void *context,
		      struct valise_err *err);
/* Bags of others that were taken in whole, by the digest of their size, first and last bytes: to skip them next time. */
CHECKED int bag_seen_put(struct spool *s, const struct hash *mark, int64_t when_s, struct valise_err *err);
/* All of them will be read again: something that came in was lost here. */
CHECKED int bag_seen_forget(struct spool *s, struct valise_err *err);
CHECKED int bag_seen(struct spool *s, const struct hash *mark, bool *ret, struct valise_err *err);

#endif
