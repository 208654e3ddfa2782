/* SPDX-License-Identifier: Apache-2.0 */
/* What was proposed in all letters, and what became of it: read off their accounts, never stored. */
#include "office/proposals.h"

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"

#define DAY_S INT64_C(86400)
#define INTERVAL_BYTES 64u

struct proposals {
	struct valise_proposals pub;      /* first: freed through it */
	struct valise_accounts **letters; /* what everything else borrows from, but for proposals_of */
	size_t n_letters, cap_letters, n_unread;
	struct valise_proposal *all;
	size_t n, cap;
	struct valise_answer *answers;
	size_t n_answers, cap_answers;
	struct told {
		const char *proposal; /* the id that an answer regards */
		const char *letter;   /* in which it was given */
		struct valise_answer answer;
	} * told;
	size_t n_told, cap_told;
	struct valise_proposal_reported *reported;
	size_t n_reported, cap_reported;
};

void valise_proposals_free(struct valise_proposals *pub)
{
	struct proposals *p = (struct proposals *)pub;
	if (!p)
		return;
	for (size_t i = 0; i < p->n_letters; i++)
		valise_accounts_free(p->letters[i]);
	for (size_t i = 0; i < p->n; i++)
		free((char *)(uintptr_t)p->all[i].since_held);
	free(p->letters);
	free(p->all);
	free(p->answers);
	free(p->told);
	free(p->reported);
	free(p);
}

static void proposals_freep(struct proposals **p)
{
	if (*p)
		valise_proposals_free(&(*p)->pub);
}

/* ---- Collecting ---- */

static int add_proposal(struct proposals *p, const struct valise_accounts *a, const struct valise_said *s)
{
	struct valise_proposal *all = array_room(p->all, p->n, &p->cap, sizeof *all);
	if (!all)
		return VALISE_E_NOMEM;
	p->all = all;
	all[p->n++] = (struct valise_proposal){.id = s->id,
					       .letter = a->letter,
					       .short_id = a->short_id,
					       .office = a->offices[s->office].label,
					       .office_id = a->offices[s->office].id,
					       .when = s->when,
					       .text = s->text,
					       .n_text = s->n_text,
					       .time_s = s->time_s,
					       .last_held = SIZE_MAX};
	return 0;
}

static int add_answer(struct proposals *p, const struct valise_accounts *a, const struct valise_said *s)
{
	for (size_t i = 0; i < s->n_regarding; i++) {
		struct told *told = array_room(p->told, p->n_told, &p->cap_told, sizeof *told);
		if (!told)
			return VALISE_E_NOMEM;
		p->told = told;
		told[p->n_told++] = (struct told){s->regarding[i],
						  a->letter,
						  {.id = s->id,
						   .says = s->says,
						   .office = a->offices[s->office].label,
						   .office_id = a->offices[s->office].id,
						   .when = s->when,
						   .text = s->text,
						   .n_text = s->n_text,
						   .time_s = s->time_s,
						   .at_s = s->time_s}};
	}
	return 0;
}

static bool is_answer(const char *says)
{
	return strcmp(says, says_table[SAYS_AGREED].name) == 0 || strcmp(says, says_table[SAYS_HELD].name) == 0 ||
	       strcmp(says, says_table[SAYS_CALLED_OFF].name) == 0;
}

/* Whether the office, by its id, sent the letter or is one of its recipients: who carries it, or is handed it, meets nobody by that. */
static bool is_between(const struct valise_accounts *a, const char *office)
{
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *party = &a->parties[i];
		if (party->office != SIZE_MAX && (party->is_sender || party->is_recipient) &&
		    strcmp(a->offices[party->office].id, office) == 0)
			return true;
	}
	return false;
}

static int add_reported(struct proposals *p, const struct valise_accounts *a, const struct valise_reported *r)
{
	struct valise_proposal_reported *reported =
		array_room(p->reported, p->n_reported, &p->cap_reported, sizeof *reported);
	if (!reported)
		return VALISE_E_NOMEM;
	p->reported = reported;
	reported[p->n_reported++] = (struct valise_proposal_reported){a->letter, a->short_id, r};
	return 0;
}

