/* SPDX-License-Identifier: Apache-2.0 */
/* Who seals, and whom to: the registers and keys that all letters sealed in one command share. */
#ifndef OFFICE_SEAL_DESK_H
#define OFFICE_SEAL_DESK_H

#include "office/office.h"

/* An office that is written to, or ours, at its newest entry here. */
struct correspondent {
	struct office_ref newest;
	struct recipients readers; /* in standing */
	int code;                  /* why no letter can be sealed to it; 0: one can */
	struct valise_err err;
};

struct seal_desk {
	struct valise *v;
	struct hashes offices; /* ours is the first; whom letters go to is added before the desk is opened */
	struct register_set set;
	struct correspondent *correspondents; /* by the numbers of offices */
	size_t n_correspondents;
	struct spool_changes changes; /* of registers, when those were read */
	int64_t now_s;                /* and judged */
	struct officer principal;
	const struct key *signer; /* NULL: nobody was to sign */
};
#define CLEAN_SEAL_DESK CLEANUP(seal_desk_release)
CHECKED int seal_desk_init(struct seal_desk *d, struct valise *v, struct valise_err *err);
void seal_desk_release(struct seal_desk *d);

/* Reads and judges the registers of its offices; is_paper: no readers are needed. */
CHECKED int seal_desk_open(struct seal_desk *d, bool is_paper, struct valise_err *err);
/* Chooses who signs, and unlocks the key. */
CHECKED int seal_desk_unlock(struct seal_desk *d, struct valise_err *err);
/* The same again before more is sealed: at the newest entries, and on today's clock. Reads only where anything may be another. */
CHECKED int seal_desk_refresh(struct seal_desk *d, struct valise_err *err);
/* An office whose number in `offices` that is. NULL: the desk was opened without it. */
const struct correspondent *seal_desk_of(const struct seal_desk *d, const struct hash *office);

#endif
