/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, notes and cards: any text under any signature that the attacker can make. */
#include <string.h>

#include "base/cleanup.h"
#include "base/encode.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "forge.h"
#include "format/item.h"
#include "format/vkey.h"

#define SIGNERS_MAX 64u

/* ---- Keys ---- */

static const char *only_name(int n, char **args)
{
	if (n != 1)
		give_up("one name is needed");
	return args[0];
}

int forge_key(int n, char **args)
{
	CLEAN_ATTACKER struct attacker a = {0};
	attacker_load(only_name(n, args), &a);
	(void)puts(vkey_text(&a.vkey).text);
	return 0;
}

int forge_recipient(int n, char **args)
{
	CLEAN_BUF struct buf b = FORGE_BUF;
	struct age_recipient r = recipient_of(only_name(n, args));
	age_recipient_write(&b, &r);
	(void)puts((char *)b.data);
	return 0;
}

int forge_identity(int n, char **args)
{
	CLEAN_BUF struct buf b = FORGE_BUF;
	struct age_identity id = identity_of(only_name(n, args));
	age_identity_write(&b, id.secret);
	(void)puts((char *)b.data);
	return 0;
}

/* ---- Notes ---- */

static int by_text(const void *a, const void *b)
{
	return vkey_cmp(&((const struct attacker *)a)->vkey, &((const struct attacker *)b)->vkey);
}

static void add_signature(const struct attacker *a, struct str text, bool bad, struct buf *ret)
{
	uint8_t signature[VKEY_HASH_BYTES + ED25519_SIGNATURE_BYTES];
	struct vkey_name name = vkey_name(&a->vkey);
	vkey_hash(str_of(name.text), a->vkey.key, signature);
	MUST(ed25519_sign(a->signer, text.at, bad ? text.len - 1 : text.len, signature + VKEY_HASH_BYTES, &err));
	buf_addf(ret, "\xe2\x80\x94 %s ", name.text);
	base64_encode(ret, signature, sizeof signature);
	buf_add_char(ret, '\n');
}

void sign_text(struct str text, char *const *keys, size_t n, bool bad, struct buf *ret)
{
	CLEAN_BUF struct buf whole = FORGE_BUF;
	struct attacker all[SIGNERS_MAX] = {0};
	if (n > SIGNERS_MAX)
		give_up("too many signers");
	for (size_t i = 0; i < n; i++)
		attacker_load(keys[i], &all[i]);
	buf_add_str(&whole, text);
	if (whole.data && !strstr((char *)whole.data, "\nby ")) {
		qsort(all, n, sizeof all[0], by_text);
		for (size_t i = 0; i < n; i++)
			buf_addf(&whole, "by %s\n", vkey_text(&all[i].vkey).text);
	}
	buf_add(ret, whole.data, whole.len);
	buf_add_char(ret, '\n');
	for (size_t i = 0; i < n; i++) {
		add_signature(&all[i], buf_str(&whole), bad, ret);
		attacker_release(&all[i]);
	}
}

static int sign_stdin(int n, char **args, bool bad)
{
	CLEAN_BUF struct buf text = FORGE_BUF;
	CLEAN_BUF struct buf note = FORGE_BUF;
	slurp("-", &text);
	sign_text(buf_str(&text), args, (size_t)n, bad, &note);
	spit("-", buf_str(&note));
	return 0;
}

int forge_sign(int n, char **args)
{
	return sign_stdin(n, args, false);
}

int forge_missign(int n, char **args)
{
	return sign_stdin(n, args, true);
}

static struct hash id_of(const struct buf *note)
{
	const char *end = note->data ? strstr((char *)note->data, "\n\n") : NULL;
	if (!end)
		give_up("that is no note");
	return hash_of((struct str){(char *)note->data, (size_t)(end - (char *)note->data) + 1});
}

int forge_id(int n, char **args)
{
	CLEAN_BUF struct buf note = FORGE_BUF;
	slurp(n ? args[0] : "-", &note);
	struct hash id = id_of(&note);
	(void)puts(hash_hex(&id).text);
	return 0;
}

