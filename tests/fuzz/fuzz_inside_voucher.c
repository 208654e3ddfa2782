/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what vouches for a bag inside an office: what is found in it is written in it so. */
#include <assert.h>

#include "format/inside_voucher.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct age_recipient to, by;
	uint8_t tag[INSIDE_TAG_BYTES];
	/* The first key that it is for, if it is well-formed so far. */
	if (size < 153 || !age_recipient_parse((struct str){text.at + 89, AGE_RECIPIENT_TEXT_BYTES}, &to) ||
	    !inside_voucher_find(text, &to, &by, tag))
		return 0;
	assert(inside_voucher_is(text));
	CLEAN_BUF struct buf again = BUF_INIT(256);
	inside_voucher_begin(&again, &by);
	inside_voucher_line(&again, &to, tag);
	assert(!again.error && str_starts(text, buf_str(&again)));
	return 0;
}
