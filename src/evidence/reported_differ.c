/* SPDX-License-Identifier: Apache-2.0 */
/* Where reports do not fit together, with each other or with what is signed: each grade is named as what it is. */
#include <inttypes.h>
#include <stdlib.h>

#include "evidence/work.h"

/* The ids of reports, as the notes of a row. */
static void add_reported(struct work *w, const char *kind, const uint32_t *said, size_t n_said,
			 const struct work_report *const *reports, size_t n)
{
	struct hash *ids = ARENA_NEW(&w->scratch, struct hash, n);
	for (size_t i = 0; ids && i < n; i++)
		ids[i] = reports[i]->v->note.id;
	add_disagreement(w, kind, said, n_said, ids, ids ? n : 0);
}

/* ---- How the letter travelled ---- */

/* One word on how the letter came to `taker`: a statement's medium, or a report's carriage. */
struct carriage_word {
	uint32_t taker; /* its place in the accounts; of an addressee: after all offices */
	uint32_t said;  /* WORK_NONE: reported */
	const struct work_report *report;
	struct str word;
};

static int carriage_cmp(const void *a, const void *b)
{
	const struct carriage_word *x = a, *y = b;
	if (x->taker != y->taker)
		return x->taker < y->taker ? -1 : 1;
	if (x->said != y->said)
		return x->said < y->said ? -1 : 1;
	return (x->report > y->report) - (x->report < y->report);
}

/* The one recipient that the letter has, WORK_NONE when it has several. */
static uint32_t sole_taker(const struct work *w)
{
	uint32_t taker = WORK_NONE, n = 0;
	for (uint32_t i = 0; i < w->n_addressed; i++) {
		if (!w->offices[w->shown[i]].is_recipient)
			continue;
		taker = i;
		n++;
	}
	for (uint32_t i = 0; i < w->seal->n_addressees; i++) {
		if (is_identified(w, i))
			continue;
		taker = w->n_offices + i;
		n++;
	}
	return n == 1 ? taker : WORK_NONE;
}

static bool is_giving(enum says says)
{
	return says == SAYS_HANDED || says == SAYS_DELIVERED || says == SAYS_ATTEMPTED || says == SAYS_RETURNED ||
	       says == SAYS_CONVEYED;
}

/* To whom the letter came so: the recipient whose words are reported, unless they are of how it gave the letter away; otherwise
 * the letter's only one. */
static void take_carriages(const struct report_list *l, uint32_t taker, uint32_t sole, struct carriage_word *words,
			   size_t *n)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct work_report *r = l->at[i];
		uint32_t whose = taker == WORK_NONE || is_giving(r->says) ? sole : taker;
		if (report_is_heeded(r) && r->v->r.carriage.at && whose != WORK_NONE)
			words[(*n)++] = (struct carriage_word){whose, WORK_NONE, r, r->v->r.carriage};
	}
}

static size_t collect_carriages(const struct work *w, struct carriage_word *words)
{
	size_t n = 0;
	uint32_t sole = sole_taker(w);
	for (uint32_t i = 0; i < w->n_said; i++) {
		bool is_own;
		uint32_t taker = medium_taker(w, &w->said[i], &is_own);
		if (taker != WORK_NONE)
			words[n++] = (struct carriage_word){taker, i, NULL, w->said[i].v->s.medium};
	}
	for (uint32_t i = 0; i < w->n_parties; i++) {
		const struct work_office *o = &w->offices[w->shown[i]];
		take_carriages(&o->reported, o->is_recipient ? i : WORK_NONE, sole, words, &n);
	}
	for (uint32_t i = 0; i < w->seal->n_addressees; i++)
		take_carriages(&w->addressed[i], w->n_offices + i, sole, words, &n);
	take_carriages(&w->apart, WORK_NONE, sole, words, &n);
	return n;
}

#define WORDS_SHOWN 6u

static void say_carriage(struct work *w, const struct carriage_word *word)
{
	say_quoted(w, word->word);
	if (word->said != WORK_NONE) {
		buf_add_text(&w->text, " says ");
		say_name(w, w->said[word->said].office);
		return;
	}
	buf_add_text(&w->text, " is reported in words of ");
	say_quoted(w, word->report->v->r.speaker);
	say_via(w, &word->report->v->r);
	buf_add_text(&w->text, ", filed by ");
	say_name(w, word->report->office);
}

