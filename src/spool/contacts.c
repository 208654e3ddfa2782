/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts, by office and by petname. */
#include "spool/contacts.h"

#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "spool/inside.h"

#define ID_MIN_CHARS 4
#define NAMED_MAX_BYTES 400u /* of an error's list of candidates */

static int name_is_taken(struct spool *s, const struct contact *c, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&s->db, "SELECT 1 FROM contact WHERE petname = ? AND office <> ?");
	query_text(&q, c->petname);
	query_hash(&q, &c->office);
	return query_next(&q, ret, err);
}

int contact_put(struct spool *s, const struct contact *c, struct valise_err *err)
{
	bool taken = false;
	if (!text_is_free(c->petname))
		return err_set(err, VALISE_E_USAGE, "\"%s\" is no name for a contact: give one line of text",
			       text_shown(c->petname).text);
	int r = spool_need_transaction(s, err);
	if (!r)
		r = name_is_taken(s, c, &taken, err);
	if (!r && taken)
		return err_set(err, VALISE_E_EXISTS, "another office is named \"%s\" here: give this one another name",
			       text_shown(c->petname).text);
	if (r)
		return r;
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"INSERT INTO contact (office, petname, checked, added_s) VALUES (?, ?, ?, ?) ON CONFLICT (office) "
		"DO UPDATE SET petname = excluded.petname, checked = max(checked, excluded.checked)");
	query_hash(&q, &c->office);
	query_text(&q, c->petname);
	query_int(&q, c->checked);
	query_int(&q, c->added_s);
	return query_run(&q, err);
}

/* office, petname, checked, added_s; the petname borrows from the row. */
static int read_row(const struct query *q, struct contact *ret, struct valise_err *err)
{
	struct contact c = {.petname = row_bytes(q, 1), .checked = row_int(q, 2) != 0, .added_s = row_int(q, 3)};
	int r = row_hash(q, 0, &c.office, err);
	if (!r)
		*ret = c;
	return r;
}

int contact_get(struct spool *s, const struct hash *office, struct contact *ret, struct buf *ret_name,
		struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&s->db, "SELECT office, petname, checked, added_s FROM contact WHERE office = ? AND added_s <= ?");
	bool row;
	query_hash(&q, office);
	query_int(&q, s->as_of_s);
	int r = query_next(&q, &row, err);
	if (!r && !row)
		return VALISE_E_NOT_FOUND;
	struct contact c;
	if (!r)
		r = read_row(&q, &c, err);
	if (r)
		return r;
	size_t at = ret_name->len;
	buf_add_str(ret_name, c.petname);
	r = buf_check(ret_name, "a contact's name", err);
	if (r)
		return r;
	c.petname.at = (const char *)ret_name->data + at;
	*ret = c;
	return 0;
}

int contacts_each(struct spool *s, contact_each *each, void *context, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&s->db, "SELECT office, petname, checked, added_s FROM contact ORDER BY petname");
	int r = 0;
	while (query_row(&q, &r, err)) {
		struct contact c;
		r = read_row(&q, &c, err);
		if (!r)
			r = each(context, &c);
	}
	return r;
}

struct search {
	struct str name;
	char id_prefix[HASH_HEX_BYTES + 1]; /* lowercase; "" when the name is none */
	struct hash office;
	size_t n;
	bool is_exact;
	struct buf *list;
};

/* The name as the beginning of an id, in lowercase; empty when it cannot be one. */
static void read_id_prefix(struct search *f)
{
	f->id_prefix[0] = '\0';
	if (f->name.len < ID_MIN_CHARS || f->name.len > HASH_HEX_BYTES)
		return;
	for (size_t i = 0; i < f->name.len; i++) {
		char c = f->name.at[i];
		c = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return;
		f->id_prefix[i] = c;
	}
	f->id_prefix[f->name.len] = '\0';
}

static int look_at(void *context, const struct contact *c)
{
	struct search *f = context;
	struct hash_hex hex = hash_hex(&c->office);
	bool is_id = f->id_prefix[0] && memcmp(hex.text, f->id_prefix, f->name.len) == 0;
	/* Petnames are our own: a whole one is before what others can choose. */
	bool is_exact = str_eq(c->petname, f->name) || (is_id && f->name.len == HASH_HEX_BYTES && !f->is_exact);
	if (is_exact) {
		f->is_exact = true;
		f->office = c->office;
		return str_eq(c->petname, f->name) ? 1 : 0;
	}
	if (f->is_exact || !(is_id || str_starts(c->petname, f->name)))
		return 0;
	f->office = c->office;
	if (f->list->len < NAMED_MAX_BYTES)
		buf_addf(f->list, "%s\"%s\"", f->n ? ", " : "", text_shown(c->petname).text);
	f->n++;
	return 0;
}

int contact_find(struct spool *s, struct str name, bool only_whole, struct hash *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf list = BUF_INIT(2 * NAMED_MAX_BYTES + sizeof(struct shown_text));
	struct search f = {.name = name, .list = &list};
	if (name.len == 0)
		return err_set(err, VALISE_E_NOT_FOUND,
			       "an office without a name: `valise card list` shows those that have one");
	read_id_prefix(&f);
	int r = contacts_each(s, look_at, &f, err);
	if (r >= 0)
		r = buf_check(&list, "the names of contacts", err);
	if (r)
		return r;
	if (!f.is_exact && f.n == 0)
		return err_set(err, VALISE_E_NOT_FOUND,
			       "no office here is named \"%s\": `valise card list` shows those that are",
			       text_shown(name).text);
	if (!f.is_exact && (f.n > 1 || only_whole))
		return err_set(err, VALISE_E_AMBIGUOUS, "\"%s\" may be %s%s: type %s of the name",
			       text_shown(name).text, (const char *)list.data,
			       list.len < NAMED_MAX_BYTES ? "" : " or others", only_whole ? "all" : "more");
	*ret = f.office;
	return 0;
}
