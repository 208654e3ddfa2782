/* SPDX-License-Identifier: Apache-2.0 */
/* The table of age's recipient types: X25519 and scrypt (C2SP age, "Native recipient types"). */
#include "format/age_wrap.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/x25519.h"

#define X25519_LABEL "age-encryption.org/v1/X25519"
#define SCRYPT_LABEL "age-encryption.org/v1/scrypt"
#define SCRYPT_SALT_BYTES 16u

/* A key on the stack, gone when its scope is left. */
struct wrap_key {
	uint8_t bytes[AEAD_KEY_BYTES];
};

static void wrap_key_wipe(struct wrap_key *k)
{
	secret_wipe(k->bytes, sizeof k->bytes);
}

#define CLEAN_WRAP_KEY CLEANUP(wrap_key_wipe)

/* Each wrapping key is made for one message, so age gives it the zero nonce. */
static const uint8_t zero_nonce[AEAD_NONCE_BYTES];

static int file_key_wrap(const struct wrap_key *k, const uint8_t file_key[static AGE_FILE_KEY_BYTES],
			 uint8_t ret[static AGE_WRAPPED_KEY_BYTES], struct valise_err *err)
{
	CLEAN_AEAD struct aead *a = NULL;
	int r = aead_new(k->bytes, &a, err);
	return r ? r : aead_seal(a, zero_nonce, file_key, AGE_FILE_KEY_BYTES, ret, err);
}

static int file_key_unwrap(const struct wrap_key *k, const uint8_t body[static AGE_WRAPPED_KEY_BYTES],
			   uint8_t ret[static AGE_FILE_KEY_BYTES], struct valise_err *err)
{
	CLEAN_AEAD struct aead *a = NULL;
	int r = aead_new(k->bytes, &a, err);
	if (r)
		return r;
	struct valise_err inner = {0};
	r = aead_open(a, zero_nonce, body, AGE_WRAPPED_KEY_BYTES, ret, &inner);
	if (r == VALISE_E_BAD)
		return VALISE_E_LOCKED;
	if (r)
		err_copy(err, &inner);
	return r;
}

/* Exactly len bytes of canonical base64; the text of the error says what was read. */
static int read_base64(struct str s, uint8_t *ret, size_t len, const char *what, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(len);
	bool sound = base64_raw_decode(s, &b) && b.len == len;
	if (b.error == VALISE_E_NOMEM)
		return err_nomem(err);
	if (!sound)
		return err_set(err, VALISE_E_BAD, "%s is not %zu bytes in canonical base64", what, len);
	memcpy(ret, b.data, len);
	return 0;
}

/* The words of the stanza must be `n`, and its body one wrapped file key: its size is checked before anything is decrypted,
 * because a ciphertext that may have any length can be made to decrypt under several keys. */
static int read_form(const struct age_stanza *s, size_t n, struct age_wrapped *ret, struct valise_err *err)
{
	if (s->n_words != n)
		return err_set(err, VALISE_E_BAD, "it has %zu arguments instead of %zu", s->n_words - 1, n - 1);
	if (s->body.len != AGE_WRAPPED_KEY_BYTES)
		return err_set(err, VALISE_E_BAD, "its wrapped key has %zu bytes instead of %d", s->body.len,
			       AGE_WRAPPED_KEY_BYTES);
	memcpy(ret->body, s->body.at, AGE_WRAPPED_KEY_BYTES);
	return 0;
}

static int x25519_read(const struct age_stanza *s, struct age_wrapped *ret, struct valise_err *err)
{
	int r = read_form(s, 2, ret, err);
	return r ? r : read_base64(s->words[1], ret->share, sizeof ret->share, "its share", err);
}

/* The key both sides arrive at: HKDF of the agreed value, salted with both public halves. */
static int x25519_wrap_key(const uint8_t secret[static 32], const uint8_t peer[static 32],
			   const uint8_t share[static 32], const uint8_t recipient[static 32], struct wrap_key *ret,
			   struct valise_err *err)
{
	CLEAN_WRAP_KEY struct wrap_key shared = {0};
	int r = x25519_shared(secret, peer, shared.bytes, err);
	if (r)
		return r;
	uint8_t salt[64];
	memcpy(salt, share, 32);
	memcpy(salt + 32, recipient, 32);
	hkdf_sha256(shared.bytes, sizeof shared.bytes, salt, sizeof salt, X25519_LABEL, ret->bytes, sizeof ret->bytes);
	return 0;
}

static int x25519_unwrap(const struct age_wrapped *w, const struct age_identity *i,
			 uint8_t ret_file_key[static AGE_FILE_KEY_BYTES], struct valise_err *err)
{
	CLEAN_WRAP_KEY struct wrap_key k = {0};
	int r = x25519_wrap_key(i->secret, w->share, w->share, i->point, &k, err);
	return r ? r : file_key_unwrap(&k, w->body, ret_file_key, err);
}

