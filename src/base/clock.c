/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's clock and randomness. */
#include "base/clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

int64_t clock_now_s(void)
{
	struct timespec now = {0};
	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock and this pointer */
	return now.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec now = {0};
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int random_fill(void *ret, size_t len, struct valise_err *err)
{
	uint8_t *at = ret;
	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(err, n < 0 ? errno : EIO, "cannot read the system's randomness");
		at += n;
		len -= (size_t)n;
	}
	return 0;
}
