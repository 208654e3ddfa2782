/* SPDX-License-Identifier: Apache-2.0 */
/* The sheets of paper letters. */
#include "spool/sheets.h"

#include "spool/inside.h"

int sheet_put(struct spool *s, const struct hash *letter, struct str bytes, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "INSERT INTO sheet (letter, bytes) VALUES (?, ?)");
	query_hash(&q, letter);
	query_blob(&q, bytes);
	return query_run(&q, err);
}

int sheet_get(struct spool *s, const struct hash *letter, struct buf *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT bytes FROM sheet WHERE letter = ?");
	bool row;
	query_hash(&q, letter);
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	if (!row)
		return err_set(err, VALISE_E_NOT_FOUND, "no sheet of the letter %s is here", hash_short(letter).text);
	buf_add_str(ret, row_bytes(&q, 0));
	return buf_check(ret, "a sheet", err);
}
