/* SPDX-License-Identifier: Apache-2.0 */
/* Letters of a sync's report, in little memory however many they are. */
#ifndef OFFICE_SYNC_LETTERS_H
#define OFFICE_SYNC_LETTERS_H

#include "office/office.h"
#include "office/roll.h"

#define SYNC_TEXTS_MAX 16u

/* All zeros but for the spool of `lines`: none. */
struct sync_letters {
	struct roll lines;
	size_t n_whole;
	struct hash_index offices; /* whose names are known, to their numbers */
	char **names;
	size_t n_names, cap_names;
	const char *texts[SYNC_TEXTS_MAX]; /* what is said of letters: constants */
};
void sync_letters_release(struct sync_letters *l);
/* Adds one with its names, and what else `line` says. */
CHECKED int sync_letters_add(struct sync_letters *l, struct valise *v, const struct hash *id, const struct hash *from,
			     struct str ref, const struct valise_sync_letter *line, struct valise_err *err);
CHECKED int sync_letters_show(const struct sync_letters *l, valise_sync_each *each, void *context,
			      struct valise_err *err);

#endif
