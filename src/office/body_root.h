/* SPDX-License-Identifier: Apache-2.0 */
/* The tree root of a body as it is on this disk now. */
#ifndef OFFICE_BODY_ROOT_H
#define OFFICE_BODY_ROOT_H

#include "office/office.h"

/* Reading beside other work: ahead from time to time, as far as goes without waiting, and the rest in the end. `body` must outlive
 * the reader; `doing` is for the progress. */
struct body_reader;
CHECKED int body_reader_new(struct valise *v, const struct body *body, const char *doing, struct body_reader **ret,
			    struct valise_err *err);
CHECKED int body_reader_ahead(struct body_reader *b, struct valise_err *err);
CHECKED int body_reader_end(struct body_reader *b, struct hash *ret, struct valise_err *err);
void body_reader_free(struct body_reader *b);
void body_reader_freep(struct body_reader **b);
#define CLEAN_BODY_READER CLEANUP(body_reader_freep)

/* All at once. */
CHECKED int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret,
		      struct valise_err *err);

#endif
