/* SPDX-License-Identifier: Apache-2.0 */
/* A bag's frame as bytes, shared by the writer and the reader (spec/bag.md, "Layout"). */
#ifndef FORMAT_BAG_FRAME_H
#define FORMAT_BAG_FRAME_H

#include "format/bag.h"

#define BAG_MAGIC_BYTES 4
extern const uint8_t bag_magic[BAG_MAGIC_BYTES];
extern const uint8_t bag_first_line[BAG_HEADER_BYTES - BAG_ID_BYTES];

void bag_frame_write(const struct bag_record *r, uint8_t ret[static BAG_FRAME_BYTES]);
/* All of *ret but data. False when it is no frame: another magic, too long, or a check that does not fit. */
CHECKED bool bag_frame_read(const uint8_t frame[static BAG_FRAME_BYTES], struct bag_record *ret);
/* Whether it keeps to its kind's row; a kind of a later version always does. */
bool bag_record_ok(const struct bag_record *r);

#endif
