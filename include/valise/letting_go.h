/* SPDX-License-Identifier: Apache-2.0 */
/* Letting go of letters' bytes: what would go, what speaks for keeping it, doing it, and undoing it. */
#ifndef VALISE_LETTING_GO_H
#define VALISE_LETTING_GO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <valise/error.h>
#include <valise/visibility.h>

VALISE_BEGIN_C

struct valise;

/* Letters whose bytes are to go from this machine. What is known of them stays: seals, statements, reports, exhibits. */
struct valise_forgetting {
	const char *const *letters; /* names or prefixes */
	size_t n_letters;
	bool all;        /* every letter that nothing speaks for keeping, in place of those */
	bool has_before; /* of all: that were sealed before */
	int64_t before_s;
	bool cover;  /* the cover as well, without which nothing of the letter can be disclosed here any more */
	bool anyway; /* of letters that are named: whatever speaks for keeping them */
};
struct valise_forget_draft;
struct valise_letting_go {
	const char *letter, *short_id, *ref; /* ref: NULL when there is none */
	uint64_t body_bytes, cover_bytes;    /* that go; 0: not here, or stays */
	bool keeps_cover;
	size_t n_statements, n_reports; /* that stay */
};
/* What would go; letters of which nothing is left to go are passed over. VALISE_E_FAILURE when something speaks for keeping one, and *err
 * says what: somebody it is addressed to has not said received, and it is ours or its keep-until is not past; somebody says defect of it;
 * or it is for our office, which has said neither opened nor reviewed. */
VALISE_CHECKED int valise_forget_look(struct valise *v, const struct valise_forgetting *f,
				      struct valise_forget_draft **ret, struct valise_err *err);
VALISE_PUBLIC size_t valise_forget_count(const struct valise_forget_draft *d);
/* Of all, those that stay because they are damaged here. */
VALISE_PUBLIC size_t valise_forget_unread(const struct valise_forget_draft *d);
VALISE_PUBLIC const struct valise_letting_go *valise_forget_at(const struct valise_forget_draft *d, size_t i);
/* Lets go of them, in batches. No sync brings the bytes again. On a full disk too. VALISE_E_BUSY while the spool is exported;
 * VALISE_E_CHANGED where what came since the look speaks for keeping one: those of earlier batches are gone then. */
VALISE_CHECKED int valise_forget(struct valise *v, const struct valise_forget_draft *d, struct valise_err *err);
VALISE_PUBLIC void valise_forget_draft_free(struct valise_forget_draft *d);
/* From now on a sync may bring its bytes again, from wherever they lie. VALISE_E_NOT_FOUND when it was not let go of. */
VALISE_CHECKED int valise_forget_undo(struct valise *v, const char *letter, bool dry_run, struct valise_err *err);

VALISE_END_C

#endif
