/* SPDX-License-Identifier: Apache-2.0 */
/* What was proposed and what became of it, as a person or a program reads it. */
#include "cli/show_proposals.h"

#include <string.h>

#include "cli/moment.h"
#include "cli/show.h"

#define EVENT_WIDTH 10 /* "called-off" */
#define WHAT_IS_HELD "This is what this spool holds; what has not reached it is not counted."

static void proposals_freep(struct valise_proposals **p)
{
	valise_proposals_free(*p);
}

/* ---- Which is the last ---- */

/* What --last chooses: a proposal, and which of its answers; SIZE_MAX for the proposal itself. */
struct chosen {
	size_t proposal, answer;
	int64_t at_s;
	bool any;
};

static void consider(struct chosen *best, size_t proposal, size_t answer, int64_t at_s)
{
	if (!best->any || at_s > best->at_s)
		*best = (struct chosen){proposal, answer, at_s, true};
}

static struct chosen find_last(const struct valise_proposals *p, const char *word)
{
	struct chosen best = {.any = false};
	bool is_proposed = strcmp(word, "proposed") == 0;
	for (size_t i = 0; i < p->n; i++) {
		if (is_proposed)
			consider(&best, i, SIZE_MAX, p->at[i].time_s);
		for (size_t k = 0; k < p->at[i].n_answers; k++)
			if (strcmp(p->at[i].answers[k].says, word) == 0)
				consider(&best, i, k, p->at[i].answers[k].at_s);
	}
	return best;
}

/* ---- For programs ---- */

static void put_answer(struct json *j, const struct valise_answer *a)
{
	json_open_object(j, NULL);
	json_text(j, "id", a->id);
	json_text(j, "says", a->says);
	json_text(j, "office", a->office);
	json_time(j, "time", true, a->time_s);
	json_time(j, "at", true, a->at_s);
	json_bool(j, "is_day", a->is_day);
	json_text(j, "when", a->when);
	json_texts(j, "text", a->text, a->n_text);
	json_close(j);
}

static void put_proposal(struct json *j, const struct valise_proposals *all, const struct valise_proposal *p)
{
	json_open_object(j, NULL);
	json_text(j, "id", p->id);
	json_text(j, "letter", p->letter);
	json_text(j, "short", p->short_id);
	json_text(j, "office", p->office);
	json_time(j, "time", true, p->time_s);
	json_text(j, "when", p->when);
	json_texts(j, "text", p->text, p->n_text);
	json_text(j, "state", p->state);
	json_open_list(j, "answers");
	for (size_t i = 0; i < p->n_answers; i++)
		put_answer(j, &p->answers[i]);
	json_close(j);
	json_text(j, "last_held", p->last_held == SIZE_MAX ? NULL : all->at[p->last_held].id);
	json_text(j, "since_held", p->since_held);
	json_close(j);
}

void json_proposals(struct json *j, const char *key, const struct valise_proposals *p)
{
	json_open_list(j, key);
	for (size_t i = 0; i < p->n; i++)
		put_proposal(j, p, &p->at[i]);
	json_close(j);
}

/* By id: all of it stands in the accounts of its letter. */
static void put_reported(struct json *j, const struct valise_proposals *p)
{
	json_open_list(j, "reported");
	for (size_t i = 0; i < p->n_reported; i++) {
		const struct valise_proposal_reported *r = &p->reported[i];
		json_open_object(j, NULL);
		json_text(j, "id", r->reported->id);
		json_text(j, "letter", r->letter);
		json_text(j, "says", r->reported->says);
		json_text(j, "speaker", r->reported->speaker);
		json_text(j, "when", r->reported->when);
		json_text(j, "sentence", r->reported->sentence);
		json_close(j);
	}
	json_close(j);
}

static int show_json(struct cli *c, const struct valise_proposals *p, bool only_last, struct chosen last,
		     const struct moment *as_of)
{
	CLEAN_JSON struct json *j = json_new();
	json_time(j, "as_of", as_of->given, as_of->at_s);
	if (only_last) {
		json_open_list(j, "proposals");
		if (last.any)
			put_proposal(j, p, &p->at[last.proposal]);
		json_close(j);
	} else {
		json_proposals(j, "proposals", p);
	}
	put_reported(j, p);
	json_time(j, "last", last.any, last.at_s);
	json_text(j, "holds", WHAT_IS_HELD);
	return print_json(c, j);
}

