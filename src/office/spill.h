/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input of unknown length: kept in memory while small, otherwise in an unnamed file under a key that only memory holds. */
#ifndef OFFICE_SPILL_H
#define OFFICE_SPILL_H

#include "office/office.h"

struct spill;
/* Reads fd to its end. */
CHECKED int spill_read(struct valise *v, int fd, struct spill **ret, struct valise_err *err);
uint64_t spill_bytes(const struct spill *s);
/* The next bytes in order, borrowed until the next call; *ret_len 0 at the end. */
CHECKED int spill_next(struct spill *s, const uint8_t **ret, size_t *ret_len, struct valise_err *err);
void spill_free(struct spill *s);
void spill_freep(struct spill **s);
#define CLEAN_SPILL CLEANUP(spill_freep)

#endif
