/* SPDX-License-Identifier: Apache-2.0 */
/* Plaintext on its way to disk: a private directory that the spool knows of before it exists, and that gets its name last. */
#ifndef OFFICE_EXTRACT_H
#define OFFICE_EXTRACT_H

#include "format/tar.h"
#include "office/office.h"
#include "office/unseal_stream.h"

struct extract;
/* Makes `.valise-open-<short id>-<random>` beside `destination` (which must not be there), recorded in the spool and locked. The
 * data will be what `from` gives, which must be gone before extract_free: it may still be writing. */
CHECKED int extract_begin(struct valise *v, const char *destination, const struct hash *letter,
			  struct stream_opener *from, struct extract **ret, struct valise_err *err);
CHECKED int extract_member(struct extract *x, const struct tar_member *m, struct valise_err *err);
/* Data of the file that extract_member began, as stream_opener_next gave it last. */
CHECKED int extract_data(struct extract *x, const uint8_t *data, size_t len, struct valise_err *err);
/* Synced, then renamed to the destination, then forgotten by the spool. */
CHECKED int extract_end(struct extract *x, struct valise_err *err);
/* Removes all that was written unless extract_end came to its end. */
void extract_free(struct extract *x);
void extract_freep(struct extract **x);
#define CLEAN_EXTRACT CLEANUP(extract_freep)

/* What killed openings left is removed, or only looked for. `each` (may be NULL) hears of every place where something was found, and
 * whether it still is there, and of those that are not here to be looked at. What is not known to be gone stays on record. */
typedef void extract_found(void *context, bool is_left, const char *text);
CHECKED int extract_sweep(struct valise *v, bool remove, extract_found *each, void *context, struct valise_err *err);

#endif
