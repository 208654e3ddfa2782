/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits: rows for small ones, read-only files for others, and the letters that they belong to. */
#include "spool/exhibits.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "spool/found.h"
#include "spool/inside.h"
#include "spool/shelf.h"

/* A statement about the exhibit, bound as its first value. */
static struct query of_exhibit(struct spool *s, const char *sql, const struct hash *id)
{
	struct query q = query_of(&s->db, sql);
	query_hash(&q, id);
	return q;
}

static int run_of(struct spool *s, const char *sql, const struct hash *id, struct valise_err *err)
{
	CLEAN_QUERY struct query q = of_exhibit(s, sql, id);
	return query_run(&q, err);
}

/* ---- Putting ---- */

static int look(const struct exhibit_row *row, int fd, struct valise_err *err)
{
	struct stat st;
	if (row->bytes == 0)
		return err_set(err, VALISE_E_LIMIT, "an empty file is no exhibit: there is nothing in it to point at");
	if (row->bytes > LIMIT_EXHIBIT_BYTES)
		return err_set(err, VALISE_E_LIMIT, "an exhibit has at most %llu bytes", LIMIT_EXHIBIT_BYTES);
	if (row->name.at && (!row->name.len || row->name.len > EXHIBIT_NAME_BYTES))
		return err_set(err, VALISE_E_LIMIT, "the name of an exhibit has 1 to %u bytes", EXHIBIT_NAME_BYTES);
	if (fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot read a new exhibit");
	if ((uint64_t)st.st_size != row->bytes)
		return err_set(err, VALISE_E_USAGE, "the exhibit %.16s... is not of the size it should have",
			       hash_hex(&row->id).text);
	return 0;
}

static int record_small(struct spool *s, const struct exhibit_row *row, int64_t item, int fd, struct valise_err *err)
{
	uint8_t small[EXHIBIT_SMALL_BYTES];
	size_t n;
	int r = file_pread_full(fd, small, (size_t)row->bytes, 0, &n, "a new exhibit", err);
	if (!r && n != row->bytes)
		return err_set(err, VALISE_E_CHANGED, "a new exhibit became shorter while it was read");
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "INSERT INTO small_exhibit (item, bytes) VALUES (?, ?)");
	query_int(&q, item);
	query_blob(&q, (struct str){(const char *)small, n});
	return query_run(&q, err);
}

