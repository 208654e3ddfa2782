/* SPDX-License-Identifier: Apache-2.0 */
/* Bags for one audience, written one after the other, each published only when whole, read back, and on record. */
#ifndef OFFICE_WRITE_BAGS_H
#define OFFICE_WRITE_BAGS_H

#include "channel/store.h"
#include "format/bag.h"
#include "office/hash_index.h"
#include "office/vouching.h"

struct own_bags;
/* Where bags go, and what became of them; shared by all groups of one sync. */
struct bag_place {
	struct valise *v;
	struct store *store;
	int64_t now_s;
	int64_t upto; /* where the log ended before anything was looked at */
	bool look;    /* count, write nothing */
	bool reports; /* with letters that go whole, what was reported of them */
	/* For the other machines of our own office: all of a letter goes, whoever said it, and each bag begins with the mark of its audience, and
	 * ends with what vouches for it. NULL: for others. */
	struct vouching *inside;
	struct own_bags *written; /* added to */
	size_t bags, reports_put, exhibits_put;
	uint64_t bytes;
	bool durable;   /* so far */
	bool read_back; /* so far, past the page cache */
	bool has_readme;
	struct hashes damaged; /* exhibits that are here and cannot go; released by whoever has the place */
};

struct bag_group;
/* Whom bags are for: sorted keys, none for bare. */
struct bag_audience {
	const struct age_recipient *to;
	size_t n;
	const struct hash *id; /* borrowed as long as the group is there */
};
/* present: what lies there already, by bag_item_name; items put are added to it. NULL: for bag_group_record and bag_group_mark alone. */
CHECKED int bag_group_new(struct bag_place *place, const struct bag_audience *audience, struct hashes *present,
			  struct bag_group **ret, struct valise_err *err);
/* What is not there yet of one letter: its notes, and its cover and body (and what was reported of it, where that is to go) when `whole`. When not, notes go only with news: a
 * statement by somebody else than the one it would go to. `offices`: who the letter goes to. On failure *ret_lost tells that what
 * is kept here of this letter cannot be read, or is damaged: it does not go whole, others may. */
CHECKED int bag_group_letter(struct bag_group *g, const struct gathered *letter, const struct hashes *offices,
			     bool whole, bool *ret_put, size_t *ret_statements, bool *ret_lost, struct valise_err *err);
/* For what goes with letters (put_exhibits.c): a note, or a record whose items the caller marks once all of it is in. */
bool bag_group_has(const struct bag_group *g, const struct hash *item);
CHECKED int bag_group_mark(struct bag_group *g, const struct hash *item, struct valise_err *err);
CHECKED int bag_group_note(struct bag_group *g, const struct note *n, bool *ret_put, struct valise_err *err);
CHECKED int bag_group_record(struct bag_group *g, enum bag_kind kind, const struct hash *of, uint32_t at,
			     struct str bytes, struct valise_err *err);
/* Publishes the bag in hand. g may be NULL. */
CHECKED int bag_group_end(struct bag_group *g, struct valise_err *err);
void bag_group_free(struct bag_group *g);
void bag_group_freep(struct bag_group **g);
#define CLEAN_BAG_GROUP CLEANUP(bag_group_freep)

#endif
