/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays grow, keep what is in them, and stay as they are when there is no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"

static void grows(void **state)
{
	(void)state;
	uint64_t *at = NULL;
	size_t cap = 0;
	for (size_t n = 0; n < 1000; n++) {
		uint64_t *grown = array_room(at, n, &cap, sizeof *grown);
		assert_non_null(grown);
		at = grown;
		assert_true(cap > n && cap <= 2 * n + 8);
		at[n] = n * n;
	}
	for (size_t n = 0; n < 1000; n++)
		assert_int_equal(at[n], n * n);
	free(at);
}

static void stays(void **state)
{
	(void)state;
	size_t cap = 0;
	uint64_t *at = array_room(NULL, 0, &cap, sizeof *at);
	assert_non_null(at);
	at[0] = 7;
	size_t full = cap;
	assert_null(array_room(at, cap, &cap, SIZE_MAX / 2)); /* more than there is */
	assert_int_equal(cap, full);
	assert_int_equal(at[0], 7);
	assert_ptr_equal(array_room(at, cap - 1, &cap, sizeof *at), at);
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(grows), cmocka_unit_test(stays)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
