/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: makes a write take fewer bytes than it was given, as any write may. */

/* FAULT_SHORT_AT=N     the N-th write of more than a byte, from 1; "all": every one; none: they are only counted
 * FAULT_SHORT_BYTES=1  one byte is taken; otherwise half
 * FAULT_COUNT=FILE     where the count is kept
 */
#include <string.h>
#include <sys/uio.h>

#include "preload.h"

static struct call_count count;

/* How many bytes this call may take. */
static size_t shortened(size_t len)
{
	if (len < 2)
		return len;
	uint64_t number = call_number("FAULT_COUNT", &count);
	const char *at = getenv("FAULT_SHORT_AT");
	if (!at || (strcmp(at, "all") != 0 && number != strtoull(at, NULL, 10)))
		return len;
	return number_of("FAULT_SHORT_BYTES") == 1 ? 1 : len / 2;
}

PRELOADED ssize_t write(int fd, const void *data, size_t len)
{
	return NEXT(write)(fd, data, shortened(len));
}

PRELOADED ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return NEXT(pwrite)(fd, data, shortened(len), offset);
}

PRELOADED ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	return NEXT(pwrite64)(fd, data, shortened(len), offset);
}

/* Shortened to a part of the first span that has something: as short as one can get. */
PRELOADED ssize_t writev(int fd, const struct iovec *spans, int n)
{
	size_t len = 0;
	for (int i = 0; i < n; i++)
		len += spans[i].iov_len;
	size_t part = shortened(len);
	if (part == len)
		return NEXT(writev)(fd, spans, n);
	int first = 0;
	while (spans[first].iov_len == 0)
		first++;
	size_t at_most = spans[first].iov_len;
	return NEXT(write)(fd, spans[first].iov_base, part < at_most ? part : at_most);
}
