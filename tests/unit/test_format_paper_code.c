/* SPDX-License-Identifier: Apache-2.0 */
/* Codes on paper: one spelling each, and one kind never taken for the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/paper_code.h"

static const char id[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static void assert_one_spelling(enum valise_paper_of of, enum valise_paper_of other, const char *scheme)
{
	struct valise_paper_code code = valise_paper_code(of, id);
	struct hash back = {{0}};
	assert_int_equal(strlen(code.text), PAPER_CODE_BYTES);
	assert_memory_equal(code.text, scheme, 7);
	assert_true(paper_code_parse(of, str_of(code.text), &back));
	assert_string_equal(hash_hex(&back).text, id);
	assert_false(paper_code_parse(other, str_of(code.text), &back));
	for (size_t i = 0; i < PAPER_CODE_BYTES; i++) {
		struct valise_paper_code bad = code;
		bad.text[i] = 'g';
		assert_false(paper_code_parse(of, str_of(bad.text), &back));
		bad.text[i] = (char)(code.text[i] + ('a' - 'A'));
		assert_false(paper_code_parse(of, str_of(bad.text), &back));
		assert_false(paper_code_parse(of, (struct str){code.text, i}, &back));
	}
	assert_false(paper_code_parse(of, (struct str){code.text, PAPER_CODE_BYTES + 1}, &back));
}

static void test_codes(void **state)
{
	(void)state;
	assert_one_spelling(VALISE_PAPER_OFFICE, VALISE_PAPER_LETTER, "VALISE:");
	assert_one_spelling(VALISE_PAPER_LETTER, VALISE_PAPER_OFFICE, "LETTER:");
}

static void test_no_id(void **state)
{
	(void)state;
	assert_string_equal(valise_paper_code(VALISE_PAPER_OFFICE, "").text, "");
	assert_string_equal(valise_paper_code(VALISE_PAPER_LETTER, "h7qk-2mxd").text, "");
	assert_string_equal(valise_paper_code(VALISE_PAPER_LETTER, "A0112233").text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes), cmocka_unit_test(test_no_id)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
