/* SPDX-License-Identifier: Apache-2.0 */
/* valise track: who says what, as far as it has reached this office. */
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/show_accounts.h"
#include "cli/show_list.h"
#include "cli/show_mission.h"
#include "cli/show_proposals.h"
#include "cli/show_thread.h"

struct track_options {
	struct moment as_of;
	struct list_options list;
	bool heard;
	bool proposals;
	const char *thread;
	const char *with, *last;
};
#define AT(member) offsetof(struct track_options, member)

static const struct option_row options[] = {
	{"as-of", 0, OPTION_TIME, AT(as_of), "TIME", "what this spool had taken in by then, by this machine's clock"},
	{"from", 0, OPTION_TEXT, AT(list.from), "OFFICE", "list letters that this office sealed; self: your own"},
	{"to", 0, OPTION_TEXT, AT(list.to), "OFFICE", "list letters to this office"},
	{"since", 0, OPTION_TIME, AT(list.since), "TIME", "list letters dated then or later"},
	{"until", 0, OPTION_TIME, AT(list.until), "TIME", "list letters dated then or earlier"},
	{"unanswered", 0, OPTION_FLAG, AT(list.unanswered), NULL,
	 "list letters that some recipient has yet to answer; with --to self, that you have"},
	{"ref", 0, OPTION_TEXT, AT(list.ref), "REF", "list letters whose reference begins so"},
	{"search", 0, OPTION_TEXT, AT(list.words), "WORDS",
	 "list letters with these words in their references, or in the subjects that can be read here"},
	{"limit", 0, OPTION_TEXT, AT(list.limit), "N", "list so many instead of 50"},
	{"before", 0, OPTION_TEXT, AT(list.before), "LETTER", "go on with the list after this letter"},
	{"all", 0, OPTION_FLAG, AT(list.all), NULL, "list all, however many there are"},
	{"heard", 0, OPTION_FLAG, AT(heard), NULL,
	 "when each office with a card here, or those that are named, was last heard of"},
	{"thread", 0, OPTION_TEXT, AT(thread), "LETTER",
	 "this letter, its replies and what goes with them, on one line of time"},
	{"proposals", 0, OPTION_FLAG, AT(proposals), NULL,
	 "visits, meetings and replies: proposed, agreed, held, called off"},
	{"with", 0, OPTION_TEXT, AT(with), "OFFICE",
	 "of those, what was proposed by this office or in a letter of its"},
	{"last", 0, OPTION_TEXT, AT(last), "proposed|agreed|held|called-off", "of those, only whose last word it is"},
	OPTION_END,
};

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
		struct json *j = c->json;
		json_accounts(j, "accounts", a);
		json_mission(j, m);
		r = print_json(c);
	} else {
		show_accounts(c, a, false);
		show_mission(c, m);
		if (!a->has_as_of)
			hint(c, "`valise %s %s`", next_step(a), a->short_id);
	}
	if (!r)
		r = show_unread(c, m->n_unread);
	bool broken = accounts_broken(a);
	valise_mission_free(m);
	valise_accounts_free(a);
	return r || !broken ? r : cli_shown(c, VALISE_E_BAD);
}

/* What is looked at: one letter, a thread, offices, or all letters, in one of two ways. */
static int check_words(struct cli *c, const struct track_options *o)
{
	bool proposals = o->proposals || o->last || o->with;
	bool list = list_asked(&o->list);
	if (o->thread && (c->n_operands || proposals || list || o->heard))
		return cli_fail(
			c, VALISE_E_USAGE,
			"--thread takes its LETTER: no other, and none of --proposals, --with, --last, --heard, nor "
			"what a list takes");
	if (proposals && (c->n_operands || list || o->heard))
		return cli_fail(
			c, VALISE_E_USAGE,
			"--proposals, --with and --last look through all letters: name none, and nothing that a list "
			"or --heard takes");
	if (o->heard && list)
		return cli_fail(c, VALISE_E_USAGE, "--heard takes offices, and nothing that a list takes");
	if (list && c->n_operands && !o->heard)
		return cli_fail(c, VALISE_E_USAGE,
				"%s is one letter, and --from, --to, --since, --until, --unanswered, --ref, --search, "
				"--limit, --before and --all are for the list of all",
				SHOW(c->operands[0]));
	if (c->n_operands > 1 && !o->heard)
		return cli_fail(
			c, VALISE_E_USAGE,
			"%s is one word too many: valise track takes one LETTER, or with --heard any number of offices",
			SHOW(c->operands[1]));
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
	if (o->heard)
		return track_heard(c, v, c->operands, c->n_operands, &back);
	return c->n_operands ? track(c, v) : track_list(c, v, &o->list, &back);
}

const struct command command_track = {
	.name = "track",
	.operands = "[LETTER | --heard OFFICE...]",
	.summary = "Show who says what about a letter, or list all letters",
	.about =
		"What is shown is computed from the statements that are here. That nothing has reached you does not mean that "
		"somebody is silent. A list shows the newest 50 letters.\n"
		"TIME is 2026-12-22T09:00:00Z, or 2026-12-22 (its first second, UTC).",
	.options = options,
	.values_bytes = sizeof(struct track_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE,
	.max_operands = SIZE_MAX,
	.run = run,
};
