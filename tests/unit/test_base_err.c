/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, hashes, randomness and clock. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/text.h"

static void test_set_fills_in_and_returns_the_code(void **state)
{
	(void)state;
	struct valise_err err = {0};
	assert_int_equal(err_set(&err, VALISE_E_BAD, "line %d of %s", 3, "a"), VALISE_E_BAD);
	assert_int_equal(err.code, VALISE_E_BAD);
	assert_string_equal(err.text, "line 3 of a");
	assert_int_equal(err_set(NULL, VALISE_E_IO, "nobody asks"), VALISE_E_IO);
	/* The text may be made of itself. */
	(void)err_set(&err, VALISE_E_BAD, "again: %s", err.text);
	assert_string_equal(err.text, "again: line 3 of a");
}

static void test_prefix_keeps_the_cause(void **state)
{
	(void)state;
	struct valise_err err = {0};
	(void)err_set(&err, VALISE_E_LIMIT, "too long");
	assert_int_equal(err_prefix(&err, VALISE_E_LIMIT, "%s, line %u", "seal", 7u), VALISE_E_LIMIT);
	assert_string_equal(err.text, "seal, line 7: too long");
	assert_int_equal(err.code, VALISE_E_LIMIT);
	assert_int_equal(err_prefix(NULL, VALISE_E_IO, "x"), VALISE_E_IO);
	(void)err_prefix(&err, VALISE_E_LIMIT, "%s", err.text);
	assert_string_equal(err.text, "seal, line 7: too long: seal, line 7: too long");
}

/* A text of `n` times 'a' and then `tail`, as long as the limit allows. */
static void set_long(struct valise_err *err, size_t n, const char *tail)
{
	char text[2 * VALISE_ERR_TEXT_BYTES];
	memset(text, 'a', n);
	(void)snprintf(text + n, sizeof text - n, "%s", tail);
	(void)err_set(err, VALISE_E_BAD, "%s", text);
}

