/* SPDX-License-Identifier: Apache-2.0 */
/* What taking a card in and joining the office of one have in common. */
#ifndef OFFICE_CARDS_H
#define OFFICE_CARDS_H

#include "office/office.h"

/* Verifies every entry of a card, judged together with what the spool holds of that office (v NULL: nothing). In *ret the entries from
 * *ret_held on are the card's. */
CHECKED int card_verify(struct valise *v, const void *bytes, size_t len, struct register_set *ret,
			struct hash *ret_office, size_t *ret_held, struct valise_err *err);
/* 30 digits as they were typed: VALISE_E_USAGE when they are none, VALISE_E_BAD when they are another office's. */
CHECKED int card_check_digits(const struct hash *office, const char *digits, struct valise_err *err);

#endif
