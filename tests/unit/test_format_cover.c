/* SPDX-License-Identifier: Apache-2.0 */
/* Covers and the leaves of the contents tree, held against spec/cover.md and its vectors. */
#include "vectors.h"

#include "base/encode.h"
#include "base/limits.h"
#include "failing.h"
#include "format/cover.h"

/* The example's seal as far as a cover needs it, and its cover; nothing of them is to be released. */
static struct seal letter(void)
{
	struct seal s = {.from = {.office = vector_id("tests/vectors/register/harbour-0.note")}};
	memset(s.nonce, 0x51, sizeof s.nonce);
	return s;
}

static struct part parts[2];

static struct cover sheet(void)
{
	parts[0] = (struct part){PART_DIR, 0, 3146752, vector_hash("annex"), STR("annex")};
	parts[1] = (struct part){PART_FILE, 3148288, 21504, vector_hash("notice"), STR("notice 14.pdf")};
	static uint8_t keys[COVER_KEYS_BYTES];
	struct cover c = {.keys = {keys, sizeof keys}, .subject = STR("Notice 14"), .parts = parts, .n_parts = 2};
	memset(cover_body_key(&c), 0x31, 32);
	memset(cover_seed(&c), 0x41, 32);
	/* The core of the seal that is the vector. */
	CLEAN_BUF struct buf note = {0};
	vector_read("tests/vectors/seal/letter.note", &note);
	CLEAN_SEAL struct verified_seal *v = NULL;
	assert_int_equal(seal_verify(note.data, note.len, &v, NULL), 0);
	assert_int_equal(seal_core(&v->s, &c.core, NULL), 0);
	return c;
}

static void example_is_made(void **state)
{
	(void)state;
	struct cover c = sheet();
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_COVER_BYTES), want = {0};
	assert_int_equal(cover_write(&c, &text, NULL), 0);
	vector_example("cover.md", "cover", &want);
	assert_true(str_eq(buf_str(&text), buf_str(&want)));
	assert_int_equal(text.len % 512, 0);
	CLEAN_BUF struct buf file = {0};
	vector_read("tests/vectors/cover/letter.cover", &file);
	assert_true(str_eq(buf_str(&file), buf_str(&want)));
}

static void leaves_are_made(void **state)
{
	(void)state;
	struct cover c = sheet();
	struct seal s = letter();
	CLEAN_BUF struct buf made = BUF_INIT(10000), want = {0};
	for (size_t i = 0; i <= c.n_parts; i++) {
		CLEAN_BUF struct buf leaf = BUF_INIT(5000), file = {0};
		assert_int_equal(cover_leaf(&c, &s, i, &leaf, NULL), 0);
		hex_encode(&made, leaf.data, leaf.len);
		buf_add_char(&made, '\n');
		char path[64];
		(void)snprintf(path, sizeof path, "tests/vectors/cover/letter-%zu.leaf", i);
		vector_read(path, &file);
		assert_true(str_eq(buf_str(&file), buf_str(&leaf)));
	}
	vector_example("cover.md", "cover-leaves", &want);
	assert_true(str_eq(buf_str(&made), buf_str(&want)));

	struct hash root;
	uint64_t n = 0;
	assert_int_equal(cover_contents(&c, &s, &root, &n, NULL), 0);
	CLEAN_BUF struct buf line = BUF_INIT(100), contents = {0};
	buf_addf(&line, "%s %u\n", hash_hex(&root).text, (unsigned)n);
	vector_example("cover.md", "cover-contents", &contents);
	assert_true(str_eq(buf_str(&line), buf_str(&contents)));

	CLEAN_BUF struct buf none = BUF_INIT(5000);
	assert_int_equal(cover_leaf(&c, &s, 3, &none, NULL), VALISE_E_USAGE);
	assert_int_equal(none.len, 0);
}

