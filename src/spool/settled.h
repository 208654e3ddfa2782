/* SPDX-License-Identifier: Apache-2.0 */
/* For which places all letters are settled: as of which row of the log nothing of them was left to put there. All of it can be found again
 * by looking at every letter, and may go at any time. */
#ifndef SPOOL_SETTLED_H
#define SPOOL_SETTLED_H

#include "spool/spool.h"

/* Where the log ends. `came_back` grows when bytes come that were here before: those have their old row, and no new one. */
struct log_end {
	int64_t seq;
	int64_t came_back;
};
CHECKED int log_end(struct spool *s, struct log_end *ret, struct valise_err *err);

/* Letters here that something is about which came into the log after `seq`, some of them more than once. *ret_all is raised, and the rest
 * left out, where that was a register's entry: it may concern any letter. */
CHECKED int letters_touched(struct spool *s, int64_t seq, hash_each *each, void *context, bool *ret_all,
			    struct valise_err *err);

struct settled {
	struct hash place;        /* of all that decides what goes there but the log and the clock */
	struct log_end upto;      /* where the log ended before the first letter was looked at */
	int64_t since_s, until_s; /* by the clock, both included */
	const struct hash *open;  /* letters that are to be looked at each time */
	size_t n_open;
};
/* What holds of that place at `now_s`, with the log as it is now; the letters that are open go to `open`. *ret_is is false, and *ret
 * untouched, where nothing does. */
CHECKED int settled_get(struct spool *s, const struct hash *place, const struct log_end *now, int64_t now_s,
			struct settled *ret, hash_each *open, void *context, bool *ret_is, struct valise_err *err);
/* A transaction of its own, which waits for no disk, and not long for another writer. It takes the
 * place of what was known there; what is known of the places that were put longest ago goes. */
CHECKED int settled_put(struct spool *s, const struct settled *what, struct valise_err *err);
/* All is forgotten. In an open transaction. */
CHECKED int settled_drop(struct spool *s, struct valise_err *err);

#endif
