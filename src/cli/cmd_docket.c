/* SPDX-License-Identifier: Apache-2.0 */
/* valise docket: the page that goes with a letter, to be signed with a pen by who hands it over and who takes it. */
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/moment.h"
#include "cli/page.h"
#include "cli/qr.h"
#include "cli/show.h"

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

/* Whole, in groups that can be compared by eye. */
static void put_id(struct pages *p, const char *id)
{
	for (size_t i = 0; i < 64; i += 8)
		fprintf(p->out, "%-*s%.8s%s", i % 32 ? 0 : PAGE_LABEL, i ? "" : "Letter", id + i,
			i % 32 == 24 ? "\n" : "  ");
}

static void put_party(struct pages *p, const char *label, const struct valise_accounts *a,
		      const struct valise_party *party)
{
	page_may_end(p);
	if (party->office == SIZE_MAX) {
		page_field(p, label, party->addressee);
		fprintf(p->out, "%*sa name, without a card\n", PAGE_LABEL, "");
	} else {
		page_field(p, label, a->offices[party->office].label);
		fprintf(p->out, "%*sfingerprint %s\n", PAGE_LABEL, "", a->offices[party->office].fingerprint);
	}
}

static void put_parties(struct pages *p, const struct valise_accounts *a)
{
	const char *label = "To";
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].is_sender)
			put_party(p, "From", a, &a->parties[i]);
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].is_recipient) {
			put_party(p, label, a, &a->parties[i]);
			label = "";
		}
	page_may_end(p);
}

static void put_letter(struct pages *p, const struct valise_accounts *a)
{
	char line[128];
	fputs("VALISE DOCKET: goes with one letter, from hand to hand\n\n", p->out);
	put_id(p, a->letter);
	page_field(p, "Short id", a->short_id);
	put_parties(p, a);
	if (a->ref)
		page_field(p, "Ref", a->ref);
	(void)snprintf(line, sizeof line, "%s UTC, by the sender's clock", moment_show(a->date_s).text);
	page_field(p, "Sealed", line);
	if (a->has_answer_by) {
		(void)snprintf(line, sizeof line, "%s UTC", moment_show(a->answer_by_s).text);
		page_field(p, "Answer by", line);
	}
	(void)snprintf(line, sizeof line, "electronic, %s, on the stick or disk that this page goes with",
		       show_size(a->body_bytes + a->cover_bytes).text);
	page_field(p, a->paper ? "Paper" : "What it is", a->paper ? a->paper : line);
}

/* What two signatures on it come to. */
static void put_meaning(struct pages *p, const struct valise_accounts *a)
{
	fputc('\n', p->out);
	page_words(
		p,
		a->paper
			? "Who signs states that the paper described above went from hand to hand then and there, its seal "
			  "as marked. It is not stated that anybody opened, read or agreed to it, what it says, or that "
			  "it is served."
			: "Who signs states that a stick or disk that is said to hold the letter named above went from "
			  "hand to hand then and there. It is not stated that a byte of it was checked, that anybody "
			  "opened, read or agreed to it, or that it is served.",
		0);
}

/* On the page of what it is signed to mean. */
static void put_form(struct pages *p, const struct valise_accounts *a)
{
	page_may_end(p);
	page_blank(p, "Handed over by, for");
	page_blank(p, "Taken by, for");
	page_blank(p, "Date, time, zone");
	page_blank(p, "Place");
	page_blank(p, "Number of the seal");
	fputs("\nThe seal was   [ ] intact   [ ] not intact   [ ] none\n", p->out);
	page_blank(p, "Signature of who hands over");
	page_blank(p, "Signature of who takes");
	put_meaning(p, a);
}

static int put_way_back(struct pages *p, const struct valise_accounts *a)
{
	char line[256];
	page_may_end(p);
	(void)snprintf(
		line, sizeof line,
		"To bring it back, scan this page and file it as an exhibit: valise exhibit add SCAN --letter %s",
		a->short_id);
	page_words(p, line, 0);
	return page_code(p, valise_paper_code(VALISE_PAPER_LETTER, a->letter).text);
}

static int make_page(struct cli *c, const struct valise_accounts *a, char **ret, size_t *ret_len)
{
	struct pages p;
	char running[64];
	int r = pages_begin(c, &p);
	if (r)
		return r;
	put_letter(&p, a);
	put_form(&p, a);
	r = put_way_back(&p, a);
	if (r) {
		pages_abandon(&p);
		return r;
	}
	(void)snprintf(running, sizeof running, "VALISE DOCKET of %s", a->short_id);
	return pages_end(&p, running, ret, ret_len);
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
