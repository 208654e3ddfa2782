/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a disclosed leaf: what is taken is one that a cover with these values would make. */
#include <assert.h>

#include "format/cover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str leaf = {(const char *)data, size};
	struct valise_err err = {0};
	struct disclosed_leaf d;
	int r = disclosed_leaf_parse(leaf, &d, &err);
	assert(r == 0 || (r == VALISE_E_BAD && err.code == r && err.text[0]));
	if (r)
		return 0;
	uint8_t keys[COVER_KEYS_BYTES] = {0};
	struct cover c = {.keys = {keys, sizeof keys},
			  .subject = d.is_subject ? d.subject : STR("x"),
			  .has_reply = d.has_reply,
			  .in_reply_to = d.in_reply_to,
			  .parts = &d.part,
			  .n_parts = d.is_subject ? 0 : 1};
	struct seal s = {.from = {.office = d.from}};
	memcpy(s.nonce, d.nonce, sizeof s.nonce);
	CLEAN_BUF struct buf again = BUF_INIT(8192);
	r = cover_leaf(&c, &s, d.is_subject ? 0 : 1, &again, NULL);
	/* The salt comes from a seed that nobody discloses. */
	assert(r == 0 && again.len == size && memcmp(d.salt, data, 32) == 0 &&
	       memcmp(again.data + 32, data + 32, size - 32) == 0);
	return 0;
}
