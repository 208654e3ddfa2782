/* SPDX-License-Identifier: Apache-2.0 */
/* Completion out of the tables of commands, options and statements. */
#include "cli/complete.h"

#include <string.h>

#define OPERAND_BYTES 64

/* What else may stand in a place; the greater one holds where there are several. */
enum place { PLACE_WORDS, PLACE_DIRS, PLACE_FILES };

struct completion {
	struct cli *c;
	const struct completed_program *program;
	const char *current; /* the word that is being typed, as far as it is there */
	size_t fixed;        /* how many bytes of it stand: "--to=", "clerk," */
};

/* One word that could stand where `fixed` ends, when it begins as what was typed there. */
static void offer(const struct completion *w, const char *word, const char *about)
{
	const char *typed = w->current + w->fixed;
	if (strncmp(word, typed, strlen(typed)) != 0)
		return;
	printf("%.*s%s", (int)w->fixed, w->current, word);
	if (about && *about)
		printf("\t%s", about);
	putchar('\n');
}

/* A name from outside: one that could mislead, or be taken for an option, is not offered. */
static int offer_name(void *context, const char *name, const char *about)
{
	const struct completion *w = context;
	char *shown = valise_shown(name);
	if (shown && *name && *name != '-' && strcmp(shown, name) == 0)
		offer(w, name, about);
	free(shown);
	return 0;
}

/* ---- What can stand for a word of the tables ---- */

static void ask_names(struct completion *w, enum valise_names which)
{
	if (w->program->names)
		w->program->names(w->c, which, offer_name, w);
}

static void offer_offices(struct completion *w)
{
	ask_names(w, VALISE_NAMES_OFFICES);
}

static void offer_letters(struct completion *w)
{
	ask_names(w, VALISE_NAMES_LETTERS);
}

static void offer_exhibits(struct completion *w)
{
	ask_names(w, VALISE_NAMES_EXHIBITS);
}

static void offer_officers(struct completion *w)
{
	ask_names(w, VALISE_NAMES_OFFICERS);
}

static void offer_says(struct completion *w)
{
	struct valise_says row;
	for (size_t i = 0; valise_says_at(i, &row); i++)
		offer(w, row.name, row.means);
}

/* Each once: several statements share some. */
static void offer_reasons(struct completion *w)
{
	struct valise_says row;
	char seen[1024] = ",";
	size_t used = 1;
	for (size_t i = 0; valise_says_at(i, &row); i++)
		for (const char *at = row.reasons; at && *at; at += strspn(at, ",")) {
			char one[OPERAND_BYTES];
			size_t len = strcspn(at, ",");
			(void)snprintf(one, sizeof one, ",%.*s,", (int)len, at);
			at += len;
			if (strstr(seen, one) || used + len + 2 > sizeof seen)
				continue;
			used += (size_t)snprintf(seen + used, sizeof seen - used, "%s", one + 1);
			one[1 + len] = 0;
			offer(w, one + 1, row.name);
		}
}

static void offer_roles(struct completion *w)
{
	static const char *const roles[][2] = {
		{"principal", "seals"}, {"clerk", "acknowledges, cannot open"},   {"reader", "opens and reviews"},
		{"courier", "carries"}, {"spokesperson", "speaks about letters"}, {"machine", "signs unattended"},
	};
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		offer(w, roles[i][0], roles[i][1]);
}

/* Behind the last comma. */
static void offer_role_list(struct completion *w)
{
	const char *comma = strrchr(w->current + w->fixed, ',');
	if (comma)
		w->fixed = (size_t)(comma + 1 - w->current);
	offer_roles(w);
}

static const struct {
	const char *value; /* as it stands in usage lines and tables of options */
	enum place place;
	void (*offer)(struct completion *w);
} sources[] = {
	{"FILE", PLACE_FILES, NULL},
	{"CARD", PLACE_FILES, NULL},
	{"REQUEST", PLACE_FILES, NULL},
	{"DIR", PLACE_DIRS, NULL},
	{"OFFICE", PLACE_WORDS, offer_offices},
	{"LETTER", PLACE_WORDS, offer_letters},
	{"EXHIBIT", PLACE_FILES, offer_exhibits},
	{"OFFICER", PLACE_WORDS, offer_officers},
	{"WHAT", PLACE_WORDS, offer_says},
	{"CODE", PLACE_WORDS, offer_reasons},
	{"ROLE", PLACE_WORDS, offer_roles},
	{"ROLE,", PLACE_WORDS, offer_role_list},
};

