/* SPDX-License-Identifier: Apache-2.0 */
/* Our own bags in a folder inside our office: which of them nobody needs any more, and many small ones made one (spec/bag.md). */
#ifndef OFFICE_INSIDE_BAGS_H
#define OFFICE_INSIDE_BAGS_H

#include "channel/store.h"
#include "office/inside.h"
#include "office/write_bags.h"

struct inside_bag {
	char name[LIMIT_BAG_NAME_BYTES + 1];
	uint64_t bytes;
	size_t n_items;
	bool serves;    /* it is for the keys of all our officers of today */
	bool is_spent;  /* what it holds lies in other bags */
	bool is_gone;   /* it was removed */
	bool may_merge; /* with others that hold as many items */
};

struct inside_bags {
	struct valise *v;
	struct store *store;
	const struct inside_keys *keys;
	struct hashes *present; /* what need not be put there, by bag_item_key */
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

/* Of each bag of ours there: what it holds is present, if it serves. *ret_known is false of one that is not known to be from inside. */
CHECKED int inside_bags_see(struct inside_bags *x, const struct store_bag *bag, bool *ret_known);
/* Then: what lies there in bags of our office's other machines is present as well, where an officer in standing vouches for them: whoever else
 * writes into that folder can put what looks so, and is for fewer than it says. */
CHECKED int inside_bags_lying(struct inside_bags *x, const struct vouched_bag *vouched, size_t n,
			      const struct hash *items);
/* Before anything else: those of them that are new, for the syncs to come, which do not read them again. */
CHECKED int inside_bags_remember(struct inside_bags *x, const struct vouched_bag *vouched, size_t n,
				 const struct hash *items);
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
