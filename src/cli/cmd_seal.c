/* SPDX-License-Identifier: Apache-2.0 */
/* valise seal: a letter out of files, sealed to offices. */
#include <string.h>

#include "cli/commands.h"
#include "cli/seal_list.h"
#include "cli/show.h"

struct seal_options {
	struct words to;
	const char *subject, *ref, *in_reply_to;
	struct moment answer_by, keep_until;
	bool keep_no_copy, no_card;
	const char *paper, *from_list;
	struct words scans;
	bool again;
};
#define AT(member) offsetof(struct seal_options, member)

static const struct option_row options[] = {
	{"to", 't', OPTION_LIST, AT(to), "OFFICE", "seal to this office; repeatable"},
	{"subject", 's', OPTION_TEXT, AT(subject), "TEXT", "under seal: only readers see it"},
	{"ref", 0, OPTION_TEXT, AT(ref), "TEXT",
	 "in the open: carriers and clerks see it, and can find the letter by it"},
	{"answer-by", 0, OPTION_TIME, AT(answer_by), "TIME", "after that, silence shows as no answer by then"},
	{"keep-until", 0, OPTION_TIME, AT(keep_until), "TIME", "after that, carriers may drop the letter"},
	{"in-reply-to", 0, OPTION_TEXT, AT(in_reply_to), "LETTER", "the letter that this one answers; under seal"},
	{"keep-no-copy", 0, OPTION_FLAG, AT(keep_no_copy), NULL, "your own readers cannot open it either"},
	{"paper", 0, OPTION_TEXT, AT(paper), "DESCRIPTION",
	 "a paper letter, in place of files: what it is, such as the envelope's number; everybody can read it"},
	{"no-card", 0, OPTION_FLAG, AT(no_card), NULL,
	 "with --paper: an OFFICE that you do not know is somebody without a card, by that name"},
	{"scan", 0, OPTION_LIST, AT(scans), "FILE",
	 "with --paper: commit to this file's digest, to disclose it later; the file is not kept, keep it; repeatable"},
	{"from-list", 0, OPTION_TEXT, AT(from_list), "FILE",
	 "many letters, a line each: offices, reference, subject, files; - is standard input; see the manual"},
	{"again", 0, OPTION_FLAG, AT(again), NULL, "with --from-list: seal a list once more that was sealed before"},
	OPTION_END,
};

static int show_json(struct cli *c, const struct valise_sealed *s)
{
	struct json *j = c->json;
	json_text(j, "letter", s->letter);
	json_text(j, "short", s->short_id);
	json_bool(j, "dry_run", c->shared.dry_run);
	json_text(j, "paper", s->paper);
	json_texts(j, "to", s->to, s->n_to);
	json_texts(j, "addressees", s->addressees, s->n_addressees);
	json_number(j, "parts", s->n_parts);
	json_number(j, "plain_bytes", s->plain_bytes);
	json_number(j, "body_bytes", s->body_bytes);
	json_texts(j, "readers", s->readers, s->n_readers);
	json_texts(j, "unchecked", s->unchecked, s->n_unchecked);
	json_text(j, "same_ref", s->same_ref);
	return print_json(c);
}

/* "Mission Oslo's 2 readers, Legation's 1 reader and your own" */
static void describe_readers(const struct seal_options *o, const struct valise_sealed *s, char *ret, size_t max)
{
	size_t used = 0;
	ret[0] = 0;
	for (size_t i = 0; i < s->n_readers; i++) {
		int n = snprintf(ret + used, max - used, "%s%s", i ? ", " : "", s->readers[i]);
		if (n < 0 || (size_t)n >= max - used)
			return;
		used += (size_t)n;
	}
	if (!o->keep_no_copy)
		(void)snprintf(ret + used, max - used, " and your own");
}

/* "Oslo, "Envoy" (no card)" */
static void list_recipients(const struct valise_sealed *s, FILE *out)
{
	for (size_t i = 0; i < s->n_to; i++)
		fprintf(out, "%s%s", i ? ", " : "", s->to[i]);
	for (size_t i = 0; i < s->n_addressees; i++) {
		fputs(i || s->n_to ? ", " : "", out);
		show_quoted(out, s->addressees[i]);
		fputs(" (no card)", out);
	}
}

static int show_paper(struct cli *c, const struct valise_sealed *s)
{
	CLEAN_FREE char *to = NULL;
	size_t len;
	FILE *out = open_memstream(&to, &len);
	if (!out)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	list_recipients(s, out);
	if (fclose(out))
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	if (c->shared.dry_run) {
		printf("Would seal a paper letter to %s: ", to);
		show_quoted(stdout, s->paper);
		printf(". %zu scan%s.\n", s->n_parts, PLURAL(s->n_parts));
		return 0;
	}
	puts(s->letter);
	tell(c, "Sealed %s: a paper letter to %s, described as \"%s\".", s->short_id, to, SHOW(s->paper));
	if (s->n_parts)
		tell(c, "It commits to the digest%s of %zu scan%s. Keep the file%s: nothing here does.",
		     PLURAL(s->n_parts), s->n_parts, PLURAL(s->n_parts), PLURAL(s->n_parts));
	hint(c,
	     "`valise docket %s` prints the page that goes with it; `valise sync DIR %s` takes the seal to the others.",
	     s->short_id, s->short_id);
	return 0;
}

