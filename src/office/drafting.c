/* SPDX-License-Identifier: Apache-2.0 */
/* The steps on the way to a signature that statements and reports share. */
#include "office/drafting.h"

#include "base/limits.h"
#include "base/text.h"

/* ---- Who ---- */

int draft_signer(struct valise *v, const struct register_set *set, const struct draft_wish *wish,
		 struct draft_signer *ret, struct valise_err *err)
{
	unsigned wanted = wish->roles, role;
	struct officer officer;
	if (wish->role && (!roles_parse(str_of(wish->role), &wanted) || !(wanted & wish->roles)))
		return err_set(err, VALISE_E_USAGE, "%s is not for the role %s", wish->what,
			       text_shown(str_of(wish->role)).text);
	struct signer_wish signer = {.roles = wanted & wish->roles, .as = wish->as, .by_name = wish->by_name};
	int r = office_signer(v, set, &signer, &officer, &role, err);
	if (r)
		return err_prefix(err, r, "%s", wish->what);
	const struct verified_entry *head = office_head(registers_office(set->registers, &v->self));
	*ret = (struct draft_signer){
		.office = {v->self, head->note.id}, .key = officer.key, .role = role, .title = officer.title};
	return 0;
}

int draft_signer_again(struct valise *v, const struct register_set *now, const struct draft_signer *was,
		       struct valise_err *err)
{
	struct officer officer;
	unsigned role;
	struct vkey_text key = vkey_text(&was->key);
	struct signer_wish same = {.roles = was->role, .as = key.text};
	const struct verified_entry *head = office_head(registers_office(now->registers, &v->self));
	int r = office_signer(v, now, &same, &officer, &role, err);
	if (r && r != VALISE_E_NOT_ALLOWED && r != VALISE_E_NOT_FOUND)
		return r;
	if (r || !hash_eq(&head->note.id, &was->office.head))
		return err_set(
			err, VALISE_E_BUSY,
			"your office's register, or who may sign, changed meanwhile; nothing was signed, try again");
	return 0;
}

/* ---- Which notes ---- */

/* Notes of this letter that a prefix of an id may mean. */
struct note_search {
	const char *prefix;
	struct hash found;
	size_t matches;
};

static int consider_note(void *context, const struct hash *id, enum note_kind kind)
{
	struct note_search *s = context;
	(void)kind;
	if (strncmp(hash_hex(id).text, s->prefix, strlen(s->prefix)) == 0 && !(s->matches && hash_eq(&s->found, id))) {
		s->found = *id;
		s->matches++;
	}
	return 0;
}

int draft_regarding(struct valise *v, const struct hash *letter, const char *const *prefixes, size_t n,
		    struct hash *ret, size_t *ret_n, struct valise_err *err)
{
	if (n > LIMIT_REGARDING)
		return err_set(err, VALISE_E_LIMIT, "a note regards at most %u others", LIMIT_REGARDING);
	for (size_t i = 0; i < n; i++) {
		struct note_search s = {.prefix = prefixes[i]};
		if (strlen(s.prefix) < 4)
			return err_set(err, VALISE_E_USAGE, "--regarding %s: give at least 4 digits of the note's id",
				       text_shown(str_of(prefixes[i])).text);
		int r = notes_of(v->spool, letter, consider_note, &s, err);
		if (!r && !s.matches) { /* another letter, such as the brief that this one was an errand of */
			r = letter_find(v->spool, str_of(s.prefix), &s.found, err);
			s.matches = r == 0;
			r = r == VALISE_E_NOT_FOUND ? 0 : r;
		}
		if (r)
			return r;
		if (s.matches != 1)
			return err_set(
				err, s.matches ? VALISE_E_AMBIGUOUS : VALISE_E_NOT_FOUND,
				"--regarding %s: %s; `valise track LETTER --json` shows all ids, and `valise track --proposals` those of proposals",
				text_shown(str_of(prefixes[i])).text,
				s.matches ? "several notes about this letter begin so"
					  : "no note about this letter begins so, and no other letter");
		ret[i] = s.found;
	}
	qsort(ret, n, sizeof *ret, hash_order);
	*ret_n = 0;
	for (size_t i = 0; i < n; i++)
		if (!i || !hash_eq(&ret[i], &ret[*ret_n - 1]))
			ret[(*ret_n)++] = ret[i];
	return 0;
}

/* ---- The question ---- */

struct regarded {
	struct valise *v;
	const struct hash *id;
	struct buf *ret;
	struct valise_err *err;
};

static int describe_regarded(void *context, struct verified_statement *v, int64_t taken_in_s)
{
	struct regarded *g = context;
	const struct statement *s = &v->s;
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = 0;
	(void)taken_in_s;
	if (hash_eq(&v->note.id, g->id)) {
		r = register_set_look(g->v, &s->office.office, 1, &set, g->err);
		if (!r)
			r = office_show(g->v, &set, &s->office.office, g->ret, g->err);
		buf_addf(g->ret, " says %s", says_table[s->says].name);
		for (size_t i = 0; i < s->n_text; i++) {
			buf_add_text(g->ret, ", ");
			text_quote(g->ret, s->text[i]);
		}
		if (s->when.at) {
			buf_add_text(g->ret, ", when: ");
			text_quote(g->ret, s->when);
		}
		buf_add_char(g->ret, ' ');
	}
	verified_statement_free(v);
	return r;
}

int draft_regarded(struct valise *v, const struct hash *letter, const struct hash *note, struct buf *ret,
		   struct valise_err *err)
{
	struct regarded g = {v, note, ret, err};
	buf_add_text(ret, " Regarding: ");
	size_t before = ret->len;
	int r = statements_of(v->spool, letter, describe_regarded, &g, err);
	bool is_known = ret->len > before;
	buf_addf(ret, "%s%.16s%s.", is_known ? "(" : "", hash_hex(note).text, is_known ? ")" : "");
	return r;
}

int draft_opening(struct valise *v, const struct register_set *self, const char *title,
		  const struct verified_seal *seal, struct buf *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set sender = REGISTER_SET_NONE;
	buf_add_text(ret, "You state, as ");
	text_show(ret, str_of(title));
	buf_add_text(ret, " of ");
	text_show(ret, office_name(registers_office(self->registers, &v->self)));
	buf_addf(ret, ", of %s from ", hash_short(&seal->note.id).text);
	int r = register_set_look(v, &seal->s.from.office, 1, &sender, err);
	if (!r)
		r = office_show(v, &sender, &seal->s.from.office, ret, err);
	if (seal->s.ref.at) {
		buf_add_text(ret, ", ref ");
		text_ref(ret, seal->s.ref);
	}
	if (seal->s.paper.at) {
		buf_add_text(ret, ", a paper letter described as ");
		text_quote(ret, seal->s.paper);
	}
	return r;
}

void draft_detail(struct buf *b, const char *label, struct str value)
{
	if (!value.at)
		return;
	buf_addf(b, " %s: ", label);
	text_quote(b, value);
	buf_add_char(b, '.');
}
