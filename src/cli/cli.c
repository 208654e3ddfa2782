/* SPDX-License-Identifier: Apache-2.0 */
/* Running one command of a program: its options, its help, its errors, its exit status. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/show.h"
#include "cli/signals.h"

/* ---- Codes, as a table: the stable name and the exit status of each ---- */

static const struct {
	int code;
	int status;
	const char *name;
} codes[] = {
	{VALISE_E_FAILURE, 1, "failure"},
	{VALISE_E_USAGE, 2, "usage"},
	{VALISE_E_UNMET, 3, "unmet"},
	{VALISE_E_BAD, 4, "bad"},
	{VALISE_E_UNKNOWN, 5, "unknown"},
	{VALISE_E_NO_OFFICE, 10, "no-office"},
	{VALISE_E_LOCKED, 11, "locked"},
	{VALISE_E_NOMEM, 1, "no-memory"},
	{VALISE_E_IO, 1, "io"},
	{VALISE_E_FULL, 1, "full"},
	{VALISE_E_READ_ONLY, 1, "read-only"},
	{VALISE_E_NOT_FOUND, 1, "not-found"},
	{VALISE_E_AMBIGUOUS, 1, "ambiguous"},
	{VALISE_E_NOT_ALLOWED, 1, "not-allowed"},
	{VALISE_E_EXISTS, 1, "exists"},
	{VALISE_E_LIMIT, 1, "limit"},
	{VALISE_E_BUSY, 1, "busy"},
	{VALISE_E_CHANGED, 1, "changed"},
	{VALISE_E_INTERRUPTED, 130, "interrupted"},
};
#define CODES (sizeof codes / sizeof codes[0])

int cli_exit_status(int code)
{
	for (size_t i = 0; i < CODES; i++)
		if (codes[i].code == code)
			return codes[i].status;
	return code ? 1 : 0;
}

const char *cli_code_name(int code)
{
	for (size_t i = 0; i < CODES; i++)
		if (codes[i].code == code)
			return codes[i].name;
	return "failure";
}

/* ---- Failing ---- */

int cli_fail(struct cli *c, int code, const char *fmt, ...)
{
	va_list args;
	c->err.code = code;
	va_start(args, fmt);
	(void)vsnprintf(c->err.text, sizeof c->err.text, fmt, args);
	va_end(args);
	return code;
}

int cli_shown(struct cli *c, int code)
{
	c->shown = true;
	return code;
}

void json_error(struct json *j, const struct valise_err *err)
{
	if (!err) {
		json_text(j, "error", NULL);
		return;
	}
	json_open_object(j, "error");
	json_text(j, "code", cli_code_name(err->code));
	json_number(j, "exit", (uint64_t)cli_exit_status(err->code));
	json_bytes(j, "text", err->text);
	json_close(j);
}

void cli_report(struct cli *c, const struct valise_err *err)
{
	progress_clear(&c->progress);
	if (c->shared.json) {
		if (!c->json)
			c->json = json_new(stdout);
		json_end_early(c->json, c->beside_error);
		json_error(c->json, err);
		if (json_end(c->json))
			return;
	}
	fprintf(stderr, "%s: ", c->program);
	show_to(stderr, err->text);
	fputc('\n', stderr);
	if (err->code == VALISE_E_USAGE && c->command)
		fprintf(stderr, "%s: see `%s%s%s --help`\n", c->program, c->program, c->command->name[0] ? " " : "",
			c->command->name);
}

int print_json(struct cli *c)
{
	return json_end(c->json) ? 0 : cli_fail(c, VALISE_E_NOMEM, "out of memory");
}

/* ---- Beginning and ending ---- */

/* A file that is opened must never become standard output. What the caller closed stays an error to use: nothing is read from 0,
 * nothing goes to 1. */
static void fill_standard_streams(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", modes[fd]);
}

void cli_begin(struct cli *c, const char *program)
{
	fill_standard_streams();
	signals_begin();
	*c = (struct cli){.program = program, .passphrases.fd = -1};
	terminal_look(&c->terminal);
	c->progress.on = c->terminal.err;
}

/* Standard output is written at the latest here; a disk that is full, or a reader that is gone, is a failure. */
static int finish_output(struct cli *c, int status)
{
	bool failed = ferror(stdout) != 0;
	errno = 0;
	if (fflush(stdout))
		failed = true;
	int why = errno;
	if (!failed)
		return status;
	if (why != EPIPE)
		fprintf(stderr, "%s: cannot write to standard output%s%s\n", c->program, why ? ": " : "",
			why ? strerrordesc_np(why) : "");
	return status ? status : 1;
}

int cli_end(struct cli *c, int r)
{
	if (r == VALISE_E_INTERRUPTED && c->err.text[0]) {
		c->shown = false; /* and what is done all the same, in words */
	} else if (r < 0 && interrupted()) {
		cli_fail(c, VALISE_E_INTERRUPTED, "interrupted");
		c->shown = false;
		r = VALISE_E_INTERRUPTED;
	}
	progress_clear(&c->progress);
	c->err.code = r;
	if (r < 0 && !c->shown)
		cli_report(c, &c->err);
	json_free(c->json);
	passphrases_wipe(&c->passphrases);
	return finish_output(c, r < 0 ? cli_exit_status(r) : 0);
}

