/* SPDX-License-Identifier: Apache-2.0 */
/* Directories that `open` is writing plaintext into, recorded before they are made, so that what a kill left is found. */
#ifndef SPOOL_OPENINGS_H
#define SPOOL_OPENINGS_H

#include "spool/spool.h"

CHECKED int opening_put(struct spool *s, struct str path,
			struct valise_err *err); /* raw bytes: which directory, and the path */
/* When nothing is there any more, durably: in a transaction of its own, which waits for no disk. Where a power cut brings the row back,
 * the next sweep finds nothing and removes it again. */
CHECKED int opening_remove(struct spool *s, struct str path, struct valise_err *err);
typedef int opening_each(void *context, struct str path);
CHECKED int openings_each(struct spool *s, opening_each *each, void *context, struct valise_err *err);

#endif
