/* SPDX-License-Identifier: Apache-2.0 */
/* Register entries, by office and seq. */
#include "spool/entries.h"

#include "base/text.h"
#include "spool/id_range.h"
#include "spool/inside.h"
#include "spool/outlines.h"

/* What an office's entries come to. */
static int count_entry(struct spool *s, const struct hash *office, size_t bytes, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO register (office, entries, bytes) VALUES (?, 1, ?) ON CONFLICT (office) "
				 "DO UPDATE SET entries = entries + 1, bytes = bytes + excluded.bytes");
	query_hash(&q, office);
	query_int(&q, (int64_t)bytes);
	return query_run(&q, err);
}

/* What an entry does to what is known of letters. One that only appoints, at the end of a register that is one chain, alters nobody's
 * standing, unless somebody cites it who came before it did: what it is cited for is loose until then. */
static int mark_outlines(struct spool *s, const struct verified_entry *e, struct valise_err *err)
{
	const struct register_entry *v = &e->e;
	const struct hash *office = verified_entry_office(e);
	bool is_all = v->is_first || v->has_keepers || v->n_dismissals || v->n_seen;
	bool row = false;
	/* This one is counted already. Where two have one place, or one is missing, there are more or fewer than that; an entry behind a
	 * missing one joins nothing until that comes, which is not the last then. */
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT entries <> ?2 + 1 OR EXISTS (SELECT 1 FROM entry WHERE office = ?1 AND seq >= ?2) "
			"FROM register WHERE office = ?1");
	query_hash(&q, office);
	query_int(&q, (int64_t)v->seq);
	int r = query_next(&q, &row, err);
	return r ? r : outlines_entry(s, office, is_all || !row || row_int(&q, 0) != 0, err);
}

int entry_put(struct spool *s, const struct verified_entry *e, bool *ret_new, struct valise_err *err)
{
	const struct hash *office = verified_entry_office(e);
	CLEAN_QUERY struct query q = QUERY_NONE;
	int64_t item = 0;
	bool is_new;
	if (e->e.seq > INT64_MAX)
		return err_set(err, VALISE_E_LIMIT, "register entry %s: its number is too large",
			       hash_hex(&e->note.id).text);
	s->own_changes++;
	int r = item_put(s, ITEM_REGISTER, &e->note.id, (struct str){e->note.bytes, e->note.len}, &item, &is_new, err);
	if (!r && is_new)
		r = count_entry(s, office, e->note.len, err);
	if (!r && is_new)
		r = mark_outlines(s, e, err);
	if (!r && is_new)
		q = query_of(&s->db, "INSERT INTO entry (office, seq, id, item) VALUES (?, ?, ?, ?)");
	if (!r && is_new) {
		query_hash(&q, office);
		query_int(&q, (int64_t)e->e.seq);
		query_hash(&q, &e->note.id);
		query_int(&q, item);
		r = query_run(&q, err);
	}
	if (!r && ret_new)
		*ret_new = is_new;
	return r;
}

int entries_of(struct spool *s, const struct hash *office, entry_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT i.bytes, e.id FROM entry e JOIN item i ON i.seq = e.item WHERE e.office = ? AND i.taken_in_s <= ? "
		"ORDER BY e.seq, e.id");
	int r = 0;
	query_hash(&q, office);
	query_int(&q, s->as_of_s);
	while (query_row(&q, &r, err)) {
		struct hash id;
		CLEAN_ENTRY struct verified_entry *e = NULL;
		struct str bytes = row_bytes(&q, 0);
		r = row_hash(&q, 1, &id, err);
		if (!r)
			r = item_unreadable(s, NULL, register_entry_from_intake(bytes.at, bytes.len, &e, err), err);
		if (!r)
			r = item_check_id(s, NULL, &id, &e->note, err);
		if (!r)
			r = each(context, TAKE(e));
		if (r)
			return r;
	}
	return r;
}

int entries_size(struct spool *s, const struct hash *office, uint64_t *ret_bytes, uint64_t *ret_count,
		 struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT bytes, entries FROM register WHERE office = ?");
	bool row;
	uint64_t bytes = 0;
	uint64_t count = 0;
	query_hash(&q, office);
	int r = query_next(&q, &row, err);
	if (!r && row)
		r = row_size(&q, 0, &bytes, err);
	if (!r && row)
		r = row_size(&q, 1, &count, err);
	if (r)
		return r;
	*ret_bytes = bytes;
	*ret_count = count;
	return 0;
}

int register_find(struct spool *s, struct str prefix, struct hash *ret, struct valise_err *err)
{
	struct id_range range;
	struct hash found, other;
	bool row = false;
	if (!id_range_of_hex(prefix, &range))
		return err_set(err, VALISE_E_NOT_FOUND, "%s is no beginning of an office's id",
			       text_shown(prefix).text);
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT office FROM register WHERE office BETWEEN ? AND ? LIMIT 2");
	query_hash(&q, &range.low);
	query_hash(&q, &range.high);
	int r = query_next(&q, &row, err);
	if (!r && !row)
		return err_set(err, VALISE_E_NOT_FOUND, "no register of an office %s is here", text_shown(prefix).text);
	if (!r)
		r = row_hash(&q, 0, &found, err);
	if (!r)
		r = query_next(&q, &row, err);
	if (!r && row) {
		r = row_hash(&q, 0, &other, err);
		return r ? r
			 : err_set(err, VALISE_E_AMBIGUOUS, "%s may be the office %.12s or %.12s: type more of it",
				   text_shown(prefix).text, hash_hex(&found).text, hash_hex(&other).text);
	}
	if (!r)
		*ret = found;
	return r;
}