/* Whom the reporter takes the speaker to speak for may be the office, in another's letter. */
static int read_reports(struct proposals *p, const struct valise_accounts *a, const char *with, bool is_with,
			bool *ret_keep)
{
	int r = 0;
	for (size_t i = 0; i < a->n_reported && !r; i++) {
		const struct valise_reported *one = &a->reported[i];
		bool speaks = with && one->has_speaker_office && strcmp(a->offices[one->speaker_office].id, with) == 0;
		bool proposes = is_answer(one->says) || strcmp(one->says, says_table[SAYS_PROPOSED].name) == 0;
		if (!proposes || !(is_with || speaks) || !one->counts_as_filed || one->n_corrected_by)
			continue;
		*ret_keep = true;
		r = add_reported(p, a, one);
	}
	return r;
}

static int read_letter(struct proposals *p, const struct valise_accounts *a, const char *with, bool *ret_keep)
{
	int r = 0;
	bool is_with = !with || is_between(a, with);
	for (size_t i = 0; is_with && i < a->n_said && !r; i++) {
		const struct valise_said *s = &a->said[i];
		bool proposes = strcmp(s->says, says_table[SAYS_PROPOSED].name) == 0;
		if (!s->counts || !(is_answer(s->says) || proposes) || !is_between(a, a->offices[s->office].id))
			continue;
		*ret_keep = true;
		r = proposes ? add_proposal(p, a, s) : add_answer(p, a, s);
	}
	return r ? r : read_reports(p, a, with, is_with, ret_keep);
}

static int collect(struct valise *v, struct proposals *p, const char *with, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes ids = {0};
	int r = office_letters(v, &ids, err);
	for (size_t i = 0; i < ids.n && !r; i++) {
		struct valise_accounts **letters =
			array_room(p->letters, p->n_letters, &p->cap_letters, sizeof(*letters));
		bool keep = false;
		if (!letters)
			return err_nomem(err);
		p->letters = letters;
		r = office_accounts_if_read(v, &ids.at[i], &letters[p->n_letters], err);
		if (r)
			return r;
		if (!letters[p->n_letters]) {
			p->n_unread++;
			continue;
		}
		p->n_letters++;
		r = read_letter(p, letters[p->n_letters - 1], with, &keep);
		if (!keep)
			valise_accounts_free(letters[--p->n_letters]);
	}
	return r == VALISE_E_NOMEM ? err_nomem(err) : r;
}

/* ---- Joining ---- */

static int told_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	int c = strcmp(x->proposal, y->proposal);
	if (!c)
		c = (x->answer.time_s > y->answer.time_s) - (x->answer.time_s < y->answer.time_s);
	return c ? c : strcmp(x->answer.id, y->answer.id);
}

static int id_order(const void *a, const void *b)
{
	return strcmp(((const struct valise_proposal *)a)->id, ((const struct valise_proposal *)b)->id);
}

static int newest_first(const void *a, const void *b)
{
	const struct valise_proposal *x = a, *y = b;
	return x->time_s != y->time_s ? (x->time_s < y->time_s ? 1 : -1) : strcmp(x->id, y->id);
}

/* Whether that was answered; whoever proposed agrees with nobody by saying so himself. */
static bool is_answered(const struct valise_proposal *p, enum says says)
{
	for (size_t i = 0; i < p->n_answers; i++)
		if (strcmp(p->answers[i].says, says_table[says].name) == 0 &&
		    (says != SAYS_AGREED || strcmp(p->answers[i].office_id, p->office_id) != 0))
			return true;
	return false;
}

