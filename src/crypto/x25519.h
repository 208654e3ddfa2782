/* SPDX-License-Identifier: Apache-2.0 */
/* X25519 (RFC 7748): the agreement age recipients use. */
#ifndef CRYPTO_X25519_H
#define CRYPTO_X25519_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define X25519_BYTES 32

CHECKED int x25519_public(const uint8_t secret[static X25519_BYTES], uint8_t ret[static X25519_BYTES],
			  struct valise_err *err);
/* VALISE_E_BAD when the shared value is all zeros (a low-order point). */
CHECKED int x25519_shared(const uint8_t secret[static X25519_BYTES], const uint8_t point[static X25519_BYTES],
			  uint8_t ret[static X25519_BYTES], struct valise_err *err);
/* A recipient that we would write to: canonical (below 2^255 - 19) and of no low order. */
bool x25519_point_ok(const uint8_t point[static X25519_BYTES]);

#endif
