/* SPDX-License-Identifier: Apache-2.0 */
/* Large things as read-only files, each by the hash that names it, in as many directories as two digits make. */
#ifndef SPOOL_SHELF_H
#define SPOOL_SHELF_H

#include <sys/stat.h>

#include "base/newfile.h"
#include "spool/bodies.h"

/* NAME/ab/HASH. */
struct shelf {
	int fd; /* -1: not there (a read-only copy) */
	const char *name;
	const char *noun, *one; /* what lies on it, for error texts: "body", "a body" */
	const char *remedy;     /* what to do when it is damaged; "" where that depends on what it was wanted for */
};
struct shelf shelf_bodies(const struct spool *s);
struct shelf shelf_exhibits(const struct spool *s);

/* NAME/ab, for `id`; VALISE_E_NOT_FOUND when it is not there and not to be made. */
CHECKED int shelf_room(const struct spool *s, const struct shelf *shelf, const struct hash *id, bool make, int *ret_fd,
		       struct valise_err *err);
/* Every byte is in the file: it is synced, made 0400, and gets its name. In an open transaction, before its row. *ret_stat (may be
 * NULL) is what the system says of it then. */
CHECKED int shelf_put(const struct spool *s, const struct shelf *shelf, const struct hash *id, struct newfile *file,
		      struct stat *ret_stat, struct valise_err *err);
/* VALISE_E_BAD when the file is lost, or not of its size. */
CHECKED int shelf_open(const struct spool *s, const struct shelf *shelf, const struct hash *id, uint64_t bytes,
		       struct body *ret, struct valise_err *err);
/* The same of one whose bytes are a row. */
CHECKED int shelf_open_small(const struct shelf *shelf, const struct hash *id, uint64_t bytes, struct str small,
			     struct body *ret, struct valise_err *err);
#endif
