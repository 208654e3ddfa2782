/* SPDX-License-Identifier: Apache-2.0 */
/* valise report: finds what a source says, shows what would be stated, asks, signs. */
#include <string.h>

#include "cli/commands.h"
#include "cli/drafts.h"
#include "cli/files.h"
#include "cli/show.h"
#include "cli/span.h"
#include "cli/wrong_lines.h"

struct report_options {
	struct words via, regarding;
	const char *says, *speaker, *verb, *exhibit, *quote, *span, *where, *medium, *carriage, *when, *resolved, *of;
	const char *speaker_office, *speaker_addressee, *role, *from_list;
	bool quoted, every, yes;
};
#define AT(member) offsetof(struct report_options, member)

static const struct option_row options[] = {
	{"says", 0, OPTION_TEXT, AT(says), "WHAT", "what it comes to: a word of `valise say --help`, or other"},
	{"speaker", 's', OPTION_TEXT, AT(speaker), "WHO", "who says it, as the source names them"},
	{"verb", 0, OPTION_TEXT, AT(verb), "WORD", "the source's own: confirmed, stressed"},
	{"exhibit", 'e', OPTION_TEXT, AT(exhibit), "FILE",
	 "the source; a file is kept first, or one that is here: the beginning of its SHA-256, or its name"},
	{"quote", 'q', OPTION_TEXT, AT(quote), "TEXT", "the words, to be found there; lines may break elsewhere"},
	{"every", 0, OPTION_FLAG, AT(every), NULL, "each place where the quote stands"},
	{"span", 0, OPTION_TEXT, AT(span), "OFFSET:LENGTH", "the bytes that say so, instead of a quote"},
	{"where", 0, OPTION_TEXT, AT(where), "WORDS",
	 "where, in words: page 3, line 5; alone, for what is no text, it stands for the whole file"},
	{"quoted", 0, OPTION_FLAG, AT(quoted), NULL, "the source has it in quotation marks; otherwise a paraphrase"},
	{"via", 0, OPTION_LIST, AT(via), "WHO", "through whom it came, outermost first; repeatable"},
	{"of", 0, OPTION_TEXT, AT(of), "WHO", "who did it, where that is not the speaker"},
	{"medium", 0, OPTION_TEXT, AT(medium), "TEXT", "how the speaker said it: interview, post"},
	{"carriage", 0, OPTION_TEXT, AT(carriage), "TEXT", "how the letter travelled, in the source's words"},
	{"when", 0, OPTION_TEXT, AT(when), "TEXT", "when, as the source has it: Wednesday"},
	{"resolved", 0, OPTION_TEXT, AT(resolved), "FROM..TO", "your own reading of --when; days or times"},
	{"speaker-office", 0, OPTION_TEXT, AT(speaker_office), "OFFICE", "whom you take the speaker to speak for"},
	{"speaker-addressee", 0, OPTION_TEXT, AT(speaker_addressee), "NAME", "the same: an addressee of the seal"},
	{"regarding", 0, OPTION_LIST, AT(regarding), "NOTE",
	 "a note about this letter; of your own report, this one corrects it; repeatable"},
	{"role", 0, OPTION_TEXT, AT(role), "ROLE", "in which role you report, where several could"},
	{"from-list", 0, OPTION_TEXT, AT(from_list), "FILE", "many reports, a line each; see the manual"},
	{"yes", 'y', OPTION_FLAG, AT(yes), NULL, "sign without asking; needed off a terminal"},
	OPTION_END,
};

/* ---- Signing ---- */

static int sign(struct cli *c, struct valise *v, struct valise_report_draft *d)
{
	const char *const *ids = NULL;
	size_t n;
	int r = valise_report_sign(v, d, &ids, &c->err);
	if (r)
		return r;
	struct drafts drafts = report_drafts(d);
	drafts_begin(c, &drafts);
	n = drafts_signed(c, &drafts, ids);
	r = drafts_end(c);
	if (!r && n)
		hint(c, "%s here, and with nobody else: `valise sync DIR LETTER --reports` gives %s to others.",
		     n == 1 ? "it is" : "they are", n == 1 ? "it" : "them");
	return r;
}

static int show_and_sign(struct cli *c, const struct report_options *o, struct valise *v, struct valise_report_draft *d)
{
	struct drafts drafts = report_drafts(d);
	if (c->shared.dry_run) {
		drafts_begin(c, &drafts);
		drafts_show(c, &drafts);
		return drafts_end(c);
	}
	int r = drafts_ask(c, &drafts, o->yes);
	return r ? r : sign(c, v, d);
}

/* ---- Which place ---- */

static int choose(struct cli *c, const struct valise_places *places, const struct valise_span **ret)
{
	char answer[32], question[64];
	for (size_t i = 0; i < places->n; i++)
		tell(c, "%3zu  at byte %llu: %s", i + 1, (unsigned long long)places->at[i].span.offset,
		     places->at[i].around);
	if (places->more)
		tell(c, "... and more; --span OFFSET:LENGTH names any.");
	(void)snprintf(question, sizeof question, "Which one? [1-%zu]", places->n);
	for (;;) {
		char *end;
		int r = ask_line(c, question, answer, sizeof answer);
		unsigned long n = r ? 0 : strtoul(answer, &end, 10);
		if (r)
			return r;
		if (n >= 1 && n <= places->n && !*end) {
			*ret = &places->at[n - 1].span;
			return 0;
		}
	}
}

