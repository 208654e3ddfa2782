/* SPDX-License-Identifier: Apache-2.0 */
/* ChaCha20-Poly1305 on one context of libcrypto that is keyed once; a message only sets its nonce. */
#include "crypto/aead.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "crypto/ossl.h"

struct aead {
	EVP_CIPHER_CTX *ctx;
};

int aead_new(const uint8_t key[static AEAD_KEY_BYTES], struct aead **ret, struct valise_err *err)
{
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	ERR_clear_error();
	struct aead *a CLEAN_AEAD = OPENSSL_zalloc(sizeof *a);
	if (!a)
		return err_nomem(err);
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(lib, "ChaCha20-Poly1305", NULL);
	a->ctx = EVP_CIPHER_CTX_new();
	bool keyed = cipher && a->ctx && EVP_CipherInit_ex2(a->ctx, cipher, key, NULL, 1, NULL) == 1;
	EVP_CIPHER_free(cipher); /* the context holds its own reference */
	if (!keyed)
		return ossl_failed(err, "ChaCha20-Poly1305");
	*ret = TAKE(a);
	return 0;
}

void aead_free(struct aead *a)
{
	if (!a)
		return;
	EVP_CIPHER_CTX_free(a->ctx); /* wipes the key */
	OPENSSL_free(a);
}

void aead_freep(struct aead **a)
{
	aead_free(*a);
}

int aead_seal(struct aead *a, const uint8_t nonce[static AEAD_NONCE_BYTES], const uint8_t *in, size_t len, uint8_t *out,
	      struct valise_err *err)
{
	if (len > INT_MAX - AEAD_TAG_BYTES)
		return err_set(err, VALISE_E_LIMIT, "%zu bytes are too many to encrypt as one message", len);
	ERR_clear_error();
	int done = 0;
	int rest = 0;
	if (EVP_CipherInit_ex2(a->ctx, NULL, NULL, nonce, 1, NULL) != 1 ||
	    (len > 0 && EVP_CipherUpdate(a->ctx, out, &done, in, (int)len) != 1) ||
	    EVP_CipherFinal_ex(a->ctx, out + done, &rest) != 1 || (size_t)done + (size_t)rest != len ||
	    EVP_CIPHER_CTX_ctrl(a->ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, out + len) != 1) {
		OPENSSL_cleanse(out, len + AEAD_TAG_BYTES);
		return ossl_failed(err, "ChaCha20-Poly1305");
	}
	ossl_leave_wide_registers();
	return 0;
}

int aead_open(struct aead *a, const uint8_t nonce[static AEAD_NONCE_BYTES], const uint8_t *in, size_t len, uint8_t *out,
	      struct valise_err *err)
{
	if (len < AEAD_TAG_BYTES)
		return err_set(err, VALISE_E_BAD, "the encrypted bytes are cut off");
	if (len > INT_MAX)
		return err_set(err, VALISE_E_LIMIT, "%zu bytes are too many to decrypt as one message", len);
	size_t plain_len = len - AEAD_TAG_BYTES;
	uint8_t tag[AEAD_TAG_BYTES];
	memcpy(tag, in + plain_len, sizeof tag);
	ERR_clear_error();
	int done = 0;
	if (EVP_CipherInit_ex2(a->ctx, NULL, NULL, nonce, 0, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(a->ctx, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) != 1 ||
	    (plain_len > 0 && EVP_CipherUpdate(a->ctx, out, &done, in, (int)plain_len) != 1)) {
		OPENSSL_cleanse(out, plain_len);
		return ossl_failed(err, "ChaCha20-Poly1305");
	}
	/* The last call compares the tag; it writes nothing, but wants a place. */
	uint8_t nothing[AEAD_TAG_BYTES];
	int rest = 0;
	if (EVP_CipherFinal_ex(a->ctx, nothing, &rest) != 1 || (size_t)done + (size_t)rest != plain_len) {
		OPENSSL_cleanse(out, plain_len);
		ERR_clear_error();
		return err_set(err, VALISE_E_BAD, "the encrypted bytes were altered, or belong to another key");
	}
	ossl_leave_wide_registers();
	return 0;
}
