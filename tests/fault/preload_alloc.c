/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: makes one allocation of the whole process fail, or every one from there on. */

/* FAULT_ALLOC_AT=N   the N-th fails, from 1; 0 or none: no call fails, they are only counted
 * FAULT_ALLOC_ON=1   and all that follow
 * FAULT_ALLOC_OWN=1  only those count that the program itself asks for, not its libraries
 * FAULT_COUNT=FILE   where the count is kept
 */
#include <elf.h>
#include <sys/auxv.h>

#include "preload.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

#define CALLER __builtin_return_address(0)

static struct call_count count;

/* Whether that is an address in the program's own code. */
static bool is_own(const void *caller)
{
	static uintptr_t begin;
	static uintptr_t end;
	if (!end) {
		const Elf64_Phdr *h = (const Elf64_Phdr *)getauxval(AT_PHDR); /* as the kernel says */
		unsigned long n = getauxval(AT_PHNUM);
		uintptr_t base = 0;
		uintptr_t last = 0;
		for (unsigned long i = 0; i < n; i++) {
			if (h[i].p_type == PT_PHDR)
				base = (uintptr_t)h - h[i].p_vaddr;
			if (h[i].p_type == PT_LOAD && h[i].p_vaddr + h[i].p_memsz > last)
				last = h[i].p_vaddr + h[i].p_memsz;
		}
		begin = base;
		end = base + last;
	}
	return (uintptr_t)caller >= begin && (uintptr_t)caller < end;
}

static bool fails(const void *caller)
{
	static uint64_t at = UINT64_MAX;
	static bool on;
	if (getenv("FAULT_ALLOC_OWN") && !is_own(caller))
		return false;
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
	return fails(CALLER) ? NULL : __libc_malloc(size);
}

PRELOADED void *calloc(size_t n, size_t size)
{
	return fails(CALLER) ? NULL : __libc_calloc(n, size);
}

PRELOADED void *realloc(void *p, size_t size)
{
	return fails(CALLER) ? NULL : __libc_realloc(p, size);
}

PRELOADED void *reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return fails(CALLER) ? NULL : __libc_realloc(p, bytes);
}

PRELOADED void *memalign(size_t alignment, size_t size);
PRELOADED void *memalign(size_t alignment, size_t size)
{
	return fails(CALLER) ? NULL : __libc_memalign(alignment, size);
}

PRELOADED void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(CALLER) ? NULL : __libc_memalign(alignment, size);
}

PRELOADED int posix_memalign(void **ret, size_t alignment, size_t size)
{
	int errnum = errno;
	void *p = fails(CALLER) ? NULL : __libc_memalign(alignment, size);
	errno = errnum;
	if (!p)
		return ENOMEM;
	*ret = p;
	return 0;
}
