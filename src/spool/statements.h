/* SPDX-License-Identifier: Apache-2.0 */
/* Statements in the spool, by the letter they are about. */
#ifndef SPOOL_STATEMENTS_H
#define SPOOL_STATEMENTS_H

#include "format/statement.h"
#include "spool/spool.h"

/* A statement may be here before its letter is. */
CHECKED int statement_put(struct spool *s, const struct verified_statement *v, bool *ret_new, struct valise_err *err);
typedef int statement_each(void *context, struct verified_statement *v, int64_t taken_in_s); /* owns v */
/* By key, then nth, then intake. */
CHECKED int statements_of(struct spool *s, const struct hash *letter, statement_each *each, void *context,
			  struct valise_err *err);
/* The other letters of which a statement here regards that note. */
typedef int regarding_each(void *context, const struct hash *letter);
CHECKED int letters_regarding(struct spool *s, const struct hash *note, regarding_each *each, void *context,
			      struct valise_err *err);
/* About that letter, by that key, or with NULL by any. */
CHECKED int statement_count(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
			    struct valise_err *err);
/* The highest nth by that key about that letter; 0 when there is none. Reports are numbered apart. */
CHECKED int statement_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
			       struct valise_err *err);

#endif
