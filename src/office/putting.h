/* SPDX-License-Identifier: Apache-2.0 */
/* One put-out under way: what it has looked at, and what it goes on with (shared by the files that do it). */
#ifndef OFFICE_PUTTING_H
#define OFFICE_PUTTING_H

#include "office/audiences.h"
#include "office/inside_bags.h"
#include "office/spent_bags.h"

/* One letter that may go, and the keys its bag is wrapped for. */
struct candidate {
	struct hash id;
	bool whole;
	struct hash audience;   /* of the sorted keys; all zeros: bare */
	struct gathered *again; /* what was gathered of it, for writing it; owned. NULL: there were too many */
};

/* The same before it is known whether all of it lies there. */
struct looked_at {
	struct candidate c;
	struct gathered g;
	struct hashes offices; /* who it goes to */
};

struct putting {
	struct valise *v;
	struct store *store;
	const struct put_out_options *o;
	int64_t now_s;
	struct settled_look settled;
	size_t n_looked_at;  /* of the letters in settled's hand */
	struct hashes named; /* letters that go whole because they were named */
	/* Letters that were looked at, and of which it is looked up together what lies there: outside our office alone. */
	struct looked_at *round;
	size_t n_round, cap_round, round_bytes;
	struct hashes wanted; /* what they may put there, by bag_item_name; inside our office what the candidates may */
	struct hashes lying;  /* of that, what bags of ours there hold */
	struct hashes present;   /* of that, what the candidates have */
	struct spent_bags spent; /* bags of ours there that nobody waits for */
	struct own_bags written;
	struct hashes unwrappable; /* offices without a key to wrap for, that was told of */
	struct audiences audiences;
	struct candidate *candidates;
	size_t n, cap;
	size_t kept_bytes;        /* of what was gathered of them */
	bool is_idle;             /* no letter need be looked at */
	struct register_set self; /* inside our own office, as the next five */
	struct hashes entries;    /* of our register, until it was looked up what of it lies there */
	struct hashes entries_present;
	struct inside_keys keys;
	struct inside_bags inside;
	struct vouching vouching;
	struct put_out_result *r;
	struct valise_err *err;
};

/* What lies there, the first candidates, and which of our bags nobody waits for. */
CHECKED int putting_begin(struct putting *p);
/* The next candidates, in place of those before; none, when every letter was looked at. */
CHECKED int putting_next(struct putting *p);
void putting_release_candidates(struct putting *p);

#endif
