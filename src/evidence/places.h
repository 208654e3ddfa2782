/* SPDX-License-Identifier: Apache-2.0 */
/* The places in exhibits that reports point at, and how much is read there. */
#ifndef EVIDENCE_PLACES_H
#define EVIDENCE_PLACES_H

#include "evidence/evidence.h"

struct place {
	struct hash exhibit;
	uint64_t size, offset, length; /* of the exhibit; what is wanted of it */
	size_t number;                 /* in the reports' order */
	size_t n_spans;                /* that point at it */
	bool is_read;
};

/* How much of an exhibit goes with each span: a span's first `most` bytes, and so many on either side. */
struct words_wanted {
	size_t most, beside;
};
/* By exhibit, size, offset and length, each once; *ret is the caller's to free. Puts the reports in order: of all places together as much is
 * read as is shown of one letter, LIMIT_WORDS_BYTES, those of the first reports first. */
CHECKED int places_list(struct witnessed_report *reports, size_t n_reports, const struct words_wanted *want,
			struct place **ret, size_t *ret_n, struct valise_err *err);
/* How many of them are of the same exhibit as the first. */
size_t places_of_one(const struct place *places, size_t n);

#endif