/* Each word once, as it is told first. */
static void say_carriages(struct work *w, const struct carriage_word *words, size_t n)
{
	const struct carriage_word *shown[WORDS_SHOWN];
	size_t n_shown = 0, n_more = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_new = true;
		for (size_t k = 0; k < n_shown; k++)
			is_new = is_new && !str_eq(shown[k]->word, words[i].word);
		if (is_new && n_shown < WORDS_SHOWN)
			shown[n_shown++] = &words[i];
		else
			n_more++;
	}
	for (size_t i = 0; i < n_shown; i++) {
		buf_add_text(&w->text, i ? "; " : "");
		say_carriage(w, shown[i]);
	}
	if (n_more)
		buf_addf(&w->text, "; and %zu more account%s", n_more, n_more == 1 ? "" : "s");
}

static void add_carriage(struct work *w, const struct carriage_word *words, size_t n, size_t n_signed)
{
	const struct work_report **reports = ARENA_NEW(&w->scratch, const struct work_report *, n - n_signed);
	if (!reports)
		return;
	for (size_t i = 0; i < n_signed; i++)
		w->list[i] = words[i].said;
	for (size_t i = n_signed; i < n; i++)
		reports[i - n_signed] = words[i].report;
	buf_add_text(&w->text, "How the letter came to ");
	if (words[0].taker < w->n_offices)
		say_name(w, w->shown[words[0].taker]);
	else
		say_quoted(w, w->seal->addressees[words[0].taker - w->n_offices]);
	buf_add_text(&w->text, " is told differently: ");
	say_carriages(w, words, n);
	buf_add_text(&w->text, ". What is reported is hearsay; nothing is chosen here.");
	add_reported(w, "reported-differs", w->list, n_signed, reports, n - n_signed);
}

void find_reported_carriage(struct work *w)
{
	struct carriage_word *words =
		ARENA_NEW(&w->scratch, struct carriage_word, (size_t)w->n_said + (size_t)w->n_reports);
	size_t n = words ? collect_carriages(w, words) : 0;
	if (n)
		qsort(words, n, sizeof *words, carriage_cmp);
	for (size_t i = 0, end; i < n; i = end) {
		bool differ = false;
		size_t n_signed = 0;
		for (end = i; end < n && words[end].taker == words[i].taker; end++) {
			differ = differ || !str_eq(words[end].word, words[i].word);
			n_signed += words[end].said != WORK_NONE;
		}
		if (differ && n_signed < end - i)
			add_carriage(w, words + i, end - i, n_signed);
	}
}

/* ---- The contrary of what is signed ---- */

static void judge_contrary(struct work *w, const struct work_office *o, enum says reported, enum says said,
			   const struct work_report **list)
{
	uint32_t n = 0, own = o->first[said];
	for (uint32_t i = 0; own != WORK_NONE && i < o->reported.n; i++) {
		const struct work_report *r = o->reported.at[i];
		/* With an `of` line it is somebody else who is said to have done it. */
		if (r->says == reported && report_is_heeded(r) && !r->v->r.of.at)
			list[n++] = r;
	}
	if (!n)
		return;
	say_report(w, list[0]);
	if (n > 1)
		buf_addf(&w->text, ", as %" PRIu32 " more report%s it", n - 1, n == 2 ? " has" : "s have");
	buf_add_text(&w->text, "; signed is the contrary: ");
	say_said(w, own);
	buf_add_char(&w->text, '.');
	add_reported(w, "reported-and-said", &own, 1, list, n);
}

void find_reported_and_said(struct work *w)
{
	const struct work_report **list = ARENA_NEW(&w->scratch, const struct work_report *, w->n_reports);
	for (uint32_t i = 0; list && i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		for (size_t k = 0; o && o->reported.n && k < OPPOSITES; k++) {
			judge_contrary(w, o, opposites[k].one, opposites[k].other, list);
			judge_contrary(w, o, opposites[k].other, opposites[k].one, list);
		}
	}
}

/* ---- The contrary of what is reported ---- */

