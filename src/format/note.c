/* SPDX-License-Identifier: Apache-2.0 */
/* Splits, verifies and signs notes (spec/note.md). */
#include "format/note.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/line.h"
#include "format/vkey.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */
#define SIGNATURE_BASE64_BYTES 92

const struct note_kind_row note_kinds[NOTE_KINDS] = {
	[NOTE_REGISTER] = {"register", "valise/register@v1", LIMIT_REGISTER_ENTRY_BYTES},
	[NOTE_SEAL] = {"seal", "valise/seal@v1", LIMIT_SEAL_BYTES},
	[NOTE_STATEMENT] = {"statement", "valise/statement@v1", LIMIT_STATEMENT_BYTES},
	[NOTE_REPORT] = {"report", "valise/report@v1", LIMIT_REPORT_BYTES},
	[NOTE_REQUEST] = {"request", "valise/request@v1", LIMIT_REQUEST_BYTES},
};

/* UTF-8, no control character but newlines, no empty line: what C2SP asks of a text, and what ours have in common. */
static bool text_is_sound(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool newline = text.at[i] == '\n';
		if ((uint8_t)text.at[i] < 0x20 && !newline)
			return false;
		if (newline && (i == 0 || text.at[i - 1] == '\n'))
			return false;
	}
	return text.len > 0 && text.at[text.len - 1] == '\n' && text_is_utf8(text);
}

static bool kind_of(struct str text, enum note_kind *ret)
{
	struct cursor c = cursor_of(text.at, text.len);
	struct str line;
	if (!cursor_line(&c, &line))
		return false;
	for (int k = 0; k < NOTE_KINDS; k++) {
		if (str_eq(line, str_of(note_kinds[k].first_line))) {
			*ret = (enum note_kind)k;
			return true;
		}
	}
	return false;
}

/* What must hold of a text whether it is to be signed or was: its kind, its size, and the `by` lines that end it. */
static int text_form(struct str text, enum note_kind *ret_kind, struct vkey **ret_by, size_t *ret_n,
		     struct valise_err *err)
{
	enum note_kind kind;
	if (!text_is_sound(text) || !kind_of(text, &kind))
		return err_set(err, VALISE_E_BAD,
			       "not a note: it does not begin as one, or is not plain lines of UTF-8");
	const struct note_kind_row *row = &note_kinds[kind];
	if (text.len > row->limit_bytes)
		return err_set(err, VALISE_E_BAD, "the %s is longer than %zu bytes", row->name, row->limit_bytes);

	struct note_reader r;
	note_reader_init(&r, text, row->first_line, err);
	while (!r.code && r.line.at && !str_starts(r.line, STR("by ")))
		note_skip(&r);
	CLEAN_FREE struct vkey *by = NULL;
	size_t n = 0;
	line_signers(&r, &by, &n);
	int code = note_reader_end(&r);
	if (code)
		return code;
	*ret_kind = kind;
	*ret_by = TAKE(by);
	*ret_n = n;
	return 0;
}

/* One signature line for exactly this key. */
static bool signature_parse(struct str line, const struct vkey *by, uint8_t ret[static ED25519_SIGNATURE_BYTES])
{
	struct vkey_name name = vkey_name(by);
	uint8_t hash[VKEY_HASH_BYTES];
	vkey_hash(str_of(name.text), by->key, hash);
	size_t name_len = strlen(name.text);
	size_t before = strlen(DASH) + name_len + 1;
	if (line.len != before + SIGNATURE_BASE64_BYTES || !str_starts(line, STR(DASH)) ||
	    memcmp(line.at + strlen(DASH), name.text, name_len) != 0 || line.at[before - 1] != ' ')
		return false;
	uint8_t bytes[VKEY_HASH_BYTES + ED25519_SIGNATURE_BYTES + 1];
	struct buf b = BUF_AT(bytes);
	if (!base64_decode((struct str){line.at + before, SIGNATURE_BASE64_BYTES}, &b) || b.len != sizeof bytes - 1 ||
	    memcmp(bytes, hash, sizeof hash) != 0)
		return false;
	memcpy(ret, bytes + sizeof hash, ED25519_SIGNATURE_BYTES);
	return true;
}

/* The signature block: one line for each signer, in their order, and nothing else. */
static int split_signatures(struct note *n, struct str block, struct valise_err *err)
{
	/* The values stand behind the array that points to them, in one allocation. */
	size_t array_bytes = n->n_by * sizeof *n->signatures;
	n->signatures = malloc(array_bytes + n->n_by * ED25519_SIGNATURE_BYTES);
	if (!n->signatures)
		return err_nomem(err);
	uint8_t *value = (uint8_t *)n->signatures + array_bytes;
	struct cursor c = cursor_of(block.at, block.len);
	for (size_t i = 0; i < n->n_by; i++, value += ED25519_SIGNATURE_BYTES) {
		struct str line;
		if (!cursor_line(&c, &line) || !signature_parse(line, &n->by[i], value))
			return err_set(err, VALISE_E_BAD,
				       "the %s's signature line %zu is missing, malformed, or not of its signer %zu",
				       note_kinds[n->kind].name, i + 1, i + 1);
		n->signatures[i] = value;
	}
	if (!cursor_done(&c))
		return err_set(err, VALISE_E_BAD, "there is something after the %s's last signature",
			       note_kinds[n->kind].name);
	return 0;
}

