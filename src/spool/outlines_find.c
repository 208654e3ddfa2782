/* SPDX-License-Identifier: Apache-2.0 */
/* Letters by what is asked of them, in the order of lists: each way of asking walks an index that has that order already. */
#include "base/limits.h"
#include "spool/inside.h"
#include "spool/outlines.h"

/* How many letters whose reference begins so are sorted by date. Where there are more, the list is walked instead: that many are soon
 * met with on the way. */
#define REFS_SORTED 20000

/* ?1, ?2: the place before; ?3: since; ?4: until; ?5: the limit; ?6: the moment looked back to; ?7: from; ?8: to, both numbers of
 * offices; ?9: the class that unanswered ones have; ?10, ?11: where references begin and end. */
#define ORDERED(date, letter) "(" date ", " letter ") < (?1, ?2) AND " date " >= ?3 AND " date " <= ?4 "
#define IS_FROM \
	"AND (?7 IS NULL OR EXISTS (SELECT 1 FROM outline_part x WHERE x.letter = l.item AND x.part = 0 AND x.office = ?7)) "
#define IS_TO \
	"AND (?8 IS NULL OR EXISTS (SELECT 1 FROM outline_part x WHERE x.letter = l.item AND x.part = 1 AND x.office = ?8)) "
#define IS_UNANSWERED "AND (?9 = 0 OR EXISTS (SELECT 1 FROM outline x WHERE x.letter = l.item AND x.class & ?9)) "
#define HAS_REF "AND (?10 IS NULL OR (l.ref >= ?10 AND l.ref < ?11)) "
#define KNOWN "AND l.taken_in_s <= ?6 "
#define NEWEST(date, letter) "ORDER BY " date " DESC, " letter " DESC LIMIT ?5"

static const char by_date[] = "SELECT l.id FROM letter l INDEXED BY letter_when WHERE " ORDERED("l.date_s", "l.item")
	IS_FROM IS_TO IS_UNANSWERED HAS_REF KNOWN NEWEST("l.date_s", "l.item");
static const char by_ref[] =
	"SELECT l.id FROM letter l INDEXED BY letter_ref WHERE l.ref >= ?10 AND l.ref < ?11 AND " ORDERED(
		"l.date_s", "l.item") IS_FROM IS_TO IS_UNANSWERED KNOWN NEWEST("l.date_s", "l.item");
#define OF_PART(number, place) \
	"SELECT l.id FROM outline_part p INDEXED BY outline_part_office CROSS JOIN item i ON i.seq = p.letter " \
	"CROSS JOIN letter l ON l.id = i.id WHERE p.office = " number " AND p.part = " place \
	" AND " ORDERED("p.date_s", "p.letter") \
		IS_FROM IS_TO IS_UNANSWERED HAS_REF KNOWN NEWEST("p.date_s", "p.letter")
static const char by_from[] = OF_PART("?7", "0");
static const char by_to[] = OF_PART("?8", "1");
static const char by_unanswered[] =
	"SELECT l.id FROM outline o INDEXED BY outline_unanswered CROSS JOIN item i ON i.seq = o.letter "
	"CROSS JOIN letter l ON l.id = i.id WHERE o.class & 16 AND " ORDERED("o.date_s", "o.letter")
		IS_FROM IS_TO IS_UNANSWERED HAS_REF KNOWN NEWEST("o.date_s", "o.letter");

static int office_number(struct spool *s, const struct hash *office, int64_t *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT number FROM outline_office WHERE office = ?");
	bool row = false;
	query_hash(&q, office);
	int r = query_next(&q, &row, err);
	if (!r)
		*ret = row ? row_int(&q, 0) : 0; /* no row has that number */
	return r;
}

static int refs_are_few(struct spool *s, struct str low, struct str high, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT count(*) FROM (SELECT 1 FROM letter INDEXED BY letter_ref WHERE ref >= ? AND ref < ? LIMIT ?)");
	bool row = false;
	query_text(&q, low);
	query_text(&q, high);
	query_int(&q, REFS_SORTED + 1);
	int r = query_next(&q, &row, err);
	if (!r)
		*ret = !row || row_int(&q, 0) <= REFS_SORTED;
	return r;
}

static void bind(struct query *q, const struct outline_filter *f, const struct spool *s, const int64_t numbers[2],
		 struct str high, size_t most)
{
	const struct str absent = {NULL, 0};
	query_int(q, f->before.date_s);
	query_int(q, f->before.item);
	query_int(q, f->since_s);
	query_int(q, f->until_s);
	query_int(q, (int64_t)most);
	query_int(q, s->as_of_s);
	if (f->from)
		query_int(q, numbers[0]);
	else
		query_text(q, absent);
	if (f->to)
		query_int(q, numbers[1]);
	else
		query_text(q, absent);
	query_int(q, f->unanswered);
	query_text(q, f->ref);
	query_text(q, f->ref.at ? high : absent);
}

int outlines_find(struct spool *s, const struct outline_filter *f, struct hash *ret, size_t most, size_t *ret_n,
		  struct valise_err *err)
{
	CLEAN_BUF struct buf high = BUF_INIT(LIMIT_FREE_TEXT_BYTES + 8);
	int64_t numbers[2] = {0, 0};
	bool few = false;
	size_t n = 0;
	buf_add_str(&high, f->ref);
	buf_add_char(&high, (char)0xff); /* above all that UTF-8 has */
	int r = buf_check(&high, "a reference", err);
	if (!r && f->from)
		r = office_number(s, f->from, &numbers[0], err);
	if (!r && f->to)
		r = office_number(s, f->to, &numbers[1], err);
	if (!r && f->ref.at)
		r = refs_are_few(s, f->ref, buf_str(&high), &few, err);
	const char *sql = few ? by_ref : f->to ? by_to : f->from ? by_from : f->unanswered ? by_unanswered : by_date;
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	bind(&q, f, s, numbers, buf_str(&high), most);
	for (;;) {
		bool row;
		r = query_next(&q, &row, err);
		if (!r && row)
			r = row_hash(&q, 0, &ret[n], err);
		if (r)
			return r;
		if (!row)
			break;
		n++;
	}
	*ret_n = n;
	return 0;
}
