/* SPDX-License-Identifier: Apache-2.0 */
/* Bags for one audience, written one after the other, each published only when whole, read back, and on record. */
#ifndef OFFICE_WRITE_BAGS_H
#define OFFICE_WRITE_BAGS_H

#include "channel/store.h"
#include "office/hash_index.h"
#include "office/office.h"

/* Where bags go, and what became of them; shared by all groups of one sync. */
struct bag_place {
	struct valise *v;
	struct store *store;
	int64_t now_s;
	bool look; /* count, write nothing */
	size_t bags;
	uint64_t bytes;
	bool durable;   /* so far */
	bool read_back; /* so far, past the page cache */
	bool has_readme;
};

struct bag_group;
/* to: sorted, n 0 for bare. present: what lies there already; items put are added to it. */
CHECKED int bag_group_new(struct bag_place *place, const struct age_recipient *to, size_t n,
			  const struct hash *audience, struct hash_index *present, struct bag_group **ret,
			  struct valise_err *err);
/* What is not there yet of one letter: its notes, and its cover and body when `whole`. When not, notes go only with news: a
 * statement by somebody else than the one it would go to. `offices`: who the letter goes to. On failure *ret_lost tells that what
 * is kept here of this letter cannot be read, or is damaged: it does not go whole, others may. */
CHECKED int bag_group_letter(struct bag_group *g, const struct gathered *letter, const struct hashes *offices,
			     bool whole, bool *ret_put, size_t *ret_statements, bool *ret_lost, struct valise_err *err);
/* Publishes the bag in hand. g may be NULL. */
CHECKED int bag_group_end(struct bag_group *g, struct valise_err *err);
void bag_group_free(struct bag_group *g);
void bag_group_freep(struct bag_group **g);
#define CLEAN_BAG_GROUP CLEANUP(bag_group_freep)

#endif
