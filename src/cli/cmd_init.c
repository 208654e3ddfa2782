/* SPDX-License-Identifier: Apache-2.0 */
/* valise init: an office, its keeper, one officer, and the recovery sheet. */
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/show_office.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct init_options {
	const char *title, *recovery, *reading_identity;
	bool no_passphrase, no_recovery;
};
#define AT(member) offsetof(struct init_options, member)

static const struct option_row options[] = {
	{"title", 't', OPTION_TEXT, AT(title), "TITLE", "the first officer's, such as Registry"},
	{"recovery", 0, OPTION_TEXT, AT(recovery), "FILE", "write the recovery sheet there (- for standard output)"},
	{"no-recovery", 0, OPTION_FLAG, AT(no_recovery), NULL,
	 "make none: an office whose keys are stolen is then lost"},
	{"no-passphrase", 0, OPTION_FLAG, AT(no_passphrase), NULL, "keep the keys in the clear, readable by you alone"},
	{"reading-identity", 0, OPTION_TEXT, AT(reading_identity), "FILE",
	 "use this age identity (age-keygen's file) as the reading key"},
	OPTION_END,
};

/* What a person is asked and a script has to say. */
static int complete(struct cli *c, struct init_options *o, char *title, size_t max)
{
	if (o->recovery && o->no_recovery)
		return cli_fail(c, VALISE_E_USAGE, "--recovery and --no-recovery exclude each other");
	if (!o->title && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE, "say with --title what the first officer's title is");
	if (!o->recovery && !o->no_recovery && !c->shared.dry_run && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE,
				"say with --recovery FILE where the recovery sheet goes, or --no-recovery");
	if (!o->no_passphrase && !c->shared.dry_run && !passphrase_can_be_had(c))
		return cli_fail(
			c, VALISE_E_USAGE,
			"give a passphrase with --passphrase-fd or VALISE_PASSPHRASE_COMMAND, or say --no-passphrase");
	if (o->recovery && strcmp(o->recovery, "-") == 0 && c->shared.json)
		return cli_fail(c, VALISE_E_USAGE, "--recovery - and --json would share standard output");
	int r = 0;
	if (!o->title) {
		o->title = title;
		r = ask_line(c, "Your title?", title, max);
	}
	/* Asked before there is anything to lose: a sheet that nobody took is gone for ever. */
	bool print = true;
	if (!r && !o->recovery && !o->no_recovery && !c->shared.dry_run)
		r = ask_yes(c, "Show the recovery sheet once it is made, to print or copy? It is shown once.", true,
			    &print);
	if (!r && !o->recovery && !o->no_recovery && print)
		o->recovery = "-";
	return r;
}

/* Where the recovery sheet goes. */
struct sheet_taker {
	struct cli *c;
	const char *to; /* "-": standard output */
	struct secret_file file;
};

static int take_sheet(void *context, const char *sheet, struct valise_err *err)
{
	struct sheet_taker *t = context;
	if (strcmp(t->to, "-") != 0)
		return secret_file_write(t->c, &t->file, sheet);
	if (fputs(sheet, stdout) >= 0 && fflush(stdout) == 0)
		return 0;
	err->code = VALISE_E_IO;
	(void)snprintf(err->text, sizeof err->text,
		       "the recovery sheet could not be written, so no office was made: %s", strerror(errno));
	return VALISE_E_IO;
}

static int found_office(struct cli *c, const struct init_options *o, const struct valise_founding *f)
{
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_OFFICE struct valise_office *office = NULL;
	CLEAN_FREE char *dir = NULL;
	struct valise_caller caller = cli_caller(c);
	struct sheet_taker taker = {c, o->recovery, SECRET_FILE_NONE};
	struct valise_founding founding = *f;
	bool to_file = o->recovery && strcmp(o->recovery, "-") != 0 && !f->dry_run;
	int r = cli_dir(c, &dir);
	if (!r && to_file)
		r = secret_file_begin(c, o->recovery, &taker.file);
	if (o->recovery) {
		founding.keep_recovery = take_sheet;
		founding.context = &taker;
	}
	bool began = to_file && !r;
	if (!r)
		r = valise_init(dir, &founding, &caller, &v, &c->err);
	if (r && began && taker.file.fd < 0)
		(void)unlink(o->recovery); /* a sheet of an office that did not come to be */
	secret_file_abandon(&taker.file);
	if (!r && f->dry_run && c->shared.json) {
		struct json *j = c->json;
		json_bool(j, "dry_run", true);
		return print_json(c);
	}
	if (!r && f->dry_run) {
		tell(c, "An office %s could be made in %s; nothing was.", f->name, dir);
		return 0;
	}
	if (!r && !o->recovery)
		tell(c, "No recovery sheet was kept: if this office's keys are stolen, the office is lost.");
	if (!r)
		r = valise_office(v, NULL, &office, &c->err);
	if (!r && c->shared.json)
		return print_office(c, office);
	if (!r) {
		if (!o->recovery || strcmp(o->recovery, "-") != 0)
			printf("%s\n", office->view.fingerprint);
		tell(c, "Office ready: %s, fingerprint %s", office->view.name, office->view.fingerprint);
		hint(c, "`valise card export -o CARD` makes the card to give away; `valise card add` takes theirs.");
	}
	return r;
}

static int run(struct cli *c, const void *values)
{
	struct init_options o = *(const struct init_options *)values;
	CLEAN_FREE char *identity = NULL;
	char title[1024];
	int r = complete(c, &o, title, sizeof title);
	if (!r)
		r = identity_read(c, o.reading_identity, &identity);
	struct valise_founding f = {.name = c->operands[0],
				    .title = o.title,
				    .no_passphrase = o.no_passphrase || c->shared.dry_run,
				    .reading_identity = identity,
				    .dry_run = c->shared.dry_run};
	if (!r)
		r = found_office(c, &o, &f);
	identity_wipe(identity);
	return r;
}

const struct command command_init = {
	.name = "init",
	.operands = "NAME",
	.summary = "Found an office: its keeper's key, its first officer, its recovery sheet",
	.about =
		"NAME is what the office calls itself. The first officer has every role but machine. Prints the fingerprint.\n"
		"The recovery sheet alone holds the key that takes the office back after its keys were stolen: keep it on paper, "
		"apart from this machine.",
	.options = options,
	.values_bytes = sizeof(struct init_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
