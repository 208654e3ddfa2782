/* SPDX-License-Identifier: Apache-2.0 */
/* An office's id as 30 digits, and 30 typed digits as the same text. */
#include "evidence/fingerprint.h"

#define GROUP_BYTES 5u
#define GROUP_DIGITS 5u

struct fingerprint_text fingerprint_text(const struct hash *office)
{
	struct fingerprint_text f;
	char *at = f.text;
	for (size_t i = 0; i < FINGERPRINT_GROUPS; i++) {
		uint64_t value = 0;
		for (size_t j = 0; j < GROUP_BYTES; j++)
			value = value << 8 | office->bytes[GROUP_BYTES * i + j];
		value %= 100000;
		if (i)
			*at++ = ' ';
		for (uint64_t unit = 10000; unit; unit /= 10)
			*at++ = (char)('0' + value / unit % 10);
	}
	*at = '\0';
	return f;
}

bool fingerprint_parse(struct str s, struct fingerprint_text *ret)
{
	struct fingerprint_text f;
	char *at = f.text;
	size_t digits = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == ' ')
			continue;
		if (s.at[i] < '0' || s.at[i] > '9' || digits == FINGERPRINT_DIGITS)
			return false;
		if (digits && digits % GROUP_DIGITS == 0)
			*at++ = ' ';
		*at++ = s.at[i];
		digits++;
	}
	if (digits != FINGERPRINT_DIGITS)
		return false;
	*at = '\0';
	*ret = f;
	return true;
}
