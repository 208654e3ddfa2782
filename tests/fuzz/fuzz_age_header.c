/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an age header, opened with an X25519 identity and a passphrase that the corpus is made for. */
#include <assert.h>
#include <stdlib.h>

#include "format/age.h"

/* The costly part of scrypt is its memory, not our code: larger work factors are left to the tests. */
static bool is_cheap(const uint8_t *data, size_t size)
{
	const char *at = memmem(data, size, "-> scrypt ", 10);
	const char *end = at ? memchr(at, '\n', size - (size_t)(at - (const char *)data)) : NULL;
	return !end || (end[-2] == ' ' && end[-1] <= '6');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t secret[32] = "the fuzzer's own secret, thirty";
	static struct age_identity ids[2] = {{0}, {.type = AGE_PASSPHRASE, .passphrase = STR("fuzz")}};
	if (!ids[0].point[0] && age_identity_x25519(secret, &ids[0], NULL))
		abort();
	size_t len = 0;
	struct valise_err err = {0};
	int r = age_header_length(data, size, &len, &err);
	assert(r == 0 || err.text[0]);
	if (r || len == 0)
		return 0;
	assert(len <= size);
	/* What has a length has it as a prefix too, and one byte less is not enough to tell. */
	size_t again = 0;
	assert(age_header_length(data, len, &again, NULL) == 0 && again == len);
	assert(age_header_length(data, len - 1, &again, NULL) == 0 && again == 0);
	uint8_t file_key[AGE_FILE_KEY_BYTES];
	size_t n, n_x25519;
	r = age_header_stanzas(data, len, &n, &n_x25519, &err);
	assert(r || n_x25519 <= n);
	if (is_cheap(data, len)) {
		int opened = age_header_open(data, len, ids, 2, file_key, &n, &err);
		assert(!r || opened == r);
		assert(opened || n < 2);
	}
	return 0;
}
