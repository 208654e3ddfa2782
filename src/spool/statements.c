/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, by letter, key and nth. */
#include "spool/statements.h"

#include "spool/numbered.h"

static const struct numbered_table table = {
	ITEM_STATEMENT,
	"statement",
	"INSERT INTO statement (letter, signer, nth, item) VALUES (?, ?, ?, ?)",
	"SELECT coalesce(max(nth), 0) FROM statement WHERE letter = ? AND signer = ?",
	"SELECT count(*) FROM statement WHERE letter = ?",
	"SELECT count(*) FROM statement WHERE letter = ? AND signer = ?",
};

/* By the hex of its id, as the step of the tables that filled in what was here before could read it. */
static int put_regarding(struct spool *s, const struct verified_statement *v, const struct hash *note,
			 struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO regarding (note, item, letter) VALUES "
				 "(?1, (SELECT seq FROM item WHERE id = ?2 AND kind = 3), ?3) ON CONFLICT DO NOTHING");
	struct hash_hex hex = hash_hex(note);
	query_text(&q, str_of(hex.text));
	query_hash(&q, &v->note.id);
	query_hash(&q, &v->s.letter);
	return query_run(&q, err);
}

int statement_put(struct spool *s, const struct verified_statement *v, bool *ret_new, struct valise_err *err)
{
	bool is_new = false;
	int r = numbered_put(s, &table, &v->note, &v->s.letter, &v->s.by, v->s.nth, &is_new, err);
	for (size_t i = 0; i < v->s.n_regarding && is_new && !r; i++)
		r = put_regarding(s, v, &v->s.regarding[i], err);
	if (!r && ret_new)
		*ret_new = is_new;
	return r;
}

int statements_of(struct spool *s, const struct hash *letter, statement_each *each, void *context,
		  struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT i.bytes, i.taken_in_s, i.id FROM statement n JOIN item i ON i.seq = n.item WHERE n.letter = ? "
		"AND i.taken_in_s <= ? ORDER BY n.signer, n.nth, n.item");
	int r = 0;
	query_hash(&q, letter);
	query_int(&q, s->as_of_s);
	while (query_row(&q, &r, err)) {
		struct hash id;
		CLEAN_STATEMENT struct verified_statement *v = NULL;
		struct str bytes = row_bytes(&q, 0);
		r = row_hash(&q, 2, &id, err);
		if (!r)
			r = item_unreadable(s, letter, statement_from_intake(bytes.at, bytes.len, &v, err), err);
		if (!r)
			r = item_check_id(s, letter, &id, &v->note, err);
		if (!r)
			r = each(context, TAKE(v), row_int(&q, 1));
		if (r)
			return r;
	}
	return r;
}

int letters_regarding(struct spool *s, const struct hash *note, regarding_each *each, void *context,
		      struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT DISTINCT n.letter FROM regarding n JOIN item i ON i.seq = n.item "
				 "WHERE n.note = ? AND n.letter <> ? AND i.taken_in_s <= ? ORDER BY n.letter");
	struct hash_hex hex = hash_hex(note);
	int r = 0;
	query_text(&q, str_of(hex.text));
	query_hash(&q, note);
	query_int(&q, s->as_of_s);
	while (query_row(&q, &r, err)) {
		struct hash letter;
		r = row_hash(&q, 0, &letter, err);
		if (!r)
			r = each(context, &letter);
		if (r)
			return r;
	}
	return r;
}

int statement_count(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		    struct valise_err *err)
{
	return numbered_count(s, &table, letter, key, ret, err);
}

int statement_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		       struct valise_err *err)
{
	return numbered_last(s, &table, letter, key, ret, err);
}
