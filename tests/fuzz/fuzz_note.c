/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a note: what can be split is put together again from its parts, byte for byte; and C2SP's check takes any bytes. */
#include <assert.h>

#include "base/encode.h"
#include "base/limits.h"
#include "format/vkey.h"

#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

/* From what the struct says alone. */
static void put_together(const struct note *n, struct buf *ret)
{
	buf_add_str(ret, n->text);
	buf_add_char(ret, '\n');
	for (size_t i = 0; i < n->n_by; i++) {
		struct vkey_name name = vkey_name(&n->by[i]);
		uint8_t bytes[VKEY_HASH_BYTES + ED25519_SIGNATURE_BYTES];
		vkey_hash(str_of(name.text), n->by[i].key, bytes);
		memcpy(bytes + VKEY_HASH_BYTES, n->signatures[i], ED25519_SIGNATURE_BYTES);
		buf_addf(ret, "\xe2\x80\x94 %s ", name.text);
		base64_encode(ret, bytes, sizeof bytes);
		buf_add_char(ret, '\n');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size};
	int c2sp = note_check_c2sp(bytes, STR(PETER), NULL);
	assert(c2sp == 0 || c2sp == VALISE_E_BAD);
	struct valise_err err = {0};
	CLEAN_NOTE struct note n = {0};
	int r = note_split(data, size, &n, &err);
	assert(r == 0 || (r == VALISE_E_BAD && err.code == r && err.text[0]));
	if (r)
		return 0;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_NOTE_BYTES);
	put_together(&n, &again);
	assert(str_eq(buf_str(&again), bytes) && n.n_by > 0);
	r = note_verify(&n, &err);
	assert(r == 0 || r == VALISE_E_BAD);
	/* What we take as signed, everybody does. */
	if (!r)
		assert(note_check_c2sp(bytes, str_of(vkey_text(&n.by[0]).text), NULL) == 0);
	return 0;
}
