/* SPDX-License-Identifier: Apache-2.0 */
/* What was written to a file, range by range, to compare with what its medium gives back. */
#ifndef OFFICE_IMPRINT_H
#define OFFICE_IMPRINT_H

#include "crypto/mac.h"

/* Of each range a tag under a key that is drawn for this file and, like the tags, never leaves the process. It finds what a medium did
 * to the bytes, even one that alters them on purpose: that knows neither, and one wrong range in 2^80 passes. Nobody else is ever shown
 * it, and nothing rests on it later: what the bytes are worth to a reader, their own signatures and roots say. */
struct imprint_range {
	size_t len;
	uint8_t tag[MAC_TAG_BYTES];
};
struct imprint {
	uint8_t key[MAC_KEY_BYTES];
	struct imprint_range *ranges; /* owned; in order, one after the other */
	size_t n, cap;
};

/* A new key, and no ranges yet. */
CHECKED int imprint_begin(struct imprint *i, struct valise_err *err);
/* The next `len` bytes of the file. */
CHECKED int imprint_add(struct imprint *i, size_t len, const uint8_t tag[static MAC_TAG_BYTES], struct valise_err *err);
size_t imprint_longest(const struct imprint *i);
/* VALISE_E_BAD when `data`, as long as the range, is not what was written there. Any thread, with a mac of its own under the key. */
CHECKED int imprint_compare(const struct imprint_range *range, struct mac *mac, const uint8_t *data,
			    struct valise_err *err);
void imprint_release(struct imprint *i);

#endif
