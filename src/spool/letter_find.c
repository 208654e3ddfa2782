/* SPDX-License-Identifier: Apache-2.0 */
/* A letter by what a person types: part of its id in either spelling, or its public reference. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "spool/id_range.h"
#include "spool/inside.h"
#include "spool/letters.h"

#define FOUND_MAX 6 /* one more than are named in an error */

struct found {
	struct hash ids[FOUND_MAX];
	size_t n;
};

/* Adds the ids that a query gives, each once. */
static int collect(struct query *q, struct found *found, struct valise_err *err)
{
	while (found->n < FOUND_MAX) {
		bool row;
		struct hash id;
		int r = query_next(q, &row, err);
		if (!r && row)
			r = row_hash(q, 0, &id, err);
		if (r || !row)
			return r;
		size_t i = 0;
		while (i < found->n && !hash_eq(&found->ids[i], &id))
			i++;
		if (i == found->n)
			found->ids[found->n++] = id;
	}
	return 0;
}

static int find_range(struct spool *s, const struct id_range *range, struct found *found, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(&s->db, "SELECT id FROM letter WHERE id BETWEEN ? AND ? ORDER BY id", &q, err);
	if (r)
		return r;
	query_hash(&q, &range->low);
	query_hash(&q, &range->high);
	return collect(&q, found, err);
}

static int find_ref(struct spool *s, struct str name, struct found *found, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(&s->db, "SELECT id FROM letter WHERE ref = ? ORDER BY id", &q, err);
	if (r)
		return r;
	query_text(&q, name);
	return collect(&q, found, err);
}

static int ambiguous(struct str name, const struct found *found, struct valise_err *err)
{
	char list[(FOUND_MAX - 1) * 48];
	size_t len = 0;
	for (size_t i = 0; i < found->n && i < FOUND_MAX - 1; i++)
		len += (size_t)snprintf(list + len, sizeof list - len, "%s%s (%.16s...)", i ? ", " : "",
					hash_short(&found->ids[i]).text, hash_hex(&found->ids[i]).text);
	return err_set(err, VALISE_E_AMBIGUOUS, "\"%s\" may be %s%s: type more of the id", text_shown(name).text, list,
		       found->n == FOUND_MAX ? " or others" : "");
}

int letter_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err)
{
	struct found found = {.n = 0};
	struct id_range range;
	int r = 0;
	bool is_hex = id_range_of_hex(name, &range);
	if (is_hex)
		r = find_range(s, &range, &found, err);
	/* A reference is the sender's to choose: it must not stand before a whole id. */
	bool is_whole = is_hex && name.len == HASH_HEX_BYTES && found.n == 1;
	if (!r && !is_whole && id_range_of_short(name, &range))
		r = find_range(s, &range, &found, err);
	if (!r && !is_whole)
		r = find_ref(s, name, &found, err);
	if (r)
		return r;
	if (found.n > 1)
		return ambiguous(name, &found, err);
	if (found.n == 0)
		return err_set(err, VALISE_E_NOT_FOUND, "no letter here is named \"%s\": `valise track` lists them",
			       text_shown(name).text);
	*ret = found.ids[0];
	return 0;
}
