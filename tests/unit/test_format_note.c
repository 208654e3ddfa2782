/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: keys, splitting, verifying and signing, held against spec/note.md, its vectors, and C2SP's own example. */
#include "vectors.h"

#include "base/encode.h"
#include "base/limits.h"
#include "failing.h"
#include "format/register.h"
#include "format/statement.h"

static void vkey_example(void **state)
{
	(void)state;
	struct vkey k = vector_vkey(0x01);
	struct hash commitment;
	vkey_commitment(&k, &commitment);
	CLEAN_BUF struct buf want = {0}, made = BUF_INIT(1000);
	vector_example("note.md", "vkey", &want);
	buf_addf(&made, "%s\n%s\n", vkey_text(&k).text, hash_hex(&commitment).text);
	assert_true(str_eq(buf_str(&made), buf_str(&want)));
}

static void vkey_has_one_spelling(void **state)
{
	(void)state;
	struct vkey k = vector_vkey(0x01), back = {{0}};
	struct vkey_text t = vkey_text(&k);
	assert_int_equal(strlen(t.text), VKEY_TEXT_BYTES);
	assert_true(vkey_parse(str_of(t.text), &back) && vkey_eq(&k, &back));
	/* Any one bit of the text changed, and anything added or cut, is no key. */
	for (size_t i = 0; i < VKEY_TEXT_BYTES; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			struct vkey_text other = t;
			other.text[i] = (char)(other.text[i] ^ (1 << bit));
			assert_false(vkey_parse((struct str){other.text, VKEY_TEXT_BYTES}, &back));
		}
	}
	for (size_t len = 0; len < VKEY_TEXT_BYTES; len++)
		assert_false(vkey_parse((struct str){t.text, len}, &back));
	assert_false(vkey_parse((struct str){t.text, VKEY_TEXT_BYTES + 1}, &back));
	assert_true(vkey_eq(&k, &back));
}

static void vkey_refuses_weak_keys(void **state)
{
	(void)state;
	/* Small order: 1, 0, -1; not canonical: 2^255 - 19 + 3; the sign bit where x = 0. */
	static const char *const weak[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0100000000000000000000000000000000000000000000000000000000000080",
	};
	for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
		struct vkey k, back;
		assert_true(hex_decode(str_of(weak[i]), k.key, sizeof k.key));
		assert_false(vkey_parse(str_of(vkey_text(&k).text), &back));
	}
}

static void vkeys_sort_by_text(void **state)
{
	(void)state;
	struct vkey a = vector_vkey(0x06), b = vector_vkey(0x07);
	assert_int_equal(vkey_cmp(&a, &a), 0);
	assert_int_equal(vkey_cmp(&a, &b) < 0, strcmp(vkey_text(&a).text, vkey_text(&b).text) < 0);
	assert_int_equal(vkey_cmp(&b, &a) < 0, strcmp(vkey_text(&b).text, vkey_text(&a).text) < 0);
}

#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_TEXT \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define PETER_SIGNATURE \
	"\xe2\x80\x94 PeterNeumann " \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define OTHER_SIGNATURE \
	"\xe2\x80\x94 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static int c2sp(const char *note)
{
	return note_check_c2sp(str_of(note), STR(PETER), NULL);
}

static void c2sp_example_verifies(void **state)
{
	(void)state;
	assert_int_equal(c2sp(PETER_TEXT "\n" PETER_SIGNATURE), 0);
	assert_int_equal(c2sp(PETER_TEXT "\n" OTHER_SIGNATURE PETER_SIGNATURE), 0);
	assert_int_equal(c2sp(PETER_TEXT "\n" OTHER_SIGNATURE), VALISE_E_BAD);
	assert_int_equal(c2sp(PETER_TEXT " \n" PETER_SIGNATURE), VALISE_E_BAD);
	assert_int_equal(c2sp("x" PETER_TEXT "\n" PETER_SIGNATURE), VALISE_E_BAD);
	assert_int_equal(c2sp(PETER_TEXT "\n" PETER_SIGNATURE "\n"), VALISE_E_BAD);
	assert_int_equal(c2sp(PETER_TEXT "\n" PETER_SIGNATURE "-- x y\n"), VALISE_E_BAD);
	assert_int_equal(c2sp(PETER_TEXT "\t\n\n" PETER_SIGNATURE), VALISE_E_BAD);
	assert_int_equal(c2sp(PETER_TEXT PETER_SIGNATURE), VALISE_E_BAD);
	assert_int_equal(c2sp(PETER_TEXT "\n"), VALISE_E_BAD);
	assert_int_equal(c2sp("\n\n"), VALISE_E_BAD);
	assert_int_equal(c2sp(""), VALISE_E_BAD);
	static const char *const no_keys[] = {
		"",
		"PeterNeumann",
		"PeterNeumann+c74f20a3+",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+AhpcQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWA==",
	};
	for (size_t i = 0; i < sizeof no_keys / sizeof no_keys[0]; i++)
		assert_int_equal(note_check_c2sp(STR(PETER_TEXT "\n" PETER_SIGNATURE), str_of(no_keys[i]), NULL),
				 VALISE_E_BAD);
}