static int record(struct spool *s, const struct exhibit_row *row, int fd, struct valise_err *err)
{
	const struct str nothing = {NULL, 0};
	int64_t item = 0;
	bool is_new; /* not when the exhibit was forgotten once: the log stays */
	int r = item_put(s, ITEM_EXHIBIT, &row->id, nothing, &item, &is_new, err);
	if (!r && row->bytes <= EXHIBIT_SMALL_BYTES)
		r = record_small(s, row, item, fd, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q =
		of_exhibit(s, "INSERT INTO exhibit (id, item, bytes, name) VALUES (?, ?, ?, ?)", &row->id);
	query_int(&q, item);
	query_int(&q, (int64_t)row->bytes);
	query_blob(&q, row->name);
	return query_run(&q, err);
}

int exhibit_name(struct spool *s, const struct exhibit_row *row, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		of_exhibit(s, "UPDATE exhibit SET name = ?2 WHERE id = ?1 AND name IS NULL", &row->id);
	query_blob(&q, row->name);
	return query_run(&q, err);
}

static int put(struct spool *s, const struct exhibit_row *row, struct newfile *file, bool *ret_new,
	       struct valise_err *err)
{
	struct shelf shelf = shelf_exhibits(s);
	bool is_here = false;
	int r = look(row, file->fd, err);
	if (!r)
		r = spool_need_transaction(s, err);
	if (!r)
		r = exhibit_has(s, &row->id, &is_here, err);
	if (!r && !is_here && row->bytes > EXHIBIT_SMALL_BYTES)
		r = shelf_put(s, &shelf, &row->id, file, NULL, err);
	if (!r)
		r = is_here ? exhibit_name(s, row, err) : record(s, row, file->fd, err);
	if (!r && ret_new)
		*ret_new = !is_here;
	return r;
}

int exhibit_put(struct spool *s, const struct exhibit_row *row, struct newfile *file, bool *ret_new,
		struct valise_err *err)
{
	int r = put(s, row, file, ret_new, err);
	newfile_abandon(file);
	return r;
}

int exhibit_forget(struct spool *s, const struct hash *id, struct valise_err *err)
{
	struct shelf shelf = shelf_exhibits(s);
	CLEAN_CLOSE int room = -1;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = run_of(s, "DELETE FROM small_exhibit WHERE item IN (SELECT item FROM exhibit WHERE id = ?)", id,
			   err);
	if (!r)
		r = run_of(s, "DELETE FROM exhibit WHERE id = ?", id, err);
	if (r)
		return r;
	r = shelf_room(s, &shelf, id, false, &room, err);
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	if (!r && unlinkat(room, hash_hex(id).text, 0) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove the exhibit %.16s...", hash_hex(id).text);
	return r;
}

/* ---- Finding ---- */

int exhibit_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = of_exhibit(
		s, "SELECT 1 FROM exhibit e JOIN item i ON i.seq = e.item WHERE e.id = ? AND i.taken_in_s <= ?", id);
	query_int(&q, s->as_of_s);
	return query_next(&q, ret, err);
}

int exhibits_of_size(struct spool *s, uint64_t bytes, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT 1 FROM exhibit WHERE bytes = ? LIMIT 1");
	query_int(&q, (int64_t)bytes);
	return query_next(&q, ret, err);
}

static int not_here(const struct hash *id, struct valise_err *err)
{
	return err_set(err, VALISE_E_NOT_FOUND, "the exhibit %.16s... is not here", hash_hex(id).text);
}

/* id, bytes, taken_in_s, name; the name borrows from the row. */
static int read_row(const struct query *q, struct exhibit_row *ret, struct valise_err *err)
{
	struct exhibit_row row = {.taken_in_s = row_int(q, 2)};
	if (!row_is_null(q, 3))
		row.name = row_bytes(q, 3);
	int r = row_hash(q, 0, &row.id, err);
	if (!r)
		r = row_size(q, 1, &row.bytes, err);
	if (!r)
		*ret = row;
	return r;
}

int exhibit_row(struct spool *s, const struct hash *id, struct exhibit_row *ret, struct buf *ret_name,
		struct valise_err *err)
{
	struct exhibit_row row = {0};
	bool is_here;
	CLEAN_QUERY struct query q =
		of_exhibit(s,
			   "SELECT e.id, e.bytes, i.taken_in_s, e.name FROM exhibit e JOIN item i ON i.seq = e.item "
			   "WHERE e.id = ? AND i.taken_in_s <= ?",
			   id);
	query_int(&q, s->as_of_s);
	int r = query_next(&q, &is_here, err);
	if (!r && !is_here)
		return not_here(id, err);
	if (!r)
		r = read_row(&q, &row, err);
	if (r)
		return r;
	size_t before = ret_name->len;
	buf_add_str(ret_name, row.name);
	r = buf_check(ret_name, "an exhibit's name", err);
	if (r)
		return r;
	if (row.name.at)
		row.name.at = (const char *)ret_name->data + before;
	*ret = row;
	return 0;
}

static int find_name(struct spool *s, struct str name, struct found *found, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT id FROM exhibit WHERE name = ? ORDER BY id");
	query_blob(&q, name);
	return found_add(found, &q, err);
}

int exhibit_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err)
{
	static const struct found_noun exhibit = {
		"exhibit", "the beginning of its SHA-256, 4 digits or more, or the whole name that its file had",
		"valise exhibit list", false};
	struct found found = {.n = 0};
	struct id_range range;
	int r = 0;
	bool is_hex = id_range_of_hex(name, &range);
	if (is_hex)
		r = found_add_range(&found, &s->db, "SELECT id FROM exhibit WHERE id BETWEEN ? AND ? ORDER BY id",
				    &range, err);
	bool is_whole = is_hex && name.len == HASH_HEX_BYTES && found.n == 1;
	if (!r && !is_whole)
		r = find_name(s, name, &found, err);
	return r ? r : found_one(&found, name, &exhibit, ret, err);
}

int exhibits_each(struct spool *s, exhibit_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT e.id, e.bytes, i.taken_in_s, e.name FROM exhibit e JOIN item i ON i.seq = e.item "
			"WHERE i.taken_in_s <= ? ORDER BY i.seq");
	int r = 0;
	query_int(&q, s->as_of_s);
	while (query_row(&q, &r, err)) {
		struct exhibit_row row;
		r = read_row(&q, &row, err);
		if (!r)
			r = each(context, &row);
	}
	return r;
}

