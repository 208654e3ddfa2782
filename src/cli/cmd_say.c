/* SPDX-License-Identifier: Apache-2.0 */
/* valise say: looks, shows what would be stated, asks, signs. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/drafts.h"
#include "cli/show.h"

struct say_options {
	struct words text, regarding;
	const char *to, *medium, *when, *reason, *role, *as;
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
	{"as", 0, OPTION_TEXT, AT(as), "OFFICER",
	 "which of the officers whose keys are here signs, by title or key; a machine only when it is named"},
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

/* ---- Signing ---- */

/* All that is said of letters by one command. */
struct saying {
	struct cli *c;
	const struct say_options *o;
	struct valise *v;
	const struct letters *letters;
	size_t done, n_signed;
	bool begun;
	struct valise_err first; /* of a letter that --all goes round */
};

static int sign(struct saying *y, struct valise_draft *d, struct drafts *drafts)
{
	struct cli *c = y->c;
	const char *const *ids = NULL;
	int r = valise_say_sign(y->v, d, &ids, &c->err);
	if (r)
		return r;
	y->n_signed += drafts_signed(c, drafts, ids);
	c->beside_error = true; /* what was signed, where the next cannot be */
	return 0;
}

/* One that is damaged here is told of, and keeps no other from being said of. */
static int leave_out(void *context, const char *letter, const struct valise_err *why)
{
	struct saying *y = context;
	(void)letter;
	if (!y->o->all || (why->code != VALISE_E_BAD && why->code != VALISE_E_IO))
		return why->code;
	if (!y->first.code)
		y->first = *why;
	if (!y->c->json)
		cli_report(y->c, why);
	return 0;
}

static int look_and_sign(struct saying *y, const struct valise_statement *s, size_t n)
{
	CLEAN_DRAFT struct valise_draft *d = NULL;
	struct cli *c = y->c;
	int r = valise_say_look_round(y->v, s, n, leave_out, y, &d, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	struct drafts drafts = statement_drafts(d);
	drafts.before = y->done;
	if (!y->begun)
		drafts_begin(c, &drafts);
	y->begun = true;
	y->done += n;
	if (c->shared.dry_run) {
		drafts_show(c, &drafts);
		return 0;
	}
	r = drafts_ask(c, &drafts, y->o->yes);
	return r ? r : sign(y, d, &drafts);
}

/* Letters that were typed are all looked at before anything is signed: one of them may be wrong. */
static int say_of_all(struct saying *y)
{
	const struct say_options *o = y->o;
	size_t n = y->letters->n, most = o->all && n > DRAFTS_AT_ONCE ? DRAFTS_AT_ONCE : n;
	CLEAN_FREE struct valise_statement *s = calloc(most + 1, sizeof *s);
	int r = s ? 0 : cli_fail(y->c, VALISE_E_NOMEM, "out of memory");
	do {
		size_t now = n - y->done < most ? n - y->done : most;
		for (size_t i = 0; i < now && !r; i++)
			s[i] = (struct valise_statement){
				.says = y->c->operands[0],
				.letter = y->letters->names[y->done + i],
				.role = o->role,
				.as = o->as,
				.to = o->to,
				.medium = o->medium,
				.when = o->when,
				.reason = o->reason,
				.text = (const char *const *)o->text.at,
				.n_text = o->text.n,
				.regarding = (const char *const *)o->regarding.at,
				.n_regarding = o->regarding.n,
			};
		if (!r)
			r = look_and_sign(y, s, now);
	} while (!r && y->done < n);
	return r;
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

static int say(struct saying *y)
{
	struct cli *c = y->c;
	if (y->letters->n == 0)
		tell(c, "There is no letter of which it could be said and was not.");
	int r = say_of_all(y);
	if (!r && y->first.code) {
		c->err = y->first;
		c->shown = !c->json;
		r = c->err.code;
	} else if (!r) {
		r = drafts_end(c);
	}
	if (!r && y->n_signed)
		hint(c, "`valise sync DIR` takes %s to the others.", y->n_signed == 1 ? "it" : "them");
	return r;
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
	if (!r && valise_is_copy(v))
		warn(c,
		     "this spool is a copy of another, or was restored from a backup: what your office has said of a letter comes "
		     "back when a party names the letter to you (`valise sync DIR LETTER`); said again before that, it contradicts "
		     "itself. `valise doctor --only-copy` ends this warning");
	struct saying y = {.c = c, .o = o, .v = v, .letters = &letters};
	if (!r)
		r = say(&y);
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
