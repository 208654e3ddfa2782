/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers with their limit and sticky error, and the cursor that never leaves its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cursor.h"

/* The largest allocation must fail as in the field, not stop the sanitizer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void test_appends(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_int_equal(buf_str(&b).len, 0);
	assert_non_null(buf_str(&b).at);
	buf_add(&b, "ab", 2);
	buf_add(&b, NULL, 0);
	buf_add_str(&b, STR("cd"));
	buf_add_str(&b, (struct str){NULL, 0});
	buf_add_text(&b, "ef");
	buf_add_char(&b, 'g');
	buf_add_u32be(&b, 0x68696a6b);
	buf_add_u32be(&b, 0x6c6d6e6f);
	buf_add_u32be(&b, 0x70717273);
	buf_addf(&b, "%s%d", "t", 42);
	assert_string_equal((char *)b.data, "abcdefghijklmnopqrst42");
	assert_int_equal(b.len, 22);
	buf_truncate(&b, 30);
	assert_int_equal(b.len, 22);
	buf_truncate(&b, 3);
	assert_string_equal((char *)b.data, "abc");
	struct hash h;
	memset(&h, 0xab, sizeof h);
	buf_clear(&b);
	buf_add_hash(&b, &h);
	assert_int_equal(b.len, 64);
	assert_true(str_starts(buf_str(&b), STR("abababab")));
	assert_int_equal(buf_check(&b, "x", NULL), 0);
}

static void test_growth_keeps_every_byte(void **state)
{
	(void)state;
	CLEAN_BUF_SECRET struct buf b = BUF_INIT(100000);
	for (size_t i = 0; i < 100000; i++)
		buf_add_char(&b, (char)(i * 7));
	assert_int_equal(buf_check(&b, "x", NULL), 0);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], (uint8_t)(i * 7));
	assert_int_equal(b.data[100000], 0);
	assert_true(b.cap <= b.max + 1);
}

static void test_limit_sticks(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(4);
	struct valise_err err;
	buf_add(&b, "abcd", 4);
	assert_int_equal(buf_check(&b, "x", &err), 0);
	buf_add(&b, "", 0);
	assert_int_equal(b.error, 0);
	buf_add_char(&b, 'e');
	assert_int_equal(b.error, VALISE_E_LIMIT);
	assert_string_equal((char *)b.data, "abcd");
	buf_truncate(&b, 0);
	buf_add_char(&b, 'f');
	assert_int_equal(b.len, 0);
	assert_null(buf_grow(&b, 1));
	assert_int_equal(buf_check(&b, "the note", &err), VALISE_E_LIMIT);
	assert_string_equal(err.text, "the note: more than the limit of 4 bytes");
	buf_clear(&b);
	buf_addf(&b, "%s", "1234");
	assert_int_equal(buf_check(&b, "x", &err), 0);
	buf_clear(&b);
	buf_addf(&b, "%s", "12345");
	assert_int_equal(b.error, VALISE_E_LIMIT);
	assert_int_equal(b.len, 0);
}

static void test_grow(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(10);
	assert_non_null(buf_grow(&b, 0));
	uint8_t *at = buf_grow(&b, 10);
	assert_non_null(at);
	memcpy(at, "0123456789", 10);
	assert_string_equal((char *)b.data, "0123456789");
	assert_non_null(buf_grow(&b, 0));
	assert_int_equal(b.error, 0);
	assert_null(buf_grow(&b, SIZE_MAX));
	assert_int_equal(b.error, VALISE_E_LIMIT);
}

static void test_memory_runs_out(void **state)
{
	(void)state;
	struct valise_err err;
	CLEAN_BUF struct buf b = BUF_INIT(SIZE_MAX - 1);
	buf_add_text(&b, "kept");
	assert_null(buf_grow(&b, SIZE_MAX / 4));
	assert_int_equal(buf_check(&b, "x", &err), VALISE_E_NOMEM);
	assert_string_equal((char *)b.data, "kept");
	buf_add_text(&b, "not added");
	assert_int_equal(b.len, 4);
	CLEAN_BUF struct buf endless = BUF_INIT(SIZE_MAX);
	buf_add_char(&endless, 'x');
	assert_int_equal(endless.error, VALISE_E_LIMIT);
}

static void test_over_an_array(void **state)
{
	(void)state;
	char array[5] = "";
	struct buf b = BUF_AT(array);
	buf_add_text(&b, "abc");
	buf_addf(&b, "%c", 'd');
	assert_int_equal(b.error, 0);
	assert_string_equal(array, "abcd");
	assert_ptr_equal(b.data, array);
	buf_add_char(&b, 'e');
	assert_int_equal(b.error, VALISE_E_LIMIT);
	assert_string_equal(array, "abcd");
}

static void test_take_and_release(void **state)
{
	(void)state;
	struct buf b;
	size_t len = 99;
	buf_init(&b, 8);
	assert_null(buf_take(&b, &len));
	assert_int_equal(len, 0);
	buf_add_text(&b, "1234");
	CLEAN_FREE uint8_t *taken = buf_take(&b, &len);
	assert_int_equal(len, 4);
	assert_string_equal((char *)taken, "1234");
	assert_null(b.data);
	assert_int_equal(b.max, 8);
	buf_add_text(&b, "123456789");
	assert_null(buf_take(&b, &len));
	assert_int_equal(len, 0);
	buf_add_text(&b, "x");
	buf_wipe(&b);
	assert_null(b.data);
	assert_int_equal(b.max, 8);
	buf_release(&b);
	buf_release(&b);
}

static void test_cursor_numbers(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	struct cursor c = cursor_of(bytes, sizeof bytes);
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_u16be(&c), 0x0203);
	assert_int_equal(cursor_u32be(&c), 0x04050607);
	assert_int_equal(cursor_u64be(&c), UINT64_C(0x08090a0b0c0d0e0f));
	assert_int_equal(cursor_left(&c), 1);
	assert_false(cursor_done(&c));
	assert_ptr_equal(cursor_take(&c, 1), bytes + 15);
	assert_true(cursor_done(&c));
	assert_non_null(cursor_take(&c, 0));
	assert_true(cursor_done(&c));
}

static void test_cursor_failure_sticks(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {1, 2, 3};
	struct cursor c = cursor_of(bytes, sizeof bytes);
	assert_int_equal(cursor_u32be(&c), 0);
	assert_true(c.failed);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_null(cursor_take(&c, 0));
	assert_false(cursor_done(&c));
	struct str line;
	assert_false(cursor_line(&c, &line));

	c = cursor_of(bytes, sizeof bytes);
	assert_null(cursor_take(&c, SIZE_MAX));
	assert_true(c.failed);
	c = cursor_of(bytes, 0);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_u64be(&c), 0);
	assert_false(cursor_done(&c));
	c = cursor_of(NULL, 0);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_u16be(&c), 0);
	assert_true(c.failed);
}

static void test_cursor_lines(void **state)
{
	(void)state;
	static const char text[] = "one\n\nthree\nrest";
	struct cursor c = cursor_of(text, sizeof text - 1);
	struct str line = STR("untouched");
	assert_true(cursor_line(&c, &line));
	assert_true(str_eq(line, STR("one")));
	assert_true(cursor_line(&c, &line));
	assert_int_equal(line.len, 0);
	assert_true(cursor_line(&c, &line));
	assert_true(str_eq(line, STR("three")));
	assert_int_equal(cursor_left(&c), 4);
	assert_false(cursor_line(&c, &line));
	assert_true(str_eq(line, STR("three")));
	assert_false(cursor_done(&c));
	c = cursor_of(NULL, 0);
	assert_false(cursor_line(&c, &line));
}

static void test_words(void **state)
{
	(void)state;
	struct str rest = STR("a bc  d");
	struct str word;
	assert_true(str_word(&rest, &word));
	assert_true(str_eq(word, STR("a")));
	assert_true(str_word(&rest, &word));
	assert_true(str_eq(word, STR("bc")));
	assert_false(str_word(&rest, &word));
	assert_true(str_eq(rest, STR(" d")));
	assert_true(str_eq(word, STR("bc")));

	rest = STR("last");
	assert_true(str_word(&rest, &word));
	assert_true(str_eq(word, STR("last")));
	assert_int_equal(rest.len, 0);
	assert_false(str_word(&rest, &word));

	static const char *const bad[] = {"", " ", " a", "a ", "  "};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		rest = str_of(bad[i]);
		assert_false(str_word(&rest, &word));
	}
	rest = (struct str){NULL, 0};
	assert_false(str_word(&rest, &word));
}

static void test_str_order(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("ab"), STR("a")) > 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
	assert_int_equal(str_cmp((struct str){NULL, 0}, STR("")), 0);
	assert_true(str_eq((struct str){NULL, 0}, STR("")));
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_growth_keeps_every_byte),
		cmocka_unit_test(test_limit_sticks),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_memory_runs_out),
		cmocka_unit_test(test_over_an_array),
		cmocka_unit_test(test_take_and_release),
		cmocka_unit_test(test_cursor_numbers),
		cmocka_unit_test(test_cursor_failure_sticks),
		cmocka_unit_test(test_cursor_lines),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_str_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
