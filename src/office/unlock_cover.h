/* SPDX-License-Identifier: Apache-2.0 */
/* A reader's first step: the cover opened by our reading keys, and held against the seal. */
#ifndef OFFICE_UNLOCK_COVER_H
#define OFFICE_UNLOCK_COVER_H

#include "base/limits.h"
#include "format/cover.h"
#include "office/office.h"

/* A cover's bytes as they are under seal, and our reading keys, unlocked. */
struct locked_cover {
	struct buf file;
	const struct identities *keys; /* the office's */
};
#define LOCKED_COVER_NONE \
	{ \
		.file = BUF_INIT(LIMIT_COVER_BYTES) \
	}
#define CLEAN_LOCKED_COVER CLEANUP(locked_cover_release)
void locked_cover_release(struct locked_cover *l);

/* Fills in `ret`, also on failure. Whatever fails here is a matter of this spool: VALISE_E_BAD is damage to its copy, its keys or its
 * register, and no defect of the letter. */
CHECKED int locked_cover_get(struct valise *v, const struct verified_seal *seal, struct locked_cover *ret,
			     struct valise_err *err);
/* VALISE_E_BAD: what the sender put under seal does not fit together (a defect). VALISE_E_NOT_ALLOWED: no reading key of ours opens
 * it. ret_text receives the cover's plaintext, to be wiped. */
CHECKED int unlock_cover(const struct locked_cover *l, const struct verified_seal *seal, struct cover *ret,
			 struct buf *ret_text, struct valise_err *err);

#endif
