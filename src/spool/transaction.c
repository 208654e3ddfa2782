/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: one at a time, all or nothing. */
#include "base/text.h"
#include "spool/inside.h"

/* Prepared once: there may be thousands. */
static int run(struct spool *s, const char *sql, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	return query_run(&q, err);
}

static int begin(struct spool *s, const char *sql, bool *is_open, struct valise_err *err)
{
	int r = run(s, sql, err);
	if (!r)
		*is_open = true;
	return r;
}

static int check_none(const struct spool *s, struct valise_err *err)
{
	if (s->is_writing || s->is_reading)
		return err_set(err, VALISE_E_FAILURE, "the spool %s: a transaction is open already",
			       text_shown(str_of(s->dir)).text);
	return 0;
}

/* Whether a commit waits until it is durable: asked for before each transaction, so that none goes without by mistake. */
static int set_lazy(struct spool *s, bool lazy, struct valise_err *err)
{
	if (s->is_lazy == lazy)
		return 0;
	int r = db_exec(&s->db, lazy ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", err);
	if (!r)
		s->is_lazy = lazy;
	return r;
}

static int begin_writing(struct spool *s, bool lazy, struct valise_err *err)
{
	if (s->is_read_only)
		return err_set(err, VALISE_E_READ_ONLY, "the spool %s is open for reading only",
			       text_shown(str_of(s->dir)).text);
	int r = check_none(s, err);
	if (!r)
		r = set_lazy(s, lazy, err);
	return r ? r : begin(s, "BEGIN IMMEDIATE", &s->is_writing, err);
}

int spool_begin(struct spool *s, struct valise_err *err)
{
	return begin_writing(s, false, err);
}

int spool_begin_lazy(struct spool *s, struct valise_err *err)
{
	return begin_writing(s, true, err);
}

int spool_begin_read(struct spool *s, struct valise_err *err)
{
	int r = check_none(s, err);
	return r ? r : begin(s, "BEGIN", &s->is_reading, err);
}

int spool_commit(struct spool *s, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (!r)
		r = run(s, "COMMIT", err);
	if (r)
		spool_rollback(s);
	s->is_writing = false;
	return r;
}

void spool_rollback(struct spool *s)
{
	/* Fails only where SQLite has rolled back already. */
	if (db_in_transaction(&s->db))
		(void)!run(s, "ROLLBACK", NULL);
	s->own_changes += s->is_writing;
	s->is_writing = false;
	s->is_reading = false;
}

int spool_end(struct spool *s, int code, struct valise_err *err)
{
	if (!code)
		return spool_commit(s, err);
	spool_rollback(s);
	return code;
}

int spool_changes(struct spool *s, struct spool_changes *ret, struct valise_err *err)
{
	bool row;
	CLEAN_QUERY struct query q = query_of(&s->db, "PRAGMA data_version");
	int r = query_next(&q, &row, err);
	if (!r)
		*ret = (struct spool_changes){row ? row_int(&q, 0) : 0, s->own_changes};
	return r;
}

int spool_need_transaction(const struct spool *s, struct valise_err *err)
{
	if (!s->is_writing)
		return err_set(err, VALISE_E_FAILURE, "the spool %s: no transaction is open to write in",
			       text_shown(str_of(s->dir)).text);
	/* Some errors roll back by themselves; what came after one must not be taken for part of the whole. */
	if (!db_in_transaction(&s->db))
		return err_set(err, VALISE_E_FAILURE, "the spool %s: this transaction has failed before",
			       text_shown(str_of(s->dir)).text);
	return 0;
}

int spool_join(struct spool *s, bool *ret_own, struct valise_err *err)
{
	bool own = !s->is_writing;
	int r = own ? spool_begin(s, err) : spool_need_transaction(s, err);
	if (!r)
		*ret_own = own;
	return r;
}

int spool_leave(struct spool *s, bool own, int code, struct valise_err *err)
{
	return own ? spool_end(s, code, err) : code;
}
