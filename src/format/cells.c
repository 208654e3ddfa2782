/* SPDX-License-Identifier: Apache-2.0 */
/* Splits lists into lines, and lines into cells. */
#include "format/cells.h"

#include "base/text.h"

bool cells_line(struct str *rest, struct str *ret_line)
{
	if (!rest->len)
		return false;
	const char *end = memchr(rest->at, '\n', rest->len);
	size_t len = end ? (size_t)(end - rest->at) : rest->len;
	*ret_line = (struct str){rest->at, len && rest->at[len - 1] == '\r' ? len - 1 : len};
	len += end != NULL;
	*rest = (struct str){rest->at + len, rest->len - len};
	return true;
}

size_t cells_count_lines(struct str s)
{
	size_t n = 0;
	for (struct str line; cells_line(&s, &line);)
		n++;
	return n;
}

bool cells_is_passed_over(struct str line)
{
	return line.len == 0 || line.at[0] == '#';
}

bool cells_next(struct str *rest, struct str *ret)
{
	if (!rest->at)
		return false;
	const char *end = memchr(rest->at, '\t', rest->len);
	size_t len = end ? (size_t)(end - rest->at) : rest->len;
	*ret = (struct str){rest->at, len};
	*rest = end ? (struct str){end + 1, rest->len - len - 1} : (struct str){NULL, 0};
	return true;
}

struct str cells_trimmed(struct str s)
{
	while (s.len && s.at[0] == ' ')
		s = (struct str){s.at + 1, s.len - 1};
	while (s.len && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

static bool column_of(struct str name, const char *const *names, size_t n_names, unsigned *ret)
{
	for (unsigned i = 0; i < n_names; i++)
		if (str_eq(name, str_of(names[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

int cells_columns(struct str line, const char *const *names, size_t n_names, const char *which, unsigned *ret_at,
		  size_t *ret_n, struct valise_err *err)
{
	struct str cell;
	size_t n = 0;
	if (str_starts(line, STR("# ")))
		line = (struct str){line.at + 2, line.len - 2};
	while (cells_next(&line, &cell)) {
		unsigned column;
		cell = cells_trimmed(cell);
		const char *space = cell.len ? memchr(cell.at, ' ', cell.len) : NULL;
		if (space)
			cell.len = (size_t)(space - cell.at);
		if (!column_of(cell, names, n_names, &column))
			return err_set(err, VALISE_E_USAGE,
				       "\"%s\" is no column: the first line names columns, with a tab between two; %s",
				       text_shown(cell).text, which);
		for (size_t i = 0; i < n; i++)
			if (ret_at[i] == column)
				return err_set(err, VALISE_E_USAGE, "there are two columns %s: leave one out",
					       names[column]);
		ret_at[n++] = column;
	}
	*ret_n = n;
	return 0;
}