/* A vector is a sound note, and any C2SP library that knows a signer says so too. */
static void check_good(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	CLEAN_NOTE struct note n = {0};
	if (note_split(bytes.at, bytes.len, &n, &err) || note_verify(&n, &err))
		fail_msg("%s: %s", name, err.text);
	assert_true(n.len == bytes.len && memcmp(n.bytes, bytes.at, bytes.len) == 0);
	assert_true(str_eq(n.text, vector_text(bytes)));
	for (size_t i = 0; i < n.n_by; i++)
		assert_int_equal(note_check_c2sp(bytes, str_of(vkey_text(&n.by[i]).text), &err), 0);
	struct hash id;
	digest_once(n.text.at, n.text.len, &id);
	assert_true(hash_eq(&id, &n.id));
}

static void good_vectors_verify(void **state)
{
	(void)state;
	assert_int_equal(vector_each("tests/vectors/register", ".note", check_good), 5);
	assert_int_equal(vector_each("tests/vectors/seal", ".note", check_good), 3);
	assert_int_equal(vector_each("tests/vectors/statement", ".note", check_good), SAYS_COUNT + 2);
	assert_int_equal(vector_each("tests/vectors/report", ".note", check_good), 2);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	CLEAN_NOTE struct note n = {0};
	int r = note_split(bytes.at, bytes.len, &n, &err);
	if (!r)
		r = note_verify(&n, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0])
		fail_msg("%s is not refused", name);
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/note/refused", ".note", check_refused) >= 20);
}

static int split(struct str bytes)
{
	CLEAN_NOTE struct note n = {0};
	int r = note_split(bytes.at, bytes.len, &n, NULL);
	return r ? r : note_verify(&n, NULL);
}

/* No prefix of a note is a note, nor is one with any bit changed. */
static void every_bit_counts(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/register/harbour-2.note", &good);
	for (size_t len = 0; len < good.len; len++)
		assert_int_equal(split((struct str){(char *)good.data, len}), VALISE_E_BAD);
	for (size_t i = 0; i < good.len; i++) {
		for (unsigned bit = 0; bit < 8; bit += 3) {
			good.data[i] = (uint8_t)(good.data[i] ^ 1u << bit);
			assert_int_equal(split(buf_str(&good)), VALISE_E_BAD);
			good.data[i] = (uint8_t)(good.data[i] ^ 1u << bit);
		}
	}
	assert_int_equal(split(buf_str(&good)), 0);
}

static void failure_leaves_the_output(void **state)
{
	(void)state;
	struct note n, before;
	memset(&n, 0x5a, sizeof n);
	before = n;
	assert_int_equal(note_split("valise/seal@v1\n\n", 16, &n, NULL), VALISE_E_BAD);
	assert_memory_equal(&n, &before, sizeof n);
	assert_int_equal(note_split(NULL, 0, &n, NULL), VALISE_E_BAD);
}

