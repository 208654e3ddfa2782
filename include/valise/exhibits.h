/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits, files from outside that are kept whole; and reports, which point at what one says: hearsay, filed under signature. */
#ifndef VALISE_EXHIBITS_H
#define VALISE_EXHIBITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <valise/error.h>
#include <valise/visibility.h>

/* The conventions are those of valise.h. */

VALISE_BEGIN_C

struct valise; /* valise.h, as the next */
struct valise_draft_view;

/* A span of an exhibit's bytes. */
struct valise_span {
	uint64_t offset, length;
};

/* An exhibit is any file of 1 byte to 1 GiB, kept whole by its SHA-256: never altered, and nothing in it is ever run. */
struct valise_exhibit_adding {
	const char *path;   /* raw bytes; "-": standard input */
	const char *letter; /* it belongs to the story of this letter: known here only; NULL */
	const char *note;   /* with a letter: free text, known here only; NULL */
};
/* *ret_id is to be freed; *ret_new (may be NULL) is false when it was here already. VALISE_E_CHANGED when the file changes meanwhile. */
VALISE_CHECKED int valise_exhibit_add(struct valise *v, const struct valise_exhibit_adding *a, char **ret_id,
				      bool *ret_new, struct valise_err *err);

struct valise_exhibit_letter {
	const char *letter, *short_id, *note; /* note: NULL when there is none */
	int64_t tagged_s;
};
struct valise_exhibit_report {
	const char *report, *letter, *short_id, *office; /* office: petname or own name of the reporter's */
};
struct valise_exhibit {
	const char *id;   /* its SHA-256 */
	const char *name; /* of the file it came from, raw bytes; NULL: it came from a pipe or in a bag */
	uint64_t bytes;
	int64_t taken_in_s;
	const struct valise_exhibit_letter *letters; /* that it was said to belong to */
	size_t n_letters;
	const struct valise_exhibit_report *reports; /* here, that point at it */
	size_t n_reports;
	struct valise_span span; /* what `text` shows: the beginning, unless a span was asked for; at most 1 MiB */
	const char *text; /* every byte that is unsafe to show escaped, line breaks kept; NULL: it is no text there */
};
/* `exhibit`: the beginning of its SHA-256 (4 digits or more), or its file's name. `span` may be NULL. Every byte is checked against the
 * SHA-256: VALISE_E_BAD when it was damaged on this disk. */
VALISE_CHECKED int valise_exhibit(struct valise *v, const char *exhibit, const struct valise_span *span,
				  struct valise_exhibit **ret, struct valise_err *err);
VALISE_PUBLIC void valise_exhibit_free(struct valise_exhibit *e);
/* In order of intake; only those of `letter` when it is not NULL: that were said to belong to it, or that a report about it points at.
 * Letters, reports and text are not filled in. */
VALISE_CHECKED int valise_exhibits(struct valise *v, const char *letter,
				   int (*each)(void *context, const struct valise_exhibit *e), void *context,
				   struct valise_err *err);
/* Its bytes, or those of a span, into a new file at `path`, checked before it has its name; VALISE_E_EXISTS when one is there. "-":
 * standard output. */
VALISE_CHECKED int valise_exhibit_save(struct valise *v, const char *exhibit, const struct valise_span *span,
				       const char *path, struct valise_err *err);

/* What a source says, to be filed under signature: hearsay, whose speaker has signed nothing. */
struct valise_report {
	const char *letter;
	const char *says; /* a row of the statement table, or "other" */
	const char *speaker, *verb;
	/* A file, which is taken in first when it is not here ("-" is not one), or an exhibit that is. */
	const char *exhibit;
	/* One of: a quote to be found in it; a span; neither, and then `where` is needed: the whole file. */
	const char *quote;
	const struct valise_span *span;
	bool every; /* each place where the quote stands, not one that must be the only one */
	const char *where;
	const char *speaker_office;    /* an office; NULL */
	const char *speaker_addressee; /* an addressee of the letter's seal; NULL */
	const char *of, *medium, *carriage, *when;
	const char *const *via; /* outermost first */
	size_t n_via;
	const char *
		resolved; /* your reading of `when`: "FROM..TO", or one; a time, or a day from its first second to its last */
	bool quoted;
	const char *const *regarding; /* ids or prefixes of notes about the letter that are here */
	size_t n_regarding;
	const char *role; /* NULL: the first of our officers that can sign */
};
struct valise_report_draft;
/* `dry_run`: takes in nothing, and looks at a file where it is. VALISE_E_NOT_FOUND when a quote is not there, and *err tells the nearest
 * cause; VALISE_E_AMBIGUOUS when it is there several times, with the places. */
VALISE_CHECKED int valise_report_look(struct valise *v, const struct valise_report *r, bool dry_run,
				      struct valise_report_draft **ret, struct valise_err *err);
/* A list, as valise-report(1) describes it, of reports about one letter. `common` holds what its lines share: letter, exhibit, role. What is
 * wrong is told line by line through `wrong`, and then nothing is to be signed: the error's code is that of the first such line. */
struct valise_report_list {
	const char *bytes;
	size_t len;
	const struct valise_report *common;
	void *context;
	void (*wrong)(void *context, size_t line, const char *text);
};
VALISE_CHECKED int valise_report_look_list(struct valise *v, const struct valise_report_list *l, bool dry_run,
					   struct valise_report_draft **ret, struct valise_err *err);
/* Their order is that of the list; views belong to the draft, and `i` is below the count. */
VALISE_PUBLIC size_t valise_report_count(const struct valise_report_draft *d);
VALISE_PUBLIC const struct valise_draft_view *valise_report_at(const struct valise_report_draft *d, size_t i);
/* Signs and stores them, up to 1,000 in one transaction; of more, *err says how many are signed when one fails. *ret_ids (may be NULL): as
 * many ids, NULL where `already`, freed with the draft. */
VALISE_CHECKED int valise_report_sign(struct valise *v, struct valise_report_draft *d, const char *const **ret_ids,
				      struct valise_err *err);
VALISE_PUBLIC void valise_report_draft_free(struct valise_report_draft *d);

/* Where a quote stands in an exhibit or a file, the first so many places, for a person to choose from. */
struct valise_place {
	struct valise_span span;
	const char *around; /* what stands there and beside it, quoted, on one line */
};
struct valise_places {
	const struct valise_place *at;
	size_t n;
	bool more; /* there are more than these */
};
/* *ret has none when the quote is nowhere; VALISE_E_USAGE when the quote is empty or longer than 4,096 bytes. */
VALISE_CHECKED int valise_quote_places(struct valise *v, const char *exhibit, const char *quote,
				       struct valise_places **ret, struct valise_err *err);
VALISE_PUBLIC void valise_places_free(struct valise_places *p);

VALISE_END_C

#endif
