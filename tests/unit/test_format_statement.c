/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and the table of what can be said, held against spec/statement.md and its vectors. */
#include "vectors.h"

#include "base/limits.h"
#include "base/text.h"
#include "failing.h"
#include "format/statement.h"

static struct statement received(void)
{
	struct hash oslo = vector_id("tests/vectors/register/oslo-0.note");
	return (struct statement){
		.letter = vector_id("tests/vectors/seal/letter.note"),
		.says = SAYS_RECEIVED,
		.office = {oslo, oslo},
		.role = ROLE_CLERK,
		.nth = 1,
		.time_s = 1795509600,
		.medium = STR("by hand"),
		.by = vector_vkey(0x13),
	};
}

static void examples_are_made(void **state)
{
	(void)state;
	struct statement s = received();
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	assert_int_equal(statement_write(&s, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x13}, 1, "statement.md", "statement-received");

	struct hash harbour = vector_id("tests/vectors/register/harbour-0.note");
	struct statement p = {
		.letter = s.letter,
		.says = SAYS_PROPOSED,
		.office = {harbour, harbour},
		.role = ROLE_PRINCIPAL,
		.nth = 1,
		.time_s = 1795600800,
		.n_regarding = 1,
		.when = STR("the second week of December"),
		.text = {STR("A meeting in Oslo, two persons from each side.")},
		.n_text = 1,
		.by = vector_vkey(0x03),
	};
	digest_once(text.data, text.len, &p.regarding[0]);
	buf_clear(&text);
	assert_int_equal(statement_write(&p, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x03}, 1, "statement.md", "statement-proposed");
}

static int parse(struct str text, struct valise_err *err)
{
	struct statement s;
	return statement_parse(text, &s, err);
}

static void check_good(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	CLEAN_STATEMENT struct verified_statement *v = NULL, *again = NULL;
	if (statement_verify(bytes.at, bytes.len, &v, &err) || statement_from_intake(bytes.at, bytes.len, &again, &err))
		fail_msg("%s: %s", name, err.text);
	/* "received.note" says received. */
	const char *says = says_table[v->s.says].name;
	if (strncmp(name, "example-", 8) != 0)
		assert_true(strlen(name) == strlen(says) + 5 && memcmp(name, says, strlen(says)) == 0);
	assert_true(again->s.says == v->s.says && hash_eq(&again->note.id, &v->note.id));
}

static void good_vectors_verify(void **state)
{
	(void)state;
	assert_int_equal(vector_each("tests/vectors/statement", ".note", check_good), SAYS_COUNT + 2);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	struct verified_statement *v = NULL;
	int r = statement_verify(bytes.at, bytes.len, &v, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0] || v)
		fail_msg("%s is not refused", name);
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/statement/refused", ".note", check_refused) >= 40);
	assert_true(vector_each("tests/vectors/note/refused", ".note", check_refused) >= 20);
	/* Other kinds are no statements. */
	assert_true(vector_each("tests/vectors/report", ".note", check_refused) > 0);
	assert_true(vector_each("tests/vectors/seal", ".note", check_refused) > 0);
	assert_true(vector_each("tests/vectors/register", ".note", check_refused) > 0);
}

