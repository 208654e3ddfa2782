/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of ids: each once, in order, found again; and not slow for whoever chooses ids to make them so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "office/hash_index.h"

/* The number, where `at` says, and zeros. */
static struct hash id_of(uint32_t number, size_t at)
{
	struct hash h = {{0}};
	memcpy(h.bytes + at, &number, sizeof number);
	return h;
}

static void each_once_and_in_order(void **state)
{
	CLEANUP(hashes_release) struct hashes set = {0};
	struct hash none = id_of(7, 0);
	size_t at = 99;
	(void)state;
	assert_false(hashes_have(&set, &none));
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 1000; i++) {
			struct hash h = id_of(i, 0);
			assert_int_equal(hashes_add(&set, &h, NULL), 0);
		}
	assert_int_equal(set.n, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		struct hash h = id_of(i, 0);
		assert_true(hash_eq(&set.at[i], &h));
		assert_true(hashes_find(&set, &h, &at));
		assert_int_equal(at, i);
	}
	none = id_of(1000, 0);
	at = 99;
	assert_false(hashes_find(&set, &none, &at));
	assert_int_equal(at, 99);
}

/* By ids that differ in some four bytes alone: where all began at one slot, this would take minutes. */
static void not_slow_for_ids_that_were_chosen(void **state)
{
	static const size_t where[] = {0, 4, 14, 28};
	(void)state;
	for (size_t w = 0; w < sizeof where / sizeof where[0]; w++) {
		CLEANUP(hashes_release) struct hashes set = {0};
		for (uint32_t i = 0; i < 400000; i++) {
			struct hash h = id_of(i << 12 | i >> 20, where[w]);
			assert_int_equal(hashes_add(&set, &h, NULL), 0);
		}
		assert_int_equal(set.n, 400000);
	}
}

static void the_first_number_stays(void **state)
{
	CLEANUP(hash_index_release) struct hash_index index = {0};
	struct hash one = id_of(1, 0), other = id_of(2, 0);
	size_t number = 0;
	(void)state;
	assert_int_equal(hash_index_put(&index, &one, 5, NULL), 0);
	assert_int_equal(hash_index_put(&index, &one, 6, NULL), 0);
	assert_true(hash_index_get(&index, &one, &number));
	assert_int_equal(number, 5);
	assert_false(hash_index_get(&index, &other, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_once_and_in_order),
		cmocka_unit_test(not_slow_for_ids_that_were_chosen),
		cmocka_unit_test(the_first_number_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