/* ---- Options that several commands share ---- */

#define SHARED_OFFSET(member) offsetof(struct shared_values, member)

static const struct option_row json_option[] = {
	{"json", 0, OPTION_FLAG, SHARED_OFFSET(json), NULL, "print facts, and errors, as JSON"},
	{"help", 'h', OPTION_FLAG, SHARED_OFFSET(help), NULL, "print this"},
	OPTION_END,
};
static const struct {
	unsigned takes;
	struct option_row rows[2];
} shared_options[] = {
	{TAKES_DRY_RUN,
	 {{"dry-run", 0, OPTION_FLAG, SHARED_OFFSET(dry_run), NULL,
	   "check and show everything, change and sign nothing"},
	  OPTION_END}},
	{TAKES_PASSPHRASE,
	 {{"passphrase-fd", 0, OPTION_TEXT, SHARED_OFFSET(passphrase_fd), "N",
	   "read the passphrase from this descriptor"},
	  OPTION_END}},
	{TAKES_SPOOL,
	 {{"dir", 0, OPTION_TEXT, SHARED_OFFSET(dir), "DIR", "the office's directory, instead of the usual one"},
	  OPTION_END}},
};
#define SHARED (sizeof shared_options / sizeof shared_options[0])

_Static_assert(SHARED + 2 == CLI_TABLES, "a command's own table, one for each that is shared, and the last");

size_t cli_tables(struct cli *c, const struct command *command, void *values,
		  struct option_table ret[static CLI_TABLES])
{
	size_t n = 0;
	ret[n++] = (struct option_table){command->options, values};
	for (size_t i = 0; i < SHARED; i++)
		if (command->takes & shared_options[i].takes)
			ret[n++] = (struct option_table){shared_options[i].rows, &c->shared};
	ret[n++] = (struct option_table){json_option, &c->shared};
	return n;
}

void cli_help(const struct cli *c, const struct command *command, FILE *out)
{
	fprintf(out, "usage: %s%s%s [OPTION...]%s%s\n\n", c->program, command->name[0] ? " " : "", command->name,
		command->operands[0] ? " " : "", command->operands);
	fprintf(out, "%s.\n\n", command->summary);
	options_print(command->options, out);
	for (size_t i = 0; i < SHARED; i++)
		if (command->takes & shared_options[i].takes)
			options_print(shared_options[i].rows, out);
	options_print(json_option, out);
	for (const char *line = command->about; line && *line;) {
		size_t len = strcspn(line, "\n");
		char *paragraph = strndup(line, len);
		fputc('\n', out);
		print_wrapped(out, paragraph ? paragraph : "", 0, 0);
		free(paragraph);
		line += len + (line[len] != 0);
	}
	if (command->more_help)
		command->more_help(out);
}

/* Whether errors, also those of parsing, are asked for as JSON. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int check_operands(struct cli *c)
{
	const struct command *command = c->command;
	if (c->n_operands < command->min_operands)
		return cli_fail(c, VALISE_E_USAGE, "something is missing: %s%s%s takes %s", c->program,
				command->name[0] ? " " : "", command->name, command->operands);
	if (c->n_operands > command->max_operands)
		return cli_fail(c, VALISE_E_USAGE, "%s is one word too many: %s%s%s takes %s",
				SHOW(c->operands[command->max_operands]), c->program, command->name[0] ? " " : "",
				command->name, command->operands[0] ? command->operands : "none");
	return 0;
}

static int check_passphrase_fd(struct cli *c)
{
	const char *text = c->shared.passphrase_fd;
	if (!text)
		return 0;
	size_t digits = strspn(text, "0123456789");
	long fd = digits > 0 && digits < 10 && !text[digits] ? strtol(text, NULL, 10) : -1;
	if (fd < 0)
		return cli_fail(c, VALISE_E_USAGE, "--passphrase-fd %s: give the number of an open descriptor",
				SHOW(text));
	if (fcntl((int)fd, F_GETFD) < 0)
		return cli_fail(c, VALISE_E_USAGE, "--passphrase-fd %ld: that descriptor is not open", fd);
	c->passphrases.fd = (int)fd;
	return 0;
}

int cli_run(struct cli *c, const struct command *command, int argc, char **argv)
{
	struct option_table tables[CLI_TABLES];
	const char **operands = NULL;
	void *values = calloc(1, command->values_bytes ? command->values_bytes : 1);
	if (!values)
		return cli_end(c, cli_fail(c, VALISE_E_NOMEM, "out of memory"));
	c->command = command;
	size_t n_tables = cli_tables(c, command, values, tables);
	int r = options_parse(tables, n_tables, argc, argv, &operands, &c->n_operands, &c->err);
	if (r)
		c->shared.json = wants_json(argc, argv);
	else if (c->shared.json && !(c->json = json_new(stdout)))
		r = cli_fail(c, VALISE_E_NOMEM, "out of memory");
	c->operands = operands;
	if (!r && c->shared.help) {
		cli_help(c, command, stdout);
	} else if (!r) {
		r = check_operands(c);
		if (!r)
			r = check_passphrase_fd(c);
		if (!r)
			r = command->run(c, values);
	}
	options_release(tables, n_tables);
	free(operands);
	free(values);
	return cli_end(c, r);
}
