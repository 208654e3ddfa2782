/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a list of reports: cells are spans of their line, without tab or line break, never empty; parts are spans of their cell. */
#include <assert.h>
#include <stdint.h>

#include "format/cells.h"
#include "format/report_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_cell(struct str line, struct str cell)
{
	struct str parts[LIMIT_REPORT_VIA];
	size_t n;
	assert(cell.len && cell.at >= line.at && cell.at + cell.len <= line.at + line.len);
	assert(!memchr(cell.at, '\t', cell.len) && !memchr(cell.at, '\n', cell.len));
	if (report_cell_parts(cell, parts, LIMIT_REPORT_VIA, &n, NULL))
		return;
	assert(n >= 1 && n <= LIMIT_REPORT_VIA);
	for (size_t i = 0; i < n; i++)
		assert(parts[i].len && parts[i].at >= cell.at && parts[i].at + parts[i].len <= cell.at + cell.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size}, line;
	struct report_columns columns;
	if (!cells_line(&rest, &line) || report_columns_parse(line, &columns, NULL))
		return 0;
	assert(columns.n >= 1 && columns.n <= COLUMN_COUNT);
	while (cells_line(&rest, &line)) {
		struct report_cells cells;
		if (report_cells_parse(&columns, line, &cells, NULL))
			continue;
		for (size_t i = 0; i < COLUMN_COUNT; i++)
			if (cells.at[i].at)
				look_at_cell(line, cells.at[i]);
	}
	return 0;
}
