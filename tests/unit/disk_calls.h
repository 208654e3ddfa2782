/* SPDX-License-Identifier: Apache-2.0 */
/* Every call that changes the disk passes here, also SQLite's: counted, traced, and at a chosen one the process dies or a sync fails. For
 * the one file of a test. */
#ifndef TEST_DISK_CALLS_H
#define TEST_DISK_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/cleanup.h"

enum call { CALL_WRITE = 'w', CALL_SYNC = 's', CALL_NAME = 'n', CALL_REMOVE = 'r', CALL_CUT = 't', CALL_DIR = 'd' };

static size_t steps;      /* so far */
static size_t dying_step; /* 0: none */
static int failing_errno; /* of the next sync of a file whose path has failing_part; 0: none */
static const char *failing_part;
static bool tracing;
static char trace[65536]; /* a line for each call: "s bodies/ab/..." */

static void note_call(enum call what, const char *path)
{
	size_t len = strlen(trace);
	if (tracing)
		(void)snprintf(trace + len, sizeof trace - len, "%c %s\n", what, path);
}

static bool step(enum call what, int fd, const char *name)
{
	char link[64];
	char path[512] = "";
	if (name) {
		(void)snprintf(path, sizeof path, "%s", name);
	} else {
		(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		ssize_t n = readlink(link, path, sizeof path - 1);
		path[n > 0 ? n : 0] = '\0';
	}
	if (++steps == dying_step)
		_exit(137); /* before the call, as a kill would be; the ones before it are done */
	note_call(what, path);
	if (what == CALL_SYNC && failing_errno && strstr(path, failing_part)) {
		errno = TAKE(failing_errno);
		return false;
	}
	return true;
}

/* The test's own definitions come before the C library's, for SQLite as well. With 64-bit offsets pwrite is pwrite64 to the linker,
 * and ftruncate ftruncate64: the names that SQLite asks for. */
#define SHOWN __attribute__((visibility("default")))
SHOWN int fsync(int fd)
{
	return step(CALL_SYNC, fd, NULL) ? (int)syscall(SYS_fsync, fd) : -1;
}
SHOWN int fdatasync(int fd)
{
	return step(CALL_SYNC, fd, NULL) ? (int)syscall(SYS_fdatasync, fd) : -1;
}
SHOWN ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	(void)step(CALL_WRITE, fd, NULL);
	return syscall(SYS_pwrite64, fd, data, len, offset);
}
SHOWN int ftruncate(int fd, off_t len)
{
	(void)step(CALL_CUT, fd, NULL);
	return (int)syscall(SYS_ftruncate, fd, len);
}
SHOWN int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	(void)step(CALL_NAME, -1, to);
	return (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
}
SHOWN int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	(void)step(CALL_NAME, -1, to);
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
}
SHOWN int unlinkat(int fd, const char *name, int flags)
{
	(void)step(CALL_REMOVE, -1, name);
	return (int)syscall(SYS_unlinkat, fd, name, flags);
}
SHOWN int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}
SHOWN int mkdirat(int fd, const char *name, mode_t mode)
{
	(void)step(CALL_DIR, -1, name);
	return (int)syscall(SYS_mkdirat, fd, name, mode);
}

#endif
