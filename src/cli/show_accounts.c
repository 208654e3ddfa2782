/* SPDX-License-Identifier: Apache-2.0 */
/* Who says what about one letter, as a person reads it. */
#include "cli/show_accounts.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/moment.h"
#include "cli/show.h"

#define EVENT_WIDTH 16 /* "service-accepted" */
#define NAME_WIDTH_MAX 40

struct showing {
	const struct cli *c;
	const struct valise_accounts *a;
	bool is_dossier;
	size_t name_width;
};

/* ---- The head ---- */

static void show_line(const struct showing *s, const char *label, const char *text, bool is_broken)
{
	printf("  %-12s", label);
	if (is_broken)
		paint(s->c, PAINT_BROKEN, text);
	else
		fputs(text, stdout);
	putchar('\n');
}

static void show_letter(const struct showing *s)
{
	const struct valise_accounts *a = s->a;
	show_line(s, "letter", a->letter, false);
	if (a->ref)
		show_line(s, "ref", a->ref, false);
	if (a->subject)
		show_line(s, "subject", a->subject, false);
	if (a->paper)
		show_line(s, "paper", a->paper, false);
	if (a->has_answer_by)
		printf("  %-12s%s UTC\n", "answer by", moment_show(a->answer_by_s).text);
	if (!a->paper)
		printf("  %-12s%s\n", "size", show_size(a->body_bytes + a->cover_bytes).text);
}

static void show_verdicts(const struct showing *s)
{
	const struct valise_accounts *a = s->a;
	bool judged_against = a->sender_standing != VALISE_STANDING_INCOMPLETE &&
			      a->sender_standing != VALISE_STANDING_NO_REGISTER && !a->sender_standing_good;
	show_line(s, "bytes", a->bytes_text, a->bytes == VALISE_BYTES_BROKEN);
	show_line(s, "signatures", a->signatures_text, a->n_broken > 0 || judged_against);
	show_line(s, "keys", a->keys_text, false);
	for (size_t i = 0; i < a->n_broken; i++)
		show_line(s, i ? "" : "broken", a->broken[i], true);
}

/* ---- The table ---- */

static void show_event(const struct showing *s, const char *event, size_t office, const char *when)
{
	printf("  %-*s  ", EVENT_WIDTH, event);
	show_padded(stdout, s->a->offices[office].label, s->name_width);
	printf("  %s", when);
}

/* What goes on a line of its own below the event. */
static void show_below(const char *text)
{
	printf("  %-*s  ", EVENT_WIDTH, "");
	show_quoted(stdout, text);
	putchar('\n');
}

static void show_said(const struct showing *s, const struct valise_said *d)
{
	show_event(s, d->says, d->office, moment_show(d->time_s).text);
	printf("  %s%s", d->title ? d->title : d->role, d->unattended ? " (unattended)" : "");
	if (d->has_to)
		printf(", to %s", s->a->offices[d->to].label);
	if (d->reason)
		printf(", %s", d->reason);
	if (d->medium) {
		fputs(", ", stdout);
		show_quoted(stdout, d->medium);
	}
	if (d->when) {
		fputs(", when: ", stdout);
		show_quoted(stdout, d->when);
	}
	if (d->standing_text && strcmp(d->standing_text, "in standing") != 0)
		printf("; %s", d->standing_text);
	if (!d->counts)
		fputs(d->bystander ? "; not for it to say" : "; does not count", stdout);
	putchar('\n');
	for (size_t i = 0; i < d->n_text; i++)
		show_below(d->text[i]);
}

static void show_silence(const struct showing *s, const struct valise_party *p, const char *event)
{
	printf("  %-*s  ", EVENT_WIDTH, event);
	if (p->office == SIZE_MAX) {
		show_padded(stdout, p->addressee, s->name_width);
		puts("  not asked: without a card nobody can sign for that name");
		return;
	}
	show_padded(stdout, s->a->offices[p->office].label, s->name_width);
	printf("  %s%s\n",
	       s->is_dossier     ? "this dossier holds nothing"
	       : s->a->has_as_of ? "nothing had reached you by then"
				 : "nothing has reached you",
	       p->past_answer_by ? ", and the day for an answer is past" : "");
}

