/* SPDX-License-Identifier: Apache-2.0 */
/* Secret keys: made, stored in keys/ under a passphrase or in the clear, and unlocked once a command. */
#include "office/office.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"

/* A key file's plaintext. The file itself is this, or an age file to a passphrase that holds it.
 *   valise/key@v1
 *   key <vkey>
 *   signing <64 hex digits: the Ed25519 seed>
 *   reading AGE-SECRET-KEY-1...     only where there is one */
#define KEY_FIRST_LINE "valise/key@v1"
#define KEY_PLAIN_BYTES (strlen(KEY_FIRST_LINE "\nkey \nsigning \n") + VKEY_TEXT_BYTES + 2 * ED25519_SEED_BYTES)
#define KEY_READING_BYTES (strlen("reading \n") + AGE_IDENTITY_TEXT_BYTES)
#define AGE_FIRST_LINE "age-encryption.org/v1\n"
#define KEY_LOG_N 15

void key_free(struct key *k)
{
	if (!k)
		return;
	struct secret memory = k->memory;
	ed25519_signer_free(k->signer);
	secret_release(&memory);
}

void key_freep(struct key **k)
{
	key_free(*k);
}
#define CLEAN_KEY CLEANUP(key_freep)

/* The 32 hex digits of a key's name: what follows "valise/" in its verifier key. */
struct key_name {
	char text[33];
};

static struct key_name key_name(const struct vkey *k)
{
	struct vkey_text t = vkey_text(k);
	struct key_name n;
	memcpy(n.text, t.text + strlen("valise/"), 32);
	n.text[32] = 0;
	return n;
}

static int key_from_seed(const uint8_t seed[static ED25519_SEED_BYTES], struct key **ret, struct valise_err *err)
{
	CLEAN_KEY struct key *k = NULL;
	struct secret memory = SECRET_NONE;
	int r = secret_alloc(&memory, sizeof *k, err);
	if (r)
		return r;
	k = (struct key *)(void *)memory.bytes;
	k->memory = memory;
	r = ed25519_signer_new(seed, &k->signer, err);
	if (r)
		return r;
	ed25519_signer_public(k->signer, k->vkey.key);
	memcpy(k->seed, seed, sizeof k->seed);
	*ret = TAKE(k);
	return 0;
}

static int key_set_identity(struct key *k, const uint8_t secret[static 32], struct valise_err *err)
{
	int r = age_identity_x25519(secret, &k->identity, err);
	if (r)
		return r;
	k->has_identity = true;
	return 0;
}

/* ---- The passphrase ---- */

static int ask_passphrase(struct valise *v, const char *title, bool again, struct valise_err *err)
{
	char typed[LIMIT_PASSPHRASE_BYTES];
	size_t len = 0;
	struct secret fresh = SECRET_NONE;
	int r;
	if (v->asks_nobody || !v->caller.passphrase ||
	    v->caller.passphrase(v->caller.context, title, again, typed, sizeof typed, &len) != 0)
		r = err_set(
			err, VALISE_E_LOCKED,
			"the key of %s is locked and no passphrase was given; give one on the terminal, by --passphrase-fd, or "
			"by VALISE_PASSPHRASE_COMMAND",
			text_shown(str_of(title)).text);
	else if (!len)
		r = err_set(err, VALISE_E_LOCKED, "the passphrase for %s is empty", text_shown(str_of(title)).text);
	else if (len > sizeof typed)
		r = err_set(err, VALISE_E_USAGE, "a passphrase has at most %zu bytes, and that for %s has more",
			    sizeof typed, text_shown(str_of(title)).text);
	else
		r = secret_copy(&fresh, typed, len, err);
	secret_wipe(typed, sizeof typed);
	if (r)
		return r;
	secret_release(&v->passphrase);
	v->passphrase = fresh;
	return 0;
}

static struct str held_passphrase(const struct valise *v)
{
	return (struct str){(const char *)v->passphrase.bytes, v->passphrase.len};
}

/* ---- Making and storing ---- */

int key_make(struct valise *v, const struct new_key *n, struct key **ret, struct valise_err *err)
{
	uint8_t seed[ED25519_SEED_BYTES], reading[32];
	CLEAN_KEY struct key *k = NULL;
	int r = 0;

	if (!n->no_passphrase && n->kind != KEY_NEXT && !v->passphrase.len)
		r = ask_passphrase(v, n->title, true, err);
	if (!r)
		r = random_fill(seed, sizeof seed, err);
	if (!r)
		r = key_from_seed(seed, &k, err);
	secret_wipe(seed, sizeof seed);
	if (r || !n->with_identity)
		goto done;
	if (!n->reading_identity)
		r = random_fill(reading, sizeof reading, err);
	else if (!age_identity_parse(str_of(n->reading_identity), reading))
		r = err_set(
			err, VALISE_E_USAGE,
			"the reading key is not an age identity; give the AGE-SECRET-KEY-1... line that age-keygen wrote");
	if (!r)
		r = key_set_identity(k, reading, err);
done:
	secret_wipe(reading, sizeof reading);
	if (!r)
		*ret = TAKE(k);
	return r;
}

