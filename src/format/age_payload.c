/* SPDX-License-Identifier: Apache-2.0 */
/* The payload of an age file: its key, its chunks, and its sizes (C2SP age, "Payload"). */
#include "format/age.h"

#include "crypto/aead.h"
#include "crypto/digest.h"

int age_payload_key(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const uint8_t nonce[static AGE_NONCE_BYTES],
		    struct aead **ret, struct valise_err *err)
{
	uint8_t key[AEAD_KEY_BYTES];
	hkdf_sha256(file_key, AGE_FILE_KEY_BYTES, nonce, AGE_NONCE_BYTES, "payload", key, sizeof key);
	int r = aead_new(key, ret, err);
	secret_wipe(key, sizeof key);
	return r;
}

/* Eleven bytes of counter, of which ours never needs more than eight, then 1 for the last chunk. */
static void chunk_nonce(uint64_t index, bool last, uint8_t ret[static AEAD_NONCE_BYTES])
{
	memset(ret, 0, AEAD_NONCE_BYTES);
	for (unsigned i = 0; i < 8; i++)
		ret[10 - i] = (uint8_t)(index >> (8 * i));
	ret[11] = last;
}

/* Only the last chunk may be short, and it is empty only when it is all there is: one plaintext has one way to be cut. */
static bool chunk_fits(uint64_t index, bool last, size_t len)
{
	if (!last || len > AGE_CHUNK_BYTES)
		return len == AGE_CHUNK_BYTES;
	return len > 0 || index == 0;
}

int age_chunk_seal(struct aead *a, uint64_t index, bool last, const uint8_t *in, size_t len, uint8_t *ret,
		   struct valise_err *err)
{
	if (!chunk_fits(index, last, len))
		return err_set(err, VALISE_E_USAGE, "no chunk %llu of an age payload has %zu bytes",
			       (unsigned long long)index, len);
	uint8_t nonce[AEAD_NONCE_BYTES];
	chunk_nonce(index, last, nonce);
	return aead_seal(a, nonce, in, len, ret, err);
}

int age_chunk_open(struct aead *a, uint64_t index, bool last, const uint8_t *in, size_t len, uint8_t *ret,
		   struct valise_err *err)
{
	if (len < AEAD_TAG_BYTES || !chunk_fits(index, last, len - AEAD_TAG_BYTES))
		return err_set(err, VALISE_E_BAD,
			       "the age payload is cut off or has bytes too many: its chunk %llu has %zu bytes",
			       (unsigned long long)index, len);
	uint8_t nonce[AEAD_NONCE_BYTES];
	chunk_nonce(index, last, nonce);
	int r = aead_open(a, nonce, in, len, ret, err);
	if (r == VALISE_E_BAD)
		return err_set(err, r, "the age payload was altered or cut off: its chunk %llu does not verify",
			       (unsigned long long)index);
	return r;
}

uint64_t age_payload_bytes(uint64_t plain_bytes)
{
	uint64_t chunks = plain_bytes / AGE_CHUNK_BYTES + (plain_bytes % AGE_CHUNK_BYTES != 0);
	uint64_t added = AGE_NONCE_BYTES + AEAD_TAG_BYTES * (chunks ? chunks : 1);
	return plain_bytes > UINT64_MAX - added ? UINT64_MAX : plain_bytes + added;
}

int age_plain_bytes(uint64_t payload_bytes, uint64_t *ret, struct valise_err *err)
{
	uint64_t sealed = payload_bytes < AGE_NONCE_BYTES ? 0 : payload_bytes - AGE_NONCE_BYTES;
	uint64_t rest = sealed % AGE_SEALED_CHUNK_BYTES;
	uint64_t chunks = sealed / AGE_SEALED_CHUNK_BYTES + (rest != 0);
	bool empty = chunks == 1 && rest == AEAD_TAG_BYTES;
	if (chunks == 0 || (rest != 0 && rest <= AEAD_TAG_BYTES && !empty))
		return err_set(err, VALISE_E_BAD, "the age payload is cut off: none has %llu bytes",
			       (unsigned long long)payload_bytes);
	*ret = sealed - chunks * AEAD_TAG_BYTES;
	return 0;
}
