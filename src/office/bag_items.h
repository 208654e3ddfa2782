/* SPDX-License-Identifier: Apache-2.0 */
/* The items that bags carry, named with the audience they are wrapped for: which of them a letter has, and whether they lie there already. */
#ifndef OFFICE_BAG_ITEMS_H
#define OFFICE_BAG_ITEMS_H

#include "office/office.h"

/* How sets of what lies there, and the spool's record of bags but for ours inside our office, name an item in a bag for that audience. */
struct hash bag_item_key(const struct hash *audience, const struct hash *item);
/* The same; inside our office, where `audience` is NULL, the item as it is. */
struct hash bag_item_name(const struct hash *audience, const struct hash *item);

/* Statements that go to those offices. With the whole letter goes all that is said of it: who asked for it again may have lost also what he
 * said himself. So it does where nobody takes part but us. */
bool bag_takes_statement(const struct statement *s, const struct hashes *offices, bool whole);
/* Whether a statement that does not lie there tells one of the offices something. */
bool bag_has_news(const struct hashes *lying, const struct hash *audience, const struct gathered *letter,
		  const struct hashes *offices);

/* Whether nothing is left to put of a letter (gathered with reports where those are to go) for that audience; false where that takes a
 * closer look. */
CHECKED int bag_letter_lies_there(const struct hashes *lying, const struct hash *audience,
				  const struct gathered *letter, const struct hashes *offices, bool whole, bool *ret,
				  struct valise_err *err);
/* Adds the names of all that its bag may carry: inside our office what was reported as well. */
CHECKED int bag_letter_items(struct valise *v, const struct hash *audience, const struct gathered *letter,
			     const struct hashes *offices, bool whole, struct hashes *ret, struct valise_err *err);

#endif
