/* SPDX-License-Identifier: Apache-2.0 */
/* Notes about a letter that a key numbers. */
#include "spool/numbered.h"

static void bind_key(struct query *q, const struct vkey *key)
{
	query_blob(q, (struct str){(const char *)key->key, sizeof key->key});
}

int numbered_put(struct spool *s, const struct numbered_table *table, const struct note *note,
		 const struct hash *letter, const struct vkey *key, uint64_t nth, bool *ret_new, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int64_t item = 0;
	bool is_new;
	if (nth > INT64_MAX)
		return err_set(err, VALISE_E_LIMIT, "%s %s: its nth is too large", table->noun,
			       hash_hex(&note->id).text);
	int r = item_put(s, table->kind, &note->id, (struct str){note->bytes, note->len}, &item, &is_new, err);
	if (!r && is_new)
		q = query_of(&s->db, table->insert);
	if (!r && is_new) {
		query_hash(&q, letter);
		bind_key(&q, key);
		query_int(&q, (int64_t)nth);
		query_int(&q, item);
		r = query_run(&q, err);
	}
	if (!r && ret_new)
		*ret_new = is_new;
	return r;
}

/* One number, of a letter and a key. */
static int ask(struct spool *s, const char *sql, const struct hash *letter, const struct vkey *key, uint64_t *ret,
	       struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	bool row;
	query_hash(&q, letter);
	if (key)
		bind_key(&q, key);
	int r = query_next(&q, &row, err); /* an aggregate: there is a row */
	return r ? r : row_size(&q, 0, ret, err);
}

int numbered_last(struct spool *s, const struct numbered_table *table, const struct hash *letter,
		  const struct vkey *key, uint64_t *ret, struct valise_err *err)
{
	return ask(s, table->last_nth, letter, key, ret, err);
}

int numbered_count(struct spool *s, const struct numbered_table *table, const struct hash *letter,
		   const struct vkey *key, uint64_t *ret, struct valise_err *err)
{
	return ask(s, key ? table->count_by_key : table->count, letter, key, ret, err);
}
