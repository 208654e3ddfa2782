/* SPDX-License-Identifier: Apache-2.0 */
/* A thread: its letters, then all that was said of them on one line of time. */
#include "cli/show_thread.h"

#include <string.h>

#include "cli/moment.h"
#include "cli/show.h"
#include "cli/show_accounts.h"

#define EVENT_WIDTH 16
#define ID_CHARS 16 /* of one that is not here */
#define TEXT_COLUMN (19 + 11 + EVENT_WIDTH + 2)

static void thread_freep(struct valise_thread **t)
{
	valise_thread_free(*t);
}

static const struct valise_said *said_of(const struct valise_thread *t, const struct valise_event *e)
{
	return e->kind == VALISE_EVENT_SAID ? &t->letters[e->letter].accounts->said[e->index] : NULL;
}

static const struct valise_reported *reported_of(const struct valise_thread *t, const struct valise_event *e)
{
	return e->kind == VALISE_EVENT_REPORTED ? &t->letters[e->letter].accounts->reported[e->index] : NULL;
}

static const struct valise_thread_exhibit *exhibit_of(const struct valise_thread *t, const struct valise_event *e)
{
	return e->kind == VALISE_EVENT_EXHIBIT ? &t->letters[e->letter].exhibits[e->index] : NULL;
}

static size_t sender_of(const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].is_sender)
			return a->parties[i].office;
	return 0;
}

static const char *const event_kinds[] = {
	[VALISE_EVENT_SEALED] = "sealed",
	[VALISE_EVENT_SAID] = "said",
	[VALISE_EVENT_REPORTED] = "reported",
	[VALISE_EVENT_EXHIBIT] = "exhibit",
};

/* ---- For programs ---- */

static void put_letter(struct json *j, const struct valise_thread_letter *l)
{
	json_open_object(j, NULL);
	json_text(j, "letter", l->accounts->letter);
	json_text(j, "short", l->accounts->short_id);
	json_text(j, "ref", l->accounts->ref);
	json_text(j, "subject", l->subject);
	json_text(j, "in_reply_to", l->in_reply_to);
	json_time(j, "date", true, l->accounts->date_s);
	json_text(j, "sentence", l->accounts->sentence);
	json_close(j);
}

static void put_event(struct json *j, const struct valise_thread *t, const struct valise_event *e)
{
	const struct valise_accounts *a = t->letters[e->letter].accounts;
	const struct valise_said *s = said_of(t, e);
	const struct valise_reported *r = reported_of(t, e);
	const struct valise_thread_exhibit *x = exhibit_of(t, e);
	size_t office = s ? s->office : r ? r->office : sender_of(a);
	json_open_object(j, NULL);
	json_text(j, "kind", event_kinds[e->kind]);
	json_text(j, "letter", a->letter);
	json_text(j, "id", s ? s->id : r ? r->id : x ? x->exhibit : a->letter);
	json_text(j, "says", s ? s->says : r ? r->says : NULL);
	json_text(j, "office", x ? NULL : a->offices[office].id);
	json_text(j, "speaker", r ? r->speaker : NULL);
	json_text(j, "when", s ? s->when : r ? r->when : NULL);
	json_bool(j, "resolved", r && r->has_resolved);
	json_time(j, "time", true, e->time_s);
	json_time(j, "taken_in", e->taken_in_s != 0, e->taken_in_s);
	json_bool(j, "counts", s ? s->counts : !r && !x);
	json_text(j, "name", x ? x->name : NULL);
	json_text(j, "note", x ? x->note : NULL);
	json_close(j);
}

static int show_json(struct cli *c, const struct valise_thread *t, const struct look_back *back)
{
	struct json *j = c->json;
	json_time(j, "as_of", back->as_of.given, back->as_of.at_s);
	json_bool(j, "replies_known", t->replies_known);
	json_number(j, "unread", t->n_unread);
	json_open_list(j, "letters");
	for (size_t i = 0; i < t->n_letters; i++)
		put_letter(j, &t->letters[i]);
	json_close(j);
	json_open_list(j, "events");
	for (size_t i = 0; i < t->n_events; i++)
		put_event(j, t, &t->events[i]);
	json_close(j);
	return print_json(c);
}

/* ---- For a person ---- */

/* By its short id where it is here. */
static const char *short_id_of(const struct valise_thread *t, const char *letter)
{
	for (size_t i = 0; i < t->n_letters; i++)
		if (strcmp(t->letters[i].accounts->letter, letter) == 0)
			return t->letters[i].accounts->short_id;
	return NULL;
}

