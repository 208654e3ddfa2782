/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines of letters: rows, what is stale, totals. */
#include "spool/outlines.h"

#include <stdlib.h>

#include "base/array.h"
#include "spool/inside.h"
#include "spool/letters.h"

#define REFRESH_WAIT_MS (5 * 1000)

void outline_release(struct outline *o)
{
	free(o->parts);
	*o = (struct outline){0};
}

static int one_number(struct query *q, int64_t *ret, struct valise_err *err)
{
	bool row = false;
	int r = query_next(q, &row, err);
	if (!r)
		*ret = row ? row_int(q, 0) : 0;
	return r;
}

/* ---- Rows ---- */

static int forget(struct spool *s, const char *sql, int64_t letter, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	query_int(&q, letter);
	return query_run(&q, err);
}

static int number_office(struct spool *s, const struct hash *office, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO outline_office (office) VALUES (?) ON CONFLICT DO NOTHING");
	query_hash(&q, office);
	return query_run(&q, err);
}

static int put_part(struct spool *s, int64_t letter, const struct outline *o, const struct outline_part *p,
		    struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	const struct str absent = {NULL, 0};
	int r = number_office(s, &p->office, err);
	if (!r)
		q = query_of(
			&s->db,
			"INSERT INTO outline_part (letter, part, office, date_s, is_loose, heard_s, heard_item) VALUES (?1, ?2, "
			"(SELECT number FROM outline_office WHERE office = ?3), ?4, ?5, ?6, "
			"(SELECT seq FROM item WHERE id = ?7 AND kind BETWEEN 1 AND 4))");
	if (r)
		return r;
	query_int(&q, letter);
	query_int(&q, p->part);
	query_hash(&q, &p->office);
	query_int(&q, o->date_s);
	query_int(&q, p->is_loose);
	if (p->is_heard) {
		query_int(&q, p->heard_s);
		query_hash(&q, &p->heard_note);
	} else {
		query_blob(&q, absent);
		query_blob(&q, absent);
	}
	return query_run(&q, err);
}

static int put_row(struct spool *s, int64_t letter, const struct outline *o, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO outline (letter, date_s, class, answer_by_s) VALUES (?, ?, ?, ?)");
	query_int(&q, letter);
	query_int(&q, o->date_s);
	query_int(&q, o->class);
	if (o->has_answer_by)
		query_int(&q, o->answer_by_s);
	else
		query_blob(&q, (struct str){NULL, 0});
	return query_run(&q, err);
}

int outline_put(struct spool *s, const struct hash *letter, const struct outline *o, struct valise_err *err)
{
	struct letter_place place;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = letter_place(s, letter, &place, err);
	if (!r)
		r = forget(s, "DELETE FROM outline WHERE letter = ?", place.item, err);
	if (!r)
		r = forget(s, "DELETE FROM outline_part WHERE letter = ?", place.item, err);
	if (!r)
		r = forget(s, "DELETE FROM outline_stale WHERE letter = ?", place.item, err);
	if (!r)
		r = put_row(s, place.item, o, err);
	for (size_t i = 0; i < o->n_parts && !r; i++)
		r = put_part(s, place.item, o, &o->parts[i], err);
	return r;
}

static int get_parts(struct spool *s, int64_t letter, struct outline *o, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT n.office, p.part, p.is_loose, p.heard_s, i.id FROM outline_part p "
			"JOIN outline_office n ON n.number = p.office LEFT JOIN item i ON i.seq = p.heard_item "
			"WHERE p.letter = ? ORDER BY p.part, n.office");
	int r = 0;
	query_int(&q, letter);
	while (query_row(&q, &r, err)) {
		struct outline_part *grown = array_room(o->parts, o->n_parts, &o->cap_parts, sizeof *grown);
		if (!grown)
			return err_nomem(err);
		o->parts = grown;
		struct outline_part *p = &o->parts[o->n_parts++];
		*p = (struct outline_part){.part = (enum outline_part_kind)row_int(&q, 1),
					   .is_loose = row_int(&q, 2) != 0,
					   .is_heard = !row_is_null(&q, 3),
					   .heard_s = row_int(&q, 3)};
		r = row_hash(&q, 0, &p->office, err);
		if (!r && p->is_heard)
			r = row_hash(&q, 4, &p->heard_note, err);
		if (r)
			return r;
	}
	return r;
}

