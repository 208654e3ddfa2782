/* SPDX-License-Identifier: Apache-2.0 */
/* Registers as trees of entries: generations, void entries, forks, and who stood where at which head (spec/register.md). */
#ifndef EVIDENCE_STANDING_H
#define EVIDENCE_STANDING_H

#include <valise/accounts.h>

#include "format/register.h"
#include "format/seal.h"

/* All that is held of one office's register. Entries are borrowed. */
struct office_register;

/* A set of offices' registers. Entries may be added in any order and twice; an entry whose chain does not reach entry 0, or whose
 * signers do not suffice there, stays outside until (unless) it does. */
struct registers;
CHECKED int registers_new(struct registers **ret, struct valise_err *err);
void registers_free(struct registers *r);
void registers_freep(struct registers **r);
#define CLEAN_REGISTERS CLEANUP(registers_freep)
/* The entry must outlive r. */
CHECKED int registers_add(struct registers *r, const struct verified_entry *e, struct valise_err *err);
/* Judges all that was added; to be called once after the last add and before the questions below. */
CHECKED int registers_judge(struct registers *r, struct valise_err *err);
/* NULL when entry 0 of that office is not here. */
const struct office_register *registers_office(const struct registers *r, const struct hash *office);

/* The newest entry that is not void: of the last generation, the longest chain; on a fork the smaller id (and it is `forked`). */
const struct verified_entry *office_head(const struct office_register *o);
const struct verified_entry *office_first(const struct office_register *o);
struct str office_name(const struct office_register *o); /* the last name up to the head */
/* An accepted entry by id, NULL when it is not here or not accepted. */
const struct verified_entry *office_entry(const struct office_register *o, const struct hash *id);
bool office_entry_is_void(const struct office_register *o, const struct hash *id);
size_t office_entries(const struct office_register *o); /* accepted ones */
/* i-th accepted entry, parents before children, in an order that depends on the set only. */
const struct verified_entry *office_entry_at(const struct office_register *o, size_t i);

/* Two entries that prove a fork, or false. */
bool office_fork(const struct office_register *o, const struct verified_entry **ret_a,
		 const struct verified_entry **ret_b);

/* Whether `e`, not yet added, would be accepted as a child of what is here: 0; VALISE_E_BAD with why (signers do not suffice,
 * sequence, a key appointed before, ...); VALISE_E_NOT_FOUND when its previous is not here. o may be NULL: nothing is here yet, and
 * only an entry 0 may come. */
CHECKED int office_may_follow(const struct office_register *o, const struct verified_entry *e, struct valise_err *err);

/* One officer as appointed at an entry. */
struct officer {
	struct vkey key;
	unsigned roles;
	struct str recipient; /* NULL: none */
	struct str title;
	bool has_until;
	int64_t until_s;
	bool dismissed;      /* at or before that entry */
	int64_t dismissed_s; /* the time of the entry that did so */
	struct str reason;
	bool seen_before; /* standing_judge only: a `seen` line not after the dismissal names the note */
};
/* Neither dismissed nor past the end of the appointment, as far as is known here. */
bool officer_in_standing(const struct officer *o, int64_t now_s);
/* Calls back for each officer ever appointed in the chain up to `head` (NULL: office_head), in order of appointment. Stops at non-zero. */
int office_each_officer(const struct office_register *o, const struct hash *head,
			int (*each)(void *context, const struct officer *officer), void *context);
/* False when that key was never appointed up to `head`. */
bool office_officer(const struct office_register *o, const struct hash *head, const struct vkey *key,
		    struct officer *ret);
/* The keepers and their quorum that sign routine entries after `head` (NULL: office_head). Borrowed. */
void office_keepers(const struct office_register *o, const struct hash *head, const struct vkey **ret, size_t *ret_n,
		    uint64_t *ret_quorum);

/* How a note signed by `key` in `role`, citing `ref`, claiming `time_s`, with id `note`, stands by all that is here. *ret_officer
 * (may be NULL) is filled in whenever the key was ever appointed; returns the standing. */
enum valise_standing standing_judge(const struct registers *r, const struct office_ref *ref, const struct vkey *key,
				    unsigned role, int64_t time_s, const struct hash *note,
				    struct officer *ret_officer);

/* Good enough for a statement to count: whatever is decided on what somebody said asks this first. */
static inline bool standing_suffices(enum valise_standing s)
{
	return s == VALISE_STANDING_GOOD || s == VALISE_STANDING_DISMISSED_SINCE;
}

#endif
