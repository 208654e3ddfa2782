/* SPDX-License-Identifier: Apache-2.0 */
/* Bags that this spool wrote, and those of others that it need not read again. */
#ifndef SPOOL_BAGS_H
#define SPOOL_BAGS_H

#include "format/age.h"
#include "spool/spool.h"

/* A bag that was written: which items it holds, and of which letters cover or body. What is out on a stick follows from the names and
 * sizes that are still there. `audience`: of one inside our office, whose items are then plain; `voucher`: of one there by another machine,
 * whose key vouches for it; NULL. */
struct written_bag {
	struct str name;
	uint64_t bytes;
	const struct hash *items, *letters;
	size_t n_items, n_letters;
	const struct hash *audience;
	const struct age_recipient *voucher;
	int64_t when_s;
	int64_t upto; /* where the log ended before it was looked at what goes into it */
};
CHECKED int bag_wrote(struct spool *s, const struct written_bag *b, struct valise_err *err);
/* Whether this spool has written a bag of that name and size. */
CHECKED int bag_is_known(struct spool *s, struct str bag, uint64_t bytes, bool *ret, struct valise_err *err);
/* In the order of bag_wrote. Nothing for a bag that this spool did not write, or that has another size now. */
CHECKED int bag_items(struct spool *s, struct str bag, uint64_t bytes, hash_each *each, void *context,
		      struct valise_err *err);
/* The same of its letters. *ret_upto: as bag_wrote had it. */
CHECKED int bag_letters(struct spool *s, struct str bag, uint64_t bytes, hash_each *each, void *context,
			int64_t *ret_upto, struct valise_err *err);
/* For whose keys one inside our office is; *ret_is_inside is false, and *ret untouched, where that is not known, or it is none. */
CHECKED int bag_inside(struct spool *s, struct str bag, uint64_t bytes, bool *ret_is_inside, struct hash *ret,
		       struct valise_err *err);
/* The same of who vouches for one there by another machine. */
CHECKED int bag_voucher(struct spool *s, struct str bag, uint64_t bytes, bool *ret_is_vouched,
			struct age_recipient *ret, struct valise_err *err);
/* All that it holds lies in others too: it counts for nothing, and may go. */
CHECKED int bag_emptied(struct spool *s, struct str bag, struct valise_err *err);
/* It lies there no more. */
CHECKED int bag_gone(struct spool *s, struct str bag, struct valise_err *err);
/* Bags of others that were taken in whole, by the digest of their size, first and last bytes: to skip them next time. */
CHECKED int bag_seen_put(struct spool *s, const struct hash *mark, int64_t when_s, struct valise_err *err);
/* All of them will be read again: something that came in was lost here. */
CHECKED int bag_seen_forget(struct spool *s, struct valise_err *err);
CHECKED int bag_seen(struct spool *s, const struct hash *mark, bool *ret, struct valise_err *err);

#endif
