/* SPDX-License-Identifier: Apache-2.0 */
/* Which places are settled, and what the log has of letters since then. */
#include "spool/settled.h"

#include "format/report.h"
#include "format/statement.h"
#include "spool/inside.h"
#include "spool/items.h"

#define PLACES_MAX 64 /* sticks and folders that are remembered */
#define WAIT_MS 1000  /* for another writer: nothing is lost without it */

int log_end(struct spool *s, struct log_end *ret, struct valise_err *err)
{
	bool row = false;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT coalesce(max(seq), 0), (SELECT times FROM came_back) FROM item");
	int r = query_next(&q, &row, err);
	if (!r)
		*ret = (struct log_end){row ? row_int(&q, 0) : 0, row ? row_int(&q, 1) : 0};
	return r;
}

/* ---- What the log has of letters ---- */

static int each_letter(struct spool *s, const char *sql, const struct hash *of, hash_each *each, void *context,
		       struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	int r = 0;
	query_hash(&q, of);
	while (query_row(&q, &r, err)) {
		struct hash letter;
		r = row_hash(&q, 0, &letter, err);
		if (!r)
			r = each(context, &letter);
	}
	return r;
}

/* Which letter a note is about, in *id instead of its own. Of one that is damaged here the rows tell, which takes longer. */
static int letter_of(struct spool *s, enum item_kind kind, struct str note, struct hash *id, struct valise_err *err)
{
	CLEAN_STATEMENT struct verified_statement *v = NULL;
	CLEAN_REPORT struct verified_report *p = NULL;
	struct valise_err why = {0};
	bool here;
	int r = kind == ITEM_STATEMENT ? statement_from_intake(note.at, note.len, &v, &why)
				       : report_from_intake(note.at, note.len, &p, &why);
	if (r && r != VALISE_E_BAD) {
		err_copy(err, &why);
		return r;
	}
	if (!r && hash_eq(id, v ? &v->note.id : &p->note.id)) {
		*id = v ? v->s.letter : p->r.letter;
		return 0;
	}
	return note_letter(s, id, id, &here, err);
}

/* Any letter that is reported of may point at an exhibit: there are few. */
static const char by_letter[] = "SELECT id FROM letter WHERE id = ?1",
		  by_body[] = "SELECT id FROM letter WHERE body = ?1",
		  by_cover[] = "SELECT id FROM letter WHERE cover = ?1",
		  by_any_report[] =
			  "SELECT DISTINCT letter FROM report WHERE letter IN (SELECT id FROM letter) AND ?1 <> ''";

static int touch(struct spool *s, const struct query *q, hash_each *each, void *context, struct valise_err *err)
{
	enum item_kind kind = (enum item_kind)row_int(q, 0);
	struct hash id;
	int r = row_hash(q, 1, &id, err);
	if (!r && (kind == ITEM_STATEMENT || kind == ITEM_REPORT))
		r = letter_of(s, kind, row_bytes(q, 2), &id, err);
	if (r)
		return r;
	const char *sql = kind == ITEM_COVER     ? by_cover
			  : kind == ITEM_BODY    ? by_body
			  : kind == ITEM_EXHIBIT ? by_any_report
						 : by_letter;
	return each_letter(s, sql, &id, each, context, err);
}

int letters_touched(struct spool *s, int64_t seq, hash_each *each, void *context, bool *ret_all, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT kind, id, bytes FROM item WHERE seq > ? ORDER BY seq");
	int r = 0;
	query_int(&q, seq);
	while (!*ret_all && query_row(&q, &r, err)) {
		*ret_all = row_int(&q, 0) == ITEM_REGISTER;
		if (!*ret_all)
			r = touch(s, &q, each, context, err);
	}
	return r;
}

/* ---- Places ---- */

int settled_get(struct spool *s, const struct hash *place, const struct log_end *now, int64_t now_s,
		struct settled *ret, hash_each *open, void *context, bool *ret_is, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT seq, since_s, until_s, open FROM settled WHERE place = ?1 AND came_back = ?2 "
				 "AND seq <= ?3 AND ?4 BETWEEN since_s AND until_s");
	bool row;
	query_hash(&q, place);
	query_int(&q, now->came_back);
	query_int(&q, now->seq);
	query_int(&q, now_s);
	int r = query_next(&q, &row, err);
	if (!r && row)
		r = row_each_hash(&q, 3, open, context, err);
	if (r)
		return r;
	*ret_is = row;
	if (row)
		*ret = (struct settled){.place = *place,
					.upto = {row_int(&q, 0), now->came_back},
					.since_s = row_int(&q, 1),
					.until_s = row_int(&q, 2)};
	return 0;
}

static int put(struct spool *s, const struct settled *what, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT OR REPLACE INTO settled (place, seq, came_back, since_s, until_s, open) "
				 "VALUES (?, ?, ?, ?, ?, ?)");
	CLEAN_QUERY struct query old = QUERY_NONE;
	query_hash(&q, &what->place);
	query_int(&q, what->upto.seq);
	query_int(&q, what->upto.came_back);
	query_int(&q, what->since_s);
	query_int(&q, what->until_s);
	query_blob(&q,
		   what->n_open ? (struct str){(const char *)what->open, what->n_open * sizeof *what->open} : STR(""));
	int r = query_run(&q, err);
	if (!r)
		old = query_of(&s->db, "DELETE FROM settled WHERE came_back <> ?2 OR number NOT IN "
				       "(SELECT number FROM settled ORDER BY number DESC LIMIT ?1)");
	if (r)
		return r;
	query_int(&old, PLACES_MAX);
	query_int(&old, what->upto.came_back);
	return query_run(&old, err);
}

int settled_put(struct spool *s, const struct settled *what, struct valise_err *err)
{
	db_set_wait(&s->db, WAIT_MS);
	int r = spool_begin_lazy(s, err);
	db_set_wait(&s->db, DB_WAIT_MS);
	return r ? r : spool_end(s, put(s, what, err), err);
}

int settled_drop(struct spool *s, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	return r ? r : db_exec(&s->db, "DELETE FROM settled", err);
}
