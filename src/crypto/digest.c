/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and what is built on it. */
/* The low-level SHA-256 allocates nothing and cannot fail, so neither can what is written on it, and a short message costs a
 * fifth of what the high-level interface asks. OpenSSL 3.0 calls it deprecated; it is part of every 3.x. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/limits.h"
#include "crypto/lanes.h"
#include "crypto/ossl.h"

struct digest {
	SHA256_CTX sha;
};

int digest_new(struct digest **ret, struct valise_err *err)
{
	struct digest *d = OPENSSL_malloc(sizeof *d);
	if (!d)
		return err_nomem(err);
	(void)SHA256_Init(&d->sha);
	*ret = d;
	return 0;
}

void digest_free(struct digest *d)
{
	OPENSSL_clear_free(d, sizeof *d);
}

void digest_freep(struct digest **d)
{
	digest_free(*d);
}

int digest_add(struct digest *d, const void *data, size_t len, struct valise_err *err)
{
	(void)err;
	(void)SHA256_Update(&d->sha, data, len);
	return 0;
}

int digest_end(struct digest *d, struct hash *ret, struct valise_err *err)
{
	(void)err;
	(void)SHA256_Final(ret->bytes, &d->sha);
	(void)SHA256_Init(&d->sha);
	return 0;
}

void digest_peek(const struct digest *d, struct hash *ret)
{
	SHA256_CTX sha = d->sha;
	(void)SHA256_Final(ret->bytes, &sha);
}

void digest_spans(const struct span *spans, size_t n, struct hash *ret)
{
	SHA256_CTX sha;
	(void)SHA256_Init(&sha);
	for (size_t i = 0; i < n; i++)
		(void)SHA256_Update(&sha, spans[i].at, spans[i].len);
	(void)SHA256_Final(ret->bytes, &sha); /* which wipes its copy of the last block */
}

void digest_once(const void *data, size_t len, struct hash *ret)
{
	digest_spans(&(struct span){data, len}, 1, ret);
}

void digest_many(const uint8_t *const *data, size_t len, size_t n, struct hash *ret)
{
	for (size_t i = lanes_many(data, len, n, ret); i < n; i++)
		digest_once(data[i], len, &ret[i]);
}

/* RFC 2104, keyed once for any number of messages. */
struct hmac {
	SHA256_CTX inner;
	SHA256_CTX outer;
};

static void hmac_key(struct hmac *h, const void *key, size_t key_len)
{
	uint8_t block[SHA256_CBLOCK] = {0};
	if (key_len > sizeof block) {
		struct hash short_key;
		digest_once(key, key_len, &short_key);
		memcpy(block, short_key.bytes, sizeof short_key.bytes);
		OPENSSL_cleanse(&short_key, sizeof short_key);
	} else if (key_len > 0) {
		memcpy(block, key, key_len);
	}
	for (size_t i = 0; i < sizeof block; i++)
		block[i] ^= 0x36;
	(void)SHA256_Init(&h->inner);
	(void)SHA256_Update(&h->inner, block, sizeof block);
	for (size_t i = 0; i < sizeof block; i++)
		block[i] ^= 0x36 ^ 0x5c;
	(void)SHA256_Init(&h->outer);
	(void)SHA256_Update(&h->outer, block, sizeof block);
	OPENSSL_cleanse(block, sizeof block);
}

static void hmac_spans(const struct hmac *keyed, const struct span *spans, size_t n, uint8_t ret[static 32])
{
	struct hmac h = *keyed;
	uint8_t inner[32];
	for (size_t i = 0; i < n; i++)
		(void)SHA256_Update(&h.inner, spans[i].at, spans[i].len);
	(void)SHA256_Final(inner, &h.inner);
	(void)SHA256_Update(&h.outer, inner, sizeof inner);
	(void)SHA256_Final(ret, &h.outer);
	OPENSSL_cleanse(&h, sizeof h);
	OPENSSL_cleanse(inner, sizeof inner);
}

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len, uint8_t ret[static 32])
{
	struct hmac h;
	hmac_key(&h, key, key_len);
	hmac_spans(&h, &(struct span){data, len}, 1, ret);
	OPENSSL_cleanse(&h, sizeof h);
}

void hkdf_sha256(const void *ikm, size_t ikm_len, const void *salt, size_t salt_len, const char *info, uint8_t *ret,
		 size_t len)
{
	/* Extract. No salt is a salt of 32 zeros, which is the same HMAC key as the empty one. */
	uint8_t prk[32];
	hmac_sha256(salt, salt ? salt_len : 0, ikm, ikm_len, prk);

	/* Expand: T(i) = HMAC(prk, T(i-1) || info || i). */
	struct hmac h;
	hmac_key(&h, prk, sizeof prk);
	uint8_t t[32];
	size_t t_len = 0;
	size_t done = 0;
	for (uint8_t i = 1; done < len; i++) {
		const struct span spans[] = {{t, t_len}, {info, strlen(info)}, {&i, 1}};
		hmac_spans(&h, spans, 3, t);
		t_len = sizeof t;
		size_t take = len - done < sizeof t ? len - done : sizeof t;
		memcpy(ret + done, t, take);
		done += take;
	}
	OPENSSL_cleanse(&h, sizeof h);
	OPENSSL_cleanse(prk, sizeof prk);
	OPENSSL_cleanse(t, sizeof t);
}

int scrypt_derive(const void *passphrase, size_t passphrase_len, const void *salt, size_t salt_len, unsigned log_n,
		  uint8_t ret[static 32], struct valise_err *err)
{
	if (log_n < 1 || log_n > LIMIT_SCRYPT_LOG_N)
		return err_set(err, VALISE_E_LIMIT, "a scrypt work factor of %u is outside 1 to %u", log_n,
			       LIMIT_SCRYPT_LOG_N);
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	uint64_t n = UINT64_C(1) << log_n;
	/* OpenSSL counts 128 r (N + p) and a few blocks more, and its own default ends before log_n 15. */
	uint64_t max_bytes = 1024 * n + 64 * 1024;
	uint8_t key[32];
	ERR_clear_error();
	if (EVP_PBE_scrypt_ex(passphrase, passphrase_len, salt, salt_len, n, 8, 1, max_bytes, key, sizeof key, lib,
			      NULL) != 1)
		return ossl_failed(err, "scrypt");
	memcpy(ret, key, sizeof key);
	OPENSSL_cleanse(key, sizeof key);
	return 0;
}