static void show_letter(const struct valise_thread *t, const struct valise_thread_letter *l)
{
	const struct valise_accounts *a = l->accounts;
	printf("  %s  %s", a->short_id, moment_show_day(a->date_s).text);
	show_ref(stdout, a->ref);
	if (a->paper) {
		fputs(", paper: ", stdout);
		show_quoted(stdout, a->paper);
	}
	if (l->subject) {
		fputs(", ", stdout);
		show_quoted(stdout, l->subject);
	}
	if (l->in_reply_to) {
		const char *known = short_id_of(t, l->in_reply_to);
		printf(", in reply to %.*s%s", known ? (int)strlen(known) : ID_CHARS, known ? known : l->in_reply_to,
		       known ? "" : "..., which is not here");
	}
	putchar('\n');
}

static void show_said(const struct valise_accounts *a, const struct valise_said *s)
{
	printf("%s%s", a->offices[s->office].label, s->unattended ? " (unattended)" : "");
	if (s->has_to)
		printf(", to %s", a->offices[s->to].label);
	if (s->medium) {
		fputs(", ", stdout);
		show_quoted(stdout, s->medium);
	}
	if (s->when) {
		fputs(", when: ", stdout);
		show_quoted(stdout, s->when);
	}
	if (!s->counts)
		fputs(s->bystander ? "; not for it to say" : "; does not count", stdout);
}

/* A day in a source's words is no place on a line of time: only the reporter's reading of it is one. */
static void show_reported_event(const struct valise_reported *r)
{
	fputs(r->sentence ? r->sentence : "", stdout);
	if (r->has_resolved)
		fputs(" It stands here by the reporter's reading.", stdout);
	else
		fputs(" It stands here by when it was filed.", stdout);
}

static void show_exhibit(const struct valise_thread_exhibit *x)
{
	printf("%.16s...", x->exhibit);
	if (x->name) {
		fputs(", ", stdout);
		show_quoted(stdout, x->name);
	}
	if (x->note) {
		fputs(": ", stdout);
		show_quoted(stdout, x->note);
	}
}

static void show_event(const struct valise_thread *t, const struct valise_event *e)
{
	const struct valise_accounts *a = t->letters[e->letter].accounts;
	const struct valise_said *s = said_of(t, e);
	const struct valise_reported *r = reported_of(t, e);
	const struct valise_thread_exhibit *x = exhibit_of(t, e);
	printf("  %s  %s  %-*s  ", moment_show(e->time_s).text, a->short_id, EVENT_WIDTH,
	       s ? s->says : event_kinds[e->kind]);
	if (s)
		show_said(a, s);
	else if (r)
		show_reported_event(r);
	else if (x)
		show_exhibit(x);
	else
		fputs(a->offices[sender_of(a)].label, stdout);
	if (e->taken_in_s)
		printf(" (here %s)", moment_show(e->taken_in_s).text);
	putchar('\n');
	for (size_t i = 0; s && i < s->n_text; i++) {
		printf("  %*s", TEXT_COLUMN, "");
		show_quoted(stdout, s->text[i]);
		putchar('\n');
	}
}

static int show_thread(const struct cli *c, const struct valise_thread *t, const struct look_back *back)
{
	show_look_back(back);
	paint(c, PAINT_HEADING, "Letters");
	putchar('\n');
	for (size_t i = 0; i < t->n_letters; i++)
		show_letter(t, &t->letters[i]);
	if (!t->replies_known)
		puts("  No reading key of your office is here: which letter answers which is not known.");
	putchar('\n');
	paint(c, PAINT_HEADING, "By time: each signer's own clock; in brackets when it came here, by this machine's");
	putchar('\n');
	for (size_t i = 0; i < t->n_events; i++)
		show_event(t, &t->events[i]);
	return 0;
}

int track_thread(struct cli *c, struct valise *v, const char *letter, const struct look_back *back)
{
	__attribute__((cleanup(thread_freep))) struct valise_thread *t = NULL;
	int r = valise_thread(v, letter, &t, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	bool broken = false;
	for (size_t i = 0; i < t->n_letters; i++)
		broken = broken || accounts_broken(t->letters[i].accounts);
	r = c->shared.json ? show_json(c, t, back) : show_thread(c, t, back);
	if (!r)
		r = show_unread(c, t->n_unread);
	return r || !broken ? r : cli_shown(c, VALISE_E_BAD);
}
