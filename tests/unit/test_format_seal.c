/* SPDX-License-Identifier: Apache-2.0 */
/* Seals, held against spec/seal.md and its vectors. */
#include "vectors.h"

#include "base/limits.h"
#include "base/text.h"
#include "failing.h"
#include "format/seal.h"

/* The example's letter; its lists are static, so it is not to be released. */
static struct seal letter(void)
{
	static struct office_ref to[1];
	struct hash harbour = vector_id("tests/vectors/register/harbour-0.note");
	to[0].office = to[0].head = vector_id("tests/vectors/register/oslo-0.note");
	struct seal s = {
		.from = {harbour, harbour},
		.to = to,
		.n_to = 1,
		.ref = STR("14/2026"),
		.date_s = 1795338720,
		.has_answer_by = true,
		.answer_by_s = 1797897600,
		.has_keep_until = true,
		.keep_until_s = 1801440000,
		.has_contents = true,
		.n_leaves = 3,
		.body = vector_hash("example body"),
		.body_bytes = 3276800,
		.cover = vector_hash("example cover"),
		.cover_bytes = 1024,
		.by = vector_vkey(0x03),
	};
	memset(s.nonce, 0x51, sizeof s.nonce);
	CLEAN_BUF struct buf root = {0};
	vector_example("cover.md", "cover-contents", &root);
	assert_true(root.len > HASH_HEX_BYTES &&
		    hash_parse((struct str){(char *)root.data, HASH_HEX_BYTES}, &s.contents));
	return s;
}

static struct seal paper(void)
{
	static struct str addressees[2];
	/* Not sorted: the writer does that. */
	addressees[0] = STR("Petitions, room 4");
	addressees[1] = STR("Office of the Envoy");
	struct seal l = letter();
	struct seal s = {
		.from = l.from,
		.addressees = addressees,
		.n_addressees = 2,
		.date_s = 1795341600,
		.paper = STR("envelope 17, two sheets, red wax"),
		.by = l.by,
	};
	memset(s.nonce, 0x52, sizeof s.nonce);
	return s;
}

static void examples_are_made(void **state)
{
	(void)state;
	struct seal s = letter();
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	assert_int_equal(seal_write(&s, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x03}, 1, "seal.md", "seal");
	/* The core is the text through its `body` line. */
	const char *cover = memmem(text.data, text.len, "\ncover ", 7);
	assert_non_null(cover);
	struct hash core, want;
	digest_once(text.data, (size_t)(cover + 1 - (char *)text.data), &want);
	memset(&s.cover, 0, sizeof s.cover);
	memset(&s.by, 0, sizeof s.by);
	assert_int_equal(seal_core(&s, &core, NULL), 0);
	assert_true(hash_eq(&core, &want));

	buf_clear(&text);
	s = paper();
	assert_int_equal(seal_write(&s, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x03}, 1, "seal.md", "seal-paper");
	const char *by = memmem(text.data, text.len, "\nby ", 4);
	assert_non_null(by);
	digest_once(text.data, (size_t)(by + 1 - (char *)text.data), &want);
	assert_int_equal(seal_core(&s, &core, NULL), 0);
	assert_true(hash_eq(&core, &want));
}

static int parse(struct str text, struct valise_err *err)
{
	CLEANUP(seal_release) struct seal s = {0};
	return seal_parse(text, &s, err);
}

static void check_good(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	CLEAN_SEAL struct verified_seal *v = NULL, *again = NULL;
	if (seal_verify(bytes.at, bytes.len, &v, &err) || seal_from_intake(bytes.at, bytes.len, &again, &err))
		fail_msg("%s: %s", name, err.text);
	for (size_t i = 0; i < v->s.n_to; i++)
		assert_int_equal(seal_recipient(&v->s, &v->s.to[i].office), (int)i);
	assert_int_equal(seal_recipient(&v->s, &v->note.id), -1);
}

