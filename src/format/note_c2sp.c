/* SPDX-License-Identifier: Apache-2.0 */
/* C2SP signed notes in general, read-only: what any other library for them would accept (https://c2sp.org/signed-note). */
#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/vkey.h"

#define DASH "\xe2\x80\x94 "

struct c2sp_key {
	struct str name;
	uint8_t hash[VKEY_HASH_BYTES];
	uint8_t key[ED25519_PUBLIC_BYTES];
};

/* What stands before the first `separator`, which is consumed. */
static bool split_at(struct str *rest, char separator, struct str *ret)
{
	const char *at = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
	if (!at)
		return false;
	*ret = (struct str){rest->at, (size_t)(at - rest->at)};
	*rest = (struct str){at + 1, rest->len - ret->len - 1};
	return true;
}

static bool key_parse(struct str vkey, struct c2sp_key *ret)
{
	struct str hash;
	if (!split_at(&vkey, '+', &ret->name) || !split_at(&vkey, '+', &hash) ||
	    !hex_decode(hash, ret->hash, sizeof ret->hash))
		return false;
	if (!text_is_free(ret->name) || memchr(ret->name.at, ' ', ret->name.len))
		return false;
	uint8_t typed[1 + ED25519_PUBLIC_BYTES + 1];
	struct buf b = BUF_AT(typed);
	if (!base64_decode(vkey, &b) || b.len != 1 + ED25519_PUBLIC_BYTES || typed[0] != VKEY_NOTE_TYPE)
		return false;
	memcpy(ret->key, typed + 1, sizeof ret->key);
	uint8_t hash_of_key[VKEY_HASH_BYTES];
	vkey_hash(ret->name, ret->key, hash_of_key);
	return memcmp(hash_of_key, ret->hash, sizeof hash_of_key) == 0;
}

/* The text through its last newline, and the signature lines: what the last empty line parts. */
static bool note_parts(struct str note, struct str *ret_text, struct str *ret_signatures)
{
	if (note.len < 2 || note.at[note.len - 1] != '\n' || !text_is_utf8(note))
		return false;
	for (size_t i = 0; i < note.len; i++) {
		if ((uint8_t)note.at[i] < 0x20 && note.at[i] != '\n')
			return false;
	}
	for (size_t i = note.len - 1; i > 0; i--) {
		if (note.at[i] == '\n' && note.at[i - 1] == '\n') {
			*ret_text = (struct str){note.at, i};
			*ret_signatures = (struct str){note.at + i + 1, note.len - i - 1};
			return ret_signatures->len > 0;
		}
	}
	return false;
}

/* False when the line is no signature line at all; *ret_ours when it has our key's name and hash. */
static bool signature_line(struct str line, const struct c2sp_key *key, bool *ret_ours, struct str *ret_signature)
{
	if (!str_starts(line, STR(DASH)))
		return false;
	struct str rest = {line.at + strlen(DASH), line.len - strlen(DASH)};
	struct str name;
	if (!split_at(&rest, ' ', &name) || name.len == 0 || rest.len < 8)
		return false;
	uint8_t first[7];
	struct buf b = BUF_AT(first);
	/* The first eight digits are six bytes, four of which are the hash. */
	*ret_ours = base64_decode((struct str){rest.at, 8}, &b) && b.len == 6 &&
		    memcmp(first, key->hash, sizeof key->hash) == 0 && str_eq(name, key->name);
	*ret_signature = rest;
	return true;
}

int note_check_c2sp(struct str note, struct str vkey, struct valise_err *err)
{
	struct c2sp_key key;
	if (!key_parse(vkey, &key))
		return err_set(err, VALISE_E_BAD, "not a C2SP verifier key for Ed25519: %s", text_shown(vkey).text);
	struct str text, signatures;
	if (note.len > LIMIT_NOTE_BYTES || !note_parts(note, &text, &signatures))
		return err_set(err, VALISE_E_BAD, "not a signed note of at most %u bytes", LIMIT_NOTE_BYTES);
	bool valid = false;
	struct cursor c = cursor_of(signatures.at, signatures.len);
	while (cursor_left(&c) > 0) {
		struct str line, signature;
		bool ours;
		if (!cursor_line(&c, &line) || !signature_line(line, &key, &ours, &signature))
			return err_set(err, VALISE_E_BAD, "not a signed note: malformed signature line");
		if (!ours)
			continue;
		uint8_t bytes[VKEY_HASH_BYTES + ED25519_SIGNATURE_BYTES + 1];
		struct buf b = BUF_AT(bytes);
		if (!base64_decode(signature, &b) || b.len != sizeof bytes - 1)
			return err_set(err, VALISE_E_BAD, "the signature of %s is malformed",
				       text_shown(key.name).text);
		int r = ed25519_verify(key.key, text.at, text.len, bytes + VKEY_HASH_BYTES, err);
		if (r)
			return r;
		valid = true;
	}
	if (!valid)
		return err_set(err, VALISE_E_BAD, "no signature by %s", text_shown(key.name).text);
	return 0;
}
