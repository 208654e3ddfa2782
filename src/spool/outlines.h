/* SPDX-License-Identifier: Apache-2.0 */
/* Outlines: of each letter what listing and counting need, kept beside the evidence that it follows from, and stale as soon as that
 * grows. The letters here in the order of lists: newest date first, within a second what was taken in last. */
#ifndef SPOOL_OUTLINES_H
#define SPOOL_OUTLINES_H

#include "spool/letters.h"

/* What is counted. As the database has them, some in the text of indices: never renumber. */
enum outline_class {
	OUTLINE_OWN = 1,            /* our office sealed it */
	OUTLINE_FOR_US = 2,         /* our office is a recipient */
	OUTLINE_UNRECEIVED = 4,     /* of some recipient nothing is here that says how far it came */
	OUTLINE_UNOPENED = 8,       /* for us, and we say neither opened nor reviewed, nor that we did not take it */
	OUTLINE_UNANSWERED = 16,    /* some recipient says neither reviewed nor refused */
	OUTLINE_UNANSWERED_US = 32, /* our office is one of them */
	OUTLINE_REPORTED = 64,      /* reports about it are here */
	OUTLINE_UNREAD = 128        /* its notes are damaged here: nothing else is known of it */
};

enum outline_part_kind { OUTLINE_SENDER, OUTLINE_RECIPIENT, OUTLINE_SPEAKER };
struct outline_part {
	struct hash office;
	enum outline_part_kind part;
	bool is_loose; /* not all of its notes about the letter are in good standing: its register may yet explain them */
	bool is_heard;
	int64_t heard_s; /* of the last note of its that stands: by its own clock, at most when it was taken in */
	struct hash heard_note;
};
struct outline {
	int64_t date_s;
	unsigned class;     /* bits of enum outline_class */
	bool has_answer_by; /* somebody has yet to answer, by then */
	int64_t answer_by_s;
	struct outline_part *parts; /* distinct by part and office; owned */
	size_t n_parts, cap_parts;
};
void outline_release(struct outline *o);
#define CLEAN_OUTLINE CLEANUP(outline_release)

/* In the place of what was kept of that letter, which is not stale any more. In an open transaction. */
CHECKED int outline_put(struct spool *s, const struct hash *letter, const struct outline *o, struct valise_err *err);
/* As it is kept, with its parts by part and office. *ret_fresh is false, and *ret empty, when none is or it is stale. */
CHECKED int outline_get(struct spool *s, const struct hash *letter, struct outline *ret, bool *ret_fresh,
			struct valise_err *err);
/* Whether any letter has none, or a stale one, or may have. */
CHECKED int outlines_stale(struct spool *s, bool *ret, struct valise_err *err);
/* Whether registers have grown, and what that makes stale has yet to be looked up. */
CHECKED int outlines_registers_grew(struct spool *s, bool *ret, struct valise_err *err);
/* A transaction for what can be made again: it waits for no disk, and not long for another writer. */
CHECKED int outlines_begin(struct spool *s, struct valise_err *err);
/* In an open transaction: what registers have made stale becomes so one by one; then up to `most` of those letters, and how many there
 * are in all (ret_all may be NULL). */
CHECKED int outlines_take_stale(struct spool *s, struct hash *ret, size_t most, size_t *ret_n, uint64_t *ret_all,
				struct valise_err *err);
/* All are forgotten, and stale. In an open transaction. */
CHECKED int outlines_drop(struct spool *s, struct valise_err *err);
/* An entry has joined an office's register; `is_all`: it may be more than an appointment. In its transaction. */
CHECKED int outlines_entry(struct spool *s, const struct hash *office, bool is_all, struct valise_err *err);

/* Of what is kept: right where nothing is stale. */
struct outline_totals {
	uint64_t letters;
	uint64_t own, own_unreceived, own_unanswered, own_past; /* past: unanswered since a time that is before now */
	uint64_t for_us, for_us_unopened, for_us_unanswered, for_us_past;
	uint64_t others; /* neither */
	uint64_t reported;
	uint64_t unread;
};
CHECKED int outlines_total(struct spool *s, int64_t now_s, struct outline_totals *ret, struct valise_err *err);
/* *wrong is raised by one where the totals are not those of the rows. */
CHECKED int outlines_compare_totals(struct spool *s, uint64_t *wrong, struct valise_err *err);
/* Adds what one outline counts for. */
void outline_count(struct outline_totals *t, unsigned class, uint64_t n);
void outline_count_past(struct outline_totals *t, unsigned class, uint64_t n);

struct outline_filter {
	struct letter_place before;   /* those that come after it in the list */
	int64_t since_s, until_s;     /* both included; INT64_MIN and INT64_MAX: any */
	const struct hash *from, *to; /* NULL: any */
	struct str ref;               /* how its reference begins; NULL: any */
	unsigned unanswered;          /* OUTLINE_UNANSWERED, or by us: OUTLINE_UNANSWERED_US; 0: whether or not */
};
#define OUTLINE_FILTER_ANY \
	{ \
		.before = LETTER_PLACE_FIRST, .since_s = INT64_MIN, .until_s = INT64_MAX \
	}
/* Up to `most` letters. Where `from`, `to` or `unanswered` is asked for, out of what is kept: right where nothing is stale. */
CHECKED int outlines_find(struct spool *s, const struct outline_filter *f, struct hash *ret, size_t most, size_t *ret_n,
			  struct valise_err *err);
/* The last that an office was heard of: the note, and the letter that it is about. *ret_any is false where nothing is kept. */
CHECKED int outlines_heard(struct spool *s, const struct hash *office, bool *ret_any, struct hash *ret_note,
			   struct hash *ret_letter, struct valise_err *err);

#endif