static void refusals_say_why(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/statement/example-received.note", &good);
	static const struct wrong table[] = {
		{"valise/statement@v1", "valise/report@v1", "another kind"},
		{"says received", "says recieved", "`says` is not a word"},
		{"medium by hand", "mood by hand", "line 8: `by` should stand here"},
		{"medium by hand\n", "medium by hand\nmedium by hand\n", "line 9"},
		{"medium by hand\n", "\nmedium by hand\n", "line 8"},
		{"medium by hand\n", "medium by hand\r\n", "`medium` is not one line"},
		{"medium by hand\n", "medium by hand \n", "`medium` is not one line"},
		{"medium by hand\n", "medium \n", "`medium` has no value"},
		{"medium by hand\n", "medium\n", "line 8"},
		{"role clerk\n", "", "`role` should stand here"},
		{"role clerk", "role reader", "`role` is not one that may say this"},
		{"role clerk", "role machine", "`role` is not one role"},
		{"role clerk", "role clerk,reader", "`role` is not one role"},
		{"role clerk", "role ambassador", "`role` is not one role"},
		{"nth 1", "nth 0", "`nth`"},
		{"nth 1", "nth 01", "`nth`"},
		{"nth 1", "nth 1000001", "`nth`"},
		{"nth 1", "nth 18446744073709551617", "`nth`"},
		{"role clerk\nnth 1\n", "nth 1\nrole clerk\n", "`role` should stand here"},
		{"2026-11-24T", "2026-02-29T", "`time`"},
		{"T08:40:00Z", "T08:40:60Z", "`time`"},
		{"T08:40:00Z", "T08:40:00z", "`time`"},
		{"medium by hand\n", "to 11\nmedium by hand\n", "`to` is not 64"},
		{"medium by hand\n", "medium by hand\nwhen today\n", "`says` goes with fewer lines"},
		{"medium by hand\n", "medium by hand\nreason full\n", "`says` goes with fewer lines"},
		{"by valise/", "by harbour/", "`by` is not the one spelling"},
	};
	vector_refuses(vector_text(buf_str(&good)), table, sizeof table / sizeof table[0], parse);
}

/* Any one value for each field a row may have, as mask says. */
static struct statement filled(enum says says, unsigned role, unsigned fields, struct str reason)
{
	struct statement s = received();
	s.says = says;
	s.role = role;
	s.medium = fields & FIELD_MEDIUM ? STR("by hand") : (struct str){0};
	s.n_regarding = fields & FIELD_REGARDING ? 2 : 0;
	s.regarding[0] = vector_hash("two"); /* not sorted: the writer does that */
	s.regarding[1] = vector_hash("one");
	s.has_to = fields & FIELD_TO;
	s.to = vector_hash("an office");
	s.when = fields & FIELD_WHEN ? STR("Wednesday") : (struct str){0};
	s.reason = fields & FIELD_REASON ? reason : (struct str){0};
	s.n_text = fields & FIELD_TEXT ? 2 : 0;
	s.text[0] = s.text[1] = STR("The same words twice.");
	return s;
}

static bool fits(const struct says_row *row, unsigned role, unsigned fields)
{
	return (row->roles & role) && !(fields & ~row->allows) && (fields & row->needs) == row->needs &&
	       (!row->needs_one_of || (fields & row->needs_one_of));
}

/* Every word with every role and every set of lines: written and read back where the row allows it, refused where not. */
static void every_row(void **state)
{
	(void)state;
	for (int says = 0; says < SAYS_COUNT; says++) {
		const struct says_row *row = &says_table[says];
		enum says found;
		assert_true(says_of(str_of(row->name), &found) && found == (enum says)says);
		assert_non_null(row->means);
		assert_int_equal(row->needs & ~row->allows, 0);
		assert_int_equal(row->needs_one_of & ~row->allows, 0);
		assert_int_equal(row->roles & ROLE_MACHINE, 0);
		assert_int_equal(!!(row->allows & FIELD_REASON), row->reasons != NULL);
		char code[32] = "policy";
		if (row->reasons)
			(void)snprintf(code, sizeof code, "%.*s", (int)strcspn(row->reasons, ","), row->reasons);
		for (unsigned role = 1; role < ROLE_MACHINE; role <<= 1) {
			for (unsigned fields = 0; fields < FIELD_TEXT << 1; fields++) {
				struct statement s = filled((enum says)says, role, fields, str_of(code)), back;
				CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
				int r = statement_write(&s, &text, NULL);
				assert_int_equal(r, fits(row, role, fields) ? 0 : VALISE_E_USAGE);
				if (r)
					continue;
				assert_int_equal(statement_parse(buf_str(&text), &back, NULL), 0);
				assert_true(back.says == s.says && back.role == role && back.n_text == s.n_text);
				assert_true(back.has_to == s.has_to && back.n_regarding == s.n_regarding);
				assert_true(back.n_regarding < 2 ||
					    hash_cmp(&back.regarding[0], &back.regarding[1]) < 0);
			}
		}
	}
	enum says found;
	assert_false(says_of(STR(""), &found));
	assert_false(says_of(STR("receive"), &found));
	assert_false(says_of(STR("received "), &found));
}

