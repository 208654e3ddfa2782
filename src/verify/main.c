/* SPDX-License-Identifier: Apache-2.0 */
/* The program valise-verify: judges a dossier, and links nothing else that could go wrong: no database, no archive reader. */
#include <string.h>

#include "cli/complete.h"
#include "cli/judge.h"

static int run(struct cli *c, const void *values)
{
	return judge(c, values, NULL, NULL);
}

static const struct command command = {
	.name = "",
	.operands = "FILE",
	.summary = "Judge a dossier of Valise: who says what, and what it does not show",
	.about = judge_about,
	.options = judge_options,
	.values_bytes = sizeof(struct judge_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};

static const struct command *find(int n, char **words, int *ret_used)
{
	(void)n;
	(void)words;
	*ret_used = 0;
	return &command;
}

static const struct completed_program completed = {.find = find};

int main(int argc, char **argv)
{
	struct cli c;
	cli_begin(&c, "valise-verify");
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("valise-verify " VALISE_VERSION);
		return cli_end(&c, 0);
	}
	if (argc > 1 && strcmp(argv[1], "--complete") == 0)
		return complete_words(&c, &completed, argc - 2, argv + 2);
	return cli_run(&c, &command, argc > 0 ? argc - 1 : 0, argv + (argc > 0));
}
