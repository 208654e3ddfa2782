/* SPDX-License-Identifier: Apache-2.0 */
/* Whole age files: exact bytes for given randomness, every size around a chunk's border, and all or nothing when altered. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "crypto/digest.h"
#include "failing.h"
#include "format/age.h"

/* tests/vectors/age/first.key and second.key. */
static struct age_identity key_of(const char *name)
{
	CLEAN_BUF struct buf path = BUF_INIT(4096);
	CLEAN_BUF struct buf text = BUF_INIT(4096);
	buf_addf(&path, "%s/tests/vectors/age/%s", getenv("VALISE_TEST_SOURCE"), name);
	assert_int_equal(file_read_all(AT_FDCWD, (char *)path.data, &text, NULL), 0);
	struct age_identity i;
	size_t n;
	assert_int_equal(age_identity_file(buf_str(&text), &i, 1, &n, NULL), 0);
	return i;
}

static void read_vector(const char *name, struct buf *ret)
{
	CLEAN_BUF struct buf path = BUF_INIT(4096);
	buf_addf(&path, "%s/tests/vectors/age/%s", getenv("VALISE_TEST_SOURCE"), name);
	assert_int_equal(file_read_all(AT_FDCWD, (char *)path.data, ret, NULL), 0);
}

static const uint8_t *randomness(void)
{
	static uint8_t bytes[AGE_RANDOM_BYTES(4)];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i + 1);
	return bytes;
}

static struct age_recipient recipient_of(const struct age_identity *i)
{
	struct age_recipient r;
	memcpy(r.point, i->point, sizeof r.point);
	return r;
}

static void assert_same(const struct buf *got, const char *vector)
{
	CLEAN_BUF struct buf expected = BUF_INIT(1u << 20);
	read_vector(vector, &expected);
	assert_int_equal(got->len, expected.len);
	assert_memory_equal(got->data, expected.data, expected.len);
}

static void golden(void **state)
{
	(void)state;
	struct age_identity ids[] = {key_of("first.key"), key_of("second.key")};
	struct age_recipient to[] = {recipient_of(&ids[0]), recipient_of(&ids[1])};
	CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
	assert_int_equal(age_file_seal(STR("Notice 14\n"), to, 2, randomness(), &file, NULL), 0);
	assert_same(&file, "two-recipients.age");

	CLEAN_BUF_SECRET struct buf plain = BUF_INIT(100);
	size_t index = 9;
	assert_int_equal(age_file_open(file.data, file.len, &ids[1], 1, &plain, &index, NULL), 0);
	assert_true(str_eq(buf_str(&plain), STR("Notice 14\n")));
	assert_int_equal(index, 0);

	buf_clear(&file);
	assert_int_equal(
		age_file_seal_passphrase(STR("Notice 14\n"), STR("correct horse"), 10, randomness(), &file, NULL), 0);
	assert_same(&file, "passphrase.age");
	struct age_identity turn[] = {ids[0], {.type = AGE_PASSPHRASE, .passphrase = STR("correct horse")}};
	buf_clear(&plain);
	assert_int_equal(age_file_open(file.data, file.len, turn, 2, &plain, &index, NULL), 0);
	assert_true(str_eq(buf_str(&plain), STR("Notice 14\n")));
	assert_int_equal(index, 1);

	buf_clear(&file);
	assert_int_equal(age_file_seal((struct str){NULL, 0}, to, 1, randomness(), &file, NULL), 0);
	assert_same(&file, "empty.age");
}

/* Two chunks: too long for the tree, so its digest stands for it. */
static void golden_of_two_chunks(void **state)
{
	(void)state;
	struct age_identity id = key_of("first.key");
	struct age_recipient to = recipient_of(&id);
	CLEAN_FREE char *plain = calloc(1, 65537);
	assert_non_null(plain);
	CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
	assert_int_equal(age_file_seal((struct str){plain, 65537}, &to, 1, randomness(), &file, NULL), 0);
	struct hash h;
	digest_once(file.data, file.len, &h);
	assert_string_equal(hash_hex(&h).text, "1ea9ccbdf9a4b31f795c8bece1bff3e7b02f890786f5dfa4c984e1c0d18e3bc3");
}

