/* SPDX-License-Identifier: Apache-2.0 */
/* The payload of age: its sizes, and chunks that open only where they belong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/aead.h"
#include "format/age.h"

static void sizes(void **state)
{
	(void)state;
	static const struct {
		uint64_t plain, payload;
	} rows[] = {
		{0, 16 + 16},
		{1, 16 + 16 + 1},
		{65535, 16 + 16 + 65535},
		{65536, 16 + 16 + 65536},
		{65537, 16 + 32 + 65537},
		{131072, 16 + 32 + 131072},
		{131073, 16 + 48 + 131073},
		{1ull << 44, 16 + (1ull << 32) + (1ull << 44)},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint64_t plain = 7;
		assert_int_equal(age_payload_bytes(rows[i].plain), rows[i].payload);
		assert_int_equal(age_plain_bytes(rows[i].payload, &plain, NULL), 0);
		assert_int_equal(plain, rows[i].plain);
	}
	assert_int_equal(age_payload_bytes(UINT64_MAX), UINT64_MAX);
}

/* The sizes that exist are those that age_payload_bytes gives: the two functions agree everywhere. */
static void sizes_that_no_payload_has(void **state)
{
	(void)state;
	uint64_t next = 0;
	for (uint64_t payload = 0; payload < 200000; payload++) {
		uint64_t plain = 7;
		int r = age_plain_bytes(payload, &plain, NULL);
		if (payload == age_payload_bytes(next)) {
			assert_int_equal(r, 0);
			assert_int_equal(plain, next);
			next++;
		} else {
			assert_int_equal(r, VALISE_E_BAD);
			assert_int_equal(plain, 7);
		}
	}
	uint64_t plain;
	assert_int_equal(age_plain_bytes(UINT64_MAX, &plain, NULL), 0);
	assert_int_equal(age_payload_bytes(plain), UINT64_MAX);
}

static const uint8_t file_key[AGE_FILE_KEY_BYTES] = "sixteen bytes, y";
static const uint8_t nonce[AGE_NONCE_BYTES] = "the nonce, fixed";
static uint8_t plain[AGE_CHUNK_BYTES + 1];
static uint8_t sealed[AGE_SEALED_CHUNK_BYTES + 1];
static uint8_t opened[AGE_CHUNK_BYTES + 1];

static struct aead *payload_key(void)
{
	struct aead *a = NULL;
	assert_int_equal(age_payload_key(file_key, nonce, &a, NULL), 0);
	return a;
}

static void chunks_open_in_their_place_only(void **state)
{
	(void)state;
	CLEAN_AEAD struct aead *a = payload_key();
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 7);
	const uint64_t far = 1ull << 40;
	assert_int_equal(age_chunk_seal(a, far, false, plain, AGE_CHUNK_BYTES, sealed, NULL), 0);
	assert_int_equal(age_chunk_open(a, far, false, sealed, AGE_SEALED_CHUNK_BYTES, opened, NULL), 0);
	assert_memory_equal(opened, plain, AGE_CHUNK_BYTES);
	struct valise_err err = {0};
	assert_int_equal(age_chunk_open(a, far, true, sealed, AGE_SEALED_CHUNK_BYTES, opened, &err), VALISE_E_BAD);
	assert_int_equal(age_chunk_open(a, far + 1, false, sealed, AGE_SEALED_CHUNK_BYTES, opened, &err), VALISE_E_BAD);
	assert_int_equal(age_chunk_open(a, 0, false, sealed, AGE_SEALED_CHUNK_BYTES, opened, &err), VALISE_E_BAD);
	for (size_t i = 0; i < AGE_CHUNK_BYTES; i++)
		assert_int_equal(opened[i], 0);
	sealed[AGE_SEALED_CHUNK_BYTES - 1] ^= 1;
	assert_int_equal(age_chunk_open(a, far, false, sealed, AGE_SEALED_CHUNK_BYTES, opened, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "altered"));
}

/* One plaintext has one way to be cut into chunks. */
static void lengths(void **state)
{
	(void)state;
	CLEAN_AEAD struct aead *a = payload_key();
	static const struct {
		uint64_t index;
		bool last;
		size_t len;
		bool sound;
	} rows[] = {
		{0, true, 0, true},
		{1, true, 0, false},
		{0, false, 0, false},
		{5, true, 1, true},
		{5, true, AGE_CHUNK_BYTES, true},
		{5, true, AGE_CHUNK_BYTES + 1, false},
		{5, false, AGE_CHUNK_BYTES, true},
		{5, false, AGE_CHUNK_BYTES - 1, false},
		{5, false, AGE_CHUNK_BYTES + 1, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(age_chunk_seal(a, rows[i].index, rows[i].last, plain, rows[i].len, sealed, NULL),
				 rows[i].sound ? 0 : VALISE_E_USAGE);
		assert_int_equal(age_chunk_open(a, rows[i].index, rows[i].last, sealed, rows[i].len + 16, opened, NULL),
				 rows[i].sound ? 0 : VALISE_E_BAD);
	}
	assert_int_equal(age_chunk_open(a, 0, true, sealed, 15, opened, NULL), VALISE_E_BAD);
	assert_int_equal(age_chunk_open(a, 0, true, sealed, 0, opened, NULL), VALISE_E_BAD);

	/* An empty chunk that is sealed as the second and last verifies, and is refused all the same. */
	uint8_t second[AEAD_NONCE_BYTES] = {[10] = 1, [11] = 1};
	assert_int_equal(aead_seal(a, second, plain, 0, sealed, NULL), 0);
	assert_int_equal(aead_open(a, second, sealed, 16, opened, NULL), 0);
	assert_int_equal(age_chunk_open(a, 1, true, sealed, 16, opened, NULL), VALISE_E_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(sizes_that_no_payload_has),
		cmocka_unit_test(chunks_open_in_their_place_only),
		cmocka_unit_test(lengths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
