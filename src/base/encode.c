/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64, base32 and Bech32, each with exactly one spelling for each value. */
#include "base/encode.h"

#include <string.h>

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char bech32_digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* What a character is worth, by its code; -1: it is no digit. */
// clang-format off
static const int8_t hex_values[128] = {
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, 10, 11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};
static const int8_t base64_values[128] = {
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
	-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
	-1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
};
static const int8_t bech32_values[128] = {
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	15, -1, 10, 17, 21, 20, 26, 30, 7, 5, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, 29, -1, 24, 13, 25, 9, 8, 23, -1, 18, 22, 31, 27, 19, -1,
	1, 0, 3, 16, 11, 28, 12, 14, 6, 4, 2, -1, -1, -1, -1, -1,
};
// clang-format on

static int value_of(const int8_t values[static 128], char c)
{
	unsigned char code = (unsigned char)c;
	return code < 128 ? values[code] : -1;
}

void hex_encode(struct buf *b, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	if (len > SIZE_MAX / 2) {
		(void)buf_grow(b, SIZE_MAX); /* sets the limit's error */
		return;
	}
	uint8_t *at = buf_grow(b, len * 2);
	for (size_t i = 0; at && i < len; i++) {
		at[2 * i] = (uint8_t)digits[data[i] >> 4];
		at[2 * i + 1] = (uint8_t)digits[data[i] & 15];
	}
}

bool hex_decode(struct str s, uint8_t *ret, size_t len)
{
	if (s.len % 2 != 0 || s.len / 2 != len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (value_of(hex_values, s.at[i]) < 0)
			return false;
	}
	for (size_t i = 0; i < len; i++)
		ret[i] = (uint8_t)(value_of(hex_values, s.at[2 * i]) << 4 | value_of(hex_values, s.at[2 * i + 1]));
	return true;
}

static void base64_encode_padded(struct buf *b, const uint8_t *data, size_t len, bool padded)
{
	for (; len >= 3; data += 3, len -= 3) {
		char four[4] = {base64_digits[data[0] >> 2], base64_digits[(data[0] & 3) << 4 | data[1] >> 4],
				base64_digits[(data[1] & 15) << 2 | data[2] >> 6], base64_digits[data[2] & 63]};
		buf_add(b, four, sizeof four);
	}
	if (len == 0)
		return;
	uint8_t second = len == 2 ? data[1] : 0;
	char four[4] = {base64_digits[data[0] >> 2], base64_digits[(data[0] & 3) << 4 | second >> 4], '=', '='};
	if (len == 2)
		four[2] = base64_digits[(second & 15) << 2];
	buf_add(b, four, padded ? sizeof four : len + 1);
}

void base64_encode(struct buf *b, const uint8_t *data, size_t len)
{
	base64_encode_padded(b, data, len, true);
}

void base64_raw_encode(struct buf *b, const uint8_t *data, size_t len)
{
	base64_encode_padded(b, data, len, false);
}

bool base64_raw_decode(struct str s, struct buf *ret)
{
	if (s.len % 4 == 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (value_of(base64_values, s.at[i]) < 0)
			return false;
	}
	/* The last digit's bits that belong to no byte must be zero, or one value would have several spellings. */
	unsigned spare = s.len % 4 == 2 ? 15 : s.len % 4 == 3 ? 3 : 0;
	if (spare && ((unsigned)value_of(base64_values, s.at[s.len - 1]) & spare) != 0)
		return false;
	uint8_t *at = buf_grow(ret, s.len / 4 * 3 + (s.len % 4 ? s.len % 4 - 1 : 0));
	if (!at)
		return false;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < s.len; i++) {
		bits = (bits << 6 | (uint32_t)value_of(base64_values, s.at[i])) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*at++ = (uint8_t)(bits >> have);
		}
	}
	return true;
}

bool base64_decode(struct str s, struct buf *ret)
{
	if (s.len % 4 != 0)
		return false;
	for (int i = 0; i < 2 && s.len > 0 && s.at[s.len - 1] == '='; i++)
		s.len--;
	return base64_raw_decode(s, ret);
}

