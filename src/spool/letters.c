/* SPDX-License-Identifier: Apache-2.0 */
/* Letters' rows, seals and covers. */
#include "spool/letters.h"

#include "base/text.h"
#include "spool/inside.h"

static struct str span_of(const struct hash *h)
{
	return (struct str){(const char *)h->bytes, sizeof h->bytes};
}

static int insert_letter(struct spool *s, const struct verified_seal *seal, bool is_own, int64_t item,
			 struct valise_err *err)
{
	const struct seal *v = &seal->s;
	const struct str absent = {NULL, 0};
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"INSERT INTO letter (id, item, sender, date_s, taken_in_s, ref, is_own, body, cover, body_bytes, cover_bytes) "
		"VALUES (?1, ?2, ?3, ?4, (SELECT taken_in_s FROM item WHERE seq = ?2), ?5, ?6, ?7, ?8, ?9, ?10)");
	query_hash(&q, &seal->note.id);
	query_int(&q, item);
	query_hash(&q, &v->from.office);
	query_int(&q, v->date_s);
	query_text(&q, v->ref);
	query_int(&q, is_own);
	query_blob(&q, v->paper.at ? absent : span_of(&v->body));
	query_blob(&q, v->paper.at ? absent : span_of(&v->cover));
	if (v->paper.at) {
		query_blob(&q, absent);
		query_blob(&q, absent);
	} else {
		query_int(&q, (int64_t)v->body_bytes);
		query_int(&q, (int64_t)v->cover_bytes);
	}
	return query_run(&q, err);
}

int letter_put(struct spool *s, const struct verified_seal *seal, bool is_own, bool *ret_new, struct valise_err *err)
{
	int64_t item = 0;
	bool is_new;
	if (seal->s.body_bytes > INT64_MAX || seal->s.cover_bytes > INT64_MAX)
		return err_set(err, VALISE_E_LIMIT, "letter %s: its body or cover is too large",
			       hash_short(&seal->note.id).text);
	int r = item_put(s, ITEM_SEAL, &seal->note.id, (struct str){seal->note.bytes, seal->note.len}, &item, &is_new,
			 err);
	if (!r && is_new)
		r = insert_letter(s, seal, is_own, item, err);
	if (!r && ret_new)
		*ret_new = is_new;
	return r;
}

static int not_here(const struct hash *id, struct valise_err *err)
{
	return err_set(err, VALISE_E_NOT_FOUND, "the letter %s is not here", hash_short(id).text);
}

/* Looking back, one that came later is told apart from one that never did. */
static int not_here_by_then(struct spool *s, const struct hash *id, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT taken_in_s FROM letter WHERE id = ?");
	bool row = false;
	query_hash(&q, id);
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	return row ? err_set(err, VALISE_E_NOT_FOUND, "the letter %s was not here by then: it was taken in at %s",
			     hash_short(id).text, time_text(row_int(&q, 0)).text)
		   : not_here(id, err);
}

/* The columns of letter_row's query; the seventh is NULL where no body is here. */
static int read_row(const struct query *q, struct letter_row *ret, struct valise_err *err)
{
	struct letter_row row = {
		.date_s = row_int(q, 2),
		.taken_in_s = row_int(q, 3),
		.is_paper = row_is_null(q, 5),
		.is_own = row_int(q, 6) != 0,
		.has_body = row_int(q, 7) != 0,
		.is_broken = !row_is_null(q, 7) && row_int(q, 7) == 0,
		.has_cover = row_int(q, 8) != 0,
	};
	int r = row_hash(q, 0, &row.id, err);
	if (!r)
		r = row_hash(q, 1, &row.from, err);
	if (!r && !row.is_paper)
		r = row_size(q, 4, &row.body_bytes, err);
	if (!r && !row.is_paper)
		r = row_hash(q, 5, &row.body, err);
	if (!r)
		*ret = row;
	return r;
}

/* has_cover, has_body and is_broken are looked up, never stored: they cannot be out of step with what is here. A seal that names what
 * is here, and a wrong size, is a letter that nobody holds. */
int letter_row(struct spool *s, const struct hash *id, struct letter_row *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT l.id, l.sender, l.date_s, l.taken_in_s, l.body_bytes, l.body, l.is_own, "
		"(SELECT b.bytes = l.body_bytes FROM body b JOIN item i ON i.seq = b.item WHERE b.root = l.body AND i.taken_in_s <= ?1), "
		"EXISTS (SELECT 1 FROM item i WHERE i.id = l.cover AND i.kind = 5 AND length(i.bytes) = l.cover_bytes AND i.taken_in_s <= ?1) "
		"FROM letter l WHERE l.taken_in_s <= ?1 AND l.id = ?2");
	bool row;
	query_int(&q, s->as_of_s);
	query_hash(&q, id);
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	return row ? read_row(&q, ret, err) : not_here_by_then(s, id, err);
}

int letter_place(struct spool *s, const struct hash *letter, struct letter_place *ret, struct valise_err *err)
{
	struct letter_row row;
	bool is_row;
	int r = letter_row(s, letter, &row, err); /* says which is not here, or was not by then */
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT item FROM letter WHERE id = ?");
	query_hash(&q, letter);
	r = query_next(&q, &is_row, err);
	if (!r)
		*ret = (struct letter_place){row.date_s, is_row ? row_int(&q, 0) : 0};
	return r;
}

