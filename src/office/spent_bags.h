/* SPDX-License-Identifier: Apache-2.0 */
/* Which of our bags nobody waits for any more, since each letter that they carry has arrived. */
#ifndef OFFICE_SPENT_BAGS_H
#define OFFICE_SPENT_BAGS_H

#include "office/settled.h"

struct spent_bags {
	bool heard_all;       /* that are looked at, when it is asked which bags are spent */
	struct own_bags bags; /* in the order of those that lie there */
	struct hash_index
		arrived; /* letters whose recipients have all said received, of those that were heard: the first of them */
};
void spent_bags_release(struct spent_bags *s);
/* Of each letter that is looked at; before the next. */
CHECKED int spent_bags_hear(struct spent_bags *s, const struct valise *v, const struct gathered *letter,
			    bool *ret_arrived, struct valise_err *err);
/* After that of all: finds the bags; those that cannot go make it unsure how it will be next time. */
CHECKED int spent_bags_find(struct spent_bags *s, struct settled_look *look, struct store *store,
			    struct valise_err *err);

#endif
