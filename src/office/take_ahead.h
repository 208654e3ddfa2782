/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a bag on their way: the signatures of small notes are checked ahead, on all processors; all are taken in the bag's order. */
#ifndef OFFICE_TAKE_AHEAD_H
#define OFFICE_TAKE_AHEAD_H

#include "office/taking.h"

struct take_ahead;
/* take: one record, on the caller's thread. */
CHECKED int take_ahead_new(struct take_in *t, int (*take)(struct take_in *, const struct bag_record *),
			   struct take_ahead **ret, struct valise_err *err);
void take_ahead_free(struct take_ahead *a); /* what was not taken is dropped */
void take_ahead_freep(struct take_ahead **a);
#define CLEAN_TAKE_AHEAD CLEANUP(take_ahead_freep)
/* The next record: its bytes are copied where they are small; otherwise it is taken before this returns, and what came before it too. */
CHECKED int take_ahead_record(struct take_ahead *a, const struct bag_record *rec);
/* All that came so far is taken. */
CHECKED int take_ahead_drain(struct take_ahead *a);

#endif
