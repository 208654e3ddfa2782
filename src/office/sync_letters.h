/* SPDX-License-Identifier: Apache-2.0 */
/* Letters of a sync's report, as it is given to others: of hundreds of thousands in about 200 bytes each. */
#ifndef OFFICE_SYNC_LETTERS_H
#define OFFICE_SYNC_LETTERS_H

#include "office/office.h"

struct sync_letters {
	struct valise_sync_letter *at;
	size_t n, cap;
	struct hash_index offices; /* whose names are known, to their numbers */
	char **names;
	size_t n_names, cap_names;
};
void sync_letters_release(struct sync_letters *l);
/* Adds one with its names, and what else `line` says. `ref` is copied. */
CHECKED int sync_letters_add(struct sync_letters *l, struct valise *v, const struct hash *id, const struct hash *from,
			     struct str ref, const struct valise_sync_letter *line, struct valise_err *err);

#endif