int exhibit_open(struct spool *s, const struct hash *id, struct body *ret, struct valise_err *err)
{
	struct shelf shelf = shelf_exhibits(s);
	uint64_t bytes;
	bool row;
	CLEAN_QUERY struct query q =
		of_exhibit(s,
			   "SELECT e.bytes, n.bytes FROM exhibit e JOIN item i ON i.seq = e.item "
			   "LEFT JOIN small_exhibit n ON n.item = e.item WHERE e.id = ? AND i.taken_in_s <= ?",
			   id);
	query_int(&q, s->as_of_s);
	int r = query_next(&q, &row, err);
	if (!r && !row)
		return not_here(id, err);
	if (!r)
		r = row_size(&q, 0, &bytes, err);
	if (r)
		return r;
	return row_is_null(&q, 1) ? shelf_open(s, &shelf, id, bytes, ret, err)
				  : shelf_open_small(&shelf, id, bytes, row_bytes(&q, 1), ret, err);
}

/* ---- Tags ---- */

int exhibit_tag(struct spool *s, const struct exhibit_tag *tag, bool *ret_new, struct valise_err *err)
{
	bool is_here = false;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = exhibit_has(s, &tag->exhibit, &is_here, err);
	if (!r && !is_here)
		return not_here(&tag->exhibit, err);
	if (!r && tag->note.at && !text_is_free(tag->note))
		return err_set(err, VALISE_E_USAGE, "\"%s\" is no note: give one line of text",
			       text_shown(tag->note).text);
	if (r)
		return r;
	CLEAN_QUERY struct query q = of_exhibit(
		s,
		"INSERT INTO exhibit_tag (letter, exhibit, tagged_s, note) SELECT ?1, ?2, ?3, ?4 "
		"WHERE NOT EXISTS (SELECT 1 FROM exhibit_tag WHERE letter = ?1 AND exhibit = ?2) OR ?4 <> "
		"coalesce((SELECT note FROM exhibit_tag WHERE letter = ?1 AND exhibit = ?2 ORDER BY tag DESC LIMIT 1), '')",
		&tag->letter);
	query_hash(&q, &tag->exhibit);
	query_int(&q, s->clock_s());
	query_text(&q, tag->note);
	r = query_run(&q, err);
	if (!r && ret_new)
		*ret_new = db_changed(&s->db);
	return r;
}

/* The last note that was given by then; since when it belongs there, by the first. */
#define TAGS \
	"SELECT t.exhibit, t.letter, (SELECT min(f.tagged_s) FROM exhibit_tag f WHERE f.letter = t.letter AND " \
	"f.exhibit = t.exhibit), t.note FROM exhibit_tag t WHERE t.tag = (SELECT max(n.tag) FROM exhibit_tag n " \
	"WHERE n.letter = t.letter AND n.exhibit = t.exhibit AND n.tagged_s <= ?2) "

static int each_tag(struct spool *s, const char *sql, const struct hash *of, exhibit_tag_each *each, void *context,
		    struct valise_err *err)
{
	CLEAN_QUERY struct query q = of_exhibit(s, sql, of);
	int r = 0;
	query_int(&q, s->as_of_s);
	while (query_row(&q, &r, err)) {
		struct exhibit_tag tag = {.tagged_s = row_int(&q, 2)};
		if (!row_is_null(&q, 3))
			tag.note = row_bytes(&q, 3);
		r = row_hash(&q, 0, &tag.exhibit, err);
		if (!r)
			r = row_hash(&q, 1, &tag.letter, err);
		if (!r)
			r = each(context, &tag);
	}
	return r;
}

int exhibit_tags(struct spool *s, const struct hash *exhibit, exhibit_tag_each *each, void *context,
		 struct valise_err *err)
{
	return each_tag(s, TAGS "AND t.exhibit = ?1 ORDER BY 3, 2", exhibit, each, context, err);
}

int exhibit_tags_of(struct spool *s, const struct hash *letter, exhibit_tag_each *each, void *context,
		    struct valise_err *err)
{
	return each_tag(s, TAGS "AND t.letter = ?1 ORDER BY 3, 1", letter, each, context, err);
}
