/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing here that is no constant and no parameter: the flag that a signal handler sets. */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int number)
{
	(void)number;
	asked_to_stop = 1;
}

void signals_begin(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction stop = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	(void)sigaction(SIGPIPE, &ignore, NULL);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		/* What nohup or a shell's background job ignores stays ignored. */
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &stop, NULL);
}

bool interrupted(void)
{
	return asked_to_stop != 0;
}
