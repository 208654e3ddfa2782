/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: every filesystem is as poor as FAT in this: no unnamed files, no links, no rename that replaces nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "preload.h"

static bool is_unnamed(int flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE;
}

static int refuse(int errnum)
{
	errno = errnum;
	return -1;
}

#define OPENAT(name) \
	PRELOADED int name(int dirfd, const char *path, int flags, ...) \
	{ \
		va_list args; \
		va_start(args, flags); \
		mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0; \
		va_end(args); \
		return is_unnamed(flags) ? refuse(EOPNOTSUPP) : NEXT(name)(dirfd, path, flags, mode); \
	}

OPENAT(openat)
OPENAT(openat64)

PRELOADED int linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
{
	(void)fromfd, (void)from, (void)tofd, (void)to, (void)flags;
	return refuse(EPERM);
}

PRELOADED int renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags)
{
	return flags ? refuse(EINVAL) : NEXT(renameat2)(fromfd, from, tofd, to, flags);
}
