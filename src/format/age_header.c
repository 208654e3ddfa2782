/* SPDX-License-Identifier: Apache-2.0 */
/* The header of an age file: its grammar, its MAC, and who can open it (C2SP age, "Header"). */
#include "format/age.h"

#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/age_wrap.h"

#define INTRO "age-encryption.org/v1"
#define ARMOR "-----BEGIN AGE"
#define MAC_BYTES 32u
#define BODY_COLUMNS 64u

/* Not an error: the bytes in hand end before the header does. */
#define HEADER_SHORT 1

struct header_reader {
	const uint8_t *start;
	struct cursor rest;
	bool whole;      /* bytes that end before the header does are cut off, not merely not yet read */
	size_t n;        /* stanzas read so far */
	struct buf body; /* of the last of them; its memory serves them all */
};

static void header_reader_release(struct header_reader *h)
{
	buf_release(&h->body);
}

/* Bytes beyond the limit do not count: a header that runs into them is too long. */
static struct header_reader header_reader_of(const uint8_t *data, size_t len, bool whole)
{
	bool beyond = len > LIMIT_AGE_HEADER_BYTES;
	return (struct header_reader){
		.start = data,
		.rest = cursor_of(data, beyond ? LIMIT_AGE_HEADER_BYTES : len),
		.whole = whole || beyond,
		.body = BUF_INIT(LIMIT_AGE_HEADER_BYTES),
	};
}

static int header_line(struct header_reader *h, struct str *ret, struct valise_err *err)
{
	if (cursor_line(&h->rest, ret))
		return 0;
	if (!h->whole)
		return HEADER_SHORT;
	if ((size_t)(h->rest.end - h->start) == LIMIT_AGE_HEADER_BYTES)
		return err_set(err, VALISE_E_BAD, "the age header is longer than %u bytes", LIMIT_AGE_HEADER_BYTES);
	return err_set(err, VALISE_E_BAD, "the age header is cut off");
}

static int read_intro(struct header_reader *h, struct valise_err *err)
{
	struct str have = {(const char *)h->start, cursor_left(&h->rest)};
	struct str line;
	if (have.len < sizeof INTRO && str_starts(STR(INTRO "\n"), have))
		return header_line(h, &line, err);
	if (str_starts(have, STR(ARMOR)))
		return err_set(err, VALISE_E_BAD, "this age file is armored, and only the binary form is read");
	if (!str_starts(have, STR(INTRO "\n")))
		return err_set(err, VALISE_E_BAD,
			       "this is no age file of version 1: it does not begin with \"" INTRO "\"");
	return header_line(h, &line, err);
}

static int stanza_bad(const struct header_reader *h, const char *why, struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD, "stanza %zu of the age header is malformed: %s", h->n + 1, why);
}

/* "-> ", then words of visible ASCII with one space between. */
static int read_words(const struct header_reader *h, struct str line, struct age_stanza *ret, struct valise_err *err)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] < ' ' || line.at[i] > '~')
			return stanza_bad(h, "its first line has a character that may not be there", err);
	}
	struct str rest = {line.at + 3, line.len - 3};
	do {
		struct str word;
		if (!str_word(&rest, &word))
			return stanza_bad(h, "its first line has an empty word", err);
		if (ret->n_words < AGE_STANZA_WORDS)
			ret->words[ret->n_words] = word;
		ret->n_words++;
	} while (rest.len > 0);
	return 0;
}

/* Lines of 64 base64 digits, then a shorter one, which may be empty. */
static int read_body(struct header_reader *h, struct age_stanza *ret, struct valise_err *err)
{
	struct str line;
	buf_clear(&h->body);
	do {
		int r = header_line(h, &line, err);
		if (r)
			return r;
		if (line.len > BODY_COLUMNS)
			return stanza_bad(h, "a line of its body is longer than 64 characters", err);
		if (!base64_raw_decode(line, &h->body)) {
			if (h->body.error)
				return buf_check(&h->body, "the age header", err);
			return stanza_bad(h, "its body is not canonical base64, or has no short last line", err);
		}
	} while (line.len == BODY_COLUMNS);
	ret->body = buf_str(&h->body);
	return 0;
}

/* The next stanza, which lives until the one after it; or, when *ret_end, the MAC of the header's last line. */
static int read_stanza(struct header_reader *h, struct age_stanza *ret, bool *ret_end, struct str *ret_mac,
		       struct valise_err *err)
{
	struct str line;
	int r = header_line(h, &line, err);
	if (r)
		return r;
	*ret = (struct age_stanza){0};
	*ret_end = str_starts(line, STR("--- "));
	if (*ret_end) {
		*ret_mac = (struct str){line.at + 4, line.len - 4};
		return h->n > 0 ? 0 : err_set(err, VALISE_E_BAD, "the age header has no stanza");
	}
	if (!str_starts(line, STR("-> ")))
		return stanza_bad(h, "it does not begin with \"-> \"", err);
	if (h->n == LIMIT_STANZAS)
		return err_set(err, VALISE_E_BAD, "the age header has more than %u stanzas", LIMIT_STANZAS);
	r = read_words(h, line, ret, err);
	if (!r)
		r = read_body(h, ret, err);
	h->n += r == 0;
	return r;
}

