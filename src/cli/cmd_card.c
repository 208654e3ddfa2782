/* SPDX-License-Identifier: Apache-2.0 */
/* valise card show, export, add, list: exchanging cards with other offices. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/moment.h"
#include "cli/page.h"
#include "cli/qr.h"
#include "cli/show.h"
#include "cli/show_office.h"

/* ---- show ---- */

struct show_options {
	bool digits, qr, print;
};
static const struct option_row show_options[] = {
	{"digits", 0, OPTION_FLAG, offsetof(struct show_options, digits), NULL,
	 "print the 30 digits of the paper card only"},
	{"qr", 0, OPTION_FLAG, offsetof(struct show_options, qr), NULL, "print the paper card's code (QR) too"},
	{"print", 0, OPTION_FLAG, offsetof(struct show_options, print), NULL,
	 "print the paper card itself: one page, to be given by hand"},
	OPTION_END,
};

/* What whoever is given the page does with it, and what it is worth. */
static void put_use(struct pages *p, const struct valise_office *o)
{
	fputc('\n', p->out);
	page_words(
		p,
		"This page is for people whom the office gives it to by hand. A file that says that it is this office's "
		"card comes by any way: on a stick, by mail. Whoever has both adds the file and types the digits, "
		"or scans the code in their place:",
		0);
	fprintf(p->out, "\n  valise card add FILE --as NAME --digits \\\n    \"%s\"\n\n", o->view.fingerprint);
	page_words(
		p,
		"Where they do not match, the file is another's, and nothing is kept. A page that came by the same way as "
		"the file proves no more than the file: ask by another. There is no secret on it.",
		0);
}

static int put_card(struct pages *p, const struct valise_office *o)
{
	fputs("VALISE PAPER CARD: given by hand, it proves a card file\n\n", p->out);
	page_field(p, "Office", o->view.name);
	fprintf(p->out, "%-*s%s\n%-*s%s\n", PAGE_LABEL, "Digits", o->view.fingerprint, PAGE_LABEL, "Id", o->view.id);
	page_field(p, "Since", moment_show_day(o->since_s).text);
	put_use(p, o);
	return page_code(p, valise_paper_code(VALISE_PAPER_OFFICE, o->view.id).text);
}

/* Another office's only where somebody compared it: a page that looks like proof should be that. */
static int print_card(struct cli *c, const struct valise_office *o)
{
	struct pages p;
	CLEAN_FREE char *page = NULL;
	size_t len;
	if (!o->view.checked)
		return cli_fail(
			c, VALISE_E_FAILURE,
			"%s: its digits were never checked, so a paper card made here would prove nothing; take its own with `valise card add FILE --digits DIGITS`",
			show_office_name(&o->view).text);
	int r = pages_begin(c, &p);
	if (r)
		return r;
	r = put_card(&p, o);
	if (r)
		pages_abandon(&p);
	else
		r = pages_end(&p, "VALISE PAPER CARD", &page, &len);
	if (!r)
		(void)fwrite(page, 1, len, stdout);
	return r;
}

static int run_show(struct cli *c, const void *values)
{
	const struct show_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_OFFICE struct valise_office *office = NULL;
	if (o->print && (o->digits || o->qr || c->shared.json))
		return cli_fail(c, VALISE_E_USAGE,
				"--print is a page by itself: it goes with neither --digits, --qr nor --json");
	int r = cli_open(c, false, &v);
	if (!r)
		r = valise_office(v, c->n_operands ? c->operands[0] : NULL, &office, &c->err);
	if (r)
		return r;
	if (o->print)
		return print_card(c, office);
	if (c->shared.json)
		return print_office(c, office);
	if (o->digits)
		puts(office->view.fingerprint);
	else
		show_office(c, office);
	return o->qr ? print_qr(c, valise_paper_code(VALISE_PAPER_OFFICE, office->view.id).text) : 0;
}

const struct command command_card_show = {
	.name = "card show",
	.operands = "[OFFICE]",
	.summary = "Show this office, or another whose card is here",
	.about =
		"The paper card, given by hand, carries the 30 digits and the code: they prove that a card file is yours.",
	.options = show_options,
	.values_bytes = sizeof(struct show_options),
	.takes = TAKES_SPOOL,
	.max_operands = 1,
	.run = run_show,
};

/* ---- export ---- */

struct export_options {
	const char *output;
	bool force;
};
static const struct option_row export_options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct export_options, output), "FILE",
	 "write there, not to standard output"},
	{"force", 0, OPTION_FLAG, offsetof(struct export_options, force), NULL, "write over a file that is there"},
	OPTION_END,
};

