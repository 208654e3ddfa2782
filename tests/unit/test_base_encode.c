/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64, base32 and Bech32: the RFCs' and BIP 173's own vectors, and every spelling that is not the one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/encode.h"

static void test_hex(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(100);
	static const uint8_t bytes[] = {0x00, 0x9a, 0xbc, 0xff};
	hex_encode(&b, bytes, sizeof bytes);
	assert_string_equal((char *)b.data, "009abcff");
	uint8_t back[4];
	assert_true(hex_decode(STR("009abcff"), back, sizeof back));
	assert_memory_equal(back, bytes, sizeof bytes);
	assert_true(hex_decode(STR(""), back, 0));
	static const char *const bad[] = {"",         "009abcf",  "009abcff0", "009abcff00",     "009ABCFF",
					  "009abcfg", " 09abcff", "0x9abcff",  "009abc\xc3\xa9", "+09abcff"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(hex_decode(str_of(bad[i]), back, sizeof back));
	assert_memory_equal(back, bytes, sizeof bytes);
	hex_encode(&b, bytes, SIZE_MAX);
	assert_int_equal(b.error, VALISE_E_LIMIT);
}

static const struct {
	const char *plain;
	const char *base64;
	const char *raw;
	const char *base32;
} rfc4648[] = {
	{"", "", "", ""},
	{"f", "Zg==", "Zg", "my"},
	{"fo", "Zm8=", "Zm8", "mzxq"},
	{"foo", "Zm9v", "Zm9v", "mzxw6"},
	{"foob", "Zm9vYg==", "Zm9vYg", "mzxw6yq"},
	{"fooba", "Zm9vYmE=", "Zm9vYmE", "mzxw6ytb"},
	{"foobar", "Zm9vYmFy", "Zm9vYmFy", "mzxw6ytboi"},
	{"\xfb\xff\xfe", "+//+", "+//+", "7p774"},
};

static void test_rfc4648(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rfc4648 / sizeof rfc4648[0]; i++) {
		CLEAN_BUF struct buf b = BUF_INIT(100);
		const uint8_t *plain = (const uint8_t *)rfc4648[i].plain;
		size_t len = strlen(rfc4648[i].plain);
		base64_encode(&b, plain, len);
		assert_true(str_eq(buf_str(&b), str_of(rfc4648[i].base64)));
		buf_clear(&b);
		base64_raw_encode(&b, plain, len);
		assert_true(str_eq(buf_str(&b), str_of(rfc4648[i].raw)));
		buf_clear(&b);
		base32_encode(&b, plain, len);
		assert_true(str_eq(buf_str(&b), str_of(rfc4648[i].base32)));
		buf_clear(&b);
		assert_true(base64_decode(str_of(rfc4648[i].base64), &b));
		assert_true(base64_raw_decode(str_of(rfc4648[i].raw), &b));
		assert_int_equal(b.len, 2 * len);
		assert_memory_equal(b.data, plain, len);
		assert_memory_equal(b.data + len, plain, len);
		if (len % 3 != 0) {
			assert_false(base64_decode(str_of(rfc4648[i].raw), &b));
			assert_false(base64_raw_decode(str_of(rfc4648[i].base64), &b));
		}
		assert_int_equal(b.len, 2 * len);
	}
}

static void test_base64_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"Zh==", /* bits that belong to no byte */
		"Zm9=",  "Zm8",      "Zg=",    "Z===",   "====",     "=",      "==",
		"===",   "Zg==Zg==", "Zm8=\n", "Zm\n8=", " Zm8=",    "Zm8= ",  "Zm-_",
		"Zm9v=", "Zm9v==",   "Zm9vZ",  "Z=8=",   "Zm9v====", "Zm9vZg", "Zm9\xc3",
	};
	CLEAN_BUF struct buf b = BUF_INIT(100);
	buf_add_text(&b, "before");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(base64_decode(str_of(bad[i]), &b));
	static const char *const bad_raw[] = {"Zh", "Zm9", "Z", "Zm9vZ", "Zg=", "Zg==", "Zm8=", "Zm 8", "Zm8\n", "-_8"};
	for (size_t i = 0; i < sizeof bad_raw / sizeof bad_raw[0]; i++)
		assert_false(base64_raw_decode(str_of(bad_raw[i]), &b));
	assert_string_equal((char *)b.data, "before");
	assert_int_equal(b.error, 0);
}

