/* SPDX-License-Identifier: Apache-2.0 */
/* ChaCha20-Poly1305: what is sealed opens, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "crypto/aead.h"

static const uint8_t key[AEAD_KEY_BYTES] = {1, 2, 3};
static const uint8_t nonce[AEAD_NONCE_BYTES] = {4, 5, 6};

/* One context both ways, in any order, at every length around the cipher's blocks. */
static void round_trips(void **state)
{
	(void)state;
	CLEAN_AEAD struct aead *a = NULL;
	assert_int_equal(aead_new(key, &a, NULL), 0);
	uint8_t in[70000];
	static uint8_t sealed[sizeof in + AEAD_TAG_BYTES];
	static uint8_t out[sizeof in];
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)(i * 31);
	static const size_t lens[] = {0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 1000, 65535, 65536, 65537, 70000};
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		size_t len = lens[i];
		assert_int_equal(aead_seal(a, nonce, in, len, sealed, NULL), 0);
		memset(out, 0xee, sizeof out);
		assert_int_equal(aead_open(a, nonce, sealed, len + AEAD_TAG_BYTES, out, NULL), 0);
		assert_memory_equal(out, in, len);
		if (len < sizeof out)
			assert_int_equal(out[len], 0xee);
	}
	/* No message at all needs no place for it either. */
	assert_int_equal(aead_seal(a, nonce, NULL, 0, sealed, NULL), 0);
	assert_int_equal(aead_open(a, nonce, sealed, AEAD_TAG_BYTES, NULL, NULL), 0);
}

/* Any bit of tag, message, nonce or key; any cut. The output is wiped, and the context is good for the next message. */
static void altered_messages_are_refused(void **state)
{
	(void)state;
	CLEAN_AEAD struct aead *a = NULL;
	assert_int_equal(aead_new(key, &a, NULL), 0);
	uint8_t sealed[100 + AEAD_TAG_BYTES];
	uint8_t in[100];
	memset(in, 'x', sizeof in);
	assert_int_equal(aead_seal(a, nonce, in, sizeof in, sealed, NULL), 0);
	uint8_t out[100];
	struct valise_err err = {0};
	static const uint8_t zeros[100];
	for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		memset(out, 0xee, sizeof out);
		assert_int_equal(aead_open(a, nonce, sealed, sizeof sealed, out, &err), VALISE_E_BAD);
		assert_memory_equal(out, zeros, sizeof out);
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(err.code, VALISE_E_BAD);
	for (size_t len = 0; len < sizeof sealed; len++)
		assert_int_equal(aead_open(a, nonce, sealed, len, out, NULL), VALISE_E_BAD);
	uint8_t other_nonce[AEAD_NONCE_BYTES] = {4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	assert_int_equal(aead_open(a, other_nonce, sealed, sizeof sealed, out, NULL), VALISE_E_BAD);
	uint8_t other_key[AEAD_KEY_BYTES] = {1, 2, 4};
	CLEAN_AEAD struct aead *b = NULL;
	assert_int_equal(aead_new(other_key, &b, NULL), 0);
	assert_int_equal(aead_open(b, nonce, sealed, sizeof sealed, out, NULL), VALISE_E_BAD);
	assert_int_equal(aead_open(a, nonce, sealed, sizeof sealed, out, NULL), 0);
	assert_memory_equal(out, in, sizeof in);
}

/* Lengths that no single call of libcrypto takes are refused before a byte is read. */
static void too_long(void **state)
{
	(void)state;
	CLEAN_AEAD struct aead *a = NULL;
	assert_int_equal(aead_new(key, &a, NULL), 0);
	uint8_t byte = 7;
	assert_int_equal(aead_seal(a, nonce, &byte, (size_t)INT32_MAX, &byte, NULL), VALISE_E_LIMIT);
	assert_int_equal(aead_seal(a, nonce, &byte, SIZE_MAX, &byte, NULL), VALISE_E_LIMIT);
	assert_int_equal(aead_open(a, nonce, &byte, (size_t)INT32_MAX + 1, &byte, NULL), VALISE_E_LIMIT);
	assert_int_equal(byte, 7);
	aead_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(altered_messages_are_refused),
		cmocka_unit_test(too_long),
	};
	return cmocka_run_group_tests_name("crypto_aead", tests, NULL, NULL);
}
