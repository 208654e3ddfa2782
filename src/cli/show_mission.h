/* SPDX-License-Identifier: Apache-2.0 */
/* What a brief sent somebody to do, shown to people and to programs. */
#ifndef CLI_SHOW_MISSION_H
#define CLI_SHOW_MISSION_H

#include "cli/cli.h"

/* Nothing for a letter that sent nobody anywhere. */
void show_mission(struct cli *c, const struct valise_mission *m);
/* The members "errands" and "meetings", as spec/json.md. */
void json_mission(struct json *j, const struct valise_mission *m);

#endif
