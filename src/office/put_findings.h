/* SPDX-License-Identifier: Apache-2.0 */
/* What putting out tells besides what went: sentences, each once. */
#ifndef OFFICE_PUT_FINDINGS_H
#define OFFICE_PUT_FINDINGS_H

#include "office/put_out.h"

/* Why it was, is in the error. */
CHECKED int put_out_tell_lost(struct put_out_result *r, const struct hash *letter, struct valise_err *err);
CHECKED int put_out_tell_unread(struct put_out_result *r, const struct hash *letter, struct valise_err *err);
CHECKED int put_out_tell_damaged(struct put_out_result *r, const struct hash *exhibit, struct valise_err *err);
/* A bag of ours from inside our office, of that name. */
CHECKED int put_out_tell_own_damaged(struct put_out_result *r, const char *name, struct valise_err *err);
/* That this machine's officers are in standing no more, where it is so. */
CHECKED int put_out_tell_dismissed(struct put_out_result *r, struct valise *v, const struct office_register *self,
				   int64_t now_s, struct valise_err *err);
CHECKED int put_out_tell_unwrappable(struct put_out_result *r, struct valise *v, const struct register_set *set,
				     const struct hash *office, struct valise_err *err);
/* A letter whose addressees have no card. */
CHECKED int put_out_tell_in_the_open(struct put_out_result *r, const struct hash *letter, struct valise_err *err);

#endif
