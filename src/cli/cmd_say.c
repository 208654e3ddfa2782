/* SPDX-License-Identifier: Apache-2.0 */
/* valise say: looks, shows what would be stated, asks, signs. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/say.h"
#include "cli/show.h"

#define SHOWN_MAX 20 /* questions on a terminal; --dry-run shows all */

struct say_options {
	struct words text, regarding;
	const char *to, *medium, *when, *reason, *role;
	bool all, yes;
};
#define AT(member) offsetof(struct say_options, member)

static const struct option_row options[] = {
	{"all", 'a', OPTION_FLAG, AT(all), NULL,
	 "every letter of which it can be said and was not: received, opened, carrying; none of paper"},
	{"to", 't', OPTION_TEXT, AT(to), "OFFICE",
	 "to whom it was handed, delivered or conveyed; whom an addressee is identified as"},
	{"text", 0, OPTION_LIST, AT(text), "LINE", "a line of your own words; repeatable"},
	{"medium", 0, OPTION_TEXT, AT(medium), "TEXT", "how it travelled, such as by hand"},
	{"when", 0, OPTION_TEXT, AT(when), "TEXT", "the day proposed, agreed or held, in words or as a date"},
	{"reason", 0, OPTION_TEXT, AT(reason), "CODE", "why, as one of the codes below"},
	{"regarding", 0, OPTION_LIST, AT(regarding), "NOTE",
	 "a statement about this letter that this one is about; repeatable"},
	{"role", 0, OPTION_TEXT, AT(role), "ROLE", "in which role you say it, where several could"},
	{"yes", 'y', OPTION_FLAG, AT(yes), NULL, "sign without asking; needed off a terminal"},
	OPTION_END,
};

/* "clerk,reader; needs --reason" */
static void print_who(FILE *out, const struct valise_says *row)
{
	const struct {
		bool needed;
		const char *option;
	} needs[] = {{row->needs_to, "--to"},
		     {row->needs_text, "--text"},
		     {row->needs_reason, "--reason"},
		     {row->needs_when, "--when"},
		     {row->needs_regarding, "--regarding"}};
	char line[160];
	int n = snprintf(line, sizeof line, "%s", row->roles);
	const char *before = "; needs ";
	for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
		if (needs[i].needed) {
			n += snprintf(line + n, sizeof line - (size_t)n, "%s%s", before, needs[i].option);
			before = ", ";
		}
	fprintf(out, "%19s", "");
	print_wrapped(out, line, 19, 19);
}

static void print_table(FILE *out)
{
	struct valise_says row;
	fputs("\nWhat can be said, what it does not mean, and who may say it:\n", out);
	for (size_t i = 0; valise_says_at(i, &row); i++) {
		fprintf(out, "  %-17s", row.name);
		print_wrapped(out, row.means, 19, 19);
		if (row.means_paper || row.not_of_paper) {
			fprintf(out, "%19sof paper: ", "");
			print_wrapped(out, row.not_of_paper ? "nobody says it" : row.means_paper, 19, 29);
		}
		if (row.does_not_mean) {
			fprintf(out, "%19snot: ", "");
			print_wrapped(out, row.does_not_mean, 19, 24);
		}
		print_who(out, &row);
		if (row.reasons) {
			fprintf(out, "%19s--reason ", "");
			print_wrapped(out, row.reasons, 19, 28);
		}
	}
}

static bool is_row(const char *says)
{
	struct valise_says row;
	for (size_t i = 0; valise_says_at(i, &row); i++)
		if (strcmp(row.name, says) == 0)
			return true;
	return false;
}

static int refuse_word(struct cli *c, const char *says)
{
	const char *names[64];
	struct valise_says row;
	size_t n = 0;
	while (n < 64 && valise_says_at(n, &row))
		names[n++] = row.name;
	const char *near = nearest(says, names, n);
	if (near)
		return cli_fail(c, VALISE_E_USAGE, "%s is nothing that can be said; did you mean %s?", SHOW(says),
				near);
	return cli_fail(c, VALISE_E_USAGE, "%s is nothing that can be said; `valise say --help` lists what can",
			SHOW(says));
}

/* ---- Showing ---- */

void json_drafts(struct json *j, const char *key, const struct valise_draft *d, const char *const *ids)
{
	json_open_list(j, key);
	for (size_t i = 0; i < valise_draft_count(d); i++) {
		const struct valise_draft_view *view = valise_draft_at(d, i);
		json_open_object(j, NULL);
		json_text(j, "short", view->short_id);
		json_text(j, "note", ids ? ids[i] : NULL);
		json_text(j, "question", view->question);
		json_text(j, "title", view->title);
		json_text(j, "draft", ids ? NULL : view->text);
		json_text(j, "already", view->already);
		json_close(j);
	}
	json_close(j);
}

/* How many of the drafts are still to be signed. */
static size_t count_open(const struct valise_draft *d)
{
	size_t n = 0;
	for (size_t i = 0; i < valise_draft_count(d); i++)
		n += !valise_draft_at(d, i)->already;
	return n;
}

static void show_questions(const struct cli *c, const struct valise_draft *d)
{
	size_t shown = 0, n = count_open(d);
	for (size_t i = 0; i < valise_draft_count(d); i++) {
		const struct valise_draft_view *view = valise_draft_at(d, i);
		if (view->already)
			tell(c, "%s: %s.", view->short_id, view->already);
		else if (shown++ < SHOWN_MAX)
			tell(c, "%s", view->question);
	}
	if (n > SHOWN_MAX)
		tell(c, "... and %zu more; --dry-run shows all.", n - SHOWN_MAX);
}

