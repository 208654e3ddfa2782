/* SPDX-License-Identifier: Apache-2.0 */
/* The 30 digits of an office, and the memory that accounts are kept in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "evidence/arena.h"
#include "evidence/fingerprint.h"

static void test_text(void **state)
{
	(void)state;
	struct hash h = {{0}};
	assert_string_equal(fingerprint_text(&h).text, "00000 00000 00000 00000 00000 00000");
	h.bytes[4] = 7;                                          /* 7 */
	h.bytes[8] = 1, h.bytes[9] = 0x86;                       /* 390 */
	h.bytes[12] = 1, h.bytes[13] = 0x86, h.bytes[14] = 0xa0; /* 100,000: nothing is left */
	memset(h.bytes + 15, 0xff, 5);                           /* 1,099,511,627,775 */
	h.bytes[20] = 1;                                         /* 4,294,967,296 */
	h.bytes[30] = h.bytes[31] = 0xff;                        /* beyond the last group: not shown */
	assert_string_equal(fingerprint_text(&h).text, "00007 00390 00000 27775 67296 00000");
}

static void test_parse(void **state)
{
	(void)state;
	static const char plain[] = "48213 99170 23654 00871 56329 41187";
	static const char *const same[] = {plain, "482139917023654008715632941187",
					   "  48213  99170 236540 0871 56329 4118 7 "};
	static const char *const bad[] = {
		"",
		"48213 99170 23654 00871 56329 4118",
		"48213 99170 23654 00871 56329 411870",
		"48213-99170-23654-00871-56329-41187",
		"48213 99170 23654 00871 56329 4118x",
		"48213\t99170 23654 00871 56329 41187",
		"48213 99170 23654 00871 56329 41187\n",
		"\u06648213 99170 23654 00871 56329 41187",
	};
	struct fingerprint_text f = {"untouched"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(fingerprint_parse(str_of(bad[i]), &f));
		assert_string_equal(f.text, "untouched");
	}
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		assert_true(fingerprint_parse(str_of(same[i]), &f));
		assert_string_equal(f.text, plain);
	}
	for (unsigned i = 0; i < 1000; i++) {
		struct hash h;
		memset(h.bytes, (int)i, sizeof h.bytes);
		h.bytes[i % 32] = (uint8_t)(i * 7);
		assert_true(fingerprint_parse(str_of(fingerprint_text(&h).text), &f));
		assert_string_equal(f.text, fingerprint_text(&h).text);
	}
}

static void test_arena(void **state)
{
	(void)state;
	CLEAN_ARENA struct arena a = ARENA_INIT(1 << 20);
	assert_non_null(arena_array(&a, 0, 8));
	for (size_t i = 1; i < 200; i++) {
		const char *text = arena_text(&a, (struct str){"abcdefghij", i % 10});
		assert_int_equal(strlen(text), i % 10);
		uint64_t *numbers = ARENA_NEW(&a, uint64_t, i);
		assert_int_equal((uintptr_t)numbers % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < i; k++) {
			assert_int_equal(numbers[k], 0);
			numbers[k] = UINT64_MAX;
		}
	}
	assert_null(arena_shown(&a, (struct str){0}));
	assert_string_equal(arena_shown(&a, STR("a\nb")), "a\\x0ab");
	assert_int_equal(arena_check(&a, NULL), 0);
	assert_null(arena_array(&a, 1 << 20, 1));
	struct valise_err err;
	assert_int_equal(arena_check(&a, &err), VALISE_E_LIMIT);
	assert_null(arena_text(&a, STR("x"))); /* it sticks */

	CLEAN_ARENA struct arena b = ARENA_INIT(SIZE_MAX);
	assert_null(arena_array(&b, SIZE_MAX / 4, 8));
	assert_int_equal(arena_check(&b, NULL), VALISE_E_LIMIT);
	CLEAN_ARENA struct arena c = ARENA_INIT(1000);
	assert_non_null(arena_array(&c, 100, 8)); /* less than a block is left, and enough */
	CLEAN_BUF struct buf text = BUF_INIT(2);
	buf_add_text(&text, "abc");
	assert_null(arena_take(&c, &text));
	assert_int_equal(arena_check(&c, NULL), VALISE_E_LIMIT);
	assert_int_equal(text.error, 0);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_parse),
					  cmocka_unit_test(test_arena)};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