static void stanza_end(struct buf *ret, const uint8_t body[static AGE_WRAPPED_KEY_BYTES])
{
	buf_add_char(ret, '\n');
	base64_raw_encode(ret, body, AGE_WRAPPED_KEY_BYTES);
	buf_add_char(ret, '\n');
}

static int x25519_wrap(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const struct age_wrap_to *to,
		       const uint8_t *randomness, struct buf *ret, struct valise_err *err)
{
	uint8_t share[32];
	uint8_t body[AGE_WRAPPED_KEY_BYTES];
	CLEAN_WRAP_KEY struct wrap_key k = {0};
	int r = x25519_public(randomness, share, err);
	if (!r)
		r = x25519_wrap_key(randomness, to->recipient.point, share, to->recipient.point, &k, err);
	if (!r)
		r = file_key_wrap(&k, file_key, body, err);
	if (r)
		return r;
	buf_add_text(ret, "-> X25519 ");
	base64_raw_encode(ret, share, sizeof share);
	stanza_end(ret, body);
	return 0;
}

static int scrypt_read(const struct age_stanza *s, struct age_wrapped *ret, struct valise_err *err)
{
	int r = read_form(s, 3, ret, err);
	if (!r)
		r = read_base64(s->words[1], ret->scrypt.salt, sizeof ret->scrypt.salt, "its salt", err);
	if (r)
		return r;
	uint64_t log_n;
	if (!text_decimal(s->words[2], UINT64_MAX, &log_n) || log_n == 0)
		return err_set(err, VALISE_E_BAD, "its work factor is not a decimal number above 0");
	if (log_n > LIMIT_SCRYPT_LOG_N)
		return err_set(
			err, VALISE_E_BAD,
			"it asks for a work factor of %llu, which would take too much time and memory: at most %u is read",
			(unsigned long long)log_n, LIMIT_SCRYPT_LOG_N);
	ret->scrypt.log_n = (unsigned)log_n;
	return 0;
}

static int scrypt_wrap_key(struct str passphrase, const uint8_t salt[static SCRYPT_SALT_BYTES], unsigned log_n,
			   struct wrap_key *ret, struct valise_err *err)
{
	uint8_t salted[sizeof SCRYPT_LABEL - 1 + SCRYPT_SALT_BYTES];
	memcpy(salted, SCRYPT_LABEL, sizeof SCRYPT_LABEL - 1);
	memcpy(salted + sizeof SCRYPT_LABEL - 1, salt, SCRYPT_SALT_BYTES);
	return scrypt_derive(passphrase.at, passphrase.len, salted, sizeof salted, log_n, ret->bytes, err);
}

static int scrypt_unwrap(const struct age_wrapped *w, const struct age_identity *i,
			 uint8_t ret_file_key[static AGE_FILE_KEY_BYTES], struct valise_err *err)
{
	CLEAN_WRAP_KEY struct wrap_key k = {0};
	int r = scrypt_wrap_key(i->passphrase, w->scrypt.salt, w->scrypt.log_n, &k, err);
	return r ? r : file_key_unwrap(&k, w->body, ret_file_key, err);
}

static int scrypt_wrap(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const struct age_wrap_to *to,
		       const uint8_t *randomness, struct buf *ret, struct valise_err *err)
{
	if (to->log_n == 0 || to->log_n > LIMIT_SCRYPT_LOG_N)
		return err_set(err, VALISE_E_USAGE, "scrypt's work factor must be 1 to %u, not %u", LIMIT_SCRYPT_LOG_N,
			       to->log_n);
	uint8_t body[AGE_WRAPPED_KEY_BYTES];
	CLEAN_WRAP_KEY struct wrap_key k = {0};
	int r = scrypt_wrap_key(to->passphrase, randomness, to->log_n, &k, err);
	if (!r)
		r = file_key_wrap(&k, file_key, body, err);
	if (r)
		return r;
	buf_add_text(ret, "-> scrypt ");
	base64_raw_encode(ret, randomness, SCRYPT_SALT_BYTES);
	buf_addf(ret, " %u", to->log_n);
	stanza_end(ret, body);
	return 0;
}

static const struct age_wrap_type types[] = {
	{"X25519", AGE_X25519, false, x25519_read, x25519_unwrap, x25519_wrap},
	{"scrypt", AGE_PASSPHRASE, true, scrypt_read, scrypt_unwrap, scrypt_wrap},
};

const struct age_wrap_type *age_wrap_type_named(struct str name)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (str_eq(name, str_of(types[i].name)))
			return &types[i];
	}
	return NULL;
}

const struct age_wrap_type *age_wrap_type_for(enum age_identity_type type)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (types[i].opened_by == type)
			return &types[i];
	}
	return NULL;
}
