/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps of excerpts and files what reports point at. */
#include "evidence/exhibits.h"

#include <stdlib.h>

void exhibits_release(struct exhibits *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->owned[i]);
	free(x->owned);
	free(x->at);
	free(x->wanted);
	*x = (struct exhibits){0};
}

static int place_cmp(const struct report_span *a, const struct report_span *b)
{
	int c = hash_cmp(&a->exhibit, &b->exhibit);
	if (!c)
		c = (a->exhibit_bytes > b->exhibit_bytes) - (a->exhibit_bytes < b->exhibit_bytes);
	return c ? c : (a->offset > b->offset) - (a->offset < b->offset);
}

static int by_place(const void *a, const void *b)
{
	const struct report_span *const *x = a, *const *y = b;
	return place_cmp(*x, *y);
}

int exhibits_want(struct exhibits *x, const struct witnessed_report *reports, size_t n_reports, struct valise_err *err)
{
	size_t n = 0;
	if (x->wanted)
		return 0;
	for (size_t i = 0; i < n_reports; i++)
		n += reports[i].report->r.n_spans;
	x->wanted = calloc(n ? n : 1, sizeof(*x->wanted));
	if (!x->wanted)
		return err_nomem(err);
	for (size_t i = 0; i < n_reports; i++) {
		for (size_t k = 0; k < reports[i].report->r.n_spans; k++)
			x->wanted[x->n_wanted++] = &reports[i].report->r.spans[k];
	}
	qsort(x->wanted, x->n_wanted, sizeof(*x->wanted), by_place);
	return 0;
}

/* How many wanted places stand before this one. */
static size_t wanted_before(const struct exhibits *x, const struct report_span *place)
{
	size_t low = 0, high = x->n_wanted;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (place_cmp(x->wanted[middle], place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many wanted places begin within so many bytes at `offset`. */
static size_t wanted_in(const struct exhibits *x, const struct hash *exhibit, uint64_t size, uint64_t offset,
			uint64_t length)
{
	const struct report_span from = {*exhibit, size, offset, 1}, to = {*exhibit, size, offset + length, 1};
	return wanted_before(x, &to) - wanted_before(x, &from);
}

static int keep(struct exhibits *x, const struct exhibit_bytes *one, void *owned, struct valise_err *err)
{
	if (x->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 16;
		struct exhibit_bytes *at = reallocarray(x->at, cap, sizeof *at);
		if (at)
			x->at = at;
		void **list = at ? reallocarray(x->owned, cap, sizeof *list) : NULL;
		if (list)
			x->owned = list;
		if (!list) {
			free(owned);
			return err_nomem(err);
		}
		x->cap = cap;
	}
	x->owned[x->n] = owned;
	x->at[x->n++] = *one;
	return 0;
}

int exhibits_add_excerpt(struct exhibits *x, const struct excerpt *e, bool is_whole, struct valise_err *err)
{
	if (!wanted_in(x, &e->exhibit, e->exhibit_bytes, e->offset, e->length))
		return 0;
	CLEAN_BUF struct buf bytes = BUF_INIT(LIMIT_EXHIBIT_BYTES);
	size_t len;
	int r = excerpt_bytes(e, &bytes, err);
	if (r)
		return r;
	uint8_t *owned = buf_take(&bytes, &len);
	const struct exhibit_bytes one = {
		e->exhibit, e->exhibit_bytes, e->offset, {(const char *)owned, len}, is_whole};
	return keep(x, &one, owned, err);
}

int exhibits_add_file(struct exhibits *x, const struct hash *hash, struct str bytes, size_t *ret_spans,
		      struct valise_err *err)
{
	size_t spans = wanted_in(x, hash, bytes.len, 0, bytes.len);
	const struct exhibit_bytes one = {*hash, bytes.len, 0, bytes, true};
	int r = spans ? keep(x, &one, NULL, err) : 0;
	if (!r)
		*ret_spans = spans;
	return r;
}