static int key_write_plain(const struct key *k, struct buf *plain, struct valise_err *err)
{
	buf_add_text(plain, KEY_FIRST_LINE "\nkey ");
	buf_add_text(plain, vkey_text(&k->vkey).text);
	buf_add_text(plain, "\nsigning ");
	hex_encode(plain, k->seed, sizeof k->seed);
	buf_add_char(plain, '\n');
	if (k->has_identity) {
		buf_add_text(plain, "reading ");
		age_identity_write(plain, k->identity.secret);
		buf_add_char(plain, '\n');
	}
	return buf_check(plain, "the key file", err);
}

int key_store(struct valise *v, const struct key *k, const struct new_key *n, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf plain = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	CLEAN_BUF struct buf sealed = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	uint8_t randomness[AGE_RANDOM_BYTES(1)];
	int r = key_write_plain(k, &plain, err);
	if (r)
		return r;
	if (n->no_passphrase)
		return key_file_put(v->spool, key_name(&k->vkey).text, buf_str(&plain), err);
	r = random_fill(randomness, sizeof randomness, err);
	if (!r)
		r = age_file_seal_passphrase(buf_str(&plain), held_passphrase(v), KEY_LOG_N, randomness, &sealed, err);
	secret_wipe(randomness, sizeof randomness);
	if (!r)
		r = key_file_put(v->spool, key_name(&k->vkey).text, buf_str(&sealed), err);
	return r;
}

void key_forget(struct valise *v, const struct key *k)
{
	(void)!key_file_remove(v->spool, key_name(&k->vkey).text, NULL);
}

void key_files_forget_others(struct valise *v, const struct key *const *kept, size_t n)
{
	CLEAN_NAMES struct names names = {0};
	if (key_files(v->spool, &names, NULL))
		return;
	for (size_t i = 0; i < names.count; i++) {
		bool keep = false;
		for (size_t k = 0; k < n && !keep; k++)
			keep = strcmp(names.names[i], key_name(&kept[k]->vkey).text) == 0;
		if (!keep)
			(void)!key_file_remove(v->spool, names.names[i], NULL);
	}
}

/* ---- Unlocking ---- */

/* VALISE_E_BAD, without a text, when the text is not that key's. */
static int key_read_plain(struct str text, const struct vkey *expected, struct key **ret, struct valise_err *err)
{
	struct vkey_text name = vkey_text(expected);
	struct cursor c = cursor_of(text.at, text.len);
	struct str first, vkey_line, signing, reading;
	uint8_t seed[ED25519_SEED_BYTES], secret[32];
	CLEAN_KEY struct key *k = NULL;
	bool ok = cursor_line(&c, &first) && str_eq(first, STR(KEY_FIRST_LINE)) && cursor_line(&c, &vkey_line) &&
		  str_starts(vkey_line, STR("key ")) &&
		  str_eq((struct str){vkey_line.at + 4, vkey_line.len - 4}, str_of(name.text)) &&
		  cursor_line(&c, &signing) && str_starts(signing, STR("signing ")) &&
		  hex_decode((struct str){signing.at + 8, signing.len - 8}, seed, sizeof seed);
	int r = ok ? key_from_seed(seed, &k, err) : VALISE_E_BAD;
	if (!r && cursor_left(&c)) {
		if (cursor_line(&c, &reading) && str_starts(reading, STR("reading ")) && cursor_done(&c) &&
		    age_identity_parse((struct str){reading.at + 8, reading.len - 8}, secret))
			r = key_set_identity(k, secret, err);
		else
			r = VALISE_E_BAD;
	}
	secret_wipe(seed, sizeof seed);
	secret_wipe(secret, sizeof secret);
	if (!r && !vkey_eq(&k->vkey, expected))
		r = VALISE_E_BAD;
	if (!r)
		*ret = TAKE(k);
	return r;
}

static int key_damaged(const struct vkey *k, const char *title, struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD,
		       "the key of %s is damaged; restore its file, keys/%s, from a backup of the spool", title,
		       key_name(k).text);
}

/* What shows without the passphrase: a header to one alone, and as many bytes as a key takes. VALISE_E_BAD otherwise. */
static int key_look_locked(struct str file, struct valise_err *err)
{
	const uint8_t *bytes = (const uint8_t *)file.at;
	size_t header, n, n_x25519;
	uint64_t plain;
	if (!str_starts(file, STR(AGE_FIRST_LINE "-> scrypt ")))
		return VALISE_E_BAD;
	int r = age_header_length(bytes, file.len, &header, err);
	if (!r)
		r = age_header_stanzas(bytes, header, &n, &n_x25519, err);
	if (!r)
		r = age_plain_bytes(file.len - header, &plain, err);
	if (!r && plain != KEY_PLAIN_BYTES && plain != KEY_PLAIN_BYTES + KEY_READING_BYTES)
		r = VALISE_E_BAD;
	return r;
}

