/* SPDX-License-Identifier: Apache-2.0 */
/* The one clean-up idiom: scope-bound release, and take() to hand ownership out. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(f) __attribute__((cleanup(f)))

/* Yields *pointer and leaves NULL behind: the caller's scope no longer frees it. */
#define TAKE(lvalue) \
	({ \
		__typeof__(lvalue) taken_ = (lvalue); \
		(lvalue) = 0; \
		taken_; \
	})

/* Yields an open descriptor and leaves -1 behind. */
#define TAKE_FD(lvalue) \
	({ \
		int taken_ = (lvalue); \
		(lvalue) = -1; \
		taken_; \
	})

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define CLEAN_FREE CLEANUP(cleanup_free)
#define CLEAN_CLOSE CLEANUP(cleanup_close)

#endif
