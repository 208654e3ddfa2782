/* SPDX-License-Identifier: Apache-2.0 */
/* A file made by age in, its plaintext stream out: read, decrypted and hashed by the pipeline ahead of who pulls. */
#ifndef OFFICE_UNSEAL_STREAM_H
#define OFFICE_UNSEAL_STREAM_H

#include "office/office.h"

struct stream_opener;
/* `file` must outlive the opener. VALISE_E_BAD when its age header is malformed, VALISE_E_LOCKED when no identity opens it. With
 * `hashed`, stream_opener_root can be asked at the end. */
CHECKED int stream_opener_new(const struct body *file, const struct age_identity *identities, size_t n, bool hashed,
			      struct stream_opener **ret, struct valise_err *err);
void stream_opener_free(struct stream_opener *o);
void stream_opener_freep(struct stream_opener **o);
#define CLEAN_STREAM_OPENER CLEANUP(stream_opener_freep)

uint64_t stream_opener_plain_bytes(const struct stream_opener *o);
/* The next bytes, verified, in order; borrowed until the next call; *ret_len 0 at the end. VALISE_E_BAD when a chunk is altered. */
CHECKED int stream_opener_next(struct stream_opener *o, const uint8_t **ret, size_t *ret_len, struct valise_err *err);
/* Writes bytes of those that stream_opener_next gave last: now, or, when they are as many as to be worth it, by another thread after
 * the next call. Until stream_opener_settle, `fd` stays open, and what was written may not be there yet. */
CHECKED int stream_opener_write(struct stream_opener *o, int fd, uint64_t at, const uint8_t *data, size_t len,
				const char *what, struct valise_err *err);
CHECKED int stream_opener_settle(struct stream_opener *o, struct valise_err *err);
/* After the end: the file's tree root as it was read. */
CHECKED int stream_opener_root(struct stream_opener *o, struct hash *ret, struct valise_err *err);

#endif
