/* SPDX-License-Identifier: Apache-2.0 */
/* Which items went into which bag, and which bags of others are done with. */
#include "spool/bags.h"

#include <string.h>

#include "spool/inside.h"

static struct str ids(const struct hash *at, size_t n)
{
	_Static_assert(sizeof *at == 32, "ids lie one after the other");
	return n ? (struct str){(const char *)at, n * sizeof *at} : STR("");
}

int bag_wrote(struct spool *s, const struct written_bag *b, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO bag (name, written_s, bytes, items, letters, audience, voucher, upto) "
				 "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
				 "ON CONFLICT DO NOTHING");
	query_text(&q, b->name);
	query_int(&q, b->when_s);
	query_int(&q, (int64_t)b->bytes);
	query_blob(&q, ids(b->items, b->n_items));
	query_blob(&q, ids(b->letters, b->n_letters));
	query_blob(&q, b->audience ? ids(b->audience, 1) : (struct str){NULL, 0});
	query_blob(&q, b->voucher ? (struct str){(const char *)b->voucher->point, sizeof b->voucher->point}
				  : (struct str){NULL, 0});
	query_int(&q, b->upto);
	return query_run(&q, err);
}

/* The row that `sql` selects of a bag of that name and size. */
static int look_up(struct spool *s, const char *sql, struct str bag, uint64_t bytes, struct query *ret, bool *ret_row,
		   struct valise_err *err)
{
	*ret = query_of(&s->db, sql);
	query_text(ret, bag);
	query_int(ret, (int64_t)bytes);
	return query_next(ret, ret_row, err);
}

int bag_is_known(struct spool *s, struct str bag, uint64_t bytes, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	return look_up(s, "SELECT 1 FROM bag WHERE name = ? AND bytes = ?", bag, bytes, &q, ret, err);
}

int bag_items(struct spool *s, struct str bag, uint64_t bytes, hash_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row = false;
	int r = look_up(s, "SELECT items FROM bag WHERE name = ? AND bytes = ?", bag, bytes, &q, &row, err);
	return r || !row ? r : row_each_hash(&q, 0, each, context, err);
}

int bag_letters(struct spool *s, struct str bag, uint64_t bytes, hash_each *each, void *context, int64_t *ret_upto,
		struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row = false;
	int r = look_up(s, "SELECT letters, upto FROM bag WHERE name = ? AND bytes = ?", bag, bytes, &q, &row, err);
	if (r || !row || row_is_null(&q, 0))
		return r;
	*ret_upto = row_int(&q, 1);
	return row_each_hash(&q, 0, each, context, err);
}

/* What `sql` selects of a bag, unless it is NULL. */
static int hash_of_bag(struct spool *s, const char *sql, struct str bag, uint64_t bytes, bool *ret_found,
		       struct hash *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row = false;
	int r = look_up(s, sql, bag, bytes, &q, &row, err);
	if (r)
		return r;
	*ret_found = row && !row_is_null(&q, 0);
	return *ret_found ? row_hash(&q, 0, ret, err) : 0;
}

int bag_inside(struct spool *s, struct str bag, uint64_t bytes, bool *ret_is_inside, struct hash *ret,
	       struct valise_err *err)
{
	return hash_of_bag(s, "SELECT audience FROM bag WHERE name = ? AND bytes = ?", bag, bytes, ret_is_inside, ret,
			   err);
}

int bag_voucher(struct spool *s, struct str bag, uint64_t bytes, bool *ret_is_vouched, struct age_recipient *ret,
		struct valise_err *err)
{
	struct hash key;
	int r = hash_of_bag(s, "SELECT voucher FROM bag WHERE name = ? AND bytes = ? AND audience IS NOT NULL", bag,
			    bytes, ret_is_vouched, &key, err);
	if (!r && *ret_is_vouched)
		memcpy(ret->point, key.bytes, sizeof ret->point);
	return r;
}

static int write_of_bag(struct spool *s, const char *sql, struct str bag, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	query_text(&q, bag);
	return query_run(&q, err);
}

int bag_emptied(struct spool *s, struct str bag, struct valise_err *err)
{
	return write_of_bag(s, "UPDATE bag SET items = x'' WHERE name = ?", bag, err);
}

int bag_gone(struct spool *s, struct str bag, struct valise_err *err)
{
	return write_of_bag(s, "DELETE FROM bag WHERE name = ?", bag, err);
}

int bag_seen_put(struct spool *s, const struct hash *mark, int64_t when_s, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO bag_seen (mark, seen_s) VALUES (?, ?) ON CONFLICT DO NOTHING");
	query_hash(&q, mark);
	query_int(&q, when_s);
	return query_run(&q, err);
}

int bag_seen_forget(struct spool *s, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "DELETE FROM bag_seen");
	return query_run(&q, err);
}

int bag_seen(struct spool *s, const struct hash *mark, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT 1 FROM bag_seen WHERE mark = ?");
	query_hash(&q, mark);
	return query_next(&q, ret, err);
}
