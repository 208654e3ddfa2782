/* SPDX-License-Identifier: Apache-2.0 */
/* age's recipients, identities and key files as text: what is read, what is written, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/x25519.h"
#include "format/age.h"

/* A pair that age-keygen made. */
#define SECRET_TEXT "AGE-SECRET-KEY-17AULWVA7Z8SW8P8Z0Y86V66UJHMEJ3WZLRNSTH7DYMEAL5A3T3YQ5U663A"
#define RECIPIENT_TEXT "age198whs7f263a9qrfd5njxeg7zu4law4k8gtk2vwj9lnuatuv4jvzq0gerzc"

static void pair_is_read_and_written(void **state)
{
	(void)state;
	uint8_t secret[32];
	assert_true(age_identity_parse(STR(SECRET_TEXT), secret));
	struct age_identity i;
	assert_int_equal(age_identity_x25519(secret, &i, NULL), 0);
	assert_int_equal(i.type, AGE_X25519);
	struct age_recipient r;
	assert_true(age_recipient_parse(STR(RECIPIENT_TEXT), &r));
	assert_memory_equal(r.point, i.point, 32);

	CLEAN_BUF struct buf b = BUF_INIT(1000);
	age_recipient_write(&b, &r);
	assert_int_equal(b.len, AGE_RECIPIENT_TEXT_BYTES);
	assert_string_equal((char *)b.data, RECIPIENT_TEXT);
	buf_clear(&b);
	age_identity_write(&b, secret);
	assert_int_equal(b.len, AGE_IDENTITY_TEXT_BYTES);
	assert_string_equal((char *)b.data, SECRET_TEXT);
}

/* Every single change of a character is found, and neither case nor kind can be mixed up. */
static void altered_texts_are_refused(void **state)
{
	(void)state;
	struct age_recipient r;
	uint8_t secret[32];
	for (size_t i = 0; i < AGE_RECIPIENT_TEXT_BYTES; i++) {
		char text[] = RECIPIENT_TEXT;
		text[i] = text[i] == 'q' ? 'p' : 'q';
		assert_false(age_recipient_parse(str_of(text), &r));
		text[i] = 0;
		assert_false(age_recipient_parse(str_of(text), &r));
	}
	for (size_t i = 0; i < AGE_IDENTITY_TEXT_BYTES; i++) {
		char text[] = SECRET_TEXT;
		text[i] = text[i] == 'Q' ? 'P' : 'Q';
		assert_false(age_identity_parse(str_of(text), secret));
		text[i] = 'q';
		assert_false(age_identity_parse(str_of(text), secret));
	}
	assert_false(age_identity_parse(STR(RECIPIENT_TEXT), secret));
	assert_false(age_recipient_parse(STR(SECRET_TEXT), &r));
	assert_false(age_recipient_parse(STR(RECIPIENT_TEXT "\n"), &r));
	assert_false(age_recipient_parse(STR(""), &r));
}

/* Points that make every agreement zero, and second spellings of others, are nobody's key. */
static void weak_points_are_refused(void **state)
{
	(void)state;
	static const uint8_t points[][32] = {
		{0},
		{1},
		{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
		/* p - 1, p, p + 9: the last is the base point, spelt above the field's size. */
		{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xf6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		/* 9 with the bit that X25519 ignores. */
		{9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80},
	};
	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		struct age_recipient r;
		memcpy(r.point, points[i], 32);
		CLEAN_BUF struct buf b = BUF_INIT(1000);
		age_recipient_write(&b, &r);
		memset(&r, 0x55, sizeof r);
		assert_false(age_recipient_parse(buf_str(&b), &r));
		assert_int_equal(r.point[0], 0x55);
	}
	struct age_recipient nine = {{9}};
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	age_recipient_write(&b, &nine);
	assert_true(age_recipient_parse(buf_str(&b), &nine));
}

static void key_files(void **state)
{
	(void)state;
	struct age_identity ids[2];
	size_t n = 0;
	assert_int_equal(age_identity_file(STR("# created: 2026-11-22T09:00:00Z\n# public key: x\n" SECRET_TEXT "\n"),
					   ids, 2, &n, NULL),
			 0);
	assert_int_equal(n, 1);
	assert_int_equal(age_identity_file(STR(SECRET_TEXT "\r\n\n#\n" SECRET_TEXT), ids, 2, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_memory_equal(ids[0].secret, ids[1].secret, 32);

	struct valise_err err = {0};
	assert_int_equal(age_identity_file(STR("#\n\n"), ids, 2, &n, &err), VALISE_E_BAD);
	assert_int_equal(age_identity_file(STR(""), ids, 2, &n, &err), VALISE_E_BAD);
	assert_int_equal(n, 2);
	assert_int_equal(age_identity_file(STR(SECRET_TEXT "\n" SECRET_TEXT "\n" SECRET_TEXT "\n"), ids, 2, &n, &err),
			 VALISE_E_LIMIT);
	static const struct age_identity wiped[2];
	assert_memory_equal(ids, wiped, sizeof ids);

	/* A line that is no identity may be one that was mistyped: the text says where, never what. */
	assert_int_equal(age_identity_file(STR("# one\n" SECRET_TEXT "Q\n"), ids, 2, &n, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "line 2"));
	assert_null(strstr(err.text, "7AULWVA7"));
	assert_int_equal(age_identity_file(STR(" " SECRET_TEXT "\n"), ids, 2, &n, &err), VALISE_E_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pair_is_read_and_written),
		cmocka_unit_test(altered_texts_are_refused),
		cmocka_unit_test(weak_points_are_refused),
		cmocka_unit_test(key_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
