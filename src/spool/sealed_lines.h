/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of letters in the spool: which letter each line became. Known here only, and never put out. */
#ifndef SPOOL_SEALED_LINES_H
#define SPOOL_SEALED_LINES_H

#include "spool/spool.h"

/* list: SHA-256 of its bytes; line: from 1 on. VALISE_E_BUSY when that line has its letter already. In the letter's transaction. */
CHECKED int sealed_line_put(struct spool *s, const struct hash *list, uint64_t round, uint64_t line,
			    const struct hash *letter, struct valise_err *err);

typedef int sealed_line_each(void *context, uint64_t line, const struct hash *letter);
/* The lines of the last round, in order. *ret_round is 0 when the list was never begun. */
CHECKED int sealed_lines_of(struct spool *s, const struct hash *list, uint64_t *ret_round, sealed_line_each *each,
			    void *context, struct valise_err *err);

#endif
