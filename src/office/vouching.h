/* SPDX-License-Identifier: Apache-2.0 */
/* That a bag inside our office is by a machine of ours: what those who know no more than our card cannot write (spec/bag.md). */
#ifndef OFFICE_VOUCHING_H
#define OFFICE_VOUCHING_H

#include "office/inside.h"

struct vouching {
	struct valise *v;
	const struct register_set *self;
	const struct inside_keys *keys;
	struct identities at_hand; /* our keys that need no passphrase, or have had it already */
	bool has_looked;
};
void vouching_release(struct vouching *x);
/* Unlocks what asks nobody, once. */
CHECKED int vouching_keys(struct vouching *x, struct valise_err *err);
/* The record that vouches for a bag to these keys, appended; nothing when no key of an officer in standing is at hand. */
CHECKED int vouch(struct vouching *x, const struct age_recipient *to, size_t n, const struct hash *frames,
		  struct buf *ret, struct valise_err *err);
/* Whether such a record is by the holder of a key, to one of ours: *ret_by. */
CHECKED int vouched_by(const struct identities *ours, struct str record, const struct hash *frames, bool *ret,
		       struct age_recipient *ret_by, struct valise_err *err);

#endif
