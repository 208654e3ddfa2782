/* SPDX-License-Identifier: Apache-2.0 */
/* What putting out tells besides what went: sentences, each once. */
#ifndef OFFICE_PUT_FINDINGS_H
#define OFFICE_PUT_FINDINGS_H

#include "office/put_out.h"

/* Why it was, is in the error. */
CHECKED int put_out_tell_lost(struct put_out_result *r, const struct hash *letter, struct valise_err *err);
CHECKED int put_out_tell_damaged(struct put_out_result *r, const struct hash *exhibit, struct valise_err *err);
CHECKED int put_out_tell_unwrappable(struct put_out_result *r, struct valise *v, const struct register_set *set,
				     const struct hash *office, struct valise_err *err);
/* A letter whose addressees have no card. */
CHECKED int put_out_tell_in_the_open(struct put_out_result *r, const struct hash *letter, struct valise_err *err);

#endif