int outline_get(struct spool *s, const struct hash *letter, struct outline *ret, bool *ret_fresh,
		struct valise_err *err)
{
	CLEAN_OUTLINE struct outline o = {0};
	struct letter_place place;
	bool row = false;
	int r = letter_place(s, letter, &place, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT date_s, class, answer_by_s FROM outline o WHERE letter = ?1 "
				 "AND NOT EXISTS (SELECT 1 FROM outline_stale x WHERE x.letter = ?1)");
	query_int(&q, place.item);
	r = query_next(&q, &row, err);
	if (!r && row) {
		o = (struct outline){.date_s = row_int(&q, 0),
				     .class = (unsigned)row_int(&q, 1),
				     .has_answer_by = !row_is_null(&q, 2),
				     .answer_by_s = row_int(&q, 2)};
		r = get_parts(s, place.item, &o, err);
	}
	if (r)
		return r;
	*ret_fresh = row;
	*ret = o;
	o = (struct outline){0};
	return 0;
}

/* ---- What is stale ---- */

static int is_any(struct spool *s, const char *sql, bool *ret, struct valise_err *err)
{
	int64_t any = 0;
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	int r = one_number(&q, &any, err);
	if (!r)
		*ret = any != 0;
	return r;
}

int outlines_stale(struct spool *s, bool *ret, struct valise_err *err)
{
	return is_any(s, "SELECT EXISTS (SELECT 1 FROM outline_stale) OR EXISTS (SELECT 1 FROM outline_stale_office)",
		      ret, err);
}

int outlines_registers_grew(struct spool *s, bool *ret, struct valise_err *err)
{
	return is_any(s, "SELECT EXISTS (SELECT 1 FROM outline_stale_office)", ret, err);
}

int outlines_begin(struct spool *s, struct valise_err *err)
{
	db_set_wait(&s->db, REFRESH_WAIT_MS);
	int r = spool_begin_lazy(s, err);
	db_set_wait(&s->db, DB_WAIT_MS);
	return r;
}

/* What registers did is looked up here and not where their entries came in: that may be half of all letters. */
static int spread(struct spool *s, struct valise_err *err)
{
	static const char *const steps[] = {
		"INSERT OR IGNORE INTO outline_stale (letter) SELECT p.letter FROM outline_stale_office s "
		"JOIN outline_office n ON n.office = s.office JOIN outline_part p ON p.office = n.number WHERE s.is_all = 1",
		"INSERT OR IGNORE INTO outline_stale (letter) SELECT p.letter FROM outline_stale_office s "
		"JOIN outline_office n ON n.office = s.office JOIN outline_part p ON p.office = n.number AND p.is_loose = 1 "
		"WHERE s.is_all = 0",
		"DELETE FROM outline_stale_office",
	};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		CLEAN_QUERY struct query q = query_of(&s->db, steps[i]);
		int r = query_run(&q, err);
		if (r)
			return r;
	}
	return 0;
}

/* The letters that a query gives, into an array of `most`. */
static int take_ids(struct query *q, struct hash *ret, size_t most, size_t *ret_n, struct valise_err *err)
{
	size_t n = 0;
	for (;;) {
		bool row;
		int r = query_next(q, &row, err);
		if (!r && row && n < most)
			r = row_hash(q, 0, &ret[n], err);
		if (r)
			return r;
		if (!row || n == most)
			break;
		n++;
	}
	*ret_n = n;
	return 0;
}

int outlines_take_stale(struct spool *s, struct hash *ret, size_t most, size_t *ret_n, uint64_t *ret_all,
			struct valise_err *err)
{
	CLEAN_QUERY struct query count = QUERY_NONE;
	int64_t all = 0;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = spread(s, err);
	if (!r && ret_all) {
		count = query_of(&s->db, "SELECT count(*) FROM outline_stale");
		r = one_number(&count, &all, err);
	}
	/* By their seals, so that rows lie beside each other: the order of intake. */
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT i.id FROM outline_stale s JOIN item i ON i.seq = s.letter ORDER BY s.letter LIMIT ?");
	query_int(&q, (int64_t)most);
	r = take_ids(&q, ret, most, ret_n, err);
	if (!r && ret_all)
		*ret_all = (uint64_t)all;
	return r;
}

