/* SPDX-License-Identifier: Apache-2.0 */
/* A reader's first step: the cover opened by our reading keys, and held against the seal. */
#ifndef OFFICE_UNLOCK_COVER_H
#define OFFICE_UNLOCK_COVER_H

#include "format/cover.h"
#include "office/office.h"

/* VALISE_E_BAD: what the sender put under seal does not fit together (a defect). VALISE_E_NOT_ALLOWED: no reading key of ours opens
 * it. ret_text (may be NULL) receives the cover's plaintext, to be wiped. */
CHECKED int unlock_cover(struct valise *v, const struct verified_seal *seal, struct cover *ret, struct buf *ret_text,
			 struct valise_err *err);

#endif
