/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts: offices you gave a name. */
#ifndef SPOOL_CONTACTS_H
#define SPOOL_CONTACTS_H

#include "base/buf.h"
#include "spool/spool.h"

struct contact {
	struct hash office;
	struct str petname; /* free text; unique, compared by bytes */
	bool checked;       /* its digits came by another way and matched */
	int64_t added_s;
};
/* Adds; or renames, and raises `checked`. VALISE_E_EXISTS when another office has that name. */
CHECKED int contact_put(struct spool *s, const struct contact *c, struct valise_err *err);
/* ret->petname borrows from *ret_name, which gets the name appended. VALISE_E_NOT_FOUND, without a text. */
CHECKED int contact_get(struct spool *s, const struct hash *office, struct contact *ret, struct buf *ret_name,
			struct valise_err *err);
typedef int contact_each(void *context, const struct contact *c);
CHECKED int contacts_each(struct spool *s, contact_each *each, void *context, struct valise_err *err); /* by petname */
/* By petname, an unambiguous prefix of one, or a prefix (at least 4) of the id in hex. A whole petname, then a whole id, wins.
 * VALISE_E_NOT_FOUND or VALISE_E_AMBIGUOUS with the candidates named; with only_whole every prefix is ambiguous. */
CHECKED int contact_find(struct spool *s, struct str name, bool only_whole, struct hash *ret, struct valise_err *err);

#endif
