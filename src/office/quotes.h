/* SPDX-License-Identifier: Apache-2.0 */
/* Where a typed quote stands in an exhibit: the places, what to choose from, and why there are none. */
#ifndef OFFICE_QUOTES_H
#define OFFICE_QUOTES_H

#include "format/quote.h"
#include "office/exhibits.h"

/* One more than a report has room for, so that too many show. */
#define PLACES_MAX (LIMIT_REPORT_SPANS + 1)

struct places {
	struct quote_match at[PLACES_MAX];
	size_t n;
};
CHECKED int places_find(struct valise *v, const struct body *body, const char *quote, unsigned looseness,
			struct places *ret, struct valise_err *err);
/* What stands at a place and beside it, on one line, appended: as text_quote. */
CHECKED int places_around(const struct body *body, const struct quote_match *m, struct buf *ret,
			  struct valise_err *err);
/* VALISE_E_AMBIGUOUS: the places, and how to choose one. */
int places_several(const struct body *body, const struct places *p, struct valise_err *err);
/* VALISE_E_NOT_FOUND, and the nearest cause that can be found. */
int places_none(struct valise *v, const struct body *body, const char *quote, struct valise_err *err);
/* VALISE_E_USAGE when a border of the span cuts a character in two. */
CHECKED int places_check_span(const struct body *body, const struct valise_span *span, struct valise_err *err);

#endif
