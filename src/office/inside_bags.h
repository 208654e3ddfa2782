/* SPDX-License-Identifier: Apache-2.0 */
/* Our own bags in a folder inside our office: which of them nobody needs any more, and many small ones made one (spec/bag.md). */
#ifndef OFFICE_INSIDE_BAGS_H
#define OFFICE_INSIDE_BAGS_H

#include "channel/store.h"
#include "office/inside.h"
#include "office/write_bags.h"

struct own_bags;
struct inside_bag {
	char name[LIMIT_BAG_NAME_BYTES + 1];
	uint64_t bytes;
	size_t n_items;
	bool serves;    /* it is for the keys of all our officers of today */
	bool is_spent;  /* what it holds lies in other bags */
	bool is_gone;   /* it was removed */
	bool may_merge; /* with others that hold as many items */
	bool is_copied; /* all that it is on record for is in the one being made */
};

struct inside_bags {
	struct valise *v;
	struct store *store;
	const struct inside_keys *keys;
	const struct vouched_bags *vouched; /* there, by other machines */
	bool look;                          /* nothing is put on record */
	const struct own_bags *written;     /* since this look */
	struct inside_bag *at;
	size_t n, cap;
	char writer[LIMIT_BAG_NAME_BYTES + 1]; /* our name there */
	bool stays; /* there is no key here to read them: what could be merged is left as it is */
	char damaged[LIMIT_BAG_NAME_BYTES + 1]; /* one of ours that is; "" */
	struct valise_err *err;                 /* of the call in hand, for callbacks */
};
void inside_bags_release(struct inside_bags *x);
/* What was seen; another look begins. */
void inside_bags_forget(struct inside_bags *x);

/* Each bag of ours there; those that are not known to be from inside count for nothing. */
CHECKED int inside_bags_see(struct inside_bags *x, const char *writer, const char *name, uint64_t bytes);
/* After they were taken in: what bags of other machines hold that are new goes on record, for the syncs to come, which do not read them again;
 * where an officer in standing vouches for them: whoever else writes into that folder can put what looks so, and is for fewer than it says. */
CHECKED int inside_bags_remember(struct valise *v, const struct vouched_bags *vouched, struct valise_err *err);
/* What lies there in bags that serve, ours and those of the other machines, for which audience. */
typedef int inside_bags_each(void *context, const struct hash *audience, const struct hash *item);
CHECKED int inside_bags_each_lying(struct inside_bags *x, inside_bags_each *each, void *context);
/* Puts small bags into one anew. *x->damaged is set when one of them cannot be read; where there is no key to read them, or no room, nothing
 * happens. */
CHECKED int inside_bags_merge(struct inside_bags *x, struct bag_place *place);
/* Removes those whose items all lie in others by now. */
CHECKED int inside_bags_remove(struct inside_bags *x, size_t *ret_removed);

/* After both: whether another look would find nothing to merge or remove, with so many bags that were written since this one. */
bool inside_bags_are_settled(const struct inside_bags *x, size_t n_written);

/* Which bags are put into one: their numbers, in order, in ret, which has room for n. 0: none need be. */
size_t inside_bags_choose(const struct inside_bag *bags, size_t n, size_t *ret);

#endif