/* Something in `report` may be several: where it is the quote, a person at the terminal is asked which place, and otherwise the error stays.
 * *ret_places owns the span that is then in `report`. */
static int choose_place(struct cli *c, struct valise *v, struct valise_report *report,
			struct valise_places **ret_places)
{
	struct valise_err why = {0};
	if (!report->quote || !can_ask(c) || c->shared.dry_run)
		return VALISE_E_AMBIGUOUS;
	int r = valise_quote_places(v, report->exhibit, report->quote, ret_places, &why);
	progress_clear(&c->progress);
	if (r)
		c->err = why;
	if (r || (*ret_places)->n < 2)
		return r ? r : VALISE_E_AMBIGUOUS;
	r = choose(c, *ret_places, &report->span);
	if (!r)
		report->quote = NULL;
	return r;
}

/* ---- The command ---- */

static int report_one(struct cli *c, const struct report_options *o, struct valise *v, struct valise_report *report)
{
	struct valise_report_draft *d = NULL;
	struct valise_places *places = NULL;
	int r = valise_report_look(v, report, c->shared.dry_run, &d, &c->err);
	progress_clear(&c->progress);
	if (r == VALISE_E_AMBIGUOUS && !o->yes)
		r = choose_place(c, v, report, &places);
	if (!r && !d)
		r = valise_report_look(v, report, c->shared.dry_run, &d, &c->err);
	progress_clear(&c->progress);
	if (!r)
		r = show_and_sign(c, o, v, d);
	valise_report_draft_free(d);
	valise_places_free(places);
	return r;
}

static int report_list(struct cli *c, const struct report_options *o, struct valise *v,
		       const struct valise_report *common)
{
	CLEAN_FREE char *bytes = NULL;
	struct valise_report_draft *d = NULL;
	struct valise_report_list list = {.common = common, .context = c, .wrong = wrong_line};
	int r = file_read(c, o->from_list, &bytes, &list.len);
	list.bytes = bytes;
	if (!r)
		r = valise_report_look_list(v, &list, c->shared.dry_run, &d, &c->err);
	progress_clear(&c->progress);
	if (!r)
		r = show_and_sign(c, o, v, d);
	valise_report_draft_free(d);
	return r;
}

static int check(struct cli *c, const struct report_options *o)
{
	const struct {
		const char *name;
		bool given;
	} of_one[] = {
		{"--says", o->says},
		{"--speaker", o->speaker},
		{"--verb", o->verb},
		{"--quote", o->quote},
		{"--span", o->span},
		{"--where", o->where},
		{"--medium", o->medium},
		{"--carriage", o->carriage},
		{"--when", o->when},
		{"--resolved", o->resolved},
		{"--of", o->of},
		{"--speaker-office", o->speaker_office},
		{"--speaker-addressee", o->speaker_addressee},
		{"--via", o->via.n > 0},
		{"--regarding", o->regarding.n > 0},
		{"--quoted", o->quoted},
	};
	for (size_t i = 0; o->from_list && i < sizeof of_one / sizeof of_one[0]; i++)
		if (of_one[i].given)
			return cli_fail(c, VALISE_E_USAGE, "%s is of one report: in a list it is a column",
					of_one[i].name);
	if (!o->from_list && !o->says)
		return cli_fail(c, VALISE_E_USAGE, "say what it comes to with --says, or give a --from-list");
	if (o->every && !o->quote && !o->from_list)
		return cli_fail(c, VALISE_E_USAGE, "--every is each place of a quote: give that with --quote");
	if (!o->yes && !c->shared.dry_run && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE,
				"nobody is here to be asked: --yes signs, --dry-run shows what would be");
	return 0;
}

static int run(struct cli *c, const void *values)
{
	const struct report_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct valise_span span;
	int r = check(c, o);
	if (!r && o->span)
		r = span_parse(c, o->span, &span);
	if (!r)
		r = cli_open(c, !c->shared.dry_run, &v);
	if (r)
		return r;
	struct valise_report report = {
		.letter = c->operands[0],
		.says = o->says,
		.speaker = o->speaker,
		.verb = o->verb,
		.exhibit = o->exhibit,
		.quote = o->quote,
		.span = o->span ? &span : NULL,
		.every = o->every,
		.where = o->where,
		.speaker_office = o->speaker_office,
		.speaker_addressee = o->speaker_addressee,
		.of = o->of,
		.medium = o->medium,
		.carriage = o->carriage,
		.when = o->when,
		.resolved = o->resolved,
		.via = (const char *const *)o->via.at,
		.n_via = o->via.n,
		.quoted = o->quoted,
		.regarding = (const char *const *)o->regarding.at,
		.n_regarding = o->regarding.n,
		.role = o->role,
	};
	return o->from_list ? report_list(c, o, v, &report) : report_one(c, o, v, &report);
}

const struct command command_report = {
	.name = "report",
	.operands = "LETTER",
	.summary = "File what a source says about a letter, under signature",
	.about =
		"A report is hearsay: you state that a source has somebody say something, and where; its speaker has signed nothing, "
		"and it moves no state. You are shown what you would state, and asked. Nothing is edited: a correction is a new report "
		"with --regarding. Prints the ids of the reports. They go to no other office unless sync is told --reports.\n"
		"A report needs --says, --speaker, --verb, --exhibit, and where: --quote, --span or --where. A list needs --from-list, "
		"and --exhibit unless each line names its own.",
	.options = options,
	.values_bytes = sizeof(struct report_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
