/* SPDX-License-Identifier: Apache-2.0 */
/* The set of items, and the log that it is as well. */
#include "spool/items.h"

#include "base/text.h"
#include "spool/inside.h"

static const struct {
	enum item_kind item;
	enum note_kind note;
} kinds[] = {
	{ITEM_REGISTER, NOTE_REGISTER},
	{ITEM_SEAL, NOTE_SEAL},
	{ITEM_STATEMENT, NOTE_STATEMENT},
	{ITEM_REPORT, NOTE_REPORT},
};

enum note_kind note_kind_of(int64_t item)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].item == item)
			return kinds[i].note;
	}
	return NOTE_KINDS;
}

enum item_kind item_kind_of(enum note_kind note)
{
	size_t i = 0;
	while (i + 1 < sizeof kinds / sizeof kinds[0] && kinds[i].note != note)
		i++;
	return kinds[i].item;
}

/* The row of an item that is here. */
static int find_row(struct spool *s, enum item_kind kind, const struct hash *id, int64_t *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT seq FROM item WHERE id = ? AND kind = ?");
	bool row;
	query_hash(&q, id);
	query_int(&q, kind);
	int r = query_next(&q, &row, err);
	if (!r && !row)
		return db_damaged(&s->db, "an item that is in no index", err);
	if (!r)
		*ret = row_int(&q, 0);
	return r;
}

/* Bytes that were here before, and have been forgotten since: whoever looks for what is new in the log finds no row of theirs. */
static int note_return(struct spool *s, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "UPDATE came_back SET times = times + 1");
	return query_run(&q, err);
}

int item_put(struct spool *s, enum item_kind kind, const struct hash *id, struct str bytes, int64_t *ret_item,
	     bool *ret_new, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(
		&s->db, "INSERT INTO item (kind, id, taken_in_s, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
	query_int(&q, kind);
	query_hash(&q, id);
	query_int(&q, s->clock_s());
	query_blob(&q, bytes);
	r = query_run(&q, err);
	if (r)
		return r;
	if (!db_changed(&s->db)) {
		*ret_new = false;
		r = kind >= ITEM_COVER ? note_return(s, err) : 0;
		return r ? r : find_row(s, kind, id, ret_item, err);
	}
	*ret_new = true;
	*ret_item = db_last_rowid(&s->db);
	return 0;
}

int item_unreadable(const struct spool *s, const struct hash *letter, int code, struct valise_err *err)
{
	if (code != VALISE_E_BAD)
		return code;
	return err_prefix(err, code, "the spool %s is damaged%s%s, run `valise doctor`",
			  text_shown(str_of(s->dir)).text, letter ? " at " : "", letter ? hash_short(letter).text : "");
}

int item_check_id(const struct spool *s, const struct hash *letter, const struct hash *id, const struct note *note,
		  struct valise_err *err)
{
	if (hash_eq(id, &note->id))
		return 0;
	return item_unreadable(s, letter,
			       err_set(err, VALISE_E_BAD, "the note %s was altered in place", hash_hex(id).text), err);
}

int note_seq(struct spool *s, const struct hash *id, int64_t *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT seq FROM item WHERE id = ? AND kind BETWEEN 1 AND 4");
	bool row = false;
	query_hash(&q, id);
	int r = query_next(&q, &row, err);
	if (!r && !row)
		r = err_set(err, VALISE_E_NOT_FOUND, "the note %s is not here", hash_hex(id).text);
	if (!r)
		*ret = row_int(&q, 0);
	return r;
}

int note_letter(struct spool *s, const struct hash *id, struct hash *ret, bool *ret_here, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT id FROM item WHERE id = ?1 AND kind = 2 AND taken_in_s <= ?2 "
		"UNION ALL SELECT n.letter FROM item i JOIN statement n ON n.item = i.seq WHERE i.id = ?1 AND i.taken_in_s <= ?2 "
		"UNION ALL SELECT n.letter FROM item i JOIN report n ON n.item = i.seq WHERE i.id = ?1 AND i.taken_in_s <= ?2");
	query_hash(&q, id);
	query_int(&q, s->as_of_s);
	int r = query_next(&q, ret_here, err);
	return r || !*ret_here ? r : row_hash(&q, 0, ret, err);
}

int note_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT 1 FROM item WHERE id = ? AND kind BETWEEN 1 AND 4 AND taken_in_s <= ?");
	query_hash(&q, id);
	query_int(&q, s->as_of_s);
	return query_next(&q, ret, err);
}

int notes_of(struct spool *s, const struct hash *letter, note_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT id, kind FROM item WHERE id = ?1 AND kind = 2 "
		"UNION ALL SELECT i.id, i.kind FROM statement n JOIN item i ON i.seq = n.item WHERE n.letter = ?1 "
		"UNION ALL SELECT i.id, i.kind FROM report n JOIN item i ON i.seq = n.item WHERE n.letter = ?1");
	int r = 0;
	query_hash(&q, letter);
	while (query_row(&q, &r, err)) {
		struct hash id;
		r = row_hash(&q, 0, &id, err);
		if (!r)
			r = each(context, &id, note_kind_of(row_int(&q, 1)));
		if (r)
			return r;
	}
	return r;
}

int intake_each_row(struct spool *s, uint64_t after_seq, intake_each *each, void *context, struct valise_err *err)
{
	if (after_seq > INT64_MAX)
		return 0;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT seq, taken_in_s, kind, id FROM item WHERE seq > ? ORDER BY seq");
	int r = 0;
	query_int(&q, (int64_t)after_seq);
	while (query_row(&q, &r, err)) {
		struct intake_row intake = {.taken_in_s = row_int(&q, 1), .kind = note_kind_of(row_int(&q, 2))};
		r = row_size(&q, 0, &intake.seq, err);
		if (!r)
			r = row_hash(&q, 3, &intake.id, err);
		if (!r)
			r = each(context, &intake);
		if (r)
			return r;
	}
	return r;
}
