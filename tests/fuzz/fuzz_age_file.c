/* SPDX-License-Identifier: Apache-2.0 */
/* Whole age files: the input as it is, and the input as the stanzas and plaintext of a file whose MAC and chunks are right. */
#include <assert.h>
#include <stdlib.h>

#include "base/encode.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "format/age.h"

static const uint8_t file_key[AGE_FILE_KEY_BYTES] = "sixteen bytes, y";
static struct age_identity id;

/* "first line of the file" stanzas, ours, "--- MAC", payload: with our stanza where the input has a line "@". */
static void forge(struct buf *b, struct str stanzas, struct str plain)
{
	static const uint8_t randomness[AGE_RANDOM_BYTES(1)] = "sixteen bytes, y and so on";
	struct age_recipient r;
	memcpy(r.point, id.point, sizeof r.point);
	CLEAN_BUF struct buf whole = BUF_INIT(1u << 22);
	size_t len;
	if (age_file_seal(plain, &r, 1, randomness, &whole, NULL) ||
	    age_header_length(whole.data, whole.len, &len, NULL))
		abort();
	struct str intro = {(char *)whole.data, 22};
	const char *mac = memmem(whole.data, len, "\n---", 4);
	struct str ours = {intro.at + intro.len, (size_t)(mac + 1 - intro.at) - intro.len};
	buf_add_str(b, intro);
	const char *mark = memmem(stanzas.at, stanzas.len, "@\n", 2);
	size_t before = mark ? (size_t)(mark - stanzas.at) : 0;
	buf_add(b, stanzas.at, before);
	buf_add_str(b, ours);
	buf_add(b, stanzas.at + before + (mark ? 2 : 0), stanzas.len - before - (mark ? 2 : 0));
	buf_add_text(b, "---");
	uint8_t key[32];
	uint8_t value[32];
	hkdf_sha256(file_key, sizeof file_key, NULL, 0, "header", key, sizeof key);
	hmac_sha256(key, sizeof key, b->data, b->len, value);
	buf_add_char(b, ' ');
	base64_raw_encode(b, value, sizeof value);
	buf_add_char(b, '\n');
	buf_add(b, whole.data + len, whole.len - len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t secret[32] = "the fuzzer's own secret, thirty";
	if (!id.point[0] && age_identity_x25519(secret, &id, NULL))
		abort();
	CLEAN_BUF struct buf plain = BUF_INIT(1u << 22);
	struct valise_err err = {0};
	int r = age_file_open(data, size, &id, 1, &plain, NULL, &err);
	assert(r == 0 || (plain.len == 0 && err.text[0]));

	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	if (!zero)
		return 0;
	struct str stanzas = {(const char *)data, (size_t)(zero - data)};
	struct str words = {(const char *)zero + 1, size - stanzas.len - 1};
	CLEAN_BUF struct buf file = BUF_INIT(1u << 22);
	forge(&file, stanzas, words);
	buf_clear(&plain);
	r = age_file_open(file.data, file.len, &id, 1, &plain, NULL, &err);
	/* Not always ours to open: the stanzas may end the header before ours, which is then but payload. */
	assert(r == 0 ? str_eq(buf_str(&plain), words) : (r == VALISE_E_BAD || r == VALISE_E_LOCKED) && plain.len == 0);
	return 0;
}
