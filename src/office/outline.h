/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines made of accounts: the pure function, keeping what it gives, and holding that against the evidence again. */
#ifndef OFFICE_OUTLINE_H
#define OFFICE_OUTLINE_H

#include "office/office.h"
#include "spool/outlines.h"

/* A letter as lists have it: its accounts, without the words of exhibits, and the outline that follows from them. Of one whose notes are
 * damaged here there are none, and its outline is its date. */
struct outlined {
	struct valise_accounts *accounts; /* NULL: unread */
	struct outline outline;
	struct valise_err why; /* unread: what is damaged */
};
void outlined_release(struct outlined *o);
#define CLEAN_OUTLINED CLEANUP(outlined_release)
/* In the caller's transaction. */
CHECKED int outline_letter(struct valise *v, const struct hash *letter, struct outlined *ret, struct valise_err *err);
/* What the evidence comes to; pure. */
CHECKED int outline_of(const struct gathered *g, const struct valise_accounts *a, struct outline *ret,
		       struct valise_err *err);

/* Makes what is stale again, in batches, each in a transaction of its own. *ret_fresh is false where it cannot be kept (a spool that
 * cannot be written here, or is full, or that somebody else is writing in): then nothing that is kept may be asked. */
CHECKED int outlines_refresh(struct valise *v, bool *ret_fresh, struct valise_err *err);
/* How many of those that are kept, and not stale, are not what the evidence comes to. */
CHECKED int outlines_compare(struct valise *v, uint64_t *ret_wrong, struct valise_err *err);

#endif
