/* SPDX-License-Identifier: Apache-2.0 */
/* Letting go of letters' bytes: first the rows, then the files. */
#include "spool/let_go.h"

#include "base/text.h"
#include "spool/bags.h"
#include "spool/bodies.h"
#include "spool/inside.h"

int letter_let_go_look(struct spool *s, const struct hash *letter, struct let_go *ret, struct valise_err *err)
{
	struct let_go found = {0};
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT let_go_s, cover FROM let_go WHERE letter = ?");
	query_hash(&q, letter);
	int r = query_next(&q, &found.is_gone, err);
	if (r)
		return r;
	if (found.is_gone) {
		found.when_s = row_int(&q, 0);
		found.cover = row_int(&q, 1) != 0;
	}
	*ret = found;
	return 0;
}

static int record(struct spool *s, const struct letter_row *row, bool cover, int64_t when_s, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "INSERT INTO let_go (letter, body, cover, let_go_s) VALUES (?1, ?2, ?3, ?4) "
				 "ON CONFLICT DO UPDATE SET cover = max(cover, ?3)");
	query_hash(&q, &row->id);
	query_hash(&q, &row->body);
	query_int(&q, cover);
	query_int(&q, when_s);
	return query_run(&q, err);
}

/* Whether a letter names the same body, or cover, and still wants it. */
static int is_wanted(struct spool *s, const char *sql, const struct hash *letter, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, sql);
	query_hash(&q, letter);
	return query_next(&q, ret, err);
}

static const char body_is_wanted[] = "SELECT 1 FROM letter l WHERE l.body = (SELECT body FROM letter WHERE id = ?1) "
				     "AND NOT EXISTS (SELECT 1 FROM let_go g WHERE g.letter = l.id) LIMIT 1";
static const char cover_is_wanted[] =
	"SELECT 1 FROM letter l WHERE l.cover = (SELECT cover FROM letter WHERE id = ?1) "
	"AND NOT EXISTS (SELECT 1 FROM let_go g WHERE g.letter = l.id AND g.cover) LIMIT 1";

int letter_let_go(struct spool *s, const struct hash *letter, bool cover, int64_t when_s, struct valise_err *err)
{
	struct letter_row row;
	bool wanted = true;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = letter_row(s, letter, &row, err);
	if (!r && row.is_paper)
		return err_set(err, VALISE_E_USAGE, "the letter %s is paper: no bytes of it are here",
			       hash_short(letter).text);
	if (!r)
		r = record(s, &row, cover, when_s, err);
	if (!r)
		r = is_wanted(s, body_is_wanted, letter, &wanted, err);
	if (!r && !wanted)
		r = body_drop(s, &row.body, err);
	wanted = true;
	if (!r && cover)
		r = is_wanted(s, cover_is_wanted, letter, &wanted, err);
	return r || wanted ? r : cover_forget(s, letter, err);
}

int letter_let_go_files(struct spool *s, const struct hash *letter, struct valise_err *err)
{
	struct letter_row row;
	bool own;
	int r = letter_row(s, letter, &row, err);
	if (!r)
		r = spool_join(s, &own,
			       err); /* whoever takes it in meanwhile waits, and then finds all of it or nothing */
	return r ? r : spool_leave(s, own, body_sweep(s, &row.body, err), err);
}

int letter_take_back(struct spool *s, const struct hash *letter, struct valise_err *err)
{
	int r = spool_need_transaction(s, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(&s->db, "DELETE FROM let_go WHERE letter = ?");
	query_hash(&q, letter);
	r = query_run(&q, err);
	return r ? r : bag_seen_forget(s, err);
}

int body_was_let_go(struct spool *s, const struct hash *root, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT 1 FROM let_go WHERE body = ? LIMIT 1");
	query_hash(&q, root);
	return query_next(&q, ret, err);
}
