/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, by letter, key and nth. */
#include "spool/reports.h"

#include "spool/inside.h"

int report_put(struct spool *s, const struct verified_report *v, int64_t taken_in_s, bool *ret_new,
	       struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int64_t item = 0;
	bool is_new;
	if (v->r.nth > INT64_MAX)
		return err_set(err, VALISE_E_LIMIT, "report %s: its nth is too large", hash_hex(&v->note.id).text);
	int r = item_put(s, ITEM_REPORT, &v->note.id, (struct str){v->note.bytes, v->note.len}, taken_in_s, &item,
			 &is_new, err);
	if (!r && is_new)
		r = query_begin(&s->db, "INSERT INTO report (letter, signer, nth, item) VALUES (?, ?, ?, ?)", &q, err);
	if (!r && is_new) {
		query_hash(&q, &v->r.letter);
		query_blob(&q, (struct str){(const char *)v->r.by.key, sizeof v->r.by.key});
		query_int(&q, (int64_t)v->r.nth);
		query_int(&q, item);
		r = query_run(&q, err);
	}
	if (!r && ret_new)
		*ret_new = is_new;
	return r;
}

static int each_row(struct spool *s, struct query *q, report_each *each, void *context, struct valise_err *err)
{
	for (;;) {
		bool row;
		struct verified_report *v;
		int r = query_next(q, &row, err);
		if (r || !row)
			return r;
		struct str bytes = row_bytes(q, 0);
		r = report_from_intake(bytes.at, bytes.len, &v, err);
		if (r)
			return item_unreadable(s, r, err);
		r = each(context, v, row_int(q, 1));
		if (r)
			return r;
	}
}

int reports_of(struct spool *s, const struct hash *letter, report_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(
		&s->db,
		"SELECT i.bytes, i.taken_in_s FROM report n JOIN item i ON i.seq = n.item WHERE n.letter = ? "
		"AND i.taken_in_s <= ? ORDER BY n.signer, n.nth, n.item",
		&q, err);
	if (r)
		return r;
	query_hash(&q, letter);
	query_int(&q, s->as_of_s);
	return each_row(s, &q, each, context, err);
}

int reports_each(struct spool *s, report_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(
		&s->db,
		"SELECT i.bytes, i.taken_in_s FROM report n JOIN item i ON i.seq = n.item AND i.taken_in_s <= ? ORDER BY n.item",
		&q, err);
	if (r)
		return r;
	query_int(&q, s->as_of_s);
	return each_row(s, &q, each, context, err);
}

int report_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		    struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row;
	int r = query_begin(&s->db, "SELECT coalesce(max(nth), 0) FROM report WHERE letter = ? AND signer = ?", &q,
			    err);
	if (r)
		return r;
	query_hash(&q, letter);
	query_blob(&q, (struct str){(const char *)key->key, sizeof key->key});
	r = query_next(&q, &row, err);
	return r ? r : row_size(&q, 0, ret, err);
}