static void test_base64_each_last_digit(void **state)
{
	(void)state;
	/* Of 64 last digits after one, 4 are canonical; after two, 16. */
	size_t n_one = 0;
	size_t n_two = 0;
	for (unsigned c = 0; c < 256; c++) {
		CLEAN_BUF struct buf b = BUF_INIT(100);
		char one[2] = {'Z', (char)c};
		char two[3] = {'Z', 'm', (char)c};
		n_one += base64_raw_decode((struct str){one, 2}, &b);
		n_two += base64_raw_decode((struct str){two, 3}, &b);
	}
	assert_int_equal(n_one, 4);
	assert_int_equal(n_two, 16);
}

static void test_base64_into_a_full_buffer(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(2);
	assert_false(base64_decode(STR("Zm9v"), &b));
	assert_int_equal(b.error, VALISE_E_LIMIT);
	assert_int_equal(b.len, 0);
}

static void test_every_length_comes_back(void **state)
{
	(void)state;
	uint8_t bytes[70];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 151 + 17);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		CLEAN_BUF struct buf text = BUF_INIT(200);
		CLEAN_BUF struct buf back = BUF_INIT(200);
		uint8_t plain[70];
		base64_encode(&text, bytes, len);
		assert_true(base64_decode(buf_str(&text), &back));
		assert_true(str_eq(buf_str(&back), (struct str){(const char *)bytes, len}));
		buf_clear(&text);
		bech32_encode(&text, "age1x", bytes, len, false);
		assert_true(bech32_decode(buf_str(&text), "age1x", false, plain, len));
		assert_memory_equal(plain, bytes, len);
		assert_false(bech32_decode(buf_str(&text), "age1x", false, plain, len + 1));
		if (len > 0)
			assert_false(bech32_decode(buf_str(&text), "age1x", false, plain, len - 1));
	}
}

/* BIP 173's valid strings whose values are whole bytes. */
static const struct {
	const char *text;
	const char *hrp;
	const char *hex;
	bool uppercase;
} bip173[] = {
	{"A12UEL5L", "a", "", true},
	{"a12uel5l", "a", "", false},
	{"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
	 "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", "", false},
	{"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", "00443214c74254b635cf84653a56d7c675be77df", false},
	{"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j", "1",
	 "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	 false},
	{"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split",
	 "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d", false},
	{"?1ezyfcl", "?", "", false},
};

static void test_bip173_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bip173 / sizeof bip173[0]; i++) {
		uint8_t want[64];
		uint8_t got[64];
		size_t len = strlen(bip173[i].hex) / 2;
		assert_true(hex_decode(str_of(bip173[i].hex), want, len));
		assert_true(bech32_decode(str_of(bip173[i].text), bip173[i].hrp, bip173[i].uppercase, got, len));
		assert_memory_equal(got, want, len);
		assert_false(bech32_decode(str_of(bip173[i].text), bip173[i].hrp, !bip173[i].uppercase, got, len) &&
			     strcmp(bip173[i].hrp, "1") != 0);
		CLEAN_BUF struct buf b = BUF_INIT(100);
		bech32_encode(&b, bip173[i].hrp, want, len, bip173[i].uppercase);
		assert_string_equal((char *)b.data, bip173[i].text);
	}
}

static void test_bip173_invalid(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *hrp;
	} cases[] = {
		{"\x20"
		 "1nwldj5",
		 "\x20"}, /* HRP character out of range */
		{"\x7f"
		 "1axkwrx",
		 "\x7f"},
		{"\x80"
		 "1eym55h",
		 "\x80"},
		{"pzry9x0s0muk", ""}, /* no separator */
		{"pzry9x0s0muk", "pzry9x"},
		{"1pzry9x0s0muk", ""}, /* empty HRP */
		{"x1b4n0q5v", "x"},    /* 'b' is no digit */
		{"li1dgmt3", "li"},    /* too short a checksum */
		{"de1lg7wt\xff", "de"},
		{"A1G7SGD8", "a"}, /* checksum made of the uppercase HRP */
		{"10a06t8", ""},
		{"1qzzfhee", ""},
		{"A12uEL5L", "a"}, /* mixed case */
		{"a12UEL5L", "a"},
		{"", ""},
		{"a", "a"},
		{"a1", "a"},
		{"a12uel5", "a"},
		{"a12uel5l", "b"},
		{"a12uel5l", "ab"},
		{"a12uel5lq", "a"},
		{"a1lqfn3a", "a"}, /* BIP 350's checksum: Bech32m */
	};
	uint8_t got[64];
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t len = 0; len < 8; len++) {
			assert_false(bech32_decode(str_of(cases[i].text), cases[i].hrp, false, got, len));
			assert_false(bech32_decode(str_of(cases[i].text), cases[i].hrp, true, got, len));
		}
	}
}

