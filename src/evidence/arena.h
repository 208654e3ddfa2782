/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given out piece by piece and freed at once: owns everything that one struct valise_accounts shows. */
#ifndef EVIDENCE_ARENA_H
#define EVIDENCE_ARENA_H

#include <stddef.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* Gets its maximum at birth; its first error sticks, so that whoever fills in many things checks once at the end. */
struct arena {
	struct arena_block *block; /* the one in hand; older ones hang behind it */
	size_t used;               /* of the block in hand */
	size_t left;               /* bytes that may yet be taken from the system */
	int error;                 /* 0, VALISE_E_NOMEM or VALISE_E_LIMIT */
};
#define ARENA_INIT(max_bytes) \
	{ \
		.left = (max_bytes) \
	}
#define CLEAN_ARENA CLEANUP(arena_release)

/* Frees everything that was given out; the error goes with it. */
void arena_release(struct arena *a);

/* n zeroed elements of `size` bytes, aligned for anything; not NULL for n = 0. NULL when it failed, now or before. */
void *arena_array(struct arena *a, size_t n, size_t size);
#define ARENA_NEW(a, type, n) ((type *)arena_array(a, n, sizeof(type)))

/* Copies, NUL-terminated; NULL when it failed. */
const char *arena_text(struct arena *a, struct str s);
/* As text_show writes it: safe for a person's eyes. NULL stays NULL. */
const char *arena_shown(struct arena *a, struct str s);
/* The buffer's text; the buffer is cleared for the next one, and an error of its own becomes the arena's. */
const char *arena_take(struct arena *a, struct buf *b);

/* 0, or the sticky error. */
CHECKED int arena_check(const struct arena *a, struct valise_err *err);

#endif
