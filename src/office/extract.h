/* SPDX-License-Identifier: Apache-2.0 */
/* Plaintext on its way to disk: a letter's directory, made within a private one. */
#ifndef OFFICE_EXTRACT_H
#define OFFICE_EXTRACT_H

#include "format/tar.h"
#include "office/staging.h"
#include "office/unseal_stream.h"

/* Where a letter is written. */
struct extract_place {
	const struct staging *staging;
	const char *name;  /* that it will have; borrowed until extract_free */
	const char *shown; /* the destination, for error texts */
	bool synced_later; /* staging_sync comes after it anyway, for many letters at once */
};

struct extract;
/* VALISE_E_EXISTS where it is there already. The data will be what `from` gives, which must be gone before extract_free: it may still be
 * writing. None of these touches the spool: letters of one staging may be written by several threads. */
CHECKED int extract_begin(const struct extract_place *place, struct stream_opener *from, struct extract **ret,
			  struct valise_err *err);
CHECKED int extract_member(struct extract *x, const struct tar_member *m, struct valise_err *err);
/* Data of the file that extract_member began, as stream_opener_next gave it last. */
CHECKED int extract_data(struct extract *x, const uint8_t *data, size_t len, struct valise_err *err);
/* All is written; *ret_synced: and durable, so that staging_sync need not be waited for. */
CHECKED int extract_end(struct extract *x, bool *ret_synced, struct valise_err *err);
/* Removes what was written unless extract_end came to its end. */
void extract_free(struct extract *x);
void extract_freep(struct extract **x);
#define CLEAN_EXTRACT CLEANUP(extract_freep)

#endif
