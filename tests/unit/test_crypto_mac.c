/* SPDX-License-Identifier: Apache-2.0 */
/* Poly1305: the vectors of RFC 8439, and that every bit counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/mac.h"

/* Section 2.5.2. */
static const uint8_t rfc_key[MAC_KEY_BYTES] = {0x85, 0xd6, 0xbe, 0x78, 0x57, 0x55, 0x6d, 0x33, 0x7f, 0x44, 0x52,
					       0xfe, 0x42, 0xd5, 0x06, 0xa8, 0x01, 0x03, 0x80, 0x8a, 0xfb, 0x0d,
					       0xb2, 0xfd, 0x4a, 0xbf, 0xf6, 0xaf, 0x41, 0x49, 0xf5, 0x1b};
static const uint8_t rfc_tag[MAC_TAG_BYTES] = {0xa8, 0x06, 0x1d, 0xc1, 0x30, 0x51, 0x36, 0xc6,
					       0xc2, 0x2b, 0x8b, 0xaf, 0x0c, 0x01, 0x27, 0xa9};
static const char rfc_text[] = "Cryptographic Forum Research Group";

static void tag_of(struct mac *m, const void *data, size_t len, uint8_t ret[static MAC_TAG_BYTES])
{
	memset(ret, 0xee, MAC_TAG_BYTES);
	assert_int_equal(mac_tag(m, data, len, ret, NULL), 0);
}

/* One context for many messages, each as if it were the first. */
static void the_vector_of_the_rfc(void **state)
{
	(void)state;
	CLEAN_MAC struct mac *m = NULL;
	uint8_t tag[MAC_TAG_BYTES];
	assert_int_equal(mac_new(rfc_key, &m, NULL), 0);
	for (int i = 0; i < 3; i++) {
		tag_of(m, rfc_text, sizeof rfc_text - 1, tag);
		assert_memory_equal(tag, rfc_tag, sizeof tag);
		tag_of(m, "", 0, tag);
		assert_memory_equal(tag, rfc_key + 16, sizeof tag); /* of nothing it is the key's second half */
	}
	mac_free(NULL);
}

/* Appendix A.3, vector 7: the sum is reduced more than once. */
static void the_vector_that_carries(void **state)
{
	(void)state;
	static const uint8_t key[MAC_KEY_BYTES] = {1};
	static const uint8_t expected[MAC_TAG_BYTES] = {5};
	uint8_t data[48], tag[MAC_TAG_BYTES];
	CLEAN_MAC struct mac *m = NULL;
	memset(data, 0xff, sizeof data);
	data[16] = 0xf0;
	memset(data + 32, 0, 16);
	data[32] = 0x11;
	assert_int_equal(mac_new(key, &m, NULL), 0);
	tag_of(m, data, sizeof data, tag);
	assert_memory_equal(tag, expected, sizeof tag);
}

/* At every length around what libcrypto takes at once: a bit of the bytes, of their number, of the key. */
static void every_bit_counts(void **state)
{
	(void)state;
	static const size_t lens[] = {1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 1000, 65536, 70001};
	CLEAN_MAC struct mac *m = NULL;
	CLEAN_MAC struct mac *other = NULL;
	uint8_t other_key[MAC_KEY_BYTES];
	static uint8_t data[70002];
	memcpy(other_key, rfc_key, sizeof other_key);
	other_key[0] ^= 1;
	assert_int_equal(mac_new(rfc_key, &m, NULL), 0);
	assert_int_equal(mac_new(other_key, &other, NULL), 0);
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 31 + 7);
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		uint8_t tag[MAC_TAG_BYTES], altered[MAC_TAG_BYTES];
		size_t step = lens[i] < 2000 ? 1 : lens[i] / 97;
		tag_of(m, data, lens[i], tag);
		for (size_t at = 0; at < lens[i]; at += step) {
			data[at] ^= (uint8_t)(1u << at % 8);
			tag_of(m, data, lens[i], altered);
			assert_memory_not_equal(altered, tag, sizeof tag);
			data[at] ^= (uint8_t)(1u << at % 8);
		}
		tag_of(m, data, lens[i] - 1, altered);
		assert_memory_not_equal(altered, tag, sizeof tag);
		tag_of(m, data, lens[i] + 1, altered);
		assert_memory_not_equal(altered, tag, sizeof tag);
		tag_of(other, data, lens[i], altered);
		assert_memory_not_equal(altered, tag, sizeof tag);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_of_the_rfc),
		cmocka_unit_test(the_vector_that_carries),
		cmocka_unit_test(every_bit_counts),
	};
	return cmocka_run_group_tests_name("crypto_mac", tests, NULL, NULL);
}
