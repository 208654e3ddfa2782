/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lists of reports. */
#include "format/report_list.h"

#include "base/text.h"
#include "format/cells.h"

const char *const report_column_names[COLUMN_COUNT] = {
	[COLUMN_OFFSET] = "offset",
	[COLUMN_LENGTH] = "length",
	[COLUMN_QUOTE] = "quote",
	[COLUMN_SAYS] = "says",
	[COLUMN_VIA] = "via",
	[COLUMN_SPEAKER] = "speaker",
	[COLUMN_VERB] = "verb",
	[COLUMN_MEDIUM] = "medium",
	[COLUMN_WHEN] = "when",
	[COLUMN_QUOTED] = "quoted",
	[COLUMN_OF] = "of",
	[COLUMN_CARRIAGE] = "carriage",
	[COLUMN_RESOLVED] = "resolved",
	[COLUMN_WHERE] = "where",
	[COLUMN_SPEAKER_OFFICE] = "speaker-office",
	[COLUMN_SPEAKER_ADDRESSEE] = "speaker-addressee",
	[COLUMN_REGARDING] = "regarding",
	[COLUMN_EXHIBIT] = "exhibit",
};

int report_columns_parse(struct str line, struct report_columns *ret, struct valise_err *err)
{
	struct report_columns c = {.n = 0};
	int r = cells_columns(line, report_column_names, COLUMN_COUNT, "valise-report(1) lists them", c.at, &c.n, err);
	if (!r)
		*ret = c;
	return r;
}

int report_cells_parse(const struct report_columns *columns, struct str line, struct report_cells *ret,
		       struct valise_err *err)
{
	struct report_cells cells = {0};
	struct str cell;
	size_t n = 0;
	if (!text_is_utf8(line) || (line.len && memchr(line.at, 0, line.len)))
		return err_set(err, VALISE_E_USAGE, "this is no text in UTF-8: write the list anew as that");
	for (; cells_next(&line, &cell); n++) {
		if (n >= columns->n)
			continue;
		const char *name = report_column_names[columns->at[n]];
		cell = cells_trimmed(cell);
		if (!cell.len)
			return err_set(err, VALISE_E_USAGE, "the cell %s is empty: write - where there is nothing",
				       name);
		if (!str_eq(cell, STR("-")))
			cells.at[columns->at[n]] = cell;
	}
	if (n != columns->n)
		return err_set(
			err, VALISE_E_USAGE,
			"there are %zu cells, and the first line names %zu columns: put one tab between two cells, and - "
			"where there is nothing",
			n, columns->n);
	*ret = cells;
	return 0;
}

int report_cell_parts(struct str cell, struct str *ret, size_t max, size_t *ret_n, struct valise_err *err)
{
	static const char between[] = " < ";
	size_t n = 0;
	while (cell.at) {
		const char *end = cell.len ? memmem(cell.at, cell.len, between, sizeof between - 1) : NULL;
		size_t len = end ? (size_t)(end - cell.at) : cell.len;
		struct str part = cells_trimmed((struct str){cell.at, len});
		if (!part.len || part.at[0] == '<' || part.at[part.len - 1] == '<' ||
		    memmem(part.at, part.len, " <", 2))
			return err_set(
				err, VALISE_E_USAGE,
				"something is missing beside a <: it goes between two, with a space on either side");
		if (n == max)
			return err_set(err, VALISE_E_USAGE,
				       "there are more than %zu with < between two: a report has at most that many",
				       max);
		ret[n++] = part;
		len += end ? sizeof between - 1 : 0;
		cell = end ? (struct str){cell.at + len, cell.len - len} : (struct str){NULL, 0};
	}
	*ret_n = n;
	return 0;
}
