/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes seals (spec/seal.md). */
#include "format/seal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/line.h"

#define CLEAN_SEAL_VALUE CLEANUP(seal_release)

void seal_release(struct seal *s)
{
	free(s->to);
	free(s->addressees);
	*s = (struct seal){0};
}

static void read_recipients(struct note_reader *r, struct seal *s)
{
	s->to = line_array(r, "to", LIMIT_RECIPIENTS, sizeof *s->to, &s->n_to);
	struct str v, previous = {0};
	for (size_t i = 0; i < s->n_to && note_required(r, "to", &v); i++) {
		if (!office_ref_parse(v, &s->to[i]))
			(void)note_bad(r, "to", "is not an office's id and the id of an entry of its register");
		else if (i > 0 && hash_eq(&s->to[i - 1].office, &s->to[i].office))
			(void)note_bad(r, "to", "has an office twice");
		line_sorted(r, "to", &previous, v);
	}
	s->addressees = line_array(r, "addressee", LIMIT_RECIPIENTS, sizeof *s->addressees, &s->n_addressees);
	previous = (struct str){0};
	for (size_t i = 0; i < s->n_addressees; i++) {
		line_free_text(r, "addressee", &s->addressees[i]);
		line_sorted(r, "addressee", &previous, s->addressees[i]);
	}
	if (s->n_to + s->n_addressees == 0 || s->n_to + s->n_addressees > LIMIT_RECIPIENTS)
		(void)note_bad(r, "to", "and `addressee` lines must be 1 to 256 together");
}

/* "<hash> <number>" */
static void read_commitment(struct note_reader *r, const char *key, uint64_t min, uint64_t max, struct hash *ret,
			    uint64_t *ret_n)
{
	struct str v, word;
	uint64_t n;
	if (!note_required(r, key, &v))
		return;
	if (str_word(&v, &word) && hash_parse(word, ret) && text_decimal(v, max, &n) && n >= min)
		*ret_n = n;
	else
		(void)note_bad(r, key, "is not a SHA-256 value and a number within its limits");
}

static void read_contents(struct note_reader *r, struct seal *s)
{
	s->has_contents = line_count(r, "contents") > 0;
	if (s->has_contents)
		read_commitment(r, "contents", 2, LIMIT_PARTS + 1, &s->contents, &s->n_leaves);
	line_optional_free_text(r, "paper", &s->paper);
	if (s->paper.at)
		return;
	if (!s->has_contents)
		(void)note_bad(r, "contents", "may be absent only for paper");
	if (s->n_to == 0 || s->n_addressees > 0)
		(void)note_bad(r, "addressee",
			       "may stand only on paper: a sealed letter goes to offices with a register");
	read_commitment(r, "body", 1, LIMIT_BODY_BYTES, &s->body, &s->body_bytes);
	read_commitment(r, "cover", 1, LIMIT_COVER_BYTES, &s->cover, &s->cover_bytes);
}

/* Everything but that the text is the only one for these values. */
static int read_seal(struct str text, struct seal *s, struct valise_err *err)
{
	if (text.len > LIMIT_SEAL_BYTES)
		return err_set(err, VALISE_E_BAD, "the seal is longer than %u bytes", LIMIT_SEAL_BYTES);
	struct note_reader r;
	note_reader_init(&r, text, note_kinds[NOTE_SEAL].first_line, err);
	line_bytes(&r, "nonce", s->nonce);
	line_office(&r, "from", &s->from);
	read_recipients(&r, s);
	line_optional_free_text(&r, "ref", &s->ref);
	line_time(&r, "date", &s->date_s);
	line_optional_time(&r, "answer-by", &s->has_answer_by, &s->answer_by_s);
	line_optional_time(&r, "keep-until", &s->has_keep_until, &s->keep_until_s);
	read_contents(&r, s);
	line_signer(&r, &s->by);
	return note_reader_end(&r);
}

static void put_recipients(struct line_writer *w, const struct seal *s)
{
	CLEAN_BUF struct buf lines = BUF_INIT(LIMIT_SEAL_BYTES);
	struct line_writer to = {.b = &lines, .what = w->what, .err = w->err};
	for (size_t i = 0; i < s->n_to; i++)
		line_put_office(&to, "to", &s->to[i]);
	line_put_sorted(w, &lines, '\0', '\n');
	for (size_t i = 0; i < s->n_addressees; i++)
		line_put_free_text(&to, "addressee", s->addressees[i]);
	line_put_sorted(w, &lines, '\0', '\n');
	if (!w->code)
		w->code = to.code;
}

