/* SPDX-License-Identifier: Apache-2.0 */
/* Whole bodies: rows for small ones, read-only files for others. */
#include "spool/bodies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/direct.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/tally.h"
#include "spool/inside.h"
#include "spool/shelf.h"

void query_check(struct query *q, const struct as_checked *check)
{
	const int64_t values[] = {check->checked_s, check->inode, check->ctime_ns};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		if (check->is_known)
			query_int(q, values[i]);
		else
			query_blob(q, (struct str){NULL, 0});
}

struct as_checked row_check(const struct query *q, int column)
{
	bool is_known = !row_is_null(q, column) && !row_is_null(q, column + 1) && !row_is_null(q, column + 2);
	return (struct as_checked){is_known, row_int(q, column), row_int(q, column + 1), row_int(q, column + 2)};
}

int body_record_check(struct spool *s, const struct hash *root, const struct as_checked *check, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "UPDATE body SET (checked_s, inode, ctime_ns) = (?2, ?3, ?4) WHERE root = ?1");
	query_hash(&q, root);
	query_check(&q, check);
	return query_run(&q, err);
}

int body_look(const struct hash *root, uint64_t bytes, struct str tally, struct valise_err *err)
{
	if (bytes > LIMIT_BODY_BYTES)
		return err_set(err, VALISE_E_LIMIT, "the body %.16s... is larger than any may be", hash_hex(root).text);
	if (tally.len != tally_pieces(bytes) * sizeof(struct hash))
		return err_set(err, VALISE_E_USAGE, "the tally of the body %.16s... is not of its size",
			       hash_hex(root).text);
	return 0;
}

int body_room(struct spool *s, const struct hash *root, bool make, int *ret_fd, struct valise_err *err)
{
	struct shelf shelf = shelf_bodies(s);
	return shelf_room(s, &shelf, root, make, ret_fd, err);
}

static int record_small(struct spool *s, int64_t item, struct str bytes, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "INSERT INTO small_body (item, bytes) VALUES (?, ?)");
	query_int(&q, item);
	query_blob(&q, bytes);
	return query_run(&q, err);
}

