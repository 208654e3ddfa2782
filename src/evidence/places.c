/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts out which places of exhibits are read for a letter's reports. */
#include "evidence/places.h"

#include <stdlib.h>

#include "base/limits.h"

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
	uint64_t before = s->offset < want->beside ? s->offset : want->beside;
	uint64_t length = s->length < want->most ? s->length : want->most;
	uint64_t behind = s->exhibit_bytes - s->offset - length;
	return (struct place){.exhibit = s->exhibit,
			      .size = s->exhibit_bytes,
			      .offset = s->offset - before,
			      .length = before + length + (behind < want->beside ? behind : want->beside),
			      .n_spans = 1};
}

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

int places_list(struct witnessed_report *reports, size_t n_reports, const struct words_wanted *want, struct place **ret,
		size_t *ret_n, struct valise_err *err)
{
	size_t n = 0, kept = 0;
	if (n_reports)
		qsort(reports, n_reports, sizeof *reports, witnessed_order);
	for (size_t i = 0; i < n_reports; i++)
		n += reports[i].report->r.n_spans;
	struct place *places = calloc(n + 1, sizeof *places);
	if (!places)
		return err_nomem(err);
	n = 0;
	for (size_t i = 0; i < n_reports; i++)
		for (size_t k = 0; k < reports[i].report->r.n_spans; k++) {
			places[n] = place_of(&reports[i].report->r.spans[k], want);
			places[n].number = n;
			n++;
		}
	qsort(places, n, sizeof *places, place_order);
	for (size_t i = 0; i < n; i++) {
		if (kept && place_cmp(&places[kept - 1], &places[i]) == 0)
			places[kept - 1].n_spans++;
		else
			places[kept++] = places[i];
	}
	choose_places(places, kept);
	*ret = places;
	*ret_n = kept;
	return 0;
}

size_t places_of_one(const struct place *places, size_t n)
{
	size_t end = 1;
	while (end < n && hash_eq(&places[end].exhibit, &places->exhibit) && places[end].size == places->size)
		end++;
	return end;
}