/* Every value of the seal or cover that a leaf holds changes the root: nothing can be exchanged afterwards. */
static void everything_is_committed_to(void **state)
{
	(void)state;
	struct cover c = sheet();
	struct seal s = letter();
	struct hash root, other;
	uint64_t n;
	assert_int_equal(cover_contents(&c, &s, &root, &n, NULL), 0);
	uint8_t *const bytes[] = {s.nonce, s.from.office.bytes, cover_seed(&c), parts[0].digest.bytes,
				  parts[1].digest.bytes};
	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
		bytes[i][31] ^= 1;
		assert_int_equal(cover_contents(&c, &s, &other, &n, NULL), 0);
		assert_false(hash_eq(&root, &other));
		bytes[i][31] ^= 1;
	}
	c.has_reply = true;
	assert_int_equal(cover_contents(&c, &s, &other, &n, NULL), 0);
	assert_false(hash_eq(&root, &other));
	c.has_reply = false;
	c.subject = STR("Notice 15");
	assert_int_equal(cover_contents(&c, &s, &other, &n, NULL), 0);
	assert_false(hash_eq(&root, &other));
}

static void values_come_back(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	vector_read("tests/vectors/cover/letter.cover", &file);
	struct cover want = sheet();
	CLEAN_COVER struct cover c = {0};
	assert_int_equal(cover_parse(buf_str(&file), &c, NULL), 0);
	/* It owns what it has. */
	memset(file.data, 'x', file.len);
	assert_str(c.subject, "Notice 14");
	assert_false(c.has_reply);
	assert_memory_equal(cover_seed(&c), cover_seed(&want), 32);
	assert_memory_equal(cover_body_key(&c), cover_body_key(&want), 32);
	assert_true(hash_eq(&c.core, &want.core));
	assert_int_equal(c.n_parts, 2);
	assert_str(c.parts[0].name, "annex");
	assert_str(c.parts[1].name, "notice 14.pdf");
	assert_int_equal(c.parts[1].kind, PART_FILE);
	assert_int_equal(c.parts[1].offset, 3148288);
	cover_release(&c);
	assert_null(c.owned);
	cover_release(&c);
}

static int parse(struct str text, struct valise_err *err)
{
	CLEAN_COVER struct cover c = {0};
	return cover_parse(text, &c, err);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	int r = parse(bytes, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0])
		fail_msg("%s is not refused", name);
	/* Errors go to terminals and logs: they hold nothing of the secrets. */
	assert_null(strstr(err.text, "AGE-SECRET-KEY"));
	assert_null(strstr(err.text, "4141"));
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/cover/refused", ".cover", check_refused) >= 25);
}

static void refusals_say_why(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/cover/letter.cover", &good);
	static const struct wrong table[] = {
		{"valise/cover@v1", "valise/cover@v2", "another kind"},
		{"\nkey AGE", "\nkey age", "`key` is not an age identity"},
		{"seed 41", "seed 4", "`seed` is not 64"},
		{"subject Notice 14", "subject Notice 14 ", "`subject` is not one line"},
		{"\npart dir", "\nin-reply-to 0\npart dir", "`in-reply-to` is not 64"},
		{"part dir", "part link", "`part` is not a kind"},
		{" annex\n", " ../annex\n", "`part` is not a kind"},
		{" annex\n", " \n", "`part` is not a kind"},
		{" annex\n", " zoo\n", "not sorted by name"},
		{" 3148288 ", " 3146751 ", "begins before the end"},
		{" 21504 ", " 17592186044417 ", "`part` is not a kind"},
		{"pad 00", "pad 0", "does not fill up"},
		{"pad 00", "pad 01", "is not all zeros"},
		{"\npad ", "\nPad ", "`pad` should stand here"},
	};
	vector_refuses(buf_str(&good), table, sizeof table / sizeof table[0], parse);
}

static int write_code(const struct cover *c)
{
	CLEAN_BUF struct buf text = BUF_INIT(2 * LIMIT_COVER_BYTES);
	struct valise_err err = {0};
	int r = cover_write(c, &text, &err);
	assert_int_equal(err.code, r);
	assert_true(text.len % 512 == 0 && (text.len > 0) == (r == 0));
	if (!r) {
		CLEAN_COVER struct cover back = {0};
		assert_int_equal(cover_parse(buf_str(&text), &back, NULL), 0);
		assert_int_equal(back.n_parts, c->n_parts);
		assert_true(str_eq(back.subject, c->subject));
		for (size_t i = 0; i < c->n_parts; i++)
			assert_true(str_eq(back.parts[i].name, c->parts[i].name));
	}
	return r;
}

