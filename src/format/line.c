/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes the values that the lines of all kinds have in common (spec/note.md). */
#include "format/line.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"

void line_hash(struct note_reader *r, const char *key, struct hash *ret)
{
	struct str v;
	if (note_required(r, key, &v) && !hash_parse(v, ret))
		(void)note_bad(r, key, "is not 64 lowercase hex digits");
}

void line_bytes(struct note_reader *r, const char *key, uint8_t ret[static 32])
{
	struct str v;
	if (note_required(r, key, &v) && !hex_decode(v, ret, 32))
		(void)note_bad(r, key, "is not 64 lowercase hex digits");
}

static void parse_time(struct note_reader *r, const char *key, struct str v, int64_t *ret)
{
	if (!text_time(v, ret))
		(void)note_bad(r, key, "is not a time like 2026-11-22T09:12:00Z");
}

void line_time(struct note_reader *r, const char *key, int64_t *ret)
{
	struct str v;
	if (note_required(r, key, &v))
		parse_time(r, key, v, ret);
}

void line_decimal(struct note_reader *r, const char *key, uint64_t min, uint64_t max, uint64_t *ret)
{
	struct str v;
	uint64_t n;
	if (!note_required(r, key, &v))
		return;
	if (text_decimal(v, max, &n) && n >= min)
		*ret = n;
	else
		(void)note_bad(r, key, "is not a plain decimal within its limits");
}

static void parse_free_text(struct note_reader *r, const char *key, struct str v, struct str *ret)
{
	if (text_is_free(v))
		*ret = v;
	else
		(void)note_bad(r, key, "is not one line of plain text of at most 1,000 bytes");
}

void line_free_text(struct note_reader *r, const char *key, struct str *ret)
{
	struct str v;
	if (note_required(r, key, &v))
		parse_free_text(r, key, v, ret);
}

bool office_ref_parse(struct str value, struct office_ref *ret)
{
	struct office_ref o;
	struct str word;
	if (!str_word(&value, &word) || !hash_parse(word, &o.office) || !hash_parse(value, &o.head))
		return false;
	*ret = o;
	return true;
}

void line_office(struct note_reader *r, const char *key, struct office_ref *ret)
{
	struct str v;
	if (note_required(r, key, &v) && !office_ref_parse(v, ret))
		(void)note_bad(r, key, "is not an office's id and the id of an entry of its register");
}

void line_role(struct note_reader *r, unsigned *ret)
{
	struct str v;
	unsigned role;
	if (!note_required(r, "role", &v))
		return;
	if (roles_parse(v, &role) && role_name(role) && role != ROLE_MACHINE)
		*ret = role;
	else
		(void)note_bad(r, "role", "is not one role in which somebody speaks");
}

void line_optional_hash(struct note_reader *r, const char *key, bool *ret_has, struct hash *ret)
{
	struct str v;
	if (!note_optional(r, key, &v))
		return;
	if (hash_parse(v, ret))
		*ret_has = true;
	else
		(void)note_bad(r, key, "is not 64 lowercase hex digits");
}

void line_optional_time(struct note_reader *r, const char *key, bool *ret_has, int64_t *ret)
{
	struct str v;
	if (!note_optional(r, key, &v))
		return;
	*ret_has = true;
	parse_time(r, key, v, ret);
}

void line_optional_free_text(struct note_reader *r, const char *key, struct str *ret)
{
	struct str v;
	if (note_optional(r, key, &v))
		parse_free_text(r, key, v, ret);
}

void line_regarding(struct note_reader *r, struct hash ret[static LIMIT_REGARDING], size_t *ret_n)
{
	struct str v, previous = {0};
	while (note_optional(r, "regarding", &v)) {
		if (*ret_n == LIMIT_REGARDING) {
			(void)note_bad(r, "regarding", "stands there more than 8 times");
			return;
		}
		if (!hash_parse(v, &ret[(*ret_n)++]))
			(void)note_bad(r, "regarding", "is not the id of a note");
		line_sorted(r, "regarding", &previous, v);
	}
}

size_t line_count(const struct note_reader *r, const char *key)
{
	struct note_reader ahead = *r;
	ahead.err = NULL;
	size_t n = 0;
	struct str v;
	while (note_optional(&ahead, key, &v))
		n++;
	return n;
}

void *line_array(struct note_reader *r, const char *key, size_t max, size_t item_bytes, size_t *ret_n)
{
	size_t n = line_count(r, key);
	if (n == 0 || r->code)
		return NULL;
	if (n > max) {
		(void)note_bad(r, key, "stands there more often than its limit allows");
		return NULL;
	}
	void *items = calloc(n, item_bytes);
	if (items)
		*ret_n = n;
	else
		r->code = err_nomem(r->err);
	return items;
}

void line_sorted(struct note_reader *r, const char *key, struct str *previous, struct str value)
{
	if (previous->at && str_cmp(*previous, value) >= 0)
		(void)note_bad(r, key, "is there twice or not sorted");
	*previous = value;
}

void line_signers(struct note_reader *r, struct vkey **ret, size_t *ret_n)
{
	*ret = line_array(r, "by", LIMIT_NOTE_SIGNERS, sizeof **ret, ret_n);
	struct str v, previous = {0};
	for (size_t i = 0; i < *ret_n && note_required(r, "by", &v); i++) {
		line_sorted(r, "by", &previous, v);
		if (!vkey_parse(v, &(*ret)[i]))
			(void)note_bad(r, "by", "is not the one spelling of a sound verifier key");
	}
	if (*ret_n == 0)
		(void)note_required(r, "by", &v);
}