/* Each code of each row is taken, and nothing else is: not a part of the list, not another row's. */
static void every_reason(void **state)
{
	(void)state;
	for (int says = 0; says < SAYS_COUNT; says++) {
		const struct says_row *row = &says_table[says];
		if (!row->reasons)
			continue;
		unsigned role = row->roles & -row->roles;
		size_t n = 0;
		for (const char *at = row->reasons; *at; n++) {
			struct str code = {at, strcspn(at, ",")};
			struct statement s = filled((enum says)says, role, row->needs | FIELD_REASON, code);
			CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
			assert_int_equal(statement_write(&s, &text, NULL), 0);
			s.reason.len--;
			assert_int_equal(statement_write(&s, &text, NULL), VALISE_E_USAGE);
			at += code.len + (at[code.len] == ',');
		}
		assert_true(n >= 4);
		struct statement s = filled((enum says)says, role, row->needs | FIELD_REASON, str_of(row->reasons));
		CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
		assert_int_equal(statement_write(&s, &text, NULL), VALISE_E_USAGE);
	}
}

static void put_letters(struct buf *b, unsigned fields, const char *between)
{
	static const char letters[] = "rtmwcx";
	const char *before = "";
	for (unsigned i = 0; i < sizeof letters - 1; i++) {
		if (fields & 1u << i) {
			buf_addf(b, "%s%c", before, letters[i]);
			before = between;
		}
	}
	buf_add_text(b, fields ? " |" : "|");
}

/* The page's tables say what ours does, row by row. */
static void the_page_has_the_same_rows(void **state)
{
	(void)state;
	CLEAN_BUF struct buf page = {0};
	vector_read("spec/statement.md", &page);
	for (int says = 0; says < SAYS_COUNT; says++) {
		const struct says_row *row = &says_table[says];
		CLEAN_BUF struct buf want = BUF_INIT(1000);
		buf_addf(&want, "\n| `%s` | ", row->name);
		const char *before = "";
		for (unsigned role = 1; role < ROLE_MACHINE && row->roles != ROLE_MACHINE - 1; role <<= 1) {
			if (row->roles & role) {
				buf_addf(&want, "%s%s", before, role_name(role));
				before = ", ";
			}
		}
		buf_add_text(&want, row->roles == ROLE_MACHINE - 1 ? "any | " : " | ");
		put_letters(&want, row->needs | row->needs_one_of, row->needs_one_of ? " or " : " ");
		buf_add_char(&want, ' ');
		put_letters(&want, row->allows & ~row->needs, " ");
		if (!memmem(page.data, page.len, want.data, want.len))
			fail_msg("spec/statement.md has no row %s", (const char *)want.data + 1);
		if (!row->reasons)
			continue;
		buf_clear(&want);
		buf_addf(&want, "\n| `%s` | `", row->name);
		for (const char *at = row->reasons; *at; at++) {
			if (*at == ',')
				buf_add_text(&want, "` `");
			else
				buf_add_char(&want, *at);
		}
		buf_add_text(&want, "` |\n");
		if (!memmem(page.data, page.len, want.data, want.len))
			fail_msg("spec/statement.md has no row %s", (const char *)want.data + 1);
	}
}

/* Of a paper letter: every row that has another meaning, in its words, and no more rows than those. */
static void the_page_has_the_meanings_for_paper(void **state)
{
	(void)state;
	CLEAN_BUF struct buf page = {0};
	vector_read("spec/statement.md", &page);
	static const char head[] = "\n| says | means, of a paper letter |\n|---|---|\n";
	const char *at = memmem(page.data, page.len, head, sizeof head - 1);
	assert_non_null(at);
	at += sizeof head - 1;
	for (int says = 0; says < SAYS_COUNT; says++) {
		const struct says_row *row = &says_table[says];
		CLEAN_BUF struct buf want = BUF_INIT(1000);
		assert_false(row->not_of_paper && row->means_paper);
		if (!row->not_of_paper && !row->means_paper)
			continue;
		buf_addf(&want, "| `%s` | %s |\n", row->name, row->not_of_paper ? "nobody's to say" : row->means_paper);
		if (memcmp(at, want.data, want.len) != 0)
			fail_msg("spec/statement.md has no row %s", (const char *)want.data);
		at += want.len;
	}
	assert_int_equal(*at, '\n');
}