/* "a1", the values and a good checksum over them, whatever they are: BIP 173's reference, written out for itself. */
static void bech32_of_values(char *ret_text, const uint8_t *values, size_t n_values)
{
	static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint8_t all[32] = {'a' >> 5, 0, 'a' & 31};
	if (n_values)
		memcpy(all + 3, values, n_values);
	uint32_t sum = 1;
	for (size_t i = 0; i < 3 + n_values + 6; i++) {
		uint32_t top = sum >> 25;
		sum = ((sum & 0x1ffffff) << 5) ^ all[i];
		for (unsigned g = 0; g < 5; g++)
			sum ^= (top >> g) & 1 ? generator[g] : 0;
	}
	sum ^= 1;
	memcpy(ret_text, "a1", 2);
	for (size_t i = 0; i < n_values; i++)
		ret_text[2 + i] = digits[values[i]];
	for (size_t i = 0; i < 6; i++)
		ret_text[2 + n_values + i] = digits[(sum >> (5 * (5 - i))) & 31];
	ret_text[2 + n_values + 6] = '\0';
}

static void test_bech32_padding_bits(void **state)
{
	(void)state;
	char text[32];
	uint8_t got[2] = {0};
	bech32_of_values(text, NULL, 0);
	assert_string_equal(text, "a12uel5l");
	/* Two digits hold a byte and two bits that must be zero: of 1,024 pairs 256 are a byte's one spelling. */
	size_t n_good = 0;
	for (unsigned pair = 0; pair < 1024; pair++) {
		uint8_t values[4] = {(uint8_t)(pair >> 5), (uint8_t)(pair & 31)};
		bech32_of_values(text, values, 2);
		bool good = bech32_decode(str_of(text), "a", false, got, 1);
		assert_int_equal(good, pair % 4 == 0);
		if (good)
			assert_int_equal(got[0], pair / 4);
		n_good += good;
		/* A whole digit of padding is too much, be it zero, and so is half a byte. */
		bech32_of_values(text, values, 3);
		assert_false(bech32_decode(str_of(text), "a", false, got, 1));
		assert_false(bech32_decode(str_of(text), "a", false, got, 2));
	}
	assert_int_equal(n_good, 256);
}

static void test_bech32_finds_each_single_error(void **state)
{
	(void)state;
	static const char good[] = "age-secret-key-1";
	uint8_t key[32];
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(200 - i);
	CLEAN_BUF struct buf b = BUF_INIT(100);
	bech32_encode(&b, "age-secret-key-", key, sizeof key, true);
	assert_int_equal(b.len, 74);
	assert_true(str_starts(buf_str(&b), STR("AGE-SECRET-KEY-1")));
	uint8_t got[32];
	assert_true(bech32_decode(buf_str(&b), "age-secret-key-", true, got, sizeof got));
	assert_memory_equal(got, key, sizeof key);
	assert_false(bech32_decode(buf_str(&b), "age-secret-key-", false, got, sizeof got));
	for (size_t i = sizeof good - 1; i < b.len; i++) {
		uint8_t was = b.data[i];
		for (unsigned c = 0; c < 256; c++) {
			b.data[i] = (uint8_t)c;
			assert_int_equal(bech32_decode(buf_str(&b), "age-secret-key-", true, got, sizeof got),
					 c == was);
		}
		b.data[i] = was;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_rfc4648),
		cmocka_unit_test(test_base64_refuses),
		cmocka_unit_test(test_base64_each_last_digit),
		cmocka_unit_test(test_base64_into_a_full_buffer),
		cmocka_unit_test(test_every_length_comes_back),
		cmocka_unit_test(test_bip173_valid),
		cmocka_unit_test(test_bip173_invalid),
		cmocka_unit_test(test_bech32_padding_bits),
		cmocka_unit_test(test_bech32_finds_each_single_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
