/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers: the vectors, what is refused, disclosed leaves and excerpts. */
#include "failing.h"
#include "vectors.h"

#include "base/limits.h"
#include "crypto/tree.h"
#include "format/disclosure.h"
#include "format/dossier.h"
#include "format/excerpt.h"
#include "format/seal.h"

static void open_vector(const char *path, struct buf *ret_bytes, struct dossier *ret)
{
	struct valise_err err = {0};
	vector_read(path, ret_bytes);
	if (dossier_parse(ret_bytes->data, ret_bytes->len, ret, &err))
		fail_msg("%s: %s", path, err.text);
}

static void one_good(const char *path, const size_t *counts)
{
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_DOSSIER struct dossier d = {0};
	open_vector(path, &bytes, &d);
	struct hash letter = vector_id("tests/vectors/seal/letter.note");
	assert_true(hash_eq(&d.letter, &letter));
	size_t found[DOSSIER_KINDS] = {0};
	for (size_t i = 0; i < d.n_items; i++)
		found[d.items[i].kind]++;
	assert_memory_equal(found, counts, sizeof found);
	/* Written again from its items, backwards and each twice, it is the same dossier. */
	struct dossier_item mixed[64];
	assert_in_range(d.n_items, 1, 32);
	for (size_t i = 0; i < 2 * d.n_items; i++)
		mixed[i] = d.items[(2 * d.n_items - 1 - i) % d.n_items];
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_DOSSIER_BYTES);
	struct valise_err err = {0};
	if (dossier_write(mixed, 2 * d.n_items, &again, &err))
		fail_msg("%s: %s", path, err.text);
	assert_true(str_eq(buf_str(&again), buf_str(&bytes)));
	for (size_t len = 0; len < bytes.len; len += 3) {
		struct dossier none = {.n_items = 77};
		assert_int_equal(dossier_parse(bytes.data, len, &none, NULL), VALISE_E_BAD);
		assert_int_equal(none.n_items, 77);
	}
}

static void good(void **state)
{
	(void)state;
	one_good("tests/vectors/dossier/seal-only.dossier", (size_t[DOSSIER_KINDS]){1});
	one_good("tests/vectors/dossier/received.dossier", (size_t[DOSSIER_KINDS]){1, 2, 1});
	one_good("tests/vectors/dossier/cover.dossier", (size_t[DOSSIER_KINDS]){1, 2, 1, 0, 0, 1});
	one_good("tests/vectors/dossier/full.dossier", (size_t[DOSSIER_KINDS]){1, 5, 7, 1, 2, 0, 2});
}

static void refuse(const char *name, struct str bytes)
{
	CLEAN_DOSSIER struct dossier d = {0};
	struct valise_err err = {0};
	if (dossier_parse(bytes.at, bytes.len, &d, &err) != VALISE_E_BAD)
		fail_msg("%s is not refused", name);
	assert_int_equal(err.code, VALISE_E_BAD);
}

static void refused(void **state)
{
	(void)state;
	assert_in_range(vector_each("tests/vectors/dossier/refused", ".dossier", refuse), 60, 1000);
}

static void not_written(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_BUF struct buf paper = {0};
	CLEAN_DOSSIER struct dossier d = {0};
	CLEAN_BUF struct buf out = BUF_INIT(LIMIT_DOSSIER_BYTES);
	CLEAN_BUF struct buf little = BUF_INIT(1000);
	open_vector("tests/vectors/dossier/full.dossier", &bytes, &d);
	vector_read("tests/vectors/seal/paper.note", &paper);
	buf_add_text(&out, "kept");
	assert_int_equal(dossier_write(NULL, 0, &out, NULL), VALISE_E_USAGE);
	assert_int_equal(dossier_write(d.items + 1, d.n_items - 1, &out, NULL), VALISE_E_USAGE);
	struct dossier_item two_seals[] = {d.items[0], {.kind = DOSSIER_SEAL, .bytes = buf_str(&paper)}};
	assert_int_equal(dossier_write(two_seals, 2, &out, NULL), VALISE_E_USAGE);
	struct dossier_item another_kind[] = {d.items[0], {.kind = DOSSIER_STATEMENT, .bytes = buf_str(&paper)}};
	assert_int_equal(dossier_write(another_kind, 2, &out, NULL), VALISE_E_USAGE);
	struct dossier_item no_leaf[] = {d.items[0], {.kind = DOSSIER_LEAF, .bytes = STR("index 1\n")}};
	assert_int_equal(dossier_write(no_leaf, 2, &out, NULL), VALISE_E_USAGE);
	assert_int_equal(dossier_write(d.items, d.n_items, &little, NULL), VALISE_E_LIMIT);
	assert_str(buf_str(&out), "kept");
}

