/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts of reports, one or a list of them. */
#ifndef OFFICE_REPORT_H
#define OFFICE_REPORT_H

#include "evidence/arena.h"
#include "office/drafting.h"
#include "office/exhibits.h"

struct report_draft {
	struct valise_report_view view;
	char short_id[HASH_SHORT_BYTES];
	struct report r; /* its strs and spans borrow from the arena, as those of the view */
	char id[HASH_HEX_BYTES + 1];
};

/* An exhibit, by what the person called it: looked up, and checked, once. */
struct report_source {
	const char *called;
	struct exhibit_source source;
};

struct valise_report_draft {
	struct register_set set; /* our own register, as of the look */
	struct arena arena;
	bool dry_run; /* nothing of it can be signed: its exhibit may not be here */
	struct report_draft *drafts;
	size_t n;
	struct report_source *sources;
	size_t n_sources;
	const char **ids;
};

/* Room for `max` reports. */
CHECKED int report_drafts_new(struct valise *v, size_t max, bool dry_run, struct valise_report_draft **ret,
			      struct valise_err *err);
/* One more. After a failure it is not among them, and others may be added. */
CHECKED int report_drafts_add(struct valise *v, struct valise_report_draft *all, const struct valise_report *want,
			      struct valise_err *err);

#endif
