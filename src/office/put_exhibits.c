/* SPDX-License-Identifier: Apache-2.0 */
/* What was reported of letters, on its way out. */
#include "office/put_exhibits.h"

#include "base/limits.h"
#include "crypto/digest.h"
#include "format/bag.h"
#include "office/exhibits.h"

int put_reports(struct bag_group *g, struct bag_place *place, const struct gathered *l, bool *ret_put,
		struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < l->n_reports && !r; i++) {
		bool put = false;
		r = bag_group_note(g, &l->reports[i].report->note, &put, err);
		*ret_put |= put;
		place->reports_put += put;
	}
	return r;
}

/* ---- Exhibits ---- */

struct hash exhibit_record_item(const struct hash *exhibit, uint32_t at)
{
	struct hash item;
	uint8_t number[4] = {(uint8_t)(at >> 24), (uint8_t)(at >> 16), (uint8_t)(at >> 8), (uint8_t)at};
	struct span spans[] = {{exhibit->bytes, sizeof exhibit->bytes}, {number, sizeof number}};
	digest_spans(spans, 2, &item);
	return item;
}

/* The last is shorter than the others, and empty if need be. */
uint32_t exhibit_records(uint64_t bytes)
{
	return (uint32_t)(bytes / BAG_DATA_BYTES + 1);
}

static bool is_there(const struct bag_group *g, const struct report_span *span)
{
	for (uint32_t at = 0; at < exhibit_records(span->exhibit_bytes); at++) {
		struct hash item = exhibit_record_item(&span->exhibit, at);
		if (!bag_group_has(g, &item))
			return false;
	}
	return true;
}

/* One after the other, all of them: nothing proves one by itself. */
static int put_records(struct bag_group *g, struct valise *v, const struct exhibit_source *s, struct valise_err *err)
{
	CLEAN_FREE uint8_t *data = malloc(BAG_DATA_BYTES);
	int r = data ? 0 : err_nomem(err);
	for (uint32_t at = 0; at < exhibit_records(s->body.size) && !r; at++) {
		uint64_t offset = (uint64_t)at * BAG_DATA_BYTES, left = s->body.size - offset;
		size_t len = left < BAG_DATA_BYTES ? (size_t)left : BAG_DATA_BYTES;
		struct hash item = exhibit_record_item(&s->id, at);
		r = body_read(&s->body, offset, data, len, err);
		if (!r)
			r = bag_group_record(g, BAG_EXHIBIT, &s->id, at, (struct str){(char *)data, len}, err);
		if (!r)
			r = bag_group_mark(g, &item, err);
		if (!r)
			r = office_progress(v, "putting out", offset + len, s->body.size, err);
	}
	return r;
}

/* Checked before its first record is written: a bag can take none back. One that is damaged stays, and nothing else for it. */
static int put_exhibit(struct bag_group *g, struct bag_place *place, const struct report_span *span,
		       struct hashes *done, bool *ret_put, struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	if (is_there(g, span))
		return 0;
	int r = exhibit_source_at(place->v, &span->exhibit, span->exhibit_bytes, &source, err);
	if (r == VALISE_E_NOT_FOUND)
		return 0; /* it goes from whoever has it */
	if (r && r != VALISE_E_BAD)
		return r;
	bool damaged = r == VALISE_E_BAD;
	r = hashes_add(done, &span->exhibit, err);
	if (r || damaged)
		return r ? r : hashes_add(&place->damaged, &span->exhibit, err);
	*ret_put = true;
	place->exhibits_put++;
	return place->look ? 0 : put_records(g, place->v, &source, err);
}

int put_exhibits(struct bag_group *g, struct bag_place *place, const struct gathered *l, bool *ret_put,
		 struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes done = {0};
	int r = 0;
	for (size_t i = 0; i < l->n_reports && !r; i++) {
		const struct report *p = &l->reports[i].report->r;
		for (size_t k = 0; k < p->n_spans && !r; k++) {
			if (!hashes_have(&done, &p->spans[k].exhibit))
				r = put_exhibit(g, place, &p->spans[k], &done, ret_put, err);
		}
	}
	return r;
}
