/* SPDX-License-Identifier: Apache-2.0 */
/* Where plaintext stands until it is whole: a private directory beside its places, that the spool knows of before it exists. */
#ifndef OFFICE_STAGING_H
#define OFFICE_STAGING_H

#include "office/office.h"

struct staging;
/* Makes `.valise-open-<short id>-<random>` in `parent`, recorded in the spool and locked; `letter` is any that will stand in it. */
CHECKED int staging_begin(struct valise *v, const char *parent, const struct hash *letter, struct staging **ret,
			  struct valise_err *err);
/* The private directory: each letter is made in it under the name that it will have in `parent`. */
int staging_dir(const struct staging *s);
/* Whether something has that name in `parent`. */
bool staging_is_taken(const struct staging *s, const char *name);
/* All that was written on that filesystem until now is durable; whoever syncs what he writes himself need not wait for that. */
CHECKED int staging_sync(struct staging *s, struct valise_err *err);
/* A letter that is durable gets its name. VALISE_E_EXISTS when it is taken. */
CHECKED int staging_publish(struct staging *s, const char *name, struct valise_err *err);
/* What got no name is removed, with the private directory; the names are durable; the spool forgets the place. */
CHECKED int staging_end(struct staging *s, struct valise_err *err);
/* Removes all that got no name. */
void staging_free(struct staging *s);
void staging_freep(struct staging **s);
#define CLEAN_STAGING CLEANUP(staging_freep)

/* What killed openings left is removed, or only looked for. `each` (may be NULL) hears of every place where something was found, and
 * whether it still is there, and of those that are not here to be looked at. What is not known to be gone stays on record. */
typedef void staging_found(void *context, bool is_left, const char *text);
CHECKED int staging_sweep(struct valise *v, bool remove, staging_found *each, void *context, struct valise_err *err);

#endif
