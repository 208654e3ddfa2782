/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps of excerpts and files what reports point at. */
#include "evidence/exhibits.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/limits.h"
#include "crypto/digest.h"

void exhibits_release(struct exhibits *x)
{
	for (size_t i = 0; i < x->n; i++)
		free((char *)(uintptr_t)x->at[i].bytes.at);
	free(x->at);
	free(x->wanted);
	*x = (struct exhibits){0};
}

int exhibits_want(struct exhibits *x, struct witnessed_report *reports, size_t n_reports, struct valise_err *err)
{
	const struct words_wanted want = {.most = LIMIT_SPAN_WORDS_BYTES + 1}; /* one more, to see that it is cut */
	return x->wanted ? 0 : places_list(reports, n_reports, &want, &x->wanted, &x->n_wanted, err);
}

/* ---- Which places are of an exhibit ---- */

/* How many wanted places stand before that offset of that exhibit. */
static size_t places_before(const struct exhibits *x, const struct hash *exhibit, uint64_t size, uint64_t offset)
{
	size_t low = 0, high = x->n_wanted;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct place *p = &x->wanted[middle];
		int c = hash_cmp(&p->exhibit, exhibit);
		bool before = c ? c < 0 : p->size != size ? p->size < size : p->offset < offset;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct place *places_in(const struct exhibits *x, const struct hash *exhibit, uint64_t size, size_t *ret_n)
{
	size_t begin = places_before(x, exhibit, size, 0);
	*ret_n = places_before(x, exhibit, size, UINT64_MAX) - begin;
	return x->wanted + begin;
}

/* ---- What is kept ---- */

/* Takes `bytes`, also when it fails. */
static int keep(struct exhibits *x, const struct exhibit_bytes *one, struct valise_err *err)
{
	struct exhibit_bytes *grown = array_room(x->at, x->n, &x->cap, sizeof *grown);
	if (!grown) {
		free((char *)(uintptr_t)one->bytes.at);
		return err_nomem(err);
	}
	x->at = grown;
	x->at[x->n++] = *one;
	return 0;
}

static bool is_of(const struct exhibit_bytes *one, const struct hash *exhibit, uint64_t size)
{
	return hash_eq(&one->exhibit, exhibit) && one->size == size;
}

/* Whoever has the whole needs no piece. */
static void drop(struct exhibits *x, const struct hash *exhibit, uint64_t size)
{
	size_t kept = 0;
	for (size_t i = 0; i < x->n; i++) {
		if (is_of(&x->at[i], exhibit, size))
			free((char *)(uintptr_t)x->at[i].bytes.at);
		else
			x->at[kept++] = x->at[i];
	}
	x->n = kept;
}

/* ---- Reading from beginning to end ---- */

struct reading_place {
	const struct place *p;
	size_t room; /* where its bytes are */
};

struct exhibit_reading {
	struct exhibits *x;
	struct digest *digest;
	uint64_t at;
	struct reading_place *places; /* those that are read, by offset */
	size_t n, first;              /* the first that does not lie behind */
	char *room;
	bool is_file; /* pieces of it may be here, and anywhere */
};

void exhibit_reading_free(struct exhibit_reading *g)
{
	if (!g)
		return;
	digest_free(g->digest);
	free(g->places);
	free(g->room);
	free(g);
}

void exhibit_reading_freep(struct exhibit_reading **g)
{
	exhibit_reading_free(*g);
}

static int by_offset(const void *a, const void *b)
{
	const struct reading_place *x = a, *y = b;
	return (x->p->offset > y->p->offset) - (x->p->offset < y->p->offset);
}

/* Only of these places, all of which may be of other exhibits. */
static int reading_new(struct exhibits *x, const struct place *places, size_t n, struct exhibit_reading **ret,
		       struct valise_err *err)
{
	CLEAN_EXHIBIT_READING struct exhibit_reading *g = calloc(1, sizeof *g);
	size_t room = 0;
	if (!g)
		return err_nomem(err);
	g->x = x;
	g->places = calloc(n + 1, sizeof *g->places);
	for (size_t i = 0; g->places && i < n; i++) {
		if (!places[i].is_read)
			continue;
		g->places[g->n++] = (struct reading_place){&places[i], room};
		room += (size_t)places[i].length;
	}
	g->room = malloc(room + 1);
	if (!g->places || !g->room)
		return err_nomem(err);
	qsort(g->places, g->n, sizeof *g->places, by_offset);
	int r = digest_new(&g->digest, err);
	if (!r)
		*ret = TAKE(g);
	return r;
}

int exhibit_reading_new(struct exhibits *x, struct exhibit_reading **ret, struct valise_err *err)
{
	int r = reading_new(x, x->wanted, x->n_wanted, ret, err);
	if (!r)
		(*ret)->is_file = true;
	return r;
}

/* What of it lies in the place goes there. */
static void fill(const struct exhibit_reading *g, const struct reading_place *one, const char *data, uint64_t end)
{
	uint64_t from = one->p->offset > g->at ? one->p->offset : g->at;
	uint64_t to = one->p->offset + one->p->length < end ? one->p->offset + one->p->length : end;
	if (from < to)
		memcpy(g->room + one->room + (from - one->p->offset), data + (from - g->at), (size_t)(to - from));
}

int exhibit_reading_add(struct exhibit_reading *g, const void *data, size_t len, struct valise_err *err)
{
	uint64_t end = g->at + len;
	while (g->first < g->n && g->places[g->first].p->offset + LIMIT_SPAN_WORDS_BYTES + 1 <= g->at)
		g->first++;
	for (size_t i = g->first; i < g->n && g->places[i].p->offset < end; i++)
		fill(g, &g->places[i], data, end);
	g->at = end;
	return digest_add(g->digest, data, len, err);
}

static int keep_place(struct exhibit_reading *g, const struct reading_place *one, struct valise_err *err)
{
	const struct place *p = one->p;
	char *bytes = malloc((size_t)p->length);
	if (!bytes)
		return err_nomem(err);
	memcpy(bytes, g->room + one->room, (size_t)p->length);
	return keep(
		g->x,
		&(struct exhibit_bytes){p->exhibit, p->size, p->offset, {bytes, (size_t)p->length}, .is_whole = true},
		err);
}

int exhibit_reading_end(struct exhibit_reading *g, struct hash *ret, uint64_t *ret_bytes, size_t *ret_spans,
			struct valise_err *err)
{
	struct hash hash;
	size_t n, spans = 0;
	bool all = true;
	int r = digest_end(g->digest, &hash, err);
	if (r)
		return r;
	const struct place *own = places_in(g->x, &hash, g->at, &n);
	for (size_t i = 0; i < n; i++) {
		spans += own[i].n_spans;
		all = all && own[i].is_read;
	}
	if (n && g->is_file)
		drop(g->x, &hash, g->at);
	for (size_t i = 0; i < g->n && !r; i++)
		if (g->places[i].p >= own && g->places[i].p < own + n)
			r = keep_place(g, &g->places[i], err);
	if (!r && !all) /* it is here, and some of it was not read */
		r = keep(g->x, &(struct exhibit_bytes){hash, g->at, 0, {NULL, 0}, .is_whole = true}, err);
	if (r)
		return r;
	*ret = hash;
	*ret_bytes = g->at;
	*ret_spans = spans;
	return 0;
}

/* ---- Excerpts ---- */

static int add_piece(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	return exhibit_reading_add(context, data, len, err);
}

static int add_whole(struct exhibits *x, const struct excerpt *e, const struct place *places, size_t n,
		     struct valise_err *err)
{
	CLEAN_EXHIBIT_READING struct exhibit_reading *g = NULL;
	struct hash hash;
	uint64_t bytes;
	size_t spans;
	while (x->n && is_of(&x->at[x->n - 1], &e->exhibit, e->exhibit_bytes))
		free((char *)(uintptr_t)x->at[--x->n].bytes.at);
	int r = reading_new(x, places, n, &g, err);
	if (!r)
		r = excerpt_each(e, add_piece, g, err);
	return r ? r : exhibit_reading_end(g, &hash, &bytes, &spans, err);
}

int exhibits_add_excerpt(struct exhibits *x, const struct excerpt *e, bool is_whole, struct valise_err *err)
{
	size_t n, len;
	const struct place *places = places_in(x, &e->exhibit, e->exhibit_bytes, &n);
	if (n && is_whole)
		return add_whole(x, e, places, n, err);
	size_t wanted = places_before(x, &e->exhibit, e->exhibit_bytes, e->offset + e->length) -
			places_before(x, &e->exhibit, e->exhibit_bytes, e->offset);
	/* Those of one exhibit come one after the other. */
	bool has_whole = x->n && is_of(&x->at[x->n - 1], &e->exhibit, e->exhibit_bytes) && x->at[x->n - 1].is_whole;
	if (!wanted || has_whole)
		return 0;
	CLEAN_BUF struct buf bytes = BUF_INIT(LIMIT_EXHIBIT_BYTES);
	int r = excerpt_bytes(e, &bytes, err);
	if (r)
		return r;
	uint8_t *owned = buf_take(&bytes, &len);
	return keep(x,
		    &(struct exhibit_bytes){e->exhibit, e->exhibit_bytes, e->offset, {(const char *)owned, len}, false},
		    err);
}
