/* SPDX-License-Identifier: Apache-2.0 */
/* One SQLite connection: opening, statements, and what SQLite's codes mean to a person. */
#include "spool/db.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PLACE(db) text_shown(str_of((db)->place)).text

int db_damaged(const struct db *db, const char *what, struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD,
		       "the spool %s is damaged (%s): run `valise doctor`, and take the spool back from a copy",
		       PLACE(db), what);
}

/* For failures of the system: the errno that SQLite met says more than its own code. */
static int full(const struct db *db, struct valise_err *err)
{
	return err_set(
		err, VALISE_E_FULL,
		"no space is left for the spool %s: nothing was half written; make room and do it again (`valise forget --all "
		"--dry-run` shows which letters' bytes could go)",
		PLACE(db));
}

static int fail_io(const struct db *db, const char *what, struct valise_err *err)
{
	int errnum = sqlite3_system_errno(db->handle);
	if (errnum == ENOSPC || errnum == EDQUOT)
		return full(db, err);
	if (errnum == EACCES || errnum == EPERM || errnum == EROFS)
		return err_set(err, VALISE_E_READ_ONLY, "the spool %s cannot be written here: %s", PLACE(db), what);
	if (errnum && errnum != ENOENT)
		return err_errno(err, errnum, "the spool %s: %s", PLACE(db), what);
	return err_set(err, VALISE_E_IO, "the spool %s: %s", PLACE(db), what);
}

/* Ours for SQLite's `code`, with a text. */
static int fail(const struct db *db, int code, struct valise_err *err)
{
	const char *what = db->handle && sqlite3_extended_errcode(db->handle) == code ? sqlite3_errmsg(db->handle)
										      : sqlite3_errstr(code);
	if (code == SQLITE_IOERR_NOMEM || (code & 0xff) == SQLITE_NOMEM)
		return err_nomem(err);
	if (code == SQLITE_IOERR_CORRUPTFS)
		return db_damaged(db, what, err);
	switch (code & 0xff) {
	case SQLITE_FULL:
		return full(db, err);
	case SQLITE_READONLY:
		return err_set(err, VALISE_E_READ_ONLY, "the spool %s cannot be written here: %s", PLACE(db), what);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(
			err, VALISE_E_BUSY,
			"another program has been writing in the spool %s for more than a minute: let it finish, or "
			"end it, and do this again",
			PLACE(db));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return db_damaged(db, what, err);
	case SQLITE_PROTOCOL:
		return err_set(err, VALISE_E_CHANGED, "the spool %s was written while it was read: do this again",
			       PLACE(db));
	case SQLITE_TOOBIG:
		return err_set(err, VALISE_E_LIMIT, "more than one row of the spool %s can hold", PLACE(db));
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return fail_io(db, what, err);
	default:
		return err_set(err, VALISE_E_FAILURE, "the spool %s: %s", PLACE(db), what);
	}
}

int db_failed(const struct db *db, int code, struct valise_err *err)
{
	return fail(db, code, err);
}

void db_set_wait(struct db *db, int ms)
{
	(void)sqlite3_busy_timeout(db->handle, ms); /* fails for no handle only */
}

/* Nothing in the file's own schema is trusted to run, and nothing is lent to other files. */
static int configure(struct db *db, enum db_mode mode, bool is_view, struct valise_err *err)
{
	static const struct {
		int option, value;
	} options[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},   {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	};
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		int code = sqlite3_db_config(db->handle, options[i].option, options[i].value, NULL);
		if (code != SQLITE_OK)
			return fail(db, code, err);
	}
	(void)sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
	db_set_wait(db, DB_WAIT_MS);
	if (is_view) {
		/* Before the first read: then the index of the log is kept in this process alone. */
		int r = db_exec(db, "PRAGMA locking_mode = EXCLUSIVE", err);
		if (r)
			return r;
	}
	int r = db_exec(db, "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384", err);
	return r || mode != DB_LOOK ? r : db_exec(db, "PRAGMA query_only = ON", err);
}

/* SQLite says only that it cannot open what has too long a name. */
static int check_path(const char *path, const char *place, struct valise_err *err)
{
	static const char longest[] = "-journal"; /* what it may add */
	const sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	size_t len = strlen(path) + sizeof longest - 1;
	if (!vfs || len <= (size_t)vfs->mxPathname)
		return 0;
	return err_set(err, VALISE_E_LIMIT,
		       "the path of the spool %s, links followed, is too long for its database by %zu: use "
		       "a directory with a shorter one",
		       text_shown(str_of(place)).text, len - (size_t)vfs->mxPathname);
}

