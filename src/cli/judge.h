/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a dossier: what valise verify and valise-verify have in common. */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "cli/cli.h"

struct judge_options {
	struct words require, know, file;
};
extern const struct option_row judge_options[];
extern const char judge_about[];

/* Cards of offices that are known. */
struct known {
	struct valise_known *at;
	size_t n;
};
int known_add(struct cli *c, struct known *k, char *card, size_t len, char *petname); /* takes card and petname */
void known_release(struct known *k);

/* Reads and judges the dossier that is the command's operand, shows it, and returns the verdict's code. `more` may add offices that
 * are known otherwise, once those that matter are known; NULL. */
typedef int judge_more(struct cli *c, void *context, const struct valise_accounts *a, struct known *k);
int judge(struct cli *c, const struct judge_options *o, judge_more *more, void *context);

#endif
