/* SPDX-License-Identifier: Apache-2.0 */
/* valise track: who says what, as far as it has reached this office. */
#include "cli/commands.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "cli/show_accounts.h"
#include "cli/show_mission.h"
#include "cli/show_proposals.h"
#include "cli/show_thread.h"

struct track_options {
	struct moment as_of;
	bool proposals;
	const char *thread;
	const char *with, *last;
};
#define AT(member) offsetof(struct track_options, member)

static const struct option_row options[] = {
	{"as-of", 0, OPTION_TIME, AT(as_of), "TIME", "what this spool had taken in by then, by this machine's clock"},
	{"thread", 0, OPTION_TEXT, AT(thread), "LETTER",
	 "this letter, its replies and what goes with them, on one line of time"},
	{"proposals", 0, OPTION_FLAG, AT(proposals), NULL,
	 "visits, meetings and replies: proposed, agreed, held, called off"},
	{"with", 0, OPTION_TEXT, AT(with), "OFFICE",
	 "of those, what was proposed by this office or in a letter of its"},
	{"last", 0, OPTION_TEXT, AT(last), "WORD",
	 "of those, only the last that was proposed, agreed, held or called-off"},
	OPTION_END,
};

/* ---- The list ---- */

struct listing {
	struct cli *c;
	const struct look_back *back;
	bool any;
};

static int list_text(void *context, const struct valise_letter_line *l)
{
	struct listing *all = context;
	struct cli *c = all->c;
	if (!all->any)
		show_look_back(all->back);
	all->any = true;
	printf("%s  %11s  ", l->short_id, moment_show_day(l->date_s).text);
	if (l->is_broken)
		paint(c, PAINT_BROKEN, "broken");
	else
		fputs(l->state, stdout);
	printf("  %s to %s", l->from, l->to);
	show_ref(stdout, l->ref);
	fputs(l->is_whole || l->is_broken ? "" : "; not all of it is here", stdout);
	if (l->n_reported)
		printf("; %zu report%s, hearsay", l->n_reported, PLURAL(l->n_reported));
	putchar('\n');
	return ferror(stdout) ? cli_fail(c, VALISE_E_IO, "cannot write") : 0;
}

static int list_json(void *context, const struct valise_letter_line *l)
{
	struct json *j = context;
	json_open_object(j, NULL);
	json_text(j, "letter", l->letter);
	json_text(j, "short", l->short_id);
	json_text(j, "from", l->from);
	json_text(j, "to", l->to);
	json_text(j, "ref", l->ref);
	json_time(j, "date", true, l->date_s);
	json_bool(j, "is_own", l->is_own);
	json_bool(j, "is_for_us", l->is_for_us);
	json_bool(j, "is_whole", l->is_whole);
	json_bool(j, "is_broken", l->is_broken);
	json_text(j, "state", l->state);
	json_number(j, "reported", l->n_reported);
	json_text(j, "sentence", l->sentence);
	json_close(j);
	return 0;
}

static int list(struct cli *c, struct valise *v, const struct look_back *back)
{
	int r;
	if (!c->shared.json) {
		struct listing all = {.c = c, .back = back};
		r = valise_letters(v, list_text, &all, &c->err);
		if (!r && !all.any)
			show_look_back(back);
		return r;
	}
	CLEAN_JSON struct json *j = json_new();
	json_time(j, "as_of", back->as_of.given, back->as_of.at_s);
	json_open_list(j, "letters");
	r = valise_letters(v, list_json, j, &c->err);
	json_close(j);
	return r ? r : print_json(c, j);
}

/* ---- One letter ---- */

static const char *next_step(const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->office == SIZE_MAX || !a->offices[p->office].is_self || !p->is_recipient)
			continue;
		return p->state < VALISE_STATE_RECEIVED              ? "say received"
		       : p->state < VALISE_STATE_OPENED && !a->paper ? "open"
		       : p->state < VALISE_STATE_REVIEWED            ? "say reviewed"
								     : "dossier";
	}
	return "dossier";
}

static int track(struct cli *c, struct valise *v)
{
	struct valise_accounts *a = NULL;
	struct valise_mission *m = NULL;
	int r = valise_track(v, c->operands[0], &a, &c->err);
	if (!r)
		r = valise_mission(v, a, &m, &c->err);
	if (r) {
		valise_accounts_free(a);
		return r;
	}
	if (c->shared.json) {
		CLEAN_JSON struct json *j = json_new();
		json_accounts(j, "accounts", a);
		json_mission(j, m);
		r = print_json(c, j);
	} else {
		show_accounts(c, a, false);
		show_mission(c, m);
		if (!a->has_as_of)
			hint(c, "`valise %s %s`", next_step(a), a->short_id);
	}
	bool broken = accounts_broken(a);
	valise_mission_free(m);
	valise_accounts_free(a);
	return r || !broken ? r : cli_shown(c, VALISE_E_BAD);
}

/* Which letters are looked at: one, a thread's, or all. */
static int check_words(struct cli *c, const struct track_options *o)
{
	bool proposals = o->proposals || o->last || o->with;
	if (o->thread && (c->n_operands || proposals))
		return cli_fail(c, VALISE_E_USAGE,
				"--thread takes its LETTER: no other, and none of --proposals, --with, --last");
	if (proposals && c->n_operands)
		return cli_fail(c, VALISE_E_USAGE,
				"--proposals, --with and --last look through all letters: name none");
	return 0;
}

static int run(struct cli *c, const void *values)
{
	const struct track_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct look_back back = {.as_of = o->as_of};
	int r = check_words(c, o);
	if (!r)
		r = cli_open(c, false, &v);
	if (!r && o->as_of.given)
		r = valise_look_back(v, o->as_of.at_s, &back.set_back, &c->err);
	if (r)
		return r;
	if (o->thread)
		return track_thread(c, v, o->thread, &back);
	if (o->proposals || o->last || o->with)
		return track_proposals(c, v, o->with, o->last, &back);
	return c->n_operands ? track(c, v) : list(c, v, &back);
}

const struct command command_track = {
	.name = "track",
	.operands = "[LETTER]",
	.summary = "Show who says what about a letter, or list all letters",
	.about =
		"What is shown is computed from the statements that are here. That nothing has reached you does not mean that "
		"somebody is silent.\n"
		"TIME is 2026-12-22T09:00:00Z, or 2026-12-22 (its first second, UTC).",
	.options = options,
	.values_bytes = sizeof(struct track_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE,
	.max_operands = 1,
	.run = run,
};
