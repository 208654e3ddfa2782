/* SPDX-License-Identifier: Apache-2.0 */
/* What could be typed for an office, a letter, an exhibit or an officer: for completion, and so without working anything out. */
#include "office/office.h"

#include "base/array.h"
#include "base/limits.h"
#include "base/text.h"
#include "spool/exhibits.h"

#define ABOUT_BYTES (4u * LIMIT_FREE_TEXT_BYTES)
#define ENOUGH 1 /* what our own callbacks end a listing with; errors are negative */

struct naming {
	struct valise *v;
	int (*each)(void *context, const char *name, const char *about);
	void *context;
	struct hash *letters;
	size_t n, cap;
	int r; /* of `each` */
	struct valise_err *err;
};

/* One name to the caller, whose answer is in n->r. */
static int call(struct naming *n, struct str name, const char *about)
{
	CLEAN_FREE char *text = str_dup(name);
	if (!text)
		return err_nomem(n->err);
	n->r = n->each(n->context, text, about);
	return 0;
}

/* The same; ENOUGH once there were as many as are looked at, or the caller wants no more. */
static int give(struct naming *n, struct str name, const char *about)
{
	int r = call(n, name, about);
	return r ? r : n->r || ++n->n == LIMIT_NAMES ? ENOUGH : 0;
}

static int name_contact(void *context, const struct contact *c)
{
	return give(context, c->petname, c->checked ? "its digits were checked" : "its digits were never checked");
}

static int name_officer(void *context, const struct officer *o)
{
	struct naming *n = context;
	CLEAN_BUF struct buf roles = BUF_INIT(256);
	roles_write(&roles, o->roles);
	buf_add_char(&roles, '\0');
	int r = o->dismissed ? 0 : buf_check(&roles, "roles", n->err);
	return r || o->dismissed ? r : give(n, o->title, (char *)roles.data);
}

static int name_exhibit(void *context, const struct exhibit_row *row)
{
	char start[13];
	(void)snprintf(start, sizeof start, "%.12s", hash_hex(&row->id).text);
	return give(context, row->name.at ? row->name : str_of(start), start);
}

/* ---- Letters: both of their names, newest first ---- */

static int take_letter(void *context, const struct hash *id)
{
	struct naming *n = context;
	struct hash *grown = array_room(n->letters, n->n, &n->cap, sizeof *grown);
	if (!grown)
		return err_nomem(n->err);
	n->letters = grown;
	n->letters[n->n++] = *id;
	return n->n == LIMIT_NAMES ? ENOUGH : 0;
}

/* "2026-11-22, from Mission Oslo, ref 14/2026" */
static int describe_letter(struct naming *n, const struct seal *s, struct buf *ret)
{
	CLEAN_BUF struct buf petname = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct contact from;
	buf_addf(ret, "%.10s", time_text(s->date_s).text);
	if (hash_eq(&s->from.office, &n->v->self)) {
		buf_add_text(ret, ", your own");
	} else if (contact_get(n->v->spool, &s->from.office, &from, &petname, NULL) == 0) {
		buf_add_text(ret, ", from ");
		text_show(ret, from.petname);
	}
	if (s->ref.at) {
		buf_add_text(ret, ", ref ");
		text_ref(ret, s->ref);
	}
	buf_add_char(ret, '\0');
	return buf_check(ret, "what a letter is", n->err);
}

static int name_letter(struct naming *n, const struct hash *id, bool by_ref)
{
	CLEAN_BUF struct buf about = BUF_INIT(ABOUT_BYTES);
	struct verified_seal *seal = NULL;
	int r = letter_seal(n->v->spool, id, &seal, n->err);
	if (r == VALISE_E_BAD) /* damaged here: it can be named all the same */
		return by_ref ? 0 : call(n, str_of(hash_short(id).text), "damaged here");
	if (r)
		return r;
	if (by_ref && seal->s.ref.at)
		r = call(n, seal->s.ref, hash_short(id).text);
	if (!by_ref)
		r = describe_letter(n, &seal->s, &about);
	if (!by_ref && !r)
		r = call(n, str_of(hash_short(id).text), (char *)about.data);
	verified_seal_free(seal);
	return r;
}

static int name_letters(struct naming *n)
{
	int r = letters_each(n->v->spool, take_letter, n, n->err);
	r = r == ENOUGH ? 0 : r;
	for (size_t i = 0; i < 2 * n->n && !r && !n->r; i++)
		r = name_letter(n, &n->letters[i % n->n], i >= n->n);
	free(n->letters);
	return r;
}

static int name_officers(struct naming *n)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = register_set_self(n->v, &set, n->err);
	const struct office_register *own = r ? NULL : registers_office(set.registers, &n->v->self);
	return own ? office_each_officer(own, NULL, name_officer, n) : r;
}

int valise_names(struct valise *v, enum valise_names which,
		 int (*each)(void *context, const char *name, const char *about), void *context, struct valise_err *err)
{
	struct naming n = {.v = v, .each = each, .context = context, .err = err};
	int r = which == VALISE_NAMES_OFFICES    ? contacts_each(v->spool, name_contact, &n, err)
		: which == VALISE_NAMES_LETTERS  ? name_letters(&n)
		: which == VALISE_NAMES_EXHIBITS ? exhibits_each(v->spool, name_exhibit, &n, err)
						 : name_officers(&n);
	return n.r ? n.r : r == ENOUGH ? 0 : r;
}
