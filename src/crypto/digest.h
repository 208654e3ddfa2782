/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, HMAC, HKDF and scrypt. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

/* One running SHA-256; opaque, owned by the caller. */
struct digest;
CHECKED int digest_new(struct digest **ret, struct valise_err *err);
void digest_free(struct digest *d);
void digest_freep(struct digest **d);
#define CLEAN_DIGEST __attribute__((cleanup(digest_freep)))
CHECKED int digest_add(struct digest *d, const void *data, size_t len, struct valise_err *err);
/* The value; d starts anew. */
CHECKED int digest_end(struct digest *d, struct hash *ret, struct valise_err *err);

/* The value so far; d goes on. */
void digest_peek(const struct digest *d, struct hash *ret);

/* One shot; cannot fail (no allocation). */
void digest_once(const void *data, size_t len, struct hash *ret);
/* SHA-256 of several spans one after the other; cannot fail. */
struct span {
	const void *at;
	size_t len;
};
void digest_spans(const struct span *spans, size_t n, struct hash *ret);

/* SHA-256 of n messages of equal length, at data[i]; several at once where the processor can. */
void digest_many(const uint8_t *const *data, size_t len, size_t n, struct hash *ret);

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len, uint8_t ret[static 32]);
/* RFC 5869; len at most 255 * 32. salt may be NULL. */
void hkdf_sha256(const void *ikm, size_t ikm_len, const void *salt, size_t salt_len, const char *info, uint8_t *ret,
		 size_t len);
/* RFC 7914 with r = 8, p = 1, 32 bytes out; memory 128 * 8 * 2^log_n bytes. */
CHECKED int scrypt_derive(const void *passphrase, size_t passphrase_len, const void *salt, size_t salt_len,
			  unsigned log_n, uint8_t ret[static 32], struct valise_err *err);

#endif
