/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lists of letters. */
#include "format/seal_list.h"

#include "base/text.h"
#include "format/cells.h"

const char *const seal_column_names[SEAL_COLUMN_COUNT] = {
	[SEAL_COLUMN_TO] = "to",
	[SEAL_COLUMN_REF] = "ref",
	[SEAL_COLUMN_SUBJECT] = "subject",
	[SEAL_COLUMN_FILE] = "file",
};

/* ---- The first line ---- */

static bool has_column(const struct seal_columns *c, enum seal_column column)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i] == column)
			return true;
	return false;
}

int seal_columns_parse(struct str line, struct seal_columns *ret, struct valise_err *err)
{
	struct seal_columns c = {.n = 0};
	int r = cells_columns(line, seal_column_names, SEAL_COLUMN_COUNT, "they are to, ref, subject and file", c.at,
			      &c.n, err);
	if (r)
		return r;
	if (!has_column(&c, SEAL_COLUMN_TO))
		return err_set(err, VALISE_E_USAGE, "there is no column to: which office does a letter go to?");
	if (c.at[c.n - 1] != SEAL_COLUMN_FILE)
		return err_set(err, VALISE_E_USAGE,
			       "the last column is file: any number of files may stand in a line from there on");
	*ret = c;
	return 0;
}

/* ---- A letter ---- */

struct row_reader {
	struct seal_row *row;
	char *at; /* where the next word goes: no word with its NUL is longer than its cell with the tab */
};

/* What stands for the byte after a backslash; 0: nothing does. */
static char escaped(char c)
{
	static const char from[] = "tnr\\,", to[] = "\t\n\r\\,";
	const char *found = c ? strchr(from, c) : NULL;
	return found ? to[found - from] : 0;
}

/* One word of a cell, up to `stop` (0: all of it). */
static int take_word(struct row_reader *r, struct str *cell, char stop, const char **ret, struct valise_err *err)
{
	char *word = r->at;
	size_t i = 0;
	for (; i < cell->len && !(stop && cell->at[i] == stop); i++) {
		char c = cell->at[i];
		if (c == '\\') {
			c = ++i < cell->len ? escaped(cell->at[i]) : 0;
			if (!c)
				return err_set(
					err, VALISE_E_USAGE,
					"a \\ stands before t, n, r, \\ or , only: write \\\\ for one that is part of the name");
		}
		*r->at++ = c;
	}
	*r->at++ = 0;
	*ret = word;
	*cell = i < cell->len ? (struct str){cell->at + i + 1, cell->len - i - 1} : (struct str){NULL, 0};
	return 0;
}

static int empty(const char *column, struct valise_err *err)
{
	return err_set(err, VALISE_E_USAGE, "the cell %s is empty: write - where there is nothing", column);
}

static int take_offices(struct row_reader *r, struct str cell, struct valise_err *err)
{
	cell = cells_trimmed(cell);
	if (!cell.len || str_eq(cell, STR("-")))
		return err_set(err, VALISE_E_USAGE, "the cell to is empty: which office does the letter go to?");
	while (cell.at) {
		if (r->row->n_to == LIMIT_RECIPIENTS)
			return err_set(err, VALISE_E_LIMIT, "a letter goes to at most %u offices", LIMIT_RECIPIENTS);
		/* The spaces around a name go when it is looked up. */
		int code = take_word(r, &cell, ',', &r->row->to[r->row->n_to], err);
		if (code)
			return code;
		const char *name = r->row->to[r->row->n_to++];
		if (!name[strspn(name, " ")])
			return err_set(
				err, VALISE_E_USAGE,
				"an office is missing beside a comma: a comma goes between two, and \\, is part of a name");
	}
	return 0;
}

static int take_text(struct row_reader *r, struct str cell, enum seal_column column, const char **ret,
		     struct valise_err *err)
{
	cell = cells_trimmed(cell);
	if (!cell.len)
		return empty(seal_column_names[column], err);
	return str_eq(cell, STR("-")) ? 0 : take_word(r, &cell, 0, ret, err);
}

static int take_path(struct row_reader *r, struct str cell, struct valise_err *err)
{
	if (!cell.len)
		return err_set(err, VALISE_E_USAGE, "a cell for a file is empty: name a file, or leave out the tab");
	if (str_eq(cell, STR("-")))
		return err_set(err, VALISE_E_USAGE,
			       "standard input cannot be sealed out of a list; a file of that name is ./-");
	if (r->row->n_paths == LIMIT_PARTS)
		return err_set(err, VALISE_E_LIMIT, "a letter has at most %u parts; put files into a directory",
			       LIMIT_PARTS);
	return take_word(r, &cell, 0, &r->row->paths[r->row->n_paths++], err);
}

static int take_cell(struct row_reader *r, enum seal_column column, struct str cell, struct valise_err *err)
{
	switch (column) {
	case SEAL_COLUMN_TO:
		return take_offices(r, cell, err);
	case SEAL_COLUMN_REF:
		return take_text(r, cell, column, &r->row->ref, err);
	case SEAL_COLUMN_SUBJECT:
		return take_text(r, cell, column, &r->row->subject, err);
	default:
		return take_path(r, cell, err);
	}
}

int seal_row_parse(const struct seal_columns *columns, struct str line, struct seal_row *ret, struct valise_err *err)
{
	struct row_reader r = {.row = ret};
	struct str cell;
	size_t n = 0;
	ret->n_to = ret->n_paths = 0;
	ret->ref = ret->subject = NULL;
	ret->words = NULL;
	if (line.len && memchr(line.at, 0, line.len))
		return err_set(err, VALISE_E_USAGE, "there is a NUL byte: this is no line of a list");
	ret->words = r.at = malloc(line.len + 2);
	if (!r.at)
		return err_nomem(err);
	for (; cells_next(&line, &cell); n++) {
		int code = take_cell(&r, columns->at[n < columns->n ? n : columns->n - 1], cell, err);
		if (code)
			return code;
	}
	if (n < columns->n)
		return err_set(
			err, VALISE_E_USAGE,
			"there are %zu cells, and the first line names %zu columns: put one tab between two cells, and - "
			"where there is nothing",
			n, columns->n);
	return 0;
}

void seal_row_release(struct seal_row *row)
{
	free(row->words);
	row->words = NULL;
}