/* Whatever the length before it, the pad has 1 to 512 zeros. */
static void every_pad(void **state)
{
	(void)state;
	static char subject[LIMIT_FREE_TEXT_BYTES + 1];
	memset(subject, 's', sizeof subject);
	struct cover c = sheet();
	for (size_t len = 1; len <= LIMIT_FREE_TEXT_BYTES; len++) {
		c.subject = (struct str){subject, len};
		assert_int_equal(write_code(&c), 0);
	}
	c.subject.len++;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	c.subject.len = 0;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
}

static void every_name(void **state)
{
	(void)state;
	static char longest[LIMIT_PART_NAME_BYTES + 1];
	memset(longest, '\xff', sizeof longest);
	struct cover c = sheet();
	for (unsigned byte = 0; byte < 256; byte++) {
		char name[3] = {'x', (char)byte, 'x'};
		parts[1].name = (struct str){name, 3};
		assert_int_equal(write_code(&c), byte == 0 || byte == '/' ? VALISE_E_USAGE : 0);
	}
	parts[1].name = (struct str){longest, LIMIT_PART_NAME_BYTES};
	assert_int_equal(write_code(&c), 0);
	parts[1].name.len++;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	parts[1].name = STR("annex");
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	parts[1].name = STR("annee");
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	static const char *const bad[] = {"", ".", ".."};
	for (size_t i = 0; i < 3; i++) {
		parts[0].name = str_of(bad[i]);
		assert_int_equal(write_code(&c), VALISE_E_USAGE);
	}
	/* Raw bytes are sorted, not their escapes: "%" is before "A", the byte 0xff after. */
	parts[0].name = STR("~");
	parts[1].name = STR("\xff");
	assert_int_equal(write_code(&c), 0);
	parts[0].name = STR("...");
	parts[1].name = STR("..a\n");
	assert_int_equal(write_code(&c), 0);
}

static void ranges(void **state)
{
	(void)state;
	struct cover c = sheet();
	/* An empty file ends where a directory's header begins. */
	parts[0] = (struct part){PART_FILE, 512, 0, vector_hash(""), STR("a")};
	parts[1] = (struct part){PART_DIR, 512, 512, vector_hash("b"), STR("b")};
	assert_int_equal(write_code(&c), 0);
	parts[0].length = 1;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	parts[0].length = 0;
	parts[1].length = LIMIT_BODY_BYTES - 512;
	assert_int_equal(write_code(&c), 0);
	parts[1].length++;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	parts[1].offset = LIMIT_BODY_BYTES + 1;
	parts[1].length = 0;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	parts[1].offset = UINT64_MAX;
	parts[1].length = 2;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	parts[1] = (struct part){(enum part_kind)7, 1024, 0, vector_hash("b"), STR("b")};
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
}

static void parts_at_and_over(void **state)
{
	(void)state;
	static struct part many[LIMIT_PARTS + 1];
	static char names[LIMIT_PARTS + 1][LIMIT_PART_NAME_BYTES + 1];
	for (size_t i = 0; i <= LIMIT_PARTS; i++) {
		memset(names[i], '\n', LIMIT_PART_NAME_BYTES);
		(void)snprintf(names[i], 8, "%07zu", i);
		names[i][7] = '\n';
		many[i] = (struct part){PART_FILE, i, 1, vector_hash("x"), {names[i], 7}};
	}
	struct cover c = sheet();
	c.parts = many;
	c.n_parts = LIMIT_PARTS;
	assert_int_equal(write_code(&c), 0);
	struct seal s = letter();
	struct hash root;
	uint64_t leaves;
	assert_int_equal(cover_contents(&c, &s, &root, &leaves, NULL), 0);
	assert_int_equal(leaves, LIMIT_PARTS + 1);
	c.n_parts++;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	assert_int_equal(cover_contents(&c, &s, &root, &leaves, NULL), VALISE_E_USAGE);
	c.n_parts = 0;
	assert_int_equal(write_code(&c), VALISE_E_USAGE);
	/* Few enough parts, but names that need too much room: 512 KiB holds, and no more. */
	for (size_t i = 0; i < LIMIT_PARTS; i++)
		many[i].name.len = LIMIT_PART_NAME_BYTES;
	int r = 0;
	for (c.n_parts = 600; !r && c.n_parts < LIMIT_PARTS; c.n_parts += 16)
		r = write_code(&c);
	assert_int_equal(r, VALISE_E_LIMIT);
	assert_true(c.n_parts > 600);
}