/* ---- For a person ---- */

static void show_words(const char *when, const char *const *text, size_t n_text)
{
	if (when) {
		fputs(", when: ", stdout);
		show_quoted(stdout, when);
	}
	putchar('\n');
	for (size_t i = 0; i < n_text; i++) {
		printf("  %-*s  ", EVENT_WIDTH, "");
		show_quoted(stdout, text[i]);
		putchar('\n');
	}
}

static void show_event(const char *event, const char *office, int64_t time_s, const char *when, const char *const *text,
		       size_t n_text)
{
	printf("  %-*s  %s  %s", EVENT_WIDTH, event, moment_show(time_s).text, office);
	show_words(when, text, n_text);
}

static void show_proposal(struct cli *c, const struct valise_proposals *all, const struct valise_proposal *p)
{
	bool held = strcmp(p->state, "held") == 0;
	printf("%s  ", p->short_id);
	paint(c, PAINT_HEADING, p->state);
	putchar('\n');
	show_event("proposed", p->office, p->time_s, p->when, p->text, p->n_text);
	for (size_t i = 0; i < p->n_answers; i++)
		show_event(p->answers[i].says, p->answers[i].office, p->answers[i].time_s, p->answers[i].when,
			   p->answers[i].text, p->answers[i].n_text);
	if (strcmp(p->state, "disputed") == 0)
		puts("  Held, and called off: neither is chosen here.");
	else if (!held)
		printf("  %-*s  nothing here says so\n", EVENT_WIDTH, "held");
	if (p->since_held)
		printf("  The last that was held before: %s before this was proposed (%s).\n", p->since_held,
		       all->at[p->last_held].short_id);
}

void show_proposals(struct cli *c, const struct valise_proposals *p)
{
	for (size_t i = 0; i < p->n; i++)
		show_proposal(c, p, &p->at[i]);
	for (size_t i = 0; i < p->n_reported; i++)
		printf("%s  reported %s: %s\n", p->reported[i].short_id, p->reported[i].reported->says,
		       p->reported[i].reported->sentence);
}

static void show_last(struct cli *c, const struct valise_proposals *p, const char *with, const char *word,
		      struct chosen last)
{
	const struct valise_proposal *newest = p->n ? &p->at[0] : NULL;
	if (!last.any) {
		printf("Nothing here says %s%s%s.\n", word, with ? " of anything with " : "", with ? SHOW(with) : "");
		return;
	}
	const struct valise_proposal *one = &p->at[last.proposal];
	bool is_day = last.answer != SIZE_MAX && one->answers[last.answer].is_day;
	struct moment_text text = is_day ? moment_show_day(last.at_s) : moment_show(last.at_s);
	const char *at = text.text;
	printf("The last %s%s%s: %s%s", word, with ? " with " : "", with ? SHOW(with) : "", at + (*at == ' '),
	       is_day ? "" : " UTC");
	if (strcmp(word, "held") == 0 && newest->last_held == last.proposal && newest != one)
		printf(", %s before the newest proposal (%s)", newest->since_held, newest->short_id);
	fputs(".\n\n", stdout);
	show_proposal(c, p, one);
}

int track_proposals(struct cli *c, struct valise *v, const char *with, const char *last, const struct moment *as_of)
{
	__attribute__((cleanup(proposals_freep))) struct valise_proposals *p = NULL;
	struct chosen chosen = {.any = false};
	if (last && strcmp(last, "proposed") != 0 && strcmp(last, "agreed") != 0 && strcmp(last, "held") != 0 &&
	    strcmp(last, "called-off") != 0)
		return cli_fail(c, VALISE_E_USAGE, "--last %s: it is one of proposed, agreed, held, called-off",
				SHOW(last));
	int r = valise_proposals(v, with, &p, &c->err);
	if (r)
		return r;
	if (last)
		chosen = find_last(p, last);
	if (c->shared.json)
		return show_json(c, p, last != NULL, chosen, as_of);
	if (last)
		show_last(c, p, with, last, chosen);
	else
		show_proposals(c, p);
	puts(WHAT_IS_HELD);
	return 0;
}
