/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the exhibits that reports point at. */
#ifndef OFFICE_WORDS_H
#define OFFICE_WORDS_H

#include "evidence/places.h"
#include "office/office.h"

/* Fills in g->excerpts, none twice, and puts g->reports in order. Each exhibit is read whole and held against its SHA-256 first; one that is
 * not here, or not by then, is passed over. One that was damaged here goes into g->damaged, sorted. Beyond LIMIT_WORDS_BYTES no span's words
 * are read, those of the first reports first: such an exhibit has one excerpt without bytes. */
CHECKED int gather_words(struct valise *v, const struct words_wanted *want, struct gathered *g, struct valise_err *err);
void words_release(struct gathered *g);

#endif