static int run_export(struct cli *c, const void *values)
{
	const struct export_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_OFFICE struct valise_office *office = NULL;
	CLEAN_FREE char *card = NULL;
	const char *name = c->n_operands ? c->operands[0] : NULL;
	size_t len;
	if (c->shared.json && (!o->output || strcmp(o->output, "-") == 0))
		return cli_fail(c, VALISE_E_USAGE, "the card and --json would share standard output: say -o FILE");
	int r = cli_open(c, false, &v);
	if (!r)
		r = valise_office(v, name, &office, &c->err);
	if (!r)
		r = valise_card_export(v, name, &card, &len, &c->err);
	if (!r)
		r = file_write(c, o->output, card, len, o->force);
	if (r)
		return r;
	if (c->shared.json)
		return print_office(c, office);
	tell(c, "The card of %s: fingerprint %s", show_office_name(&office->view).text, office->view.fingerprint);
	hint(c, "send the file by any way, and give them the digits by another: on paper, or by voice.");
	return 0;
}

const struct command command_card_export = {
	.name = "card export",
	.operands = "[OFFICE]",
	.summary = "Write a card: with it others can write to you",
	.options = export_options,
	.values_bytes = sizeof(struct export_options),
	.takes = TAKES_SPOOL,
	.max_operands = 1,
	.run = run_export,
};

/* ---- add ---- */

struct add_options {
	const char *as, *digits;
	bool unchecked;
};
#define ADD(member) offsetof(struct add_options, member)
static const struct option_row add_options[] = {
	{"as", 0, OPTION_TEXT, ADD(as), "NAME", "what you call this office"},
	{"digits", 0, OPTION_TEXT, ADD(digits), "DIGITS", "the 30 digits of its paper card, or its scanned code"},
	{"unchecked", 0, OPTION_FLAG, ADD(unchecked), NULL, "take it without digits; what is sealed to it says so"},
	OPTION_END,
};

struct card {
	char *bytes;
	size_t len;
	char name[1024], digits[256];
};

static int ask_for_digits(struct cli *c, const struct add_options *o, struct card *card, const char **ret)
{
	*ret = o->digits;
	if (o->unchecked || o->digits)
		return 0;
	int r = ask_line(c, "Type the 30 digits from their paper card, or scan its code (none: Enter):", card->digits,
			 sizeof card->digits);
	if (card->digits[0])
		*ret = card->digits;
	if (r || card->digits[0])
		return r;
	bool yes;
	r = ask_yes(c, "Without them anybody may have made this card. Take it unchecked?", false, &yes);
	return r || yes ? r : cli_fail(c, VALISE_E_FAILURE, "nothing was kept");
}

static int ask_for_name(struct cli *c, const struct add_options *o, const struct valise_office *office,
			struct card *card, const char **ret)
{
	char question[1200];
	*ret = o->as;
	if (o->as)
		return 0;
	(void)snprintf(question, sizeof question, "What do you call this office? [%s]", office->view.name);
	int r = ask_line(c, question, card->name, sizeof card->name);
	*ret = card->name[0] ? card->name : office->view.name;
	return r;
}

/* Taken in by a spool that waits for it: from then on it is one of that office. */
static int join(struct cli *c, const struct add_options *o, const char *dir, struct card *card,
		const struct valise_office *looked)
{
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_OFFICE struct valise_office *own = NULL;
	struct valise_caller caller = cli_caller(c);
	const char *digits = NULL;
	if (o->as)
		return cli_fail(c, VALISE_E_USAGE,
				"this will be your own office, which goes by its own name: leave --as out");
	tell(c, "\"%s\" would become the office of this machine.", looked->view.name);
	int r = ask_for_digits(c, o, card, &digits);
	if (!r)
		r = valise_join(dir, card->bytes, card->len, digits, &caller, &v, &c->err);
	if (!r)
		r = valise_office(v, NULL, &own, &c->err);
	if (r)
		return r;
	if (!digits)
		warn(c,
		     "the digits of this card were not compared: any office could have appointed the key that you made");
	if (c->shared.json)
		return print_office(c, own);
	printf("%s\n", own->view.id);
	tell(c, "This machine is one of the office \"%s\" now.", own->view.name);
	hint(c, "`valise officer list` shows what you may say; `valise sync --inside DIR` brings what the office has.");
	return 0;
}

/* Of our own office: newer entries are followed. */
static int follow(struct cli *c, const struct add_options *o, struct valise *v, const struct card *card)
{
	CLEAN_OFFICE struct valise_office *before = NULL, *own = NULL;
	int r = valise_office(v, NULL, &before, &c->err);
	if (!r || r == VALISE_E_BAD) /* damaged here: the card may mend it */
		r = valise_card_add(v, card->bytes, card->len, o->as, o->digits, &own, &c->err);
	if (r)
		return r;
	if (c->shared.json)
		return print_office(c, own);
	printf("%s\n", own->view.id);
	if (!before)
		tell(c, "What was damaged of your own register on this disk is whole again.");
	else if (own->entries == before->entries)
		tell(c, "This card of your own office holds nothing newer than what is here.");
	else
		tell(c, "%llu newer entries of your own register were taken in.",
		     (unsigned long long)(own->entries - before->entries));
	return 0;
}

