/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, by letter, key and nth. */
#include "spool/statements.h"

#include <stdio.h>

#include "spool/numbered.h"

static const struct numbered_table table = {
	ITEM_STATEMENT,
	"statement",
	"INSERT INTO statement (letter, signer, nth, item) VALUES (?, ?, ?, ?)",
	"SELECT coalesce(max(nth), 0) FROM statement WHERE letter = ? AND signer = ?",
	"SELECT count(*) FROM statement WHERE letter = ?",
	"SELECT count(*) FROM statement WHERE letter = ? AND signer = ?",
};

int statement_put(struct spool *s, const struct verified_statement *v, bool *ret_new, struct valise_err *err)
{
	return numbered_put(s, &table, &v->note, &v->s.letter, &v->s.by, v->s.nth, ret_new, err);
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