static int write_code(const struct statement *s)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	struct valise_err err = {0};
	int r = statement_write(s, &text, &err);
	assert_int_equal(err.code, r);
	assert_true(r == 0 || text.len == 0);
	return r;
}

static void limits_at_and_over(void **state)
{
	(void)state;
	struct statement s = received();
	char longest[LIMIT_FREE_TEXT_BYTES + 1];
	memset(longest, 'x', sizeof longest);
	s.medium = (struct str){longest, LIMIT_FREE_TEXT_BYTES};
	assert_int_equal(write_code(&s), 0);
	s.medium.len++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);

	s = received();
	s.nth = LIMIT_NTH;
	assert_int_equal(write_code(&s), 0);
	s.nth++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.nth = 0;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);

	s = received();
	for (size_t i = 0; i < LIMIT_TEXT_LINES; i++)
		s.text[i] = (struct str){longest, LIMIT_FREE_TEXT_BYTES};
	s.n_text = LIMIT_TEXT_LINES;
	s.n_regarding = LIMIT_REGARDING;
	for (size_t i = 0; i < LIMIT_REGARDING; i++)
		digest_once(&i, sizeof i, &s.regarding[i]);
	assert_int_equal(write_code(&s), 0);
	s.n_text++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.n_text--;
	s.n_regarding++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.n_regarding--;
	s.regarding[3] = s.regarding[5];
	assert_int_equal(write_code(&s), VALISE_E_USAGE);

	s = received();
	s.time_s = TIME_MAX_S;
	assert_int_equal(write_code(&s), 0);
	s.time_s++;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.time_s = -1;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
}

/* Values that would bring lines of their own, or that no reader takes. */
static void the_writer_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = {"by hand\nby x",       "", " by hand", "by hand ", "by\thand", "\xff",
					  "by \xe2\x80\xae hand"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct statement s = received();
		s.medium = str_of(bad[i]);
		assert_int_equal(write_code(&s), VALISE_E_USAGE);
		s = received();
		s.n_text = 1;
		s.text[0] = str_of(bad[i]);
		assert_int_equal(write_code(&s), VALISE_E_USAGE);
	}
	struct statement s = received();
	s.role = ROLE_MACHINE;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.role = (unsigned)ROLE_CLERK | ROLE_READER;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s.role = 0;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = received();
	s.says = SAYS_COUNT;
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	s = received();
	memset(&s.by, 0, sizeof s.by);
	assert_int_equal(write_code(&s), VALISE_E_USAGE);
	/* The caller's own buffer may be too small for what is right. */
	s = received();
	CLEAN_BUF struct buf small = BUF_INIT(100);
	assert_int_equal(statement_write(&s, &small, NULL), VALISE_E_LIMIT);
}

static int work_verify(struct str bytes, struct valise_err *err)
{
	CLEAN_STATEMENT struct verified_statement *v = NULL;
	return statement_verify(bytes.at, bytes.len, &v, err);
}

static int work_write(struct str text, struct valise_err *err)
{
	struct statement s;
	size_t failing = failing_at;
	failing_at = 0;
	assert_int_equal(statement_parse(text, &s, NULL), 0);
	allocations = 0;
	failing_at = failing;
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_STATEMENT_BYTES);
	return statement_write(&s, &b, err);
}

static void failed_allocations(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/statement/example-proposed.note", &good);
	failing_in_turn(work_verify, buf_str(&good));
	failing_in_turn(work_write, vector_text(buf_str(&good)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_made),
		cmocka_unit_test(good_vectors_verify),
		cmocka_unit_test(refused_vectors_are),
		cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(every_row),
		cmocka_unit_test(every_reason),
		cmocka_unit_test(limits_at_and_over),
		cmocka_unit_test(the_writer_refuses),
		cmocka_unit_test(failed_allocations),
		cmocka_unit_test(the_page_has_the_same_rows),
		cmocka_unit_test(the_page_has_the_meanings_for_paper),
	};
	return cmocka_run_group_tests_name("format_statement", tests, NULL, NULL);
}
