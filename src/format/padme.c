/* SPDX-License-Identifier: Apache-2.0 */
/* Padmé sizes: what a body's size tells about its contents is a few bits (Nikitin and others, "Reducing metadata leakage", 2019). */
#include "format/tar.h"

/* The position of the highest bit that is set; v is not 0. */
static unsigned log2_floor(uint64_t v)
{
	return 63u - (unsigned)__builtin_clzll(v);
}

uint64_t padme_bytes(uint64_t bytes)
{
	if (bytes < 2)
		return bytes;
	unsigned e = log2_floor(bytes);
	/* As many leading bits stay as it takes to write e down; those below are zero. */
	uint64_t low = (UINT64_C(1) << (e - log2_floor(e) - 1)) - 1;
	return bytes > UINT64_MAX - low ? UINT64_MAX : (bytes + low) & ~low;
}
