/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, by letter, key and nth. */
#include "spool/statements.h"

#include <stdio.h>

#include "spool/inside.h"

int statement_put(struct spool *s, const struct verified_statement *v, int64_t taken_in_s, bool *ret_new,
		  struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int64_t item = 0;
	bool is_new;
	if (v->s.nth > INT64_MAX)
		return err_set(err, VALISE_E_LIMIT, "statement %s: its nth is too large", hash_hex(&v->note.id).text);
	int r = item_put(s, ITEM_STATEMENT, &v->note.id, (struct str){v->note.bytes, v->note.len}, taken_in_s, &item,
			 &is_new, err);
	if (!r && is_new)
		r = query_begin(&s->db, "INSERT INTO statement (letter, signer, nth, item) VALUES (?, ?, ?, ?)", &q,
				err);
	if (!r && is_new) {
		query_hash(&q, &v->s.letter);
		query_blob(&q, (struct str){(const char *)v->s.by.key, sizeof v->s.by.key});
		query_int(&q, (int64_t)v->s.nth);
		query_int(&q, item);
		r = query_run(&q, err);
	}
	if (!r && ret_new)
		*ret_new = is_new;
	return r;
}

int statements_of(struct spool *s, const struct hash *letter, statement_each *each, void *context,
		  struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(
		&s->db,
		"SELECT i.bytes, i.taken_in_s FROM statement n JOIN item i ON i.seq = n.item WHERE n.letter = ? "
		"AND i.taken_in_s <= ? ORDER BY n.signer, n.nth, n.item",
		&q, err);
	if (r)
		return r;
	query_hash(&q, letter);
	query_int(&q, s->as_of_s);
	for (;;) {
		bool row;
		struct verified_statement *v;
		r = query_next(&q, &row, err);
		if (r || !row)
			return r;
		struct str bytes = row_bytes(&q, 0);
		r = statement_from_intake(bytes.at, bytes.len, &v, err);
		if (r)
			return item_unreadable(s, r, err);
		r = each(context, v, row_int(&q, 1));
		if (r)
			return r;
	}
}

/* By the line itself: it stands in few statements, and reading them all costs less than an index that each of them would pay for. */
int letters_regarding(struct spool *s, const struct hash *note, regarding_each *each, void *context,
		      struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	char line[sizeof "\nregarding \n" + HASH_HEX_BYTES];
	int n = snprintf(line, sizeof line, "\nregarding %s\n", hash_hex(note).text);
	int r = query_begin(&s->db,
			    "SELECT DISTINCT n.letter FROM statement n JOIN item i ON i.seq = n.item "
			    "WHERE n.letter <> ? AND i.taken_in_s <= ? AND instr(i.bytes, ?) > 0 ORDER BY n.letter",
			    &q, err);
	if (r)
		return r;
	query_hash(&q, note);
	query_int(&q, s->as_of_s);
	query_blob(&q, (struct str){line, (size_t)n});
	for (;;) {
		bool row;
		struct hash letter;
		r = query_next(&q, &row, err);
		if (r || !row)
			return r;
		r = row_hash(&q, 0, &letter, err);
		if (!r)
			r = each(context, &letter);
		if (r)
			return r;
	}
}

int statement_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err)
{
	return item_has(s, ITEM_STATEMENT, id, ret, err);
}

int statement_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		       struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row;
	uint64_t nth = 0;
	int r = query_begin(&s->db, "SELECT coalesce(max(nth), 0) FROM statement WHERE letter = ?1 AND signer = ?2", &q,
			    err);
	if (r)
		return r;
	query_hash(&q, letter);
	query_blob(&q, (struct str){(const char *)key->key, sizeof key->key});
	r = query_next(&q, &row, err);
	if (!r && row)
		r = row_size(&q, 0, &nth, err);
	if (!r)
		*ret = nth;
	return r;
}
