/* SPDX-License-Identifier: Apache-2.0 */
/* valise officer request, add, dismiss, list: who may say what for this office. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/show.h"
#include "cli/show_office.h"

/* ---- request ---- */

struct request_options {
	const char *title, *roles, *reading_identity, *output;
	bool no_passphrase, force, withdraw;
};
#define REQUEST(member) offsetof(struct request_options, member)

static const struct option_row request_options[] = {
	{"title", 't', OPTION_TEXT, REQUEST(title), "TITLE", "what you wish to be called, such as Front desk"},
	{"roles", 'r', OPTION_TEXT, REQUEST(roles), "ROLE,...",
	 "principal, clerk, reader, courier, spokesperson, machine"},
	{"output", 'o', OPTION_TEXT, REQUEST(output), "FILE",
	 "write the request there and print its digits, not the request on standard output"},
	{"force", 0, OPTION_FLAG, REQUEST(force), NULL, "write over a file that is there"},
	{"withdraw", 0, OPTION_FLAG, REQUEST(withdraw), NULL, "take back the request that waits, and remove its key"},
	{"no-passphrase", 0, OPTION_FLAG, REQUEST(no_passphrase), NULL,
	 "keep the key in the clear, readable by you alone"},
	{"reading-identity", 0, OPTION_TEXT, REQUEST(reading_identity), "FILE",
	 "use this age identity (age-keygen's file) as the reading key"},
	OPTION_END,
};

static bool is_to_stdout(const struct request_options *o)
{
	return !o->output || strcmp(o->output, "-") == 0;
}

static int check_request(struct cli *c, const struct request_options *o)
{
	if (o->withdraw && (o->title || o->roles || o->output || o->reading_identity))
		return cli_fail(c, VALISE_E_USAGE, "--withdraw goes with no other option: it makes no request");
	if (o->withdraw)
		return 0;
	if ((o->title == NULL) != (o->roles == NULL))
		return cli_fail(c, VALISE_E_USAGE, "say with --%s %s too", o->title ? "roles" : "title",
				o->title ? "what you wish to do" : "what you wish to be called");
	if (c->shared.json && !c->shared.dry_run && is_to_stdout(o))
		return cli_fail(c, VALISE_E_USAGE, "the request and --json would share standard output: say -o FILE");
	if (o->title && !o->no_passphrase && !c->shared.dry_run && !passphrase_can_be_had(c))
		return cli_fail(
			c, VALISE_E_USAGE,
			"give a passphrase with --passphrase-fd or VALISE_PASSPHRASE_COMMAND, or say --no-passphrase");
	return 0;
}

static int withdraw(struct cli *c, const char *dir)
{
	struct valise_request *waiting = NULL;
	int r = c->shared.dry_run ? valise_request_waiting(dir, &waiting, &c->err)
				  : valise_request_withdraw(dir, &c->err);
	valise_request_free(waiting);
	if (r)
		return r;
	if (c->shared.json) {
		struct json *j = c->json;
		json_text(j, "request", NULL);
		json_bool(j, "dry_run", c->shared.dry_run);
		return print_json(c);
	}
	tell(c, c->shared.dry_run ? "The request could be taken back; nothing was done."
				  : "Taken back: its key is gone from this machine.");
	return 0;
}

static int print_request(struct cli *c, const struct valise_request *q)
{
	struct json *j = c->json;
	json_open_object(j, "request");
	json_text(j, "digits", q->digits);
	json_text(j, "key", q->key);
	json_text(j, "title", q->title);
	json_text(j, "roles", q->roles);
	json_text(j, "recipient", q->recipient);
	json_time(j, "time", true, q->time_s);
	json_bool(j, "is_new", q->is_new);
	json_close(j);
	json_bool(j, "dry_run", false);
	return print_json(c);
}

static int give_request(struct cli *c, const struct request_options *o, const struct valise_request *q)
{
	int r = file_write(c, o->output, q->bytes, q->len, o->force);
	if (r)
		return r;
	if (c->shared.json)
		return print_request(c, q);
	if (!is_to_stdout(o))
		printf("%s\n", q->digits);
	tell(c, "%s %s as %s. Read these digits out to the keeper: %s",
	     q->is_new ? "A key was made here, and a request for" : "The request that waits here is for", q->title,
	     q->roles, q->digits);
	hint(c, "give the keeper the request; `valise card add` takes in the card that comes back.");
	return 0;
}

