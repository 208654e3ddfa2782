/* SPDX-License-Identifier: Apache-2.0 */
/* The exhibits of a letter's reports, whole, into a dossier: read as they are written, however large they are. */
#ifndef OFFICE_WHOLE_EXHIBITS_H
#define OFFICE_WHOLE_EXHIBITS_H

#include "office/office.h"

struct whole_exhibits {
	struct whole_exhibit *at; /* by their hashes */
	size_t n;
	uint64_t bytes; /* of their items in the file */
};
void whole_exhibits_release(struct whole_exhibits *x);

/* Those that are here, every byte of each checked. VALISE_E_BAD for one that was damaged. Puts g->reports in order. */
CHECKED int whole_exhibits_find(struct valise *v, struct gathered *g, struct whole_exhibits *ret,
				struct valise_err *err);
/* Their items; checked once more on the way, and VALISE_E_CHANGED when they are others by now. Non-zero of `write` stops, and comes back. */
CHECKED int whole_exhibits_write(struct valise *v, const struct whole_exhibits *x, const struct valise_dossier *to,
				 struct valise_err *err);

#endif
