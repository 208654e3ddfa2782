/* SPDX-License-Identifier: Apache-2.0 */
/* How far long work is: one line on a terminal's standard error. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;          /* standard error is a terminal */
	bool drawn;       /* a line stands there */
	char doing[64];   /* of the work under way */
	int64_t since_ms; /* when it began */
	int64_t drawn_ms; /* when the line was last drawn */
};

/* struct valise_caller's; context is the struct cli. Non-zero when a signal asked to stop. */
int progress_show(void *context, const char *doing, uint64_t done, uint64_t total);
/* Before anything else is written there. */
void progress_clear(struct progress *p);

#endif