static void good_vectors_verify(void **state)
{
	(void)state;
	assert_int_equal(vector_each("tests/vectors/seal", ".note", check_good), 3);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	struct verified_seal *v = NULL;
	int r = seal_verify(bytes.at, bytes.len, &v, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0] || v)
		fail_msg("%s is not refused", name);
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/seal/refused", ".note", check_refused) >= 25);
	assert_true(vector_each("tests/vectors/statement", ".note", check_refused) > 0);
}

static void refusals_say_why(void **state)
{
	(void)state;
	CLEAN_BUF struct buf sealed = {0}, on_paper = {0};
	vector_read("tests/vectors/seal/letter.note", &sealed);
	static const struct wrong in_letter[] = {
		{"nonce 51", "nonce 5", "`nonce` is not 64"},
		{"nonce 5151", "nonce ABAB", "`nonce` is not 64"},
		{"\nfrom ", "\nfrom 0", "`from` is not an office's id"},
		{"\nto ", "\nto 0", "`to` is not an office's id"},
		{"\nto ", "\nTo ", "1 to 256 together"},
		{"\nref ", "\naddressee A\nref ", "`addressee` may stand only on paper"},
		{"ref 14/2026", "ref 14/2026 ", "`ref` is not one line"},
		{"date ", "Date ", "`date` should stand here"},
		{"T00:00:00Z", "T24:00:00Z", "`answer-by` is not a time"},
		{"\ncontents ", "\nContents ", "`contents` may be absent only for paper"},
		{" 3\nbody", " 1\nbody", "`contents` is not a SHA-256 value"},
		{" 3\nbody", " 1002\nbody", "`contents` is not a SHA-256 value"},
		{" 3\nbody", " 03\nbody", "`contents` is not a SHA-256 value"},
		{" 3\nbody", "\nbody", "`contents` is not a SHA-256 value"},
		{" 3276800", " 0", "`body` is not a SHA-256 value"},
		{"\nbody ", "\npaper x\nbody ", "`by` should stand here"},
		{" 1024\n", " 524289\n", "`cover` is not a SHA-256 value"},
		{" 1024\n", " 1024 \n", "`cover` is not a SHA-256 value"},
		{"\nby ", "\nby x\nby ", "`by` is not"},
	};
	vector_refuses(vector_text(buf_str(&sealed)), in_letter, sizeof in_letter / sizeof in_letter[0], parse);
	vector_read("tests/vectors/seal/paper.note", &on_paper);
	static const struct wrong in_paper[] = {
		{"addressee Office", "addressee Q", "`addressee` is there twice or not sorted"},
		{"addressee Office of the Envoy", "addressee Petitions, room 4",
		 "`addressee` is there twice or not sorted"},
		{"paper envelope 17, two sheets, red wax\n", "", "`contents` may be absent only for paper"},
	};
	vector_refuses(vector_text(buf_str(&on_paper)), in_paper, sizeof in_paper / sizeof in_paper[0], parse);
}

static int write_code(const struct seal *s)
{
	CLEAN_BUF struct buf text = BUF_INIT(2 * LIMIT_SEAL_BYTES);
	struct valise_err err = {0};
	int r = seal_write(s, &text, &err);
	assert_int_equal(err.code, r);
	if (!r) {
		CLEANUP(seal_release) struct seal back = {0};
		assert_int_equal(seal_parse(buf_str(&text), &back, NULL), 0);
		assert_true(back.n_to == s->n_to && back.n_addressees == s->n_addressees);
		for (size_t i = 0; i < back.n_addressees; i++)
			assert_int_equal(seal_addressee(&back, back.addressees[i]), i);
		assert_int_equal(seal_addressee(&back, STR("Petitions")), -1);
		/* An electronic letter has no list of names, and paper no commitments. */
		assert_true((back.paper.at == NULL) == (back.body_bytes != 0));
	}
	return r;
}