void line_signer(struct note_reader *r, struct vkey *ret)
{
	struct str v;
	if (note_required(r, "by", &v) && !vkey_parse(v, ret))
		(void)note_bad(r, "by", "is not the one spelling of a sound verifier key");
}

bool word_listed(struct str list, struct str word)
{
	struct str rest = list;
	while (rest.len > 0) {
		const char *comma = memchr(rest.at, ',', rest.len);
		struct str one = {rest.at, comma ? (size_t)(comma - rest.at) : rest.len};
		if (str_eq(one, word))
			return true;
		size_t used = one.len + (comma ? 1 : 0);
		rest = (struct str){rest.at + used, rest.len - used};
	}
	return false;
}

void line_put_bad(struct line_writer *w, const char *key, const char *why)
{
	if (!w->code)
		w->code = err_set(w->err, VALISE_E_USAGE, "%s cannot be written: `%s` %s", w->what, key, why);
}

static void put_key(struct line_writer *w, const char *key)
{
	buf_add_text(w->b, key);
	buf_add_char(w->b, ' ');
}

void line_put_text(struct line_writer *w, const char *key, const char *word)
{
	put_key(w, key);
	buf_add_text(w->b, word);
	buf_add_char(w->b, '\n');
}

void line_put_hash(struct line_writer *w, const char *key, const struct hash *h)
{
	line_put_bytes(w, key, h->bytes);
}

void line_put_bytes(struct line_writer *w, const char *key, const uint8_t bytes[static 32])
{
	put_key(w, key);
	hex_encode(w->b, bytes, 32);
	buf_add_char(w->b, '\n');
}

void line_put_time(struct line_writer *w, const char *key, int64_t seconds)
{
	if (seconds < 0 || seconds > TIME_MAX_S)
		line_put_bad(w, key, "is a time before 1970 or after 9999");
	line_put_text(w, key, time_text(seconds).text);
}

void line_put_decimal(struct line_writer *w, const char *key, uint64_t v)
{
	buf_addf(w->b, "%s %" PRIu64 "\n", key, v);
}

void line_put_free_text(struct line_writer *w, const char *key, struct str s)
{
	if (!text_is_free(s)) {
		line_put_bad(w, key, "is not one line of plain text of 1 to 1,000 bytes");
		return;
	}
	put_key(w, key);
	buf_add_str(w->b, s);
	buf_add_char(w->b, '\n');
}

void line_put_optional_free_text(struct line_writer *w, const char *key, struct str s)
{
	if (s.at)
		line_put_free_text(w, key, s);
}

void line_put_office(struct line_writer *w, const char *key, const struct office_ref *o)
{
	put_key(w, key);
	buf_add_hash(w->b, &o->office);
	buf_add_char(w->b, ' ');
	buf_add_hash(w->b, &o->head);
	buf_add_char(w->b, '\n');
}

void line_put_role(struct line_writer *w, unsigned role)
{
	const char *name = role_name(role);
	if (name)
		line_put_text(w, "role", name);
	else
		line_put_bad(w, "role", "is not exactly one role");
}

void line_put_vkey(struct line_writer *w, const char *key, const struct vkey *k)
{
	line_put_text(w, key, vkey_text(k).text);
}

static int compare_lines(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void line_put_sorted(struct line_writer *w, struct buf *unsorted, char before, char after)
{
	if (unsorted->error && !w->b->error)
		w->b->error = unsorted->error;
	size_t n = 0;
	for (size_t i = 0; i < unsorted->len; i++)
		n += unsorted->data[i] == '\n';
	if (n == 0 || w->b->error)
		return;
	CLEAN_FREE struct str *lines = calloc(n, sizeof *lines);
	if (!lines) {
		w->b->error = VALISE_E_NOMEM;
		return;
	}
	struct cursor c = cursor_of(unsorted->data, unsorted->len);
	for (size_t i = 0; i < n && cursor_line(&c, &lines[i]); i++)
		;
	qsort(lines, n, sizeof *lines, compare_lines);
	for (size_t i = 0; i < n; i++) {
		if (before)
			buf_add_char(w->b, before);
		buf_add_str(w->b, lines[i]);
		if (after)
			buf_add_char(w->b, after);
	}
	buf_clear(unsorted);
}

void line_put_regarding(struct line_writer *w, const struct hash *ids, size_t n)
{
	CLEAN_BUF struct buf lines = BUF_INIT(LIMIT_REGARDING * 128);
	if (n > LIMIT_REGARDING)
		line_put_bad(w, "regarding", "stands there more than 8 times");
	for (size_t i = 0; i < n && i < LIMIT_REGARDING; i++)
		buf_addf(&lines, "regarding %s\n", hash_hex(&ids[i]).text);
	line_put_sorted(w, &lines, '\0', '\n');
}

int line_writer_end(const struct line_writer *w)
{
	return w->code ? w->code : buf_check(w->b, w->what, w->err);
}

int line_same(const struct buf *again, struct str text, const char *what, struct valise_err *err)
{
	if (!str_eq(buf_str(again), text))
		return err_set(err, VALISE_E_BAD, "%s is not in the one form that its values have", what);
	return 0;
}

int line_usage(int code, const char *what, struct valise_err *err)
{
	if (code != VALISE_E_BAD)
		return code;
	if (err)
		err->code = VALISE_E_USAGE;
	return err_prefix(err, VALISE_E_USAGE, "%s", what);
}
