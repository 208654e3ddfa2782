/* SPDX-License-Identifier: Apache-2.0 */
/* What could be typed next, worked out from the same tables that parse it: the shells' completions only ask. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/cli.h"

/* Calls back for each name that could be typed here; says nothing when it cannot. */
typedef int complete_each(void *context, const char *name, const char *about);
typedef void complete_names(struct cli *c, enum valise_names which, complete_each *each, void *context);

/* A program's commands. */
struct completed_program {
	const struct command *const *commands;
	size_t n;
	/* The command that words begin with, and how many of them name it; what stands before it is moved behind. */
	const struct command *(*find)(int n, char **words, int *ret_used);
	complete_names *names; /* NULL: the program has no office to ask */
};

/* `words` are those behind the program's name, the last of them (it may be empty) the one that is being typed. Prints on standard output
 * what else may stand there, "words", "files" or "dirs", and then a line for each word that could: the word, and behind a tab what it is.
 * Words that hold what is unsafe to show are left out, and whatever fails is no word. Nothing on standard error; ends with 0. */
int complete_words(struct cli *c, const struct completed_program *program, int n, char **words);

#endif
