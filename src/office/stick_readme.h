/* SPDX-License-Identifier: Apache-2.0 */
/* The README.txt of a stick. */
#ifndef OFFICE_STICK_README_H
#define OFFICE_STICK_README_H

#include "base/buf.h"

/* Appends the text; `bare`: something on the stick is not wrapped. The first word marks it as ours. */
CHECKED int stick_readme(bool bare, struct buf *ret, struct valise_err *err);

#endif
