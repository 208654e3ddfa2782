/* SPDX-License-Identifier: Apache-2.0 */
/* All letters here, in the order of lists, a few at a time: however many there are, it takes the same memory. */
#ifndef OFFICE_LISTING_H
#define OFFICE_LISTING_H

#include "office/outline.h"

typedef int outlined_each(void *context, const struct outlined *o);
/* Every letter, its accounts made anew: for where what is kept cannot be asked. Outside of any transaction. */
CHECKED int outlined_each_letter(struct valise *v, outlined_each *each, void *context, struct valise_err *err);

#endif
