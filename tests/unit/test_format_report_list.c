/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of reports: which column is which, what is no cell, and what is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "format/cells.h"
#include "format/report_list.h"

static struct report_columns columns_of(const char *line)
{
	struct report_columns c = {.n = 0};
	struct valise_err err = {0};
	assert_int_equal(report_columns_parse(str_of(line), &c, &err), 0);
	return c;
}

static void columns(void **state)
{
	(void)state;
	static const enum report_column expected[] = {COLUMN_OFFSET, COLUMN_LENGTH, COLUMN_SAYS, COLUMN_WHEN};
	static const char *const lines[] = {"offset\tlength\tsays\twhen",
					    "# offset\tlength\tsays\twhen (as reported)   so",
					    " offset \tlength of it\tsays\twhen"};
	for (size_t i = 0; i < 3; i++) {
		struct report_columns c = columns_of(lines[i]);
		assert_int_equal(c.n, 4);
		assert_memory_equal(c.at, expected, sizeof expected);
	}
	static const struct {
		const char *line, *says;
	} refused[] = {{"offset\tcolour", "\"colour\" is no column"},
		       {"offset\toffset", "two columns offset"},
		       {"offset\t", "\"\" is no column"},
		       {"", "\"\" is no column"},
		       {"Offset", "\"Offset\" is no column"},
		       {"#offset", "\"#offset\" is no column"}};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct report_columns c;
		struct valise_err err = {0};
		assert_int_equal(report_columns_parse(str_of(refused[i].line), &c, &err), VALISE_E_USAGE);
		assert_non_null(strstr(err.text, refused[i].says));
	}
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		assert_int_equal(columns_of(report_column_names[i]).at[0], i);
}

static void cells(void **state)
{
	(void)state;
	struct report_columns c = columns_of("quote\tsays\tvia");
	struct report_cells got;
	struct valise_err err = {0};
	assert_int_equal(report_cells_parse(&c, STR(" we  got it \tother\t-"), &got, &err), 0);
	assert_true(str_eq(got.at[COLUMN_QUOTE], STR("we  got it")));
	assert_true(str_eq(got.at[COLUMN_SAYS], STR("other")));
	assert_true(!got.at[COLUMN_VIA].at && !got.at[COLUMN_VERB].at);
	static const struct {
		const char *line, *says;
	} refused[] = {{"a\tb", "2 cells, and the first line names 3"},
		       {"a\tb\tc\td", "4 cells"},
		       {"a\t\tc", "the cell says is empty"},
		       {"a\tb\t ", "the cell via is empty"},
		       {"a\tb\t\xff", "no text in UTF-8"}};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		assert_int_equal(report_cells_parse(&c, str_of(refused[i].line), &got, &err), VALISE_E_USAGE);
		assert_non_null(strstr(err.text, refused[i].says));
	}
	assert_int_equal(report_cells_parse(&c, STR("a\tb\0\tc"), &got, &err), VALISE_E_USAGE);
}

static void lines(void **state)
{
	(void)state;
	struct str rest = STR("one\r\n\ntwo\rx\nthree"), line;
	static const char *const expected[] = {"one", "", "two\rx", "three"};
	for (size_t i = 0; i < 4; i++) {
		assert_true(cells_line(&rest, &line));
		assert_true(str_eq(line, str_of(expected[i])));
	}
	assert_false(cells_line(&rest, &line));
}

static void parts(void **state)
{
	(void)state;
	struct str got[3];
	struct valise_err err = {0};
	size_t n = 9;
	assert_int_equal(report_cell_parts((struct str){NULL, 0}, got, 3, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(report_cell_parts(STR("an agency < a<b < c"), got, 3, &n, &err), 0);
	assert_true(n == 3 && str_eq(got[0], STR("an agency")) && str_eq(got[1], STR("a<b")) &&
		    str_eq(got[2], STR("c")));
	assert_int_equal(report_cell_parts(STR("a < b < c < d"), got, 3, &n, &err), VALISE_E_USAGE);
	assert_int_equal(report_cell_parts(STR("a <  < c"), got, 3, &n, &err), VALISE_E_USAGE);
	assert_int_equal(report_cell_parts(STR("a < b <c"), got, 3, &n, &err), VALISE_E_USAGE);
	assert_int_equal(report_cell_parts(STR("< b"), got, 3, &n, &err), VALISE_E_USAGE);
	assert_int_equal(report_cell_parts(STR("a < b <"), got, 3, &n, &err), VALISE_E_USAGE);
	assert_int_equal(report_cell_parts(STR("a < "), got, 3, &n, &err), VALISE_E_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),
		cmocka_unit_test(cells),
		cmocka_unit_test(lines),
		cmocka_unit_test(parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
