/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets: what opens the commitments of a paper letter that was sealed here, encrypted to this office's readers (spec/spool.md). */
#ifndef SPOOL_SHEETS_H
#define SPOOL_SHEETS_H

#include "base/buf.h"
#include "base/hash.h"
#include "spool/spool.h"

/* In the transaction that puts the letter: a commitment whose salts are lost can never be opened. */
CHECKED int sheet_put(struct spool *s, const struct hash *letter, struct str bytes, struct valise_err *err);
/* Appended. VALISE_E_NOT_FOUND: that letter commits to nothing, or was sealed elsewhere. */
CHECKED int sheet_get(struct spool *s, const struct hash *letter, struct buf *ret, struct valise_err *err);

#endif
