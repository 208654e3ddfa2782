/* SPDX-License-Identifier: Apache-2.0 */
/* X25519 against RFC 7748, and the arithmetic behind the list of points that are no recipient. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <string.h>

#include "base/encode.h"
#include "crypto/x25519.h"

static void bytes_of(const char *hex, uint8_t ret[static 32])
{
	assert_true(hex_decode(str_of(hex), ret, 32));
}

static void assert_shared(const char *secret_hex, const char *point_hex, const char *shared_hex)
{
	uint8_t secret[32];
	uint8_t point[32];
	uint8_t want[32];
	uint8_t got[32];
	bytes_of(secret_hex, secret);
	bytes_of(point_hex, point);
	bytes_of(shared_hex, want);
	assert_int_equal(x25519_shared(secret, point, got, NULL), 0);
	assert_memory_equal(got, want, 32);
}

static void assert_public(const char *secret_hex, const char *point_hex)
{
	uint8_t secret[32];
	uint8_t want[32];
	uint8_t got[32];
	bytes_of(secret_hex, secret);
	bytes_of(point_hex, want);
	assert_int_equal(x25519_public(secret, got, NULL), 0);
	assert_memory_equal(got, want, 32);
	assert_true(x25519_point_ok(got));
}

/* Sections 5.2 and 6.1. */
static void rfc7748(void **state)
{
	(void)state;
	assert_shared("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
		      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
		      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
	assert_shared("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
		      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
		      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
	static const char alice[] = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
	static const char alice_public[] = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
	static const char bob[] = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
	static const char bob_public[] = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
	static const char both[] = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
	assert_public(alice, alice_public);
	assert_public(bob, bob_public);
	assert_shared(alice, bob_public, both);
	assert_shared(bob, alice_public, both);
}

/* Section 5.2, a thousand agreements in a row. */
static void a_thousand_times(void **state)
{
	(void)state;
	uint8_t k[32] = {9};
	uint8_t u[32] = {9};
	uint8_t want[32];
	for (int i = 1; i <= 1000; i++) {
		uint8_t next[32];
		assert_int_equal(x25519_shared(k, u, next, NULL), 0);
		memcpy(u, k, 32);
		memcpy(k, next, 32);
		if (i == 1) {
			bytes_of("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", want);
			assert_memory_equal(k, want, 32);
		}
	}
	bytes_of("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", want);
	assert_memory_equal(k, want, 32);
}

/* As in x25519.c: order 2, 4 (curve and twist) and 8. */
static const char *const low_order[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
};

static void low_order_points_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof low_order / sizeof low_order[0]; i++) {
		uint8_t point[32];
		bytes_of(low_order[i], point);
		for (int top = 0; top < 2; top++) {
			assert_false(x25519_point_ok(point));
			for (uint8_t k = 0; k < 20; k++) {
				uint8_t secret[32] = {k, 1, 2, 3, k};
				uint8_t shared[32];
				memset(shared, 0xee, sizeof shared);
				struct valise_err err = {0};
				assert_int_equal(x25519_shared(secret, point, shared, &err), VALISE_E_BAD);
				assert_int_equal(err.code, VALISE_E_BAD);
				assert_int_equal(shared[0], 0xee);
				assert_int_equal(shared[31], 0xee);
			}
			point[31] ^= 0x80;
		}
	}
}

/* The edge of the field, from both sides. */
static void only_canonical_points(void **state)
{
	(void)state;
	uint8_t point[32];
	memset(point, 0xff, sizeof point);
	point[31] = 0x7f;
	for (unsigned low = 0; low < 256; low++) {
		point[0] = (uint8_t)low;
		assert_int_equal(x25519_point_ok(point), low < 0xec); /* 0xec is -1 */
	}
	point[0] = 0xff;
	for (size_t i = 1; i < 31; i++) {
		point[i] = 0xfe;
		assert_true(x25519_point_ok(point));
		point[i] = 0xff;
	}
	uint8_t nine[32] = {9};
	assert_true(x25519_point_ok(nine));
	nine[31] = 0x80;
	assert_false(x25519_point_ok(nine));
	memset(point, 0xff, sizeof point);
	assert_false(x25519_point_ok(point));
}

/* (u^2 - 1)^2 - k * 4 u (u^2 + 486662 u + 1) mod p, which is 0 when u doubles to k. */
static bool doubles_to(const BIGNUM *u, unsigned k, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *square = BN_new();
	BIGNUM *left = BN_new();
	BIGNUM *right = BN_new();
	BIGNUM *a = BN_new();
	assert_true(square && left && right && a);
	assert_true(BN_set_word(a, 486662));
	assert_true(BN_mod_sqr(square, u, p, ctx));
	assert_true(BN_mod_sub(left, square, BN_value_one(), p, ctx));
	assert_true(BN_mod_sqr(left, left, p, ctx));
	assert_true(BN_mod_mul(right, a, u, p, ctx));
	assert_true(BN_mod_add(right, right, square, p, ctx));
	assert_true(BN_mod_add(right, right, BN_value_one(), p, ctx));
	assert_true(BN_mod_mul(right, right, u, p, ctx));
	assert_true(BN_mul_word(right, 4 * k));
	assert_true(BN_mod_sub(left, left, right, p, ctx));
	bool zero = BN_is_zero(left);
	BN_free(square);
	BN_free(left);
	BN_free(right);
	BN_free(a);
	return zero;
}

static int legendre(long value, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *v = BN_new();
	assert_non_null(v);
	assert_true(BN_set_word(v, (BN_ULONG)(value < 0 ? -value : value)));
	BN_set_negative(v, value < 0);
	assert_true(BN_nnmod(v, v, p, ctx));
	int symbol = BN_kronecker(v, p, ctx);
	BN_free(v);
	return symbol;
}

static void the_list_is_derived(void **state)
{
	(void)state;
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new();
	assert_true(ctx && p);
	assert_true(BN_set_bit(p, 255));
	assert_true(BN_sub_word(p, 19));
	static const unsigned double_of[] = {0, 0, 0, 1, 1};
	for (size_t i = 1; i < 5; i++) { /* 1 and -1 double to 0; the other two to 1 */
		uint8_t bytes[32];
		bytes_of(low_order[i], bytes);
		BIGNUM *u = BN_lebin2bn(bytes, 32, NULL);
		assert_non_null(u);
		assert_true(BN_cmp(u, p) < 0);
		assert_true(doubles_to(u, double_of[i], p, ctx));
		assert_false(doubles_to(u, double_of[i] + 1, p, ctx));
		BN_free(u);
	}
	/* No other root: u^2 + 486662 u + 1 has none (no second point of order 2), nothing doubles to -1 ... */
	assert_int_equal(legendre(486662L * 486662L - 4, p, ctx), -1);
	assert_int_equal(legendre(2 - 486662L, p, ctx), -1);
	/* ... and of the quartic for 1, a pair of roots u and 1/u for each w, only one w gives a pair: the product of the two
	 * discriminants w^2 - 4 over w = 2 + 2s and 2 - 2s, s^2 = 486664, is 16 * 486664 * (486664 - 4), which is no square. */
	assert_int_equal(legendre(486664, p, ctx), 1);
	assert_int_equal(legendre(486660, p, ctx), -1);
	BN_free(p);
	BN_CTX_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc7748),
		cmocka_unit_test(a_thousand_times),
		cmocka_unit_test(low_order_points_are_refused),
		cmocka_unit_test(only_canonical_points),
		cmocka_unit_test(the_list_is_derived),
	};
	return cmocka_run_group_tests_name("crypto_x25519", tests, NULL, NULL);
}
