/* SPDX-License-Identifier: Apache-2.0 */
/* Hex or base32 digits into the first bits of an id. */
#include "spool/id_range.h"

static void range_add(struct id_range *r, unsigned value, size_t bits)
{
	for (size_t i = bits; i-- > 0; r->n_bits++) {
		uint8_t bit = (uint8_t)(1u << (7 - r->n_bits % 8));
		if (value >> i & 1)
			r->low.bytes[r->n_bits / 8] |= bit;
		else
			r->high.bytes[r->n_bits / 8] &= (uint8_t)~bit;
	}
}

static void range_init(struct id_range *r)
{
	*r = (struct id_range){.n_bits = 0};
	memset(r->high.bytes, 0xff, sizeof r->high.bytes);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool id_range_of_hex(struct str name, struct id_range *ret)
{
	range_init(ret);
	if (name.len < ID_PREFIX_MIN_CHARS || name.len > HASH_HEX_BYTES)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = lower(name.at[i]);
		if (c >= '0' && c <= '9')
			range_add(ret, (unsigned)(c - '0'), 4);
		else if (c >= 'a' && c <= 'f')
			range_add(ret, (unsigned)(c - 'a') + 10, 4);
		else
			return false;
	}
	return true;
}

bool id_range_of_short(struct str name, struct id_range *ret)
{
	range_init(ret);
	bool has_dash = name.len > 4 && name.at[4] == '-';
	size_t chars = name.len - has_dash;
	if (chars < ID_PREFIX_MIN_CHARS || chars > HASH_SHORT_BYTES - 2)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = lower(name.at[i]);
		if (has_dash && i == 4)
			continue;
		if (c >= 'a' && c <= 'z')
			range_add(ret, (unsigned)(c - 'a'), 5);
		else if (c >= '2' && c <= '7')
			range_add(ret, (unsigned)(c - '2') + 26, 5);
		else
			return false;
	}
	return true;
}
