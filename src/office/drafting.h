/* SPDX-License-Identifier: Apache-2.0 */
/* What statements and reports have in common before they are signed: who signs, which notes they regard, how the question begins. */
#ifndef OFFICE_DRAFTING_H
#define OFFICE_DRAFTING_H

#include "office/office.h"

struct draft_signer {
	struct office_ref office; /* ours, at its head */
	struct vkey key;
	unsigned role;
	struct str title; /* borrows from the register */
};
struct draft_wish {
	unsigned roles;   /* any of these */
	const char *role; /* that the caller names; NULL */
	const char *as;   /* the officer that the caller names; NULL: a person */
	bool by_name;     /* the caller can name one */
	const char *what; /* would be signed, for errors */
};
CHECKED int draft_signer(struct valise *v, const struct register_set *set, const struct draft_wish *wish,
			 struct draft_signer *ret, struct valise_err *err);
/* A person thinks about the answer, and meanwhile an officer is dismissed: VALISE_E_BUSY when it would be another now. */
CHECKED int draft_signer_again(struct valise *v, const struct register_set *now, const struct draft_signer *was,
			       struct valise_err *err);

/* The notes about the letter that prefixes of ids mean, sorted, each once. `ret` has room for LIMIT_REGARDING. */
CHECKED int draft_regarding(struct valise *v, const struct hash *letter, const char *const *prefixes, size_t n,
			    struct hash *ret, size_t *ret_n, struct valise_err *err);

/* " Regarding: Harbour says proposed, "A visit." (af04b72de67f1d77)." for a statement here, appended; of others the id. */
CHECKED int draft_regarded(struct valise *v, const struct hash *letter, const struct hash *note, struct buf *ret,
			   struct valise_err *err);

/* "You state, as Front desk of Mission Oslo, of hopc-34jw from Harbour, ref 14/2026", appended. */
CHECKED int draft_opening(struct valise *v, const struct register_set *self, const char *title,
			  const struct verified_seal *seal, struct buf *ret, struct valise_err *err);
/* ' LABEL: "value".', as text_quote; nothing for an absent value. */
void draft_detail(struct buf *b, const char *label, struct str value);

#endif