/* Held and called off are no order: with both, neither is chosen. */
static const char *state_of(const struct valise_proposal *p)
{
	bool held = is_answered(p, SAYS_HELD), off = is_answered(p, SAYS_CALLED_OFF);
	if (held && off)
		return "disputed";
	return says_table[held                          ? SAYS_HELD
			  : off                         ? SAYS_CALLED_OFF
			  : is_answered(p, SAYS_AGREED) ? SAYS_AGREED
							: SAYS_PROPOSED]
		.name;
}

/* By the day that is written as one, if it can be so: not after it is told of. What was held before it was entered here is dated as it was. */
static void date(struct valise_answer *a)
{
	char whole[32];
	int64_t at_s;
	if (!a->when || strlen(a->when) != sizeof "2026-11-22" - 1)
		return;
	(void)snprintf(whole, sizeof whole, "%sT00:00:00Z", a->when);
	a->is_day = text_time(str_of(whole), &at_s) && at_s <= a->time_s;
	if (a->is_day)
		a->at_s = at_s;
}

/* Answers stand at the proposal that they regard, when they were given in its letter: in another one, anybody counts who sealed it. */
static int join_answers(struct proposals *p, struct valise_err *err)
{
	p->answers = calloc(p->n_told + 1, sizeof *p->answers);
	if (!p->answers)
		return err_nomem(err);
	if (p->n_told)
		qsort(p->told, p->n_told, sizeof *p->told, told_order);
	if (p->n)
		qsort(p->all, p->n, sizeof *p->all, id_order);
	for (size_t i = 0, at = 0; i < p->n; i++) {
		struct valise_proposal *one = &p->all[i];
		while (at < p->n_told && strcmp(p->told[at].proposal, one->id) < 0)
			at++;
		one->answers = &p->answers[p->n_answers];
		for (; at < p->n_told && strcmp(p->told[at].proposal, one->id) == 0; at++) {
			if (strcmp(p->told[at].letter, one->letter) != 0)
				continue;
			p->answers[p->n_answers] = p->told[at].answer;
			date(&p->answers[p->n_answers++]);
			one->n_answers++;
		}
		one->state = state_of(one);
	}
	if (p->n)
		qsort(p->all, p->n, sizeof *p->all, newest_first);
	return 0;
}

/* ---- Since when ---- */

struct day {
	int year, month, day;
};

static struct day day_at(int64_t s)
{
	struct time_text t = time_text(s); /* "2026-11-22T..." */
	struct day d = {0};
	(void)sscanf(t.text, "%d-%d-%d", &d.year, &d.month, &d.day);
	return d;
}

static void add_count(char *text, size_t max, long long n, const char *unit)
{
	size_t used = strlen(text);
	if (n)
		(void)snprintf(text + used, max - used, "%s%lld %s%s", used ? " and " : "", n, unit, n == 1 ? "" : "s");
}

/* By the calendar: whole years and months, or where there are none, days. */
static char *interval_text(int64_t from_s, int64_t to_s)
{
	char text[INTERVAL_BYTES] = "";
	struct day from = day_at(from_s), to = day_at(to_s);
	int months = 12 * (to.year - from.year) + to.month - from.month - (to.day < from.day);
	add_count(text, sizeof text, months / 12, "year");
	add_count(text, sizeof text, months % 12, "month");
	if (!months)
		add_count(text, sizeof text, (long long)((to_s - from_s) / DAY_S), "day");
	return strdup(*text ? text : "less than a day");
}

/* The first answer that says so, which is the one that dates it; NULL when none does. */
static const struct valise_answer *first_answer(const struct valise_proposal *p, const char *says)
{
	for (size_t i = 0; i < p->n_answers; i++)
		if (strcmp(p->answers[i].says, says) == 0)
			return &p->answers[i];
	return NULL;
}

struct holding {
	int64_t at_s, end_s; /* of a day, its last second */
	size_t proposal;
};

static int holding_order(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;
	return x->end_s != y->end_s ? (x->end_s > y->end_s) - (x->end_s < y->end_s)
				    : (x->proposal < y->proposal) - (x->proposal > y->proposal);
}