/* An item of one byte more than its kind may have is refused; of as many as it may, taken. */
static void limits(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_DOSSIER struct dossier d = {0};
	open_vector("tests/vectors/dossier/seal-only.dossier", &bytes, &d);
	static const struct {
		enum dossier_kind kind;
		const char *first_line;
		size_t limit;
	} cases[] = {
		{DOSSIER_STATEMENT, "valise/statement@v1\n\n", LIMIT_STATEMENT_BYTES},
		{DOSSIER_REPORT, "valise/report@v1\n\n", LIMIT_REPORT_BYTES},
		{DOSSIER_REGISTER, "valise/register@v1\noffice -\nseq 0\n\n", LIMIT_REGISTER_ENTRY_BYTES},
		{DOSSIER_COVER, "x", LIMIT_COVER_BYTES},
		{DOSSIER_LEAF,
		 "index 0\nsalt 0000000000000000000000000000000000000000000000000000000000000000\nvalise/leaf@v1\n",
		 DISCLOSURE_BYTES},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t over = 0; over < 2; over++) {
			CLEAN_BUF struct buf item = BUF_INIT(1 << 20);
			CLEAN_BUF struct buf out = BUF_INIT(2 << 20);
			buf_add_text(&item, cases[i].first_line);
			while (item.len < cases[i].limit + over - 1)
				buf_add_char(&item, 'x');
			buf_add_char(&item, '\n');
			struct dossier_item items[] = {d.items[0], {.kind = cases[i].kind, .bytes = buf_str(&item)}};
			assert_int_equal(dossier_write(items, 2, &out, NULL), over ? VALISE_E_USAGE : 0);
		}
	}
}

static struct str item_of(const struct dossier *d, enum dossier_kind kind, size_t nth)
{
	for (size_t i = 0; i < d->n_items; i++) {
		if (d->items[i].kind == kind && nth-- == 0)
			return d->items[i].bytes;
	}
	fail_msg("no such item");
	return STR("");
}