/* Whether `name` is one of the words of "FILE|DIR|-...". */
static bool is_among(const char *value, const char *name)
{
	for (size_t len; *value; value += len + (value[len] == '|')) {
		len = strcspn(value, "|");
		size_t bare = len >= 3 && memcmp(value + len - 3, "...", 3) == 0 ? len - 3 : len;
		if (strlen(name) == bare && memcmp(value, name, bare) == 0)
			return true;
	}
	return false;
}

/* Those of "opened|FILE" that are typed as they stand. */
static void offer_literals(const struct completion *w, const char *value)
{
	char word[OPERAND_BYTES];
	for (size_t len; *value; value += len + (value[len] == '|')) {
		len = strcspn(value, "|");
		(void)snprintf(word, sizeof word, "%.*s", (int)len, value);
		if (*word >= 'a' && *word <= 'z')
			offer(w, word, NULL);
	}
}

/* The first line, then the words. NULL: nothing that is known can stand here. */
static void offer_value(struct completion *w, const char *value)
{
	static const char *const places[] = {[PLACE_WORDS] = "words", [PLACE_DIRS] = "dirs", [PLACE_FILES] = "files"};
	enum place place = PLACE_WORDS;
	for (size_t i = 0; value && i < sizeof sources / sizeof sources[0]; i++)
		if (is_among(value, sources[i].value) && sources[i].place > place)
			place = sources[i].place;
	puts(places[place]);
	if (value)
		offer_literals(w, value);
	for (size_t i = 0; value && i < sizeof sources / sizeof sources[0]; i++)
		if (sources[i].offer && is_among(value, sources[i].value))
			sources[i].offer(w);
}

/* ---- The words of a command ---- */

/* The k-th word of a usage line's operands, without the brackets around it; false past the last. */
static bool operand_at(const char *operands, size_t k, char ret[static OPERAND_BYTES])
{
	bool is_option = false, repeats = false;
	for (size_t len; *operands && !repeats; operands += strspn(operands, " ")) {
		len = strcspn(operands, " ");
		const char *token = operands;
		operands += len;
		bool is_value = is_option;
		is_option = len > 1 && token[0] == '-' && token[1] != '.' && token[1] != '|';
		if (is_option || is_value || (len == 1 && *token == '|'))
			continue;
		size_t open = strspn(token, "[{");
		len -= open;
		token += open;
		while (len > 0 && strchr("]}", token[len - 1]))
			len--;
		repeats = len >= 3 && memcmp(token + len - 3, "...", 3) == 0;
		if (k-- == 0 || repeats) {
			(void)snprintf(ret, OPERAND_BYTES, "%.*s", (int)len, token);
			return true;
		}
	}
	return false;
}

struct tables {
	struct option_table at[CLI_TABLES];
	size_t n;
};

/* The option that a word gives, or NULL; *ret_value: what is attached to it, or NULL. */
static const struct option_row *option_of(const struct tables *t, const char *word, const char **ret_value)
{
	bool is_long = word[0] == '-' && word[1] == '-';
	const char *name = is_long ? word + 2 : word + 1;
	size_t len = is_long ? strcspn(name, "=") : 1;
	*ret_value = NULL;
	for (size_t i = 0; i < t->n; i++)
		for (const struct option_row *row = t->at[i].rows; row && row->name; row++) {
			bool same = is_long ? strlen(row->name) == len && memcmp(row->name, name, len) == 0
					    : row->letter && row->letter == *name;
			if (!same)
				continue;
			if (name[len])
				*ret_value = name + len + is_long;
			return row;
		}
	return NULL;
}