/* Of each proposal the last holding before it was made: both are walked from the oldest on. */
static int find_last_held(struct proposals *p, struct valise_err *err)
{
	CLEAN_FREE struct holding *held = calloc(p->n + 1, sizeof *held);
	size_t n = 0;
	if (!held)
		return err_nomem(err);
	for (size_t i = 0; i < p->n; i++) {
		const struct valise_answer *a = first_answer(&p->all[i], says_table[SAYS_HELD].name);
		if (a)
			held[n++] = (struct holding){a->at_s, a->is_day ? a->at_s + DAY_S - 1 : a->at_s, i};
	}
	qsort(held, n, sizeof *held, holding_order);
	size_t at = 0;
	for (size_t i = p->n; i-- > 0;) {
		struct valise_proposal *one = &p->all[i];
		while (at < n && held[at].end_s < one->time_s)
			at++;
		/* Its own, by a clock that was behind, is no earlier one. */
		size_t last = at;
		while (last > 0 && held[last - 1].proposal == i)
			last--;
		if (!last)
			continue;
		one->last_held = held[last - 1].proposal;
		one->since_held = interval_text(held[last - 1].at_s, one->time_s);
		if (!one->since_held)
			return err_nomem(err);
	}
	return 0;
}

static int finish(struct proposals *p, struct valise_err *err)
{
	int r = join_answers(p, err);
	if (!r)
		r = find_last_held(p, err);
	p->pub = (struct valise_proposals){p->all, p->n, p->reported, p->n_reported, p->n_unread};
	return r;
}

int proposals_of(const struct valise_accounts *a, struct valise_proposals **ret, struct valise_err *err)
{
	CLEANUP(proposals_freep) struct proposals *p = calloc(1, sizeof *p);
	bool keep;
	if (!p || read_letter(p, a, NULL, &keep))
		return err_nomem(err);
	int r = finish(p, err);
	if (!r)
		*ret = &TAKE(p)->pub;
	return r;
}

int valise_proposals(struct valise *v, const char *with, struct valise_proposals **ret, struct valise_err *err)
{
	CLEANUP(proposals_freep) struct proposals *p = calloc(1, sizeof *p);
	struct hash office;
	struct hash_hex hex = {{0}};
	if (!p)
		return err_nomem(err);
	int r = with ? office_find(v, with, &office, err) : 0;
	if (r)
		return r;
	if (with)
		hex = hash_hex(&office);
	r = collect(v, p, with ? hex.text : NULL, err);
	if (!r)
		r = finish(p, err);
	if (!r)
		*ret = &TAKE(p)->pub;
	return r;
}

/* ---- The last ---- */

static void consider(struct valise_last *best, const struct valise_proposal *p, const struct valise_answer *a,
		     int64_t at_s)
{
	if (!best->proposal || at_s > best->at_s)
		*best = (struct valise_last){.proposal = p, .answer = a, .at_s = at_s};
}

int valise_proposals_last(const struct valise_proposals *all, const char *word, struct valise_last *ret,
			  struct valise_err *err)
{
	struct valise_last last = {.proposal = NULL};
	bool is_proposed = strcmp(word, says_table[SAYS_PROPOSED].name) == 0;
	if (!is_proposed && !is_answer(word))
		return err_set(err, VALISE_E_USAGE,
			       "\"%s\" does not become of a proposal: it is one of proposed, agreed, held, called-off",
			       text_shown(str_of(word)).text);
	for (size_t i = 0; i < all->n; i++) {
		const struct valise_proposal *p = &all->at[i];
		const struct valise_answer *a = first_answer(p, word);
		if (is_proposed || a)
			consider(&last, p, a, a ? a->at_s : p->time_s);
	}
	if (last.proposal && strcmp(word, says_table[SAYS_HELD].name) == 0 && last.proposal != &all->at[0] &&
	    all->at[0].last_held == (size_t)(last.proposal - all->at))
		last.before_newest = all->at[0].since_held;
	*ret = last;
	return 0;
}
