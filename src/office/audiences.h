/* SPDX-License-Identifier: Apache-2.0 */
/* Whom letters go to when bags are put out, and for which keys those are wrapped. */
#ifndef OFFICE_AUDIENCES_H
#define OFFICE_AUDIENCES_H

#include "office/settled.h"

/* Of one letter: its other parties, and the keys of theirs that its bag is wrapped for, sorted; none when it goes bare. */
struct audience {
	struct hashes offices;
	struct recipients keys;
	struct hash id;            /* of the keys; zeros: bare */
	struct hashes unwrappable; /* of the offices, those without a key */
};
void audience_release(struct audience *a);

/* Of one letter after the other; all but `last` is the caller's. */
struct audiences {
	struct valise *v;
	const struct put_out_options *o;
	struct settled_look *settled;
	struct put_out_result *r; /* that an office has no key is told there */
	int64_t now_s;
	struct audience last; /* of which none is without a key; empty: there was none yet */
};
void audiences_release(struct audiences *x);
/* Before all letters are looked at anew: until when their offices' keys are good is found again. */
void audiences_forget(struct audiences *x);
CHECKED int audience_of(struct audiences *x, const struct gathered *g, struct audience *ret, struct valise_err *err);

#endif
