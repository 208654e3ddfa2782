/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, by letter, key and nth. */
#include "spool/reports.h"

#include "spool/numbered.h"

static const struct numbered_table table = {
	ITEM_REPORT,
	"report",
	"INSERT INTO report (letter, signer, nth, item) VALUES (?, ?, ?, ?)",
	"SELECT coalesce(max(nth), 0) FROM report WHERE letter = ? AND signer = ?",
	"SELECT count(*) FROM report WHERE letter = ?",
	"SELECT count(*) FROM report WHERE letter = ? AND signer = ?",
};

int report_put(struct spool *s, const struct verified_report *v, bool *ret_new, struct valise_err *err)
{
	return numbered_put(s, &table, &v->note, &v->r.letter, &v->r.by, v->r.nth, ret_new, err);
}

static int read_row(struct spool *s, const struct hash *letter, const struct query *q, struct verified_report **ret,
		    struct valise_err *err)
{
	CLEAN_REPORT struct verified_report *v = NULL;
	struct str bytes = row_bytes(q, 0);
	struct hash id;
	int r = row_hash(q, 2, &id, err);
	if (!r)
		r = item_unreadable(s, letter, report_from_intake(bytes.at, bytes.len, &v, err), err);
	if (!r)
		r = item_check_id(s, letter, &id, &v->note, err);
	if (!r)
		*ret = TAKE(v);
	return r;
}

/* `letter` NULL: of all, and those that are damaged here are passed over. */
static int each_row(struct spool *s, const struct hash *letter, struct query *q, report_each *each, void *context,
		    struct valise_err *err)
{
	int r = 0;
	while (query_row(q, &r, err)) {
		struct verified_report *v = NULL;
		r = read_row(s, letter, q, &v, err);
		if (!r)
			r = each(context, v, row_int(q, 1));
		else if (r == VALISE_E_BAD && !letter)
			r = 0;
	}
	return r;
}

int reports_of(struct spool *s, const struct hash *letter, report_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT i.bytes, i.taken_in_s, i.id FROM report n JOIN item i ON i.seq = n.item WHERE n.letter = ? "
		"AND i.taken_in_s <= ? ORDER BY n.signer, n.nth, n.item");
	query_hash(&q, letter);
	query_int(&q, s->as_of_s);
	return each_row(s, letter, &q, each, context, err);
}

int reports_each(struct spool *s, report_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT i.bytes, i.taken_in_s, i.id FROM report n JOIN item i ON i.seq = n.item AND i.taken_in_s <= ? ORDER BY n.item");
	query_int(&q, s->as_of_s);
	return each_row(s, NULL, &q, each, context, err);
}

int report_count(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		 struct valise_err *err)
{
	return numbered_count(s, &table, letter, key, ret, err);
}

int report_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		    struct valise_err *err)
{
	return numbered_last(s, &table, letter, key, ret, err);
}
