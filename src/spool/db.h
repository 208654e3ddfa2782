/* SPDX-License-Identifier: Apache-2.0 */
/* A thin wrapper of one SQLite connection: constant SQL, prepared once and kept, values bound in order, codes turned into ours. */
#ifndef SPOOL_DB_H
#define SPOOL_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

struct sqlite3;
struct sqlite3_stmt;

#define DB_KEPT 128            /* statements kept prepared: more than the room has */
#define DB_WAIT_MS (60 * 1000) /* for another writer */

struct db {
	struct sqlite3 *handle;
	char *place; /* whose database it is, as error texts show it; owned */
	struct kept_statement {
		const char *sql; /* found by its address: every text is a constant */
		struct sqlite3_stmt *stmt;
		bool in_use;
	} kept[DB_KEPT];
	size_t n_kept;
};
#define DB_NONE \
	{ \
		.handle = NULL \
	}

/* How a database is opened. */
enum db_mode {
	DB_WRITE,     /* read and write */
	DB_LOOK,      /* may keep its log and locks in order, changes no row */
	DB_READ_ONLY, /* writes nothing at all */
};
/* `path` is absolute. `vfs` NULL: the system's. A db that failed to open is closed. */
CHECKED int db_open(const char *path, const char *place, enum db_mode mode, const char *vfs, struct db *ret,
		    struct valise_err *err);
void db_close(struct db *db);
/* Merges as much of the log as nobody reads; where that is all of it, the next transaction begins it anew. Waits for nobody. */
void db_merge_log(struct db *db);
/* Before db_close: the log stays beside the database, for whoever opens it next. */
void db_leave_log(struct db *db);
/* Several statements without values or rows. */
CHECKED int db_exec(struct db *db, const char *sql, struct valise_err *err);
/* How long another writer is waited for. */
void db_set_wait(struct db *db, int ms);
/* True between BEGIN and its end: an error may have rolled back by itself. */
bool db_in_transaction(const struct db *db);
int64_t db_last_rowid(const struct db *db);
/* Whether the last INSERT, UPDATE or DELETE changed anything. */
bool db_changed(const struct db *db);

/* One run of a statement. Values are bound in the order of its marks and must live until query_end. A failure before the first row is told
 * where that is asked for. */
struct query {
	struct db *db;
	struct sqlite3_stmt *stmt;
	struct kept_statement *kept; /* NULL: prepared for this run alone, since the kept one is in use further up */
	int n_bound;
	int code; /* SQLite's, of what failed first */
};
#define QUERY_NONE \
	{ \
		.stmt = NULL \
	}
#define CLEAN_QUERY CLEANUP(query_end)
struct query query_of(struct db *db, const char *sql);
void query_hash(struct query *q, const struct hash *h);
void query_int(struct query *q, int64_t v);
void query_blob(struct query *q, struct str bytes); /* at NULL: SQL's NULL */
void query_text(struct query *q, struct str text);  /* the same */
CHECKED int query_next(struct query *q, bool *ret_row, struct valise_err *err);
/* For loops: false past the last row, after a failure, which is in *r then, and where *r is one already. */
bool query_row(struct query *q, int *r, struct valise_err *err);
/* For statements without rows. */
CHECKED int query_run(struct query *q, struct valise_err *err);
/* Of the row in hand; spans live until the next query_next. */
int64_t row_int(const struct query *q, int column);
bool row_is_null(const struct query *q, int column);
struct str row_bytes(const struct query *q, int column);
CHECKED int row_hash(const struct query *q, int column, struct hash *ret, struct valise_err *err);
/* Ids that lie one after the other. */
CHECKED int row_each_hash(const struct query *q, int column, hash_each *each, void *context, struct valise_err *err);
/* A number that is never negative. */
CHECKED int row_size(const struct query *q, int column, uint64_t *ret, struct valise_err *err);
void query_end(struct query *q);

/* What SQLite's own `code` means, for those who call it themselves. */
int db_failed(const struct db *db, int code, struct valise_err *err);
/* What a row that cannot be says: VALISE_E_BAD, and what to do. */
int db_damaged(const struct db *db, const char *what, struct valise_err *err);

#endif
