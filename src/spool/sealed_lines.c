/* SPDX-License-Identifier: Apache-2.0 */
/* Which letter each line of a list became. */
#include "spool/sealed_lines.h"

#include "spool/inside.h"

int sealed_line_put(struct spool *s, const struct hash *list, uint64_t round, uint64_t line, const struct hash *letter,
		    struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"INSERT INTO sealed_line (list, round, line, letter) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
	query_hash(&q, list);
	query_int(&q, (int64_t)round);
	query_int(&q, (int64_t)line);
	query_hash(&q, letter);
	r = query_run(&q, err);
	if (!r && !db_changed(&s->db))
		r = err_set(err, VALISE_E_BUSY,
			    "another program is sealing this list: let it finish, and give the list again");
	return r;
}

static int last_round(struct spool *s, const struct hash *list, uint64_t *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT coalesce(max(round), 0) FROM sealed_line WHERE list = ?");
	bool row;
	query_hash(&q, list);
	int r = query_next(&q, &row, err);
	return r ? r : row_size(&q, 0, ret, err);
}

int sealed_lines_of(struct spool *s, const struct hash *list, uint64_t *ret_round, sealed_line_each *each,
		    void *context, struct valise_err *err)
{
	uint64_t round = 0;
	int r = last_round(s, list, &round, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT line, letter FROM sealed_line WHERE list = ? AND round = ? ORDER BY line");
	query_hash(&q, list);
	query_int(&q, (int64_t)round);
	while (query_row(&q, &r, err)) {
		uint64_t line;
		struct hash letter;
		r = row_size(&q, 0, &line, err);
		if (!r)
			r = row_hash(&q, 1, &letter, err);
		if (!r)
			r = each(context, line, &letter);
	}
	if (!r)
		*ret_round = round;
	return r;
}
