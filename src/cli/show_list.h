/* SPDX-License-Identifier: Apache-2.0 */
/* valise track without a letter: the list, page by page, and what all letters come to. */
#ifndef CLI_SHOW_LIST_H
#define CLI_SHOW_LIST_H

#include "cli/cli.h"
#include "cli/show.h"

struct list_options {
	const char *from, *to, *ref, *words, *before, *limit;
	bool unanswered, all;
	struct moment since, until;
};
/* Whether any of it was given. */
bool list_asked(const struct list_options *o);
int track_list(struct cli *c, struct valise *v, const struct list_options *o, const struct look_back *back);
/* When these offices, or all with a card here, were last heard of. */
int track_heard(struct cli *c, struct valise *v, const char *const *offices, size_t n, const struct look_back *back);

#endif
