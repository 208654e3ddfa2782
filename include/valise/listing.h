/* SPDX-License-Identifier: Apache-2.0 */
/* The letters of a spool: lists of them page by page, what they come to, and when an office was last heard of. */
#ifndef VALISE_LISTING_H
#define VALISE_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <valise/error.h>
#include <valise/visibility.h>

VALISE_BEGIN_C

/* The conventions are those of valise.h. What a callback is given lives for the call. */
struct valise;

struct valise_letter_line {
	const char *letter, *short_id, *from, *to,
		*ref; /* names as you know them; `to` names the first and how many more */
	int64_t date_s;
	bool is_own, is_for_us, is_whole, is_broken;
	bool is_unread; /* its notes are damaged here: `sentence` says which; names, ref, state and the like are not known */
	const char *state;  /* least far recipient's valise_state_name */
	bool is_unanswered; /* some recipient says neither reviewed nor refused */
	bool has_answer_by; /* the seal asks for an answer by then */
	int64_t answer_by_s;
	bool is_past;      /* unanswered, and that is past */
	size_t n_reported; /* reports about it: hearsay, which moves no state */
	const char *sentence;
	const char *subject; /* where words were looked for and a reading key here opens it; NULL */
};
/* Which letters are listed: those to which all of it applies. */
struct valise_listing {
	const char *from, *to;     /* offices; "self"; NULL */
	const char *ref;           /* how the reference begins; NULL */
	bool unanswered;           /* by some recipient; where `to` is "self", by our own office */
	bool has_since, has_until; /* the seal's date; both included */
	int64_t since_s, until_s;
	/* Each stands in the reference, the description of the paper, or the subject where a reading key here opens the cover; capital and
	 * small letters are one. NULL */
	const char *words;
	const char *before; /* a letter: those that come after it in the list; NULL */
	size_t most;        /* 0: all */
};
struct valise_listed {
	size_t n;
	bool more;     /* there are more: the list goes on with `before` as */
	char last[65]; /* the last that was given; "" */
	char last_short[10];
	bool reads_subjects;      /* words were looked for in subjects: a reading key of ours is here */
	uint64_t n_closed_covers; /* of the letters looked at, those whose subject could not be read */
	size_t n_unread;          /* of those that were given */
};
/* Newest date first, within a second the last that was taken in. A list that goes on stays in order while letters come in. */
VALISE_CHECKED int valise_letters(struct valise *v, const struct valise_listing *l,
				  int (*each)(void *context, const struct valise_letter_line *l), void *context,
				  struct valise_listed *ret, struct valise_err *err);
/* Of all letters here. Unanswered: as in valise_letter_line; of those for us, by us. Past: unanswered since a time that is past. */
struct valise_totals {
	uint64_t letters;
	uint64_t own, own_unreceived, own_unanswered,
		own_past; /* unreceived: not every recipient says that it has it */
	uint64_t for_us, for_us_unopened, for_us_unanswered, for_us_past;
	uint64_t others; /* neither yours nor for you */
	uint64_t reported;
	uint64_t unread; /* damaged here; of these only own is known */
};
/* At once where what was counted before is kept; else it counts, and keeps that where it can. */
VALISE_CHECKED int valise_totals(struct valise *v, struct valise_totals *ret, struct valise_err *err);

/* The last that an office sealed or said, in standing, and that is here: by its own clock, or where that is ahead of ours by when it
 * came. What others report of it is not looked at. */
struct valise_heard {
	const char *office, *office_id; /* as shown; its id */
	bool any;
	bool is_unread;   /* the letter is damaged here; `says`, `ref`, `title` are NULL */
	const char *says; /* "sealed", or what it says */
	const char *note; /* the statement's id, or the letter's */
	const char *letter, *short_id, *ref;
	const char *title;  /* the officer's */
	int64_t time_s;     /* own clock */
	int64_t taken_in_s; /* by ours */
	bool unattended;    /* signed by a key appointed as machine */
};
/* Of these offices, or (n 0) of every one with a card here, by name. */
VALISE_CHECKED int valise_heard(struct valise *v, const char *const *offices, size_t n,
				int (*each)(void *context, const struct valise_heard *h), void *context,
				struct valise_err *err);

VALISE_END_C

#endif
