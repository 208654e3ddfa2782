/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 against RFC 8032, the keys that are refused, and the arithmetic behind their list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/encode.h"
#include "crypto/ed25519.h"

static void bytes_of(const char *hex, uint8_t *ret, size_t len)
{
	assert_true(hex_decode(str_of(hex), ret, len));
}

/* Section 7.1, tests 1 to 3 and SHA(abc). */
static void rfc8032(void **state)
{
	(void)state;
	static const struct {
		const char *seed, *public, *message, *signature;
	} rows[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
		 "24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
		 "eeb00d291612bb0c00"},
		{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2"
		 "8dc027beceea1ec40a"},
		{"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
		 "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
		 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce8"
		 "0e2a9ac94fa54ca49f",
		 "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac1"
		 "7ad9bef1177331a704"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t seed[32];
		uint8_t public[32];
		uint8_t message[64];
		uint8_t signature[64];
		uint8_t got[64];
		size_t len = strlen(rows[i].message) / 2;
		bytes_of(rows[i].seed, seed, 32);
		bytes_of(rows[i].public, public, 32);
		bytes_of(rows[i].message, message, len);
		bytes_of(rows[i].signature, signature, 64);
		CLEAN_SIGNER struct ed25519_signer *s = NULL;
		assert_int_equal(ed25519_signer_new(seed, &s, NULL), 0);
		ed25519_signer_public(s, got);
		assert_memory_equal(got, public, 32);
		assert_int_equal(ed25519_sign(s, len ? message : NULL, len, got, NULL), 0);
		assert_memory_equal(got, signature, 64);
		assert_int_equal(ed25519_verify(public, len ? message : NULL, len, signature, NULL), 0);
	}
}

/* S + L is the same number to the curve, and another signature to everybody who compares bytes. */
static void add_order(uint8_t s[static 32])
{
	uint8_t order[32];
	bytes_of("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", order, 32);
	unsigned carry = 0;
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)s[i] + order[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
}

static void nothing_near_a_signature(void **state)
{
	(void)state;
	const uint8_t seed[32] = {7};
	uint8_t public[32];
	uint8_t signature[64];
	uint8_t message[40] = "the letter";
	CLEAN_SIGNER struct ed25519_signer *s = NULL;
	assert_int_equal(ed25519_signer_new(seed, &s, NULL), 0);
	ed25519_signer_public(s, public);
	assert_true(ed25519_public_ok(public));
	assert_int_equal(ed25519_sign(s, message, sizeof message, signature, NULL), 0);
	assert_int_equal(ed25519_verify(public, message, sizeof message, signature, NULL), 0);

	struct valise_err err = {0};
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(ed25519_verify(public, message, sizeof message, signature, &err), VALISE_E_BAD);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof public; bit++) {
		public[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(ed25519_verify(public, message, sizeof message, signature, &err), VALISE_E_BAD);
		public[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t i = 0; i < sizeof message; i++) {
		message[i] ^= 1;
		assert_int_equal(ed25519_verify(public, message, sizeof message, signature, &err), VALISE_E_BAD);
		message[i] ^= 1;
	}
	assert_int_equal(ed25519_verify(public, message, sizeof message - 1, signature, &err), VALISE_E_BAD);
	assert_int_equal(err.code, VALISE_E_BAD);
	uint8_t same_number[64];
	memcpy(same_number, signature, 64);
	for (int i = 0; i < 14; i++) { /* as long as it fits */
		add_order(same_number + 32);
		assert_int_equal(ed25519_verify(public, message, sizeof message, same_number, &err), VALISE_E_BAD);
	}
	assert_int_equal(ed25519_verify(public, message, sizeof message, signature, &err), 0);
}

/* As in ed25519.c. */
static const char *const small_order_y[] = {
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
};

static void weak_keys_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof small_order_y / sizeof small_order_y[0]; i++) {
		uint8_t key[32];
		bytes_of(small_order_y[i], key, 32);
		assert_false(ed25519_public_ok(key));
		key[31] |= 0x80;
		assert_false(ed25519_public_ok(key));
		key[31] &= 0x7f;
		key[1] ^= 1;
		assert_true(ed25519_public_ok(key));
	}
	/* The nineteen values from p to 2^255 - 1, either sign, and what is just below. */
	uint8_t key[32];
	memset(key, 0xff, sizeof key);
	for (unsigned low = 0; low < 256; low++) {
		key[0] = (uint8_t)low;
		key[31] = 0x7f;
		assert_int_equal(ed25519_public_ok(key), low < 0xec); /* 0xec is -1 */
		key[31] = 0xff;
		assert_int_equal(ed25519_public_ok(key), low < 0xec);
	}
	key[0] = 0xff;
	for (size_t i = 1; i < 31; i++) {
		key[i] = 0xfe;
		assert_true(ed25519_public_ok(key));
		key[i] = 0xff;
	}
	key[31] = 0x7e;
	assert_true(ed25519_public_ok(key));
}

