/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts on their way to a signature: what say, report and open --say have in common. */
#ifndef CLI_DRAFTS_H
#define CLI_DRAFTS_H

#include "cli/cli.h"

static inline void valise_draft_freep(struct valise_draft **d)
{
	valise_draft_free(*d);
}
#define CLEAN_DRAFT __attribute__((cleanup(valise_draft_freep)))

/* Of thousands of letters that nobody typed so many are looked at, and signed, before the next: memory does not grow with them. */
#define DRAFTS_AT_ONCE ((size_t)1000)

/* Of statements or of reports; borrows from them. */
struct drafts {
	const char *noun, *key; /* "statement"; "statements", in JSON */
	const void *of;
	const struct valise_draft_view *(*at)(const void *of, size_t i);
	size_t n;
	size_t before; /* of this command, that went before these: looked at, and signed */
};
struct drafts statement_drafts(const struct valise_draft *d);
struct drafts report_drafts(const struct valise_report_draft *d);

/* {"short": ..., "note": ..., "already": ...} of each, into the list that is open; ids NULL: nothing was signed. */
void json_drafts(struct json *j, const struct drafts *d, const char *const *ids);
/* Around all that are shown or signed by one command: what --json has of them is a list. */
void drafts_begin(struct cli *c, const struct drafts *d);
int drafts_end(struct cli *c);
/* --dry-run: all of them, as they would be signed. */
void drafts_show(struct cli *c, const struct drafts *d);
/* Shows the questions. 0: whoever is there says yes, or there is nothing to sign. */
int drafts_ask(struct cli *c, const struct drafts *d, bool yes);
/* Prints what was signed; returns how many there are. */
size_t drafts_signed(struct cli *c, const struct drafts *d, const char *const *ids);

#endif
