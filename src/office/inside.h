/* SPDX-License-Identifier: Apache-2.0 */
/* What the machines of one office exchange among themselves: which letters, and for whose keys. */
#ifndef OFFICE_INSIDE_H
#define OFFICE_INSIDE_H

#include "office/office.h"

/* The keys of all our officers in standing that have one, sorted, and the digest that bags for them go by. VALISE_E_NOT_ALLOWED when there
 * is none. */
CHECKED int inside_audience(const struct office_register *self, int64_t now_s, struct recipients *ret,
			    struct hash *ret_id, struct valise_err *err);
/* Whether our office has to do with that letter: it sealed it, it is addressed, it was handed it, or an officer of it has spoken. */
CHECKED int inside_concerns(const struct valise *v, const struct gathered *g, bool *ret, struct valise_err *err);

#endif
