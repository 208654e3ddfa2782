/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a request's text: what is taken is written again, byte for byte. */
#include <assert.h>

#include "base/limits.h"
#include "format/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct valise_err err = {0};
	struct request value = {0};
	int r = request_parse(text, &value, &err);
	assert(r == 0 || (r == VALISE_E_BAD && err.code == r && err.text[0]));
	if (r)
		return 0;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REQUEST_BYTES);
	r = request_write(&value, &again, NULL);
	assert(r == 0 && str_eq(buf_str(&again), text));
	return 0;
}
