/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a register entry's text: what is taken is written again, byte for byte. */
#include <assert.h>

#include "base/limits.h"
#include "format/register.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct valise_err err = {0};
	CLEAN_REGISTER_ENTRY struct register_entry value = {0};
	int r = register_entry_parse(text, &value, &err);
	assert(r == 0 || (r == VALISE_E_BAD && err.code == r && err.text[0]));
	if (r)
		return 0;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	r = register_entry_write(&value, &again, NULL);
	assert(r == 0 && str_eq(buf_str(&again), text));
	return 0;
}
