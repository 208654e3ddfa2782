/* SPDX-License-Identifier: Apache-2.0 */
/* The text forms of a SHA-256 value. */
#include "base/hash.h"

#include "base/encode.h"

struct hash_hex hash_hex(const struct hash *h)
{
	static const char digits[] = "0123456789abcdef";
	struct hash_hex hex;
	for (size_t i = 0; i < sizeof h->bytes; i++) {
		hex.text[2 * i] = digits[h->bytes[i] >> 4];
		hex.text[2 * i + 1] = digits[h->bytes[i] & 15];
	}
	hex.text[HASH_HEX_BYTES] = '\0';
	return hex;
}

struct hash_short hash_short(const struct hash *h)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t bits = 0;
	for (size_t i = 0; i < 5; i++)
		bits = bits << 8 | h->bytes[i];
	struct hash_short id;
	for (size_t i = 0, shift = 40; i < HASH_SHORT_BYTES - 1; i++) {
		if (i == 4) {
			id.text[i] = '-';
			continue;
		}
		shift -= 5;
		id.text[i] = digits[bits >> shift & 31];
	}
	id.text[HASH_SHORT_BYTES - 1] = '\0';
	return id;
}

bool hash_parse(struct str text, struct hash *ret_hash)
{
	return hex_decode(text, ret_hash->bytes, sizeof ret_hash->bytes);
}
