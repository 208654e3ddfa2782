/* SPDX-License-Identifier: Apache-2.0 */
/* Addressees of a paper letter that its sender takes to be offices: those are recipients from then on (spec/accounts.md). */
#include <stdlib.h>

#include "base/text.h"
#include "evidence/work.h"

static int tie_cmp(const void *a, const void *b)
{
	const struct work_tie *x = a, *y = b;
	if (x->addressee != y->addressee)
		return x->addressee < y->addressee ? -1 : 1;
	if (x->office != y->office)
		return x->office < y->office ? -1 : 1;
	return (x->said > y->said) - (x->said < y->said);
}

void find_identified(struct work *w)
{
	size_t n = 0;
	for (uint32_t i = 0; i < w->n_said; i++) {
		const struct work_said *s = &w->said[i];
		n += s->stands && statement_identifies(&s->v->s, w->seal) ? s->v->s.n_text : 0;
	}
	w->ties = ARENA_NEW(&w->scratch, struct work_tie, n);
	for (uint32_t i = 0; w->ties && n && i < w->n_said; i++) {
		const struct work_said *s = &w->said[i];
		if (!s->stands || !statement_identifies(&s->v->s, w->seal))
			continue;
		w->offices[s->to].is_recipient = true;
		for (size_t k = 0; k < s->v->s.n_text; k++)
			w->ties[w->n_ties++] =
				(struct work_tie){(uint32_t)seal_addressee(w->seal, s->v->s.text[k]), s->to, i};
	}
	if (w->n_ties)
		qsort(w->ties, w->n_ties, sizeof *w->ties, tie_cmp);
}

bool is_identified(const struct work *w, size_t addressee)
{
	for (size_t i = 0; i < w->n_ties; i++) {
		if (w->ties[i].addressee == addressee)
			return true;
	}
	return false;
}

uint32_t identified_office(const struct work *w, size_t addressee)
{
	uint32_t office = WORK_NONE;
	for (size_t i = 0; i < w->n_ties; i++) {
		if (w->ties[i].addressee != addressee)
			continue;
		if (office != WORK_NONE && office != w->ties[i].office)
			return WORK_NONE;
		office = w->ties[i].office;
	}
	return office;
}

/* Whether it says once more what the one before it did. */
static bool is_repeat(const struct work *w, size_t i)
{
	return i && w->ties[i - 1].addressee == w->ties[i].addressee && w->ties[i - 1].office == w->ties[i].office;
}

const char *const *identified_as(struct work *w, uint32_t office, size_t *ret_n)
{
	const char **names = w->n_ties ? ARENA_NEW(w->out, const char *, w->seal->n_addressees) : NULL;
	size_t n = 0;
	for (size_t i = 0; names && i < w->n_ties; i++) {
		if (w->ties[i].office == office && !is_repeat(w, i))
			names[n++] = arena_shown(w->out, w->seal->addressees[w->ties[i].addressee]);
	}
	*ret_n = n;
	return names;
}

static int number_cmp(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* All ties of one addressee: told of by every statement that makes one, in the statements' order. */
static void add_twice(struct work *w, const struct work_tie *ties, size_t n)
{
	uint32_t *offices = ARENA_NEW(&w->scratch, uint32_t, n);
	size_t n_offices = 0, n_said = 0;
	for (size_t i = 0; offices && i < n; i++) {
		if (!i || ties[i].office != ties[i - 1].office)
			offices[n_offices++] = ties[i].office;
		if (!i || ties[i].said != ties[i - 1].said)
			w->list[n_said++] = ties[i].said;
	}
	if (n_offices < 2)
		return;
	qsort(w->list, n_said, sizeof *w->list, number_cmp);
	say_name(w, w->shown[0]);
	buf_add_text(&w->text, " takes the addressee ");
	say_quoted(w, w->seal->addressees[ties[0].addressee]);
	buf_add_text(&w->text, " to be several offices: ");
	say_names(w, offices, n_offices);
	buf_add_text(&w->text, ". None is chosen here.");
	add_disagreement(w, "identified-twice", w->list, n_said, NULL, 0);
}

void find_identified_twice(struct work *w)
{
	for (size_t i = 0, end; i < w->n_ties; i = end) {
		for (end = i + 1; end < w->n_ties && w->ties[end].addressee == w->ties[i].addressee;)
			end++;
		add_twice(w, w->ties + i, end - i);
	}
}
