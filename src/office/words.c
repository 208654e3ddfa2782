/* SPDX-License-Identifier: Apache-2.0 */
/* The words that reports point at, read from the exhibits that are here. */
#include "office/words.h"

#include "base/limits.h"
#include "office/exhibits.h"

void words_release(struct gathered *g)
{
	for (size_t i = 0; i < g->n_excerpts; i++)
		free((char *)(uintptr_t)g->excerpts[i].bytes.at);
	free(g->excerpts);
	g->excerpts = NULL;
	g->n_excerpts = 0;
}

/* Open, and every byte of it checked; *ret_here is false where it is to be passed over. */
static int open_exhibit(struct valise *v, const struct place *p, struct exhibit_source *ret, bool *ret_here,
			bool *ret_damaged, struct valise_err *err)
{
	int r = exhibit_source_at(v, &p->exhibit, p->size, ret, err);
	*ret_here = r == 0;
	*ret_damaged = r == VALISE_E_BAD;
	return r == VALISE_E_NOT_FOUND || r == VALISE_E_BAD ? 0 : r;
}

static int read_place(const struct body *body, const struct place *p, struct gathered *g, struct valise_err *err)
{
	char *bytes = malloc((size_t)p->length);
	if (!bytes)
		return err_nomem(err);
	int r = body_read(body, p->offset, bytes, (size_t)p->length, err);
	if (r) {
		free(bytes);
		return r;
	}
	g->excerpts[g->n_excerpts++] =
		(struct exhibit_bytes){p->exhibit, p->size, p->offset, {bytes, (size_t)p->length}, true};
	return 0;
}

/* Those of one exhibit that are to be read; where one is not, the exhibit itself, without bytes. */
static int read_places(const struct body *body, const struct place *places, size_t n, struct gathered *g,
		       struct valise_err *err)
{
	bool all = true;
	int r = 0;
	for (size_t i = 0; i < n && !r; i++) {
		all = all && places[i].is_read;
		r = places[i].is_read ? read_place(body, &places[i], g, err) : 0;
	}
	if (!r && !all)
		g->excerpts[g->n_excerpts++] =
			(struct exhibit_bytes){places->exhibit, places->size, 0, {NULL, 0}, true};
	return r;
}

int gather_words(struct valise *v, const struct words_wanted *want, struct gathered *g, struct valise_err *err)
{
	CLEAN_FREE struct place *places = NULL;
	size_t n = 0;
	int r = places_list(g->reports, g->n_reports, want, &places, &n, err);
	if (!r && !(g->excerpts = calloc(n + 1, sizeof *g->excerpts)))
		r = err_nomem(err);
	for (size_t i = 0, end; i < n && !r; i = end) {
		CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
		bool here, damaged;
		end = i + places_of_one(places + i, n - i);
		r = open_exhibit(v, &places[i], &source, &here, &damaged, err);
		if (!r && damaged)
			r = hashes_add(&g->damaged, &places[i].exhibit, err);
		if (!r && here)
			r = read_places(&source.body, places + i, end - i, g, err);
	}
	return r;
}
