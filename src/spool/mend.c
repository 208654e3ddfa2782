/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged notes: which they are, and their bytes when they come again. */
#include "spool/mend.h"

#include "format/register.h"
#include "format/report.h"
#include "format/seal.h"
#include "format/statement.h"
#include "spool/inside.h"
#include "spool/items.h"
#include "spool/outlines.h"

static int check_id(const struct hash *id, const struct note *note, struct valise_err *err)
{
	return hash_eq(id, &note->id) ? 0 : err_set(err, VALISE_E_BAD, "its text was altered");
}

int note_check(enum note_kind kind, const struct hash *id, struct str bytes, struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	CLEAN_STATEMENT struct verified_statement *statement = NULL;
	CLEAN_REPORT struct verified_report *report = NULL;
	CLEAN_ENTRY struct verified_entry *entry = NULL;
	CLEAN_NOTE struct note note = {0};
	int r = note_split(bytes.at, bytes.len, &note, err);
	if (!r)
		r = check_id(id, &note, err);
	if (!r && note.kind != kind)
		r = err_set(err, VALISE_E_BAD, "it is kept as a note of another kind");
	if (r)
		return r;
	switch (note.kind) {
	case NOTE_REGISTER:
		return register_entry_verify(bytes.at, bytes.len, &entry, err);
	case NOTE_SEAL:
		return seal_verify(bytes.at, bytes.len, &seal, err);
	case NOTE_STATEMENT:
		return statement_verify(bytes.at, bytes.len, &statement, err);
	case NOTE_REPORT:
		return report_verify(bytes.at, bytes.len, &report, err);
	case NOTE_REQUEST:
	case NOTE_KINDS:
		break;
	}
	return err_set(err, VALISE_E_BAD, "it is of a kind that no spool keeps");
}

int note_here(struct spool *s, enum note_kind kind, const struct hash *id, struct str bytes, enum note_here *ret,
	      struct valise_err *err)
{
	bool row = false;
	*ret = NOTE_ABSENT;
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT bytes FROM item WHERE id = ? AND kind = ?");
	query_hash(&q, id);
	query_int(&q, item_kind_of(kind));
	int r = query_next(&q, &row, err);
	if (r || !row)
		return r;
	r = str_eq(row_bytes(&q, 0), bytes) ? 0 : note_check(kind, id, row_bytes(&q, 0), err);
	*ret = r == VALISE_E_BAD ? NOTE_DAMAGED : NOTE_SOUND;
	return r == VALISE_E_BAD ? 0 : r;
}

static int replace_bytes(struct spool *s, const struct note *note, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "UPDATE item SET bytes = ?2 WHERE id = ?1 AND kind BETWEEN 1 AND 4");
	query_hash(&q, &note->id);
	query_blob(&q, (struct str){note->bytes, note->len});
	return query_run(&q, err);
}

static int letter_is_stale(struct spool *s, const struct hash *note, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	struct hash letter;
	bool here = false;
	int r = note_letter(s, note, &letter, &here, err);
	if (!r && here)
		q = query_of(&s->db,
			     "INSERT OR IGNORE INTO outline_stale (letter) SELECT item FROM letter WHERE id = ?");
	if (r || !here)
		return r;
	query_hash(&q, &letter);
	return query_run(&q, err);
}

/* Letters that could not be read for its sake have no part in their outlines by which they would be found. */
static int unread_are_stale(struct spool *s, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db, "INSERT OR IGNORE INTO outline_stale (letter) SELECT letter FROM outline WHERE class & ?");
	query_int(&q, OUTLINE_UNREAD);
	return query_run(&q, err);
}

static int register_is_another(struct spool *s, const struct hash *entry, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT office FROM entry WHERE id = ?");
	struct hash office;
	bool row = false;
	s->own_changes++;
	query_hash(&q, entry);
	int r = query_next(&q, &row, err);
	if (!r && row)
		r = row_hash(&q, 0, &office, err);
	if (!r && row)
		r = outlines_entry(s, &office, true, err);
	return r ? r : unread_are_stale(s, err);
}

int note_changed(struct spool *s, enum note_kind kind, const struct hash *id, struct valise_err *err)
{
	return kind == NOTE_REGISTER ? register_is_another(s, id, err) : letter_is_stale(s, id, err);
}

int note_mend(struct spool *s, const struct note *note, bool *ret_mended, struct valise_err *err)
{
	enum note_here here = NOTE_ABSENT;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = note_here(s, note->kind, &note->id, (struct str){note->bytes, note->len}, &here, err);
	*ret_mended = here == NOTE_DAMAGED;
	if (r || !*ret_mended)
		return r;
	r = replace_bytes(s, note, err);
	return r ? r : note_changed(s, note->kind, &note->id, err);
}
