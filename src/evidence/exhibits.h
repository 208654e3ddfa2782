/* SPDX-License-Identifier: Apache-2.0 */
/* What is here of the exhibits that reports name: out of a dossier's excerpts, and files that the asker has. */
#ifndef EVIDENCE_EXHIBITS_H
#define EVIDENCE_EXHIBITS_H

#include "evidence/places.h"
#include "format/excerpt.h"

struct exhibits {
	struct place *wanted; /* all that reports name; NULL: not known yet */
	size_t n_wanted;
	struct exhibit_bytes *at; /* for evidence_accounts; their bytes are owned */
	size_t n, cap;
};
void exhibits_release(struct exhibits *x);

/* Which places these reports name, which it puts in order; does nothing when it is known already. */
CHECKED int exhibits_want(struct exhibits *x, struct witnessed_report *reports, size_t n_reports,
			  struct valise_err *err);
/* Keeps of it what a report points at; of a mere piece all, when a wanted place begins in it. `is_whole`: its hash was checked. */
CHECKED int exhibits_add_excerpt(struct exhibits *x, const struct excerpt *e, bool is_whole, struct valise_err *err);

/* A file that is read once, from its beginning to its end, in the memory that its words take: which exhibit it is, is known at the end. */
struct exhibit_reading;
CHECKED int exhibit_reading_new(struct exhibits *x, struct exhibit_reading **ret, struct valise_err *err);
CHECKED int exhibit_reading_add(struct exhibit_reading *g, const void *data, size_t len, struct valise_err *err);
/* *ret_spans: how many places of reports lie in it. */
CHECKED int exhibit_reading_end(struct exhibit_reading *g, struct hash *ret, uint64_t *ret_bytes, size_t *ret_spans,
				struct valise_err *err);
void exhibit_reading_free(struct exhibit_reading *g);
void exhibit_reading_freep(struct exhibit_reading **g);
#define CLEAN_EXHIBIT_READING CLEANUP(exhibit_reading_freep)

#endif
