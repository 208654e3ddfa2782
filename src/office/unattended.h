/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine of ours states by itself, once letters have come in: only what its officer was appointed for, as machine. */
#ifndef OFFICE_UNATTENDED_H
#define OFFICE_UNATTENDED_H

#include "office/findings.h"
#include "office/office.h"

struct unattended_statement {
	struct hash letter, note;
};
struct unattended {
	enum says says;                    /* SAYS_RECEIVED or SAYS_CARRYING */
	enum valise_all which;             /* letters that may be meant */
	struct vkey_text as;               /* the machine's whole key: a title may be several officers' */
	char *title;                       /* owned, escaped */
	struct unattended_statement *said; /* owned */
	size_t n, cap;
	struct findings findings; /* of which letters it could not be said */
	struct hashes open;       /* those letters */
};
void unattended_release(struct unattended *u);

/* Before anything is taken in: who signs, whose key is unlocked here. VALISE_E_NOT_ALLOWED when it is no machine, VALISE_E_USAGE when no
 * machine says that. */
CHECKED int unattended_begin(struct valise *v, const char *says, const char *as, struct unattended *ret,
			     struct valise_err *err);
/* States it of every letter that is whole and checked, and of which our office has not stated it: that is addressed to us (received), that
 * we were handed (carrying). */
CHECKED int unattended_say(struct valise *v, struct unattended *u, struct valise_err *err);

#endif
