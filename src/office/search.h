/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for words in what a letter says of itself: its reference, what paper it is, and its subject where we can read it. */
#ifndef OFFICE_SEARCH_H
#define OFFICE_SEARCH_H

#include "office/office.h"

struct search;
/* Unlocks the reading keys that are here, once. VALISE_E_USAGE when there is no word. */
CHECKED int search_begin(struct valise *v, const char *words, struct search **ret, struct valise_err *err);
/* Whether each word stands in one of them. Subjects are in memory only, for as long as this takes: `subject` (empty) receives it as
 * shown where the letter is one that was looked for. */
CHECKED int search_letter(struct search *s, const struct hash *letter, bool *ret_found, struct buf *subject,
			  struct valise_err *err);
/* Of the letters looked at: covers that are here, and that no key of ours opens. */
uint64_t search_closed(const struct search *s);
bool search_reads(const struct search *s); /* a reading key is here */
void search_free(struct search *s);
void search_freep(struct search **s);
#define CLEAN_SEARCH CLEANUP(search_freep)

#endif
