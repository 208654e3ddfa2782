/* SPDX-License-Identifier: Apache-2.0 */
/* The errands of a brief: each with whoever says that it was done, and who does besides the envoy. */
#include "cli/show_mission.h"

#include <string.h>

#include "cli/moment.h"
#include "cli/show.h"
#include "cli/show_proposals.h"

#define EVENT_WIDTH 16

static void show_word(const struct valise_errand *e, size_t i)
{
	const struct valise_said *s = e->words[i];
	printf("    %-*s  %s  %s%s", EVENT_WIDTH, s->says, moment_show(s->time_s).text, e->offices[i]->label,
	       e->by_envoy[i] ? ", the envoy" : "");
	if (s->medium) {
		fputs(", ", stdout);
		show_quoted(stdout, s->medium);
	}
	putchar('\n');
}

static void show_errand(const struct valise_errand *e)
{
	bool delivers = strcmp(e->kind, "deliver") == 0;
	printf("  - %s", delivers ? "deliver " : "convey the message");
	if (delivers) {
		fputs(e->short_id, stdout);
		show_ref(stdout, e->ref);
	}
	printf(" to %s: %s\n", e->to, e->state);
	for (size_t i = 0; i < e->n_words; i++)
		show_word(e, i);
	for (size_t i = 0; i < e->n_reported; i++)
		printf("    %-*s  %s\n", EVENT_WIDTH, "reported", e->reported[i]->sentence);
	if (!e->n_others)
		puts("    Nobody but the envoy and the sender of the brief says so here.");
}

void show_mission(struct cli *c, const struct valise_mission *m)
{
	if (m->n_errands) {
		putchar('\n');
		paint(c, PAINT_HEADING, "Errands");
		putchar('\n');
	}
	for (size_t i = 0; i < m->n_errands; i++)
		show_errand(&m->errands[i]);
	if (m->meetings->n || m->meetings->n_reported) {
		putchar('\n');
		paint(c, PAINT_HEADING, "Proposed");
		putchar('\n');
	}
	show_proposals(c, m->meetings);
}

static void put_errand(struct json *j, const struct valise_errand *e)
{
	json_open_object(j, NULL);
	json_text(j, "kind", e->kind);
	json_text(j, "letter", e->letter);
	json_text(j, "ref", e->ref);
	json_text(j, "to", e->to);
	json_text(j, "state", e->state);
	json_open_list(j, "words");
	for (size_t i = 0; i < e->n_words; i++) {
		json_open_object(j, NULL);
		json_text(j, "id", e->words[i]->id);
		json_text(j, "says", e->words[i]->says);
		json_text(j, "office", e->offices[i]->label);
		json_text(j, "office_id", e->offices[i]->id);
		json_time(j, "time", true, e->words[i]->time_s);
		json_bool(j, "by_envoy", e->by_envoy[i]);
		json_close(j);
	}
	json_close(j);
	json_number(j, "others", e->n_others);
	json_open_list(j, "reported");
	for (size_t i = 0; i < e->n_reported; i++)
		json_text(j, NULL, e->reported[i]->id);
	json_close(j);
	json_close(j);
}

void json_mission(struct json *j, const struct valise_mission *m)
{
	json_open_list(j, "errands");
	for (size_t i = 0; i < m->n_errands; i++)
		put_errand(j, &m->errands[i]);
	json_close(j);
	json_proposals(j, "meetings", m->meetings);
	json_number(j, "unread", m->n_unread);
}
