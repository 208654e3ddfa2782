/* SPDX-License-Identifier: Apache-2.0 */
/* When an office was last heard of: the last that it sealed or said, in standing, and that is here. */
#include "base/array.h"
#include "base/text.h"
#include "office/listing.h"

struct heard_of {
	struct hash office;
	bool any;
	int64_t at_s;
	struct hash note, letter;
};

struct hearing {
	struct valise *v;
	struct heard_of *at;
	size_t n, cap;
	struct hash_index by_office; /* into at */
};

static void hearing_release(struct hearing *h)
{
	free(h->at);
	hash_index_release(&h->by_office);
}

static int add(struct hearing *h, const struct hash *office, struct valise_err *err)
{
	if (hash_index_get(&h->by_office, office, NULL))
		return 0;
	struct heard_of *grown = array_room(h->at, h->n, &h->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	h->at = grown;
	h->at[h->n] = (struct heard_of){.office = *office};
	return hash_index_put(&h->by_office, office, h->n++, err);
}

static int add_contact(void *context, const struct contact *c)
{
	struct hearing *h = context;
	return hash_eq(&c->office, &h->v->self) ? 0 : add(h, &c->office, NULL);
}

/* ---- Looking ---- */

static int take_kept(struct hearing *h, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < h->n && !r; i++) {
		struct heard_of *o = &h->at[i];
		r = outlines_heard(h->v->spool, &o->office, &o->any, &o->note, &o->letter, err);
	}
	return r;
}

static int take_letter(void *context, const struct outlined *o)
{
	struct hearing *h = context;
	for (size_t i = 0; i < o->outline.n_parts; i++) {
		const struct outline_part *p = &o->outline.parts[i];
		size_t at;
		if (!p->is_heard || !hash_index_get(&h->by_office, &p->office, &at))
			continue;
		struct heard_of *best = &h->at[at];
		if (best->any && best->at_s >= p->heard_s)
			continue;
		best->any = hash_parse(str_of(o->accounts->letter), &best->letter);
		best->at_s = p->heard_s;
		best->note = p->heard_note;
	}
	return 0;
}

/* ---- Showing ---- */

struct named {
	struct hash_hex office, note, letter;
	struct hash_short brief;
};

static const struct valise_said *find_said(const struct valise_accounts *a, const char *note)
{
	for (size_t i = 0; i < a->n_said; i++)
		if (strcmp(a->said[i].id, note) == 0)
			return &a->said[i];
	return NULL;
}

static int fill(struct valise *v, const struct heard_of *h, const struct valise_accounts *a, const char *note,
		struct valise_heard *ret, struct valise_err *err)
{
	struct letter_row row;
	int r = letter_row(v->spool, &h->letter, &row, err);
	if (r)
		return r;
	const struct valise_said *s = find_said(a, note);
	ret->any = true;
	ret->note = note;
	ret->letter = a->letter;
	ret->short_id = a->short_id;
	ret->ref = a->ref;
	ret->says = s ? s->says : "sealed";
	ret->title = s ? s->title : a->sealed_by;
	ret->unattended = s && s->unattended;
	ret->time_s = s ? s->time_s : a->date_s;
	ret->taken_in_s = s ? s->taken_in_s : row.taken_in_s;
	return 0;
}

/* What was kept of it tells which letter it is, and when that came. */
static int fill_unread(struct valise *v, const struct heard_of *h, const struct named *n, struct valise_heard *ret,
		       struct valise_err *err)
{
	struct letter_row row;
	int r = letter_row(v->spool, &h->letter, &row, err);
	if (r)
		return r;
	ret->any = ret->is_unread = true;
	ret->note = n->note.text;
	ret->letter = n->letter.text;
	ret->short_id = n->brief.text;
	ret->time_s = row.date_s;
	ret->taken_in_s = row.taken_in_s;
	return 0;
}

static int show(struct valise *v, const struct heard_of *h, int (*each)(void *context, const struct valise_heard *h),
		void *context, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_BUF struct buf name = BUF_INIT(64u * 1024);
	const struct named n = {hash_hex(&h->office), hash_hex(&h->note), hash_hex(&h->letter), hash_short(&h->letter)};
	struct valise_accounts *a = NULL;
	struct valise_heard shown = {.office_id = n.office.text};
	int r = register_set_load(v, &h->office, 1, &set, err);
	bool is_named = r == 0;
	if (!r || r == VALISE_E_BAD) /* damaged here: it has your name for it all the same */
		r = office_show(v, is_named ? &set : NULL, &h->office, &name, err);
	if (!r)
		shown.office = (const char *)name.data;
	if (!r && h->any)
		r = office_accounts_if_read(v, &h->letter, &a, err);
	if (!r && h->any)
		r = a ? fill(v, h, a, n.note.text, &shown, err) : fill_unread(v, h, &n, &shown, err);
	if (!r)
		r = each(context, &shown);
	valise_accounts_free(a);
	return r;
}

int valise_heard(struct valise *v, const char *const *offices, size_t n,
		 int (*each)(void *context, const struct valise_heard *h), void *context, struct valise_err *err)
{
	CLEANUP(hearing_release) struct hearing h = {.v = v};
	bool fresh = false;
	int r = 0;
	for (size_t i = 0; i < n && !r; i++) {
		struct hash office;
		r = office_find(v, offices[i], &office, err);
		if (!r)
			r = add(&h, &office, err);
	}
	if (!r && !n)
		r = contacts_each(v->spool, add_contact, &h, err);
	if (r == VALISE_E_NOMEM)
		return err_nomem(err);
	if (!r)
		r = outlines_refresh(v, &fresh, err);
	if (!r)
		r = fresh ? take_kept(&h, err) : outlined_each_letter(v, take_letter, &h, err);
	for (size_t i = 0; i < h.n && !r; i++)
		r = show(v, &h.at[i], each, context, err);
	return r;
}
