/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a cover: what is taken is written again, byte for byte, and every leaf of it can be made and read. */
#include <assert.h>

#include "base/limits.h"
#include "format/cover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct valise_err err = {0};
	CLEAN_COVER struct cover value = {0};
	int r = cover_parse(text, &value, &err);
	assert(r == 0 || (r == VALISE_E_BAD && err.code == r && err.text[0]));
	if (r)
		return 0;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_COVER_BYTES);
	r = cover_write(&value, &again, NULL);
	assert(r == 0 && str_eq(buf_str(&again), text));
	struct seal seal = {0};
	for (size_t i = 0; i <= value.n_parts; i++) {
		CLEAN_BUF struct buf leaf = BUF_INIT(8192);
		struct disclosed_leaf d;
		r = cover_leaf(&value, &seal, i, &leaf, NULL);
		assert(r == 0);
		r = disclosed_leaf_parse(buf_str(&leaf), &d, NULL);
		assert(r == 0 && d.is_subject == (i == 0));
	}
	return 0;
}