int db_open(const char *path, const char *place, enum db_mode mode, const char *vfs, struct db *ret,
	    struct valise_err *err)
{
	static const int flags[] = {
		[DB_WRITE] = SQLITE_OPEN_READWRITE,
		[DB_LOOK] = SQLITE_OPEN_READWRITE,
		[DB_READ_ONLY] = SQLITE_OPEN_READONLY,
	};
	struct db db = DB_NONE;
	int r = check_path(path, place, err);
	if (r)
		return r;
	db.place = strdup(place);
	if (!db.place)
		return err_nomem(err);
	int code = sqlite3_open_v2(path, &db.handle, flags[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
	r = code == SQLITE_OK ? configure(&db, mode, vfs != NULL, err) : fail(&db, code, err);
	if (r) {
		db_close(&db);
		return r;
	}
	*ret = db;
	return 0;
}

void db_leave_log(struct db *db)
{
	/* Where that fails the log is merged. */
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void db_merge_log(struct db *db)
{
	/* Where that fails the log goes on as it is. */
	(void)sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < db->n_kept; i++)
		(void)sqlite3_finalize(db->kept[i].stmt);
	(void)sqlite3_close(db->handle); /* nothing is left open: there is no query without its query_end */
	free(db->place);
	*db = (struct db)DB_NONE;
}

int db_exec(struct db *db, const char *sql, struct valise_err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : fail(db, code, err);
}

bool db_in_transaction(const struct db *db)
{
	return db->handle && !sqlite3_get_autocommit(db->handle);
}

int64_t db_last_rowid(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

bool db_changed(const struct db *db)
{
	return sqlite3_changes64(db->handle) > 0;
}

static struct kept_statement *find_kept(struct db *db, const char *sql)
{
	for (size_t i = 0; i < db->n_kept; i++) {
		if (db->kept[i].sql == sql)
			return &db->kept[i];
	}
	return NULL;
}

struct query query_of(struct db *db, const char *sql)
{
	struct query q = {.db = db};
	struct kept_statement *kept = find_kept(db, sql);
	if (kept && !kept->in_use) {
		kept->in_use = true;
		q.kept = kept;
		q.stmt = kept->stmt;
		return q;
	}
	bool keep = !kept && db->n_kept < DB_KEPT;
	q.code = sqlite3_prepare_v3(db->handle, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &q.stmt, NULL);
	if (q.code == SQLITE_OK && keep) {
		q.kept = &db->kept[db->n_kept++];
		*q.kept = (struct kept_statement){.sql = sql, .stmt = q.stmt, .in_use = true};
	}
	return q;
}

void query_hash(struct query *q, const struct hash *h)
{
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_blob(q->stmt, ++q->n_bound, h->bytes, sizeof h->bytes, SQLITE_STATIC);
}

void query_int(struct query *q, int64_t v)
{
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_int64(q->stmt, ++q->n_bound, v);
}

void query_blob(struct query *q, struct str bytes)
{
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_blob64(q->stmt, ++q->n_bound, bytes.at, bytes.len, SQLITE_STATIC);
}

void query_text(struct query *q, struct str text)
{
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_text64(q->stmt, ++q->n_bound, text.at, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

int query_next(struct query *q, bool *ret_row, struct valise_err *err)
{
	int code = q->code == SQLITE_OK ? sqlite3_step(q->stmt) : q->code;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return fail(q->db, code, err);
	*ret_row = code == SQLITE_ROW;
	return 0;
}

bool query_row(struct query *q, int *r, struct valise_err *err)
{
	bool row = false;
	if (!*r)
		*r = query_next(q, &row, err);
	return row;
}

int query_run(struct query *q, struct valise_err *err)
{
	bool row;
	return query_next(q, &row, err);
}

int64_t row_int(const struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

bool row_is_null(const struct query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

struct str row_bytes(const struct query *q, int column)
{
	const char *at = sqlite3_column_blob(q->stmt, column);
	int len = sqlite3_column_bytes(q->stmt, column);
	return at ? (struct str){at, (size_t)len} : STR("");
}

int row_hash(const struct query *q, int column, struct hash *ret, struct valise_err *err)
{
	struct str bytes = row_bytes(q, column);
	if (bytes.len != sizeof ret->bytes)
		return db_damaged(q->db, "an id that is none", err);
	memcpy(ret->bytes, bytes.at, sizeof ret->bytes);
	return 0;
}

int row_each_hash(const struct query *q, int column, hash_each *each, void *context, struct valise_err *err)
{
	struct str ids = row_bytes(q, column);
	struct hash one;
	if (ids.len % sizeof one.bytes != 0)
		return db_damaged(q->db, "a list of ids", err);
	for (size_t at = 0; at < ids.len; at += sizeof one.bytes) {
		memcpy(one.bytes, ids.at + at, sizeof one.bytes);
		int r = each(context, &one);
		if (r)
			return r;
	}
	return 0;
}

int row_size(const struct query *q, int column, uint64_t *ret, struct valise_err *err)
{
	int64_t v = row_int(q, column);
	if (v < 0)
		return db_damaged(q->db, "a size below nothing", err);
	*ret = (uint64_t)v;
	return 0;
}

void query_end(struct query *q)
{
	if (q->kept) {
		/* The bound spans are the caller's and end with it. */
		(void)sqlite3_reset(q->stmt);
		(void)sqlite3_clear_bindings(q->stmt);
		q->kept->in_use = false;
	} else {
		(void)sqlite3_finalize(q->stmt);
	}
	*q = (struct query)QUERY_NONE;
}
