/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, HMAC, HKDF and scrypt against the published answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/limits.h"
#include "crypto/digest.h"

static void assert_hex(const uint8_t *got, const char *hex)
{
	uint8_t want[256];
	size_t len = strlen(hex) / 2;
	assert_true(len <= sizeof want);
	assert_true(hex_decode(str_of(hex), want, len));
	assert_memory_equal(got, want, len);
}

/* FIPS 180-4, the examples of its appendix and the empty message. */
static void known_digests(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *hex;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hash h;
		digest_once(rows[i].text, strlen(rows[i].text), &h);
		assert_hex(h.bytes, rows[i].hex);
	}
	struct hash h;
	digest_once(NULL, 0, &h);
	assert_hex(h.bytes, rows[0].hex);
	digest_spans(NULL, 0, &h);
	assert_hex(h.bytes, rows[0].hex);
}

static void a_million_times_a(void **state)
{
	(void)state;
	CLEAN_DIGEST struct digest *d = NULL;
	assert_int_equal(digest_new(&d, NULL), 0);
	char a[1000];
	memset(a, 'a', sizeof a);
	struct hash h;
	for (int again = 0; again < 2; again++) { /* it starts anew after the end */
		for (int i = 0; i < 1000; i++)
			assert_int_equal(digest_add(d, a, sizeof a, NULL), 0);
		assert_int_equal(digest_end(d, &h, NULL), 0);
		assert_hex(h.bytes, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	}
}

/* However a message is cut, its digest is one. */
static void cuts_do_not_matter(void **state)
{
	(void)state;
	uint8_t m[200];
	for (size_t i = 0; i < sizeof m; i++)
		m[i] = (uint8_t)(i * 7);
	CLEAN_DIGEST struct digest *d = NULL;
	assert_int_equal(digest_new(&d, NULL), 0);
	for (size_t len = 0; len <= sizeof m; len++) {
		struct hash whole;
		digest_once(m, len, &whole);
		for (size_t cut = 0; cut <= len; cut++) {
			struct hash h;
			digest_spans((const struct span[]){{m, cut}, {NULL, 0}, {m + cut, len - cut}}, 3, &h);
			assert_true(hash_eq(&h, &whole));
			assert_int_equal(digest_add(d, m, cut, NULL), 0);
			assert_int_equal(digest_add(d, m + cut, len - cut, NULL), 0);
			assert_int_equal(digest_end(d, &h, NULL), 0);
			assert_true(hash_eq(&h, &whole));
		}
	}
}

static void hmac_rfc4231(void **state)
{
	(void)state;
	uint8_t key[131];
	uint8_t data[152];
	uint8_t mac[32];

	memset(key, 0x0b, 20);
	hmac_sha256(key, 20, "Hi There", 8, mac);
	assert_hex(mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
	assert_hex(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 20);
	memset(data, 0xdd, 50);
	hmac_sha256(key, 20, data, 50, mac);
	assert_hex(mac, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	for (uint8_t i = 0; i < 25; i++)
		key[i] = (uint8_t)(i + 1);
	memset(data, 0xcd, 50);
	hmac_sha256(key, 25, data, 50, mac);
	assert_hex(mac, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	memset(key, 0x0c, 20);
	hmac_sha256(key, 20, "Test With Truncation", 20, mac);
	assert_hex(mac, "a3b6167473100ee06e0c796c2955552b"); /* published cut to 128 bits */
	memset(key, 0xaa, sizeof key);
	const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";
	hmac_sha256(key, sizeof key, text, strlen(text), mac);
	assert_hex(mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	text = "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
	       "hashed before being used by the HMAC algorithm.";
	hmac_sha256(key, sizeof key, text, strlen(text), mac);
	assert_hex(mac, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void hkdf_rfc5869(void **state)
{
	(void)state;
	uint8_t ikm[80];
	uint8_t salt[80];
	char info[81];
	uint8_t okm[82];

	memset(ikm, 0x0b, 22);
	for (uint8_t i = 0; i < 13; i++)
		salt[i] = i;
	hkdf_sha256(ikm, 22, salt, 13, "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", okm, 42);
	assert_hex(okm, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	for (uint8_t i = 0; i < 80; i++) {
		ikm[i] = i;
		salt[i] = (uint8_t)(0x60 + i);
		info[i] = (char)(uint8_t)(0xb0 + i);
	}
	info[80] = '\0';
	hkdf_sha256(ikm, 80, salt, 80, info, okm, 82);
	assert_hex(okm,
		   "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
		   "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
	memset(ikm, 0x0b, 22);
	hkdf_sha256(ikm, 22, NULL, 0, "", okm, 42);
	assert_hex(okm, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

/* RFC 7914 section 12, the vector with r = 8 and p = 1 (its first 32 of 64 bytes: PBKDF2's first block), and one that needs
 * libcrypto's memory limit raised, computed with Python's hashlib. */
static void scrypt_known(void **state)
{
	(void)state;
	uint8_t key[32];
	assert_int_equal(scrypt_derive("pleaseletmein", 13, "SodiumChloride", 14, 14, key, NULL), 0);
	assert_hex(key, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
	uint8_t salt[44] = "age-encryption.org/v1/scrypt";
	for (uint8_t i = 0; i < 16; i++)
		salt[28 + i] = i;
	assert_int_equal(scrypt_derive("correct horse", 13, salt, sizeof salt, 15, key, NULL), 0);
	assert_hex(key, "3033f3f61b192dfa484a44a783a5cd60eb0378309e3591c99e1ee23675ba16fe");
	assert_int_equal(scrypt_derive("", 0, "", 0, 1, key, NULL), 0);
	assert_hex(key, "ec57b472d742138d12501bc49372377b3b96d6a2ff9f6a53e769a63c429a1792");
}

static void scrypt_bounds(void **state)
{
	(void)state;
	uint8_t key[32] = {42};
	uint8_t before[32] = {42};
	struct valise_err err = {0};
	assert_int_equal(scrypt_derive("x", 1, "y", 1, 0, key, &err), VALISE_E_LIMIT);
	assert_int_equal(err.code, VALISE_E_LIMIT);
	assert_int_equal(scrypt_derive("x", 1, "y", 1, LIMIT_SCRYPT_LOG_N + 1, key, &err), VALISE_E_LIMIT);
	assert_int_equal(scrypt_derive("x", 1, "y", 1, UINT32_MAX, key, &err), VALISE_E_LIMIT);
	assert_memory_equal(key, before, sizeof key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_digests),      cmocka_unit_test(a_million_times_a),
		cmocka_unit_test(cuts_do_not_matter), cmocka_unit_test(hmac_rfc4231),
		cmocka_unit_test(hkdf_rfc5869),       cmocka_unit_test(scrypt_known),
		cmocka_unit_test(scrypt_bounds),
	};
	return cmocka_run_group_tests_name("crypto_digest", tests, NULL, NULL);
}
