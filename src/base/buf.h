/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer that gets its maximum at birth and whose first error sticks, so that writers check once at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

struct buf {
	uint8_t *data; /* NUL-terminated beyond len whenever not NULL */
	size_t len;
	size_t cap;
	size_t max; /* bytes; passing it is VALISE_E_LIMIT */
	int error;  /* 0, VALISE_E_NOMEM or VALISE_E_LIMIT: the first append that failed; later appends do nothing */
};

#define BUF_INIT(max_bytes) \
	{ \
		.max = (max_bytes) \
	}
/* Over an array of ours, one byte of which stays for the NUL: never allocates, and is not to be released. */
#define BUF_AT(array) \
	{ \
		.data = (uint8_t *)(array), .cap = sizeof(array), .max = sizeof(array) - 1 \
	}
#define CLEAN_BUF CLEANUP(buf_release)
/* For buffers that held a secret: wiped before they are freed. */
#define CLEAN_BUF_SECRET CLEANUP(buf_wipe)

void buf_init(struct buf *b, size_t max_bytes);
/* Frees; the buffer is as after buf_init with the same maximum. */
void buf_release(struct buf *b);
void buf_wipe(struct buf *b);
/* Length 0 and no error; keeps the memory. */
void buf_clear(struct buf *b);

void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, struct str s);
void buf_add_text(struct buf *b, const char *cstring);
void buf_add_char(struct buf *b, char c);
void buf_add_hash(struct buf *b, const struct hash *h); /* as hex */
void buf_add_u32be(struct buf *b, uint32_t v);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for len more bytes, counted as added, to be filled by the caller; NULL when it failed (sticky). */
uint8_t *buf_grow(struct buf *b, size_t len);
void buf_truncate(struct buf *b, size_t len);

/* 0, or the sticky error with a text that names `what`. */
CHECKED int buf_check(const struct buf *b, const char *what, struct valise_err *err);
struct str buf_str(const struct buf *b);
/* The memory itself, to be freed by the caller; the buffer is empty afterwards. NULL when nothing was ever added,
 * or when it failed. */
uint8_t *buf_take(struct buf *b, size_t *ret_len);

#endif
