/* SPDX-License-Identifier: Apache-2.0 */
/* The line that long work redraws: what, how much, how fast, how long still. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/show.h"
#include "cli/signals.h"

#define QUIET_MS 500 /* what is done by then needs no line */
#define DRAW_MS 200

static int64_t now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_clear(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}

static void draw(struct progress *p, uint64_t done, uint64_t total, int64_t took_ms)
{
	uint64_t rate = took_ms > 0 ? (uint64_t)((double)done * 1000.0 / (double)took_ms) : 0;
	fprintf(stderr, "\r%s", p->doing);
	if (done || total)
		fprintf(stderr, ": %s", show_size(done).text);
	if (total)
		fprintf(stderr, " of %s", show_size(total).text);
	if (done)
		fprintf(stderr, ", %s/s", show_size(rate).text);
	if (total > done && rate) {
		uint64_t left_s = (total - done) / rate;
		fprintf(stderr, ", %u:%02u left", (unsigned)(left_s / 60 % 100000), (unsigned)(left_s % 60));
	}
	fputs("\033[K", stderr);
	(void)fflush(stderr);
	p->drawn = true;
}

int progress_show(void *context, const char *doing, uint64_t done, uint64_t total)
{
	struct cli *c = context;
	struct progress *p = &c->progress;
	if (interrupted())
		return 1;
	if (!p->on)
		return 0;
	if (strncmp(p->doing, doing, sizeof p->doing - 1) != 0) {
		(void)snprintf(p->doing, sizeof p->doing, "%s", doing);
		p->since_ms = now_ms();
	}
	int64_t took_ms = now_ms() - p->since_ms;
	if (total && done >= total) {
		progress_clear(p);
		p->doing[0] = 0;
	} else if (took_ms >= QUIET_MS && p->since_ms + took_ms - p->drawn_ms >= DRAW_MS) {
		p->drawn_ms = p->since_ms + took_ms;
		draw(p, done, total, took_ms);
	}
	return 0;
}
