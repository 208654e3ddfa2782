/* SPDX-License-Identifier: Apache-2.0 */
/* The public way to show bytes from outside, so that no face needs an escaping of its own. */
#include <valise/valise.h>

#include <stdint.h>

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
