/* SPDX-License-Identifier: Apache-2.0 */
/* Small values by name. */
#include "base/text.h"
#include "spool/inside.h"

int setting_put(struct spool *s, const char *name, struct str value, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "INSERT INTO setting (name, value) VALUES (?, ?) "
						      "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
	query_text(&q, str_of(name));
	query_blob(&q, value.at ? value : STR(""));
	return query_run(&q, err);
}

int setting_get(struct spool *s, const char *name, struct buf *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT value FROM setting WHERE name = ?");
	bool row = false;
	query_text(&q, str_of(name));
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	if (!row)
		return VALISE_E_NOT_FOUND;
	buf_add_str(ret, row_bytes(&q, 0));
	return buf_check(ret, "a setting", err);
}

int setting_remove(struct spool *s, const char *name, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "DELETE FROM setting WHERE name = ?");
	query_text(&q, str_of(name));
	return query_run(&q, err);
}