static void offer_options(const struct completion *w, const struct tables *t)
{
	char word[80];
	puts("words");
	for (size_t i = 0; i < t->n; i++)
		for (const struct option_row *row = t->at[i].rows; row && row->name; row++) {
			(void)snprintf(word, sizeof word, "--%s", row->name);
			offer(w, word, row->help);
		}
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* The option that is being typed, or what is attached to it. */
static void complete_option(struct completion *w, const struct tables *t)
{
	const char *attached;
	const struct option_row *row = option_of(t, w->current, &attached);
	if (row && row->kind != OPTION_FLAG && attached) {
		w->fixed = (size_t)(attached - w->current);
		offer_value(w, row->value);
	} else {
		offer_options(w, t);
	}
}

/* Goes over the words before the one that is typed as options_parse would, and then knows what that one is. */
static void complete_command(struct completion *w, const struct command *command, int n, char **words)
{
	struct tables t;
	const struct option_row *waiting = NULL; /* for its value */
	const char *attached;
	char operand[OPERAND_BYTES];
	size_t operands = 0;
	bool ended = false;
	t.n = cli_tables(w->c, command, NULL, t.at);
	for (int i = 0; i < n; i++) {
		if (waiting) {
			if (strcmp(waiting->name, "dir") == 0)
				w->c->shared.dir = words[i];
			waiting = NULL;
		} else if (ended || !is_option(words[i])) {
			operands++;
		} else if (strcmp(words[i], "--") == 0) {
			ended = true;
		} else {
			const struct option_row *row = option_of(&t, words[i], &attached);
			waiting = row && row->kind != OPTION_FLAG && !attached ? row : NULL;
			if (row && attached && strcmp(row->name, "dir") == 0)
				w->c->shared.dir = attached;
		}
	}
	if (waiting) {
		offer_value(w, waiting->value);
	} else if (!ended && w->current[0] == '-') {
		complete_option(w, &t);
	} else {
		bool more = operands < command->max_operands && operand_at(command->operands, operands, operand);
		offer_value(w, more ? operand : NULL);
	}
}

/* ---- Which command ---- */

/* The first words of all commands, a family's once; or, of a family, what follows its own. */
static void offer_commands(const struct completion *w, const char *family)
{
	const struct completed_program *p = w->program;
	size_t before = family ? strlen(family) : 0, last = 0;
	const char *last_at = "";
	for (size_t i = 0; i < p->n; i++) {
		const char *name = p->commands[i]->name, *space = strchr(name, ' ');
		size_t first = space ? (size_t)(space - name) : strlen(name);
		char word[OPERAND_BYTES];
		if (family && space && first == before && memcmp(name, family, first) == 0)
			offer(w, space + 1, p->commands[i]->summary);
		if (family || (first == last && memcmp(name, last_at, first) == 0))
			continue;
		(void)snprintf(word, sizeof word, "%.*s", (int)first, name);
		offer(w, word, space ? "several commands" : p->commands[i]->summary);
		last = first;
		last_at = name;
	}
}

static void complete_name(struct completion *w, int n, char **words)
{
	static const struct option_row before[] = {
		{"dir", 0, OPTION_TEXT, 0, "DIR", "the office's directory, instead of the usual one"},
		{"help", 0, OPTION_FLAG, 0, NULL, "list the commands"},
		{"json", 0, OPTION_FLAG, 0, NULL, "print facts, and errors, as JSON"},
		{"version", 0, OPTION_FLAG, 0, NULL, "print the version"},
		OPTION_END,
	};
	const struct tables t = {.at = {{before, NULL}}, .n = 1};
	int i = 0;
	while (i < n && is_option(words[i])) {
		const char *value;
		const struct option_row *row = option_of(&t, words[i++], &value);
		if (row && row->value && !value && i++ == n) {
			offer_value(w, row->value);
			return;
		}
	}
	bool is_help = i < n && strcmp(words[i], "help") == 0;
	i += is_help;
	if (i == n && w->current[0] == '-') {
		complete_option(w, &t);
		return;
	}
	puts("words");
	if (n - i <= 1)
		offer_commands(w, i < n ? words[i] : NULL);
	if (i == n && !is_help)
		offer(w, "help", "say more about a command");
}

int complete_words(struct cli *c, const struct completed_program *program, int n, char **words)
{
	struct completion w = {.c = c, .program = program, .current = n > 0 ? words[n - 1] : ""};
	int before = n > 0 ? n - 1 : 0, used = 0;
	const struct command *command = program->find(before, words, &used);
	if (command)
		complete_command(&w, command, before - used, words + used);
	else
		complete_name(&w, before, words);
	return cli_end(c, 0);
}
