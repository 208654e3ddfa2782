/* SPDX-License-Identifier: Apache-2.0 */
/* Statements whose times, numbers or references cannot all be as they are stated. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "evidence/work.h"

/* A statement names the letter by the hash of its seal, so it is younger than that. */
void find_older_than_seal(struct work *w)
{
	for (uint32_t i = 0; i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		size_t n = 0;
		for (uint32_t j = 0; o && j < o->n_said; j++) {
			const struct work_said *s = &w->said[o->said[j]];
			if (s->counts && s->v->s.time_s < w->seal->date_s)
				w->list[n++] = o->said[j];
		}
		if (!n)
			continue;
		say_said(w, w->list[0]);
		buf_addf(&w->text, ": before the letter was sealed, which the seal puts at %s.",
			 when_text(w->seal->date_s).text);
		if (n > 1)
			buf_addf(&w->text, " So do %zu more of its statements.", n - 1);
		add_disagreement(w, "older-than-seal", w->list, n, NULL, 0);
	}
}

static void add_out_of_order(struct work *w, uint32_t later, uint32_t earlier, const char *why)
{
	say_said(w, later);
	buf_add_text(&w->text, ", and: ");
	say_said(w, earlier);
	buf_addf(&w->text, "; %s.", why);
	add_disagreement(w, "times-out-of-order", (const uint32_t[]){later, earlier}, 2, NULL, 0);
}

/* What an office can do only after another thing, and states an earlier time for. */
void find_steps_out_of_order(struct work *w)
{
	static const enum says pairs[][2] = {
		{SAYS_RECEIVED, SAYS_OPENED}, {SAYS_OPENED, SAYS_REVIEWED}, {SAYS_RECEIVED, SAYS_REVIEWED}};
	for (uint32_t i = 0; i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		for (size_t k = 0; o && k < sizeof pairs / sizeof pairs[0]; k++) {
			uint32_t earlier = o->first[pairs[k][0]], later = o->first[pairs[k][1]];
			if (earlier != WORK_NONE && later != WORK_NONE &&
			    w->said[later].v->s.time_s < w->said[earlier].v->s.time_s)
				add_out_of_order(w, later, earlier, "which comes first by nature");
		}
	}
}

static int number_cmp(const void *a, const void *b, void *context)
{
	const uint32_t *x = a, *y = b;
	const struct work *w = context;
	const struct statement *s = &w->said[*x].v->s, *t = &w->said[*y].v->s;
	int c = memcmp(s->by.key, t->by.key, sizeof s->by.key);
	if (c == 0)
		c = (s->nth > t->nth) - (s->nth < t->nth);
	return c ? c : (*x > *y) - (*x < *y);
}

bool numbers_have_gaps(const uint64_t *numbers, size_t n)
{
	uint64_t next = 1;
	for (size_t i = 0; i < n; i++) {
		if (numbers[i] > next)
			return true;
		next = numbers[i] + 1;
	}
	return false;
}

void say_missing_numbers(struct work *w, const uint64_t *numbers, size_t n)
{
	uint64_t next = 1, missing = 0;
	size_t ranges = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t nth = numbers[i];
		if (nth > next) {
			if (ranges < 3)
				buf_addf(&w->text, "%s%" PRIu64, ranges ? ", " : "", next);
			if (ranges < 3 && nth - 1 > next)
				buf_addf(&w->text, " to %" PRIu64, nth - 1);
			missing += nth - next;
			ranges++;
		}
		next = nth + 1;
	}
	buf_addf(&w->text, "%s (%" PRIu64 " in all)", ranges > 3 ? ", and more" : "", missing);
}

