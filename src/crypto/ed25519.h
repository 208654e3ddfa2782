/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 (RFC 8032): cofactorless verification, S below L, R compared as bytes, never batched; weak public keys refused on parsing. */
#ifndef CRYPTO_ED25519_H
#define CRYPTO_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ED25519_SEED_BYTES 32
#define ED25519_PUBLIC_BYTES 32
#define ED25519_SIGNATURE_BYTES 64

/* A key ready to sign with: costs one derivation, then about 25 us a signature. */
struct ed25519_signer;
CHECKED int ed25519_signer_new(const uint8_t seed[static ED25519_SEED_BYTES], struct ed25519_signer **ret,
			       struct valise_err *err);
void ed25519_signer_free(struct ed25519_signer *s);
void ed25519_signer_freep(struct ed25519_signer **s);
#define CLEAN_SIGNER __attribute__((cleanup(ed25519_signer_freep)))
void ed25519_signer_public(const struct ed25519_signer *s, uint8_t ret[static ED25519_PUBLIC_BYTES]);
CHECKED int ed25519_sign(const struct ed25519_signer *s, const void *data, size_t len,
			 uint8_t ret[static ED25519_SIGNATURE_BYTES], struct valise_err *err);

/* Canonical (y below 2^255 - 19, and not the two non-canonical encodings of x = 0) and of no small order. Every key that is parsed
 * passes through here. */
bool ed25519_public_ok(const uint8_t key[static ED25519_PUBLIC_BYTES]);

/* 0, VALISE_E_BAD, or VALISE_E_NOMEM. Refuses keys that ed25519_public_ok refuses. */
CHECKED int ed25519_verify(const uint8_t key[static ED25519_PUBLIC_BYTES], const void *data, size_t len,
			   const uint8_t signature[static ED25519_SIGNATURE_BYTES], struct valise_err *err);

#endif