static void leaves(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_BUF struct buf note = {0};
	CLEAN_DOSSIER struct dossier d = {0};
	CLEAN_SEAL struct verified_seal *seal = NULL;
	open_vector("tests/vectors/dossier/full.dossier", &bytes, &d);
	vector_read("tests/vectors/seal/letter.note", &note);
	assert_int_equal(seal_verify(note.data, note.len, &seal, NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		struct str item = item_of(&d, DOSSIER_LEAF, i);
		struct disclosure leaf;
		assert_int_equal(disclosure_parse(item, &leaf, NULL), 0);
		assert_int_equal(leaf.index, 2 * i);
		assert_int_equal(disclosure_check(&leaf, &seal->s.contents, seal->s.n_leaves, NULL), 0);
		/* It is the vector of the cover's page. */
		CLEAN_BUF struct buf want = {0};
		CLEAN_BUF struct buf got = BUF_INIT(8192);
		vector_read(i ? "tests/vectors/cover/letter-2.leaf" : "tests/vectors/cover/letter-0.leaf", &want);
		disclosure_leaf(&leaf, &got);
		assert_true(str_eq(buf_str(&got), buf_str(&want)));
		CLEAN_BUF struct buf again = BUF_INIT(8192);
		assert_int_equal(disclosure_write(&leaf, &again, NULL), 0);
		assert_true(str_eq(buf_str(&again), item));
		/* Nothing of it can be another. */
		struct disclosure other = leaf;
		other.salt[0] ^= 1;
		assert_int_equal(disclosure_check(&other, &seal->s.contents, seal->s.n_leaves, NULL), VALISE_E_BAD);
		other = leaf;
		other.index = 1;
		assert_int_equal(disclosure_check(&other, &seal->s.contents, seal->s.n_leaves, NULL), VALISE_E_BAD);
		other = leaf;
		other.index = seal->s.n_leaves;
		assert_int_equal(disclosure_check(&other, &seal->s.contents, seal->s.n_leaves, NULL), VALISE_E_BAD);
		other = leaf;
		other.text.len--;
		assert_int_equal(disclosure_check(&other, &seal->s.contents, seal->s.n_leaves, NULL), VALISE_E_BAD);
		other = leaf;
		other.n_path--;
		assert_int_equal(disclosure_check(&other, &seal->s.contents, seal->s.n_leaves, NULL), VALISE_E_BAD);
		assert_int_equal(disclosure_check(&leaf, &d.letter, seal->s.n_leaves, NULL), VALISE_E_BAD);
		other = leaf;
		other.n_path = DISCLOSURE_PATH + 1;
		buf_clear(&again);
		assert_int_equal(disclosure_write(&other, &again, NULL), VALISE_E_USAGE);
		other = leaf;
		other.text = STR("valise/leaf@v1\npath 00\n");
		assert_int_equal(disclosure_write(&other, &again, NULL), VALISE_E_USAGE);
		other.text = STR("valise/leaf@v1");
		assert_int_equal(disclosure_write(&other, &again, NULL), VALISE_E_USAGE);
		assert_int_equal(again.len, 0);
	}
}

/* Written and read at every length around a line's end. */
static void excerpts(void **state)
{
	(void)state;
	uint8_t exhibit[200];
	for (size_t i = 0; i < sizeof exhibit; i++)
		exhibit[i] = (uint8_t)(i * 89);
	struct hash h;
	digest_once(exhibit, sizeof exhibit, &h);
	for (size_t offset = 0; offset < sizeof exhibit; offset += 25) {
		for (size_t len = 1; len <= sizeof exhibit - offset; len++) {
			CLEAN_BUF struct buf item = BUF_INIT(4096);
			CLEAN_BUF struct buf back = BUF_INIT(4096);
			struct excerpt e;
			bool whole = false;
			struct str part = {(const char *)exhibit + offset, len};
			assert_int_equal(excerpt_write(&h, sizeof exhibit, offset, part, &item, NULL), 0);
			assert_int_equal(excerpt_parse(buf_str(&item), &e, NULL), 0);
			assert_int_equal(e.offset, offset);
			assert_int_equal(e.length, len);
			assert_int_equal(excerpt_bytes(&e, &back, NULL), 0);
			assert_true(str_eq(buf_str(&back), part));
			assert_int_equal(excerpt_check(&e, &whole, NULL), 0);
			assert_int_equal(whole, len == sizeof exhibit);
			e.exhibit.bytes[0] ^= 1;
			assert_int_equal(excerpt_check(&e, &whole, NULL), len == sizeof exhibit ? VALISE_E_BAD : 0);
		}
	}
	CLEAN_BUF struct buf item = BUF_INIT(4096);
	struct str part = {(const char *)exhibit, sizeof exhibit};
	assert_int_equal(excerpt_write(&h, sizeof exhibit, 1, part, &item, NULL), VALISE_E_USAGE);
	assert_int_equal(excerpt_write(&h, sizeof exhibit, sizeof exhibit + 1, part, &item, NULL), VALISE_E_USAGE);
	assert_int_equal(excerpt_write(&h, sizeof exhibit, UINT64_MAX, part, &item, NULL), VALISE_E_USAGE);
	assert_int_equal(excerpt_write(&h, LIMIT_EXHIBIT_BYTES + 1, 0, part, &item, NULL), VALISE_E_USAGE);
	assert_int_equal(excerpt_write(&h, sizeof exhibit, 0, STR(""), &item, NULL), VALISE_E_USAGE);
}

/* A path that leads elsewhere is no failure of this run; that no memory is left is. */
static int leaf_and_back(struct str item, struct valise_err *err)
{
	CLEAN_BUF struct buf again = BUF_INIT(DISCLOSURE_BYTES);
	struct hash contents = {{0}};
	struct disclosure leaf;
	int r = disclosure_parse(item, &leaf, err);
	if (!r)
		r = disclosure_write(&leaf, &again, err);
	if (!r)
		r = disclosure_check(&leaf, &contents, 3, err);
	return r == VALISE_E_BAD ? 0 : r;
}

static int excerpt_and_back(struct str item, struct valise_err *err)
{
	CLEAN_BUF struct buf bytes = BUF_INIT(item.len);
	CLEAN_BUF struct buf again = BUF_INIT(item.len);
	struct excerpt e;
	bool whole;
	int r = excerpt_parse(item, &e, err);
	if (!r)
		r = excerpt_bytes(&e, &bytes, err);
	if (!r)
		r = excerpt_write(&e.exhibit, e.exhibit_bytes, e.offset, buf_str(&bytes), &again, err);
	return r ? r : excerpt_check(&e, &whole, err);
}

static int parse_and_write(struct str input, struct valise_err *err)
{
	CLEAN_DOSSIER struct dossier d = {0};
	CLEAN_BUF struct buf out = BUF_INIT(LIMIT_DOSSIER_BYTES);
	int r = dossier_parse(input.at, input.len, &d, err);
	for (size_t i = 0; i < d.n_items && !r; i++) {
		if (d.items[i].kind == DOSSIER_LEAF)
			r = leaf_and_back(d.items[i].bytes, err);
		else if (d.items[i].kind == DOSSIER_EXCERPT)
			r = excerpt_and_back(d.items[i].bytes, err);
	}
	return r ? r : dossier_write(d.items, d.n_items, &out, err);
}

/* A line at a time, the same as at once: an item whose length was said before its bytes were there. */
static void exhibits_that_follow(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 2, 3, 47, 48, 49, 95, 96, 97, 4800};
	uint8_t exhibit[4800];
	for (size_t i = 0; i < sizeof exhibit; i++)
		exhibit[i] = (uint8_t)(i * 7);
	CLEAN_BUF struct buf vector = {0};
	CLEAN_DOSSIER struct dossier d = {0};
	open_vector("tests/vectors/dossier/received.dossier", &vector, &d);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		CLEAN_BUF struct buf item = BUF_INIT(1 << 14), whole = BUF_INIT(1 << 20), parts = BUF_INIT(1 << 20);
		const struct str bytes = {(const char *)exhibit, sizes[i]};
		struct dossier_item items[32];
		struct hash h;
		uint64_t digits;
		digest_once(exhibit, sizes[i], &h);
		assert_in_range(d.n_items, 1, 31);
		memcpy(items, d.items, d.n_items * sizeof *items);
		assert_int_equal(excerpt_write(&h, sizes[i], 0, bytes, &item, NULL), 0);
		items[d.n_items] = (struct dossier_item){.kind = DOSSIER_EXCERPT, .bytes = buf_str(&item)};
		assert_int_equal(dossier_write(items, d.n_items + 1, &whole, NULL), 0);
		assert_int_equal(dossier_write(items, d.n_items, &parts, NULL), 0);
		buf_truncate(&parts, parts.len - strlen(DOSSIER_END));
		assert_int_equal(dossier_exhibit(&h, sizes[i], &parts, &digits, NULL), 0);
		size_t before = parts.len;
		for (size_t at = 0; at < sizes[i]; at += EXCERPT_LINE_BYTES) {
			size_t len = sizes[i] - at < EXCERPT_LINE_BYTES ? sizes[i] - at : EXCERPT_LINE_BYTES;
			excerpt_lines(&parts, (struct str){bytes.at + at, len});
		}
		assert_int_equal(parts.len - before, digits);
		buf_add_text(&parts, DOSSIER_END);
		assert_int_equal(parts.len, whole.len);
		assert_memory_equal(parts.data, whole.data, whole.len);
	}
}

static void memory_runs_out(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	vector_read("tests/vectors/dossier/full.dossier", &bytes);
	failing_in_turn(parse_and_write, buf_str(&bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_written),
		cmocka_unit_test(limits),
		cmocka_unit_test(leaves),
		cmocka_unit_test(excerpts),
		cmocka_unit_test(exhibits_that_follow),
		cmocka_unit_test(memory_runs_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
