/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts of reports, one or a list of them. */
#ifndef OFFICE_REPORT_H
#define OFFICE_REPORT_H

#include "evidence/arena.h"
#include "office/drafting.h"
#include "office/exhibits.h"
#include "office/filed.h"

#define REPORT_SOURCES 64u /* that a list keeps open at a time */

struct report_draft {
	struct valise_draft_view view;
	struct report r; /* its strs and spans borrow from the arena, as those of the view */
	char id[HASH_HEX_BYTES + 1];
};

/* An exhibit, by what the person called it: looked up, and checked, once. */
struct report_source {
	const char *called;
	struct exhibit_source source;
};

/* Reports about one letter. */
struct valise_report_draft {
	struct hash letter;
	char short_id[HASH_SHORT_BYTES];
	struct verified_seal *seal;
	struct register_set set; /* our own register, as of the look */
	struct arena arena;
	bool dry_run; /* nothing of it can be signed: its exhibit may not be here */
	struct report_draft *drafts;
	size_t n, n_new;                              /* n_new: of which nothing says `already` */
	struct report_source sources[REPORT_SOURCES]; /* the newest of them */
	size_t n_sources;
	size_t n_taken;     /* files that came in for it, and stay whatever becomes of the reports */
	struct filed filed; /* the drafts among them */
	const char **ids;
};

/* Room for `max` reports about the letter. */
CHECKED int report_drafts_new(struct valise *v, const char *letter, size_t max, bool dry_run,
			      struct valise_report_draft **ret, struct valise_err *err);
/* Returns `code`, an error's or 0: of files that came in meanwhile the error says so. */
int report_drafts_failed(const struct valise_report_draft *all, int code, struct valise_err *err);
/* One more. After a failure it is not among them, and others may be added. */
CHECKED int report_drafts_add(struct valise *v, struct valise_report_draft *all, const struct valise_report *want,
			      struct valise_err *err);

#endif