static void leaves_come_back(void **state)
{
	(void)state;
	struct cover c = sheet();
	struct seal s = letter();
	c.has_reply = true;
	c.in_reply_to = vector_hash("another letter");
	for (size_t i = 0; i <= c.n_parts; i++) {
		CLEAN_BUF struct buf leaf = BUF_INIT(5000);
		struct disclosed_leaf d;
		assert_int_equal(cover_leaf(&c, &s, i, &leaf, NULL), 0);
		assert_int_equal(disclosed_leaf_parse(buf_str(&leaf), &d, NULL), 0);
		assert_memory_equal(d.salt, leaf.data, 32);
		assert_memory_equal(d.nonce, s.nonce, 32);
		assert_true(hash_eq(&d.from, &s.from.office));
		assert_int_equal(d.is_subject, i == 0);
		if (i == 0) {
			assert_str(d.subject, "Notice 14");
			assert_true(d.has_reply && hash_eq(&d.in_reply_to, &c.in_reply_to));
		} else {
			assert_true(str_eq(d.part.name, parts[i - 1].name) && d.part.name.at == (const char *)d.name);
			assert_true(d.part.offset == parts[i - 1].offset &&
				    hash_eq(&d.part.digest, &parts[i - 1].digest));
		}
		/* No prefix of a leaf is one, and nothing may follow it. */
		for (size_t len = 0; len < leaf.len; len++)
			if (i != 0 || leaf.data[len - (len > 0)] != '\n')
				assert_int_equal(disclosed_leaf_parse((struct str){(char *)leaf.data, len}, &d, NULL),
						 VALISE_E_BAD);
		buf_add_char(&leaf, '\n');
		assert_int_equal(disclosed_leaf_parse(buf_str(&leaf), &d, NULL), VALISE_E_BAD);
	}
	/* The longest there is. */
	char longest[LIMIT_PART_NAME_BYTES];
	memset(longest, '\x80', sizeof longest);
	parts[1].name = (struct str){longest, sizeof longest};
	CLEAN_BUF struct buf leaf = BUF_INIT(5000);
	struct disclosed_leaf d;
	assert_int_equal(cover_leaf(&c, &s, 2, &leaf, NULL), 0);
	assert_int_equal(disclosed_leaf_parse(buf_str(&leaf), &d, NULL), 0);
	assert_int_equal(d.part.name.len, LIMIT_PART_NAME_BYTES);
}

static void check_refused_leaf(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	struct disclosed_leaf d;
	int r = disclosed_leaf_parse(bytes, &d, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0])
		fail_msg("%s is not refused", name);
}

static void refused_leaves_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/cover/refused", ".leaf", check_refused_leaf) >= 10);
}

static int work_leaf_parse(struct str leaf, struct valise_err *err)
{
	struct disclosed_leaf d;
	return disclosed_leaf_parse(leaf, &d, err);
}

static struct cover written;
static struct seal written_seal;

static int work_write(struct str unused, struct valise_err *err)
{
	(void)unused;
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_COVER_BYTES);
	return cover_write(&written, &b, err);
}

static int work_contents(struct str unused, struct valise_err *err)
{
	(void)unused;
	struct hash root;
	uint64_t n;
	return cover_contents(&written, &written_seal, &root, &n, err);
}

static void failed_allocations(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0}, leaf = {0};
	vector_read("tests/vectors/cover/letter.cover", &good);
	vector_read("tests/vectors/cover/letter-1.leaf", &leaf);
	failing_in_turn(parse, buf_str(&good));
	failing_in_turn(work_leaf_parse, buf_str(&leaf));
	written = sheet();
	written_seal = letter();
	failing_in_turn(work_write, STR(""));
	failing_in_turn(work_contents, STR(""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_is_made),
		cmocka_unit_test(leaves_are_made),
		cmocka_unit_test(everything_is_committed_to),
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(refused_vectors_are),
		cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(every_pad),
		cmocka_unit_test(every_name),
		cmocka_unit_test(ranges),
		cmocka_unit_test(parts_at_and_over),
		cmocka_unit_test(leaves_come_back),
		cmocka_unit_test(refused_leaves_are),
		cmocka_unit_test(failed_allocations),
	};
	return cmocka_run_group_tests_name("format_cover", tests, NULL, NULL);
}
