/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail on purpose: linked with --wrap=malloc and its like, so that only our own code's are counted. */
#include <stdbool.h>
#include <stddef.h>

#include "failing.h"

size_t allocations, failing_at;

void *__real_malloc(size_t len);
void *__real_calloc(size_t n, size_t len);
void *__real_realloc(void *p, size_t len);
void *__real_reallocarray(void *p, size_t n, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t n, size_t len);
void *__wrap_realloc(void *p, size_t len);
void *__wrap_reallocarray(void *p, size_t n, size_t len);

static bool fails(void)
{
	return ++allocations == failing_at;
}

void *__wrap_malloc(size_t len)
{
	return fails() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t n, size_t len)
{
	return fails() ? NULL : __real_calloc(n, len);
}

void *__wrap_realloc(void *p, size_t len)
{
	return fails() ? NULL : __real_realloc(p, len);
}

void *__wrap_reallocarray(void *p, size_t n, size_t len)
{
	return fails() ? NULL : __real_reallocarray(p, n, len);
}