static void test_no_cut_character_remains(void **state)
{
	(void)state;
	static const char *const tails[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\xac"};
	const size_t room = VALISE_ERR_TEXT_BYTES - 1;
	for (size_t t = 0; t < 3; t++) {
		size_t width = strlen(tails[t]);
		for (size_t n = room - 8; n <= room; n++) {
			struct valise_err err;
			char tail[16];
			(void)snprintf(tail, sizeof tail, "%s%s%s", tails[t], tails[t], tails[t]);
			set_long(&err, n, tail);
			size_t whole = (room - n) / width > 3 ? 3 : (room - n) / width;
			assert_int_equal(strlen(err.text), n + whole * width);
			assert_true(text_is_utf8(str_of(err.text)));
			/* The same when a prefix pushes the end out. */
			(void)err_prefix(&err, VALISE_E_BAD, "b");
			assert_true(text_is_utf8(str_of(err.text)));
			assert_true(strlen(err.text) <= room);
			(void)err_prefix(&err, VALISE_E_BAD, "%s", err.text);
			assert_true(text_is_utf8(str_of(err.text)));
		}
	}
	/* Not cut: nothing is dropped, and half characters that were given stay the caller's business. */
	struct valise_err err;
	set_long(&err, room - 2, "\xc3\xa9");
	assert_int_equal(strlen(err.text), room);
	set_long(&err, room, "");
	assert_int_equal(strlen(err.text), room);
}

static void test_cut_of_bytes_that_are_no_text(void **state)
{
	(void)state;
	struct valise_err err;
	char text[2 * VALISE_ERR_TEXT_BYTES];
	memset(text, 0x80, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	(void)err_set(&err, VALISE_E_BAD, "%s", text);
	assert_in_range(strlen(err.text), VALISE_ERR_TEXT_BYTES - 5, VALISE_ERR_TEXT_BYTES - 1);
}

static void test_errno_codes(void **state)
{
	(void)state;
	static const struct {
		int errnum;
		int code;
	} cases[] = {
		{ENOMEM, VALISE_E_NOMEM},
		{ENOSPC, VALISE_E_FULL},
		{EDQUOT, VALISE_E_FULL},
		{EFBIG, VALISE_E_FULL},
		{EROFS, VALISE_E_READ_ONLY},
		{ENOENT, VALISE_E_NOT_FOUND},
		{EEXIST, VALISE_E_EXISTS},
		{EINTR, VALISE_E_INTERRUPTED},
		{EIO, VALISE_E_IO},
		{EACCES, VALISE_E_IO},
		{0, VALISE_E_IO},
		{9999, VALISE_E_IO},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct valise_err err = {0};
		assert_int_equal(err_code_of_errno(cases[i].errnum), cases[i].code);
		assert_int_equal(err_errno(&err, cases[i].errnum, "x"), cases[i].code);
		assert_int_equal(err.code, cases[i].code);
		assert_int_equal(err_errno(NULL, cases[i].errnum, "x"), cases[i].code);
	}
	struct valise_err err;
	(void)err_errno(&err, ENOSPC, "cannot write %s", "b");
	assert_string_equal(err.text, "cannot write b: No space left on device");
	assert_int_equal(err_nomem(&err), VALISE_E_NOMEM);
	assert_string_equal(err.text, "out of memory");
}

static void test_copy(void **state)
{
	(void)state;
	struct valise_err a = {0};
	struct valise_err b = {0};
	(void)err_set(&a, VALISE_E_BUSY, "held");
	err_copy(&b, &a);
	assert_int_equal(b.code, VALISE_E_BUSY);
	assert_string_equal(b.text, "held");
	err_copy(NULL, &a);
	err_copy(&b, NULL);
	err_copy(&b, &b);
	assert_string_equal(b.text, "held");
}

static void test_hash_texts(void **state)
{
	(void)state;
	struct hash h;
	for (size_t i = 0; i < sizeof h.bytes; i++)
		h.bytes[i] = (uint8_t)(i * 9 + 3);
	struct hash_hex hex = hash_hex(&h);
	assert_memory_equal(hex.text, "030c151e2730", 12);
	assert_int_equal(strlen(hex.text), HASH_HEX_BYTES);
	struct hash back;
	assert_true(hash_parse(str_of(hex.text), &back));
	assert_true(hash_eq(&h, &back));

	/* RFC 4648: "fooba" is MZXW6YTB. */
	memcpy(h.bytes, "fooba", 5);
	assert_string_equal(hash_short(&h).text, "mzxw-6ytb");
	memset(h.bytes, 0, sizeof h.bytes);
	assert_string_equal(hash_short(&h).text, "aaaa-aaaa");
	memset(h.bytes, 0xff, sizeof h.bytes);
	assert_string_equal(hash_short(&h).text, "7777-7777");
}

static void test_hash_parse_refuses(void **state)
{
	(void)state;
	char text[66];
	memset(text, 'a', sizeof text);
	struct hash h;
	memset(&h, 7, sizeof h);
	struct hash before = h;
	assert_false(hash_parse((struct str){text, 63}, &h));
	assert_false(hash_parse((struct str){text, 65}, &h));
	assert_false(hash_parse((struct str){text, 66}, &h));
	assert_false(hash_parse((struct str){NULL, 0}, &h));
	for (const char *bad = "Ag \n-\xc3G"; *bad; bad++) {
		text[63] = *bad;
		assert_false(hash_parse((struct str){text, 64}, &h));
	}
	assert_true(hash_eq(&h, &before));
}

static void test_clock_and_randomness(void **state)
{
	(void)state;
	assert_in_range(clock_now_s(), INT64_C(1700000000), TIME_MAX_S);
	int64_t first = clock_monotonic_ms();
	assert_true(clock_monotonic_ms() >= first);
	uint8_t a[512] = {0};
	uint8_t b[512] = {0};
	struct valise_err err;
	assert_int_equal(random_fill(a, sizeof a, &err), 0);
	assert_int_equal(random_fill(b, sizeof b, &err), 0);
	assert_memory_not_equal(a, b, sizeof a);
	assert_memory_not_equal(a, a + 256, 256);
	assert_int_equal(random_fill(NULL, 0, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_fills_in_and_returns_the_code),
		cmocka_unit_test(test_prefix_keeps_the_cause),
		cmocka_unit_test(test_no_cut_character_remains),
		cmocka_unit_test(test_cut_of_bytes_that_are_no_text),
		cmocka_unit_test(test_errno_codes),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_hash_texts),
		cmocka_unit_test(test_hash_parse_refuses),
		cmocka_unit_test(test_clock_and_randomness),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
