/* SPDX-License-Identifier: Apache-2.0 */
/* A body, or a bag, as it is on its medium now: its tree root, or whether it is what was written. */
#ifndef OFFICE_BODY_ROOT_H
#define OFFICE_BODY_ROOT_H

#include "office/imprint.h"
#include "office/office.h"

/* Reading beside other work: ahead from time to time, as far as goes without waiting, and the rest in the end. With `imprint`, which is
 * of as many bytes, the bytes are compared with it: VALISE_E_BAD from either function as soon as a range is found to differ. Without,
 * they are hashed. `body` and `imprint` must outlive the reader; `doing` is for the progress. */
struct body_reader;
CHECKED int body_reader_new(struct valise *v, const struct body *body, const struct imprint *imprint, const char *doing,
			    struct body_reader **ret, struct valise_err *err);
CHECKED int body_reader_ahead(struct body_reader *b, struct valise_err *err);
/* ret_root: NULL with an imprint. */
CHECKED int body_reader_end(struct body_reader *b, struct hash *ret_root, struct valise_err *err);
void body_reader_free(struct body_reader *b);
void body_reader_freep(struct body_reader **b);
#define CLEAN_BODY_READER CLEANUP(body_reader_freep)

/* All at once. */
CHECKED int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret,
		      struct valise_err *err);

#endif
