/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a list of letters: a line that is one has offices and files, all of them words within what was allocated for the line. */
#include <assert.h>
#include <stdint.h>

#include "format/cells.h"
#include "format/seal_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_word(const struct seal_row *row, size_t room, const char *word)
{
	assert(word >= row->words && word + strlen(word) < row->words + room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seal_row row;
	struct str rest = {(const char *)data, size}, line;
	struct seal_columns columns;
	if (!cells_line(&rest, &line) || seal_columns_parse(line, &columns, NULL))
		return 0;
	assert(columns.n >= 2 && columns.at[columns.n - 1] == SEAL_COLUMN_FILE);
	while (cells_line(&rest, &line)) {
		if (seal_row_parse(&columns, line, &row, NULL) == 0) {
			assert(row.n_to >= 1 && row.n_to <= LIMIT_RECIPIENTS);
			assert(row.n_paths >= 1 && row.n_paths <= LIMIT_PARTS);
			for (size_t i = 0; i < row.n_to; i++)
				look_at_word(&row, line.len + 2, row.to[i]);
			for (size_t i = 0; i < row.n_paths; i++)
				look_at_word(&row, line.len + 2, row.paths[i]);
		}
		seal_row_release(&row);
	}
	return 0;
}
