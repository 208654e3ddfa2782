/* SPDX-License-Identifier: Apache-2.0 */
/* The reports about a letter, judged by who filed them, and listed under those whose words they have (spec/accounts.md). */
#include <stdlib.h>

#include "evidence/work.h"

static int report_id_cmp(const void *a, const void *b)
{
	const struct work_report *x = a, *y = b;
	int c = hash_cmp(&x->v->note.id, &y->v->note.id);
	return c ? c : (x->taken_in_s > y->taken_in_s) - (x->taken_in_s < y->taken_in_s);
}

int report_order(const struct verified_report *a, const struct verified_report *b)
{
	int c = (a->r.time_s > b->r.time_s) - (a->r.time_s < b->r.time_s);
	if (!c)
		c = (a->r.nth > b->r.nth) - (a->r.nth < b->r.nth);
	return c ? c : hash_cmp(&a->note.id, &b->note.id);
}

static int work_report_order(const void *a, const void *b)
{
	const struct work_report *x = a, *y = b;
	return report_order(x->v, y->v);
}

/* Each once, with the earliest time at which it is known to have been here. */
void collect_reports(struct work *w)
{
	w->reports = ARENA_NEW(&w->scratch, struct work_report, w->e->n_reports);
	if (!w->reports)
		return;
	uint32_t n = 0;
	for (size_t i = 0; i < w->e->n_reports; i++) {
		const struct witnessed_report *r = &w->e->reports[i];
		enum says says;
		if (hash_eq(&r->report->r.letter, &w->e->seal->note.id))
			w->reports[n++] = (struct work_report){
				.v = r->report,
				.taken_in_s = r->taken_in_s,
				.says = says_of(r->report->r.says, &says) ? says : SAYS_COUNT,
				.speaker_office = WORK_NONE,
			};
	}
	qsort(w->reports, n, sizeof *w->reports, report_id_cmp);
	for (uint32_t i = 0; i < n; i++) {
		struct work_report *last = w->n_reports ? &w->reports[w->n_reports - 1] : NULL;
		if (!last || !hash_eq(&last->v->note.id, &w->reports[i].v->note.id))
			w->reports[w->n_reports++] = w->reports[i];
		else if (last->taken_in_s == 0)
			last->taken_in_s = w->reports[i].taken_in_s;
	}
	qsort(w->reports, w->n_reports, sizeof *w->reports, work_report_order);
}

static void judge_reporters(struct work *w)
{
	for (uint32_t i = 0; i < w->n_reports; i++) {
		struct work_report *r = &w->reports[i];
		const struct report *v = &r->v->r;
		r->office = work_office_of(w, &v->office.office);
		if (v->has_speaker_office)
			r->speaker_office = work_office_of(w, &v->speaker_office);
		r->standing = standing_judge(w->e->registers, &v->office, &v->by, v->role, v->time_s, &r->v->note.id,
					     &r->officer);
		r->stands = standing_suffices(r->standing);
		r->unattended = r->officer.roles & ROLE_MACHINE;
	}
}

/* The report that `by` corrects with its i-th `regarding` line: another of its own office. NULL: none, or `by` may not. */
static struct work_report *corrected(const struct work *w, const struct work_report *by, size_t i)
{
	const struct work_id *found = by->stands ? work_find(w, &by->v->r.regarding[i]) : NULL;
	return found && found->report && found->report->office == by->office ? found->report : NULL;
}

static void find_corrections(struct work *w)
{
	size_t n = 0;
	for (uint32_t i = 0; i < w->n_reports; i++) {
		for (size_t k = 0; k < w->reports[i].v->r.n_regarding; k++) {
			struct work_report *r = corrected(w, &w->reports[i], k);
			if (r)
				r->n_corrected_by++;
			n += r != NULL;
		}
	}
	const struct work_report **lists = ARENA_NEW(&w->scratch, const struct work_report *, n);
	for (uint32_t i = 0; lists && i < w->n_reports; i++) {
		w->reports[i].corrected_by = lists;
		lists += w->reports[i].n_corrected_by;
		w->reports[i].n_corrected_by = 0;
	}
	for (uint32_t i = 0; lists && i < w->n_reports; i++) {
		for (size_t k = 0; k < w->reports[i].v->r.n_regarding; k++) {
			struct work_report *r = corrected(w, &w->reports[i], k);
			if (r)
				r->corrected_by[r->n_corrected_by++] = &w->reports[i];
		}
	}
}

/* Under whom it is listed: the party that its speaker is taken to speak for, as far as it is one. */
static struct report_list *home_of(struct work *w, const struct work_report *r)
{
	const struct report *v = &r->v->r;
	if (r->speaker_office != WORK_NONE && w->offices[r->speaker_office].shown < w->n_parties)
		return &w->offices[r->speaker_office].reported;
	int addressee = seal_addressee(w->seal, v->speaker_addressee);
	if (addressee < 0)
		return &w->apart;
	uint32_t office = identified_office(w, (size_t)addressee);
	return !is_identified(w, (size_t)addressee) ? &w->addressed[addressee]
	       : office != WORK_NONE                ? &w->offices[office].reported
						    : &w->apart;
}

static const struct work_report **give_room(struct report_list *l, const struct work_report **at)
{
	l->at = at;
	at += l->n;
	l->n = 0;
	return at;
}

static void list_reports(struct work *w)
{
	w->addressed = ARENA_NEW(&w->scratch, struct report_list, w->seal->n_addressees);
	const struct work_report **at = ARENA_NEW(&w->scratch, const struct work_report *, w->n_reports);
	if (!w->addressed || !at)
		return;
	for (uint32_t i = 0; i < w->n_reports; i++)
		home_of(w, &w->reports[i])->n++;
	for (uint32_t i = 0; i < w->n_offices; i++)
		at = give_room(&w->offices[i].reported, at);
	for (size_t i = 0; i < w->seal->n_addressees; i++)
		at = give_room(&w->addressed[i], at);
	give_room(&w->apart, at);
	for (uint32_t i = 0; i < w->n_reports; i++) {
		struct report_list *l = home_of(w, &w->reports[i]);
		l->at[l->n++] = &w->reports[i];
	}
}

static int speaker_cmp(const void *a, const void *b)
{
	const struct work_report *const *x = a, *const *y = b;
	int c = str_cmp((*x)->v->r.speaker, (*y)->v->r.speaker);
	return c ? c : (*x > *y) - (*x < *y);
}

bool reporter_takes_part(const struct work *w, const struct work_report *r)
{
	const struct work_office *o = &w->offices[r->office];
	return o->is_self || taking_part(w, o->shown);
}

void judge_reports(struct work *w)
{
	judge_reporters(w);
	find_corrections(w);
	list_reports(w);
	if (w->apart.n)
		qsort(w->apart.at, w->apart.n, sizeof(*w->apart.at), speaker_cmp);
}
