/* SPDX-License-Identifier: Apache-2.0 */
/* What tells a spool from copies of it: a file of its own, and what the system said of it when the spool was last known to be the only one. */
#ifndef SPOOL_COPY_MARK_H
#define SPOOL_COPY_MARK_H

#include <stdbool.h>

#include "spool/spool.h"

/* The file has a new name with each mark, and its inode and ctime are nothing that a program can set: so neither a copy of the directory
 * nor an older database in the place of this one has a mark that fits. A snapshot of the whole filesystem does. */
/* From the commit on, a new one. In an open transaction, so that no two make one at once. */
CHECKED int copy_mark_renew(struct spool *s, struct valise_err *err);
/* After it: removes the files of earlier marks, and of those that never came to be. What cannot be removed is only litter. */
void copy_mark_sweep(struct spool *s);

enum copy_mark_state {
	COPY_MARK_NONE, /* an older version made this spool, and knew no mark */
	COPY_MARK_FITS,
	COPY_MARK_OTHER, /* a copy, or an older state of this one */
};
CHECKED int copy_mark_look(struct spool *s, enum copy_mark_state *ret, struct valise_err *err);

#endif
