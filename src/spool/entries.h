/* SPDX-License-Identifier: Apache-2.0 */
/* Register entries in the spool, by their office and their ids. */
#ifndef SPOOL_ENTRIES_H
#define SPOOL_ENTRIES_H

#include "format/register.h"
#include "spool/spool.h"

/* Several chains of one office may be here: forks are evidence. */
CHECKED int entry_put(struct spool *s, const struct verified_entry *e, bool *ret_new, struct valise_err *err);
typedef int entry_each(void *context, struct verified_entry *e); /* owns e */
/* In order of seq, then id. */
CHECKED int entries_of(struct spool *s, const struct hash *office, entry_each *each, void *context,
		       struct valise_err *err);
/* Sum of the bytes, and count, of an office's entries here: for the limits. Zeros when there are none. */
CHECKED int entries_size(struct spool *s, const struct hash *office, uint64_t *ret_bytes, uint64_t *ret_count,
			 struct valise_err *err);
/* An office whose register is here, named or not, by at least four hex digits of its id. VALISE_E_NOT_FOUND, VALISE_E_AMBIGUOUS. */
CHECKED int register_find(struct spool *s, struct str prefix, struct hash *ret, struct valise_err *err);

#endif
