/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one intake, and the steps that its files share; nobody else includes this. */
#ifndef OFFICE_TAKING_H
#define OFFICE_TAKING_H

#include "format/bag.h"
#include "office/take_in.h"

#define UNWRAP_KEYS_MAX 64u
#define TALLY_MAX_BYTES (32u * 1024 * 1024)
#define TALLIES_MAX_BYTES (64u * 1024 * 1024) /* of all letters of one sync together */

struct take_in {
	struct valise *v;
	struct take_in_options o;
	int64_t now_s;
	struct arrival *arrivals;
	size_t n_arrivals, cap_arrivals;
	struct hash_index by_id, by_body;
	struct hashes concerned;         /* offices that letters or statements here name */
	struct verified_entry **pending; /* register entries of the bag in hand */
	size_t n_pending, cap_pending;
	size_t pending_bytes;
	struct body_intake *body; /* being written */
	size_t body_of;           /* index into arrivals */
	size_t busy_body;         /* index + 1 of the one that another process is taking in */
	size_t tally_bytes;       /* held in arrivals */
	unsigned unsynced;
	bool in_transaction;
	unsigned in_batch;
	/* The bag in hand. */
	const char *bag;
	bool wrapped;
	bool wrapping_damaged; /* told already: what the reader then says of the rest is no news */
	bool orphans;          /* it held what waits for another bag */
	size_t taken;          /* items that this pass brought */
	struct age_identity keys[UNWRAP_KEYS_MAX];
	size_t n_keys;
	bool keys_loaded;
	struct take_in_result r;
	char **findings;
	struct valise_err *err; /* of the call in hand, for the callback */
};

/* ---- take_in.c ---- */

/* A sentence about the bag in hand. */
CHECKED int take_in_finding(struct take_in *t, const char *what, const char *why);
/* What is malformed or altered is told of and left: 0. Any other failure ends the whole. */
CHECKED int take_in_refuse(struct take_in *t, int r, const char *what, const struct valise_err *why);
CHECKED int take_in_begin(struct take_in *t);
/* Commits the batch, if there is one; a look keeps nothing. */
CHECKED int take_in_commit(struct take_in *t);
/* One more row; a look keeps its transaction to the end, so that what follows finds what came before. */
CHECKED int take_in_count(struct take_in *t);

/* ---- take_entries.c ---- */

CHECKED int take_entry(struct take_in *t, const struct bag_record *rec);
/* At the bag's end, when it is known which offices matter. */
CHECKED int take_entries_settle(struct take_in *t);
void take_entries_drop(struct take_in *t);

/* ---- take_notes.c ---- */

CHECKED int take_note(struct take_in *t, const struct bag_record *rec);

/* ---- take_bodies.c ---- */

CHECKED int take_cover(struct take_in *t, const struct bag_record *rec);
CHECKED int take_body(struct take_in *t, const struct bag_record *rec);
CHECKED int take_tally(struct take_in *t, const struct bag_record *rec);
CHECKED int take_piece(struct take_in *t, const struct bag_record *rec);
/* What was written of the body in hand counts from here on. */
CHECKED int take_body_close(struct take_in *t);

#endif
