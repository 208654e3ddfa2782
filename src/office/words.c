/* SPDX-License-Identifier: Apache-2.0 */
/* The words that reports point at, read from the exhibits that are here. */
#include "office/words.h"

#include "base/limits.h"
#include "office/exhibits.h"

#define WHOLE_MAX_BYTES (512u * 1024 * 1024) /* of whole exhibits, held at once */

struct place {
	struct hash exhibit;
	uint64_t size, offset, length; /* of the exhibit; what is wanted of it */
	size_t number;                 /* in the reports' order */
	bool is_read;
};

void words_release(struct gathered *g)
{
	for (size_t i = 0; i < g->n_excerpts; i++)
		free((char *)(uintptr_t)g->excerpts[i].bytes.at);
	free(g->excerpts);
	g->excerpts = NULL;
	g->n_excerpts = 0;
}

static int place_cmp(const struct place *x, const struct place *y)
{
	int c = hash_cmp(&x->exhibit, &y->exhibit);
	if (!c)
		c = (x->size > y->size) - (x->size < y->size);
	if (!c)
		c = (x->offset > y->offset) - (x->offset < y->offset);
	return c ? c : (x->length > y->length) - (x->length < y->length);
}

static int number_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

static int place_order(const void *a, const void *b)
{
	int c = place_cmp(a, b);
	return c ? c : number_order(a, b);
}

static int witnessed_order(const void *a, const void *b)
{
	const struct witnessed_report *x = a, *y = b;
	return report_order(x->report, y->report);
}

static struct place place_of(const struct report_span *s, const struct words_wanted *want)
{
	if (want->whole)
		return (struct place){s->exhibit, s->exhibit_bytes, 0, s->exhibit_bytes, 0, true};
	uint64_t before = s->offset < want->beside ? s->offset : want->beside;
	uint64_t length = s->length < want->most ? s->length : want->most;
	uint64_t behind = s->exhibit_bytes - s->offset - length;
	return (struct place){.exhibit = s->exhibit,
			      .size = s->exhibit_bytes,
			      .offset = s->offset - before,
			      .length = before + length + (behind < want->beside ? behind : want->beside)};
}

/* Of each place whether it is read: as much as is shown of one letter, the first reports' first. */
static void choose_places(struct place *places, size_t n)
{
	uint64_t left = LIMIT_WORDS_BYTES;
	qsort(places, n, sizeof *places, number_order);
	for (size_t i = 0; i < n; i++) {
		places[i].is_read = places[i].length <= left;
		left -= places[i].is_read ? places[i].length : 0;
	}
	qsort(places, n, sizeof *places, place_order);
}

/* Sorted, each once. */
static int list_places(const struct gathered *g, const struct words_wanted *want, struct place **ret, size_t *ret_n,
		       struct valise_err *err)
{
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < g->n_reports; i++)
		n += g->reports[i].report->r.n_spans;
	struct place *places = calloc(n + 1, sizeof *places);
	if (!places)
		return err_nomem(err);
	n = 0;
	for (size_t i = 0; i < g->n_reports; i++)
		for (size_t k = 0; k < g->reports[i].report->r.n_spans; k++) {
			places[n] = place_of(&g->reports[i].report->r.spans[k], want);
			places[n].number = n;
			n++;
		}
	qsort(places, n, sizeof *places, place_order);
	for (size_t i = 0; i < n; i++)
		if (!kept || place_cmp(&places[kept - 1], &places[i]) != 0)
			places[kept++] = places[i];
	if (!want->whole)
		choose_places(places, kept);
	*ret = places;
	*ret_n = kept;
	return 0;
}

/* Open, and every byte of it checked; *ret_here is false where it is to be passed over. `must`: damage is an error. */
static int open_exhibit(struct valise *v, const struct place *p, bool must, struct exhibit_source *ret, bool *ret_here,
			bool *ret_damaged, struct valise_err *err)
{
	struct valise_err why = {0};
	*ret_here = *ret_damaged = false;
	int r = exhibit_source_at(v, &p->exhibit, p->size, ret, &why);
	*ret_here = r == 0;
	*ret_damaged = r == VALISE_E_BAD;
	if (r == VALISE_E_NOT_FOUND || (r == VALISE_E_BAD && !must))
		return 0;
	if (r)
		err_copy(err, &why);
	return r;
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
	uint64_t total = 0;
	if (g->n_reports)
		qsort(g->reports, g->n_reports, sizeof *g->reports, witnessed_order);
	int r = list_places(g, want, &places, &n, err);
	if (!r && !(g->excerpts = calloc(n + 1, sizeof *g->excerpts)))
		r = err_nomem(err);
	for (size_t i = 0, end; i < n && !r; i = end) {
		CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
		bool here, damaged;
		for (end = i + 1; end < n && hash_eq(&places[end].exhibit, &places[i].exhibit) &&
				  places[end].size == places[i].size;)
			end++;
		r = open_exhibit(v, &places[i], want->whole, &source, &here, &damaged, err);
		if (!r && damaged)
			r = hashes_add(&g->damaged, &places[i].exhibit, err);
		total += here && want->whole ? places[i].size : 0;
		if (!r && total > WHOLE_MAX_BYTES)
			r = err_set(
				err, VALISE_E_LIMIT,
				"the exhibits are too large for one text file: leave out --exhibits, and give the files beside it, for `valise verify --file`");
		if (!r && here)
			r = read_places(&source.body, places + i, end - i, g, err);
	}
	return r;
}
