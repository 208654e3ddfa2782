/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences about what did not go as it should: each once, and no more of them than somebody reads. */
#ifndef OFFICE_FINDINGS_H
#define OFFICE_FINDINGS_H

#include "base/buf.h"

/* All zeros: none. */
struct findings {
	char **at;
	size_t n, cap;
};
void findings_release(struct findings *f);
/* The sentence is taken out of the buffer, unless it was told already. Where there are too many, one says so in the place of the rest. */
CHECKED int findings_add(struct findings *f, struct buf *sentence, struct valise_err *err);
/* All of another list, at the end. */
CHECKED int findings_copy(struct findings *f, const struct findings *from, struct valise_err *err);

#endif
