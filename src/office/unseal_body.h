/* SPDX-License-Identifier: Apache-2.0 */
/* A sealed body in, its plaintext stream out: read, decrypted and hashed by the pipeline ahead of who pulls. */
#ifndef OFFICE_UNSEAL_BODY_H
#define OFFICE_UNSEAL_BODY_H

#include "office/office.h"

struct body_opener;
/* `body` must outlive the opener. VALISE_E_BAD when its age header is malformed or `body_key` does not open it. */
CHECKED int body_opener_new(const struct body *body, const uint8_t body_key[static 32], struct body_opener **ret,
			    struct valise_err *err);
void body_opener_free(struct body_opener *o);
void body_opener_freep(struct body_opener **o);
#define CLEAN_BODY_OPENER CLEANUP(body_opener_freep)

uint64_t body_opener_plain_bytes(const struct body_opener *o);
/* The next bytes, verified, in order; borrowed until the next call; *ret_len 0 at the end. VALISE_E_BAD when a chunk is altered. */
CHECKED int body_opener_next(struct body_opener *o, const uint8_t **ret, size_t *ret_len, struct valise_err *err);
/* After the end: the body's tree root as it is on disk now. */
CHECKED int body_opener_root(struct body_opener *o, struct hash *ret, struct valise_err *err);

#endif
