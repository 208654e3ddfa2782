/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that people and spreadsheets write: lines of cells, with a tab between two. */
#ifndef FORMAT_CELLS_H
#define FORMAT_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Splits off the first line, without its LF or CRLF; the last may lack it. False at the end. */
bool cells_line(struct str *rest, struct str *ret_line);
size_t cells_count_lines(struct str s);
/* Blank lines, and notes of whoever made the list, which begin with #. */
bool cells_is_passed_over(struct str line);
/* Splits off the cell before the next tab. False when there is none left. */
bool cells_next(struct str *rest, struct str *ret);
/* The first line: "# " may stand before it, and of each cell the first word is a column's name. Their numbers in `names`, as they stand,
 * into ret_at, which has room for n_names. VALISE_E_USAGE, and nothing else is promised, for a name that stands twice or is none of them:
 * `which` tells a person what they are. */
CHECKED int cells_columns(struct str line, const char *const *names, size_t n_names, const char *which,
			  unsigned *ret_at, size_t *ret_n, struct valise_err *err);
/* Without the spaces around it. */
struct str cells_trimmed(struct str s);

#endif
