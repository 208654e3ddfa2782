/* SPDX-License-Identifier: Apache-2.0 */
/* Reports as a person reads them: apart from what was said, and each line marked, so that nobody takes one for a statement. */
#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "cli/show_accounts.h"

/* What goes on a line of its own below the first. */
static void begin_below(const char *what)
{
	printf("\n    %-8s  ", what);
}

static void show_labelled(const char *what, const char *text)
{
	if (!text)
		return;
	begin_below(what);
	show_quoted(stdout, text);
}

static void show_speaker(const struct valise_accounts *a, const struct valise_reported *r)
{
	begin_below("speaker");
	show_quoted(stdout, r->speaker);
	if (r->has_speaker_office || r->speaker_addressee) {
		fputs(", for ", stdout);
		if (r->has_speaker_office)
			fputs(a->offices[r->speaker_office].label, stdout);
		else
			show_quoted(stdout, r->speaker_addressee);
		fputs(" as the reporter has it", stdout);
	}
	for (size_t i = 0; i < r->n_via; i++)
		show_labelled(i ? "" : "through", r->via[i]);
}

static void show_verb(const struct valise_reported *r)
{
	begin_below("verb");
	show_quoted(stdout, r->verb);
	if (r->of) {
		fputs(", of ", stdout);
		show_quoted(stdout, r->of);
	}
	show_labelled("medium", r->medium);
	show_labelled("carriage", r->carriage);
	show_labelled("when", r->when);
	if (r->when && r->has_resolved)
		printf(" (read by the reporter as %s to %s UTC)", moment_show(r->resolved_from_s).text,
		       moment_show(r->resolved_to_s).text);
	else if (r->when)
		fputs(" (not resolved)", stdout);
}

static void show_span(const struct valise_reported_span *s, bool in_words)
{
	begin_below("exhibit");
	printf("%.8s..., %" PRIu64 " byte%s from %" PRIu64 " on, of %" PRIu64, s->exhibit, s->length, PLURAL(s->length),
	       s->offset, s->exhibit_bytes);
	if (s->check == VALISE_SPAN_NOT_HERE) {
		fputs(": not here, so that its words were not looked up", stdout);
		return;
	}
	if (s->check == VALISE_SPAN_DAMAGED) {
		fputs(": damaged on this machine's disk; `valise doctor` says what to do", stdout);
		return;
	}
	if (!s->words) {
		printf(": %s; so many words are shown already that these are not",
		       s->check == VALISE_SPAN_CHECKED ? "the whole exhibit is here, and its hash fits"
						       : "an excerpt has them, which proves nothing by itself");
		return;
	}
	fputs(s->check == VALISE_SPAN_CHECKED ? ": read from the whole exhibit, whose hash fits"
					      : ": as an excerpt has them, which proves nothing by itself",
	      stdout);
	if (in_words) /* the bytes are no text as a rule, and say where in them is for the reporter's words */
		return;
	show_labelled("words", s->words);
	if (s->is_cut)
		fputs("...", stdout);
}

static void show_reporter(const struct valise_accounts *a, const struct valise_reported *r)
{
	begin_below("filed by");
	fputs(a->offices[r->office].label, stdout);
	printf(", %s UTC, %s%s", moment_show(r->time_s).text, r->title ? r->title : r->role,
	       r->unattended ? " (unattended)" : "");
	printf(", report %.8s...", r->id);
	if (r->standing_text && strcmp(r->standing_text, "in standing") != 0)
		printf("; %s", r->standing_text);
	if (!r->counts_as_filed)
		fputs("; the reporter is not known to be in standing", stdout);
	if (r->n_corrected_by)
		printf("; corrected by %zu report%s of the same office, %.8s...", r->n_corrected_by,
		       PLURAL(r->n_corrected_by), r->corrected_by[r->n_corrected_by - 1]);
}

void show_reported(const struct cli *c, const struct valise_accounts *a)
{
	if (a->n_reported == 0)
		return;
	putchar('\n');
	paint(c, PAINT_HEADING, "Reported, said elsewhere by others");
	putchar('\n');
	for (size_t i = 0; i < a->n_reported; i++) {
		const struct valise_reported *r = &a->reported[i];
		printf("  - reported %s, %s", r->says, r->quoted ? "in the speaker's words" : "a paraphrase");
		show_speaker(a, r);
		show_verb(r);
		for (size_t k = 0; k < r->n_spans; k++)
			show_span(&r->spans[k], r->where != NULL);
		show_labelled("where", r->where);
		show_reporter(a, r);
		putchar('\n');
	}
}
