/* SPDX-License-Identifier: Apache-2.0 */
/* The first record of a bag between the machines of one office: for which keys all of it is wrapped (spec/bag.md, "Inside an office"). */
#ifndef FORMAT_INSIDE_MARK_H
#define FORMAT_INSIDE_MARK_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

/* Appends "valise/inside@v1\naudience <hash>\n". */
void inside_mark_write(struct buf *b, const struct hash *audience);
/* False for anything but what inside_mark_write writes. */
CHECKED bool inside_mark_parse(struct str s, struct hash *ret_audience);

#endif