static int show_dry(struct cli *c, const struct valise_draft *d)
{
	if (c->shared.json) {
		CLEAN_JSON struct json *j = json_new();
		json_bool(j, "dry_run", true);
		json_drafts(j, "statements", d, NULL);
		return print_json(c, j);
	}
	for (size_t i = 0; i < valise_draft_count(d); i++) {
		const struct valise_draft_view *view = valise_draft_at(d, i);
		printf("%s%s\n", i ? "\n" : "", view->already ? view->already : view->question);
		if (!view->already)
			printf("\n%s", view->text);
	}
	return 0;
}

/* ---- Signing ---- */

static int sign(struct cli *c, struct valise *v, struct valise_draft *d)
{
	const char *const *ids = NULL;
	int r = valise_say_sign(v, d, &ids, &c->err);
	if (r)
		return r;
	if (c->shared.json) {
		CLEAN_JSON struct json *j = json_new();
		json_bool(j, "dry_run", false);
		json_drafts(j, "statements", d, ids);
		return print_json(c, j);
	}
	size_t n = 0;
	for (size_t i = 0; i < valise_draft_count(d); i++)
		if (ids[i]) {
			puts(ids[i]);
			n++;
		}
	if (n) {
		tell(c, "Signed %zu statement%s.", n, PLURAL(n));
		hint(c, "`valise sync DIR` takes %s to the others.", n == 1 ? "it" : "them");
	}
	return 0;
}

static int look_and_sign(struct cli *c, const struct say_options *o, struct valise *v, const struct valise_statement *s,
			 size_t n)
{
	CLEAN_DRAFT struct valise_draft *d = NULL;
	int r = valise_say_look(v, s, n, &d, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	if (c->shared.dry_run)
		return show_dry(c, d);
	show_questions(c, d);
	if (count_open(d) && !o->yes) {
		bool yes;
		r = ask_yes(c, "Sign?", false, &yes);
		if (r || !yes)
			return r ? r : cli_fail(c, VALISE_E_FAILURE, "nothing was signed");
	}
	return sign(c, v, d);
}

static int check(struct cli *c, const struct say_options *o, const char *says, enum valise_all *ret)
{
	static const struct {
		const char *says;
		enum valise_all all;
	} sets[] = {{"received", VALISE_ALL_UNRECEIVED},
		    {"opened", VALISE_ALL_UNOPENED},
		    {"carrying", VALISE_ALL_UNCARRIED}};
	if (!is_row(says))
		return refuse_word(c, says);
	if (!o->all && c->n_operands < 2)
		return cli_fail(c, VALISE_E_USAGE, "name the letters, or say --all");
	if (o->all && c->n_operands > 1)
		return cli_fail(c, VALISE_E_USAGE, "--all and the names of letters exclude each other");
	if (!o->yes && !c->shared.dry_run && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE,
				"nobody is here to be asked: --yes signs, --dry-run shows what would be");
	for (size_t i = 0; o->all && i < sizeof sets / sizeof sets[0]; i++)
		if (strcmp(sets[i].says, says) == 0) {
			*ret = sets[i].all;
			return 0;
		}
	return o->all ? cli_fail(c, VALISE_E_USAGE, "--all goes with received, opened and carrying; name the letters")
		      : 0;
}

static int say(struct cli *c, const struct say_options *o, struct valise *v, const struct letters *letters)
{
	CLEAN_FREE struct valise_statement *s = calloc(letters->n ? letters->n : 1, sizeof *s);
	if (!s)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	for (size_t i = 0; i < letters->n; i++)
		s[i] = (struct valise_statement){
			.says = c->operands[0],
			.letter = letters->names[i],
			.role = o->role,
			.to = o->to,
			.medium = o->medium,
			.when = o->when,
			.reason = o->reason,
			.text = (const char *const *)o->text.at,
			.n_text = o->text.n,
			.regarding = (const char *const *)o->regarding.at,
			.n_regarding = o->regarding.n,
		};
	if (letters->n == 0)
		tell(c, "There is no letter of which it could be said and was not.");
	return look_and_sign(c, o, v, s, letters->n);
}

static int run(struct cli *c, const void *values)
{
	const struct say_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct letters letters = {0};
	enum valise_all which = VALISE_ALL_LETTERS;
	int r = check(c, o, c->operands[0], &which);
	if (!r)
		r = cli_open(c, !c->shared.dry_run, &v);
	if (!r)
		r = cli_letters(c, v, c->operands + 1, c->n_operands - 1, o->all, which, &letters);
	if (!r)
		r = say(c, o, v, &letters);
	letters_release(&letters);
	return r;
}

const struct command command_say = {
	.name = "say",
	.operands = "WHAT LETTER...",
	.summary = "State something about letters, under signature",
	.about =
		"Everything is checked against what is here first: nobody can say received of bytes that are not. Then you are "
		"shown what you would state, and asked. Prints the ids of the statements.\n"
		"LETTER is the beginning of an id, or a ref.",
	.options = options,
	.values_bytes = sizeof(struct say_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = run,
	.more_help = print_table,
};
