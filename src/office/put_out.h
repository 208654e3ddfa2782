/* SPDX-License-Identifier: Apache-2.0 */
/* Putting bags out: what should go to the parties of each letter, grouped by who can unwrap it, minus what lies there already. */
#ifndef OFFICE_PUT_OUT_H
#define OFFICE_PUT_OUT_H

#include "channel/store.h"
#include "office/findings.h"
#include "office/inside.h"
#include "office/sync_letters.h"

struct put_out_options {
	const struct hash *letters; /* these go whole: cover and body too */
	size_t n_letters;
	bool all;               /* so do all that a recipient has not said received of */
	const struct hash *via; /* courier offices to wrap for too */
	size_t n_via;
	bool bare;
	bool reports; /* what was reported of letters that go whole goes with them */
	bool look;    /* only count */
	bool passes;  /* what is put there does not stay: a pipe */
	/* For the other machines of our own office: every letter of ours, and all there is of it, wrapped for our officers alone. */
	bool inside;
	const struct vouched_bags *vouched; /* what lies there already in bags of theirs */
};

struct put_out_result {
	struct sync_letters letters; /* that went, or of which something did */
	size_t statements, reports, exhibits, entries, bags;
	size_t removed; /* bags of ours that nobody waits for any more */
	uint64_t bytes;
	bool any_bare, any_wrapped, any_inside;
	struct findings findings; /* whose machines could not unwrap it, what is damaged here */
	bool damaged;             /* a letter here is */
	bool durable, read_back;
};
void put_out_result_release(struct put_out_result *r);

CHECKED int put_out(struct valise *v, struct store *store, const struct put_out_options *o, struct put_out_result *ret,
		    struct valise_err *err);

#endif