int body_record(struct spool *s, const struct hash *root, uint64_t bytes, struct str tally, struct str small,
		struct valise_err *err)
{
	const struct str nothing = {NULL, 0};
	int64_t item;
	bool is_new;
	int r = item_put(s, ITEM_BODY, root, nothing, &item, &is_new, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(
		&s->db, "INSERT INTO body (root, item, bytes, tally) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
	query_hash(&q, root);
	query_int(&q, item);
	query_int(&q, (int64_t)bytes);
	query_blob(&q, tally.len ? tally : STR(""));
	r = query_run(&q, err);
	return r || !small.at || !db_changed(&s->db) ? r : record_small(s, item, small, err);
}

int body_put_small(struct spool *s, const struct hash *root, struct str bytes, struct str tally, struct valise_err *err)
{
	int r = body_look(root, bytes.len, tally, err);
	if (!r && bytes.len > BODY_SMALL_BYTES)
		return err_set(err, VALISE_E_USAGE, "the body %.16s... is too large to be a row", hash_hex(root).text);
	return r ? r : body_record(s, root, bytes.len, tally, bytes.at ? bytes : STR(""), err);
}

/* The few bytes of a small body that came as a file. */
static int put_small_file(struct spool *s, const struct hash *root, uint64_t bytes, int fd, struct str tally,
			  struct valise_err *err)
{
	uint8_t small[BODY_SMALL_BYTES];
	size_t n;
	int r = file_pread_full(fd, small, (size_t)bytes, 0, &n, "a new body", err);
	if (!r && n != bytes)
		return err_set(err, VALISE_E_CHANGED, "a new body became shorter while it was read");
	return r ? r : body_record(s, root, bytes, tally, (struct str){(const char *)small, n}, err);
}

static int put_file(struct spool *s, const struct hash *root, uint64_t bytes, struct newfile *file, struct str tally,
		    struct valise_err *err)
{
	struct stat st;
	bool is_here = false;
	int r = body_look(root, bytes, tally, err);
	if (!r)
		r = spool_need_transaction(s, err);
	if (!r && fstat(file->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a new body");
	if (!r && (uint64_t)st.st_size != bytes)
		return err_set(err, VALISE_E_USAGE, "the body %.16s... is not of the size it should have",
			       hash_hex(root).text);
	if (!r)
		r = body_has(s, root, &is_here, err);
	if (r || is_here)
		return r;
	if (bytes <= BODY_SMALL_BYTES)
		return put_small_file(s, root, bytes, file->fd, tally, err);
	struct shelf shelf = shelf_bodies(s);
	r = shelf_put(s, &shelf, root, file, &st, err);
	if (!r)
		r = body_record(s, root, bytes, tally, (struct str){NULL, 0}, err);
	if (r)
		return r;
	struct as_checked check = as_checked_at(clock_now_s(), &st); /* its root was computed of these bytes just now */
	return body_record_check(s, root, &check, err);
}

int body_put_file(struct spool *s, const struct hash *root, uint64_t bytes, struct newfile *file, struct str tally,
		  struct valise_err *err)
{
	int r = put_file(s, root, bytes, file, tally, err);
	newfile_abandon(file);
	return r;
}

int body_has(struct spool *s, const struct hash *root, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT 1 FROM body WHERE root = ?");
	query_hash(&q, root);
	return query_next(&q, ret, err);
}

static int not_here(const struct hash *root, struct valise_err *err)
{
	return err_set(err, VALISE_E_NOT_FOUND, "the body %.16s... is not here", hash_hex(root).text);
}

int body_tally(struct spool *s, const struct hash *root, struct buf *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT tally FROM body WHERE root = ?");
	bool row;
	query_hash(&q, root);
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	if (!row)
		return not_here(root, err);
	buf_add_str(ret, row_bytes(&q, 0));
	return buf_check(ret, "a tally", err);
}

bool body_is_as_checked(const struct body *b)
{
	struct stat st;
	return as_checked_is_recent(&b->check) && fstat(b->fd, &st) == 0 && as_checked_is_of(&b->check, &st);
}

int body_open(struct spool *s, const struct hash *root, struct body *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT b.bytes, n.bytes, b.checked_s, b.inode, b.ctime_ns"
				 " FROM body b LEFT JOIN small_body n ON n.item = b.item WHERE b.root = ?");
	bool row;
	uint64_t bytes;
	query_hash(&q, root);
	int r = query_next(&q, &row, err);
	if (!r && !row)
		return not_here(root, err);
	if (!r)
		r = row_size(&q, 0, &bytes, err);
	if (r)
		return r;
	struct shelf shelf = shelf_bodies(s);
	if (!row_is_null(&q, 1))
		return shelf_open_small(&shelf, root, bytes, row_bytes(&q, 1), ret, err);
	struct as_checked check = row_check(&q, 2);
	r = shelf_open(s, &shelf, root, bytes, ret, err);
	if (!r)
		ret->check = check;
	return r;
}

/* One of the rows that make a body. */
static int forget_row(struct spool *s, const char *sql, const struct hash *root, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	query_hash(&q, root);
	return query_run(&q, err);
}

/* Its file, where it has one. */
static int remove_file(struct spool *s, const struct hash *root, struct valise_err *err)
{
	CLEAN_CLOSE int room = -1;
	int r = body_room(s, root, false, &room, err);
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	if (!r && unlinkat(room, hash_hex(root).text, 0) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove the body %.16s...", hash_hex(root).text);
	return r;
}

static int forget_rows(struct spool *s, const struct hash *root, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (!r)
		r = forget_row(s, "DELETE FROM small_body WHERE item IN (SELECT item FROM body WHERE root = ?)", root,
			       err);
	return r ? r : forget_row(s, "DELETE FROM body WHERE root = ?", root, err);
}

int body_forget(struct spool *s, const struct hash *root, struct valise_err *err)
{
	int r = forget_rows(s, root, err);
	return r ? r : remove_file(s, root, err);
}

int body_drop(struct spool *s, const struct hash *root, struct valise_err *err)
{
	int r = forget_rows(s, root, err);
	return r ? r : partials_drop(s, root, err);
}

int body_sweep(struct spool *s, const struct hash *root, struct valise_err *err)
{
	bool is_here;
	int r = body_has(s, root, &is_here, err);
	return r || is_here ? r : remove_file(s, root, err);
}

int body_check_anew(struct spool *s, const struct hash *root, struct valise_err *err)
{
	const struct as_checked unknown = {.is_known = false};
	bool own;
	int r = spool_join(s, &own, err);
	return r ? r : spool_leave(s, own, body_record_check(s, root, &unknown, err), err);
}

int body_read(const struct body *b, uint64_t offset, void *ret, size_t len, struct valise_err *err)
{
	if (offset > b->size || len > b->size - offset)
		return err_set(err, VALISE_E_USAGE, "a read past the end of a body");
	if (b->fd < 0) {
		if (len)
			memcpy(ret, b->bytes + offset, len);
		return 0;
	}
	size_t n;
	int r = file_pread_full(b->fd, ret, len, offset, &n, b->what, err);
	if (!r && n != len)
		return err_set(err, VALISE_E_CHANGED, "%s became shorter while it was read: do this again",
			       text_shown(str_of(b->what)).text);
	return r;
}

int body_read_blocks(const struct body *b, uint64_t offset, size_t len, uint8_t *blocks, uint8_t **ret,
		     struct valise_err *err)
{
	size_t lead = offset % DIRECT_BLOCK_BYTES;
	uint64_t at = offset - lead;
	size_t whole = (lead + len + DIRECT_BLOCK_BYTES - 1) / DIRECT_BLOCK_BYTES * DIRECT_BLOCK_BYTES;
	uint64_t left = at < b->size ? b->size - at : 0;
	if (whole > left && lead + len <= left) /* the file ends within the last block */
		whole = (size_t)left;
	*ret = blocks + lead;
	return body_read(b, at, blocks, whole, err);
}

void body_release(struct body *b)
{
	cleanup_close(&b->fd);
	free(b->bytes);
	*b = (struct body)BODY_NONE;
}
