/* SPDX-License-Identifier: Apache-2.0 */
/* The few ids that what a person typed may mean: one is it, several are told apart. */
#ifndef SPOOL_FOUND_H
#define SPOOL_FOUND_H

#include "spool/db.h"
#include "spool/id_range.h"

#define FOUND_MAX 6 /* one more than are named in an error */

struct found {
	struct hash ids[FOUND_MAX];
	size_t n;
};

/* Adds the ids that a query gives in its first column, each once. */
CHECKED int found_add(struct found *found, struct query *q, struct valise_err *err);
/* Adds those of a range, which `sql` takes as its two values. */
CHECKED int found_add_range(struct found *found, struct db *db, const char *sql, const struct id_range *range,
			    struct valise_err *err);

struct found_noun {
	const char *one;    /* "letter" */
	const char *naming; /* by what one is named */
	const char *list;   /* the command that lists them */
	bool has_short;     /* known by the short form of the id as well */
};
/* The one that was found: VALISE_E_NOT_FOUND and VALISE_E_AMBIGUOUS say what to do. */
CHECKED int found_one(const struct found *found, struct str name, const struct found_noun *noun, struct hash *ret,
		      struct valise_err *err);

#endif
