/* SPDX-License-Identifier: Apache-2.0 */
/* Files: whole reads and writes, durable publication, and paths that cannot leave their directory. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* All of them retry EINTR and short transfers. `name` is only for the error text. */
CHECKED int file_write_all(int fd, const void *data, size_t len, const char *name, struct valise_err *err);
CHECKED int file_pwrite_all(int fd, const void *data, size_t len, uint64_t offset, const char *name,
			    struct valise_err *err);
/* Reads until len bytes or the end of file; *ret_len says how many. */
CHECKED int file_read_full(int fd, void *ret, size_t len, size_t *ret_len, const char *name, struct valise_err *err);
CHECKED int file_pread_full(int fd, void *ret, size_t len, uint64_t offset, size_t *ret_len, const char *name,
			    struct valise_err *err);
/* Appends the whole file to *ret; VALISE_E_LIMIT as soon as it passes ret->max. `dirfd` may be AT_FDCWD. A FIFO or device is
 * refused unless it is the standard input that fd names. */
CHECKED int file_read_all(int dirfd, const char *path, struct buf *ret, struct valise_err *err);
CHECKED int file_read_all_fd(int fd, const char *name, struct buf *ret, struct valise_err *err);

CHECKED int file_sync(int fd, const char *name, struct valise_err *err);
/* fsync of a directory; *ret_durable (may be NULL) is false where the filesystem says that it cannot (EINVAL, ENOTSUP). */
CHECKED int file_sync_dir(int dirfd, const char *name, bool *ret_durable, struct valise_err *err);

/* mkdir -p below `dirfd` with the given mode, each new directory's parent synced. */
CHECKED int file_make_dirs(int dirfd, const char *path, mode_t mode, struct valise_err *err);
CHECKED int file_open_dir(int dirfd, const char *path, int *ret_fd, struct valise_err *err);

/* openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS): path never leaves dirfd. Returns the descriptor or -errno. */
CHECKED int file_open_beneath(int dirfd, const char *path, int flags, mode_t mode);

/* A file that is not there until it is whole: unnamed where the filesystem can (O_TMPFILE, linkat), otherwise named
 * ".valise-tmp-<random>" and flock-held, so that a stale one is one whose lock is to be had. */
struct newfile {
	int fd;
	int dirfd;     /* borrowed: must outlive the newfile */
	char temp[48]; /* the temporary's name; "" when unnamed */
};
#define NEWFILE_NONE \
	{ \
		.fd = -1, .dirfd = -1 \
	}
#define CLEAN_NEWFILE CLEANUP(newfile_abandon)

CHECKED int newfile_begin(int dirfd, mode_t mode, struct newfile *ret, struct valise_err *err);
/* fsync, then the name, then fsync of the directory. An existing `name` is replaced when `replace`, otherwise VALISE_E_EXISTS.
 * The descriptor is closed; the newfile is spent, also on failure. */
CHECKED int newfile_publish(struct newfile *nf, const char *name, bool replace, struct valise_err *err);
/* The same without the fsyncs, for callers that batch them. */
CHECKED int newfile_link(struct newfile *nf, const char *name, bool replace, struct valise_err *err);
/* Closes and removes what was not published; harmless twice and on NEWFILE_NONE. */
void newfile_abandon(struct newfile *nf);
/* Removes temporaries in `dirfd` whose writer is dead. Never fails loudly: they are only litter. */
void newfile_sweep(int dirfd);

/* Writes `data` as `name` below dirfd by newfile_publish. */
CHECKED int file_write_new(int dirfd, const char *name, mode_t mode, const void *data, size_t len, bool replace,
			   struct valise_err *err);

/* Removes the entry and, for a directory, all below it, following no link and crossing no mount. Depth is bounded by memory only. */
CHECKED int file_remove_tree(int dirfd, const char *name, struct valise_err *err);

/* Names in a directory without "." and "..", sorted by bytes; at most max_names (VALISE_E_LIMIT). */
struct names {
	char **names;
	size_t count;
};
#define CLEAN_NAMES CLEANUP(names_release)
CHECKED int names_read(int dirfd, size_t max_names, struct names *ret, struct valise_err *err);
void names_release(struct names *n);

/* flock(LOCK_EX) on the open file; VALISE_E_BUSY when `wait` is false and another holds it. */
CHECKED int file_lock(int fd, bool wait, const char *name, struct valise_err *err);

#endif
