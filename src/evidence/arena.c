/* SPDX-License-Identifier: Apache-2.0 */
/* A list of blocks out of which memory is given in order and freed at once. */
#include "evidence/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define ARENA_BLOCK_BYTES (16u * 1024)

struct arena_block {
	struct arena_block *older;
	size_t size; /* of data */
	alignas(max_align_t) char data[];
};

void arena_release(struct arena *a)
{
	struct arena_block *b = a->block;
	while (b) {
		struct arena_block *older = b->older;
		free(b);
		b = older;
	}
	*a = (struct arena)ARENA_INIT(0);
}

static void *arena_fail(struct arena *a, int error)
{
	if (!a->error)
		a->error = error;
	return NULL;
}

static bool arena_grow(struct arena *a, size_t need)
{
	/* Blocks double, so that much memory is few blocks, and a small account stays small. */
	size_t size = a->block ? 2 * a->block->size : ARENA_BLOCK_BYTES;
	if (size < need || size > 64u * ARENA_BLOCK_BYTES)
		size = need > 64u * ARENA_BLOCK_BYTES ? need : 64u * ARENA_BLOCK_BYTES;
	if (size > a->left)
		size = need;
	if (size > a->left) {
		(void)arena_fail(a, VALISE_E_LIMIT);
		return false;
	}
	struct arena_block *b = malloc(sizeof *b + size);
	if (!b) {
		(void)arena_fail(a, VALISE_E_NOMEM);
		return false;
	}
	b->older = a->block;
	b->size = size;
	a->block = b;
	a->used = 0;
	a->left -= size;
	return true;
}

static void *arena_bytes(struct arena *a, size_t size, size_t align)
{
	if (a->error)
		return NULL;
	size_t at = (a->used + align - 1) & ~(align - 1);
	if (!a->block || at > a->block->size || size > a->block->size - at) {
		if (!arena_grow(a, size))
			return NULL;
		at = 0;
	}
	a->used = at + size;
	return a->block->data + at;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n ? n : 1, size, &bytes) || bytes > SIZE_MAX / 2)
		return arena_fail(a, VALISE_E_LIMIT);
	void *p = arena_bytes(a, bytes, alignof(max_align_t));
	if (p)
		memset(p, 0, bytes);
	return p;
}

const char *arena_text(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.len + 1, 1);
	if (!p)
		return NULL;
	if (s.len)
		memcpy(p, s.at, s.len);
	p[s.len] = '\0';
	return p;
}

const char *arena_shown(struct arena *a, struct str s)
{
	if (!s.at)
		return NULL;
	/* At worst each byte becomes "\xNN". */
	CLEAN_BUF struct buf b = BUF_INIT(4 * s.len + 16);
	text_show(&b, s);
	return arena_take(a, &b);
}

const char *arena_take(struct arena *a, struct buf *b)
{
	const char *p = b->error ? arena_fail(a, b->error) : arena_text(a, buf_str(b));
	buf_clear(b);
	return p;
}

int arena_check(const struct arena *a, struct valise_err *err)
{
	if (a->error == VALISE_E_NOMEM)
		return err_nomem(err);
	if (a->error)
		return err_set(err, a->error, "there is more evidence here than can be judged at once");
	return 0;
}