int forge_card(int n, char **args)
{
	CLEAN_BUF struct buf card = FORGE_BUF;
	for (int i = 0; i < n; i++) {
		CLEAN_BUF struct buf note = FORGE_BUF;
		slurp(args[i], &note);
		if (i == 0) {
			struct hash office = id_of(&note);
			buf_addf(&card, "valise/card@v1\noffice %s\n", hash_hex(&office).text);
		}
		item_write(&card, STR("register"), buf_str(&note));
	}
	buf_add_text(&card, "end\n");
	spit("-", buf_str(&card));
	return 0;
}

/* ---- age ---- */

/* A header whose stanzas wrap two file keys; its MAC is right under the first. */
static void mix_headers(struct buf *first, const struct buf *second, const uint8_t file_key[static AGE_FILE_KEY_BYTES])
{
	uint8_t key[32], mac[32];
	const char *mine = strstr((char *)first->data, "\n---"), *begin = strchr((char *)second->data, '\n') + 1,
		   *end = strstr((char *)second->data, "\n---");
	buf_truncate(first, (size_t)(mine + 1 - (char *)first->data));
	buf_add(first, begin, (size_t)(end + 1 - begin));
	buf_add_text(first, "---");
	hkdf_sha256(file_key, AGE_FILE_KEY_BYTES, NULL, 0, "header", key, sizeof key);
	hmac_sha256(key, sizeof key, first->data, first->len, mac);
	buf_add_char(first, ' ');
	base64_raw_encode(first, mac, sizeof mac);
	buf_add_char(first, '\n');
}

static void add_payload(struct str plain, const uint8_t *file_key, const uint8_t *nonce, struct buf *ret)
{
	struct aead *aead = NULL;
	size_t at = 0;
	MUST(age_payload_key(file_key, nonce, &aead, &err));
	buf_add(ret, nonce, AGE_NONCE_BYTES);
	for (uint64_t i = 0; i == 0 || at < plain.len; i++) {
		size_t n = plain.len - at < AGE_CHUNK_BYTES ? plain.len - at : AGE_CHUNK_BYTES;
		uint8_t *room = buf_grow(ret, n + 16);
		if (!room)
			give_up("out of memory");
		MUST(age_chunk_seal(aead, i, at + n == plain.len, (const uint8_t *)plain.at + at, n, room, &err));
		at += n;
	}
	aead_free(aead);
}

void age_wrap(struct str plain, const struct age_recipient *to, size_t n, const struct age_recipient *other,
	      size_t n_other, const char *salt, struct buf *ret)
{
	struct hash key = derive("file key", salt), other_key = derive("other file key", salt),
		    nonce = derive("nonce", salt);
	CLEAN_BUF struct buf header = FORGE_BUF;
	CLEAN_BUF struct buf second = FORGE_BUF;
	CLEAN_FREE uint8_t *random = calloc(n + n_other + 1, 32);
	if (!random)
		give_up("out of memory");
	for (size_t i = 0; i < n + n_other; i++) {
		char which[32];
		(void)snprintf(which, sizeof which, "ephemeral %zu", i);
		struct hash secret = derive(which, salt);
		memcpy(random + 32 * i, secret.bytes, 32);
	}
	MUST(age_header_seal(key.bytes, to, n, random, &header, &err));
	if (n_other) {
		MUST(age_header_seal(other_key.bytes, other, n_other, random + 32 * n, &second, &err));
		mix_headers(&header, &second, key.bytes);
	}
	buf_add(ret, header.data, header.len);
	add_payload(plain, key.bytes, nonce.bytes, ret);
}

int forge_wrap(int n, char **args)
{
	CLEAN_BUF struct buf plain = FORGE_BUF;
	CLEAN_BUF struct buf file = FORGE_BUF;
	struct age_recipient to[SIGNERS_MAX];
	if (n < 1 || n > (int)SIGNERS_MAX)
		give_up("recipients are needed");
	for (int i = 0; i < n; i++)
		to[i] = recipient_of(args[i]);
	slurp("-", &plain);
	age_wrap(buf_str(&plain), to, (size_t)n, NULL, 0, args[0], &file);
	spit("-", buf_str(&file));
	return 0;
}