int letters_some(struct spool *s, struct letter_place *at, size_t most, hash_each *each, void *context,
		 struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT id, date_s, item FROM letter WHERE taken_in_s <= ?1 AND (date_s, item) < (?2, ?3) "
			"ORDER BY date_s DESC, item DESC");
	int r = 0;
	query_int(&q, s->as_of_s);
	query_int(&q, at->date_s);
	query_int(&q, at->item);
	for (size_t i = 0; i < most && !r; i++) {
		bool is_row = false;
		struct hash id;
		r = query_next(&q, &is_row, err);
		if (r || !is_row)
			return r;
		*at = (struct letter_place){row_int(&q, 1), row_int(&q, 2)};
		r = row_hash(&q, 0, &id, err);
		if (!r)
			r = each(context, &id);
	}
	return r;
}

int letters_each(struct spool *s, hash_each *each, void *context, struct valise_err *err)
{
	struct letter_place at = LETTER_PLACE_FIRST;
	return letters_some(s, &at, SIZE_MAX, each, context, err);
}

int letters_naming(struct spool *s, const struct hash *body, uint64_t least, uint64_t most, size_t limit,
		   hash_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT id FROM letter WHERE body = ? AND body_bytes BETWEEN ? AND ? AND taken_in_s <= ? "
			"ORDER BY EXISTS (SELECT 1 FROM let_go WHERE let_go.letter = letter.id) LIMIT ?");
	bool is_row = true;
	int r = 0;
	query_hash(&q, body);
	query_int(&q, (int64_t)least);
	query_int(&q, (int64_t)most);
	query_int(&q, s->as_of_s);
	query_int(&q, (int64_t)limit);
	while (!r && is_row) {
		struct hash id;
		r = query_next(&q, &is_row, err);
		if (!r && is_row)
			r = row_hash(&q, 0, &id, err);
		if (!r && is_row)
			r = each(context, &id);
	}
	return r;
}

/* The letter is here, or was never. */
static int seal_is_lost(struct spool *s, const struct hash *id, struct valise_err *err)
{
	struct letter_row row;
	int r = letter_row(s, id, &row, err);
	return r ? r : item_unreadable(s, id, err_set(err, VALISE_E_BAD, "its seal is gone"), err);
}

int letter_seal(struct spool *s, const struct hash *id, struct verified_seal **ret, struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT bytes FROM item WHERE id = ? AND kind = 2 AND taken_in_s <= ?");
	bool row;
	query_hash(&q, id);
	query_int(&q, s->as_of_s);
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	if (!row)
		return seal_is_lost(s, id, err);
	struct str bytes = row_bytes(&q, 0);
	r = item_unreadable(s, id, seal_from_intake(bytes.at, bytes.len, &seal, err), err);
	if (!r)
		r = item_check_id(s, id, id, &seal->note, err);
	if (!r)
		*ret = TAKE(seal);
	return r;
}

int letter_own_ref(struct spool *s, struct str ref, bool *ret_any, struct hash *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT id FROM letter WHERE ref = ? AND is_own ORDER BY date_s DESC, id LIMIT 1");
	query_text(&q, ref);
	int r = query_next(&q, ret_any, err);
	return r || !*ret_any ? r : row_hash(&q, 0, ret, err);
}

int letter_own_names(struct spool *s, const struct hash *digest, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT 1 FROM letter WHERE is_own = 1 AND (body = ?1 OR cover = ?1)");
	query_hash(&q, digest);
	return query_next(&q, ret, err);
}

/* The digest of the cover that a letter's seal names. */
static int cover_of(struct spool *s, const struct hash *letter, struct hash *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT cover FROM letter WHERE id = ?");
	bool row;
	query_hash(&q, letter);
	int r = query_next(&q, &row, err);
	if (r)
		return r;
	if (!row)
		return not_here(letter, err);
	if (row_is_null(&q, 0))
		return err_set(err, VALISE_E_USAGE, "the letter %s is paper: it has no cover", hash_short(letter).text);
	return row_hash(&q, 0, ret, err);
}

/* The bytes of a cover whose row is here: NULL while it is forgotten. */
static int set_cover(struct spool *s, const char *sql, struct str bytes, const struct hash *cover,
		     struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	query_blob(&q, bytes);
	query_hash(&q, cover);
	return query_run(&q, err);
}

int cover_put(struct spool *s, const struct hash *letter, struct str bytes, struct valise_err *err)
{
	struct hash cover;
	int64_t item;
	bool is_new;
	int r = cover_of(s, letter, &cover, err);
	if (!r)
		r = item_put(s, ITEM_COVER, &cover, bytes, &item, &is_new, err);
	if (r || is_new)
		return r;
	return set_cover(s, "UPDATE item SET bytes = ? WHERE id = ? AND kind = 5 AND bytes IS NULL", bytes, &cover,
			 err);
}

int cover_forget(struct spool *s, const struct hash *letter, struct valise_err *err)
{
	const struct str nothing = {NULL, 0};
	struct hash cover;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = cover_of(s, letter, &cover, err);
	return r ? r : set_cover(s, "UPDATE item SET bytes = ? WHERE id = ? AND kind = 5", nothing, &cover, err);
}

int cover_get(struct spool *s, const struct hash *letter, struct buf *ret, struct valise_err *err)
{
	struct hash cover;
	int r = cover_of(s, letter, &cover, err);
	if (r)
		return r;
	bool row;
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT bytes FROM item WHERE id = ? AND kind = 5 AND bytes IS NOT NULL AND taken_in_s <= ?");
	query_hash(&q, &cover);
	query_int(&q, s->as_of_s);
	r = query_next(&q, &row, err);
	if (r)
		return r;
	if (!row)
		return err_set(err, VALISE_E_NOT_FOUND, "the cover of the letter %s is not here",
			       hash_short(letter).text);
	buf_add_str(ret, row_bytes(&q, 0));
	return buf_check(ret, "a cover", err);
}
