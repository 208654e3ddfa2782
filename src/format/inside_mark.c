/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes the mark of a bag between the machines of one office. */
#include "format/inside_mark.h"

#define BEGINNING "valise/inside@v1\naudience "

void inside_mark_write(struct buf *b, const struct hash *audience)
{
	buf_addf(b, BEGINNING "%s\n", hash_hex(audience).text);
}

bool inside_mark_parse(struct str s, struct hash *ret_audience)
{
	const struct str beginning = STR(BEGINNING);
	if (s.len != beginning.len + HASH_HEX_BYTES + 1 || !str_starts(s, beginning) || s.at[s.len - 1] != '\n')
		return false;
	return hash_parse((struct str){s.at + beginning.len, HASH_HEX_BYTES}, ret_audience);
}
