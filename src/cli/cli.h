/* SPDX-License-Identifier: Apache-2.0 */
/* What every command of a program shares: its row, the options that all have, and how it talks, fails and ends. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>
#include <stdlib.h>

#include <valise/valise.h>

#include "cli/json.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"

struct cli;

/* Which of the options that several commands share a command takes. */
enum takes {
	TAKES_SPOOL = 1u << 0,      /* --dir */
	TAKES_PASSPHRASE = 1u << 1, /* --passphrase-fd */
	TAKES_DRY_RUN = 1u << 2     /* --dry-run */
};

/* One row of a program's table of commands. */
struct command {
	const char *name;     /* "seal", "card add" */
	const char *operands; /* of the usage line; "" when none */
	const char *summary;  /* one line, without a full stop */
	const char *about;    /* paragraphs for --help, each on its own line */
	const struct option_row *options;
	size_t values_bytes; /* of the struct that the options fill in */
	unsigned takes;
	size_t min_operands, max_operands;
	/* Returns 0, or an error's code: its text is in c->err, unless cli_shown() says that it has been told already. */
	int (*run)(struct cli *c, const void *values);
	void (*more_help)(FILE *out); /* what --help ends with; NULL */
};

struct shared_values {
	const char *dir;
	const char *passphrase_fd;
	bool json, help, dry_run;
};

struct cli {
	const char *program;
	const struct command *command;
	struct shared_values shared;
	const char *const *operands;
	size_t n_operands;
	struct terminal terminal;
	struct progress progress;
	struct passphrases passphrases;
	struct json *json; /* the one document of --json; NULL without it */
	bool beside_error; /* what the document has already stays, beside an error */
	bool shown;        /* the verdict is on standard output: the code becomes the exit status without a word more */
	struct valise_err err;
};

/* Runs one row with its arguments: parses, runs, reports, and gives the exit status. */
int cli_run(struct cli *c, const struct command *command, int argc, char **argv);
/* Before anything else in a program: descriptors 0 to 2 are there, signals set a flag, SIGPIPE is no death. */
void cli_begin(struct cli *c, const char *program);

/* The end of a program: reports what is to be reported, flushes standard output, gives the exit status. */
int cli_end(struct cli *c, int r);

/* "usage: valise seal -t OFFICE... FILE", the summary, the options. */
void cli_help(const struct cli *c, const struct command *command, FILE *out);

/* The tables that a command's words are held against, its own and those that it shares; returns how many. */
#define CLI_TABLES 5
size_t cli_tables(struct cli *c, const struct command *command, void *values,
		  struct option_table ret[static CLI_TABLES]);

/* Puts the text into c->err and returns `code`. Bytes from outside go through show() first. */
int cli_fail(struct cli *c, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A code whose verdict stands on standard output already. */
int cli_shown(struct cli *c, int code);
/* The exit status that goes with a code, and its stable name for --json. */
int cli_exit_status(int code);
const char *cli_code_name(int code);
/* Writes the error as this run does: for a person on standard error, or {"error": ...} on standard output. */
void cli_report(struct cli *c, const struct valise_err *err);

/* The document is finished, and goes to standard output. */
int print_json(struct cli *c);

/* Opens the office of --dir, VALISE_DIR, XDG_DATA_HOME or ~/.local/share. */
int cli_open(struct cli *c, bool writing, struct valise **ret);
/* That directory's path, to be freed. */
int cli_dir(struct cli *c, char **ret);
/* What the library asks of this program. */
struct valise_caller cli_caller(struct cli *c);

/* LETTER... or --all, into a list of names; freed by letters_release. */
struct letters {
	const char *const *names;
	size_t n;
	char **owned;
};
int cli_letters(struct cli *c, struct valise *v, const char *const *names, size_t n, bool all, enum valise_all which,
		struct letters *ret);
void letters_release(struct letters *l);

static inline void valise_closep(struct valise **v)
{
	valise_close(*v);
}
static inline void free_p(void *p)
{
	free(*(void **)p);
}
#define CLEAN_VALISE __attribute__((cleanup(valise_closep)))
#define CLEAN_FREE __attribute__((cleanup(free_p)))

#endif
