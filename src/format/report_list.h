/* SPDX-License-Identifier: Apache-2.0 */
/* A list of reports to be filed: lines of cells with a tab between two, of which the first line names the columns. */
#ifndef FORMAT_REPORT_LIST_H
#define FORMAT_REPORT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

enum report_column {
	COLUMN_OFFSET,
	COLUMN_LENGTH,
	COLUMN_QUOTE,
	COLUMN_SAYS,
	COLUMN_VIA,
	COLUMN_SPEAKER,
	COLUMN_VERB,
	COLUMN_MEDIUM,
	COLUMN_WHEN,
	COLUMN_QUOTED,
	COLUMN_OF,
	COLUMN_CARRIAGE,
	COLUMN_RESOLVED,
	COLUMN_WHERE,
	COLUMN_SPEAKER_OFFICE,
	COLUMN_SPEAKER_ADDRESSEE,
	COLUMN_REGARDING,
	COLUMN_EXHIBIT,
	COLUMN_COUNT
};
extern const char *const report_column_names[COLUMN_COUNT];

struct report_columns {
	unsigned at[COLUMN_COUNT]; /* enum report_column */
	size_t n;
};
/* The first line: "# " may stand before it, and of each cell the first word is the column's name. VALISE_E_USAGE for a name that is no
 * column's, or stands twice. */
CHECKED int report_columns_parse(struct str line, struct report_columns *ret, struct valise_err *err);

/* Spans of the line, by column; .at NULL where the cell is "-", or there is no such column. */
struct report_cells {
	struct str at[COLUMN_COUNT];
};
/* VALISE_E_USAGE when it has another number of cells than the first line, an empty one, or what is no text. */
CHECKED int report_cells_parse(const struct report_columns *columns, struct str line, struct report_cells *ret,
			       struct valise_err *err);
/* The parts of a cell that " < " separates: outermost first. VALISE_E_USAGE when there are more than `max`, or one is empty. */
CHECKED int report_cell_parts(struct str cell, struct str *ret, size_t max, size_t *ret_n, struct valise_err *err);

#endif
