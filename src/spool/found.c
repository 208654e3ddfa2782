/* SPDX-License-Identifier: Apache-2.0 */
/* The few ids that what a person typed may mean. */
#include "spool/found.h"

#include <stdio.h>

#include "base/text.h"

int found_add(struct found *found, struct query *q, struct valise_err *err)
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

int found_add_range(struct found *found, struct db *db, const char *sql, const struct id_range *range,
		    struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(db, sql);
	query_hash(&q, &range->low);
	query_hash(&q, &range->high);
	return found_add(found, &q, err);
}

int found_one(const struct found *found, struct str name, const struct found_noun *noun, struct hash *ret,
	      struct valise_err *err)
{
	char list[(FOUND_MAX - 1) * 48];
	size_t len = 0;
	if (found->n == 0)
		return err_set(err, VALISE_E_NOT_FOUND, "no %s here is named \"%s\": give %s; `%s` lists them",
			       noun->one, text_shown(name).text, noun->naming, noun->list);
	if (found->n == 1) {
		*ret = found->ids[0];
		return 0;
	}
	for (size_t i = 0; i < found->n && i < FOUND_MAX - 1; i++)
		len += (size_t)snprintf(list + len, sizeof list - len,
					noun->has_short ? "%s%s (%.16s...)" : "%s%s%.16s...", i ? ", " : "",
					noun->has_short ? hash_short(&found->ids[i]).text : "",
					hash_hex(&found->ids[i]).text);
	return err_set(err, VALISE_E_AMBIGUOUS, "\"%s\" may be the %s %s%s: type more of the id", text_shown(name).text,
		       noun->one, list, found->n == FOUND_MAX ? " or others" : "");
}
