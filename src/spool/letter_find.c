/* SPDX-License-Identifier: Apache-2.0 */
/* A letter by what a person types: part of its id in either spelling, or its public reference. */
#include "spool/found.h"
#include "spool/inside.h"
#include "spool/letters.h"

static int find_ref(struct spool *s, struct str name, struct found *found, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT id FROM letter WHERE ref = ? ORDER BY id");
	query_text(&q, name);
	return found_add(found, &q, err);
}

int letter_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err)
{
	static const struct found_noun letter = {
		"letter", "the beginning of its id, 4 characters or more, or its whole reference", "valise track",
		true};
	static const char in_range[] = "SELECT id FROM letter WHERE id BETWEEN ? AND ? ORDER BY id";
	struct found found = {.n = 0};
	struct id_range range;
	int r = 0;
	bool is_hex = id_range_of_hex(name, &range);
	if (is_hex)
		r = found_add_range(&found, &s->db, in_range, &range, err);
	/* A reference is the sender's to choose: it must not stand before a whole id. */
	bool is_whole = is_hex && name.len == HASH_HEX_BYTES && found.n == 1;
	if (!r && !is_whole && id_range_of_short(name, &range))
		r = found_add_range(&found, &s->db, in_range, &range, err);
	if (!r && !is_whole)
		r = find_ref(s, name, &found, err);
	return r ? r : found_one(&found, name, &letter, ret, err);
}
