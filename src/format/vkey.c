/* SPDX-License-Identifier: Apache-2.0 */
/* Verifier keys: the one C2SP name and text that follow from an Ed25519 public key (spec/note.md, "Keys"). */
#include "format/vkey.h"

#include <stdio.h>

#include "base/encode.h"
#include "crypto/digest.h"

#define KEY_BASE64_BYTES 44 /* of the type and the key */

struct vkey_name vkey_name(const struct vkey *k)
{
	struct hash h;
	digest_once(k->key, sizeof k->key, &h);
	struct vkey_name name;
	(void)snprintf(name.text, sizeof name.text, "valise/%.32s", hash_hex(&h).text);
	return name;
}

void vkey_hash(struct str name, const uint8_t key[static ED25519_PUBLIC_BYTES], uint8_t ret[static VKEY_HASH_BYTES])
{
	static const uint8_t between[] = {'\n', VKEY_NOTE_TYPE};
	const struct span spans[] = {{name.at, name.len}, {between, sizeof between}, {key, ED25519_PUBLIC_BYTES}};
	struct hash h;
	digest_spans(spans, 3, &h);
	memcpy(ret, h.bytes, VKEY_HASH_BYTES);
}

struct vkey_text vkey_text(const struct vkey *k)
{
	struct vkey_name name = vkey_name(k);
	uint8_t hash[VKEY_HASH_BYTES];
	vkey_hash(str_of(name.text), k->key, hash);
	uint8_t typed[1 + ED25519_PUBLIC_BYTES] = {VKEY_NOTE_TYPE};
	memcpy(typed + 1, k->key, ED25519_PUBLIC_BYTES);

	struct vkey_text t;
	struct buf b = BUF_AT(t.text);
	buf_add_text(&b, name.text);
	buf_add_char(&b, '+');
	hex_encode(&b, hash, sizeof hash);
	buf_add_char(&b, '+');
	base64_encode(&b, typed, sizeof typed);
	return t;
}

bool vkey_parse(struct str s, struct vkey *ret)
{
	if (s.len != VKEY_TEXT_BYTES)
		return false;
	uint8_t typed[1 + ED25519_PUBLIC_BYTES + 1];
	struct buf b = BUF_AT(typed);
	if (!base64_decode((struct str){s.at + s.len - KEY_BASE64_BYTES, KEY_BASE64_BYTES}, &b) ||
	    b.len != 1 + ED25519_PUBLIC_BYTES)
		return false;
	struct vkey k;
	memcpy(k.key, typed + 1, sizeof k.key);
	/* All else in the text follows from the key: writing it again checks type, name and hash at once. */
	if (!str_eq(str_of(vkey_text(&k).text), s) || !ed25519_public_ok(k.key))
		return false;
	*ret = k;
	return true;
}

bool vkey_eq(const struct vkey *a, const struct vkey *b)
{
	return memcmp(a->key, b->key, sizeof a->key) == 0;
}

int vkey_cmp(const struct vkey *a, const struct vkey *b)
{
	return memcmp(vkey_text(a).text, vkey_text(b).text, VKEY_TEXT_BYTES);
}

void vkey_commitment(const struct vkey *k, struct hash *ret)
{
	digest_once(vkey_text(k).text, VKEY_TEXT_BYTES, ret);
}
