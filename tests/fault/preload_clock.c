/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: the clock on the wall is FAULT_CLOCK_S seconds off, and with FAULT_CLOCK_TICKS each look at it finds it a second later; the one
 * that measures durations is neither. */
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

#include "preload.h"

static time_t offset_s(void)
{
	const char *text = getenv("FAULT_CLOCK_S");
	static atomic_long looks;
	return (text ? strtol(text, NULL, 10) : 0) + (getenv("FAULT_CLOCK_TICKS") ? looks++ : 0);
}

PRELOADED int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = NEXT(clock_gettime)(clock, ret);
	if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ret->tv_sec += offset_s();
	return r;
}

PRELOADED int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	int r = NEXT(gettimeofday)(ret, zone);
	if (r == 0)
		ret->tv_sec += offset_s();
	return r;
}

PRELOADED time_t time(time_t *ret)
{
	time_t now = NEXT(time)(NULL) + offset_s();
	if (ret)
		*ret = now;
	return now;
}
