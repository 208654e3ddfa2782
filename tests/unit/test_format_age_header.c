/* SPDX-License-Identifier: Apache-2.0 */
/* The header of age: who opens it, what is said when nobody does, and everything that makes it no header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/x25519.h"
#include "format/age.h"

#define INTRO "age-encryption.org/v1\n"
#define BODY43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SALT22 "AAAAAAAAAAAAAAAAAAAAAA"

static const uint8_t file_key[AGE_FILE_KEY_BYTES] = "sixteen bytes, y";

static struct age_identity identity(uint8_t seed)
{
	uint8_t secret[32];
	memset(secret, seed, sizeof secret);
	struct age_identity i;
	assert_int_equal(age_identity_x25519(secret, &i, NULL), 0);
	return i;
}

static struct age_identity passphrase(const char *text)
{
	return (struct age_identity){.type = AGE_PASSPHRASE, .passphrase = str_of(text)};
}

static struct age_recipient recipient_of(const struct age_identity *i)
{
	struct age_recipient r;
	memcpy(r.point, i->point, sizeof r.point);
	return r;
}

static const uint8_t *randomness(size_t n)
{
	static uint8_t bytes[32 * 1100];
	for (size_t i = 0; i < 32 * n; i++)
		bytes[i] = (uint8_t)(i * 131 + i / 32 + 1);
	return bytes;
}

/* Ends a header that was written by hand with the right MAC. */
static void forge(struct buf *b, const char *stanzas)
{
	buf_clear(b);
	buf_add_text(b, INTRO);
	buf_add_text(b, stanzas);
	buf_add_text(b, "---");
	uint8_t key[32];
	uint8_t mac[32];
	hkdf_sha256(file_key, sizeof file_key, NULL, 0, "header", key, sizeof key);
	hmac_sha256(key, sizeof key, b->data, b->len, mac);
	buf_add_char(b, ' ');
	base64_raw_encode(b, mac, sizeof mac);
	buf_add_char(b, '\n');
	assert_int_equal(b->error, 0);
}

/* The stanzas of a header for one recipient, without intro and MAC. */
static char *stanza_for(const struct age_identity *i, const uint8_t key[static AGE_FILE_KEY_BYTES])
{
	struct age_recipient r = recipient_of(i);
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_int_equal(age_header_seal(key, &r, 1, randomness(1), &b, NULL), 0);
	char *from = (char *)b.data + strlen(INTRO);
	return strndup(from, (size_t)(strstr(from, "---") - from));
}

static int try_open(const struct buf *b, const struct age_identity *ids, size_t n, struct valise_err *err)
{
	uint8_t got[AGE_FILE_KEY_BYTES] = {0};
	size_t index = 99;
	err->text[0] = 0;
	int r = age_header_open(b->data, b->len, ids, n, got, &index, err);
	if (r) {
		static const uint8_t none[AGE_FILE_KEY_BYTES];
		assert_memory_equal(got, none, sizeof got);
		assert_int_equal(index, 99);
		assert_true(err->text[0]);
		return r;
	}
	assert_memory_equal(got, file_key, sizeof got);
	return (int)index;
}

static void every_recipient_opens(void **state)
{
	(void)state;
	enum { N = 5 };
	struct age_identity ids[N + 1];
	struct age_recipient to[N];
	for (uint8_t i = 0; i <= N; i++) {
		ids[i] = identity((uint8_t)(i + 1));
		if (i < N)
			to[i] = recipient_of(&ids[i]);
	}
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_AGE_HEADER_BYTES);
	buf_add_text(&b, "before");
	assert_int_equal(age_header_seal(file_key, to, N, randomness(N), &b, NULL), 0);
	memmove(b.data, b.data + 6, b.len - 6);
	buf_truncate(&b, b.len - 6);
	struct valise_err err = {0};
	for (size_t i = 0; i < N; i++)
		assert_int_equal(try_open(&b, &ids[i], 1, &err), 0);
	assert_int_equal(try_open(&b, &ids[N], 1, &err), VALISE_E_LOCKED);
	assert_string_equal(err.text, "no key here opens this: it is for 5 other recipients");
	struct age_identity turn[] = {ids[N], passphrase("x"), ids[3], ids[0]};
	assert_int_equal(try_open(&b, turn, 4, &err), 2);
	assert_int_equal(try_open(&b, turn, 0, &err), VALISE_E_LOCKED);

	size_t n, n_x25519;
	assert_int_equal(age_header_stanzas(b.data, b.len, &n, &n_x25519, NULL), 0);
	assert_int_equal(n, N);
	assert_int_equal(n_x25519, N);
}

