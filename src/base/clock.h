/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's clock and randomness, read only at the edges and handed down as parameters. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int64_t clock_now_s(void);        /* seconds since the epoch, by this machine's clock */
int64_t clock_monotonic_ms(void); /* for rates and time-outs only */

/* getrandom(2), whole or an error. */
CHECKED int random_fill(void *ret, size_t len, struct valise_err *err);

#endif
