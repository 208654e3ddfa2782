/* SPDX-License-Identifier: Apache-2.0 */
/* A letter by what a person types: part of its id in either spelling, or its public reference. */
#include <string.h>

#include "base/text.h"
#include "spool/inside.h"
#include "spool/letters.h"

#define NAME_MIN_CHARS 4 /* of an id's prefix */
#define FOUND_MAX 6      /* one more than are named in an error */

struct found {
	struct hash ids[FOUND_MAX];
	size_t n;
};

/* All ids that begin with the same bits: every one from `low` to `high`. */
struct id_range {
	struct hash low, high;
	size_t n_bits;
};

static void range_add(struct id_range *r, unsigned value, size_t bits)
{
	for (size_t i = bits; i-- > 0; r->n_bits++) {
		uint8_t bit = (uint8_t)(1u << (7 - r->n_bits % 8));
		if (value >> i & 1)
			r->low.bytes[r->n_bits / 8] |= bit;
		else
			r->high.bytes[r->n_bits / 8] &= (uint8_t)~bit;
	}
}

static void range_init(struct id_range *r)
{
	*r = (struct id_range){.n_bits = 0};
	memset(r->high.bytes, 0xff, sizeof r->high.bytes);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool range_of_hex(struct str name, struct id_range *ret)
{
	range_init(ret);
	if (name.len < NAME_MIN_CHARS || name.len > HASH_HEX_BYTES)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = lower(name.at[i]);
		if (c >= '0' && c <= '9')
			range_add(ret, (unsigned)(c - '0'), 4);
		else if (c >= 'a' && c <= 'f')
			range_add(ret, (unsigned)(c - 'a') + 10, 4);
		else
			return false;
	}
	return true;
}

/* "h7qk2mxd" or "h7qk-2mxd", or the first part of either. */
static bool range_of_short(struct str name, struct id_range *ret)
{
	range_init(ret);
	bool has_dash = name.len > 4 && name.at[4] == '-';
	size_t chars = name.len - has_dash;
	if (chars < NAME_MIN_CHARS || chars > HASH_SHORT_BYTES - 2)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = lower(name.at[i]);
		if (has_dash && i == 4)
			continue;
		if (c >= 'a' && c <= 'z')
			range_add(ret, (unsigned)(c - 'a'), 5);
		else if (c >= '2' && c <= '7')
			range_add(ret, (unsigned)(c - '2') + 26, 5);
		else
			return false;
	}
	return true;
}

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
	bool is_hex = range_of_hex(name, &range);
	if (is_hex)
		r = find_range(s, &range, &found, err);
	/* A reference is the sender's to choose: it must not stand before a whole id. */
	bool is_whole = is_hex && name.len == HASH_HEX_BYTES && found.n == 1;
	if (!r && !is_whole && range_of_short(name, &range))
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