static void one_word_for_each_way_of_being_locked(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_int_equal(age_header_seal_passphrase(file_key, STR("open"), 4, randomness(1), &b, NULL), 0);
	struct valise_err err = {0};
	struct age_identity ids[] = {identity(1), passphrase("open"), passphrase("Open")};
	assert_int_equal(try_open(&b, ids, 3, &err), 1);
	assert_int_equal(try_open(&b, &ids[2], 1, &err), VALISE_E_LOCKED);
	assert_string_equal(err.text, "wrong passphrase");
	assert_int_equal(try_open(&b, ids, 1, &err), VALISE_E_LOCKED);
	assert_string_equal(err.text, "a passphrase opens this, and none was given");

	struct age_recipient r = recipient_of(&ids[0]);
	buf_clear(&b);
	assert_int_equal(age_header_seal(file_key, &r, 1, randomness(1), &b, NULL), 0);
	assert_int_equal(try_open(&b, &ids[1], 1, &err), VALISE_E_LOCKED);
	assert_string_equal(err.text, "no key here opens this: it is for 1 other recipient");
	forge(&b, "-> lock of-some-kind\n\n");
	assert_int_equal(try_open(&b, ids, 3, &err), VALISE_E_LOCKED);
	assert_non_null(strstr(err.text, "not known here"));
}

static void length_is_told_from_any_prefix(void **state)
{
	(void)state;
	struct age_identity id = identity(1);
	struct age_recipient r[3] = {recipient_of(&id), recipient_of(&id), recipient_of(&id)};
	CLEAN_BUF struct buf b = BUF_INIT(4000);
	assert_int_equal(age_header_seal(file_key, r, 3, randomness(3), &b, NULL), 0);
	size_t whole = b.len;
	buf_add_text(&b, "the payload \n--- goes on\n");
	for (size_t len = 0; len <= b.len; len++) {
		size_t got = 99;
		assert_int_equal(age_header_length(b.data, len, &got, NULL), 0);
		assert_int_equal(got, len < whole ? 0 : whole);
	}
	/* The header that is opened must be the header alone. */
	struct valise_err err = {0};
	for (size_t len = 0; len <= b.len; len++) {
		struct buf part = {.data = b.data, .len = len};
		assert_int_equal(try_open(&part, &id, 1, &err), len == whole ? 0 : VALISE_E_BAD);
	}
}

/* Whatever single bit is turned, nothing opens: the MAC covers it all. */
static void every_altered_bit_is_found(void **state)
{
	(void)state;
	struct age_identity ids[] = {identity(1), identity(2)};
	struct age_recipient r[] = {recipient_of(&ids[0]), recipient_of(&ids[1])};
	CLEAN_BUF struct buf b = BUF_INIT(4000);
	assert_int_equal(age_header_seal(file_key, r, 2, randomness(2), &b, NULL), 0);
	struct valise_err err = {0};
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		int got = try_open(&b, ids, 2, &err);
		assert_true(got == VALISE_E_BAD || got == VALISE_E_LOCKED);
		b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(try_open(&b, ids, 2, &err), 0);
}

static void unknown_stanzas_are_passed_over(void **state)
{
	(void)state;
	struct age_identity id = identity(1);
	CLEAN_FREE char *mine = stanza_for(&id, file_key);
	CLEAN_BUF struct buf text = BUF_INIT(4000);
	buf_addf(&text, "-> grease\n\n-> a b c d e f !~\n%s%s\nQUJD\n%s-> x25519 lower\n\n", BODY43,
		 "AAAAAAAAAAAAAAAAAAAAA", mine);
	CLEAN_BUF struct buf b = BUF_INIT(4000);
	forge(&b, (char *)text.data);
	struct valise_err err = {0};
	assert_int_equal(try_open(&b, &id, 1, &err), 0);
	size_t n, n_x25519;
	assert_int_equal(age_header_stanzas(b.data, b.len, &n, &n_x25519, NULL), 0);
	assert_int_equal(n, 4);
	assert_int_equal(n_x25519, 1);
}

/* A header can wrap another key for another reader. It yields what it wraps, and the MAC is right for one of the two only. */
static void different_keys_for_different_readers(void **state)
{
	(void)state;
	static const uint8_t other_key[AGE_FILE_KEY_BYTES] = "other bytes here";
	struct age_identity ids[] = {identity(1), identity(2)};
	CLEAN_FREE char *mine = stanza_for(&ids[0], file_key);
	CLEAN_FREE char *theirs = stanza_for(&ids[1], other_key);
	CLEAN_BUF struct buf text = BUF_INIT(4000);
	buf_addf(&text, "%s%s", mine, theirs);
	CLEAN_BUF struct buf b = BUF_INIT(4000);
	forge(&b, (char *)text.data);
	struct valise_err err = {0};
	assert_int_equal(try_open(&b, &ids[0], 1, &err), 0);
	assert_int_equal(try_open(&b, &ids[1], 1, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "MAC"));
}

