/* SPDX-License-Identifier: Apache-2.0 */
/* Records in the order in which they were added, however many: the last in memory, those before them in an unnamed file of the spool. */
#ifndef OFFICE_ROLL_H
#define OFFICE_ROLL_H

#include "base/buf.h"
#include "base/newfile.h"
#include "spool/spool.h"

/* All zeros: none, and all that is added stays in memory. */
struct roll {
	const struct spool *spool; /* whose the file is; NULL: none may be written, or it could not be */
	struct buf last;
	bool has_file;
	struct newfile file;
	uint64_t filed; /* bytes in it */
	size_t n;
};
void roll_release(struct roll *r);
/* A record of `len` bytes, and a text with it (at NULL: as an empty one), together at most 32 KiB. */
CHECKED int roll_add(struct roll *r, const void *record, size_t len, struct str text, struct valise_err *err);
/* Where it ends; and takes off what was added since. */
struct roll_end {
	uint64_t bytes;
	size_t n;
};
struct roll_end roll_end(const struct roll *r);
void roll_cut(struct roll *r, const struct roll_end *end);
/* Lives for the call, and is aligned for 8 bytes. A non-zero return stops, and comes back. */
typedef int roll_each(void *context, const void *record, struct str text);
CHECKED int roll_each_record(const struct roll *r, roll_each *each, void *context, struct valise_err *err);

#endif