int note_split(const void *bytes, size_t len, struct note *ret, struct valise_err *err)
{
	if (len > LIMIT_NOTE_BYTES)
		return err_set(err, VALISE_E_BAD, "not a note: longer than %u bytes", LIMIT_NOTE_BYTES);
	const char *empty_line = len ? memmem(bytes, len, "\n\n", 2) : NULL;
	if (!empty_line)
		return err_set(err, VALISE_E_BAD, "not a note: there is no empty line between text and signatures");

	CLEAN_NOTE struct note n = {0};
	n.bytes = malloc(len);
	if (!n.bytes)
		return err_nomem(err);
	memcpy(n.bytes, bytes, len);
	n.len = len;
	n.text = (struct str){n.bytes, (size_t)(empty_line - (const char *)bytes) + 1};
	int r = text_form(n.text, &n.kind, &n.by, &n.n_by, err);
	if (r)
		return r;
	if (len > note_kinds[n.kind].limit_bytes)
		return err_set(err, VALISE_E_BAD, "the %s is longer than %zu bytes", note_kinds[n.kind].name,
			       note_kinds[n.kind].limit_bytes);
	r = split_signatures(&n, (struct str){n.text.at + n.text.len + 1, len - n.text.len - 1}, err);
	if (r)
		return r;
	digest_once(n.text.at, n.text.len, &n.id);
	*ret = n;
	n = (struct note){0};
	return 0;
}

int note_verify(const struct note *n, struct valise_err *err)
{
	for (size_t i = 0; i < n->n_by; i++) {
		int r = ed25519_verify(n->by[i].key, n->text.at, n->text.len, n->signatures[i], err);
		if (r == VALISE_E_BAD)
			return err_set(err, r, "the signature by %s on this %s is wrong", vkey_text(&n->by[i]).text,
				       note_kinds[n->kind].name);
		if (r)
			return r;
	}
	return 0;
}

void note_release(struct note *n)
{
	free(n->bytes);
	free(n->by);
	free((void *)n->signatures);
	*n = (struct note){0};
}

static const struct ed25519_signer *signer_of(const struct vkey *key, const struct ed25519_signer *const *signers,
					      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct vkey k;
		ed25519_signer_public(signers[i], k.key);
		if (vkey_eq(&k, key))
			return signers[i];
	}
	return NULL;
}

static int add_signature(struct buf *b, struct str text, const struct vkey *key, const struct ed25519_signer *signer,
			 struct valise_err *err)
{
	struct vkey_name name = vkey_name(key);
	uint8_t bytes[VKEY_HASH_BYTES + ED25519_SIGNATURE_BYTES];
	vkey_hash(str_of(name.text), key->key, bytes);
	int r = ed25519_sign(signer, text.at, text.len, bytes + VKEY_HASH_BYTES, err);
	if (r)
		return r;
	buf_addf(b, DASH "%s ", name.text);
	base64_encode(b, bytes, sizeof bytes);
	buf_add_char(b, '\n');
	return 0;
}

int note_sign(struct str text, const struct ed25519_signer *const *signers, size_t n, struct buf *ret,
	      struct valise_err *err)
{
	enum note_kind kind;
	CLEAN_FREE struct vkey *by = NULL;
	size_t n_by = 0;
	int r = text_form(text, &kind, &by, &n_by, err);
	if (r)
		return line_usage(r, "this text cannot be signed", err);
	if (n != n_by)
		return err_set(err, VALISE_E_USAGE, "the %s names %zu signers, and %zu keys are here",
			       note_kinds[kind].name, n_by, n);
	CLEAN_BUF struct buf b = BUF_INIT(note_kinds[kind].limit_bytes);
	buf_add_str(&b, text);
	buf_add_char(&b, '\n');
	for (size_t i = 0; i < n_by; i++) {
		const struct ed25519_signer *signer = signer_of(&by[i], signers, n);
		if (!signer)
			return err_set(err, VALISE_E_USAGE, "the %s names the signer %s, whose key is not here",
				       note_kinds[kind].name, vkey_text(&by[i]).text);
		r = add_signature(&b, text, &by[i], signer, err);
		if (r)
			return r;
	}
	r = buf_check(&b, note_kinds[kind].name, err);
	if (r)
		return r;
	buf_add_str(ret, buf_str(&b));
	return buf_check(ret, note_kinds[kind].name, err);
}