static void show(struct cli *c, const struct seal_options *o, const struct valise_sealed *s)
{
	char readers[4096];
	describe_readers(o, s, readers, sizeof readers);
	if (c->shared.dry_run) {
		printf("Would seal %zu part%s, %s. Openable by %s.\n", s->n_parts, PLURAL(s->n_parts),
		       show_size(s->plain_bytes).text, readers);
		return;
	}
	puts(s->letter);
	tell(c, "Sealed %s: %zu part%s, %s. Openable by %s.", s->short_id, s->n_parts, PLURAL(s->n_parts),
	     show_size(s->plain_bytes).text, readers);
	hint(c, "`valise sync DIR %s` puts it on a stick or into a folder.", s->short_id);
}

/* What is of one letter stands in the lines. */
static int check_list(struct cli *c, const struct seal_options *o)
{
	const struct {
		const char *name;
		bool given;
	} of_one[] = {
		{"-t", o->to.n > 0},           {"--subject", o->subject},         {"--ref", o->ref},
		{"a file", c->n_operands > 0}, {"--in-reply-to", o->in_reply_to}, {"--paper", o->paper},
		{"--no-card", o->no_card},     {"--scan", o->scans.n > 0},
	};
	if (!o->from_list)
		return cli_fail(c, VALISE_E_USAGE, "--again goes with --from-list; one letter is sealed each time");
	for (size_t i = 0; i < sizeof of_one / sizeof of_one[0]; i++)
		if (of_one[i].given)
			return cli_fail(c, VALISE_E_USAGE,
					"%s is of one letter: in a list each line has its own, or none",
					of_one[i].name);
	return 0;
}

static int run(struct cli *c, const void *values)
{
	const struct seal_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct valise_sealed *sealed = NULL;
	struct valise_letter letter = {
		.to = (const char *const *)o->to.at,
		.n_to = o->to.n,
		.subject = o->subject,
		.ref = o->ref,
		.has_answer_by = o->answer_by.given,
		.has_keep_until = o->keep_until.given,
		.answer_by_s = o->answer_by.at_s,
		.keep_until_s = o->keep_until.at_s,
		.in_reply_to = o->in_reply_to,
		.paths = c->operands,
		.n_paths = c->n_operands,
		.keep_no_copy = o->keep_no_copy,
		.paper = o->paper,
		.no_card = o->no_card,
		.scans = (const char *const *)o->scans.at,
		.n_scans = o->scans.n,
		.dry_run = c->shared.dry_run,
	};
	if (o->from_list || o->again) {
		int code = check_list(c, o);
		return code ? code : seal_from_list(c, o->from_list, &letter, o->again);
	}
	int r = valise_letter_check(&letter, &c->err);
	for (size_t i = 0; !r && i < c->n_operands; i++)
		if (strcmp(c->operands[i], "-") == 0 && c->terminal.in)
			tell(c, "Reading the letter from the terminal; Ctrl-D ends it.");
	if (!r)
		r = cli_open(c, !c->shared.dry_run, &v);
	if (!r)
		r = valise_seal(v, &letter, &sealed, &c->err);
	progress_clear(&c->progress);
	for (size_t i = 0; !r && !c->shared.json && i < sealed->n_unchecked; i++)
		warn(c, "the card of %s came as a file only, and its digits were never checked", sealed->unchecked[i]);
	if (!r && !c->shared.json && sealed->same_ref)
		warn(c, "the reference %s is also that of %s, which you sealed before: name each by its id",
		     SHOW(o->ref), sealed->same_ref_short);
	if (!r && c->shared.json)
		r = show_json(c, sealed);
	else if (!r && sealed->paper)
		r = show_paper(c, sealed);
	else if (!r)
		show(c, o, sealed);
	valise_sealed_free(sealed);
	return r;
}

const struct command command_seal = {
	.name = "seal",
	.operands = "-t OFFICE... {FILE|DIR|-... | --paper TEXT}",
	.summary = "Seal a letter of files and directories to one or more offices",
	.about =
		"Prints the letter's id. OFFICE is a name that you gave (or its beginning), or the beginning of an id. - is "
		"standard input, as a part named stdin.\n"
		"Or --from-list alone: every line of the list is sealed or, where one is wrong, none; cut off, the same command "
		"goes on with the rest.\n"
		"TIME is 2026-12-22T00:00:00Z, 2026-12-22 (its first second, UTC), or +30d from now.",
	.options = options,
	.values_bytes = sizeof(struct seal_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.min_operands = 0,
	.max_operands = SIZE_MAX,
	.run = run,
};
