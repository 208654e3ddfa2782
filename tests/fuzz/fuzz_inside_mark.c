/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the mark of a bag inside an office: what is taken is written again, byte for byte. */
#include <assert.h>

#include "format/inside_mark.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct hash audience;
	if (!inside_mark_parse(text, &audience))
		return 0;
	CLEAN_BUF struct buf again = BUF_INIT(256);
	inside_mark_write(&again, &audience);
	assert(str_eq(buf_str(&again), text));
	return 0;
}
