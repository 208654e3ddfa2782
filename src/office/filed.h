/* SPDX-License-Identifier: Apache-2.0 */
/* What our office has filed about a letter, so that nobody signs the same report twice. */
#ifndef OFFICE_FILED_H
#define OFFICE_FILED_H

#include "office/office.h"

/* Reports by what they say: all of their text but who signs it, when, and under which number. */
struct filed {
	struct filed_report *at;
	size_t n, cap;
	struct hash_index index;
};
#define CLEAN_FILED CLEANUP(filed_release)
void filed_release(struct filed *f);

/* Those of this spool that no later report of ours corrects; `self` is our register. */
CHECKED int filed_load(struct valise *v, const struct register_set *self, const struct hash *letter, struct filed *ret,
		       struct valise_err *err);
/* `text` is that of a report, signed or not. NULL: nothing that says the same is filed; else its id. */
const struct hash *filed_find(const struct filed *f, struct str text);
CHECKED int filed_add(struct filed *f, struct str text, const struct hash *id, struct valise_err *err);

#endif
