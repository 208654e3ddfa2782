/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of letters: which column is which, what is no line, and what escapes stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "format/cells.h"
#include "format/seal_list.h"

static struct seal_columns columns_of(const char *line)
{
	struct seal_columns c = {.n = 0};
	assert_int_equal(seal_columns_parse(str_of(line), &c, NULL), 0);
	return c;
}

static void columns(void **state)
{
	(void)state;
	struct seal_columns c = columns_of("# subject\tto\tref of ours\t file and more");
	static const enum seal_column expected[] = {SEAL_COLUMN_SUBJECT, SEAL_COLUMN_TO, SEAL_COLUMN_REF,
						    SEAL_COLUMN_FILE};
	assert_int_equal(c.n, 4);
	assert_memory_equal(c.at, expected, sizeof expected);
	assert_int_equal(columns_of("to\tfile").n, 2);
	static const struct {
		const char *line, *says;
	} refused[] = {{"to\tcolour\tfile", "\"colour\" is no column"},
		       {"to\tto\tfile", "two columns to"},
		       {"to\tfile\tfile", "two columns file"},
		       {"ref\tfile", "no column to"},
		       {"to\tfile\tref", "the last column is file"},
		       {"to", "the last column is file"},
		       {"", "\"\" is no column"},
		       {"to\t\tfile", "\"\" is no column"},
		       {"To\tfile", "\"To\" is no column"}};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct valise_err err = {0};
		assert_int_equal(seal_columns_parse(str_of(refused[i].line), &c, &err), VALISE_E_USAGE);
		assert_non_null(strstr(err.text, refused[i].says));
	}
}

static void rows(void **state)
{
	(void)state;
	struct seal_columns c = columns_of("to\tref\tsubject\tfile");
	struct seal_row row;
	assert_int_equal(seal_row_parse(&c, STR(" Oslo , The mission\\, north\tN/1\t - \ta b\t\\ta\\nb\\\\c\\r\\,\t -"),
					&row, NULL),
			 0);
	assert_int_equal(row.n_to, 2);
	assert_string_equal(row.to[0], "Oslo ");
	assert_string_equal(row.to[1], " The mission, north");
	assert_string_equal(row.ref, "N/1");
	assert_null(row.subject);
	assert_int_equal(row.n_paths, 3);
	assert_string_equal(row.paths[0], "a b");
	assert_string_equal(row.paths[1], "\ta\nb\\c\r,");
	assert_string_equal(row.paths[2], " -");
	seal_row_release(&row);
	static const struct {
		const char *line, *says;
	} refused[] = {{"Oslo\t-\t-", "3 cells, and the first line names 4"},
		       {"", "the cell to is empty"},
		       {"-\t-\t-\tf", "the cell to is empty"},
		       {"a,,b\t-\t-\tf", "an office is missing beside a comma"},
		       {",a\t-\t-\tf", "an office is missing beside a comma"},
		       {"a, \t-\t-\tf", "an office is missing beside a comma"},
		       {"a\t\t-\tf", "the cell ref is empty"},
		       {"a\t-\t \tf", "the cell subject is empty"},
		       {"a\t-\t-\t", "a cell for a file is empty"},
		       {"a\t-\t-\tf\t", "a cell for a file is empty"},
		       {"a\t-\t-\t-", "standard input cannot"},
		       {"a\t-\t-\tf\\", "a \\ stands before"},
		       {"a\t-\t-\t\\xff", "a \\ stands before"}};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct valise_err err = {0};
		assert_int_equal(seal_row_parse(&c, str_of(refused[i].line), &row, &err), VALISE_E_USAGE);
		assert_non_null(strstr(err.text, refused[i].says));
		seal_row_release(&row);
	}
	assert_int_equal(seal_row_parse(&c, STR("a\t-\t-\tf\0g"), &row, NULL), VALISE_E_USAGE);
	seal_row_release(&row);
}

/* A line of `n` words with `between` between two, after `before`. */
static char *line_of(const char *before, const char *word, const char *between, size_t n, const char *after)
{
	size_t room = strlen(before) + n * (strlen(word) + strlen(between)) + strlen(after) + 1, at = 0;
	char *line = malloc(room);
	assert_non_null(line);
	at += (size_t)snprintf(line, room, "%s", before);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(line + at, room - at, "%s%s", i ? between : "", word);
	(void)snprintf(line + at, room - at, "%s", after);
	return line;
}

static int parse(char *line, struct seal_row *row)
{
	struct seal_columns c = columns_of("to\tfile");
	int r = seal_row_parse(&c, str_of(line), row, NULL);
	seal_row_release(row);
	free(line);
	return r;
}

static void limits(void **state)
{
	(void)state;
	struct seal_row row;
	assert_int_equal(parse(line_of("", "a", ",", LIMIT_RECIPIENTS, "\tf"), &row), 0);
	assert_int_equal(row.n_to, LIMIT_RECIPIENTS);
	assert_int_equal(parse(line_of("", "a", ",", LIMIT_RECIPIENTS + 1, "\tf"), &row), VALISE_E_LIMIT);
	assert_int_equal(parse(line_of("a\t", "f", "\t", LIMIT_PARTS, ""), &row), 0);
	assert_int_equal(row.n_paths, LIMIT_PARTS);
	assert_int_equal(parse(line_of("a\t", "f", "\t", LIMIT_PARTS + 1, ""), &row), VALISE_E_LIMIT);
	assert_int_equal(parse(line_of("a\t", "f", "\t", 1000000, ""), &row), VALISE_E_LIMIT);
}

static void lines(void **state)
{
	(void)state;
	struct str rest = STR("one\r\n\ntwo\rx\nthree"), line;
	static const char *const expected[] = {"one", "", "two\rx", "three"};
	assert_int_equal(cells_count_lines(rest), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_true(cells_line(&rest, &line));
		assert_true(str_eq(line, str_of(expected[i])));
		assert_int_equal(cells_is_passed_over(line), i == 1);
	}
	assert_false(cells_line(&rest, &line));
	assert_true(cells_is_passed_over(STR("# a note")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),
		cmocka_unit_test(rows),
		cmocka_unit_test(limits),
		cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
