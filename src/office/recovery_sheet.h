/* SPDX-License-Identifier: Apache-2.0 */
/* The recovery sheet: one page of paper that alone holds the key which takes an office back. */
#ifndef OFFICE_RECOVERY_SHEET_H
#define OFFICE_RECOVERY_SHEET_H

#include "office/office.h"

#define RECOVERY_SHEET_BYTES 4096

/* Appended to *ret, which must be one that is wiped: at most 76 columns and 60 lines. No code (QR) is on it: whatever camera sees the page
 * would hold the key. The secret is Bech32, whose last six characters find what was mistyped. */
CHECKED int recovery_sheet(const struct verified_entry *first, const struct key *next, struct buf *ret,
			   struct valise_err *err);

#endif
