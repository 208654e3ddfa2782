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

/* ---- For programs ---- */

static void put_answer(struct json *j, const struct valise_answer *a)
{
	json_open_object(j, NULL);
	json_text(j, "id", a->id);
	json_text(j, "says", a->says);
	json_text(j, "office", a->office);
	json_text(j, "office_id", a->office_id);
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
	json_text(j, "office_id", p->office_id);
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

/* last: NULL when all are shown. */
static int show_json(struct cli *c, const struct valise_proposals *p, const struct valise_last *last,
		     const struct look_back *back)
{
	struct json *j = c->json;
	json_time(j, "as_of", back->as_of.given, back->as_of.at_s);
	if (last) {
		json_open_list(j, "proposals");
		if (last->proposal)
			put_proposal(j, p, last->proposal);
		json_close(j);
	} else {
		json_proposals(j, "proposals", p);
	}
	put_reported(j, p);
	json_time(j, "last", last && last->proposal, last ? last->at_s : 0);
	json_text(j, "holds", WHAT_IS_HELD);
	json_number(j, "unread", p->n_unread);
	return print_json(c);
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
	printf("  (proposal %.8s...)\n", p->id);
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
		      const struct valise_last *last)
{
	if (!last->proposal) {
		printf("Nothing here says %s%s%s.\n", word, with ? " of anything with " : "", with ? SHOW(with) : "");
		return;
	}
	bool is_day = last->answer && last->answer->is_day;
	struct moment_text text = is_day ? moment_show_day(last->at_s) : moment_show(last->at_s);
	const char *at = text.text;
	printf("The last %s%s%s: %s%s", word, with ? " with " : "", with ? SHOW(with) : "", at + (*at == ' '),
	       is_day ? "" : " UTC");
	if (last->answer)
		printf(", as %s says", last->answer->office);
	if (last->before_newest)
		printf(", %s before the newest proposal (%s)", last->before_newest, p->at[0].short_id);
	fputs(".\n\n", stdout);
	show_proposal(c, p, last->proposal);
}

int track_proposals(struct cli *c, struct valise *v, const char *with, const char *last, const struct look_back *back)
{
	__attribute__((cleanup(proposals_freep))) struct valise_proposals *p = NULL;
	struct valise_last the_last = {.proposal = NULL};
	int r = valise_proposals(v, with, &p, &c->err);
	if (!r && last)
		r = valise_proposals_last(p, last, &the_last, &c->err);
	if (r)
		return r;
	if (c->shared.json) {
		r = show_json(c, p, last ? &the_last : NULL, back);
		return r ? r : show_unread(c, p->n_unread);
	}
	show_look_back(back);
	if (last)
		show_last(c, p, with, last, &the_last);
	else
		show_proposals(c, p);
	puts(WHAT_IS_HELD);
	return show_unread(c, p->n_unread);
}
