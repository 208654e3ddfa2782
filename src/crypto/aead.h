/* SPDX-License-Identifier: Apache-2.0 */
/* ChaCha20-Poly1305 (RFC 8439), no additional data, as age uses it. */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define AEAD_KEY_BYTES 32
#define AEAD_NONCE_BYTES 12
#define AEAD_TAG_BYTES 16

/* A keyed context to use again for many messages by one thread. Owns a copy of the key. */
struct aead;
CHECKED int aead_new(const uint8_t key[static AEAD_KEY_BYTES], struct aead **ret, struct valise_err *err);
void aead_free(struct aead *a);
void aead_freep(struct aead **a);
#define CLEAN_AEAD __attribute__((cleanup(aead_freep)))

/* out has len + AEAD_TAG_BYTES; may not overlap in. */
CHECKED int aead_seal(struct aead *a, const uint8_t nonce[static AEAD_NONCE_BYTES], const uint8_t *in, size_t len,
		      uint8_t *out, struct valise_err *err);
/* len counts the tag; out has len - AEAD_TAG_BYTES, and is wiped on VALISE_E_BAD. */
CHECKED int aead_open(struct aead *a, const uint8_t nonce[static AEAD_NONCE_BYTES], const uint8_t *in, size_t len,
		      uint8_t *out, struct valise_err *err);

#endif