/* Through the `body` line, for paper through `paper`: what the cover's core hashes. */
static void put_core(struct line_writer *w, const struct seal *s)
{
	buf_addf(w->b, "%s\n", note_kinds[NOTE_SEAL].first_line);
	line_put_bytes(w, "nonce", s->nonce);
	line_put_office(w, "from", &s->from);
	put_recipients(w, s);
	line_put_optional_free_text(w, "ref", s->ref);
	line_put_time(w, "date", s->date_s);
	if (s->has_answer_by)
		line_put_time(w, "answer-by", s->answer_by_s);
	if (s->has_keep_until)
		line_put_time(w, "keep-until", s->keep_until_s);
	if (s->has_contents)
		buf_addf(w->b, "contents %s %" PRIu64 "\n", hash_hex(&s->contents).text, s->n_leaves);
	line_put_optional_free_text(w, "paper", s->paper);
	if (!s->paper.at)
		buf_addf(w->b, "body %s %" PRIu64 "\n", hash_hex(&s->body).text, s->body_bytes);
}

static int put_seal(const struct seal *s, struct buf *b, struct valise_err *err)
{
	struct line_writer w = {.b = b, .what = "the seal", .err = err};
	put_core(&w, s);
	if (!s->paper.at)
		buf_addf(b, "cover %s %" PRIu64 "\n", hash_hex(&s->cover).text, s->cover_bytes);
	line_put_vkey(&w, "by", &s->by);
	return line_writer_end(&w);
}

int seal_core(const struct seal *s, struct hash *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_SEAL_BYTES);
	struct line_writer w = {.b = &b, .what = "the seal", .err = err};
	put_core(&w, s);
	int r = line_writer_end(&w);
	if (r)
		return r;
	digest_once(b.data, b.len, ret);
	return 0;
}

int seal_parse(struct str text, struct seal *ret, struct valise_err *err)
{
	CLEAN_SEAL_VALUE struct seal s = {0};
	int r = read_seal(text, &s, err);
	if (r)
		return r;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_SEAL_BYTES);
	r = put_seal(&s, &again, err);
	if (!r)
		r = line_same(&again, text, "the seal", err);
	if (r)
		return r;
	*ret = s;
	s = (struct seal){0};
	return 0;
}

int seal_write(const struct seal *s, struct buf *ret_text, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_SEAL_BYTES);
	int r = put_seal(s, &b, err);
	if (r)
		return r;
	CLEAN_SEAL_VALUE struct seal again = {0};
	r = read_seal(buf_str(&b), &again, err);
	if (r)
		return line_usage(r, "the seal cannot be written", err);
	buf_add_str(ret_text, buf_str(&b));
	return buf_check(ret_text, "the seal", err);
}

static int load_seal(const void *bytes, size_t len, bool verify, struct verified_seal **ret, struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	int r = note_split(bytes, len, &v->note, err);
	if (!r)
		r = verify ? seal_parse(v->note.text, &v->s, err) : read_seal(v->note.text, &v->s, err);
	if (!r && verify)
		r = note_verify(&v->note, err);
	if (r)
		return r;
	*ret = TAKE(v);
	return 0;
}

int seal_verify(const void *bytes, size_t len, struct verified_seal **ret, struct valise_err *err)
{
	return load_seal(bytes, len, true, ret, err);
}

int seal_from_intake(const void *bytes, size_t len, struct verified_seal **ret, struct valise_err *err)
{
	return load_seal(bytes, len, false, ret, err);
}

int seal_sign(const struct seal *s, const struct ed25519_signer *signer, struct verified_seal **ret,
	      struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_SEAL_BYTES);
	int r = seal_write(s, &text, err);
	if (!r)
		r = note_sign(buf_str(&text), &signer, 1, &note, err);
	return r ? r : load_seal(note.data, note.len, false, ret, err);
}

void verified_seal_free(struct verified_seal *v)
{
	if (!v)
		return;
	seal_release(&v->s);
	note_release(&v->note);
	free(v);
}

void verified_seal_freep(struct verified_seal **v)
{
	verified_seal_free(*v);
}

int seal_recipient(const struct seal *s, const struct hash *office)
{
	for (size_t i = 0; i < s->n_to; i++) {
		if (hash_eq(&s->to[i].office, office))
			return (int)i;
	}
	return -1;
}

static int addressee_cmp(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	return str_cmp(*x, *y);
}

int seal_addressee(const struct seal *s, struct str name)
{
	const struct str *found =
		s->n_addressees ? bsearch(&name, s->addressees, s->n_addressees, sizeof name, addressee_cmp) : NULL;
	return found ? (int)(found - s->addressees) : -1;
}
