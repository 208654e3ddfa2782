/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: memory that is wiped on release, kept out of dumps and, where the system allows, out of swap; comparison in constant time. */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct secret {
	uint8_t *bytes; /* NULL when empty */
	size_t len;
};
#define SECRET_NONE \
	{ \
		0 \
	}
#define CLEAN_SECRET __attribute__((cleanup(secret_release)))

/* Zero-filled. */
CHECKED int secret_alloc(struct secret *ret, size_t len, struct valise_err *err);
CHECKED int secret_copy(struct secret *ret, const void *data, size_t len, struct valise_err *err);
void secret_release(struct secret *s);
/* For keys in plain arrays and structs. */
void secret_wipe(void *data, size_t len);
bool secret_eq(const void *a, const void *b, size_t len);

#endif
