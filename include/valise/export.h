/* SPDX-License-Identifier: Apache-2.0 */
/* A whole spool in one file, and back. */
#ifndef VALISE_EXPORT_H
#define VALISE_EXPORT_H

#include <stdint.h>

#include <valise/error.h>
#include <valise/visibility.h>

VALISE_BEGIN_C

/* The conventions are those of valise.h. */
struct valise;
struct valise_caller;

struct valise_exported {
	char office[65]; /* whose spool it is */
	int64_t made_s;
	uint64_t files, bytes; /* of the spool */
};
/* As it is at one moment, while others may go on writing, into a new file at `path` with mode 0600, which has its name when it is whole and
 * durable; "-": standard output. It holds the secret keys as they lie. VALISE_E_EXISTS when a file is there. For a spool opened for
 * writing: a copy of its database takes room in it meanwhile. */
VALISE_CHECKED int valise_export(struct valise *v, const char *path, struct valise_exported *ret,
				 struct valise_err *err);
/* Out of such a file ("-": standard input) into `dir`, which must not be there, and is not until every byte has been compared with the
 * manifest: VALISE_E_BAD, and nothing is left. What it holds is trusted as a spool's own rows are: it must come from who made it. */
VALISE_CHECKED int valise_import(const char *path, const char *dir, const struct valise_caller *caller,
				 struct valise_exported *ret, struct valise_err *err);

VALISE_END_C

#endif
