/* SPDX-License-Identifier: Apache-2.0 */
/* Letters by the thousand: sealed out of a list. Part of <valise/valise.h>, whose conventions hold. */
#ifndef VALISE_BULK_H
#define VALISE_BULK_H

#include <valise/valise.h>

VALISE_BEGIN_C

/* Many letters out of a list; valise-seal(1) says how one is written. */
struct valise_sealed_line {
	size_t line; /* of the list, from 1 on */
	const char *letter, *short_id;
	bool before; /* an earlier run has sealed it */
};
#define VALISE_SEAL_LIST_BYTES (32u * 1024 * 1024) /* at most; and 100,000 lines */
struct valise_seal_list {
	const char *bytes; /* the list */
	size_t len;
	const struct valise_letter
		*common; /* what holds for all: answer_by, keep_until, keep_no_copy, dry_run; the rest is empty */
	bool again;      /* a list that was sealed wholly before is sealed once more */
	void *context;
	/* A line that is wrong, and why. Nothing is sealed while there is any. */
	void (*wrong)(void *context, size_t line, const char *text);
	/* Each letter in the order of the list, once it is durable. Non-zero stops, and comes back: what was told of stays. */
	int (*sealed)(void *context, const struct valise_sealed_line *line);
};
struct valise_sealed_list {
	size_t n_letters, n_before;   /* of the list; those that an earlier run has sealed */
	size_t n_same_ref;            /* letters sealed now whose reference another of yours had already */
	uint64_t plain_bytes;         /* of those sealed now; for dry_run of those that would be */
	const char *const *unchecked; /* offices they go to whose card came only as a file */
	size_t n_unchecked;
};
/* Checks every line, then seals. A list goes on where it was cut off: which letter each line became is kept with the letters, by the
 * list's bytes. After an error, or when it was interrupted, *err says how many letters are sealed. */
VALISE_CHECKED int valise_seal_from_list(struct valise *v, const struct valise_seal_list *l,
					 struct valise_sealed_list **ret, struct valise_err *err);
VALISE_PUBLIC void valise_sealed_list_free(struct valise_sealed_list *s);

/* Many letters opened; those that cannot be do not keep the others from it. */
struct valise_openings {
	const char *const *letters; /* names */
	size_t n;
	const char *
		destination; /* below: the directory that each gets its own in, by its short id; NULL: the working directory. Otherwise of
	                          * one letter, and not there yet */
	bool below;
	bool dry_run; /* check everything, write nothing */
	void *context;
	/* Of letter i, in order, once it is durable in its place: what was opened, the callee's to free, or NULL and why it was not
	 * (as valise_open_letter says). Non-zero stops, and comes back. */
	int (*opened)(void *context, size_t i, struct valise_opened *opened, const struct valise_err *why);
};
/* VALISE_E_LOCKED, VALISE_E_INTERRUPTED and VALISE_E_NOMEM end it: what was told of stays, nothing else is left in place. */
VALISE_CHECKED int valise_open_letters(struct valise *v, const struct valise_openings *o, struct valise_err *err);

VALISE_END_C

#endif
