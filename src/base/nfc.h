/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode normalisation form C, for those who write free text; readers never test it. */
#ifndef BASE_NFC_H
#define BASE_NFC_H

#include "base/buf.h"

/* Appends s in form C. VALISE_E_USAGE when s is no valid UTF-8; *ret is as it was on failure. */
CHECKED int nfc_append(struct buf *ret, struct str s, struct valise_err *err);
/* The same without the difference of capital and small letters (Unicode's full case folding): for comparing, not for showing. */
CHECKED int nfc_fold_append(struct buf *ret, struct str s, struct valise_err *err);

#endif