/* Why: with the neutral element for a key one signature fits every message, and libcrypto alone would say so. */
static void a_weak_key_signs_everything(void **state)
{
	(void)state;
	const uint8_t key[32] = {1};
	const uint8_t signature[64] = {1};
	for (uint8_t message = 0; message < 10; message++) {
		EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();
		assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey), 1);
		assert_int_equal(EVP_DigestVerify(ctx, signature, 64, &message, 1), 1);
		EVP_MD_CTX_free(ctx);
		EVP_PKEY_free(pkey);
		assert_int_equal(ed25519_verify(key, &message, 1, signature, NULL), VALISE_E_BAD);
	}
}

/* d y^4 + 2 y^2 - 1 mod p, with d = -121665/121666: 0 for a point of order 8. Multiplied by 121666, so that nothing is inverted. */
static bool is_of_order_8(const BIGNUM *y, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *square = BN_new();
	BIGNUM *fourth = BN_new();
	assert_true(square && fourth);
	assert_true(BN_mod_sqr(square, y, p, ctx));
	assert_true(BN_mod_sqr(fourth, square, p, ctx));
	assert_true(BN_mul_word(fourth, 121665));
	assert_true(BN_mul_word(square, 2 * 121666));
	assert_true(BN_mod_sub(square, square, fourth, p, ctx));
	assert_true(BN_sub_word(square, 121666));
	assert_true(BN_nnmod(square, square, p, ctx));
	bool zero = BN_is_zero(square);
	BN_free(square);
	BN_free(fourth);
	return zero;
}

static void the_list_is_derived(void **state)
{
	(void)state;
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new();
	BIGNUM *d = BN_new();
	BIGNUM *sum = BN_new();
	assert_true(ctx && p && d && sum);
	assert_true(BN_set_bit(p, 255));
	assert_true(BN_sub_word(p, 19));
	for (size_t i = 0; i < 5; i++) {
		uint8_t bytes[32];
		bytes_of(small_order_y[i], bytes, 32);
		BIGNUM *y = BN_lebin2bn(bytes, 32, NULL);
		assert_non_null(y);
		assert_true(BN_cmp(y, p) < 0);
		assert_int_equal(is_of_order_8(y, p, ctx), i >= 3);
		if (i >= 3)
			assert_true(BN_add(sum, sum, y));
		BN_free(y);
	}
	/* The two of order 8 are y and -y; the product of the two values of y^2 is -1/d, no square because -1 is one and d is
	 * not: so only one of them has roots. With the two signs of x that makes four points, and 1 + 1 + 2 + 4 = 8 in all. */
	assert_int_equal(BN_cmp(sum, p), 0);
	assert_true(BN_set_word(d, 121666));
	assert_non_null(BN_mod_inverse(d, d, p, ctx));
	assert_true(BN_mul_word(d, 121665));
	assert_true(BN_mod_sub(d, p, d, p, ctx));
	assert_int_equal(BN_kronecker(d, p, ctx), -1);
	BN_free(p);
	BN_free(d);
	BN_free(sum);
	BN_CTX_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc8032),
		cmocka_unit_test(nothing_near_a_signature),
		cmocka_unit_test(weak_keys_are_refused),
		cmocka_unit_test(a_weak_key_signs_everything),
		cmocka_unit_test(the_list_is_derived),
	};
	return cmocka_run_group_tests_name("crypto_ed25519", tests, NULL, NULL);
}
