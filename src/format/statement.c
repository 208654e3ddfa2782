/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes statements (spec/statement.md). */
#include "format/statement.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "format/line.h"

bool says_of(struct str name, enum says *ret)
{
	for (int i = 0; i < SAYS_COUNT; i++) {
		if (str_eq(name, str_of(says_table[i].name))) {
			*ret = (enum says)i;
			return true;
		}
	}
	return false;
}

static unsigned fields_of(const struct statement *s)
{
	return (s->n_regarding ? (unsigned)FIELD_REGARDING : 0) | (s->has_to ? (unsigned)FIELD_TO : 0) |
	       (s->medium.at ? (unsigned)FIELD_MEDIUM : 0) | (s->when.at ? (unsigned)FIELD_WHEN : 0) |
	       (s->reason.at ? (unsigned)FIELD_REASON : 0) | (s->n_text ? (unsigned)FIELD_TEXT : 0);
}

/* What the table's row for the word asks of the other lines. */
static void check_row(struct note_reader *r, const struct statement *s)
{
	const struct says_row *row = &says_table[s->says];
	unsigned fields = fields_of(s);
	if (!(s->role & row->roles))
		(void)note_bad(r, "role", "is not one that may say this");
	if (fields & ~row->allows)
		(void)note_bad(r, "says", "goes with fewer lines than stand here");
	if ((fields & row->needs) != row->needs || (row->needs_one_of && !(fields & row->needs_one_of)))
		(void)note_bad(r, "says", "lacks a line that it needs");
	if (s->reason.at && !word_listed(str_of(row->reasons), s->reason))
		(void)note_bad(r, "reason", "is not a code of this statement's");
}

static void read_text(struct note_reader *r, struct statement *s)
{
	while (line_count(r, "text") > 0) {
		if (s->n_text == LIMIT_TEXT_LINES) {
			struct str v;
			if (note_optional(r, "text", &v))
				(void)note_bad(r, "text", "has more than 20 lines");
			return;
		}
		line_free_text(r, "text", &s->text[s->n_text++]);
	}
}

/* Everything but that the text is the only one for these values. */
static int read_statement(struct str text, struct statement *s, struct valise_err *err)
{
	if (text.len > LIMIT_STATEMENT_BYTES)
		return err_set(err, VALISE_E_BAD, "the statement is longer than %u bytes", LIMIT_STATEMENT_BYTES);
	struct note_reader r;
	note_reader_init(&r, text, note_kinds[NOTE_STATEMENT].first_line, err);
	line_hash(&r, "letter", &s->letter);
	struct str v;
	if (note_required(&r, "says", &v) && !says_of(v, &s->says))
		(void)note_bad(&r, "says", "is not a word of the table");
	line_office(&r, "office", &s->office);
	line_role(&r, &s->role);
	line_decimal(&r, "nth", 1, LIMIT_NTH, &s->nth);
	line_time(&r, "time", &s->time_s);
	line_regarding(&r, s->regarding, &s->n_regarding);
	line_optional_hash(&r, "to", &s->has_to, &s->to);
	line_optional_free_text(&r, "medium", &s->medium);
	line_optional_free_text(&r, "when", &s->when);
	line_optional_free_text(&r, "reason", &s->reason);
	read_text(&r, s);
	line_signer(&r, &s->by);
	if (!r.code)
		check_row(&r, s);
	return note_reader_end(&r);
}

static int put_statement(const struct statement *s, struct buf *b, struct valise_err *err)
{
	struct line_writer w = {.b = b, .what = "the statement", .err = err};
	if ((unsigned)s->says >= SAYS_COUNT || s->n_regarding > LIMIT_REGARDING || s->n_text > LIMIT_TEXT_LINES) {
		line_put_bad(&w, "says", "is no word of the table, or has more lines than a statement may");
		return w.code;
	}
	buf_addf(b, "%s\n", note_kinds[NOTE_STATEMENT].first_line);
	line_put_hash(&w, "letter", &s->letter);
	line_put_text(&w, "says", says_table[s->says].name);
	line_put_office(&w, "office", &s->office);
	line_put_role(&w, s->role);
	line_put_decimal(&w, "nth", s->nth);
	line_put_time(&w, "time", s->time_s);
	line_put_regarding(&w, s->regarding, s->n_regarding);
	if (s->has_to)
		line_put_hash(&w, "to", &s->to);
	line_put_optional_free_text(&w, "medium", s->medium);
	line_put_optional_free_text(&w, "when", s->when);
	line_put_optional_free_text(&w, "reason", s->reason);
	for (size_t i = 0; i < s->n_text; i++)
		line_put_free_text(&w, "text", s->text[i]);
	line_put_vkey(&w, "by", &s->by);
	return line_writer_end(&w);
}

int statement_parse(struct str text, struct statement *ret, struct valise_err *err)
{
	struct statement s = {0};
	int r = read_statement(text, &s, err);
	if (r)
		return r;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_STATEMENT_BYTES);
	r = put_statement(&s, &again, err);
	if (!r)
		r = line_same(&again, text, "the statement", err);
	if (r)
		return r;
	*ret = s;
	return 0;
}

int statement_write(const struct statement *s, struct buf *ret_text, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_STATEMENT_BYTES);
	int r = put_statement(s, &b, err);
	if (r)
		return r;
	struct statement again = {0};
	r = read_statement(buf_str(&b), &again, err);
	if (r)
		return line_usage(r, "the statement cannot be written", err);
	buf_add_str(ret_text, buf_str(&b));
	return buf_check(ret_text, "the statement", err);
}

bool statement_identifies(const struct statement *s, const struct seal *seal)
{
	if (s->says != SAYS_IDENTIFIED || !hash_eq(&s->office.office, &seal->from.office) ||
	    hash_eq(&s->to, &seal->from.office))
		return false;
	for (size_t i = 0; i < s->n_text; i++)
		if (seal_addressee(seal, s->text[i]) < 0)
			return false;
	return true;
}

static int load_statement(const void *bytes, size_t len, bool verify, struct verified_statement **ret,
			  struct valise_err *err)
{
	CLEAN_STATEMENT struct verified_statement *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	int r = note_split(bytes, len, &v->note, err);
	if (!r)
		r = verify ? statement_parse(v->note.text, &v->s, err) : read_statement(v->note.text, &v->s, err);
	if (!r && verify)
		r = note_verify(&v->note, err);
	if (r)
		return r;
	*ret = TAKE(v);
	return 0;
}

int statement_verify(const void *bytes, size_t len, struct verified_statement **ret, struct valise_err *err)
{
	return load_statement(bytes, len, true, ret, err);
}

int statement_from_intake(const void *bytes, size_t len, struct verified_statement **ret, struct valise_err *err)
{
	return load_statement(bytes, len, false, ret, err);
}

int statement_sign(const struct statement *s, const struct ed25519_signer *signer, struct verified_statement **ret,
		   struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_STATEMENT_BYTES);
	int r = statement_write(s, &text, err);
	if (!r)
		r = note_sign(buf_str(&text), &signer, 1, &note, err);
	return r ? r : load_statement(note.data, note.len, false, ret, err);
}

void verified_statement_free(struct verified_statement *v)
{
	if (!v)
		return;
	note_release(&v->note);
	free(v);
}

void verified_statement_freep(struct verified_statement **v)
{
	verified_statement_free(*v);
}
