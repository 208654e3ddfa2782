/* SPDX-License-Identifier: Apache-2.0 */
/* Direct transfers: asked for by a flag of the open file, given up where filesystem or transfer are not made for them. */
#include "base/direct.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES (2u * 1024 * 1024)

static void set_direct(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0) /* refused, it stays as it was */
		(void)fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT);
}

void direct_begin(int fd)
{
	set_direct(fd, true);
}

void direct_end(int fd)
{
	set_direct(fd, false);
}

static void *aligned(size_t bytes, size_t to)
{
	void *buffer = NULL;
	return posix_memalign(&buffer, to, bytes) ? NULL : buffer;
}

void *direct_buffer(size_t bytes)
{
	return aligned(bytes, DIRECT_BLOCK_BYTES);
}

void *direct_buffer_large(size_t bytes)
{
	void *buffer = aligned(bytes, LARGE_PAGE_BYTES);
	if (buffer)
		(void)madvise(buffer, bytes, MADV_HUGEPAGE); /* a wish only */
	return buffer;
}
