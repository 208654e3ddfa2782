/* SPDX-License-Identifier: Apache-2.0 */
/* Key files in keys/: opaque bytes by the 32 hex digits of the key's name. */
#ifndef SPOOL_KEYS_H
#define SPOOL_KEYS_H

#include "base/file.h"
#include "spool/spool.h"

/* 0600, durable; replaces what is there whole (another passphrase), never in part. */
CHECKED int key_file_put(struct spool *s, const char *name, struct str bytes, struct valise_err *err);
/* Appended. VALISE_E_NOT_FOUND when it is not here. Wiped by the caller. */
CHECKED int key_file_get(struct spool *s, const char *name, struct buf *ret, struct valise_err *err);
CHECKED int key_file_remove(struct spool *s, const char *name, struct valise_err *err);
/* Their names, sorted. */
CHECKED int key_files(struct spool *s, struct names *ret, struct valise_err *err);

#endif
