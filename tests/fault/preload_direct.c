/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: transfers past the page cache are refused, as filesystems refuse them whose blocks are large, or that have no such thing
 * but only say so when it is tried; or what they read is not what was written. And what the cache does not hold cannot be read any more. */

/* FAULT_DIRECT=all    every one is refused; otherwise those that do not begin and end at blocks of 4096 bytes, in the file and in memory
 * FAULT_ROT=OFFSET    the byte there comes back altered, of whatever file
 * FAULT_LOST=OFFSET   the byte there cannot be read but past the cache, of whatever file
 * FAULT_COUNT=FILE    where is counted how many were refused, altered or lost
 */
#include <string.h>
#include <time.h>

#include "preload.h"

#define BLOCK_BYTES 4096u
#define REFUSAL_NS 3000000 /* so that threads that use one file are refused together */

static struct call_count refusals;

static bool is_whole_blocks(const void *data, size_t len, off64_t offset)
{
	return ((uintptr_t)data | len | (uint64_t)offset) % BLOCK_BYTES == 0;
}

/* True, with errno, when the filesystem would not do it. */
static bool refused(int fd, const void *data, size_t len, off64_t offset)
{
	const char *which = getenv("FAULT_DIRECT");
	int flags = which ? fcntl(fd, F_GETFL) : -1;
	if (flags < 0 || !(flags & O_DIRECT) || (strcmp(which, "all") != 0 && is_whole_blocks(data, len, offset)))
		return false;
	(void)call_number("FAULT_COUNT", &refusals);
	(void)nanosleep(&(struct timespec){.tv_nsec = REFUSAL_NS}, NULL);
	errno = EINVAL;
	return true;
}

/* True, with errno, when the disk cannot read it. */
static bool lost(int fd, size_t len, off64_t offset)
{
	const char *where = getenv("FAULT_LOST");
	off64_t at = where ? strtoll(where, NULL, 10) : -1;
	if (at < offset || at >= offset + (off64_t)len || fcntl(fd, F_GETFL) & O_DIRECT)
		return false;
	(void)call_number("FAULT_COUNT", &refusals);
	errno = EIO;
	return true;
}

/* What was read past the cache: as a medium that has forgotten a bit gives it. */
static ssize_t rot(int fd, void *data, ssize_t got, off64_t offset)
{
	const char *where = getenv("FAULT_ROT");
	off64_t at = where ? strtoll(where, NULL, 10) : -1;
	if (at < offset || at >= offset + got || !(fcntl(fd, F_GETFL) & O_DIRECT))
		return got;
	(void)call_number("FAULT_COUNT", &refusals);
	((uint8_t *)data)[at - offset] ^= 1;
	return got;
}

PRELOADED ssize_t pread(int fd, void *ret, size_t len, off_t offset)
{
	if (lost(fd, len, offset) || refused(fd, ret, len, offset))
		return -1;
	return rot(fd, ret, NEXT(pread)(fd, ret, len, offset), offset);
}

PRELOADED ssize_t pread64(int fd, void *ret, size_t len, off64_t offset)
{
	if (lost(fd, len, offset) || refused(fd, ret, len, offset))
		return -1;
	return rot(fd, ret, NEXT(pread64)(fd, ret, len, offset), offset);
}

PRELOADED ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return refused(fd, data, len, offset) ? -1 : NEXT(pwrite)(fd, data, len, offset);
}

PRELOADED ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	return refused(fd, data, len, offset) ? -1 : NEXT(pwrite64)(fd, data, len, offset);
}
