/* SPDX-License-Identifier: Apache-2.0 */
/* A list of letters to be sealed: lines of cells with a tab between two, of which the first line names the columns. */
#ifndef FORMAT_SEAL_LIST_H
#define FORMAT_SEAL_LIST_H

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

enum seal_column { SEAL_COLUMN_TO, SEAL_COLUMN_REF, SEAL_COLUMN_SUBJECT, SEAL_COLUMN_FILE, SEAL_COLUMN_COUNT };
extern const char *const seal_column_names[SEAL_COLUMN_COUNT];

/* `file` is the last of them: any number of further cells are files too. */
struct seal_columns {
	unsigned at[SEAL_COLUMN_COUNT]; /* enum seal_column */
	size_t n;
};
/* The first line: "# " may stand before it, and of each cell the first word is the column's name. VALISE_E_USAGE for a name that is no
 * column's, or stands twice, and where `to` is missing, or `file` at the end. */
CHECKED int seal_columns_parse(struct str line, struct seal_columns *ret, struct valise_err *err);

/* One letter, in words of its own: each with its NUL, and without its escapes. */
struct seal_row {
	char *words; /* that the others point into; owned */
	const char *to[LIMIT_RECIPIENTS];
	size_t n_to;
	const char *ref, *subject;      /* NULL: none */
	const char *paths[LIMIT_PARTS]; /* raw bytes */
	size_t n_paths;
};
#define CLEAN_SEAL_ROW __attribute__((cleanup(seal_row_release)))
/* *ret needs no beginning, and is released also after a failure. In a cell \t, \n, \r, \\ and \, stand for a tab, the ends of lines, a
 * backslash, and a comma that is part of an office's name. VALISE_E_USAGE, VALISE_E_LIMIT. */
CHECKED int seal_row_parse(const struct seal_columns *columns, struct str line, struct seal_row *ret,
			   struct valise_err *err);
void seal_row_release(struct seal_row *row);

#endif