static int read_mac(struct str text, uint8_t ret[static MAC_BYTES], struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(MAC_BYTES);
	bool sound = base64_raw_decode(text, &b) && b.len == MAC_BYTES;
	if (b.error == VALISE_E_NOMEM)
		return err_nomem(err);
	if (!sound)
		return err_set(err, VALISE_E_BAD, "the age header's MAC is not %u bytes in canonical base64",
			       MAC_BYTES);
	memcpy(ret, b.data, MAC_BYTES);
	return 0;
}

/* A header read to its end, and checked as far as that goes without a key. */
struct header {
	struct age_wrapped *wrapped; /* the stanzas of known types, in order; owned */
	size_t n_wrapped;
	size_t n; /* stanzas in all */
	uint8_t mac[MAC_BYTES];
	size_t mac_offset; /* of the space after "---": where the bytes that the MAC covers end */
};

static void header_release(struct header *h)
{
	free(h->wrapped);
}

static int header_add(struct header *h, const struct age_stanza *s, struct valise_err *err)
{
	const struct age_wrap_type *type = age_wrap_type_named(s->words[0]);
	if (!type)
		return 0;
	/* Doubled at every power of two. */
	if ((h->n_wrapped & (h->n_wrapped - 1)) == 0) {
		size_t room = h->n_wrapped ? 2 * h->n_wrapped : 1;
		struct age_wrapped *more = realloc(h->wrapped, room * sizeof *more);
		if (!more)
			return err_nomem(err);
		h->wrapped = more;
	}
	struct age_wrapped *w = &h->wrapped[h->n_wrapped];
	*w = (struct age_wrapped){.type = type};
	int r = type->read(s, w, err);
	if (r)
		return r == VALISE_E_BAD
			       ? err_prefix(err, r, "the %s stanza of the age header is malformed", type->name)
			       : r;
	h->n_wrapped++;
	return 0;
}

/* Fills in `ret` also on failure: the caller releases it. */
static int header_read(const uint8_t *data, size_t len, struct header *ret, struct valise_err *err)
{
	CLEANUP(header_reader_release) struct header_reader h = header_reader_of(data, len, true);
	int r = read_intro(&h, err);
	bool end = false;
	struct str mac;
	while (!r) {
		struct age_stanza s;
		r = read_stanza(&h, &s, &end, &mac, err);
		if (r || end)
			break;
		r = header_add(ret, &s, err);
	}
	if (!r)
		r = read_mac(mac, ret->mac, err);
	if (r)
		return r;
	if (h.rest.at != data + len)
		return err_set(err, VALISE_E_BAD, "the age header is followed by bytes that are not its own");
	ret->n = h.n;
	ret->mac_offset = (size_t)(mac.at - 1 - (const char *)data);
	for (size_t i = 0; i < ret->n_wrapped; i++) {
		if (ret->wrapped[i].type->alone && ret->n != 1)
			return err_set(err, VALISE_E_BAD,
				       "the age header has a%s stanza beside others, where it must be alone",
				       ret->wrapped[i].type->opened_by == AGE_PASSPHRASE ? " passphrase's" : "");
	}
	return 0;
}

static void header_mac(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const void *covered, size_t len,
		       uint8_t ret[static MAC_BYTES])
{
	uint8_t key[MAC_BYTES];
	hkdf_sha256(file_key, AGE_FILE_KEY_BYTES, NULL, 0, "header", key, sizeof key);
	hmac_sha256(key, sizeof key, covered, len, ret);
	secret_wipe(key, sizeof key);
}

int age_header_length(const uint8_t *data, size_t len, size_t *ret_len, struct valise_err *err)
{
	CLEANUP(header_reader_release) struct header_reader h = header_reader_of(data, len, false);
	int r = read_intro(&h, err);
	bool end = false;
	while (!r && !end) {
		struct age_stanza s;
		struct str mac;
		r = read_stanza(&h, &s, &end, &mac, err);
	}
	if (r < 0)
		return r;
	*ret_len = r == HEADER_SHORT ? 0 : (size_t)(h.rest.at - data);
	return 0;
}

int age_header_stanzas(const uint8_t *header, size_t len, size_t *ret_n, size_t *ret_x25519, struct valise_err *err)
{
	CLEANUP(header_release) struct header h = {0};
	int r = header_read(header, len, &h, err);
	if (r)
		return r;
	*ret_n = h.n;
	*ret_x25519 = 0;
	for (size_t i = 0; i < h.n_wrapped; i++)
		*ret_x25519 += h.wrapped[i].type->opened_by == AGE_X25519;
	return 0;
}

