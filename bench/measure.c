/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command, once or many times one after the other, and writes what that took to descriptor 3: small, so that the peak memory
 * is the command's own and not that of whoever started it. */
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RESULT_FD 3

static uint64_t now_ns(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		abort();
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t timeval_us(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

/* The command's exit status; with `environ` as it is, and without the result's descriptor. */
static int run_once(char **argv, struct rusage *ret)
{
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status = 0;
	if (posix_spawn_file_actions_init(&actions) || posix_spawn_file_actions_addclose(&actions, RESULT_FD))
		return 127;
	int r = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r) {
		fprintf(stderr, "measure: cannot run %s: %s\n", argv[0], strerror(r));
		return 127;
	}
	while (wait4(child, &status, 0, ret) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	unsigned long times = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	uint64_t cpu_us = 0;
	long peak_kib = 0;
	if (times == 0) {
		fputs("usage: measure TIMES COMMAND... 3>RESULT\n", stderr);
		return 2;
	}
	uint64_t from = now_ns();
	for (unsigned long i = 0; i < times; i++) {
		struct rusage usage;
		int status = run_once(argv + 2, &usage);
		if (status)
			return status;
		cpu_us += timeval_us(usage.ru_utime) + timeval_us(usage.ru_stime);
		if (usage.ru_maxrss > peak_kib)
			peak_kib = usage.ru_maxrss;
	}
	uint64_t took_ns = now_ns() - from;
	/* wall nanoseconds, user and system microseconds, kibibytes */
	return dprintf(RESULT_FD, "%" PRIu64 " %" PRIu64 " %ld\n", took_ns, cpu_us, peak_kib) < 0;
}