static void recipients_at_and_over(void **state)
{
	(void)state;
	static struct office_ref to[LIMIT_RECIPIENTS + 1];
	static struct str names[LIMIT_RECIPIENTS + 1];
	static char texts[LIMIT_RECIPIENTS + 1][8];
	for (size_t i = 0; i <= LIMIT_RECIPIENTS; i++) {
		digest_once(&i, sizeof i, &to[i].office);
		to[i].head = vector_hash("head");
		(void)snprintf(texts[i], sizeof texts[i], "%zu", i);
		names[i] = str_of(texts[i]);
	}
	struct seal s = letter();
	s.to = to;
	s.n_to = LIMIT_RECIPIENTS;
	assert_int_equal(write_code(&s), 0);
	s.n_to++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.n_to = 0;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = paper();
	s.addressees = names;
	s.n_addressees = LIMIT_RECIPIENTS;
	assert_int_equal(write_code(&s), 0);
	s.n_addressees++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	/* Together. */
	s.to = to;
	s.n_to = 1;
	s.n_addressees = LIMIT_RECIPIENTS - 1;
	assert_int_equal(write_code(&s), 0);
	s.n_addressees++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.n_to = s.n_addressees = 0;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	/* One office at two heads is one office. */
	s = letter();
	s.to = to;
	s.n_to = 2;
	to[1] = to[0];
	to[1].head = vector_hash("another head");
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	/* An office may write to itself. */
	s.n_to = 1;
	to[0] = s.from;
	assert_int_equal(write_code(&s), 0);
}

static void numbers_at_and_over(void **state)
{
	(void)state;
	struct seal s = letter();
	s.n_leaves = LIMIT_PARTS + 1;
	assert_int_equal(write_code(&s), 0);
	s.n_leaves++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.n_leaves = 2;
	assert_int_equal(write_code(&s), 0);
	s.n_leaves = 1;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = letter();
	s.body_bytes = LIMIT_BODY_BYTES;
	s.cover_bytes = LIMIT_COVER_BYTES;
	assert_int_equal(write_code(&s), 0);
	s.body_bytes++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.body_bytes = 0;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.body_bytes = 1;
	s.cover_bytes++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.cover_bytes = 0;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
}

static void the_writer_refuses(void **state)
{
	(void)state;
	struct seal s = letter();
	s.has_contents = false;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = letter();
	s.ref = STR("14\nto x");
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	struct hash core;
	assert_int_equal(seal_core(&s, &core, NULL), VALISE_E_USAGE);
	s = letter();
	s.answer_by_s = TIME_MAX_S + 1;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = letter();
	struct str name = STR("The envoy");
	s.addressees = &name;
	s.n_addressees = 1;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = paper();
	name = STR("The envoy\npaper x");
	s.addressees = &name;
	s.n_addressees = 1;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = paper();
	s.paper = STR("");
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	/* Paper may commit to scans. */
	s = paper();
	s.has_contents = true;
	s.n_leaves = 2;
	assert_int_equal(write_code(&s), 0);
	s = letter();
	memset(&s.by, 0, sizeof s.by);
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
}

static int work_verify(struct str bytes, struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *v = NULL;
	return seal_verify(bytes.at, bytes.len, &v, err);
}

static struct seal written;

static int work_core(struct str unused, struct valise_err *err)
{
	(void)unused;
	struct hash h;
	return seal_core(&written, &h, err);
}

static void failed_allocations(void **state)
{
	(void)state;
	CLEAN_BUF struct buf sealed = {0}, on_paper = {0};
	vector_read("tests/vectors/seal/letter.note", &sealed);
	vector_read("tests/vectors/seal/paper.note", &on_paper);
	failing_in_turn(work_verify, buf_str(&sealed));
	failing_in_turn(work_verify, buf_str(&on_paper));
	written = letter();
	failing_in_turn(work_core, STR(""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_made),      cmocka_unit_test(good_vectors_verify),
		cmocka_unit_test(refused_vectors_are),    cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(recipients_at_and_over), cmocka_unit_test(numbers_at_and_over),
		cmocka_unit_test(the_writer_refuses),     cmocka_unit_test(failed_allocations),
	};
	return cmocka_run_group_tests_name("format_seal", tests, NULL, NULL);
}