static void judge_reports_contrary(struct work *w, const struct report_list *l, const struct work_report **list)
{
	struct contrary c;
	uint32_t n = 0;
	if (!find_contrary(w, l, &c))
		return;
	for (uint32_t i = 0; i < l->n; i++) {
		if (report_has_refused(l->at[i]) || report_has_taken(l->at[i]))
			list[n++] = l->at[i];
	}
	say_report(w, c.refused);
	buf_add_text(&w->text, "; reported as well is the contrary: ");
	say_report(w, c.taken);
	if (n > 2)
		buf_addf(&w->text, "; and %" PRIu32 " more report%s of the one or the other", n - 2, n == 3 ? "" : "s");
	buf_add_text(&w->text, ". All of it is reported, which is hearsay; neither is chosen here.");
	add_reported(w, "reports-contrary", NULL, 0, list, n);
}

/* Of an addressee that is an office the reports are listed under that office. */
void find_reports_contrary(struct work *w)
{
	const struct work_report **list = ARENA_NEW(&w->scratch, const struct work_report *, w->n_reports);
	for (uint32_t i = 0; list && i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		if (o)
			judge_reports_contrary(w, &o->reported, list);
	}
	for (size_t i = 0; list && i < w->seal->n_addressees; i++)
		judge_reports_contrary(w, &w->addressed[i], list);
}

/* ---- Numbers and references ---- */

static int number_cmp(const void *a, const void *b)
{
	const struct work_report *const *x = a, *const *y = b;
	const struct report *r = &(*x)->v->r, *s = &(*y)->v->r;
	int c = memcmp(r->by.key, s->by.key, sizeof r->by.key);
	if (c == 0)
		c = (r->nth > s->nth) - (r->nth < s->nth);
	return c ? c : (*x > *y) - (*x < *y);
}

/* Reports of one key, by their numbers. */
static void judge_numbers(struct work *w, const struct work_report **list, size_t n, uint64_t *numbers)
{
	for (size_t i = 0; i < n; i++)
		numbers[i] = list[i]->v->r.nth;
	if (numbers_have_gaps(numbers, n)) {
		say_officer(w, &list[0]->officer, list[0]->office, true);
		buf_add_text(&w->text, " numbers reports about this letter, and here are missing: ");
		say_missing_numbers(w, numbers, n);
		buf_add_char(&w->text, '.');
		add_reported(w, "reports-gap", NULL, 0, list, n);
	}
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && numbers[end] == numbers[i];)
			end++;
		if (end - i < 2)
			continue;
		say_officer(w, &list[i]->officer, list[i]->office, true);
		buf_addf(&w->text, " gave the number %" PRIu64 " to %zu different reports about this letter.",
			 numbers[i], end - i);
		add_reported(w, "report-nth-twice", NULL, 0, list + i, end - i);
	}
}

/* As of statements: all of a key's reports are looked at, and one must be in standing, by an office that takes part or yours. */
void find_report_numbers(struct work *w)
{
	const struct work_report **list = ARENA_NEW(&w->scratch, const struct work_report *, w->n_reports);
	uint64_t *numbers = ARENA_NEW(&w->scratch, uint64_t, w->n_reports);
	if (!list || !numbers)
		return;
	for (uint32_t i = 0; i < w->n_reports; i++)
		list[i] = &w->reports[i];
	qsort(list, w->n_reports, sizeof(*list), number_cmp);
	for (size_t i = 0, end; i < w->n_reports; i = end) {
		bool stands = false;
		for (end = i; end < w->n_reports && vkey_eq(&list[i]->v->r.by, &list[end]->v->r.by); end++)
			stands = stands || (list[end]->stands && reporter_takes_part(w, list[end]));
		if (stands)
			judge_numbers(w, list + i, end - i, numbers);
	}
}

void find_report_regarding(struct work *w)
{
	for (uint32_t i = 0; i < w->n_reports; i++) {
		const struct work_report *r = &w->reports[i];
		struct hash notes[1 + LIMIT_REGARDING] = {r->v->note.id};
		size_t n = 1;
		if (!report_is_heeded(r) || !reporter_takes_part(w, r))
			continue;
		for (size_t k = 0; k < r->v->r.n_regarding; k++) {
			if (work_is_missing(w, &r->v->r.regarding[k]))
				notes[n++] = r->v->r.regarding[k];
		}
		if (n == 1)
			continue;
		say_officer(w, &r->officer, r->office, true);
		buf_addf(&w->text, " filed a report on %s (own clock) that regards %zu note%s that %s not here.",
			 when_text(r->v->r.time_s).text, n - 1, n == 2 ? "" : "s", n == 2 ? "is" : "are");
		add_disagreement(w, "regarding-missing", NULL, 0, notes, n);
	}
}