static void malformed_headers(void **state)
{
	(void)state;
	static const char *const rows[] = {
		/* No stanza at all, and beginnings that are none. */
		"",
		"->\n\n",
		"-> \n\n",
		"->grease\n\n",
		"- > grease\n\n",
		" -> grease\n\n",
		"\n-> grease\n\n",
		/* Words. */
		"->  grease\n\n",
		"-> grease \n\n",
		"-> grease  a\n\n",
		"-> gr\tease\n\n",
		"-> gr\x7f"
		"ease\n\n",
		"-> gr\xc3\xa4se\n\n",
		"-> grease\r\n\n",
		/* Bodies: padding, spare bits, line lengths, no last short line. */
		"-> grease\nAAA=\n",
		"-> grease\nAAB\n",
		"-> grease\nA\n",
		"-> grease\nAAAA AAAA\n",
		"-> grease\nAAAA\r\n",
		"-> grease\nAAAA\nAAAA\n",
		"-> grease\n" BODY43 "AAAAAAAAAAAAAAAAAAAAA"
		"\n",
		"-> grease\n" BODY43 "AAAAAAAAAAAAAAAAAAAAAA"
		"\n\n",
		"-> grease\n",
		/* X25519: arguments, share, body. */
		"-> X25519\n" BODY43 "\n",
		"-> X25519 " BODY43 " x\n" BODY43 "\n",
		"-> X25519 A" BODY43 "\n" BODY43 "\n",
		"-> X25519 AAAA\n" BODY43 "\n",
		"-> X25519 " BODY43 "=\n" BODY43 "\n",
		"-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n" BODY43 "\n",
		"-> X25519 " BODY43 "\nAAAA\n",
		"-> X25519 " BODY43 "\n" BODY43 "A\n",
		"-> X25519 " BODY43 "\n\n",
		/* scrypt: arguments, salt, work factor, company. */
		"-> scrypt " SALT22 "\n" BODY43 "\n",
		"-> scrypt " SALT22 " 4 4\n" BODY43 "\n",
		"-> scrypt AAAA 4\n" BODY43 "\n",
		"-> scrypt " SALT22 " 4\nAAAA\n",
		"-> scrypt " SALT22 " 0\n" BODY43 "\n",
		"-> scrypt " SALT22 " 04\n" BODY43 "\n",
		"-> scrypt " SALT22 " +4\n" BODY43 "\n",
		"-> scrypt " SALT22 " -4\n" BODY43 "\n",
		"-> scrypt " SALT22 " 21\n" BODY43 "\n",
		"-> scrypt " SALT22 " 18446744073709551620\n" BODY43 "\n",
		"-> scrypt " SALT22 " 4\n" BODY43 "\n-> grease\n\n",
		"-> grease\n\n-> scrypt " SALT22 " 4\n" BODY43 "\n",
		"-> scrypt " SALT22 " 4\n" BODY43 "\n-> scrypt " SALT22 " 4\n" BODY43 "\n",
	};
	/* A malformed stanza is fatal though a good one stands before it, and though no identity is of its kind. */
	struct age_identity ids[] = {identity(1), passphrase("x")};
	CLEAN_FREE char *mine = stanza_for(&ids[0], file_key);
	CLEAN_BUF struct buf b = BUF_INIT(4000);
	CLEAN_BUF struct buf text = BUF_INIT(4000);
	struct valise_err err = {0};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		forge(&b, rows[i]);
		assert_int_equal(try_open(&b, ids, 1, &err), VALISE_E_BAD);
		assert_int_equal(try_open(&b, ids, 2, &err), VALISE_E_BAD);
		size_t n = 99, n_x25519 = 99;
		assert_int_equal(age_header_stanzas(b.data, b.len, &n, &n_x25519, &err), VALISE_E_BAD);
		assert_int_equal(n, 99);
		if (rows[i][0]) {
			buf_clear(&text);
			buf_addf(&text, "%s%s", mine, rows[i]);
			forge(&b, (char *)text.data);
			assert_int_equal(try_open(&b, ids, 1, &err), VALISE_E_BAD);
		}
	}
}

/* A low-order share agrees with everybody on zero: anybody could open what is wrapped so. */
static void zero_agreement_is_fatal(void **state)
{
	(void)state;
	struct age_identity ids[] = {identity(1), passphrase("x")};
	CLEAN_BUF struct buf b = BUF_INIT(4000);
	struct valise_err err = {0};
	forge(&b, "-> X25519 " BODY43 "\n" BODY43 "\n");
	assert_int_equal(try_open(&b, ids, 1, &err), VALISE_E_BAD);
	/* Without a key of its kind nobody can tell. */
	assert_int_equal(try_open(&b, &ids[1], 1, &err), VALISE_E_LOCKED);
	struct age_recipient zero = {{0}};
	buf_clear(&b);
	assert_int_equal(age_header_seal(file_key, &zero, 1, randomness(1), &b, &err), VALISE_E_BAD);
	assert_int_equal(b.len, 0);
}

