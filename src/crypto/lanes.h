/* SPDX-License-Identifier: Apache-2.0 */
/* Several SHA-256 at once, in the lanes of wide registers, through ipsec-mb: for bytes that are no secret (they are not wiped). */
#ifndef CRYPTO_LANES_H
#define CRYPTO_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/* Both hash as many messages from the front as is faster this way, and return how many: the caller hashes the others one by one.
 * That may be none: too little to gain, a processor or a build without, no memory. Any thread may call them. */
size_t lanes_many(const uint8_t *const *data, size_t len, size_t n, struct hash *ret);
/* The tree's leaf hashes, SHA-256(0x00 || block), of blocks of TREE_BLOCK_BYTES one after the other. */
size_t lanes_leaves(const uint8_t *data, size_t n, struct hash *ret);

#endif
