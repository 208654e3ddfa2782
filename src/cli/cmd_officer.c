/* SPDX-License-Identifier: Apache-2.0 */
/* valise officer add, dismiss, list: who may say what for this office. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/show.h"
#include "cli/show_office.h"

/* ---- add ---- */

struct add_options {
	const char *title, *roles, *reading_identity;
	struct moment until;
	bool no_passphrase;
};
#define ADD(member) offsetof(struct add_options, member)

static const struct option_row add_options[] = {
	{"title", 't', OPTION_TEXT, ADD(title), "TITLE", "what the officer is called, such as Front desk"},
	{"roles", 'r', OPTION_TEXT, ADD(roles), "ROLE,...", "principal, clerk, reader, courier, spokesperson, machine"},
	{"until", 0, OPTION_TIME, ADD(until), "TIME", "the appointment ends then"},
	{"no-passphrase", 0, OPTION_FLAG, ADD(no_passphrase), NULL, "keep the key in the clear, readable by you alone"},
	{"reading-identity", 0, OPTION_TEXT, ADD(reading_identity), "FILE",
	 "use this age identity (age-keygen's file) as the reading key"},
	OPTION_END,
};

static int run_add(struct cli *c, const void *values)
{
	const struct add_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_FREE char *key = NULL, *identity = NULL;
	if (!o->title || !o->roles)
		return cli_fail(c, VALISE_E_USAGE, "say with --%s %s", o->title ? "roles" : "title",
				o->title ? "what the officer may do" : "what the officer is called");
	if (!o->no_passphrase && !c->shared.dry_run && !passphrase_can_be_had(c))
		return cli_fail(
			c, VALISE_E_USAGE,
			"give a passphrase with --passphrase-fd or VALISE_PASSPHRASE_COMMAND, or say --no-passphrase");
	int r = identity_read(c, o->reading_identity, &identity);
	struct valise_appointment a = {.title = o->title,
				       .roles = o->roles,
				       .has_until = o->until.given,
				       .until_s = o->until.at_s,
				       .no_passphrase = o->no_passphrase || c->shared.dry_run,
				       .reading_identity = identity,
				       .dry_run = c->shared.dry_run};
	if (!r)
		r = cli_open(c, !a.dry_run, &v);
	if (!r)
		r = valise_officer_add(v, &a, &key, &c->err);
	identity_wipe(identity);
	if (r)
		return r;
	if (c->shared.json) {
		CLEAN_JSON struct json *j = json_new();
		json_text(j, "key", key);
		json_bool(j, "dry_run", c->shared.dry_run);
		return print_json(c, j);
	}
	if (key)
		puts(key);
	tell(c, c->shared.dry_run ? "%s could be appointed; nothing was signed." : "Appointed: %s", SHOW(o->title));
	if (key)
		hint(c, "give the newer card to those who write to you: `valise card export`.");
	return 0;
}

const struct command command_officer_add = {
	.name = "officer add",
	.operands = "",
	.summary = "Appoint an officer, whose key is made here",
	.about =
		"Prints the key. The keeper's key signs the entry in the register.\n"
		"machine marks a key that signs unattended, which every account then says: name it beside what it may say, "
		"as clerk,machine.",
	.options = add_options,
	.values_bytes = sizeof(struct add_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.run = run_add,
};

/* ---- dismiss ---- */

struct dismiss_options {
	const char *reason;
};
static const struct option_row dismiss_options[] = {
	{"reason", 0, OPTION_TEXT, offsetof(struct dismiss_options, reason), "TEXT",
	 "why, in a word or a line; it stands in the register"},
	OPTION_END,
};

static int run_dismiss(struct cli *c, const void *values)
{
	const struct dismiss_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	if (!o->reason)
		return cli_fail(c, VALISE_E_USAGE, "say with --reason why; it stands in the register");
	int r = cli_open(c, !c->shared.dry_run, &v);
	if (!r)
		r = valise_officer_dismiss(v, c->operands[0], o->reason, c->shared.dry_run, &c->err);
	if (r)
		return r;
	if (c->shared.json) {
		CLEAN_JSON struct json *j = json_new();
		json_bytes(j, "dismissed", c->operands[0]);
		json_bool(j, "dry_run", c->shared.dry_run);
		return print_json(c, j);
	}
	tell(c, c->shared.dry_run ? "%s could be dismissed; nothing was signed." : "Dismissed: %s",
	     SHOW(c->operands[0]));
	if (!c->shared.dry_run)
		hint(c, "give the newer card to those who write to you: `valise card export`.");
	return 0;
}

const struct command command_officer_dismiss = {
	.name = "officer dismiss",
	.operands = "OFFICER",
	.summary = "Dismiss an officer: from now on its key counts for nothing",
	.about = "OFFICER is a title, or the beginning of the key's name.",
	.options = dismiss_options,
	.values_bytes = sizeof(struct dismiss_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_dismiss,
};

/* ---- list ---- */

static const struct option_row no_options[] = {OPTION_END};

static int run_list(struct cli *c, const void *values)
{
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_OFFICE struct valise_office *office = NULL;
	(void)values;
	int r = cli_open(c, false, &v);
	if (!r)
		r = valise_office(v, NULL, &office, &c->err);
	if (r)
		return r;
	if (c->shared.json)
		return print_office(c, office);
	show_officers(c, office);
	return 0;
}

const struct command command_officer_list = {
	.name = "officer list",
	.operands = "",
	.summary = "List the officers of this office",
	.options = no_options,
	.takes = TAKES_SPOOL,
	.run = run_list,
};
