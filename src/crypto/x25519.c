/* SPDX-License-Identifier: Apache-2.0 */
/* X25519, and which points are no recipient. */
#include "crypto/x25519.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "crypto/ossl.h"

/* A key of ours for agreement only. The agreement does not read its public half; left out, libcrypto would compute it, which costs
 * more than the agreement itself. So a place-holder stands there, and the key never leaves x25519_shared. */
static EVP_PKEY *agreement_key(OSSL_LIB_CTX *lib, const uint8_t secret[static X25519_BYTES])
{
	uint8_t unused[X25519_BYTES] = {0};
	uint8_t own[X25519_BYTES];
	memcpy(own, secret, sizeof own);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, own, sizeof own),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, unused, sizeof unused),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx CLEAN_PKEY_CTX = EVP_PKEY_CTX_new_from_name(lib, "X25519", NULL);
	EVP_PKEY *key = NULL;
	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	OPENSSL_cleanse(own, sizeof own);
	return key;
}

int x25519_shared(const uint8_t secret[static X25519_BYTES], const uint8_t point[static X25519_BYTES],
		  uint8_t ret[static X25519_BYTES], struct valise_err *err)
{
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	ERR_clear_error();
	EVP_PKEY *own CLEAN_PKEY = agreement_key(lib, secret);
	EVP_PKEY *peer CLEAN_PKEY = EVP_PKEY_new_raw_public_key_ex(lib, "X25519", NULL, point, X25519_BYTES);
	if (!own || !peer)
		return ossl_failed(err, "X25519");
	EVP_PKEY_CTX *ctx CLEAN_PKEY_CTX = EVP_PKEY_CTX_new_from_pkey(lib, own, NULL);
	/* No further look at the peer: libcrypto's would only ask whether it has a public half. */
	if (!ctx || EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1)
		return ossl_failed(err, "X25519");
	uint8_t value[X25519_BYTES];
	size_t len = sizeof value;
	/* All is set up: the one thing left to fail is RFC 7748 section 6.1, the value of all zeros. */
	if (EVP_PKEY_derive(ctx, value, &len) != 1 || len != sizeof value) {
		ERR_clear_error();
		return err_set(err, VALISE_E_BAD,
			       "the other key is a point of low order, which agrees on the same value with everybody");
	}
	memcpy(ret, value, sizeof value);
	OPENSSL_cleanse(value, sizeof value);
	return 0;
}

/* RFC 7748 section 6.1: the agreement with the base point. libcrypto's own way to a public half takes longer. */
int x25519_public(const uint8_t secret[static X25519_BYTES], uint8_t ret[static X25519_BYTES], struct valise_err *err)
{
	static const uint8_t base_point[X25519_BYTES] = {9};
	return x25519_shared(secret, base_point, ret, err);
}

/* The u-coordinates of every point that eight times itself is nothing, on the curve v^2 = u^3 + 486662 u^2 + u and on its twist.
 * Doubling takes u to (u^2 - 1)^2 / (4 u (u^2 + 486662 u + 1)). Order 2: v = 0, so u = 0 (the quadratic has no root below p).
 * Order 4: the double is 0, so u = 1 (curve) or -1 (twist). Order 8: the double is 1; with w = u + 1/u that is
 * w^2 - 4 w - 4 - 4 * 486662 = 0, whose one useful root gives the two values below. Nothing doubles to -1: 2 - 486662 is no square.
 * The unit test does this arithmetic again. */
static const uint8_t low_order[][X25519_BYTES] = {
	{0},
	{1},
	{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
	 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
	{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
	 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
	{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

/* Little-endian, below 2^255 - 19. */
static bool is_canonical(const uint8_t u[static X25519_BYTES])
{
	if (u[31] != 0x7f)
		return u[31] < 0x7f;
	for (size_t i = 30; i > 0; i--)
		if (u[i] != 0xff)
			return true;
	return u[0] < 0xed;
}

bool x25519_point_ok(const uint8_t point[static X25519_BYTES])
{
	if (!is_canonical(point))
		return false;
	for (size_t i = 0; i < sizeof low_order / sizeof low_order[0]; i++)
		if (memcmp(point, low_order[i], X25519_BYTES) == 0)
			return false;
	return true;
}
