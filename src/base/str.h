/* SPDX-License-Identifier: Apache-2.0 */
/* A span of bytes that somebody else owns. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct str {
	const char *at; /* not NUL-terminated; NULL means "absent" where a field is optional */
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).at

static inline struct str str_of(const char *cstring)
{
	return (struct str){cstring, cstring ? strlen(cstring) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Byte order, shorter first on a common prefix: the order of every sorted list in the formats. */
static inline int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.at, b.at, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && memcmp(s.at, prefix.at, prefix.len) == 0;
}

/* A copy with a NUL, to be freed; NULL for an absent one, or without memory. Looks at no byte beyond the span, as strndup may. */
static inline char *str_dup(struct str s)
{
	char *copy = s.at ? malloc(s.len + 1) : NULL;
	if (copy) {
		memcpy(copy, s.at, s.len);
		copy[s.len] = 0;
	}
	return copy;
}

#endif
