/* SPDX-License-Identifier: Apache-2.0 */
/* Notes about a letter that a key numbers: the rows that statements and reports, two types and two tables, have alike. */
#ifndef SPOOL_NUMBERED_H
#define SPOOL_NUMBERED_H

#include "format/statement.h"
#include "spool/inside.h"

struct numbered_table {
	enum item_kind kind;
	const char *noun;         /* for error texts */
	const char *insert;       /* letter, signer, nth, item */
	const char *last_nth;     /* of letter, signer */
	const char *count;        /* of letter */
	const char *count_by_key; /* of letter, signer */
};

CHECKED int numbered_put(struct spool *s, const struct numbered_table *table, const struct note *note,
			 const struct hash *letter, const struct vkey *key, uint64_t nth, bool *ret_new,
			 struct valise_err *err);
/* `key` at NULL: of all keys. */
CHECKED int numbered_count(struct spool *s, const struct numbered_table *table, const struct hash *letter,
			   const struct vkey *key, uint64_t *ret, struct valise_err *err);
/* 0 when there is none. */
CHECKED int numbered_last(struct spool *s, const struct numbered_table *table, const struct hash *letter,
			  const struct vkey *key, uint64_t *ret, struct valise_err *err);

#endif
