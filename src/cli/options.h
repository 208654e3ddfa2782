/* SPDX-License-Identifier: Apache-2.0 */
/* Options as a table: each row says its name, where its value goes, and what --help prints of it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <valise/error.h>

enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_TEXT, /* const char *, once */
	OPTION_LIST, /* struct words, any number of times */
	OPTION_TIME  /* struct moment */
};

struct words {
	const char **at; /* the words are argv's; the array is freed by options_release */
	size_t n;
};

struct moment {
	bool given;
	int64_t at_s;
};

struct option_row {
	const char *name; /* long, without dashes; NULL ends a table */
	char letter;      /* short; 0 when none */
	enum option_kind kind;
	size_t offset;     /* of the value in the command's struct */
	const char *value; /* "OFFICE"; NULL for a flag */
	const char *help;
};

#define OPTION_END \
	{ \
		.name = NULL \
	}

/* A table and the struct that it fills in. */
struct option_table {
	const struct option_row *rows;
	void *values;
};

/* Takes what is an option out of argv; what remains is in operands (an array of argc words, to be freed). Options and operands may
 * alternate; "--" ends the options; "-" is an operand. */
int options_parse(const struct option_table *tables, size_t n_tables, int argc, char **argv, const char ***ret_operands,
		  size_t *ret_n, struct valise_err *err);
void options_release(const struct option_table *tables, size_t n_tables);

/* "  -t, --to OFFICE      seal to this office", wrapped to 80 columns. */
void options_print(const struct option_row *rows, FILE *out);
/* As show_wrapped, to 80 columns. */
void print_wrapped(FILE *out, const char *text, size_t indent, size_t column);

/* The one of `words` that is nearest to `typed`, or NULL when none is near. */
const char *nearest(const char *typed, const char *const *words, size_t n);

#endif
