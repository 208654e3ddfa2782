/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals, shown to people and to programs. */
#ifndef CLI_SHOW_PROPOSALS_H
#define CLI_SHOW_PROPOSALS_H

#include "cli/cli.h"
#include "cli/show.h"

void show_proposals(struct cli *c, const struct valise_proposals *p);
/* A list of them, as spec/json.md. */
void json_proposals(struct json *j, const char *key, const struct valise_proposals *p);

/* valise track --proposals. with: NULL, or the office as it was typed. last: NULL, or the one word of which only the last is shown. */
int track_proposals(struct cli *c, struct valise *v, const char *with, const char *last, const struct look_back *back);

#endif