void base32_encode(struct buf *b, const uint8_t *data, size_t len)
{
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | data[i]) & 0xffff;
		for (have += 8; have >= 5;) {
			have -= 5;
			buf_add_char(b, base32_digits[bits >> have & 31]);
		}
	}
	if (have)
		buf_add_char(b, base32_digits[bits << (5 - have) & 31]);
}

/* One step of BIP 173's checksum. */
static uint32_t bech32_step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;
	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

static uint32_t bech32_start(const char *hrp)
{
	uint32_t sum = 1;
	for (const char *c = hrp; *c; c++)
		sum = bech32_step(sum, (uint8_t)*c >> 5);
	sum = bech32_step(sum, 0);
	for (const char *c = hrp; *c; c++)
		sum = bech32_step(sum, (uint8_t)*c & 31);
	return sum;
}

static char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void bech32_put(struct buf *b, char c, bool uppercase)
{
	buf_add_char(b, uppercase ? ascii_upper(c) : c);
}

static uint32_t bech32_put_value(struct buf *b, uint32_t sum, uint8_t value, bool uppercase)
{
	bech32_put(b, bech32_digits[value], uppercase);
	return bech32_step(sum, value);
}

void bech32_encode(struct buf *b, const char *hrp, const uint8_t *data, size_t len, bool uppercase)
{
	for (const char *c = hrp; *c; c++)
		bech32_put(b, *c, uppercase);
	buf_add_char(b, '1');
	uint32_t sum = bech32_start(hrp);
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | data[i]) & 0xffff;
		for (have += 8; have >= 5;) {
			have -= 5;
			sum = bech32_put_value(b, sum, bits >> have & 31, uppercase);
		}
	}
	if (have)
		sum = bech32_put_value(b, sum, bits << (5 - have) & 31, uppercase);
	for (unsigned i = 0; i < 6; i++)
		sum = bech32_step(sum, 0);
	sum ^= 1;
	for (unsigned i = 0; i < 6; i++)
		bech32_put(b, bech32_digits[sum >> (5 * (5 - i)) & 31], uppercase);
}

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* -1 when c is no Bech32 digit in the given case. */
static int bech32_value(char c, bool uppercase)
{
	char lower = ascii_lower(c);
	return (lower != c) == uppercase || (c >= '0' && c <= '9') ? value_of(bech32_values, lower) : -1;
}

/* Takes off "hrp1" and checks digits and checksum; *ret_values is what lies between. */
static bool bech32_open(struct str s, const char *hrp, bool uppercase, struct str *ret_values)
{
	size_t hrp_len = strlen(hrp);
	if (hrp_len == 0 || s.len < hrp_len + 1 + 6 || s.at[hrp_len] != '1')
		return false;
	for (size_t i = 0; i < hrp_len; i++) {
		if (hrp[i] < 33 || hrp[i] > 126 || s.at[i] != (uppercase ? ascii_upper(hrp[i]) : hrp[i]))
			return false;
	}
	uint32_t sum = bech32_start(hrp);
	for (size_t i = hrp_len + 1; i < s.len; i++) {
		int value = bech32_value(s.at[i], uppercase);
		if (value < 0)
			return false;
		sum = bech32_step(sum, (uint8_t)value);
	}
	*ret_values = (struct str){s.at + hrp_len + 1, s.len - hrp_len - 1 - 6};
	return sum == 1;
}

bool bech32_decode(struct str s, const char *hrp, bool uppercase, uint8_t *ret, size_t len)
{
	struct str values;
	if (len > SIZE_MAX / 8 - 1 || !bech32_open(s, hrp, uppercase, &values) || values.len != (len * 8 + 4) / 5)
		return false;
	unsigned spare = (unsigned)(values.len * 5 - len * 8);
	if (spare && ((unsigned)bech32_value(values.at[values.len - 1], uppercase) & ((1u << spare) - 1)) != 0)
		return false;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < values.len; i++) {
		bits = (bits << 5 | (uint32_t)bech32_value(values.at[i], uppercase)) & 0xffff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			*ret++ = (uint8_t)(bits >> have);
		}
	}
	return true;
}
