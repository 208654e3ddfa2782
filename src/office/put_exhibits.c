/* SPDX-License-Identifier: Apache-2.0 */
/* What was reported of letters, on its way out. */
#include "office/put_exhibits.h"

#include "base/limits.h"
#include "crypto/digest.h"
#include "format/bag.h"
#include "office/exhibits.h"

int put_concerned(const struct gathered *l, bool reports, struct hashes *ret, struct valise_err *err)
{
	const struct seal *seal = &l->seal->s;
	int r = hashes_add(ret, &seal->from.office, err);
	for (size_t i = 0; i < seal->n_to && !r; i++)
		r = hashes_add(ret, &seal->to[i].office, err);
	for (size_t i = 0; i < l->n_statements && !r; i++) {
		const struct statement *s = &l->statements[i].statement->s;
		r = hashes_add(ret, &s->office.office, err);
		if (!r && s->has_to)
			r = hashes_add(ret, &s->to, err);
	}
	for (size_t i = 0; i < l->n_reports && reports && !r; i++)
		r = hashes_add(ret, &l->reports[i].report->r.office.office, err);
	return r;
}

int put_reports(struct bag_group *g, const struct gathered *l, bool *ret_put, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < l->n_reports && !r; i++) {
		bool put = false;
		r = bag_group_note(g, &l->reports[i].report->note, &put, err);
		*ret_put |= put;
		bag_group_place(g)->reports_put += put;
	}
	return r;
}

/* ---- Exhibits ---- */

/* As a bag's list of items names a record: whoever loses one bag of several loses no more than that. */
static struct hash record_item(const struct hash *exhibit, uint32_t at)
{
	struct hash item;
	uint8_t number[4] = {(uint8_t)(at >> 24), (uint8_t)(at >> 16), (uint8_t)(at >> 8), (uint8_t)at};
	struct span spans[] = {{exhibit->bytes, sizeof exhibit->bytes}, {number, sizeof number}};
	digest_spans(spans, 2, &item);
	return item;
}

/* The last is shorter than the others, and empty if need be. */
static uint32_t records_of(uint64_t bytes)
{
	return (uint32_t)(bytes / BAG_DATA_BYTES + 1);
}

static bool is_there(const struct bag_group *g, const struct report_span *span)
{
	for (uint32_t at = 0; at < records_of(span->exhibit_bytes); at++) {
		struct hash item = record_item(&span->exhibit, at);
		if (!bag_group_has(g, &item))
			return false;
	}
	return true;
}

/* One after the other, all of them: nothing proves one by itself. */
static int put_records(struct bag_group *g, const struct exhibit_source *s, struct valise_err *err)
{
	CLEAN_FREE uint8_t *data = malloc(BAG_DATA_BYTES);
	struct valise *v = bag_group_place(g)->v;
	int r = data ? 0 : err_nomem(err);
	for (uint32_t at = 0; at < records_of(s->body.size) && !r; at++) {
		uint64_t offset = (uint64_t)at * BAG_DATA_BYTES, left = s->body.size - offset;
		size_t len = left < BAG_DATA_BYTES ? (size_t)left : BAG_DATA_BYTES;
		struct hash item = record_item(&s->id, at);
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

/* Checked before its first record is written: a bag can take none back. One that is not here goes from whoever has it. */
static int put_exhibit(struct bag_group *g, const struct report_span *span, bool *ret_put, bool *ret_lost,
		       struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	struct bag_place *place = bag_group_place(g);
	if (is_there(g, span))
		return 0;
	int r = exhibit_source_here(place->v, hash_hex(&span->exhibit).text, &source, err);
	*ret_lost |= r == VALISE_E_BAD || r == VALISE_E_IO || r == VALISE_E_CHANGED;
	if (r)
		return r;
	*ret_put = true;
	place->exhibits_put++;
	return place->look ? 0 : put_records(g, &source, err);
}

/* A report that gives it another size than it has points at nothing. */
static int is_here(struct valise *v, const struct report_span *span, bool *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf name = BUF_INIT(EXHIBIT_NAME_BYTES);
	struct exhibit_row row;
	int r = exhibit_has(v->spool, &span->exhibit, ret, err);
	if (r || !*ret)
		return r;
	r = exhibit_row(v->spool, &span->exhibit, &row, &name, err);
	*ret = !r && row.bytes == span->exhibit_bytes;
	return r;
}

int put_exhibits(struct bag_group *g, const struct gathered *l, bool *ret_put, bool *ret_lost, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes done = {0};
	int r = 0;
	for (size_t i = 0; i < l->n_reports && !r; i++) {
		const struct report *p = &l->reports[i].report->r;
		for (size_t k = 0; k < p->n_spans && !r; k++) {
			bool here = false;
			if (!hashes_have(&done, &p->spans[k].exhibit))
				r = is_here(bag_group_place(g)->v, &p->spans[k], &here, err);
			if (!r && here)
				r = put_exhibit(g, &p->spans[k], ret_put, ret_lost, err);
			if (!r && here)
				r = hashes_add(&done, &p->spans[k].exhibit, err);
		}
	}
	return r;
}
