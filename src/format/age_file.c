/* SPDX-License-Identifier: Apache-2.0 */
/* Whole small age files in memory: covers, keys, wrapped bags' heads. */
#include "format/age.h"

#include "crypto/aead.h"

/* The nonce and the chunks. */
static int payload_seal(const uint8_t *file_key, const uint8_t *nonce, struct str plain, struct buf *ret,
			struct valise_err *err)
{
	CLEAN_AEAD struct aead *a = NULL;
	int r = age_payload_key(file_key, nonce, &a, err);
	if (r)
		return r;
	buf_add(ret, nonce, AGE_NONCE_BYTES);
	uint8_t *out = buf_grow(ret, age_payload_bytes(plain.len) - AGE_NONCE_BYTES);
	r = buf_check(ret, "the age file", err);
	bool last = false;
	for (uint64_t i = 0; !r && !last; i++) {
		size_t len = plain.len > AGE_CHUNK_BYTES ? AGE_CHUNK_BYTES : plain.len;
		last = len == plain.len;
		r = age_chunk_seal(a, i, last, (const uint8_t *)plain.at, len, out, err);
		plain.at = len ? plain.at + len : plain.at;
		plain.len -= len;
		out += len + AEAD_TAG_BYTES;
	}
	return r;
}

int age_file_seal(struct str plain, const struct age_recipient *recipients, size_t n, const uint8_t *randomness,
		  struct buf *ret, struct valise_err *err)
{
	const uint8_t *nonce = randomness + AGE_FILE_KEY_BYTES;
	size_t start = ret->len;
	int r = age_header_seal(randomness, recipients, n, nonce + AGE_NONCE_BYTES, ret, err);
	if (!r)
		r = payload_seal(randomness, nonce, plain, ret, err);
	if (r)
		buf_truncate(ret, start);
	return r;
}

int age_file_seal_passphrase(struct str plain, struct str passphrase, unsigned log_n,
			     const uint8_t randomness[static AGE_RANDOM_BYTES(1)], struct buf *ret,
			     struct valise_err *err)
{
	const uint8_t *nonce = randomness + AGE_FILE_KEY_BYTES;
	size_t start = ret->len;
	int r = age_header_seal_passphrase(randomness, passphrase, log_n, nonce + AGE_NONCE_BYTES, ret, err);
	if (!r)
		r = payload_seal(randomness, nonce, plain, ret, err);
	if (r)
		buf_truncate(ret, start);
	return r;
}

static int payload_open(const uint8_t *file_key, const uint8_t *payload, size_t len, struct buf *ret,
			struct valise_err *err)
{
	uint64_t plain_bytes;
	int r = age_plain_bytes(len, &plain_bytes, err);
	if (r)
		return r;
	CLEAN_AEAD struct aead *a = NULL;
	r = age_payload_key(file_key, payload, &a, err);
	if (r)
		return r;
	size_t start = ret->len;
	uint8_t *out = buf_grow(ret, plain_bytes);
	r = buf_check(ret, "the plaintext of the age file", err);
	if (r)
		return r;
	const uint8_t *in = payload + AGE_NONCE_BYTES;
	const uint8_t *end = payload + len;
	for (uint64_t i = 0; !r && in < end; i++) {
		size_t left = (size_t)(end - in);
		size_t chunk = left > AGE_SEALED_CHUNK_BYTES ? AGE_SEALED_CHUNK_BYTES : left;
		r = age_chunk_open(a, i, chunk == left, in, chunk, out, err);
		in += chunk;
		out += chunk - AEAD_TAG_BYTES;
	}
	if (r) {
		/* The chunks before the bad one were good, but a caller of this function wants all or nothing. */
		secret_wipe(ret->data + start, plain_bytes);
		buf_truncate(ret, start);
	}
	return r;
}

int age_file_open(const uint8_t *file, size_t len, const struct age_identity *identities, size_t n, struct buf *ret,
		  size_t *ret_index, struct valise_err *err)
{
	size_t header;
	int r = age_header_length(file, len, &header, err);
	if (r)
		return r;
	if (header == 0)
		return err_set(err, VALISE_E_BAD, "the age file is cut off within its header");
	uint8_t file_key[AGE_FILE_KEY_BYTES];
	size_t index;
	r = age_header_open(file, header, identities, n, file_key, &index, err);
	if (r)
		return r;
	r = payload_open(file_key, file + header, len - header, ret, err);
	secret_wipe(file_key, sizeof file_key);
	if (!r && ret_index)
		*ret_index = index;
	return r;
}