static void sizes_around_a_chunk(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131071, 131072, 131073};
	struct age_identity id = key_of("first.key");
	struct age_recipient to = recipient_of(&id);
	CLEAN_FREE char *plain = malloc(200000);
	assert_non_null(plain);
	for (size_t i = 0; i < 200000; i++)
		plain[i] = (char)(i * 31 + i / 251);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
		CLEAN_BUF_SECRET struct buf got = BUF_INIT(sizes[i]);
		assert_int_equal(age_file_seal((struct str){plain, sizes[i]}, &to, 1, randomness(), &file, NULL), 0);
		size_t header;
		assert_int_equal(age_header_length(file.data, file.len, &header, NULL), 0);
		assert_int_equal(file.len, header + age_payload_bytes(sizes[i]));
		assert_int_equal(age_file_open(file.data, file.len, &id, 1, &got, NULL, NULL), 0);
		assert_int_equal(got.len, sizes[i]);
		assert_true(sizes[i] == 0 || memcmp(got.data, plain, sizes[i]) == 0);
		/* One byte more than the reader has room for. */
		if (sizes[i]) {
			struct valise_err err = {0};
			CLEAN_BUF struct buf tight = BUF_INIT(sizes[i] - 1);
			assert_int_equal(age_file_open(file.data, file.len, &id, 1, &tight, NULL, &err),
					 VALISE_E_LIMIT);
			assert_int_equal(tight.len, 0);
		}
	}
}

/* No byte can be changed, left out or added; and nothing comes out of what was. */
static void altered_files(void **state)
{
	(void)state;
	struct age_identity id = key_of("first.key");
	CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
	read_vector("two-recipients.age", &file);
	CLEAN_BUF struct buf got = BUF_INIT(1000);
	buf_add_text(&got, "kept");
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		assert_true(age_file_open(file.data, file.len, &id, 1, &got, NULL, NULL) < 0);
		file.data[i] ^= 1;
		assert_int_equal(age_file_open(file.data, i, &id, 1, &got, NULL, NULL), VALISE_E_BAD);
		assert_int_equal(got.len, 4);
	}
	buf_add_char(&file, 0);
	assert_int_equal(age_file_open(file.data, file.len, &id, 1, &got, NULL, NULL), VALISE_E_BAD);
	assert_int_equal(age_file_open(file.data, file.len - 1, &id, 1, &got, NULL, NULL), 0);
	assert_string_equal((char *)got.data, "keptNotice 14\n");
}

/* Chunks that verify come before the one that does not: still nothing comes out. */
static void second_chunk_altered(void **state)
{
	(void)state;
	struct age_identity id = key_of("first.key");
	struct age_recipient to = recipient_of(&id);
	CLEAN_FREE char *plain = calloc(1, 70000);
	assert_non_null(plain);
	CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
	CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
	struct valise_err err = {0};
	assert_int_equal(age_file_seal((struct str){plain, 70000}, &to, 1, randomness(), &file, NULL), 0);
	file.data[file.len - 1] ^= 1;
	assert_int_equal(age_file_open(file.data, file.len, &id, 1, &got, NULL, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "chunk 1 does not verify"));
	assert_int_equal(got.len, 0);
}

static int seal_and_open(struct str plain, struct valise_err *err)
{
	static struct age_identity ids[2];
	if (!ids[0].point[0]) {
		uint8_t secret[32] = "any secret";
		assert_int_equal(age_identity_x25519(secret, &ids[1], NULL), 0);
		secret[0]++;
		assert_int_equal(age_identity_x25519(secret, &ids[0], NULL), 0);
	}
	struct age_recipient to[] = {recipient_of(&ids[0]), recipient_of(&ids[1])};
	CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
	CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
	int r = age_file_seal(plain, to, 2, randomness(), &file, err);
	assert_true(r == 0 || file.len == 0);
	if (!r)
		r = age_file_open(file.data, file.len, &ids[1], 1, &got, NULL, err);
	assert_true(r ? got.len == 0 : str_eq(buf_str(&got), plain));
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	failing_in_turn(seal_and_open, STR("some words"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(golden_of_two_chunks),
		cmocka_unit_test(sizes_around_a_chunk),
		cmocka_unit_test(altered_files),
		cmocka_unit_test(second_chunk_altered),
		cmocka_unit_test(without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