static int run_request(struct cli *c, const void *values)
{
	const struct request_options *o = values;
	CLEAN_FREE char *identity = NULL, *dir = NULL;
	struct valise_request *q = NULL;
	struct valise_caller caller = cli_caller(c);
	int r = check_request(c, o);
	if (!r)
		r = cli_dir(c, &dir);
	if (!r && o->withdraw)
		return withdraw(c, dir);
	if (!r)
		r = identity_read(c, o->reading_identity, &identity);
	struct valise_wish w = {.title = o->title,
				.roles = o->roles,
				.no_passphrase = o->no_passphrase,
				.reading_identity = identity,
				.dry_run = c->shared.dry_run};
	if (!r)
		r = valise_request_make(dir, &w, &caller, &q, &c->err);
	identity_wipe(identity);
	if (!r && q)
		r = give_request(c, o, q);
	valise_request_free(q);
	if (r || !c->shared.dry_run)
		return r;
	if (c->shared.json) {
		struct json *j = c->json;
		json_text(j, "request", NULL);
		json_bool(j, "dry_run", true);
		return print_json(c);
	}
	tell(c, "A request could be made in %s; nothing was.", dir);
	return 0;
}

const struct command command_officer_request = {
	.name = "officer request",
	.operands = "",
	.summary = "On an officer's own machine: make a key, and ask for its appointment",
	.about =
		"The key stays here. Give the request to the keeper of the office by any way, and read its 30 digits out to him by "
		"voice; then take in the card that he gives you with `valise card add`. While a request waits, it is given again, "
		"and no second key is made.",
	.options = request_options,
	.values_bytes = sizeof(struct request_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.run = run_request,
};

/* ---- add ---- */

struct add_options {
	const char *title, *roles, *reading_identity, *digits;
	struct moment until;
	bool no_passphrase, unchecked, yes;
};
#define ADD(member) offsetof(struct add_options, member)

static const struct option_row add_options[] = {
	{"title", 't', OPTION_TEXT, ADD(title), "TITLE", "what the officer is called, such as Front desk"},
	{"roles", 'r', OPTION_TEXT, ADD(roles), "ROLE,...", "principal, clerk, reader, courier, spokesperson, machine"},
	{"until", 0, OPTION_TIME, ADD(until), "TIME", "the appointment ends then"},
	{"digits", 0, OPTION_TEXT, ADD(digits), "DIGITS", "of a request: the 30 that its maker reads out"},
	{"unchecked", 0, OPTION_FLAG, ADD(unchecked), NULL, "take a request without digits: it may be anybody's"},
	{"yes", 'y', OPTION_FLAG, ADD(yes), NULL, "do not ask before a request is granted"},
	{"no-passphrase", 0, OPTION_FLAG, ADD(no_passphrase), NULL, "keep the key in the clear, readable by you alone"},
	{"reading-identity", 0, OPTION_TEXT, ADD(reading_identity), "FILE",
	 "use this age identity (age-keygen's file) as the reading key"},
	OPTION_END,
};

/* A request on its way to an appointment. */
struct requested {
	char *bytes;
	size_t len;
	struct valise_request *looked; /* NULL: the key is made here */
	char digits[256];
};

static void requested_release(struct requested *q)
{
	free(q->bytes);
	valise_request_free(q->looked);
}

static int check_add(struct cli *c, const struct add_options *o)
{
	bool requested = c->n_operands > 0;
	if (requested && (o->no_passphrase || o->reading_identity))
		return cli_fail(
			c, VALISE_E_USAGE,
			"the key of a request is on the officer's machine: --no-passphrase and --reading-identity are "
			"said there");
	if (!requested && (o->digits || o->unchecked))
		return cli_fail(c, VALISE_E_USAGE, "--digits and --unchecked go with a request: name its file");
	if (o->digits && o->unchecked)
		return cli_fail(c, VALISE_E_USAGE, "--digits and --unchecked exclude each other");
	if (requested && !o->digits && !o->unchecked && !can_ask(c))
		return cli_fail(
			c, VALISE_E_USAGE,
			"give the 30 digits that the request's maker reads out with --digits, or say --unchecked");
	if (!requested && (!o->title || !o->roles))
		return cli_fail(c, VALISE_E_USAGE, "say with --%s %s", o->title ? "roles" : "title",
				o->title ? "what the officer may do" : "what the officer is called");
	if (!requested && !o->no_passphrase && !c->shared.dry_run && !passphrase_can_be_had(c))
		return cli_fail(
			c, VALISE_E_USAGE,
			"give a passphrase with --passphrase-fd or VALISE_PASSPHRASE_COMMAND, or say --no-passphrase");
	return 0;
}

/* Who asks for what is seen before anything is typed or signed. */
static int look_at_request(struct cli *c, const struct add_options *o, struct valise *v, struct valise_appointment *a,
			   struct requested *q)
{
	int r = file_read(c, c->operands[0], &q->bytes, &q->len);
	if (!r)
		r = valise_request_look(q->bytes, q->len, &q->looked, &c->err);
	if (r)
		return r;
	const char *title = o->title ? o->title : q->looked->title, *roles = o->roles ? o->roles : q->looked->roles;
	tell(c, "A key asks to be appointed as \"%s\", %s.", q->looked->title, q->looked->roles);
	a->request = q->bytes;
	a->request_len = q->len;
	a->digits = o->digits;
	if (!o->digits && !o->unchecked) {
		r = ask_line(c, "Type the 30 digits that its maker reads out:", q->digits, sizeof q->digits);
		a->digits = q->digits;
	}
	if (r || o->yes || c->shared.dry_run || !can_ask(c))
		return r;
	/* Whoever is asked should not be told afterwards that it cannot be. */
	struct valise_appointment trial = *a;
	trial.dry_run = true;
	r = valise_officer_add(v, &trial, NULL, &c->err);
	if (r)
		return r;
	char question[2600];
	bool yes;
	(void)snprintf(question, sizeof question, "Appoint it as \"%s\", %s%s?", SHOW(title), SHOW(roles),
		       o->unchecked ? ", though nobody compared its digits" : "");
	r = ask_yes(c, question, false, &yes);
	return r || yes ? r : cli_fail(c, VALISE_E_FAILURE, "nobody was appointed");
}

static int show_added(struct cli *c, const struct valise_appointment *a, const struct requested *q, const char *key)
{
	const char *title = a->title ? a->title : q->looked->title, *roles = a->roles ? a->roles : q->looked->roles;
	if (c->shared.json) {
		struct json *j = c->json;
		json_text(j, "key", key);
		json_bytes(j, "title", title);
		json_bytes(j, "roles", roles);
		json_bool(j, "requested", a->request != NULL);
		json_bool(j, "checked", !a->request || a->digits);
		json_bool(j, "dry_run", a->dry_run);
		return print_json(c);
	}
	if (key)
		puts(key);
	tell(c, a->dry_run ? "%s could be appointed; nothing was signed." : "Appointed: %s", SHOW(title));
	if (key && a->request)
		hint(c,
		     "`valise card export -o CARD` makes the card that the officer takes in with `valise card add`; those who "
		     "write to you should have it too.");
	else if (key)
		hint(c, "give the newer card to those who write to you: `valise card export`.");
	return 0;
}

static int run_add(struct cli *c, const void *values)
{
	const struct add_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_FREE char *key = NULL, *identity = NULL;
	struct requested q = {.bytes = NULL};
	struct valise_appointment a = {.title = o->title,
				       .roles = o->roles,
				       .has_until = o->until.given,
				       .until_s = o->until.at_s,
				       .no_passphrase = o->no_passphrase || c->shared.dry_run,
				       .dry_run = c->shared.dry_run};
	int r = check_add(c, o);
	if (!r)
		r = identity_read(c, o->reading_identity, &identity);
	a.reading_identity = identity;
	if (!r)
		r = cli_open(c, !a.dry_run, &v);
	if (!r && c->n_operands)
		r = look_at_request(c, o, v, &a, &q);
	if (!r)
		r = valise_officer_add(v, &a, &key, &c->err);
	identity_wipe(identity);
	if (!r)
		r = show_added(c, &a, &q, key);
	requested_release(&q);
	return r;
}

const struct command command_officer_add = {
	.name = "officer add",
	.operands = "[REQUEST]",
	.summary = "Appoint an officer, whose key made REQUEST or is made here",
	.about =
		"Prints the key. The keeper's key signs the entry in the register.\n"
		"REQUEST is a file (- for standard input) that `valise officer request` made on the officer's own machine; --title "
		"and --roles give others than it asks for.\n"
		"machine marks a key that signs unattended, which every account then says: name it beside what it may say, "
		"as clerk,machine.",
	.options = add_options,
	.values_bytes = sizeof(struct add_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.max_operands = 1,
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
		struct json *j = c->json;
		json_bytes(j, "dismissed", c->operands[0]);
		json_bool(j, "dry_run", c->shared.dry_run);
		return print_json(c);
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