/* Opens a locked key file: first with the passphrase that opened another key in this command, then by asking. */
static int key_open_locked(struct valise *v, const struct buf *file, const char *title, struct buf *plain,
			   struct valise_err *err)
{
	for (int tries = 0;; tries++) {
		if (tries > 0 || !v->passphrase.len) {
			int r = ask_passphrase(v, title, false, err);
			if (r)
				return r;
		}
		struct age_identity id = {.type = AGE_PASSPHRASE, .passphrase = held_passphrase(v)};
		int r = age_file_open(file->data, file->len, &id, 1, plain, NULL, err);
		if (r != VALISE_E_LOCKED)
			return r;
		buf_clear(plain);
		if (tries > 0) {
			secret_release(&v->passphrase);
			return err_set(err, VALISE_E_LOCKED, "wrong passphrase for the key of %s", title);
		}
	}
}

static int keyring_add(struct valise *v, struct key *k, struct valise_err *err)
{
	struct key **grown = realloc(v->keys, (v->n_keys + 1) * sizeof *grown);
	if (!grown)
		return err_nomem(err);
	v->keys = grown;
	v->keys[v->n_keys++] = k;
	return 0;
}

int key_is_here(struct valise *v, const struct vkey *k, bool *ret, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf file = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	int r = key_file_get(v->spool, key_name(k).text, &file, err);
	if (r && r != VALISE_E_NOT_FOUND)
		return r;
	*ret = r == 0;
	return 0;
}

struct elsewhere_name {
	char text[sizeof "elsewhere:" + VKEY_TEXT_BYTES];
};

static struct elsewhere_name elsewhere_name(const struct vkey *k)
{
	struct elsewhere_name n;
	(void)snprintf(n.text, sizeof n.text, "elsewhere:%s", vkey_text(k).text);
	return n;
}

int key_is_elsewhere_put(struct valise *v, const struct vkey *k, struct valise_err *err)
{
	return setting_put(v->spool, elsewhere_name(k).text, STR(""), err);
}

int key_is_elsewhere(struct valise *v, const struct vkey *k, bool *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf nothing = BUF_INIT(1);
	int r = setting_get(v->spool, elsewhere_name(k).text, &nothing, err);
	if (r && r != VALISE_E_NOT_FOUND)
		return r;
	*ret = r == 0;
	return 0;
}

static bool key_opens(const struct key *k, struct str recipient)
{
	struct age_recipient to;
	return k->has_identity && age_recipient_parse(recipient, &to) &&
	       memcmp(to.point, k->identity.point, sizeof to.point) == 0;
}

int key_check(struct valise *v, const struct vkey *vkey, const char *title, struct str recipient,
	      struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf file = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	CLEAN_KEY struct key *k = NULL;
	int r = key_file_get(v->spool, key_name(vkey).text, &file, err);
	if (r == VALISE_E_NOT_FOUND)
		return err_set(
			err, r,
			"the key of %s is not in this spool; unless another machine has it, restore its file, keys/%s, from a backup",
			title, key_name(vkey).text);
	if (!r && str_starts(buf_str(&file), STR(AGE_FIRST_LINE)))
		r = key_look_locked(buf_str(&file), err);
	else if (!r)
		r = key_read_plain(buf_str(&file), vkey, &k, err);
	if (k && recipient.at && !key_opens(k, recipient))
		r = VALISE_E_BAD;
	if (r == VALISE_E_BAD || r == VALISE_E_LIMIT) /* no key is that large */
		return key_damaged(vkey, title, err);
	return r ? err_prefix(err, r, "the key of %s", title) : 0;
}

int key_unlock(struct valise *v, const struct vkey *vkey, const char *title, const struct key **ret,
	       struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf file = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	CLEAN_BUF_SECRET struct buf plain = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	CLEAN_KEY struct key *k = NULL;

	for (size_t i = 0; i < v->n_keys; i++)
		if (vkey_eq(&v->keys[i]->vkey, vkey)) {
			*ret = v->keys[i];
			return 0;
		}
	int r = key_file_get(v->spool, key_name(vkey).text, &file, err);
	if (r)
		return err_prefix(err, r, "the key of %s", title);
	bool locked = str_starts(buf_str(&file), STR(AGE_FIRST_LINE));
	if (locked)
		r = key_look_locked(buf_str(&file), err);
	if (!r && locked)
		r = key_open_locked(v, &file, title, &plain, err);
	else if (!r)
		buf_add(&plain, file.data, file.len);
	if (!r)
		r = buf_check(&plain, "the key file", err);
	if (!r)
		r = key_read_plain(buf_str(&plain), vkey, &k, err);
	if (r == VALISE_E_BAD)
		return key_damaged(vkey, title, err);
	if (!r)
		r = keyring_add(v, k, err);
	if (r)
		return r;
	*ret = TAKE(k);
	return 0;
}
