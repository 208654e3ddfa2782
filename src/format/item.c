/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes the framing of cards and dossiers, and the little of a note that decides its place in them. */
#include "format/item.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"

void item_begin(struct buf *b, struct str kind, uint64_t len)
{
	buf_add_str(b, kind);
	buf_addf(b, " %llu\n", (unsigned long long)len);
}

void item_write(struct buf *b, struct str kind, struct str bytes)
{
	item_begin(b, kind, bytes.len);
	buf_add_str(b, bytes);
}

enum item_next item_read(struct cursor *c, uint64_t max_bytes, struct str *ret_kind, struct str *ret_bytes)
{
	struct str line;
	struct str kind;
	uint64_t len;
	if (!cursor_line(c, &line))
		return ITEM_BAD;
	if (str_eq(line, STR("end")))
		return cursor_done(c) ? ITEM_END : ITEM_BAD;
	if (!str_word(&line, &kind) || !text_decimal(line, max_bytes, &len) || len > cursor_left(c))
		return ITEM_BAD;
	*ret_kind = kind;
	*ret_bytes = (struct str){(const char *)cursor_take(c, (size_t)len), (size_t)len};
	return ITEM_THERE;
}

bool item_note_id(struct str note, struct str first_line, struct hash *ret)
{
	struct cursor c = cursor_of(note.at, note.len);
	struct str line;
	if (!cursor_line(&c, &line) || !str_eq(line, first_line))
		return false;
	const char *empty_line = memmem(note.at, note.len, "\n\n", 2);
	if (!empty_line)
		return false;
	digest_once(note.at, (size_t)(empty_line + 1 - note.at), ret);
	return true;
}

bool item_line(struct cursor *c, struct str key, struct str *ret_value)
{
	struct str line;
	struct str word;
	if (!cursor_line(c, &line) || !str_word(&line, &word) || !str_eq(word, key) || line.len == 0)
		return false;
	*ret_value = line;
	return true;
}

bool item_place_of(struct str entry, struct item_place *ret)
{
	struct item_place place;
	struct cursor c = cursor_of(entry.at, entry.len);
	struct str line;
	struct str office;
	struct str seq;
	if (!item_note_id(entry, STR("valise/register@v1"), &place.id) || !cursor_line(&c, &line))
		return false;
	if (!item_line(&c, STR("office"), &office) || !item_line(&c, STR("seq"), &seq) ||
	    !text_decimal(seq, LIMIT_REGISTER_ENTRIES - 1, &place.seq))
		return false;
	if (str_eq(office, STR("-")))
		place.office = place.id;
	else if (!hash_parse(office, &place.office))
		return false;
	*ret = place;
	return true;
}

int item_place_cmp(const struct item_place *a, const struct item_place *b)
{
	int order = hash_cmp(&a->office, &b->office);
	if (order == 0)
		order = (a->seq > b->seq) - (a->seq < b->seq);
	return order ? order : hash_cmp(&a->id, &b->id);
}
