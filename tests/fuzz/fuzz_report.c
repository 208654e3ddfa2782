/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a report's text: what is taken is written again, byte for byte. */
#include <assert.h>

#include "base/limits.h"
#include "format/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct valise_err err = {0};
	struct report_room room;
	struct report value = {0};
	int r = report_parse(text, &room, &value, &err);
	assert(r == 0 || (r == VALISE_E_BAD && err.code == r && err.text[0]));
	if (r)
		return 0;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REPORT_BYTES);
	r = report_write(&value, &again, NULL);
	assert(r == 0 && str_eq(buf_str(&again), text));
	return 0;
}
