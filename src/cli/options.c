/* SPDX-License-Identifier: Apache-2.0 */
/* Options parsed by a table: long and short, with values attached or apart, each refusal naming the option. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "cli/moment.h"
#include "cli/show.h"

#define HELP_COLUMN 28
#define HELP_WIDTH 80

/* ---- Near misses ---- */

#define NEAR_MAX_BYTES 31

/* Levenshtein's distance; both at most NEAR_MAX_BYTES long. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NEAR_MAX_BYTES + 1], len = strlen(b);
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[len];
}

const char *nearest(const char *typed, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t length = strlen(typed), least = 1 + length / 3;
	if (length > NEAR_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t d = strlen(words[i]) > NEAR_MAX_BYTES ? NEAR_MAX_BYTES : distance(typed, words[i]);
		if (d <= least && (!best || d < least)) {
			best = words[i];
			least = d;
		}
	}
	return best;
}

/* ---- Parsing ---- */

struct parsing {
	const struct option_table *tables;
	size_t n_tables;
	char **argv;
	int argc, at;
	struct valise_err *err;
};

/* The row of a long name (len bytes) or of a short letter, and the struct that it fills in. */
static const struct option_row *find_row(const struct parsing *p, const char *name, size_t len, char letter,
					 void **ret_values)
{
	for (size_t t = 0; t < p->n_tables; t++)
		for (const struct option_row *row = p->tables[t].rows; row && row->name; row++) {
			bool same = letter ? row->letter == letter
					   : strlen(row->name) == len && memcmp(row->name, name, len) == 0;
			if (same) {
				*ret_values = p->tables[t].values;
				return row;
			}
		}
	return NULL;
}

static int refuse_unknown(const struct parsing *p, const char *word)
{
	const char *names[64];
	size_t n = 0;
	for (size_t t = 0; t < p->n_tables; t++)
		for (const struct option_row *row = p->tables[t].rows; row && row->name && n < 64; row++)
			names[n++] = row->name;
	const char *near = strncmp(word, "--", 2) == 0 ? nearest(word + 2, names, n) : NULL;
	if (near)
		return show_error(p->err, VALISE_E_USAGE, "there is no option %s here; did you mean --%s?", SHOW(word),
				  near);
	return show_error(p->err, VALISE_E_USAGE, "there is no option %s here; --help lists those that are",
			  SHOW(word));
}

static int add_word(struct words *list, const char *word, struct valise_err *err)
{
	const char **grown = realloc(list->at, (list->n + 1) * sizeof *grown);
	if (!grown)
		return show_error(err, VALISE_E_NOMEM, "out of memory");
	list->at = grown;
	list->at[list->n++] = word;
	return 0;
}

static int set_value(const struct parsing *p, const struct option_row *row, void *values, const char *value)
{
	void *place = (char *)values + row->offset;
	if (row->kind == OPTION_FLAG) {
		*(bool *)place = true;
		return 0;
	}
	if (row->kind == OPTION_LIST)
		return add_word(place, value, p->err);
	if (row->kind == OPTION_TIME) {
		struct moment *m = place;
		if (m->given)
			return show_error(p->err, VALISE_E_USAGE, "--%s is given twice", row->name);
		if (!moment_parse(value, &m->at_s))
			return show_error(
				p->err, VALISE_E_USAGE,
				"--%s %s: give a time as 2026-12-22T00:00:00Z, a day as 2026-12-22, or, for one to come, +30d from now",
				row->name, SHOW(value));
		m->given = true;
		return 0;
	}
	const char **text = place;
	if (*text)
		return show_error(p->err, VALISE_E_USAGE, "--%s is given twice", row->name);
	*text = value;
	return 0;
}

/* A value that follows as the next word. */
static int take_next(struct parsing *p, const struct option_row *row, const char **ret)
{
	if (p->at + 1 >= p->argc)
		return show_error(p->err, VALISE_E_USAGE, "--%s takes a value: --%s %s", row->name, row->name,
				  row->value);
	*ret = p->argv[++p->at];
	return 0;
}

static int parse_long(struct parsing *p, const char *word)
{
	const char *name = word + 2, *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
	void *values;
	const struct option_row *row = find_row(p, name, equals ? (size_t)(equals - name) : strlen(name), 0, &values);
	if (!row)
		return refuse_unknown(p, word);
	if (row->kind == OPTION_FLAG && value)
		return show_error(p->err, VALISE_E_USAGE, "--%s takes no value", row->name);
	int r = row->kind != OPTION_FLAG && !value ? take_next(p, row, &value) : 0;
	return r ? r : set_value(p, row, values, value);
}

static int parse_short(struct parsing *p, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const char *value = NULL;
		void *values;
		const struct option_row *row = find_row(p, NULL, 0, *letter, &values);
		if (!row)
			return refuse_unknown(p, word);
		if (row->kind != OPTION_FLAG) {
			value = letter + 1;
			int r = *value ? 0 : take_next(p, row, &value);
			return r ? r : set_value(p, row, values, value);
		}
		int r = set_value(p, row, values, NULL);
		if (r)
			return r;
	}
	return 0;
}

int options_parse(const struct option_table *tables, size_t n_tables, int argc, char **argv, const char ***ret_operands,
		  size_t *ret_n, struct valise_err *err)
{
	struct parsing p = {.tables = tables, .n_tables = n_tables, .argv = argv, .argc = argc, .err = err};
	const char **operands = calloc((size_t)argc + 1, sizeof *operands);
	size_t n = 0;
	bool ended = false;
	int r = operands ? 0 : show_error(err, VALISE_E_NOMEM, "out of memory");
	for (; !r && p.at < argc; p.at++) {
		const char *word = argv[p.at];
		if (ended || word[0] != '-' || !word[1])
			operands[n++] = word;
		else if (strcmp(word, "--") == 0)
			ended = true;
		else
			r = word[1] == '-' ? parse_long(&p, word) : parse_short(&p, word);
	}
	if (r) {
		free(operands);
		return r;
	}
	*ret_operands = operands;
	*ret_n = n;
	return 0;
}

void options_release(const struct option_table *tables, size_t n_tables)
{
	for (size_t t = 0; t < n_tables; t++)
		for (const struct option_row *row = tables[t].rows; row && row->name; row++)
			if (row->kind == OPTION_LIST)
				free(((struct words *)(void *)((char *)tables[t].values + row->offset))->at);
}

/* ---- Help ---- */

void print_wrapped(FILE *out, const char *text, size_t indent, size_t column)
{
	show_wrapped(out, text, indent, column, HELP_WIDTH);
}

void options_print(const struct option_row *rows, FILE *out)
{
	for (const struct option_row *row = rows; row && row->name; row++) {
		char left[80];
		int n = row->letter ? snprintf(left, sizeof left, "  -%c, --%s", row->letter, row->name)
				    : snprintf(left, sizeof left, "      --%s", row->name);
		if (row->value)
			n += snprintf(left + n, sizeof left - (size_t)n, " %s", row->value);
		fputs(left, out);
		if (n + 2 > HELP_COLUMN) {
			fputc('\n', out);
			n = 0;
		}
		fprintf(out, "%*s", HELP_COLUMN - n, "");
		print_wrapped(out, row->help, HELP_COLUMN, HELP_COLUMN);
	}
}
