/* SPDX-License-Identifier: Apache-2.0 */
/* The program valise: a table of commands, and finding the one that was typed. */
#include <string.h>

#include "cli/commands.h"
#include "cli/show.h"

static const struct command *const commands[] = {
	&command_init,         &command_officer_request,
	&command_officer_add,  &command_officer_dismiss,
	&command_officer_list, &command_card_show,
	&command_card_export,  &command_card_add,
	&command_card_list,    &command_seal,
	&command_sync,         &command_say,
	&command_open,         &command_track,
	&command_exhibit_add,  &command_exhibit_list,
	&command_exhibit_show, &command_report,
	&command_dossier,      &command_docket,
	&command_verify,       &command_forget,
	&command_doctor,       &command_export,
	&command_import,
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void print_overview(FILE *out)
{
	fputs("usage: valise COMMAND [OPTION...] [WORD...]\n\n"
	      "Courier mail that can be proved, over any channel.\n\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n`valise help COMMAND` says more; so does the manual, `man valise`.\n", out);
}

/* How many words of `words` name the command: 0 when they do not. */
static int words_of(const struct command *command, int n, char **words)
{
	const char *space = strchr(command->name, ' ');
	size_t first = space ? (size_t)(space - command->name) : strlen(command->name);
	if (n < 1 || strlen(words[0]) != first || memcmp(words[0], command->name, first) != 0)
		return 0;
	if (!space)
		return 1;
	return n >= 2 && strcmp(words[1], space + 1) == 0 ? 2 : 0;
}

/* "card" alone, or "card --help": what can follow it. False when it is no such word. */
static bool print_family(const char *word, FILE *out)
{
	bool any = false;
	for (size_t i = 0; i < COMMANDS; i++) {
		size_t len = strlen(word);
		if (strncmp(commands[i]->name, word, len) != 0 || commands[i]->name[len] != ' ')
			continue;
		if (!any)
			fprintf(out, "usage: valise %s COMMAND [OPTION...] [WORD...]\n\n", word);
		any = true;
		fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
	}
	return any;
}

static int refuse_unknown(struct cli *c, int n, char **words)
{
	const char *names[COMMANDS];
	char typed[128];
	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i]->name;
	if (n > 1)
		(void)snprintf(typed, sizeof typed, "%s %s", words[0], words[1]);
	const char *near = n > 1 ? nearest(typed, names, COMMANDS) : NULL;
	if (!near)
		near = nearest(words[0], names, COMMANDS);
	for (int i = 0; i < n; i++)
		c->shared.json |= strcmp(words[i], "--json") == 0;
	c->err.code = VALISE_E_USAGE;
	if (near)
		(void)cli_fail(c, VALISE_E_USAGE, "there is no command %s; did you mean `valise %s`?", SHOW(words[0]),
			       near);
	else
		(void)cli_fail(c, VALISE_E_USAGE, "there is no command %s; `valise help` lists those that are",
			       SHOW(words[0]));
	return cli_end(c, VALISE_E_USAGE);
}

static const struct command *find_command(int n, char **words, int *ret_used)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		int used = words_of(commands[i], n, words);
		if (used) {
			*ret_used = used;
			return commands[i];
		}
	}
	return NULL;
}

static bool is_word(const char *word, const char *one, const char *other)
{
	return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

static bool asks_for_help(const char *word)
{
	return is_word(word, "--help", "-h") || strcmp(word, "help") == 0;
}

static int help(struct cli *c, int n, char **words)
{
	int used;
	const struct command *command = find_command(n, words, &used);
	if (n == 0 || asks_for_help(words[0]))
		print_overview(stdout);
	else if (command)
		cli_help(c, command, stdout);
	else if (!print_family(words[0], stdout))
		return refuse_unknown(c, n, words);
	return cli_end(c, 0);
}

/* How many words before the command are options with their values: `valise --dir D --json track`. */
static int leading_options(int n, char **words)
{
	int i = 0;
	while (i < n && strncmp(words[i], "--", 2) == 0)
		i += strcmp(words[i], "--dir") == 0 || strcmp(words[i], "--passphrase-fd") == 0 ? 2 : 1;
	return i < n ? i : 0;
}

/* Puts them behind the command's own words, where its options are read. */
static const struct command *find_behind_options(int n, char **words, int *ret_used)
{
	int lead = leading_options(n, words), used;
	const struct command *command = lead ? find_command(n - lead, words + lead, &used) : NULL;
	if (!command)
		return NULL;
	memmove(words + used, words, (size_t)lead * sizeof *words);
	*ret_used = used;
	return command;
}

static const struct command *find_anywhere(int n, char **words, int *ret_used)
{
	const struct command *command = find_command(n, words, ret_used);
	return command ? command : find_behind_options(n, words, ret_used);
}

static const struct completed_program completed = {commands, COMMANDS, find_anywhere, names_here};

int main(int argc, char **argv)
{
	struct cli c;
	int n = argc > 0 ? argc - 1 : 0, used;
	char **words = argv + (argc > 0);
	cli_begin(&c, "valise");
	if (n == 0) {
		print_overview(stderr);
		return cli_exit_status(VALISE_E_USAGE);
	}
	if (is_word(words[0], "--version", "version")) {
		printf("valise %s\n", valise_version());
		return cli_end(&c, 0);
	}
	if (strcmp(words[0], "--complete") == 0)
		return complete_words(&c, &completed, n - 1, words + 1);
	if (asks_for_help(words[0]))
		return help(&c, n - 1, words + 1);
	const struct command *command = find_anywhere(n, words, &used);
	if (command)
		return cli_run(&c, command, n - used, words + used);
	if (n == 1 || is_word(words[1], "--help", "-h")) {
		if (print_family(words[0], n == 1 ? stderr : stdout))
			return n == 1 ? cli_exit_status(VALISE_E_USAGE) : cli_end(&c, 0);
	}
	return refuse_unknown(&c, n, words);
}
