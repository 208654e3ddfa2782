/* SPDX-License-Identifier: Apache-2.0 */
/* The public way to show bytes from outside, and to know their width, so that no face needs one of its own. */
#include <valise/valise.h>

#include <stdint.h>
#include <utf8proc.h>

#include "base/text.h"

char *valise_shown(const char *bytes)
{
	struct str s = str_of(bytes);
	struct buf b;
	if (s.len > (SIZE_MAX - 1) / 12)
		return NULL;
	/* A byte is shown as at most twelve. */
	buf_init(&b, s.len * 12 + 1);
	text_show(&b, s);
	buf_add_text(&b, "");
	if (b.error || !b.data) {
		bool empty = !b.error;
		buf_release(&b);
		return empty ? calloc(1, 1) : NULL;
	}
	return (char *)buf_take(&b, NULL);
}

bool valise_plain(const char *shown)
{
	return text_is_plain(str_of(shown));
}

size_t valise_fitting(const char *text, size_t len, size_t max, size_t *ret_columns)
{
	size_t at = 0, columns = 0;
	while (at < len) {
		utf8proc_int32_t c;
		size_t rest = len - at < 4 ? len - at : 4;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)rest, &c);
		size_t wide = n > 0 ? (size_t)utf8proc_charwidth(c) : 1;
		if (at && columns + wide > max)
			break;
		columns += wide;
		at += n > 0 ? (size_t)n : 1;
	}
	*ret_columns = columns;
	return at;
}
