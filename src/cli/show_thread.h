/* SPDX-License-Identifier: Apache-2.0 */
/* Letters that belong together, shown to people and to programs. */
#ifndef CLI_SHOW_THREAD_H
#define CLI_SHOW_THREAD_H

#include "cli/cli.h"
#include "cli/show.h"

/* valise track --thread LETTER. */
int track_thread(struct cli *c, struct valise *v, const char *letter, const struct look_back *back);

#endif
