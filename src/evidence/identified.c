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

/* Whether it says once more what the one before it did. */
static bool is_repeat(const struct work *w, size_t i)
{
	return i && w->ties[i - 1].addressee == w->ties[i].addressee && w->ties[i - 1].office == w->ties[i].office;
}

/* Each office with the addressees that it is taken to be, in the seal's order. */
static void name_identified(struct work *w)
{
	for (size_t i = 0; i < w->n_ties; i++)
		w->offices[w->ties[i].office].n_identified_as += !is_repeat(w, i);
	const char **names = ARENA_NEW(w->out, const char *, w->n_ties);
	for (uint32_t i = 0; names && i < w->n_offices; i++) {
		struct work_office *o = &w->offices[i];
		o->identified_as = names;
		names += o->n_identified_as;
		o->n_identified_as = 0;
	}
	for (size_t i = 0; names && i < w->n_ties; i++) {
		struct work_office *o = &w->offices[w->ties[i].office];
		if (!is_repeat(w, i))
			o->identified_as[o->n_identified_as++] =
				arena_shown(w->out, w->seal->addressees[w->ties[i].addressee]);
	}
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
	name_identified(w);
}

/* How many ties stand before those of this addressee. */
static size_t ties_before(const struct work *w, size_t addressee)
{
	size_t low = 0, high = w->n_ties;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->ties[middle].addressee < addressee)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool is_identified(const struct work *w, size_t addressee)
{
	return ties_before(w, addressee) < ties_before(w, addressee + 1);
}

uint32_t identified_office(const struct work *w, size_t addressee)
{
	size_t first = ties_before(w, addressee), end = ties_before(w, addressee + 1);
	/* They stand by office: where the first and the last are of one, all are. */
	return first < end && w->ties[first].office == w->ties[end - 1].office ? w->ties[first].office : WORK_NONE;
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
	sort_list(w, n_said);
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
