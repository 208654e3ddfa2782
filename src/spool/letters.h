/* SPDX-License-Identifier: Apache-2.0 */
/* Letters in the spool: their seals and covers, finding one by what a person types, listing them by date. */
#ifndef SPOOL_LETTERS_H
#define SPOOL_LETTERS_H

#include "base/buf.h"
#include "format/seal.h"
#include "spool/spool.h"

struct letter_row {
	struct hash id;
	struct hash from;
	int64_t date_s;
	int64_t taken_in_s;
	uint64_t body_bytes;
	struct hash body; /* zeros for paper, as body_bytes */
	bool is_paper;
	bool has_cover;
	bool has_body;  /* whole, verified, durable */
	bool is_own;    /* sealed by this spool's office */
	bool is_broken; /* its body is here, and of another size than its seal says */
};
CHECKED int letter_put(struct spool *s, const struct verified_seal *seal, bool is_own, bool *ret_new,
		       struct valise_err *err);
CHECKED int letter_row(struct spool *s, const struct hash *id, struct letter_row *ret, struct valise_err *err);
CHECKED int letter_seal(struct spool *s, const struct hash *id, struct verified_seal **ret, struct valise_err *err);
/* By a prefix of the hex id, of the short id (with or without the dash; at least 4 characters, in either case), or the whole
 * `ref`. The 64 digits of a whole id win over any ref. VALISE_E_NOT_FOUND or VALISE_E_AMBIGUOUS with the candidates named. */
CHECKED int letter_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err);
/* Their ids, newest date first, one by one as they are read: stop early, and the rest costs nothing. */
CHECKED int letters_each(struct spool *s, hash_each *each, void *context, struct valise_err *err);
/* A place among them. */
struct letter_place {
	int64_t date_s, item;
};
#define LETTER_PLACE_FIRST ((struct letter_place){INT64_MAX, INT64_MAX})
CHECKED int letter_place(struct spool *s, const struct hash *letter, struct letter_place *ret, struct valise_err *err);
/* As many of them at a time, after the place that *at is moved on from. */
CHECKED int letters_some(struct spool *s, struct letter_place *at, size_t most, hash_each *each, void *context,
			 struct valise_err *err);
/* The last letter that this spool's office sealed with that reference; *ret_any is false when there is none. */
CHECKED int letter_own_ref(struct spool *s, struct str ref, bool *ret_any, struct hash *ret, struct valise_err *err);
/* Letters whose seals name that body with a size from `least` to `most` bytes, at most so many; those that were let go of
 * come last. What `each` returns but 0 ends it. */
CHECKED int letters_naming(struct spool *s, const struct hash *body, uint64_t least, uint64_t most, size_t limit,
			   hash_each *each, void *context, struct valise_err *err);
/* Whether a letter that this spool's office sealed has that body or cover. */
CHECKED int letter_own_names(struct spool *s, const struct hash *digest, bool *ret, struct valise_err *err);

/* Covers: checked by the caller against the seal before they are put. The letter must be here: VALISE_E_NOT_FOUND. */
CHECKED int cover_put(struct spool *s, const struct hash *letter, struct str bytes, struct valise_err *err);
CHECKED int cover_get(struct spool *s, const struct hash *letter, struct buf *ret, struct valise_err *err);
/* Removes a cover whose bytes no longer match the seal, so that it can be taken in again. Its place in the intake log stays. */
CHECKED int cover_forget(struct spool *s, const struct hash *letter, struct valise_err *err);

#endif
