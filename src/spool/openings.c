/* SPDX-License-Identifier: Apache-2.0 */
/* Where plaintext is being written. */
#include "spool/openings.h"

#include "spool/inside.h"

static int run(struct spool *s, const char *sql, struct str path, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	query_blob(&q, path.at ? path : STR(""));
	return query_run(&q, err);
}

int opening_put(struct spool *s, struct str path, struct valise_err *err)
{
	return run(s, "INSERT INTO opening (path) VALUES (?) ON CONFLICT DO NOTHING", path, err);
}

int opening_remove(struct spool *s, struct str path, struct valise_err *err)
{
	int r = spool_begin_lazy(s, err);
	if (!r)
		r = run(s, "DELETE FROM opening WHERE path = ?", path, err);
	if (!r)
		r = spool_commit(s, err);
	if (r)
		spool_rollback(s);
	return r;
}

int openings_each(struct spool *s, opening_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT path FROM opening ORDER BY path");
	int r = 0;
	while (query_row(&q, &r, err)) {
		r = each(context, row_bytes(&q, 0));
	}
	return r;
}