/* What somebody else's card needs, where nobody can be asked. */
static int check_given(struct cli *c, const struct add_options *o, bool is_own)
{
	if (!is_own && !o->as && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE, "say with --as what you call this office");
	if (!o->digits && !o->unchecked && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE,
				"give the 30 digits of its paper card with --digits, or say --unchecked");
	return 0;
}

static int take_card(struct cli *c, const struct add_options *o, struct valise *v, struct card *card,
		     const struct valise_office *looked)
{
	CLEAN_OFFICE struct valise_office *added = NULL;
	const char *name, *digits;
	int r = ask_for_digits(c, o, card, &digits);
	if (!r)
		r = ask_for_name(c, o, looked, card, &name);
	if (!r)
		r = valise_card_add(v, card->bytes, card->len, name, digits, &added, &c->err);
	if (r)
		return r;
	if (c->shared.json)
		return print_office(c, added);
	printf("%s\n", added->view.id);
	tell(c, "%s. Kept as \"%s\".", added->view.checked ? "The digits match" : "Not checked against a paper card",
	     added->view.petname);
	hint(c, "`valise seal -t \"%s\" FILE...`", added->view.petname);
	return 0;
}

/* Whether a spool without an office waits for a card: only then is one of no use a failure to be told of. */
static int find_waiting(struct cli *c, const struct add_options *o, const char *dir)
{
	struct valise_request *waiting = NULL;
	struct valise_err none = c->err;
	int r = valise_request_waiting(dir, &waiting, &c->err);
	valise_request_free(waiting);
	if (r != VALISE_E_NOT_FOUND)
		return r ? r : check_given(c, o, true);
	r = check_given(c, o, false);
	if (!r)
		c->err = none;
	return r ? r : VALISE_E_NO_OFFICE;
}

static int add_card(struct cli *c, const struct add_options *o, struct card *card)
{
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_OFFICE struct valise_office *looked = NULL;
	CLEAN_FREE char *dir = NULL;
	int r = cli_dir(c, &dir);
	if (!r)
		r = cli_open(c, true, &v);
	bool waits = r == VALISE_E_NO_OFFICE;
	if (waits)
		r = find_waiting(c, o, dir);
	if (!r)
		r = file_read(c, c->operands[0], &card->bytes, &card->len);
	if (!r)
		r = valise_card_look(v, card->bytes, card->len, &looked, &c->err);
	if (r)
		return r;
	if (waits)
		return join(c, o, dir, card, looked);
	if (looked->view.is_self)
		return follow(c, o, v, card);
	r = check_given(c, o, false);
	return r ? r : take_card(c, o, v, card, looked);
}

static int run_add(struct cli *c, const void *values)
{
	const struct add_options *o = values;
	struct card card = {.bytes = NULL};
	if (o->digits && o->unchecked)
		return cli_fail(c, VALISE_E_USAGE, "--digits and --unchecked exclude each other");
	int r = add_card(c, o, &card);
	free(card.bytes);
	return r;
}

const struct command command_card_add = {
	.name = "card add",
	.operands = "FILE",
	.summary = "Take a card in: another office's, under a name of yours, or your own's",
	.about =
		"FILE is the card (- for standard input). When the digits are not those of the card, nothing is kept. Adding a "
		"newer card of an office that is known extends what is here. Prints the office's id.\n"
		"Where a key waits to be appointed (`valise officer request`), the card that appoints it makes this machine one of "
		"that office. A card of one's own office brings newer entries of its register, and needs neither name nor digits.",
	.options = add_options,
	.values_bytes = sizeof(struct add_options),
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_add,
};

/* ---- list ---- */

static const struct option_row no_options[] = {OPTION_END};

static int list_text(void *context, const struct valise_office *o)
{
	(void)context;
	printf("%s  %s  %s", o->view.fingerprint, o->view.checked ? "checked  " : "unchecked", o->view.petname);
	if (o->view.name && strcmp(o->view.name, o->view.petname) != 0) {
		fputs("  (calls itself ", stdout);
		show_quoted(stdout, o->view.name);
		putchar(')');
	}
	if (o->view.forked)
		fputs("  forked", stdout);
	putchar('\n');
	return 0;
}

static int list_json(void *context, const struct valise_office *o)
{
	json_office(context, NULL, o);
	return 0;
}

static int run_list(struct cli *c, const void *values)
{
	CLEAN_VALISE struct valise *v = NULL;
	(void)values;
	int r = cli_open(c, false, &v);
	if (r || !c->shared.json)
		return r ? r : valise_card_each(v, list_text, NULL, &c->err);
	struct json *j = c->json;
	json_open_list(j, "offices");
	r = valise_card_each(v, list_json, j, &c->err);
	json_close(j);
	return r ? r : print_json(c);
}

const struct command command_card_list = {
	.name = "card list",
	.operands = "",
	.summary = "List the offices whose cards are here",
	.options = no_options,
	.takes = TAKES_SPOOL,
	.run = run_list,
};
