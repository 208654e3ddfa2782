/* SPDX-License-Identifier: Apache-2.0 */
/* Taking bags in: every record is checked against what signs for it before it is kept; nothing is said about it. */
#ifndef OFFICE_TAKE_IN_H
#define OFFICE_TAKE_IN_H

#include "office/findings.h"
#include "office/inside.h"

struct take_in_options {
	bool look;                /* keep nothing, write nothing */
	bool is_pipe;             /* nothing lies beside the bags: what is no whole bag is one that was damaged */
	bool all;                 /* letters that are neither from us nor to us nor wrapped for us too */
	bool inside;              /* it matters what bags of our own office's machines hold */
	const char *const *names; /* letters named so too */
	size_t n_names;
};

/* One letter of which something came, or lies there. */
struct arrival {
	struct hash id, from, body, cover;
	uint64_t body_bytes, cover_bytes;
	struct str ref; /* owned text */
	bool is_new, is_paper, for_us;
	bool has_cover, has_body;
	bool was_whole;      /* before this sync */
	bool is_let_go;      /* its bytes were let go of here, and are left where they lie */
	bool is_broken;      /* its seal gives the body another size than it has */
	bool is_filed;       /* it is in memory once more, and was counted before */
	bool in_part;        /* in a look: some of its body lies there */
	size_t next_of_body; /* the next arrival whose seal names the same body, and 1; 0: none */
};

struct take_in_result {
	size_t n_arrivals;
	size_t statements, reports, exhibits, entries;
	size_t bags_read, bags_skipped, bags_not_for_us;
	uint64_t bytes;
	const struct findings *findings;
	bool damaged;                       /* something was malformed or altered */
	bool no_room;                       /* a letter was left where it lies, since it lacks more than what is free */
	const struct vouched_bags *vouched; /* there, by our own office's other machines */
	bool left_over; /* records waited for what another bag may hold: another pass may take them */
};

struct take_in;
/* Whether somebody who typed that may mean a letter: by its ref, or the beginning of its id. */
bool take_in_is_named(const struct hash *id, struct str ref, const char *name);
CHECKED int take_in_new(struct valise *v, const struct take_in_options *o, struct take_in **ret,
			struct valise_err *err);
void take_in_free(struct take_in *t);
void take_in_freep(struct take_in **t);
#define CLEAN_TAKE_IN CLEANUP(take_in_freep)
/* One bag, from fd; `name` is for findings. Damage is a finding, not an error. Skipped when it was taken in whole before. */
CHECKED int take_in_bag(struct take_in *t, int fd, uint64_t bytes, const char *name, struct valise_err *err);
/* A bag that cannot be read at all: a finding as well. */
CHECKED int take_in_unreadable(struct take_in *t, const char *name, const char *why, struct valise_err *err);
/* A failure ended it: what was not committed is undone. */
void take_in_cut(struct take_in *t);
/* Clears left_over for the next pass; false when the last pass brought nothing, so that another would not either. */
bool take_in_again(struct take_in *t);
/* Borrowed until take_in_free. */
struct take_in_result take_in_result(const struct take_in *t);
/* What came, or lies there in a look. Each lives for the call; one may come twice, if it was whole before the second time. */
typedef int arrival_each(void *context, const struct arrival *a);
CHECKED int take_in_each_arrival(const struct take_in *t, arrival_each *each, void *context, struct valise_err *err);

#endif
