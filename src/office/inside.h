/* SPDX-License-Identifier: Apache-2.0 */
/* What the machines of one office exchange among themselves: which letters, and for whose keys. */
#ifndef OFFICE_INSIDE_H
#define OFFICE_INSIDE_H

#include "format/bag.h"
#include "office/office.h"
#include "office/roll.h"

/* Whom bags inside our office are for, by our register as it is here. Keys are sorted; an audience's id is the digest of them. */
struct inside_keys {
	struct recipients officers; /* all in standing who have one */
	struct hash officers_id;
	/* Those, and the newest of those who no longer are: for our register, which is no secret, so that who was dismissed learns it. */
	struct recipients ever;
	struct hash ever_id;
	/* Audiences that hold all of `officers`: theirs, and those that there were before somebody was dismissed, or had served his time. */
	struct hashes serving;
};
/* VALISE_E_NOT_ALLOWED when no officer in standing has a key. */
CHECKED int inside_keys_find(const struct office_register *self, int64_t now_s, struct inside_keys *ret,
			     struct valise_err *err);
void inside_keys_release(struct inside_keys *k);
/* A bag there by another machine of our office, which was read whole, and the key that vouches for it. One that was read before counts as it
 * did then, and what it holds is on record; for one that is new the key has to be of an officer in standing. */
struct vouched_bag {
	struct age_recipient by;
	struct hash mark; /* by which the spool knows it (take_in.c) */
	uint64_t bytes;
	bool is_new;
	/* The rest is of one that is new. */
	bool is_done; /* nothing in it waits for another bag */
	struct hash audience;
	size_t first, n; /* of its items in `items` */
};
struct vouched_bags {
	struct vouched_bag *at;
	size_t n, cap;
	struct roll items; /* in the order of bags */
};
bool inside_is_officer(const struct inside_keys *k, const struct age_recipient *one);
/* When no officer whose key is here is in standing any more, and this is not the keeper's spool: a sentence that says so, appended. */
CHECKED int inside_dismissed(struct valise *v, const struct office_register *self, int64_t now_s, struct buf *ret,
			     struct valise_err *err);
/* Whether our office has to do with that letter: it sealed it, it is addressed, it was handed it, or an officer of it has spoken. */
CHECKED int inside_concerns(const struct valise *v, const struct gathered *g, bool *ret, struct valise_err *err);
/* The item that a record is, as whoever put it would name it; false when it is none by itself. Whoever writes bags for us can also remove them:
 * that one does not hold what it says, costs no more. */
bool inside_item(const struct bag_record *rec, struct hash *ret);

#endif
