/* SPDX-License-Identifier: Apache-2.0 */
/* Poly1305 (RFC 8439, section 2.5), to compare bytes with what they were: three times as fast as a tree of digests. */
#ifndef CRYPTO_MAC_H
#define CRYPTO_MAC_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define MAC_KEY_BYTES 32
#define MAC_TAG_BYTES 16

/* For many messages by one thread. Owns a copy of the key. A key serves several messages only where their tags stay in this process:
 * whoever learns two tags of one key can make others. */
struct mac;
CHECKED int mac_new(const uint8_t key[static MAC_KEY_BYTES], struct mac **ret, struct valise_err *err);
void mac_free(struct mac *m);
void mac_freep(struct mac **m);
#define CLEAN_MAC __attribute__((cleanup(mac_freep)))

CHECKED int mac_tag(struct mac *m, const uint8_t *data, size_t len, uint8_t ret[static MAC_TAG_BYTES],
		    struct valise_err *err);

#endif
