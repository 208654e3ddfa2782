/* SPDX-License-Identifier: Apache-2.0 */
/* A typed quote in a text of any length: found wherever it stands, also where the text breaks its lines elsewhere. */
#ifndef FORMAT_QUOTE_H
#define FORMAT_QUOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

/* White space is space, tab, CR and LF. A run of it in the quote matches the same run, and any run that has a line break; all else matches
 * itself alone. White space around the quote is none of it. */
struct quote_finder;
/* Looser ways, to tell why a quote was not found: never to choose a span by. */
enum quote_looseness {
	QUOTE_ANY_SPACE = 1u << 0, /* any run of white space for any other, no-break spaces among them */
	QUOTE_ANY_MARKS = 1u << 1, /* quotation marks, apostrophes and dashes of whatever kind */
	QUOTE_ANY_CASE = 1u << 2,  /* of ASCII letters */
	QUOTE_ANY = QUOTE_ANY_SPACE | QUOTE_ANY_MARKS | QUOTE_ANY_CASE,
	/* Hyphens are nothing, nor is a line break in the text that follows one. What is there as it stands may not be so. */
	QUOTE_ANY_HYPHENS = 1u << 3,
	QUOTE_LOOSEST = QUOTE_ANY | QUOTE_ANY_HYPHENS
};

struct quote_match {
	uint64_t offset, length; /* bytes; where the second ends the quote has ended */
};
/* Non-zero stops: the push returns that value. */
typedef int quote_each(void *context, const struct quote_match *m);

/* VALISE_E_USAGE when there is nothing to look for, or it is no UTF-8; VALISE_E_LIMIT above LIMIT_QUOTE_BYTES. `looseness` 0: as it
 * stands. */
CHECKED int quote_finder_new(struct str quote, unsigned looseness, quote_each *each, void *context,
			     struct quote_finder **ret, struct valise_err *err);
void quote_finder_free(struct quote_finder *f);
void quote_finder_freep(struct quote_finder **f);
#define CLEAN_QUOTE_FINDER CLEANUP(quote_finder_freep)
/* The text as it comes, in whatever portions. Holds a few bytes for each of the quote; time is linear in the text, but for places that match
 * in all but their white space, each of which costs as much as the quote has gaps. Matches may overlap. */
CHECKED int quote_finder_push(struct quote_finder *f, const void *data, size_t len);
/* After the last push. */
CHECKED int quote_finder_end(struct quote_finder *f);

/* Whether a border at `at` of these bytes would cut a character of a text in two. What lies around it is taken for text when it is UTF-8,
 * but for what the ends of `around` cut; QUOTE_AROUND_BYTES on either side, as far as there are so many, are enough. */
#define QUOTE_AROUND_BYTES 32u
bool quote_cuts(struct str around, size_t at);

#endif
