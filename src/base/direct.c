/* SPDX-License-Identifier: Apache-2.0 */
/* Direct transfers: asked for by a flag of the open file, given up where filesystem or transfer are not made for them. */
#include "base/direct.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES (2u * 1024 * 1024)

void direct_begin(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_DIRECT);
}

bool direct_gave_up(int fd)
{
	int flags = errno == EINVAL ? fcntl(fd, F_GETFL) : -1;
	return flags >= 0 && flags & O_DIRECT && fcntl(fd, F_SETFL, flags & ~O_DIRECT) == 0;
}

void *direct_buffer(size_t bytes, bool all_used)
{
	void *buffer = NULL;
	if (posix_memalign(&buffer, all_used ? LARGE_PAGE_BYTES : DIRECT_BLOCK_BYTES, bytes))
		return NULL;
	if (all_used)
		(void)madvise(buffer, bytes, MADV_HUGEPAGE); /* a wish only */
	return buffer;
}
