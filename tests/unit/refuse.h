/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that fail on purpose: what a poorer filesystem or kernel says, for tests that run in a child of their own. */
#ifndef TESTS_REFUSE_H
#define TESTS_REFUSE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* From now on and for ever, in this process: the system call `number` fails with `errnum` when its argument `arg` has any of
 * the bits of `mask`; a mask of 0 means always. */
static inline void refuse_syscall(long number, unsigned arg, uint32_t mask, int errnum)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, mask ? 3 : 1),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * arg)),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	if (!mask) {
		code[2] = code[4];
		code[3] = code[5];
	}
	struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		perror("cannot make system calls fail");
		_exit(99);
	}
}

/* Runs `test` in a child and returns its exit status: 0 when everything held, otherwise the line that did not (modulo 256). */
static inline int in_child(void (*test)(const char *dir), const char *dir)
{
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		test(dir);
		_exit(0);
	}
	int status = -1;
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

/* For use below in_child, where a failed cmocka assertion would return into a copy of the whole test run. */
#define MUST(condition) \
	do { \
		if (!(condition)) { \
			(void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			_exit(__LINE__ % 255 + 1); \
		} \
	} while (0)

#endif