int outlines_drop(struct spool *s, struct valise_err *err)
{
	/* Deleted without a WHERE, each table goes as a whole; the totals are no trigger's then, but gone as well. */
	int r = spool_need_transaction(s, err);
	return r ? r
		 : db_exec(&s->db,
			   "DELETE FROM outline_part; DELETE FROM outline; DELETE FROM outline_total; DELETE FROM outline_office;"
			   "DELETE FROM outline_stale_office; DELETE FROM outline_stale;"
			   "INSERT INTO outline_stale (letter) SELECT item FROM letter",
			   err);
}

int outlines_entry(struct spool *s, const struct hash *office, bool is_all, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO outline_stale_office (office, is_all) VALUES (?, ?) ON CONFLICT (office) "
				 "DO UPDATE SET is_all = max(is_all, excluded.is_all)");
	query_hash(&q, office);
	query_int(&q, is_all);
	return query_run(&q, err);
}

/* ---- Totals ---- */

void outline_count(struct outline_totals *t, unsigned class, uint64_t n)
{
	bool own = class & OUTLINE_OWN, for_us = class & OUTLINE_FOR_US;
	t->letters += n;
	t->own += own ? n : 0;
	t->own_unreceived += own && class & OUTLINE_UNRECEIVED ? n : 0;
	t->own_unanswered += own && class & OUTLINE_UNANSWERED ? n : 0;
	t->for_us += for_us ? n : 0;
	t->for_us_unopened += class & OUTLINE_UNOPENED ? n : 0;
	t->for_us_unanswered += class & OUTLINE_UNANSWERED_US ? n : 0;
	t->others += own || for_us || class & OUTLINE_UNREAD ? 0 : n;
	t->reported += class & OUTLINE_REPORTED ? n : 0;
	t->unread += class & OUTLINE_UNREAD ? n : 0;
}

void outline_count_past(struct outline_totals *t, unsigned class, uint64_t n)
{
	t->own_past += class & OUTLINE_OWN && class & OUTLINE_UNANSWERED ? n : 0;
	t->for_us_past += class & OUTLINE_UNANSWERED_US ? n : 0;
}

static int count_classes(struct query *q, void (*count)(struct outline_totals *t, unsigned class, uint64_t n),
			 struct outline_totals *t, struct valise_err *err)
{
	int r = 0;
	while (query_row(q, &r, err)) {
		uint64_t n;
		r = row_size(q, 1, &n, err);
		if (!r)
			count(t, (unsigned)row_int(q, 0), n);
	}
	return r;
}

int outlines_total(struct spool *s, int64_t now_s, struct outline_totals *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query past = QUERY_NONE;
	struct outline_totals t = {0};
	CLEAN_QUERY struct query all = query_of(&s->db, "SELECT class, letters FROM outline_total");
	int r = count_classes(&all, outline_count, &t, err);
	if (!r)
		past = query_of(
			&s->db,
			"SELECT t.class, (SELECT count(*) FROM outline o INDEXED BY outline_answer_by WHERE o.class = t.class "
			"AND o.answer_by_s IS NOT NULL AND o.answer_by_s < ?) FROM outline_total t");
	if (r)
		return r;
	query_int(&past, now_s);
	r = count_classes(&past, outline_count_past, &t, err);
	if (!r)
		*ret = t;
	return r;
}

int outlines_compare_totals(struct spool *s, uint64_t *wrong, struct valise_err *err)
{
	bool differ = false;
	int r = is_any(s,
		       "SELECT EXISTS (SELECT class, letters FROM outline_total WHERE letters <> 0 EXCEPT "
		       "SELECT class, count(*) FROM outline GROUP BY class) OR "
		       "EXISTS (SELECT class, count(*) FROM outline GROUP BY class EXCEPT "
		       "SELECT class, letters FROM outline_total)",
		       &differ, err);
	*wrong += differ;
	return r;
}

int outlines_heard(struct spool *s, const struct hash *office, bool *ret_any, struct hash *ret_note,
		   struct hash *ret_letter, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT note.id, seal.id FROM outline_part p INDEXED BY outline_part_heard "
		"JOIN item note ON note.seq = p.heard_item JOIN item seal ON seal.seq = p.letter "
		"WHERE p.office = (SELECT number FROM outline_office WHERE office = ?) AND p.heard_s IS NOT NULL "
		"ORDER BY p.heard_s DESC, p.heard_item DESC LIMIT 1");
	bool row = false;
	query_hash(&q, office);
	int r = query_next(&q, &row, err);
	if (!r && row)
		r = row_hash(&q, 0, ret_note, err);
	if (!r && row)
		r = row_hash(&q, 1, ret_letter, err);
	if (!r)
		*ret_any = row;
	return r;
}
