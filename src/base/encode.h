/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and base32: canonical both ways, refused otherwise. */
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H

#include <stdint.h>

#include "base/buf.h"

void hex_encode(struct buf *b, const uint8_t *data, size_t len); /* lowercase */
CHECKED bool hex_decode(struct str s, uint8_t *ret, size_t len); /* exactly 2*len digits, lowercase */

/* RFC 4648 section 4, with padding. */
void base64_encode(struct buf *b, const uint8_t *data, size_t len);
/* Canonical, padded; appends. False otherwise, *ret as it was; also false when *ret itself failed (its sticky error tells). */
CHECKED bool base64_decode(struct str s, struct buf *ret);
/* The same without padding (age). */
void base64_raw_encode(struct buf *b, const uint8_t *data, size_t len);
CHECKED bool base64_raw_decode(struct str s, struct buf *ret);

/* RFC 4648 section 6 in lowercase, without padding: names of bags, short ids. */
void base32_encode(struct buf *b, const uint8_t *data, size_t len);

/* BIP 173 Bech32 (not Bech32m), as age uses it for keys. Upper- or lowercase throughout; hrp is given in lowercase. */
void bech32_encode(struct buf *b, const char *hrp, const uint8_t *data, size_t len, bool uppercase);
/* Exactly `len` bytes under `hrp`, in the given case. */
CHECKED bool bech32_decode(struct str s, const char *hrp, bool uppercase, uint8_t *ret, size_t len);

#endif
