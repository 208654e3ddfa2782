/* SPDX-License-Identifier: Apache-2.0 */
/* Files: whole reads and writes, durable publication, and paths that cannot leave their directory. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/newfile.h"

/* All of them retry EINTR and short transfers, and wait where a descriptor is non-blocking. `name` is only for the error
 * text, and is escaped there: give it as it is. */
CHECKED int file_write_all(int fd, const void *data, size_t len, const char *name, struct valise_err *err);
CHECKED int file_pwrite_all(int fd, const void *data, size_t len, uint64_t offset, const char *name,
			    struct valise_err *err);
/* Reads until len bytes or the end of file; *ret_len says how many. */
CHECKED int file_read_full(int fd, void *ret, size_t len, size_t *ret_len, const char *name, struct valise_err *err);
/* For descriptors that may keep one waiting, such as pipes: what can be read now, at least a byte; *ret_len is 0 at the end.
 * While there is nothing it asks `stop` five times a second (NULL: waits for ever); VALISE_E_INTERRUPTED when that is not 0. */
struct file_patience {
	int (*stop)(void *context);
	void *context;
};
CHECKED int file_read_some(int fd, void *ret, size_t max, size_t *ret_len, const struct file_patience *patience,
			   const char *name, struct valise_err *err);
CHECKED int file_pread_full(int fd, void *ret, size_t len, uint64_t offset, size_t *ret_len, const char *name,
			    struct valise_err *err);
/* Appends the whole file to *ret, which is as it was on failure; VALISE_E_LIMIT as soon as it passes ret->max. `dirfd` may be
 * AT_FDCWD. By its path only a regular file is read (a FIFO or device there could hang whoever opens it); by descriptor
 * whatever the caller chose to open, such as the standard input. */
CHECKED int file_read_all(int dirfd, const char *path, struct buf *ret, struct valise_err *err);
CHECKED int file_read_all_fd(int fd, const char *name, struct buf *ret, struct valise_err *err);

/* What was read since is all of one file: its size and times are those of `before`. */
bool file_is_unchanged(int fd, const struct stat *before);

/* Asks the system to begin writing these bytes to the medium already: so much less is to be waited for in file_sync. */
void file_start_sync(int fd, uint64_t offset, size_t len);
CHECKED int file_sync(int fd, const char *name, struct valise_err *err);
/* fsync of a directory; *ret_durable (may be NULL) is false where the filesystem says that it cannot (EINVAL, ENOTSUP). */
CHECKED int file_sync_dir(int dirfd, const char *name, bool *ret_durable, struct valise_err *err);

/* mkdir -p below `dirfd` (may be AT_FDCWD) with the given mode, each new directory's parent synced. */
CHECKED int file_make_dirs(int dirfd, const char *path, mode_t mode, struct valise_err *err);
/* openat, close-on-exec, EINTR retried: the descriptor, or -1 with errno. */
CHECKED int file_openat(int dirfd, const char *path, int flags, mode_t mode);
CHECKED int file_open_dir(int dirfd, const char *path, int *ret_fd, struct valise_err *err);
/* The directory that a path names something in, opened, and that name, which borrows from the path. */
CHECKED int file_open_above(const char *path, int *ret_dir, const char **ret_name, struct valise_err *err);

/* openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS): path never leaves dirfd. Returns the descriptor, close-on-exec, or -errno;
 * -ENOSYS where the system has no openat2: there is no safe way around it. */
CHECKED int file_open_beneath(int dirfd, const char *path, int flags, mode_t mode);

/* Writes `data` as `name` below dirfd by newfile_publish. */
CHECKED int file_write_new(int dirfd, const char *name, mode_t mode, const void *data, size_t len, bool replace,
			   struct valise_err *err);

/* Removes the entry and, for a directory, all below it, following no link and crossing no mount; VALISE_E_NOT_FOUND when there
 * is none, VALISE_E_CHANGED when somebody moves directories meanwhile. Depth is bounded by memory only, and two or three
 * descriptors do for any depth. */
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
