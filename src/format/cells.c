/* SPDX-License-Identifier: Apache-2.0 */
/* Splits lists into lines, and lines into cells. */
#include "format/cells.h"

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
