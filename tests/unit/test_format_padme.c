/* SPDX-License-Identifier: Apache-2.0 */
/* Padmé sizes: those of the paper, never less than the size, at most 12 % more, and few. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/tar.h"

static void known_sizes(void **state)
{
	(void)state;
	static const struct {
		uint64_t bytes, padded;
	} rows[] = {
		{0, 0},
		{1, 1},
		{2, 2},
		{8, 8},
		{9, 10},
		{10, 10},
		{15, 16},
		{100, 104},
		{512, 512},
		{1000, 1024},
		{1025, 1088},
		{1536, 1536},
		{10240, 10240},
		{65537, 67584},
		{1048576, 1048576},
		{1048577, 1081344},
		{1073741825, 1107296256},
		{UINT64_MAX, UINT64_MAX},
		{UINT64_C(1) << 63, UINT64_C(1) << 63},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(padme_bytes(rows[i].bytes), rows[i].padded);
}

static void bounds(void **state)
{
	(void)state;
	uint64_t before = 0;
	size_t distinct = 0;
	for (uint64_t n = 1; n < 3000000; n++) {
		uint64_t padded = padme_bytes(n);
		assert_true(padded >= n && padded >= before);
		assert_true((padded - n) * 100 <= n * 12);
		assert_int_equal(padme_bytes(padded), padded);
		distinct += padded != before;
		before = padded;
	}
	assert_true(distinct < 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(known_sizes), cmocka_unit_test(bounds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