/* A text of a kind with so many signers; not one that the kind's own parser would take. */
static void many_signers(size_t n, struct buf *ret_text, struct ed25519_signer **signers)
{
	struct vkey keys[LIMIT_NOTE_SIGNERS + 1];
	const char *sorted[LIMIT_NOTE_SIGNERS + 1];
	struct vkey_text texts[LIMIT_NOTE_SIGNERS + 1];
	buf_add_text(ret_text, "valise/register@v1\n");
	for (size_t i = 0; i < n; i++) {
		signers[i] = vector_signer((uint8_t)(i + 1));
		ed25519_signer_public(signers[i], keys[i].key);
		texts[i] = vkey_text(&keys[i]);
		size_t at = i;
		for (; at > 0 && strcmp(sorted[at - 1], texts[i].text) > 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = texts[i].text;
	}
	for (size_t i = 0; i < n; i++)
		buf_addf(ret_text, "by %s\n", sorted[i]);
}

static void signers_up_to_the_limit(void **state)
{
	(void)state;
	for (size_t n = LIMIT_NOTE_SIGNERS; n <= LIMIT_NOTE_SIGNERS + 1; n++) {
		struct ed25519_signer *signers[LIMIT_NOTE_SIGNERS + 1];
		CLEAN_BUF struct buf text = BUF_INIT(100000), note = BUF_INIT(100000);
		many_signers(n, &text, signers);
		struct valise_err err = {0};
		int r = note_sign(buf_str(&text), (const struct ed25519_signer *const *)signers, n, &note, &err);
		assert_int_equal(r, n <= LIMIT_NOTE_SIGNERS ? 0 : VALISE_E_USAGE);
		assert_int_equal(note.len > 0, r == 0);
		if (!r)
			assert_int_equal(split(buf_str(&note)), 0);
		for (size_t i = 0; i < n; i++)
			ed25519_signer_free(signers[i]);
	}
}

static void only_the_named_sign(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/register/harbour-2.note", &good);
	struct str text = vector_text(buf_str(&good));
	CLEAN_SIGNER struct ed25519_signer *a = vector_signer(2);
	CLEAN_SIGNER struct ed25519_signer *b = vector_signer(6);
	CLEAN_SIGNER struct ed25519_signer *c = vector_signer(7);
	CLEAN_SIGNER struct ed25519_signer *other = vector_signer(8);
	CLEAN_BUF struct buf made = BUF_INIT(LIMIT_NOTE_BYTES);
	const struct ed25519_signer *right[] = {c, a, b}, *few[] = {a, b}, *wrong[] = {a, b, other},
				    *twice[] = {a, b, b};
	const struct ed25519_signer *many[] = {a, b, c, other};
	assert_int_equal(note_sign(text, few, 2, &made, NULL), VALISE_E_USAGE);
	assert_int_equal(note_sign(text, wrong, 3, &made, NULL), VALISE_E_USAGE);
	assert_int_equal(note_sign(text, twice, 3, &made, NULL), VALISE_E_USAGE);
	assert_int_equal(note_sign(text, many, 4, &made, NULL), VALISE_E_USAGE);
	assert_int_equal(note_sign(text, NULL, 0, &made, NULL), VALISE_E_USAGE);
	assert_int_equal(note_sign((struct str){text.at, text.len - 1}, right, 3, &made, NULL), VALISE_E_USAGE);
	assert_int_equal(made.len, 0);
	assert_int_equal(note_sign(text, right, 3, &made, NULL), 0);
	assert_true(str_eq(buf_str(&made), buf_str(&good)));
}

/* A second valid signature over one text is the same item; a signature over another text by the same key is none. */
static void the_id_is_that_of_the_text(void **state)
{
	(void)state;
	CLEAN_BUF struct buf a = {0}, b = {0};
	vector_read("tests/vectors/statement/received.note", &a);
	vector_read("tests/vectors/statement/carrying.note", &b);
	struct str text = vector_text(buf_str(&a)), other = vector_text(buf_str(&b));
	CLEAN_BUF struct buf mixed = BUF_INIT(LIMIT_NOTE_BYTES);
	buf_add_str(&mixed, text);
	buf_add(&mixed, b.data + other.len, b.len - other.len);
	CLEAN_NOTE struct note n = {0};
	struct valise_err err = {0};
	assert_int_equal(note_split(mixed.data, mixed.len, &n, &err), 0);
	assert_int_equal(note_verify(&n, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, vkey_text(&n.by[0]).text));
}

static void reader_says_where(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"k\na 1\nb 2", "newline"},
		{"j\na 1\nb 2\n", "another kind"},
		{"k\nb 2\n", "line 2: `a` should"},
		{"k\na \nb 2\n", "line 2: `a` has no"},
		{"k\na 1\n", "line 3: `b` should"},
		{"k\na 1\nb 2\nc 3\n", "line 4: unknown"},
		{"k\na 1\n\nb 2\n", "line 3: `b`"},
		{"", "newline"},
		{"k", "newline"},
		{"k\na 1\nb\n", "line 3: `b`"},
		{"k\na 1\nbb 2\n", "line 3: `b`"},
		{"k\n", "line 2: `a`"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct valise_err err = {0};
		struct note_reader r;
		struct str v = {0};
		note_reader_init(&r, str_of(cases[i].text), "k", &err);
		(void)note_required(&r, "a", &v);
		(void)note_required(&r, "b", &v);
		assert_int_equal(note_reader_end(&r), VALISE_E_BAD);
		if (!strstr(err.text, cases[i].says))
			fail_msg("\"%s\": %s", cases[i].text, err.text);
	}
}

static int work_split(struct str bytes, struct valise_err *err)
{
	CLEAN_NOTE struct note n = {0};
	return note_split(bytes.at, bytes.len, &n, err);
}

static struct ed25519_signer *signing;

static int work_sign(struct str text, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_NOTE_BYTES);
	return note_sign(text, (const struct ed25519_signer *const *)&signing, 1, &b, err);
}

static void failed_allocations(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/register/harbour-1.note", &good);
	failing_in_turn(work_split, buf_str(&good));
	signing = vector_signer(1);
	failing_in_turn(work_sign, vector_text(buf_str(&good)));
	ed25519_signer_free(signing);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vkey_example),
		cmocka_unit_test(vkey_has_one_spelling),
		cmocka_unit_test(vkey_refuses_weak_keys),
		cmocka_unit_test(vkeys_sort_by_text),
		cmocka_unit_test(c2sp_example_verifies),
		cmocka_unit_test(good_vectors_verify),
		cmocka_unit_test(refused_vectors_are),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(failure_leaves_the_output),
		cmocka_unit_test(signers_up_to_the_limit),
		cmocka_unit_test(only_the_named_sign),
		cmocka_unit_test(the_id_is_that_of_the_text),
		cmocka_unit_test(reader_says_where),
		cmocka_unit_test(failed_allocations),
	};
	return cmocka_run_group_tests_name("format_note", tests, NULL, NULL);
}
