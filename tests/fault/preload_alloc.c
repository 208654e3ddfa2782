/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: makes one allocation of the whole process fail, or every one from there on. */

/* FAULT_ALLOC_AT=N   the N-th fails, from 1; 0 or none: no call fails, they are only counted
 * FAULT_ALLOC_ON=1   and all that follow
 * FAULT_COUNT=FILE   where the count is kept
 */
#include "preload.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static struct call_count count;

static bool fails(void)
{
	static uint64_t at = UINT64_MAX;
	static bool on;
	uint64_t number = call_number("FAULT_COUNT", &count);
	if (at == UINT64_MAX) {
		on = getenv("FAULT_ALLOC_ON") != NULL;
		at = number_of("FAULT_ALLOC_AT");
	}
	if (at == 0 || !(number == at || (on && number > at)))
		return false;
	errno = ENOMEM;
	return true;
}

PRELOADED void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

PRELOADED void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

PRELOADED void *realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

PRELOADED void *reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, bytes);
}

PRELOADED void *memalign(size_t alignment, size_t size);
PRELOADED void *memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

PRELOADED void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

PRELOADED int posix_memalign(void **ret, size_t alignment, size_t size)
{
	int errnum = errno;
	void *p = memalign(alignment, size);
	errno = errnum;
	if (!p)
		return ENOMEM;
	*ret = p;
	return 0;
}
