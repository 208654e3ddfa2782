/* SPDX-License-Identifier: Apache-2.0 */
/* To whom a letter is addressed: the offices in its seal, and those that its sender has identified with an addressee since; and to whom it
 * was handed. */
#include "office/office.h"

static bool identifies(const struct register_set *set, const struct seal *seal, const struct verified_statement *s)
{
	return statement_identifies(&s->s, seal) && statement_stands(set, s);
}

int gathered_recipients(const struct gathered *g, struct hashes *ret, struct valise_err *err)
{
	const struct seal *seal = &g->seal->s;
	int r = 0;
	for (size_t i = 0; i < seal->n_to && !r; i++)
		r = hashes_add(ret, &seal->to[i].office, err);
	for (size_t i = 0; i < g->n_statements && !r; i++) {
		const struct verified_statement *s = g->statements[i].statement;
		if (identifies(&g->set, seal, s))
			r = hashes_add(ret, &s->s.to, err);
	}
	return r;
}

const struct witnessed_statement *gathered_word(const struct gathered *g, const struct hash *office, enum says says)
{
	const struct witnessed_statement *first = NULL;
	for (size_t i = 0; i < g->n_statements; i++) {
		const struct witnessed_statement *one = &g->statements[i];
		const struct statement *s = &one->statement->s;
		if (s->says == says && hash_eq(&s->office.office, office) &&
		    statement_stands(&g->set, one->statement) && (!first || one->taken_in_s < first->taken_in_s))
			first = one;
	}
	return first;
}

int gathered_unreceived(const struct valise *v, const struct gathered *g, struct hashes *ret, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	int r = gathered_recipients(g, &to, err);
	for (size_t k = 0; k < to.n && !r; k++)
		if (!hash_eq(&to.at[k], &v->self) && !gathered_word(g, &to.at[k], SAYS_RECEIVED))
			r = hashes_add(ret, &to.at[k], err);
	return r;
}

int gathered_add_holders(const struct gathered *g, struct hashes *parties, struct valise_err *err)
{
	int r = 0;
	for (size_t before = 0; !r && before != parties->n;) {
		before = parties->n;
		for (size_t i = 0; i < g->n_statements && !r; i++) {
			const struct verified_statement *v = g->statements[i].statement;
			bool hands_on = v->s.says == SAYS_HANDED || v->s.says == SAYS_DELIVERED;
			if (hands_on && v->s.has_to && !hashes_have(parties, &v->s.to) &&
			    hashes_have(parties, &v->s.office.office) && statement_stands(&g->set, v))
				r = hashes_add(parties, &v->s.to, err);
		}
	}
	return r;
}

struct search {
	const struct seal *seal;
	const struct hash *office;
	struct register_set sender;
	bool found;
};

static int consider(void *context, struct verified_statement *s, int64_t taken_in_s)
{
	struct search *search = context;
	(void)taken_in_s;
	search->found |=
		s->s.has_to && hash_eq(&s->s.to, search->office) && identifies(&search->sender, search->seal, s);
	verified_statement_free(s);
	return 0;
}

int office_addressed(struct valise *v, const struct verified_seal *seal, const struct hash *office, bool *ret,
		     struct valise_err *err)
{
	struct search search = {.seal = &seal->s, .office = office};
	search.found = seal_recipient(&seal->s, office) >= 0;
	int r = 0;
	if (!search.found && seal->s.n_addressees) {
		r = register_set_look(v, &seal->s.from.office, 1, &search.sender, err);
		if (!r)
			r = statements_of(v->spool, &seal->note.id, consider, &search, err);
		register_set_release(&search.sender);
	}
	if (!r)
		*ret = search.found;
	return r;
}
