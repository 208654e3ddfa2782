/* SPDX-License-Identifier: Apache-2.0 */
/* valise seal --from-list: many letters, a line each. */
#ifndef CLI_SEAL_LIST_H
#define CLI_SEAL_LIST_H

#include "cli/cli.h"

/* path: the list, - for standard input. `common` is what holds for all its letters. */
int seal_from_list(struct cli *c, const char *path, const struct valise_letter *common, bool again);

#endif
