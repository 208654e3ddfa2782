/* SPDX-License-Identifier: Apache-2.0 */
/* The last record of a bag between the machines of one office: by whose key it is, told to each key that it is for (spec/bag.md, "Inside an
 * office"). */
#ifndef FORMAT_INSIDE_VOUCHER_H
#define FORMAT_INSIDE_VOUCHER_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "format/age.h"

#define INSIDE_TAG_BYTES 16u
/* What the record takes for so many keys, at most. */
#define INSIDE_VOUCHER_BYTES(n) (128u + (n) * (AGE_RECIPIENT_TEXT_BYTES + 2u * INSIDE_TAG_BYTES + 6u))

/* What only the holder of either key can make: `mine` is one, `other` the other; whoever's `by` is wrote the bag. `frames`: the digest of the
 * bag's header and of all frames before this record's. VALISE_E_BAD: `other` is a point of low order. */
CHECKED int inside_voucher_tag(const struct age_identity *mine, const struct age_recipient *other,
			       const struct age_recipient *by, const struct age_recipient *to,
			       const struct hash *frames, uint8_t ret[static INSIDE_TAG_BYTES], struct valise_err *err);

/* Its text, appended: this, then a line for each key but `by` itself, in their order. */
void inside_voucher_begin(struct buf *b, const struct age_recipient *by);
void inside_voucher_line(struct buf *b, const struct age_recipient *to, const uint8_t tag[static INSIDE_TAG_BYTES]);

/* Whether that is such a record, well-formed or not. */
bool inside_voucher_is(struct str s);
/* The tag for one of its keys. False: it is not well-formed, or has none for that key. */
CHECKED bool inside_voucher_find(struct str s, const struct age_recipient *to, struct age_recipient *ret_by,
				 uint8_t ret_tag[static INSIDE_TAG_BYTES]);

#endif
