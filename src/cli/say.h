/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at statements, asking, and signing them: what say and open --say have in common. */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include "cli/cli.h"

static inline void valise_draft_freep(struct valise_draft **d)
{
	valise_draft_free(*d);
}
#define CLEAN_DRAFT __attribute__((cleanup(valise_draft_freep)))

/* [{"letter": ..., "note": ..., "already": ...}, ...]; ids NULL: nothing was signed. */
void json_drafts(struct json *j, const char *key, const struct valise_draft *d, const char *const *ids);

#endif
