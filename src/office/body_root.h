/* SPDX-License-Identifier: Apache-2.0 */
/* The tree root of a body as it is on this disk now. */
#ifndef OFFICE_BODY_ROOT_H
#define OFFICE_BODY_ROOT_H

#include "office/office.h"

/* Reads it all. `doing` is for the progress. */
CHECKED int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret,
		      struct valise_err *err);

#endif
