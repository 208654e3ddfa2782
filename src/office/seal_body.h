/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of plaintext in, a sealed body out: encrypted, hashed and written by the pipeline while the caller reads on. */
#ifndef OFFICE_SEAL_BODY_H
#define OFFICE_SEAL_BODY_H

#include "base/newfile.h"
#include "office/office.h"

struct body_sealer;

/* Random bytes for one body, from the caller: file key, nonce, ephemeral secret. */
#define BODY_RANDOM_BYTES AGE_RANDOM_BYTES(1)

CHECKED int body_sealer_new(struct valise *v, const struct age_recipient *to,
			    const uint8_t randomness[static BODY_RANDOM_BYTES], struct body_sealer **ret,
			    struct valise_err *err);
void body_sealer_free(struct body_sealer *s);
void body_sealer_freep(struct body_sealer **s);
#define CLEAN_BODY_SEALER CLEANUP(body_sealer_freep)

/* Room for the next plaintext bytes, at least one; to be filled from its start and told of by body_sealer_add with the same
 * pointer: so large files are read straight into place. */
CHECKED int body_sealer_room(struct body_sealer *s, uint8_t **ret, size_t *ret_len, struct valise_err *err);
/* The next bytes of the stream; copied unless they lie where body_sealer_room said. */
CHECKED int body_sealer_add(struct body_sealer *s, const uint8_t *data, size_t len, struct valise_err *err);
CHECKED int body_sealer_zeros(struct body_sealer *s, uint64_t len, struct valise_err *err);
uint64_t body_sealer_offset(const struct body_sealer *s);

/* The whole body: its tree root and size, and its tally, which the sealer keeps. */
struct sealed_body {
	struct hash root;
	uint64_t bytes;
	struct str tally;
};
CHECKED int body_sealer_end(struct body_sealer *s, struct sealed_body *ret, struct valise_err *err);
/* Puts it into the spool, durable; within the caller's transaction. After body_sealer_end. */
CHECKED int body_sealer_put(struct body_sealer *s, const struct sealed_body *b, struct valise_err *err);

#endif
