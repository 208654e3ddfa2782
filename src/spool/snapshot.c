/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the database at one moment, made by SQLite's own backup interface while others go on writing. */
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "base/newfile.h"
#include "base/text.h"
#include "spool/inside.h"
#include "spool/spool.h"

#define PAGES_AT_ONCE 1024

static int open_copy(struct spool *s, const struct newfile *nf, struct db *ret, struct valise_err *err)
{
	CLEAN_FREE char *real = realpath(s->dir, NULL);
	CLEAN_BUF struct buf path = BUF_INIT(PATH_MAX + sizeof nf->temp + 8);
	if (!real)
		return err_errno(err, errno, "cannot open the spool %s", text_shown(str_of(s->dir)).text);
	buf_addf(&path, "%s/tmp/%s", real, nf->temp);
	int r = buf_check(&path, "the path of a copy", err);
	if (!r)
		r = db_open((const char *)path.data, s->dir, DB_WRITE, NULL, ret, err);
	/* It is nobody's until it is whole: neither a journal on the disk nor a sync is worth anything. OFF would be none at all, and SQLite
	 * passes over that where it is to defend itself, as here. */
	return r ? r : db_exec(ret, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF", err);
}

/* The source's transaction is open: all pages are of one moment, and nobody's writing makes this begin again. */
static int copy_pages(sqlite3_backup *b, struct db *copy, snapshot_progress *progress, void *context,
		      struct valise_err *err)
{
	int code = SQLITE_OK;
	while (code == SQLITE_OK) {
		code = sqlite3_backup_step(b, PAGES_AT_ONCE);
		uint64_t total = (uint64_t)sqlite3_backup_pagecount(b);
		uint64_t left = (uint64_t)sqlite3_backup_remaining(b);
		int r = progress ? progress(context, (total - left) * 4096, total * 4096, err) : 0;
		if (r)
			return r;
	}
	return code == SQLITE_DONE ? 0 : db_failed(copy, code, err);
}

static int copy_all(struct spool *s, struct db *copy, snapshot_progress *progress, void *context,
		    struct valise_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(copy->handle, "main", s->db.handle, "main");
	if (!b)
		return db_failed(copy, sqlite3_extended_errcode(copy->handle), err);
	int r = copy_pages(b, copy, progress, context, err);
	int code = sqlite3_backup_finish(b);
	return r || code == SQLITE_OK ? r : db_failed(copy, code, err);
}

int spool_snapshot(struct spool *s, snapshot_progress *progress, void *context, struct newfile *ret,
		   struct valise_err *err)
{
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	struct db copy = DB_NONE;
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row;
	if (s->tmpfd < 0 || s->is_read_only)
		return err_set(err, VALISE_E_READ_ONLY,
			       "the spool %s is open for reading only: a copy of its database takes room in it",
			       text_shown(str_of(s->dir)).text);
	int r = newfile_begin_named(s->tmpfd, 0600, &nf, err);
	if (!r)
		r = open_copy(s, &nf, &copy, err);
	if (!r)
		r = spool_begin_read(s, err);
	/* The first read is when the moment is. */
	if (!r)
		q = query_of(&s->db, "SELECT count(*) FROM sqlite_schema");
	if (!r)
		r = query_next(&q, &row, err);
	query_end(&q);
	if (!r)
		r = copy_all(s, &copy, progress, context, err);
	if (s->is_reading)
		spool_rollback(s);
	db_close(&copy);
	if (r)
		return r;
	*ret = nf;
	nf = (struct newfile)NEWFILE_NONE;
	return 0;
}
