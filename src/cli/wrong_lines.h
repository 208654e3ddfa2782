/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a list that are wrong: each is told of with its number, before the command fails. */
#ifndef CLI_WRONG_LINES_H
#define CLI_WRONG_LINES_H

#include "cli/cli.h"

/* context: the struct cli. On standard error; with --json into "wrong" beside the error. */
void wrong_line(void *context, size_t line, const char *text);

#endif