static void beginnings_and_ends(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{"", "cut off"},
		{"age-encryption.org/v1", "cut off"},
		{"age-encryption.org/v2\n-> X25519", "version 1"},
		{"age-encryption.org/v1\r\n", "version 1"},
		{"-----BEGIN AGE ENCRYPTED FILE-----\n", "armored"},
		{"PK\x03\x04", "no age file"},
		{INTRO "-> grease\n\n---\n", "does not begin"},
		{INTRO "-> grease\n\n--- \n", "MAC"},
		{INTRO "-> grease\n\n--- AAAA\n", "MAC"},
		{INTRO "-> grease\n\n---  " BODY43 "\n", "MAC"},
		{INTRO "-> grease\n\n--- " BODY43 " \n", "MAC"},
		{INTRO "-> grease\n\n--- " BODY43 "A\n", "MAC"},
		{INTRO "-> grease\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n", "MAC"},
		{INTRO "-> grease\n\n--- " BODY43, "cut off"},
		{INTRO "-> grease\n\n--- " BODY43 "\nx", "followed"},
	};
	struct age_identity id = identity(1);
	struct valise_err err = {0};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEAN_BUF struct buf b = BUF_INIT(1000);
		buf_add_text(&b, rows[i].text);
		assert_int_equal(try_open(&b, &id, 1, &err), VALISE_E_BAD);
		if (!strstr(err.text, rows[i].says))
			fail_msg("row %zu says: %s", i, err.text);
	}
}

static void limits(void **state)
{
	(void)state;
	struct age_identity id = identity(1);
	struct valise_err err = {0};
	CLEAN_FREE struct age_recipient *to = calloc(LIMIT_STANZAS + 1, sizeof *to);
	assert_non_null(to);
	for (size_t i = 0; i <= LIMIT_STANZAS; i++)
		to[i] = recipient_of(&id);
	CLEAN_BUF struct buf b = BUF_INIT(1u << 20);
	assert_int_equal(age_header_seal(file_key, to, LIMIT_STANZAS, randomness(LIMIT_STANZAS), &b, NULL), 0);
	assert_int_equal(try_open(&b, &id, 1, &err), 0);
	buf_clear(&b);
	assert_int_equal(age_header_seal(file_key, to, LIMIT_STANZAS + 1, randomness(1), &b, &err), VALISE_E_USAGE);
	assert_int_equal(age_header_seal(file_key, to, 0, randomness(1), &b, &err), VALISE_E_USAGE);
	assert_int_equal(age_header_seal_passphrase(file_key, STR("x"), 0, randomness(1), &b, &err), VALISE_E_USAGE);
	assert_int_equal(age_header_seal_passphrase(file_key, STR("x"), 21, randomness(1), &b, &err), VALISE_E_USAGE);
	assert_int_equal(b.len, 0);

	CLEAN_BUF struct buf tight = BUF_INIT(100);
	assert_int_equal(age_header_seal(file_key, to, 1, randomness(1), &tight, &err), VALISE_E_LIMIT);
	assert_int_equal(tight.len, 0);

	CLEAN_BUF struct buf text = BUF_INIT(1u << 20);
	for (size_t i = 0; i <= LIMIT_STANZAS; i++)
		buf_add_text(&text, "-> grease\n\n");
	forge(&b, (char *)text.data);
	assert_int_equal(try_open(&b, &id, 1, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "stanzas"));

	/* One long stanza: whether a prefix or the whole is in hand, the limit is said. */
	buf_clear(&text);
	buf_add_text(&text, "-> grease\n");
	for (size_t i = 0; i < LIMIT_AGE_HEADER_BYTES / 65; i++)
		buf_add_text(&text, BODY43 "AAAAAAAAAAAAAAAAAAAAA"
					   "\n");
	buf_add_text(&text, "\n");
	forge(&b, (char *)text.data);
	assert_true(b.len > LIMIT_AGE_HEADER_BYTES);
	assert_int_equal(try_open(&b, &id, 1, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "longer"));
	size_t len = 99;
	assert_int_equal(age_header_length(b.data, b.len, &len, &err), VALISE_E_BAD);
	assert_int_equal(age_header_length(b.data, LIMIT_AGE_HEADER_BYTES - 1, &len, &err), 0);
	assert_int_equal(len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_recipient_opens),
		cmocka_unit_test(one_word_for_each_way_of_being_locked),
		cmocka_unit_test(length_is_told_from_any_prefix),
		cmocka_unit_test(every_altered_bit_is_found),
		cmocka_unit_test(unknown_stanzas_are_passed_over),
		cmocka_unit_test(different_keys_for_different_readers),
		cmocka_unit_test(malformed_headers),
		cmocka_unit_test(zero_agreement_is_fatal),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
