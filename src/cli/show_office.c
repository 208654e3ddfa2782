/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of an office: its names apart, its fingerprint, who is appointed to what. */
#include "cli/show_office.h"

#include "cli/cli.h"
#include "cli/moment.h"
#include "cli/show.h"

static void show_officer(const struct valise_officer *o)
{
	printf("  %s: %s", o->title, o->roles);
	if (o->dismissed)
		printf("; dismissed %s, %s", moment_show_day(o->dismissed_s).text, o->reason);
	else if (o->has_until)
		printf("; until %s UTC", moment_show(o->until_s).text);
	if (o->is_here)
		fputs("; key here", stdout);
	printf("\n    %s\n", o->key);
}

void show_officers(const struct cli *c, const struct valise_office *o)
{
	(void)c;
	for (size_t i = 0; i < o->n_officers; i++)
		show_officer(&o->officers[i]);
}

void show_office(const struct cli *c, const struct valise_office *o)
{
	const struct valise_office_view *v = &o->view;
	struct office_label label = show_office_name(v);
	paint(c, PAINT_HEADING, label.text);
	putchar('\n');
	if (v->petname && v->name)
		printf("  calls itself  %s\n", v->name);
	printf("  fingerprint   %s\n  id            %s\n", v->fingerprint, v->id);
	printf("  register      %llu entr%s since %s\n", (unsigned long long)o->entries, o->entries == 1 ? "y" : "ies",
	       moment_show_day(o->since_s).text);
	if (!v->is_self)
		printf("  digits        %s\n", v->checked ? "checked against the paper card" : "never checked");
	if (v->forked) {
		fputs("  ", stdout);
		paint(c, PAINT_BROKEN, "its register is forked: who is appointed there depends on whom you ask");
		putchar('\n');
	}
	fputs("\nOfficers\n", stdout);
	show_officers(c, o);
}

static void json_officer(struct json *j, const struct valise_officer *o)
{
	json_open_object(j, NULL);
	json_text(j, "key", o->key);
	json_text(j, "title", o->title);
	json_text(j, "roles", o->roles);
	json_text(j, "recipient", o->recipient);
	json_time(j, "until", o->has_until, o->until_s);
	json_time(j, "dismissed", o->dismissed, o->dismissed_s);
	json_text(j, "reason", o->reason);
	json_bool(j, "is_here", o->is_here);
	json_close(j);
}

void json_office(struct json *j, const char *key, const struct valise_office *o)
{
	json_open_object(j, key);
	json_text(j, "id", o->view.id);
	json_text(j, "fingerprint", o->view.fingerprint);
	json_text(j, "name", o->view.name);
	json_text(j, "petname", o->view.petname);
	json_bool(j, "is_self", o->view.is_self);
	json_bool(j, "checked", o->view.checked);
	json_bool(j, "forked", o->view.forked);
	json_text(j, "head", o->head);
	json_number(j, "entries", o->entries);
	json_time(j, "since", true, o->since_s);
	json_open_list(j, "officers");
	for (size_t i = 0; i < o->n_officers; i++)
		json_officer(j, &o->officers[i]);
	json_close(j);
	json_close(j);
}

int print_office(struct cli *c, const struct valise_office *o)
{
	struct json *j = c->json;
	json_office(j, "office", o);
	return print_json(c);
}
