/* SPDX-License-Identifier: Apache-2.0 */
/* What the preload libraries share: the function that they stand before, and a count that a driver can read. */
#ifndef FAULT_PRELOAD_H
#define FAULT_PRELOAD_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PRELOADED __attribute__((visibility("default")))

/* The next function of that name, looked up once; only for libraries that leave malloc alone, which dlsym may call. */
#define NEXT(name) \
	({ \
		static __typeof__(&name) next_; \
		if (!next_) \
			next_ = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
		next_; \
	})

/* Calls so far, in the file that the environment names, so that it outlives a kill and a driver learns how many there were. */
struct call_count {
	uint64_t *calls;
	uint64_t alone; /* where no file is named */
};

static inline uint64_t *call_counter(const char *variable, struct call_count *c)
{
	const char *path = getenv(variable);
	uint64_t *shared = MAP_FAILED;
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd >= 0 && syscall(SYS_ftruncate, fd, sizeof *shared) == 0)
		shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		(void)syscall(SYS_close, fd);
	return shared == MAP_FAILED ? &c->alone : shared;
}

/* The number of this call, from 1. */
static inline uint64_t call_number(const char *variable, struct call_count *c)
{
	uint64_t *calls = __atomic_load_n(&c->calls, __ATOMIC_ACQUIRE);
	if (!calls) {
		int errnum = errno;
		calls = call_counter(variable, c);
		__atomic_store_n(&c->calls, calls, __ATOMIC_RELEASE);
		errno = errnum;
	}
	return __atomic_add_fetch(calls, 1, __ATOMIC_ACQ_REL);
}

/* A number from the environment, or 0. */
static inline uint64_t number_of(const char *variable)
{
	const char *text = getenv(variable);
	return text ? strtoull(text, NULL, 10) : 0;
}

#endif
