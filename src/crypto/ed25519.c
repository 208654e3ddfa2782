/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 by the rule of spec/ed25519.md: libcrypto's verification behind our own look at the key. */
#include "crypto/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/ossl.h"

struct ed25519_signer {
	EVP_PKEY *key;
	uint8_t public[ED25519_PUBLIC_BYTES];
};

int ed25519_signer_new(const uint8_t seed[static ED25519_SEED_BYTES], struct ed25519_signer **ret,
		       struct valise_err *err)
{
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	ERR_clear_error();
	struct ed25519_signer *s CLEAN_SIGNER = OPENSSL_zalloc(sizeof *s);
	if (!s)
		return err_nomem(err);
	s->key = EVP_PKEY_new_raw_private_key_ex(lib, "ED25519", NULL, seed, ED25519_SEED_BYTES);
	size_t len = sizeof s->public;
	if (!s->key || EVP_PKEY_get_raw_public_key(s->key, s->public, &len) != 1 || len != sizeof s->public)
		return ossl_failed(err, "Ed25519");
	*ret = TAKE(s);
	return 0;
}

void ed25519_signer_free(struct ed25519_signer *s)
{
	if (!s)
		return;
	EVP_PKEY_free(s->key); /* wipes the seed */
	OPENSSL_free(s);
}

void ed25519_signer_freep(struct ed25519_signer **s)
{
	ed25519_signer_free(*s);
}

void ed25519_signer_public(const struct ed25519_signer *s, uint8_t ret[static ED25519_PUBLIC_BYTES])
{
	memcpy(ret, s->public, sizeof s->public);
}

int ed25519_sign(const struct ed25519_signer *s, const void *data, size_t len,
		 uint8_t ret[static ED25519_SIGNATURE_BYTES], struct valise_err *err)
{
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	ERR_clear_error();
	/* A context for each signature, 1 us of 26: so any number of threads may sign with one signer. */
	EVP_MD_CTX *ctx CLEAN_MD_CTX = EVP_MD_CTX_new();
	uint8_t signature[ED25519_SIGNATURE_BYTES];
	size_t signature_len = sizeof signature;
	if (!ctx || EVP_DigestSignInit_ex(ctx, NULL, NULL, lib, NULL, s->key, NULL) != 1 ||
	    EVP_DigestSign(ctx, signature, &signature_len, data, len) != 1 || signature_len != sizeof signature)
		return ossl_failed(err, "Ed25519");
	memcpy(ret, signature, sizeof signature);
	return 0;
}

/* The y-coordinates of the eight points of small order on -x^2 + y^2 = 1 + d x^2 y^2, d = -121665/121666; each encoding is one of
 * them with either sign of x. Order 1: y = 1. Order 2: y = -1. Order 4: doubling gives y = -1, so y = 0. Order 8: the double has
 * y = 0, and y(2P) = (y^2 + x^2) / (1 - d x^2 y^2), so x^2 = -y^2; in the curve's equation that is d y^4 + 2 y^2 - 1 = 0, of which
 * one value of y^2 = (-1 +- sqrt(1 + d)) / d is a square. The unit test does this arithmetic again.
 * y = 1 and y = -1 are the two for which x = 0, so the encodings of x = 0 with a sign are refused here too. */
static const uint8_t small_order_y[][ED25519_PUBLIC_BYTES] = {
	{1},
	{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	{0},
	{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
	 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
	 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
};

/* Little-endian, below 2^255 - 19. */
static bool is_canonical(const uint8_t y[static ED25519_PUBLIC_BYTES])
{
	if (y[31] != 0x7f)
		return true;
	for (size_t i = 30; i > 0; i--)
		if (y[i] != 0xff)
			return true;
	return y[0] < 0xed;
}

bool ed25519_public_ok(const uint8_t key[static ED25519_PUBLIC_BYTES])
{
	uint8_t y[ED25519_PUBLIC_BYTES];
	memcpy(y, key, sizeof y);
	y[31] &= 0x7f; /* without the sign of x */
	if (!is_canonical(y))
		return false;
	for (size_t i = 0; i < sizeof small_order_y / sizeof small_order_y[0]; i++)
		if (memcmp(y, small_order_y[i], sizeof y) == 0)
			return false;
	return true;
}

enum verdict { BROKEN, NO, YES };

static enum verdict look(OSSL_LIB_CTX *lib, const uint8_t key[static ED25519_PUBLIC_BYTES], const void *data,
			 size_t len, const uint8_t signature[static ED25519_SIGNATURE_BYTES])
{
	EVP_PKEY *pkey CLEAN_PKEY = EVP_PKEY_new_raw_public_key_ex(lib, "ED25519", NULL, key, ED25519_PUBLIC_BYTES);
	EVP_MD_CTX *ctx CLEAN_MD_CTX = EVP_MD_CTX_new();
	if (!pkey || !ctx || EVP_DigestVerifyInit_ex(ctx, NULL, NULL, lib, NULL, pkey, NULL) != 1)
		return BROKEN;
	int r = EVP_DigestVerify(ctx, signature, ED25519_SIGNATURE_BYTES, data, len);
	return r == 1 ? YES : r == 0 ? NO : BROKEN;
}

int ed25519_verify(const uint8_t key[static ED25519_PUBLIC_BYTES], const void *data, size_t len,
		   const uint8_t signature[static ED25519_SIGNATURE_BYTES], struct valise_err *err)
{
	if (!ed25519_public_ok(key))
		return err_set(
			err, VALISE_E_BAD,
			"the signing key is of small order or not in its one encoding: anybody could sign with it");
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	ERR_clear_error();
	enum verdict v = look(lib, key, data, len, signature);
	/* libcrypto says no as well when it runs out of memory half-way. A no is an accusation, so it is asked for twice: without
	 * memory the second look does not even begin. */
	if (v == NO) {
		ERR_clear_error();
		v = look(lib, key, data, len, signature);
	}
	if (v == BROKEN)
		return ossl_failed(err, "Ed25519");
	ERR_clear_error();
	if (v == NO)
		return err_set(err, VALISE_E_BAD, "the signature does not fit these bytes and this key");
	return 0;
}
