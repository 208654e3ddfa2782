/* SPDX-License-Identifier: Apache-2.0 */
/* One letter on its way to being opened: what the spool has of it, then its bytes against cover and seal. */
#ifndef OFFICE_OPENING_H
#define OFFICE_OPENING_H

#include "office/extract.h"
#include "office/members.h"
#include "office/unlock_cover.h"

struct opening {
	struct valise *v;
	struct verified_seal *seal;
	struct locked_cover locked;
	struct cover cover;
	struct body body;
	bool is_small; /* nobody waits for it, or is told how far it is */
	struct stream_opener *opener;
	struct extract *extract; /* NULL: only a check */
	bool synced;             /* what was written is durable */
	/* The stream's position, and the digest of the part it is in. */
	uint64_t at;
	size_t digesting; /* index of the part whose range is being hashed or comes next */
	struct digest *digest;
	struct hash *digests; /* as computed, one for each part */
	/* The tar's. */
	size_t part;         /* index of the part that the next member may begin */
	uint64_t member_end; /* of the last member, the zeros that fill its block included */
	struct members members;
};
#define OPENING_NONE \
	{ \
		.locked = LOCKED_COVER_NONE, .body = BODY_NONE \
	}
void opening_release(struct opening *o);

/* What opening takes out of the spool. Damage found here is ours, and must not be told as a defect of the letter. */
CHECKED int opening_begin(struct opening *o, struct valise *v, const struct hash *letter, struct valise_err *err);
/* All is decrypted, checked, and with a `place` written there. Where the letter is_small it touches nothing of the spool: any thread may do
 * it. VALISE_E_BAD: it does not fit together. */
CHECKED int opening_read(struct opening *o, const struct extract_place *place, struct valise_err *err);
/* After that: says whether it came so, or was damaged here. Returns the error. */
CHECKED int opening_defect(struct opening *o, struct valise_err *err);
/* The same without writing anything: the letter opens, and matches its seal. */
CHECKED int opening_check(struct valise *v, const struct hash *letter, struct valise_err *err);
/* destination: NULL when nothing was written. */
CHECKED int opening_result(const struct opening *o, const char *destination, struct valise_opened **ret,
			   struct valise_err *err);

#endif
