/* SPDX-License-Identifier: Apache-2.0 */
/* Which letters a put-out has to look at: all of them, or, where an earlier one left nothing to put, those of which there is something new. */
#ifndef OFFICE_SETTLED_H
#define OFFICE_SETTLED_H

#include "channel/store.h"
#include "office/put_out.h"
#include "spool/letters.h"
#include "spool/settled.h"

/* Bags of ours, by what they are known as. */
struct own_bag {
	char name[LIMIT_BAG_NAME_BYTES + 1];
	uint64_t bytes;
};
struct own_bags {
	struct own_bag *at;
	size_t n, cap;
};
CHECKED int own_bags_add(struct own_bags *b, const char *name, uint64_t bytes, struct valise_err *err);

/* What is looked at is settled where no look at it puts anything there, until something comes into the log that may alter that. It holds for
 * what lay there of bags of ours, and what is asked for, as `place` has them. */
struct settled_look {
	struct valise *v;
	const struct put_out_options *o;
	const struct hash *inside;             /* who bags inside our office are for; zeros */
	struct own_bags bags;                  /* of ours there, that the spool knows */
	char writer[LIMIT_BAG_NAME_BYTES + 1]; /* our name there, where there is one */
	bool is_known;                         /* all but `letters` are settled */
	bool is_unsure;                        /* something is not as it will be next time: nothing is remembered */
	struct settled holds;                  /* is_known: as it was found; its log_end and times go on to the next */
	struct log_end upto;
	int64_t now_s, since_s, until_s;
	struct hashes letters;  /* to look at; of all, the next of them */
	struct letter_place at; /* of all: how far they have been in `letters` */
	struct hashes open;     /* to look at next time as well */
	struct hashes dated;    /* offices whose appointments are in since_s and until_s */
};
#define CLEAN_SETTLED_LOOK CLEANUP(settled_look_release)
void settled_look_release(struct settled_look *s);

/* Before anything is looked at: what lies there, and which letters to look at. */
CHECKED int settled_look_begin(struct settled_look *s, struct store *store, struct valise_err *err);
/* All letters, after all, from the first on. */
CHECKED int settled_look_all(struct settled_look *s, struct valise_err *err);
/* Those after the ones in hand; none, when they were the last. */
CHECKED int settled_look_more(struct settled_look *s, struct valise_err *err);
/* What goes to that office depends on the clock where an appointment ends. o may be NULL. */
CHECKED int settled_look_date(struct settled_look *s, const struct hash *office, const struct office_register *o,
			      struct valise_err *err);
/* On a medium that cannot be written what lies there stays, and is as good as ever; and a look touches nothing. */
bool settled_can_remove(const struct settled_look *s, struct store *store);
/* After all went well, and these were written and removed there: remembered for next time. That may fail, and is not missed. */
void settled_look_end(struct settled_look *s, const struct own_bags *written, const struct own_bags *removed);

#endif