static void show_table(struct showing *s)
{
	const struct valise_accounts *a = s->a;
	for (size_t i = 0; i < a->n_offices; i++) {
		size_t width = show_width(s->a->offices[i].label);
		if (width > s->name_width)
			s->name_width = width > NAME_WIDTH_MAX ? NAME_WIDTH_MAX : width;
	}
	for (size_t i = 0; i < a->n_parties; i++) {
		size_t width = a->parties[i].addressee ? show_width(a->parties[i].addressee) : 0;
		if (width > s->name_width)
			s->name_width = width > NAME_WIDTH_MAX ? NAME_WIDTH_MAX : width;
	}
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].is_sender) {
			show_event(s, "sealed", a->parties[i].office, moment_show(a->date_s).text);
			printf("  %s\n", a->sealed_by ? a->sealed_by : "");
		}
	for (size_t i = 0; i < a->n_said; i++)
		if (!a->said[i].bystander)
			show_said(s, &a->said[i]);
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->is_recipient && p->state < VALISE_STATE_RECEIVED)
			show_silence(s, p, "received");
		if (p->is_recipient && p->state < VALISE_STATE_REVIEWED)
			show_silence(s, p, "reviewed");
	}
}

/* ---- What follows it ---- */

static void show_heading(const struct showing *s, const char *text)
{
	putchar('\n');
	paint(s->c, PAINT_HEADING, text);
	putchar('\n');
}

static void show_bystanders(const struct showing *s)
{
	bool any = false;
	for (size_t i = 0; i < s->a->n_said; i++) {
		if (!s->a->said[i].bystander)
			continue;
		if (!any)
			show_heading(s, "Said by others, or not theirs to say");
		any = true;
		show_said(s, &s->a->said[i]);
	}
}

static void show_each_party(const struct showing *s)
{
	size_t recipients = 0;
	for (size_t i = 0; i < s->a->n_parties; i++)
		recipients += s->a->parties[i].is_recipient;
	if (recipients < 2)
		return;
	show_heading(s, "Each office");
	for (size_t i = 0; i < s->a->n_parties; i++)
		if (s->a->parties[i].sentence)
			printf("  - %s\n", s->a->parties[i].sentence);
}

static void show_disclosed(const struct showing *s)
{
	if (s->a->n_disclosed == 0)
		return;
	show_heading(s, "Disclosed of the contents");
	for (size_t i = 0; i < s->a->n_disclosed; i++) {
		const struct valise_disclosed *d = &s->a->disclosed[i];
		if (d->is_subject)
			printf("  - subject: %s\n", d->subject);
		else
			printf("  - %s %s, %s, sha256 %s\n", d->kind, d->name, show_size(d->bytes).text, d->sha256);
		if (d->confirmed_by)
			printf("    The sender committed to this, and %s says that it opened it.\n", d->confirmed_by);
		else
			printf("    The sender committed to this; no reader confirmed it.\n");
	}
}

static void show_list(const struct showing *s, const char *heading, const char *const *lines, size_t n)
{
	if (n)
		show_heading(s, heading);
	for (size_t i = 0; i < n; i++)
		printf("  - %s\n", lines[i]);
}

void show_accounts(const struct cli *c, const struct valise_accounts *a, bool is_dossier)
{
	struct showing s = {.c = c, .a = a, .is_dossier = is_dossier};
	if (a->has_as_of)
		printf("As it was known here on %s UTC, by this machine's clock.\n\n", moment_show(a->as_of_s).text);
	paint(c, PAINT_HEADING, a->sentence);
	fputs("\n\n", stdout);
	show_letter(&s);
	putchar('\n');
	show_verdicts(&s);
	putchar('\n');
	show_table(&s);
	show_bystanders(&s);
	show_reported(c, a);
	show_each_party(&s);
	show_disclosed(&s);
	if (a->n_disagreements)
		show_heading(&s, "Where accounts disagree");
	for (size_t i = 0; i < a->n_disagreements; i++)
		printf("  - %s\n", a->disagreements[i].text);
	show_list(&s, "What this does not show", a->not_shown, a->n_not_shown);
}

bool accounts_broken(const struct valise_accounts *a)
{
	if (a->bytes == VALISE_BYTES_BROKEN || a->n_broken)
		return true;
	for (size_t i = 0; i < a->n_reported; i++)
		for (size_t k = 0; k < a->reported[i].n_spans; k++)
			if (a->reported[i].spans[k].check == VALISE_SPAN_DAMAGED)
				return true;
	return false;
}
