/* SPDX-License-Identifier: Apache-2.0 */
/* A file that has no name until it is whole. */
#ifndef BASE_NEWFILE_H
#define BASE_NEWFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"

/* A file that is not there until it is whole: unnamed where the filesystem can (O_TMPFILE, linkat), otherwise named
 * ".valise-tmp-<random>" and flock-held, so that a stale one is one whose lock is to be had. */
struct newfile {
	int fd;
	int dirfd;     /* where its name will be; borrowed: must outlive the newfile; may be AT_FDCWD */
	int tempfd;    /* where the temporary is: the same, until the caller chooses another dirfd */
	char temp[48]; /* the temporary's name; "" when unnamed */
};
#define NEWFILE_NONE \
	{ \
		.fd = -1, .dirfd = -1, .tempfd = -1 \
	}
#define CLEAN_NEWFILE CLEANUP(newfile_abandon)

CHECKED int newfile_begin(int dirfd, mode_t mode, struct newfile *ret, struct valise_err *err);
/* Always the named kind: for what can only be handed on by its name. Whoever has it as long as this lives may write to it. */
CHECKED int newfile_begin_named(int dirfd, mode_t mode, struct newfile *ret, struct valise_err *err);
/* One for a path at which nothing lies yet: VALISE_E_EXISTS when something does. *ret_dir is where its name will be, and outlives it. */
CHECKED int newfile_begin_at(const char *path, mode_t mode, int *ret_dir, const char **ret_name, struct newfile *ret,
			     struct valise_err *err);
/* fsync, then the name, then fsync of the directory (where the filesystem has that). `name` is one plain name in `dirfd`. An
 * existing one is replaced when `replace`, otherwise VALISE_E_EXISTS. The descriptor is closed; the newfile is spent, also on
 * failure: it then has no name, or, when only the directory's fsync failed, one that may not survive a power cut. */
CHECKED int newfile_publish(struct newfile *nf, const char *name, bool replace, struct valise_err *err);
/* The same without the fsyncs, for callers that batch them. */
CHECKED int newfile_link(struct newfile *nf, const char *name, bool replace, struct valise_err *err);
/* Closes and removes what was not published; harmless twice and on NEWFILE_NONE. */
void newfile_abandon(struct newfile *nf);
/* Removes temporaries in `dirfd` whose writer is dead. Never fails loudly: they are only litter. */
void newfile_sweep(int dirfd);

#endif
