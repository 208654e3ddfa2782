/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: zero-filled, kept out of dumps and swap, there all the same when locking is refused, gone when released. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/secret.h"

static void empty_is_empty(void **state)
{
	(void)state;
	CLEAN_SECRET struct secret s = SECRET_NONE;
	assert_int_equal(secret_alloc(&s, 0, NULL), 0);
	assert_null(s.bytes);
	assert_int_equal(secret_copy(&s, NULL, 0, NULL), 0);
	assert_null(s.bytes);
	secret_release(&s);
	secret_release(&s);
}

static void filled_with_zeros_or_a_copy(void **state)
{
	(void)state;
	static const size_t lens[] = {1, 32, 4095, 4096, 4097, 1000000};
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		CLEAN_SECRET struct secret s = SECRET_NONE;
		assert_int_equal(secret_alloc(&s, lens[i], NULL), 0);
		assert_int_equal(s.len, lens[i]);
		for (size_t k = 0; k < lens[i]; k++)
			assert_int_equal(s.bytes[k], 0);
		memset(s.bytes, 7, lens[i]);
		CLEAN_SECRET struct secret copy = SECRET_NONE;
		assert_int_equal(secret_copy(&copy, s.bytes, s.len, NULL), 0);
		assert_ptr_not_equal(copy.bytes, s.bytes);
		assert_true(secret_eq(copy.bytes, s.bytes, s.len));
		copy.bytes[lens[i] - 1] ^= 0x80;
		assert_false(secret_eq(copy.bytes, s.bytes, s.len));
		secret_release(&copy);
		assert_null(copy.bytes);
		assert_int_equal(copy.len, 0);
	}
}

/* The flags that the kernel shows for the mapping around `at`; false when it shows none. */
static bool flags_of(const void *at, char ret[static 256])
{
	FILE *f = fopen("/proc/self/smaps", "r");
	if (!f)
		return false;
	char line[512];
	bool here = false;
	bool found = false;
	while (!found && fgets(line, sizeof line, f)) {
		unsigned long from;
		unsigned long to;
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (unsigned long)at >= from && (unsigned long)at < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			found = snprintf(ret, 256, "%s", line) > 0;
	}
	(void)fclose(f);
	return found;
}

static void not_dumped_not_swapped(void **state)
{
	(void)state;
	CLEAN_SECRET struct secret s = SECRET_NONE;
	assert_int_equal(secret_alloc(&s, 32, NULL), 0);
	char flags[256];
	if (!flags_of(s.bytes, flags)) {
		print_message("# SKIP: this kernel shows no VmFlags\n");
		skip();
	}
	assert_non_null(strstr(flags, " dd"));
	void *probe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(probe, MAP_FAILED);
	/* Locked, if locking does anything here (under a sanitizer it does not). */
	char probe_flags[256];
	if (mlock(probe, 4096) == 0 && flags_of(probe, probe_flags) && strstr(probe_flags, " lo"))
		assert_non_null(strstr(flags, " lo"));
	(void)munmap(probe, 4096);
}

/* In a process that may lock nothing: 0 when a secret is to be had all the same, 77 when it could still lock. */
static int without_locking(void)
{
	if (setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){0, 0}) != 0 || (geteuid() == 0 && setuid(65534) != 0))
		return 77;
	void *probe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (probe == MAP_FAILED || mlock(probe, 4096) == 0)
		return 77;
	struct secret s;
	if (secret_copy(&s, "secret", 6, NULL) != 0 || memcmp(s.bytes, "secret", 6) != 0)
		return 1;
	secret_release(&s);
	return 0;
}

static void locking_refused(void **state)
{
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(without_locking());
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# SKIP: could not take locking away from a process here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void too_large_is_no_memory(void **state)
{
	(void)state;
	struct secret s = {(uint8_t *)&s, 5};
	struct valise_err err = {0};
	assert_int_equal(secret_alloc(&s, SIZE_MAX, &err), VALISE_E_NOMEM);
	assert_int_equal(secret_alloc(&s, SIZE_MAX - 5000, &err), VALISE_E_NOMEM);
	assert_int_equal(err.code, VALISE_E_NOMEM);
	assert_ptr_equal(s.bytes, &s);
	assert_int_equal(s.len, 5);
}

static void wiping_and_comparing(void **state)
{
	(void)state;
	uint8_t a[64];
	memset(a, 9, sizeof a);
	secret_wipe(a + 1, 62);
	assert_int_equal(a[0], 9);
	assert_int_equal(a[63], 9);
	for (size_t i = 1; i < 63; i++)
		assert_int_equal(a[i], 0);
	assert_true(secret_eq("abc", "abd", 2));
	assert_false(secret_eq("abc", "abd", 3));
	assert_true(secret_eq("abc", "xyz", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_empty),         cmocka_unit_test(filled_with_zeros_or_a_copy),
		cmocka_unit_test(not_dumped_not_swapped), cmocka_unit_test(locking_refused),
		cmocka_unit_test(too_large_is_no_memory), cmocka_unit_test(wiping_and_comparing),
	};
	return cmocka_run_group_tests_name("crypto_secret", tests, NULL, NULL);
}
