/* SPDX-License-Identifier: Apache-2.0 */
/* age v1 files: recipients and identities, the header, and the payload's chunks, as pure functions on bytes (spec/age.md). */
#ifndef FORMAT_AGE_H
#define FORMAT_AGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "crypto/secret.h"

#define AGE_FILE_KEY_BYTES 16
#define AGE_NONCE_BYTES 16
#define AGE_CHUNK_BYTES (64u * 1024)             /* of plaintext */
#define AGE_SEALED_CHUNK_BYTES (64u * 1024 + 16) /* of ciphertext */
#define AGE_RECIPIENT_TEXT_BYTES 62              /* "age1..." */
#define AGE_IDENTITY_TEXT_BYTES 74               /* "AGE-SECRET-KEY-1..." */

/* An X25519 recipient; refuses low-order and non-canonical points. */
struct age_recipient {
	uint8_t point[32];
};
CHECKED bool age_recipient_parse(struct str s, struct age_recipient *ret);
void age_recipient_write(struct buf *b, const struct age_recipient *r);

/* An X25519 identity, or a passphrase (scrypt). Secrets are borrowed: they must outlive the identity. */
enum age_identity_type { AGE_X25519, AGE_PASSPHRASE };
struct age_identity {
	enum age_identity_type type;
	uint8_t secret[32]; /* X25519 */
	uint8_t point[32];  /* its public half, so that opening does not derive it each time */
	struct str passphrase;
};
CHECKED bool age_identity_parse(struct str s, uint8_t ret_secret[static 32]);
void age_identity_write(struct buf *b, const uint8_t secret[static 32]);
CHECKED int age_identity_x25519(const uint8_t secret[static 32], struct age_identity *ret, struct valise_err *err);
/* The keys in an age-keygen file: comment lines (#), empty lines, and one identity a line. VALISE_E_BAD when there is none or a line is
 * neither, VALISE_E_LIMIT when there are more than max; what was filled in is wiped then. */
CHECKED int age_identity_file(struct str text, struct age_identity *ret, size_t max, size_t *ret_n,
			      struct valise_err *err);

/* Randomness for one header, from the caller: 32 bytes for each recipient (the ephemeral secret, or scrypt's salt in the first 16). */
CHECKED int age_header_seal(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const struct age_recipient *recipients,
			    size_t n, const uint8_t *randomness, struct buf *ret, struct valise_err *err);
CHECKED int age_header_seal_passphrase(const uint8_t file_key[static AGE_FILE_KEY_BYTES], struct str passphrase,
				       unsigned log_n, const uint8_t salt[static 16], struct buf *ret,
				       struct valise_err *err);

/* How many bytes the header has: through the "---" line. `data` is a prefix of the file: VALISE_E_BAD when malformed;
 * 0 with *ret_len = 0 when the prefix is too short to tell (read more, up to LIMIT_AGE_HEADER_BYTES). */
CHECKED int age_header_length(const uint8_t *data, size_t len, size_t *ret_len, struct valise_err *err);
/* Tries the identities in turn. VALISE_E_BAD: malformed, or the MAC is wrong. VALISE_E_LOCKED: sound, but no identity opens it.
 * ret_index (may be NULL): which identity did. */
CHECKED int age_header_open(const uint8_t *header, size_t len, const struct age_identity *identities, size_t n,
			    uint8_t ret_file_key[static AGE_FILE_KEY_BYTES], size_t *ret_index, struct valise_err *err);
/* The number of stanzas of a sound header, and how many of them are X25519. */
CHECKED int age_header_stanzas(const uint8_t *header, size_t len, size_t *ret_n, size_t *ret_x25519,
			       struct valise_err *err);

/* The payload: a nonce of AGE_NONCE_BYTES, then chunks, each of which can be sealed and opened on its own by any thread. */
struct aead;
CHECKED int age_payload_key(const uint8_t file_key[static AGE_FILE_KEY_BYTES],
			    const uint8_t nonce[static AGE_NONCE_BYTES], struct aead **ret, struct valise_err *err);
/* ret has len + 16 bytes. Every chunk but the last has AGE_CHUNK_BYTES; the last may be empty only if it is the first. */
CHECKED int age_chunk_seal(struct aead *a, uint64_t index, bool last, const uint8_t *in, size_t len, uint8_t *ret,
			   struct valise_err *err);
CHECKED int age_chunk_open(struct aead *a, uint64_t index, bool last, const uint8_t *in, size_t len, uint8_t *ret,
			   struct valise_err *err);
/* Sizes of a payload (nonce included) and of its plaintext. VALISE_E_BAD for a size that no payload has. */
uint64_t age_payload_bytes(uint64_t plain_bytes);
CHECKED int age_plain_bytes(uint64_t payload_bytes, uint64_t *ret, struct valise_err *err);

/* Whole small files in memory. Random bytes come from the caller: file key, nonce, then 32 for each recipient. */
#define AGE_RANDOM_BYTES(n_recipients) (AGE_FILE_KEY_BYTES + AGE_NONCE_BYTES + 32 * (n_recipients))
CHECKED int age_file_seal(struct str plain, const struct age_recipient *recipients, size_t n, const uint8_t *randomness,
			  struct buf *ret, struct valise_err *err);
CHECKED int age_file_seal_passphrase(struct str plain, struct str passphrase, unsigned log_n,
				     const uint8_t randomness[static AGE_RANDOM_BYTES(1)], struct buf *ret,
				     struct valise_err *err);
/* ret should be wiped by the caller; its maximum bounds the plaintext. */
CHECKED int age_file_open(const uint8_t *file, size_t len, const struct age_identity *identities, size_t n,
			  struct buf *ret, size_t *ret_index, struct valise_err *err);

#endif
