/* SPDX-License-Identifier: Apache-2.0 */
/* Names, head and manifest lines of an export. */
#include "format/export.h"

#include "base/cursor.h"
#include "base/text.h"

#define KEY_NAME_CHARS 32u
#define PIECES_MAX (UINT64_C(1) << 44) /* more than any body has */

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'a' && s.at[i] <= 'f')))
			return false;
	return s.len > 0;
}

/* What follows `start`; false when it does not begin so. */
static bool after(struct str s, struct str start, struct str *ret)
{
	if (!str_starts(s, start))
		return false;
	*ret = (struct str){s.at + start.len, s.len - start.len};
	return true;
}

/* "ab/" and 64 digits that begin with ab. */
static bool is_shelved(struct str s)
{
	struct str name = {s.at + 3, s.len - 3};
	return s.len == 3 + HASH_HEX_BYTES && s.at[2] == '/' && is_hex(name) && memcmp(s.at, name.at, 2) == 0;
}

static bool is_partial(struct str s)
{
	uint64_t pieces;
	return s.len > HASH_HEX_BYTES + 1 && is_hex((struct str){s.at, HASH_HEX_BYTES}) &&
	       s.at[HASH_HEX_BYTES] == '.' &&
	       text_decimal((struct str){s.at + HASH_HEX_BYTES + 1, s.len - HASH_HEX_BYTES - 1}, PIECES_MAX, &pieces);
}

bool export_kind_of(struct str path, enum export_kind *ret)
{
	struct str rest;
	enum export_kind kind = EXPORT_KINDS;
	if (str_eq(path, STR(EXPORT_HEAD_NAME)))
		kind = EXPORT_HEAD;
	else if (str_eq(path, STR(EXPORT_DATABASE_NAME)))
		kind = EXPORT_DATABASE;
	else if (str_eq(path, STR(EXPORT_MANIFEST_NAME)))
		kind = EXPORT_MANIFEST;
	else if (after(path, STR("bodies/"), &rest) && is_shelved(rest))
		kind = EXPORT_BODY;
	else if (after(path, STR("exhibits/"), &rest) && is_shelved(rest))
		kind = EXPORT_EXHIBIT;
	else if (after(path, STR("partial/"), &rest) && is_partial(rest))
		kind = EXPORT_PARTIAL;
	else if (after(path, STR("keys/"), &rest) && rest.len == KEY_NAME_CHARS && is_hex(rest))
		kind = EXPORT_KEY;
	if (kind == EXPORT_KINDS)
		return false;
	*ret = kind;
	return true;
}

void export_head_write(const struct export_head *h, struct buf *ret)
{
	buf_addf(ret, "valise/export@v1\noffice %s\nmade %s\n", hash_hex(&h->office).text, time_text(h->made_s).text);
}

int export_head_parse(struct str text, struct export_head *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf again = BUF_INIT(EXPORT_HEAD_BYTES);
	struct export_head h = {0};
	struct cursor c = cursor_of(text.at, text.len);
	struct str first = {0}, office = {0}, made = {0};
	bool whole = cursor_line(&c, &first) && cursor_line(&c, &office) && cursor_line(&c, &made);
	if (whole && !str_eq(first, STR("valise/export@v1")))
		return err_set(err, VALISE_E_BAD, "this is no export, or one of a newer version: it begins with %s",
			       text_shown(first).text);
	whole = whole && after(office, STR("office "), &office) && hash_parse(office, &h.office) &&
		after(made, STR("made "), &made) && text_time(made, &h.made_s);
	if (whole)
		export_head_write(&h, &again);
	if (!whole || again.error || !str_eq(buf_str(&again), text))
		return err_set(err, VALISE_E_BAD, "this is no export: what it opens with is malformed");
	*ret = h;
	return 0;
}

void export_line_write(const struct hash *sha256, struct str path, struct buf *ret)
{
	buf_addf(ret, "%s  ", hash_hex(sha256).text);
	buf_add_str(ret, path);
	buf_add_char(ret, '\n');
}
