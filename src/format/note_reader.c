/* SPDX-License-Identifier: Apache-2.0 */
/* Reads `key value` lines in the fixed order of a kind; the first error sticks. */
#include "base/cursor.h"
#include "format/note.h"

static void next_line(struct note_reader *r)
{
	struct cursor c = cursor_of(r->rest.at, r->rest.len);
	if (!cursor_line(&c, &r->line))
		r->line = (struct str){0};
	r->rest = (struct str){(const char *)c.at, cursor_left(&c)};
}

void note_reader_init(struct note_reader *r, struct str text, const char *first_line, struct valise_err *err)
{
	*r = (struct note_reader){.rest = text, .kind = first_line, .err = err};
	if (text.len == 0 || text.at[text.len - 1] != '\n') {
		r->code = err_set(err, VALISE_E_BAD, "%s: the text does not end with a newline", first_line);
		return;
	}
	next_line(r);
	if (!str_eq(r->line, str_of(first_line))) {
		r->code = err_set(err, VALISE_E_BAD, "the first line is not %s: this is another kind of item",
				  first_line);
		return;
	}
	note_skip(r);
}

void note_skip(struct note_reader *r)
{
	r->number++;
	next_line(r);
}

bool note_optional(struct note_reader *r, const char *key, struct str *ret_value)
{
	size_t len = strlen(key);
	if (r->code || !r->line.at || r->line.len <= len || memcmp(r->line.at, key, len) != 0 || r->line.at[len] != ' ')
		return false;
	struct str value = {r->line.at + len + 1, r->line.len - len - 1};
	note_skip(r);
	if (value.len == 0)
		return note_bad(r, key, "has no value");
	*ret_value = value;
	return true;
}

bool note_required(struct note_reader *r, const char *key, struct str *ret_value)
{
	if (note_optional(r, key, ret_value))
		return true;
	if (!r->code)
		r->code = err_set(r->err, VALISE_E_BAD, "%s, line %zu: `%s` should stand here", r->kind, r->number + 1,
				  key);
	return false;
}

bool note_bad(struct note_reader *r, const char *key, const char *why)
{
	if (!r->code)
		r->code = err_set(r->err, VALISE_E_BAD, "%s, line %zu: `%s` %s", r->kind, r->number, key, why);
	return false;
}

int note_reader_end(struct note_reader *r)
{
	if (!r->code && r->line.at)
		r->code = err_set(r->err, VALISE_E_BAD, "%s, line %zu: unknown, doubled or out of order", r->kind,
				  r->number + 1);
	return r->code;
}
