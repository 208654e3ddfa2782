/* SPDX-License-Identifier: Apache-2.0 */
/* What is here of the exhibits that reports name: out of a dossier's excerpts, and files that the asker has. */
#ifndef EVIDENCE_EXHIBITS_H
#define EVIDENCE_EXHIBITS_H

#include "evidence/evidence.h"
#include "format/excerpt.h"

struct exhibits {
	const struct report_span **wanted; /* all places that reports name, in order; NULL: not known yet */
	size_t n_wanted;
	struct exhibit_bytes *at; /* for evidence_accounts */
	void **owned;             /* the bytes of each; NULL: the caller's */
	size_t n, cap;
};
void exhibits_release(struct exhibits *x);

/* Which places these reports name; does nothing when it is known already. The reports must outlive x. */
CHECKED int exhibits_want(struct exhibits *x, const struct witnessed_report *reports, size_t n_reports,
			  struct valise_err *err);
/* Decodes it when a wanted place begins in it: no more is kept than a report points at. `is_whole`: its hash was checked. */
CHECKED int exhibits_add_excerpt(struct exhibits *x, const struct excerpt *e, bool is_whole, struct valise_err *err);
/* The bytes, whose hash this is, are borrowed. *ret_spans: how many wanted places lie in them. */
CHECKED int exhibits_add_file(struct exhibits *x, const struct hash *hash, struct str bytes, size_t *ret_spans,
			      struct valise_err *err);

#endif
