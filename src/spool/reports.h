/* SPDX-License-Identifier: Apache-2.0 */
/* Reports in the spool, by the letter they are about: kept apart from statements, as hearsay is. */
#ifndef SPOOL_REPORTS_H
#define SPOOL_REPORTS_H

#include "format/report.h"
#include "spool/spool.h"

CHECKED int report_put(struct spool *s, const struct verified_report *v, bool *ret_new, struct valise_err *err);
typedef int report_each(void *context, struct verified_report *v, int64_t taken_in_s); /* owns v */
/* By key, then nth, then intake. */
CHECKED int reports_of(struct spool *s, const struct hash *letter, report_each *each, void *context,
		       struct valise_err *err);

/* Of all letters, in order of intake; those that are damaged here are passed over. */
CHECKED int reports_each(struct spool *s, report_each *each, void *context, struct valise_err *err);
/* About that letter, by that key, or with NULL by any. */
CHECKED int report_count(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
			 struct valise_err *err);
/* The highest nth by that key about that letter; 0 when there is none. Statements are numbered apart. */
CHECKED int report_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
			    struct valise_err *err);

#endif
