/* SPDX-License-Identifier: Apache-2.0 */
/* The C2SP test kit of age: every vector that is neither armored nor hybrid comes out as it says. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/cursor.h"
#include "base/encode.h"
#include "base/file.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "format/age.h"

#define LIMIT_VECTOR_BYTES (64u << 20)
#define LIMIT_VECTORS 1000u

/* A vector: what its head says, and the age file after it. */
struct vector {
	struct str expect;
	struct str passphrase; /* NULL when absent, as the next two */
	struct str identity;
	struct str payload;
	struct str file_key;
	bool armored;
	bool hybrid;
	bool compressed;
	struct str file;
};

static struct vector vector_of(struct str text)
{
	struct vector v = {0};
	struct cursor c = cursor_of(text.at, text.len);
	struct str line;
	while (cursor_line(&c, &line) && line.len > 0) {
		const char *colon = memchr(line.at, ':', line.len);
		assert_non_null(colon);
		assert_int_equal(colon[1], ' ');
		struct str key = {line.at, (size_t)(colon - line.at)};
		struct str value = {colon + 2, line.len - key.len - 2};
		if (str_eq(key, STR("expect")))
			v.expect = value;
		else if (str_eq(key, STR("passphrase")))
			v.passphrase = value;
		else if (str_eq(key, STR("payload")))
			v.payload = value;
		else if (str_eq(key, STR("file key")))
			v.file_key = value;
		else if (str_eq(key, STR("armored")))
			v.armored = str_eq(value, STR("yes"));
		else if (str_eq(key, STR("compressed")))
			v.compressed = str_eq(value, STR("zlib"));
		else if (str_eq(key, STR("identity")))
			v.identity = value;
		else
			assert_true(str_eq(key, STR("comment")));
		v.hybrid |= str_eq(key, STR("identity")) && str_starts(value, STR("AGE-SECRET-KEY-PQ-"));
	}
	assert_non_null(v.expect.at);
	v.file = (struct str){(const char *)c.at, cursor_left(&c)};
	return v;
}

static void inflate_into(struct str packed, struct buf *ret)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.at, .avail_in = (uInt)packed.len};
	assert_int_equal(inflateInit(&z), Z_OK);
	int r = Z_OK;
	while (r == Z_OK) {
		uint8_t out[65536];
		z.next_out = out;
		z.avail_out = sizeof out;
		r = inflate(&z, Z_NO_FLUSH);
		buf_add(ret, out, sizeof out - z.avail_out);
	}
	assert_int_equal(inflateEnd(&z), Z_OK);
	assert_int_equal(r, Z_STREAM_END);
	assert_int_equal(ret->error, 0);
}

/* The payload as from a pipe, whose end is not known before it comes: a whole chunk may be the last one or not. *ret gets what
 * verified before anything failed. */
static int open_payload(const uint8_t *file_key, const uint8_t *payload, size_t len, struct buf *ret,
			struct valise_err *err)
{
	static uint8_t plain[AGE_CHUNK_BYTES];
	CLEAN_AEAD struct aead *a = NULL;
	assert_int_equal(age_payload_key(file_key, payload, &a, err), 0);
	size_t at = AGE_NONCE_BYTES;
	bool last = false;
	for (uint64_t i = 0; !last; i++) {
		size_t chunk = len - at < AGE_SEALED_CHUNK_BYTES ? len - at : AGE_SEALED_CHUNK_BYTES;
		if (age_chunk_open(a, i, false, payload + at, chunk, plain, err)) {
			int r = age_chunk_open(a, i, true, payload + at, chunk, plain, err);
			if (r)
				return r;
			last = true;
		}
		buf_add(ret, plain, chunk - AEAD_TAG_BYTES);
		at += chunk;
	}
	return at == len ? 0 : err_set(err, VALISE_E_BAD, "bytes follow the last chunk");
}

/* "success", or the kind of failure, in the kit's words. */
static const char *outcome(const struct vector *v, struct str file, struct buf *ret_plain, struct valise_err *err)
{
	const uint8_t *data = (const uint8_t *)file.at;
	struct age_identity id = {.type = AGE_PASSPHRASE, .passphrase = v->passphrase};
	if (!v->passphrase.at) {
		uint8_t secret[32];
		/* A vector without an identity of ours is about something that fails before one is needed. */
		memset(secret, 1, sizeof secret);
		assert_true(!v->identity.at || age_identity_parse(v->identity, secret));
		assert_int_equal(age_identity_x25519(secret, &id, err), 0);
	}
	size_t len = 0;
	if (age_header_length(data, file.len, &len, err) || len == 0)
		return "header failure";
	uint8_t file_key[AGE_FILE_KEY_BYTES];
	int r = age_header_open(data, len, &id, 1, file_key, NULL, err);
	if (r)
		return r == VALISE_E_LOCKED                       ? "no match"
		       : strstr(err->text, "MAC does not verify") ? "HMAC failure"
								  : "header failure";
	if (v->file_key.at) {
		uint8_t expected[AGE_FILE_KEY_BYTES];
		assert_true(hex_decode(v->file_key, expected, sizeof expected));
		assert_memory_equal(file_key, expected, sizeof expected);
	}
	/* The kit counts a cut-off nonce as the header's. */
	if (file.len - len < AGE_NONCE_BYTES)
		return "header failure";
	return open_payload(file_key, data + len, file.len - len, ret_plain, err) ? "payload failure" : "success";
}

