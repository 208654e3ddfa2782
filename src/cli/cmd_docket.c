/* SPDX-License-Identifier: Apache-2.0 */
/* valise docket: the page that goes with a letter, to be signed with a pen by who hands it over and who takes it. */
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/moment.h"
#include "cli/qr.h"
#include "cli/show.h"

#define PAGE_WIDTH 76
#define LABEL_WIDTH 12

struct docket_options {
	const char *output;
	bool force;
};
#define AT(member) offsetof(struct docket_options, member)

static const struct option_row options[] = {
	{"output", 'o', OPTION_TEXT, AT(output), "FILE", "write there, not to standard output"},
	{"force", 0, OPTION_FLAG, AT(force), NULL, "write over a file that is there"},
	OPTION_END,
};

/* ---- Lines ---- */

static void put_words(FILE *out, const char *text, size_t indent)
{
	show_wrapped(out, text, indent, indent, PAGE_WIDTH);
}

static void put_field(FILE *out, const char *label, const char *text)
{
	fprintf(out, "%-*s", LABEL_WIDTH, label);
	put_words(out, text, LABEL_WIDTH);
}

static void put_blank(FILE *out, const char *label)
{
	int n = fprintf(out, "\n%s  ", label);
	for (int i = n - 1; i < PAGE_WIDTH; i++)
		fputc('_', out);
	fputc('\n', out);
}

/* ---- The page ---- */

/* Whole, in groups that can be compared by eye. */
static void put_id(FILE *out, const char *id)
{
	for (size_t i = 0; i < 64; i += 8)
		fprintf(out, "%-*s%.8s%s", i % 32 ? 0 : LABEL_WIDTH, i ? "" : "Letter", id + i,
			i % 32 == 24 ? "\n" : "  ");
}

static void put_party(FILE *out, const char *label, const struct valise_accounts *a, const struct valise_party *p)
{
	if (p->office == SIZE_MAX) {
		put_field(out, label, p->addressee);
		fprintf(out, "%*sa name, without a card\n", LABEL_WIDTH, "");
	} else {
		put_field(out, label, a->offices[p->office].label);
		fprintf(out, "%*sfingerprint %s\n", LABEL_WIDTH, "", a->offices[p->office].fingerprint);
	}
}

static void put_parties(FILE *out, const struct valise_accounts *a)
{
	const char *label = "To";
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].is_sender)
			put_party(out, "From", a, &a->parties[i]);
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].is_recipient) {
			put_party(out, label, a, &a->parties[i]);
			label = "";
		}
}

static void put_letter(FILE *out, const struct valise_accounts *a)
{
	char line[128];
	fputs("VALISE DOCKET: goes with one letter, from hand to hand\n\n", out);
	put_id(out, a->letter);
	put_field(out, "Short id", a->short_id);
	put_parties(out, a);
	if (a->ref)
		put_field(out, "Ref", a->ref);
	(void)snprintf(line, sizeof line, "%s UTC, by the sender's clock", moment_show(a->date_s).text);
	put_field(out, "Sealed", line);
	if (a->has_answer_by) {
		(void)snprintf(line, sizeof line, "%s UTC", moment_show(a->answer_by_s).text);
		put_field(out, "Answer by", line);
	}
	(void)snprintf(line, sizeof line, "electronic, %s, on the stick or disk that this page goes with",
		       show_size(a->body_bytes + a->cover_bytes).text);
	put_field(out, a->paper ? "Paper" : "What it is", a->paper ? a->paper : line);
}

static void put_form(FILE *out)
{
	put_blank(out, "Handed over by, for");
	put_blank(out, "Taken by, for");
	put_blank(out, "Date, time, zone");
	put_blank(out, "Place");
	put_blank(out, "Number of the seal");
	fputs("\nThe seal was   [ ] intact   [ ] not intact   [ ] none\n", out);
	put_blank(out, "Signature of who hands over");
	put_blank(out, "Signature of who takes");
}

/* What two signatures on it come to, and where it goes then. */
static void put_meaning(FILE *out, const struct valise_accounts *a)
{
	char line[256];
	fputc('\n', out);
	put_words(
		out,
		a->paper
			? "Who signs states that the paper described above went from hand to hand then and there, its seal "
			  "as marked. It is not stated that anybody opened, read or agreed to it, what it says, or that "
			  "it is served."
			: "Who signs states that a stick or disk that is said to hold the letter named above went from "
			  "hand to hand then and there. It is not stated that a byte of it was checked, that anybody "
			  "opened, read or agreed to it, or that it is served.",
		0);
	(void)snprintf(
		line, sizeof line,
		"To bring it back, scan this page and file it as an exhibit: valise exhibit add SCAN --letter %s",
		a->short_id);
	put_words(out, line, 0);
}

static int put_page(struct cli *c, FILE *out, const struct valise_accounts *a)
{
	char code[80];
	put_letter(out, a);
	put_form(out);
	put_meaning(out, a);
	fputc('\n', out);
	(void)snprintf(code, sizeof code, "LETTER:%s", a->letter);
	return print_qr_on_paper(c, out, code);
}

static int make_page(struct cli *c, const struct valise_accounts *a, char **ret, size_t *ret_len)
{
	FILE *out = open_memstream(ret, ret_len);
	if (!out)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	int r = put_page(c, out, a);
	if (fclose(out) && !r)
		r = cli_fail(c, VALISE_E_NOMEM, "out of memory");
	return r;
}

static int run(struct cli *c, const void *values)
{
	const struct docket_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_FREE char *page = NULL;
	size_t len = 0;
	struct valise_accounts *a = NULL;
	bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
	if (to_stdout && c->shared.json)
		return cli_fail(c, VALISE_E_USAGE, "the docket and --json would share standard output: say -o FILE");
	int r = cli_open(c, false, &v);
	if (!r)
		r = valise_track(v, c->operands[0], &a, &c->err);
	if (!r)
		r = make_page(c, a, &page, &len);
	valise_accounts_free(a);
	if (!r)
		r = file_write(c, o->output, page, len, o->force);
	if (r)
		return r;
	if (c->shared.json)
		return print_written(c, o->output, len);
	if (!to_stdout)
		tell(c, "The docket is in %s: print it, two copies, in a typeface of one width.", SHOW(o->output));
	return 0;
}

const struct command command_docket = {
	.name = "docket",
	.operands = "LETTER",
	.summary = "Print the page that goes with a letter, to be signed with a pen",
	.about =
		"Text, usually one page of it: which letter, from whom, to whom, what it is; blanks for who hands it over and who takes it, when "
		"and where; what signing it states, and what it does not. For paper, and for a courier without a computer.",
	.options = options,
	.values_bytes = sizeof(struct docket_options),
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