/* The first stanza that this identity opens; VALISE_E_LOCKED when there is none. */
static int unwrap_any(const struct header *h, const struct age_identity *i, uint8_t ret[static AGE_FILE_KEY_BYTES],
		      struct valise_err *err)
{
	for (size_t k = 0; k < h->n_wrapped; k++) {
		const struct age_wrapped *w = &h->wrapped[k];
		if (w->type->opened_by != i->type)
			continue;
		int r = w->type->unwrap(w, i, ret, err);
		if (r == VALISE_E_BAD)
			return err_prefix(err, r, "the %s stanza of the age header is malformed", w->type->name);
		if (r != VALISE_E_LOCKED)
			return r;
	}
	return VALISE_E_LOCKED;
}

/* A person does different things about a mistyped passphrase, a missing one, and a file that is for somebody else. */
static int locked(const struct header *h, const struct age_identity *identities, size_t n, struct valise_err *err)
{
	if (h->n_wrapped == 0)
		return err_set(err, VALISE_E_LOCKED,
			       "no key here opens this: it is for kinds of recipients that are not known here");
	if (h->wrapped[0].type->opened_by != AGE_PASSPHRASE)
		return err_set(err, VALISE_E_LOCKED, "no key here opens this: it is for %zu other %s", h->n,
			       h->n == 1 ? "recipient" : "recipients");
	for (size_t i = 0; i < n; i++) {
		if (identities[i].type == AGE_PASSPHRASE)
			return err_set(err, VALISE_E_LOCKED, "wrong passphrase");
	}
	return err_set(err, VALISE_E_LOCKED, "a passphrase opens this, and none was given");
}

int age_header_open(const uint8_t *header, size_t len, const struct age_identity *identities, size_t n,
		    uint8_t ret_file_key[static AGE_FILE_KEY_BYTES], size_t *ret_index, struct valise_err *err)
{
	CLEANUP(header_release) struct header h = {0};
	int r = header_read(header, len, &h, err);
	if (r)
		return r;
	uint8_t file_key[AGE_FILE_KEY_BYTES];
	size_t i = 0;
	for (r = VALISE_E_LOCKED; i < n && r == VALISE_E_LOCKED; i++)
		r = unwrap_any(&h, &identities[i], file_key, err);
	if (r == VALISE_E_LOCKED)
		return locked(&h, identities, n, err);
	if (r)
		return r;
	uint8_t mac[MAC_BYTES];
	header_mac(file_key, header, h.mac_offset, mac);
	if (secret_eq(mac, h.mac, MAC_BYTES)) {
		memcpy(ret_file_key, file_key, AGE_FILE_KEY_BYTES);
		if (ret_index)
			*ret_index = i - 1;
	} else {
		r = err_set(err, VALISE_E_BAD, "the age header was altered: its MAC does not verify");
	}
	secret_wipe(file_key, sizeof file_key);
	return r;
}

/* Ends what begins at `start` with its MAC, or takes it back when `r` or the buffer says that something failed. */
static int header_end(const uint8_t file_key[static AGE_FILE_KEY_BYTES], int r, size_t start, struct buf *ret,
		      struct valise_err *err)
{
	buf_add_text(ret, "---");
	if (!r)
		r = buf_check(ret, "the age header", err);
	if (!r) {
		uint8_t mac[MAC_BYTES];
		header_mac(file_key, ret->data + start, ret->len - start, mac);
		buf_add_char(ret, ' ');
		base64_raw_encode(ret, mac, sizeof mac);
		buf_add_char(ret, '\n');
		r = buf_check(ret, "the age header", err);
	}
	if (r)
		buf_truncate(ret, start);
	return r;
}

int age_header_seal(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const struct age_recipient *recipients, size_t n,
		    const uint8_t *randomness, struct buf *ret, struct valise_err *err)
{
	if (n == 0 || n > LIMIT_STANZAS)
		return err_set(err, VALISE_E_USAGE, "an age file is for 1 to %u recipients, not %zu", LIMIT_STANZAS, n);
	const struct age_wrap_type *type = age_wrap_type_for(AGE_X25519);
	size_t start = ret->len;
	int r = 0;
	buf_add_text(ret, INTRO "\n");
	for (size_t i = 0; i < n && !r; i++)
		r = type->wrap(file_key, &(struct age_wrap_to){.recipient = recipients[i]}, randomness + 32 * i, ret,
			       err);
	return header_end(file_key, r, start, ret, err);
}

int age_header_seal_passphrase(const uint8_t file_key[static AGE_FILE_KEY_BYTES], struct str passphrase, unsigned log_n,
			       const uint8_t salt[static 16], struct buf *ret, struct valise_err *err)
{
	struct age_wrap_to to = {.passphrase = passphrase, .log_n = log_n};
	size_t start = ret->len;
	buf_add_text(ret, INTRO "\n");
	int r = age_wrap_type_for(AGE_PASSPHRASE)->wrap(file_key, &to, salt, ret, err);
	return header_end(file_key, r, start, ret, err);
}