/* The numbers between those of one key's statements, list[0..n) in their order; `numbers` has room for them. */
static void find_gaps(struct work *w, const uint32_t *list, size_t n, uint64_t *numbers)
{
	for (size_t i = 0; i < n; i++)
		numbers[i] = w->said[list[i]].v->s.nth;
	if (!numbers_have_gaps(numbers, n))
		return;
	say_officer(w, &w->said[list[0]].officer, w->said[list[0]].office, true);
	buf_add_text(&w->text, " numbers statements about this letter, and here are missing: ");
	say_missing_numbers(w, numbers, n);
	buf_add_char(&w->text, '.');
	add_disagreement(w, "gap", list, n, NULL, 0);
}

/* Statements of one key, list[0..n), in the order of their numbers: the same number twice, and clocks that ran back. */
static void find_repeats(struct work *w, const uint32_t *list, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		const struct work_said *s = &w->said[list[i]];
		for (end = i + 1; end < n && w->said[list[end]].v->s.nth == s->v->s.nth;)
			end++;
		if (end - i > 1) {
			say_officer(w, &s->officer, s->office, true);
			buf_addf(&w->text,
				 " gave the number %" PRIu64 " to %zu different statements about this letter.",
				 s->v->s.nth, end - i);
			add_disagreement(w, "nth-twice", list + i, end - i, NULL, 0);
		}
		if (end < n && w->said[list[end]].v->s.time_s < s->v->s.time_s)
			add_out_of_order(w, list[end], list[i], "the same officer numbers the former after the latter");
	}
}

/* Every statement of a key is looked at, also what does not count: a number that is here is not missing. */
void find_numbers(struct work *w)
{
	uint64_t *numbers = ARENA_NEW(&w->scratch, uint64_t, w->n_said);
	if (!numbers)
		return;
	for (uint32_t i = 0; i < w->n_said; i++)
		w->list[i] = i;
	qsort_r(w->list, w->n_said, sizeof *w->list, number_cmp, w);
	for (uint32_t i = 0, end; i < w->n_said; i = end) {
		const struct work_said *s = &w->said[w->list[i]];
		bool counts = false;
		for (end = i; end < w->n_said && vkey_eq(&s->v->s.by, &w->said[w->list[end]].v->s.by); end++)
			counts =
				counts || (w->said[w->list[end]].counts && taking_part(w, w->offices[s->office].shown));
		if (!counts)
			continue;
		find_gaps(w, w->list + i, end - i, numbers);
		find_repeats(w, w->list + i, end - i);
	}
}

static void find_missing(struct work *w, uint32_t said)
{
	const struct statement *s = &w->said[said].v->s;
	struct hash missing[LIMIT_REGARDING];
	size_t n = 0;
	for (size_t i = 0; i < s->n_regarding; i++) {
		const struct work_id *found = work_find(w, &s->regarding[i]);
		if (work_is_missing(w, &s->regarding[i]))
			missing[n++] = s->regarding[i];
		else if (found && found->said != WORK_NONE && w->said[found->said].counts &&
			 s->time_s < w->said[found->said].v->s.time_s)
			add_out_of_order(w, said, found->said, "the former regards the latter, and so is younger");
	}
	if (!n)
		return;
	say_said(w, said);
	buf_addf(&w->text, ", regarding %zu note%s that %s not here.", n, n == 1 ? "" : "s", n == 1 ? "is" : "are");
	add_disagreement(w, "regarding-missing", &said, 1, missing, n);
}

/* What a statement refers to is older than it: the notes that it regards, and the register entry that it cites. */
void find_regarding(struct work *w)
{
	for (uint32_t i = 0; i < w->n_said; i++) {
		const struct work_said *s = &w->said[i];
		const struct work_office *o = &w->offices[s->office];
		if (!s->counts || !taking_part(w, o->shown))
			continue;
		find_missing(w, i);
		const struct verified_entry *head = office_entry(o->reg, &s->v->s.office.head);
		if (!head || head->e.time_s <= s->v->s.time_s)
			continue;
		say_said(w, i);
		buf_addf(&w->text, ", and cites an entry of its own register that states %s.",
			 when_text(head->e.time_s).text);
		add_disagreement(w, "times-out-of-order", &i, 1, &head->note.id, 1);
	}
}
