/* SPDX-License-Identifier: Apache-2.0 */
/* libcrypto as the crypto room has it: what is used and no more, and apart from the calling program's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/kdf.h>

#include "crypto/ossl.h"

static void what_is_used_is_there(void **state)
{
	(void)state;
	OSSL_LIB_CTX *lib = ossl_context();
	assert_non_null(lib);
	assert_ptr_equal(ossl_context(), lib);
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(lib, "ChaCha20-Poly1305", NULL);
	EVP_MAC *mac = EVP_MAC_fetch(lib, "POLY1305", NULL);
	EVP_KDF *kdf = EVP_KDF_fetch(lib, "SCRYPT", NULL);
	EVP_KEYEXCH *exchange = EVP_KEYEXCH_fetch(lib, "X25519", NULL);
	EVP_SIGNATURE *signature = EVP_SIGNATURE_fetch(lib, "ED25519", NULL);
	assert_true(cipher && mac && kdf && exchange && signature);
	EVP_CIPHER_free(cipher);
	EVP_MAC_free(mac);
	EVP_KDF_free(kdf);
	EVP_KEYEXCH_free(exchange);
	EVP_SIGNATURE_free(signature);
}

static void nothing_else_is(void **state)
{
	(void)state;
	assert_null(EVP_CIPHER_fetch(ossl_context(), "AES-256-GCM", NULL));
	assert_null(EVP_CIPHER_fetch(ossl_context(), "ChaCha20", NULL));
	assert_null(EVP_MD_fetch(ossl_context(), "MD5", NULL));
	assert_null(EVP_MAC_fetch(ossl_context(), "HMAC", NULL));
	assert_null(EVP_SIGNATURE_fetch(ossl_context(), "ED448", NULL));
}

/* A program around the library has its own libcrypto still. */
static void the_default_context_is_whole(void **state)
{
	(void)state;
	assert_non_null(ossl_context());
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA2-512", NULL);
	assert_true(cipher && md);
	EVP_CIPHER_free(cipher);
	EVP_MD_free(md);
}

static void what_is_not_there_is_named(void **state)
{
	(void)state;
	struct valise_err err;
	assert_null(EVP_CIPHER_fetch(ossl_context(), "AES-256-GCM", NULL));
	assert_int_equal(ossl_failed(&err, "AES-256-GCM"), VALISE_E_FAILURE);
	assert_string_equal(err.text, "this libcrypto does not have AES-256-GCM; install OpenSSL 3.0 or later whole");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_used_is_there),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(the_default_context_is_whole),
		cmocka_unit_test(what_is_not_there_is_named),
	};
	return cmocka_run_group_tests_name("crypto_ossl", tests, NULL, NULL);
}
