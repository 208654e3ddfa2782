/* SPDX-License-Identifier: Apache-2.0 */
/* What an export opens with is written again as the same bytes, and no name of a member leads out of a spool. */
#include <assert.h>

#include "format/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEAN_BUF struct buf again = BUF_INIT(EXPORT_HEAD_BYTES);
	struct str text = {(const char *)data, size};
	struct export_head head;
	enum export_kind kind;
	if (export_head_parse(text, &head, NULL) == 0) {
		export_head_write(&head, &again);
		assert(str_eq(buf_str(&again), text));
	}
	if (export_kind_of(text, &kind)) {
		assert(size < EXPORT_PATH_BYTES && !memchr(data, 0, size) && !memmem(data, size, "..", 2));
		assert(kind == EXPORT_DATABASE || !memmem(data, size, "valise.db", 9));
	}
	return 0;
}