/* The whole-file function must agree: all of the plaintext or nothing. */
static void check_whole_file(const struct vector *v, struct str file, const struct buf *plain)
{
	struct age_identity id = {.type = AGE_PASSPHRASE, .passphrase = v->passphrase};
	uint8_t secret[32] = {1};
	if (!v->passphrase.at) {
		assert_true(!v->identity.at || age_identity_parse(v->identity, secret));
		assert_int_equal(age_identity_x25519(secret, &id, NULL), 0);
	}
	CLEAN_BUF struct buf whole = BUF_INIT(LIMIT_VECTOR_BYTES);
	int r = age_file_open((const uint8_t *)file.at, file.len, &id, 1, &whole, NULL, NULL);
	if (str_eq(v->expect, STR("success"))) {
		assert_int_equal(r, 0);
		assert_true(str_eq(buf_str(&whole), buf_str(plain)));
	} else {
		assert_int_equal(r, str_eq(v->expect, STR("no match")) ? VALISE_E_LOCKED : VALISE_E_BAD);
		assert_int_equal(whole.len, 0);
	}
}

/* True when it came out as it says. */
static bool check_vector(const char *name, const struct vector *v)
{
	CLEAN_BUF struct buf inflated = BUF_INIT(LIMIT_VECTOR_BYTES);
	CLEAN_BUF struct buf plain = BUF_INIT(LIMIT_VECTOR_BYTES);
	struct valise_err err = {0};
	struct str file = v->file;
	if (v->compressed) {
		inflate_into(v->file, &inflated);
		file = buf_str(&inflated);
	}
	const char *got = outcome(v, file, &plain, &err);
	if (!str_eq(v->expect, str_of(got))) {
		print_error("%s: expected %.*s, got %s: %s\n", name, STR_ARG(v->expect), got, err.text);
		return false;
	}
	/* Also of a payload that fails: the kit says which part of it may be let out. */
	struct hash h;
	struct hash expected = {{0}};
	digest_once(plain.data, plain.len, &h);
	if (v->payload.at && (!hash_parse(v->payload, &expected) || !hash_eq(&h, &expected))) {
		print_error("%s: other plaintext than expected\n", name);
		return false;
	}
	assert_true(v->payload.at || plain.len == 0);
	check_whole_file(v, file, &plain);
	return true;
}

static void kit(void **state)
{
	(void)state;
	const char *data = getenv("VALISE_TEST_DATA");
	CLEAN_CLOSE int dir = -1;
	CLEAN_BUF struct buf path = BUF_INIT(4096);
	buf_addf(&path, "%s/age-testkit", data ? data : "");
	if (!data || file_open_dir(AT_FDCWD, (char *)path.data, &dir, NULL)) {
		printf("# SKIPPED: no age test kit: there is no %s (set VALISE_TEST_DATA)\n", (char *)path.data);
		buf_release(&path); /* skip() jumps over the clean-up */
		skip();
	}
	CLEAN_NAMES struct names names = {0};
	assert_int_equal(names_read(dir, LIMIT_VECTORS, &names, NULL), 0);
	CLEAN_BUF struct buf left_out = BUF_INIT(65536);
	size_t passed = 0, n_left_out = 0, failed = 0;
	for (size_t i = 0; i < names.count; i++) {
		CLEAN_BUF struct buf text = BUF_INIT(LIMIT_VECTOR_BYTES);
		assert_int_equal(file_read_all(dir, names.names[i], &text, NULL), 0);
		struct vector v = vector_of(buf_str(&text));
		if (v.armored || v.hybrid) {
			buf_addf(&left_out, " %s", names.names[i]);
			n_left_out++;
		} else if (check_vector(names.names[i], &v)) {
			passed++;
		} else {
			failed++;
		}
	}
	printf("# age test kit: %zu vectors as expected, %zu not\n", passed, failed);
	printf("# left out, armored or hybrid, which are not read: %zu:%s\n", n_left_out, (char *)left_out.data);
	assert_int_equal(failed, 0);
	assert_true(passed > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(kit)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
