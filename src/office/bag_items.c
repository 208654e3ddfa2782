/* SPDX-License-Identifier: Apache-2.0 */
/* What a bag may carry of a letter, item by item. */
#include "office/bag_items.h"

#include "crypto/digest.h"
#include "format/bag.h"
#include "format/tally.h"
#include "office/put_exhibits.h"
#include "spool/exhibits.h"

struct hash bag_item_key(const struct hash *audience, const struct hash *item)
{
	struct hash key;
	struct span spans[] = {{audience->bytes, sizeof audience->bytes}, {item->bytes, sizeof item->bytes}};
	digest_spans(spans, 2, &key);
	return key;
}

struct hash bag_item_name(const struct hash *audience, const struct hash *item)
{
	return audience ? bag_item_key(audience, item) : *item;
}

static bool lies(const struct hashes *lying, const struct hash *audience, const struct hash *item)
{
	struct hash key = bag_item_key(audience, item);
	return hashes_have(lying, &key);
}

/* ---- Statements ---- */

/* Whether it tells one of the offices something: whoever signed it has it, or had. */
static bool is_news(const struct statement *s, const struct hashes *offices)
{
	return offices->n > 1 || (offices->n == 1 && !hash_eq(&offices->at[0], &s->office.office));
}

bool bag_takes_statement(const struct statement *s, const struct hashes *offices, bool whole)
{
	return whole || !offices->n || is_news(s, offices);
}

bool bag_has_news(const struct hashes *lying, const struct hash *audience, const struct gathered *l,
		  const struct hashes *offices)
{
	for (size_t i = 0; i < l->n_statements; i++) {
		const struct verified_statement *s = l->statements[i].statement;
		if (is_news(&s->s, offices) && !lies(lying, audience, &s->note.id))
			return true;
	}
	return false;
}

/* ---- A letter ---- */

/* What goes with every letter: its seal, the entries of whoever it concerns, and statements. Stops with what `each` returns. */
static int each_note(const struct gathered *l, const struct hashes *offices, bool whole, bool reports, hash_each *each,
		     void *context, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes concerned = {0};
	int r = gathered_concerned(l, reports, &concerned, err);
	if (!r)
		r = each(context, &l->seal->note.id);
	for (size_t i = 0; i < l->set.n && !r; i++)
		if (hashes_have(&concerned, verified_entry_office(l->set.entries[i])))
			r = each(context, &l->set.entries[i]->note.id);
	for (size_t i = 0; i < l->n_statements && !r; i++) {
		const struct verified_statement *s = l->statements[i].statement;
		if (bag_takes_statement(&s->s, offices, whole))
			r = each(context, &s->note.id);
	}
	return r;
}

struct asking {
	const struct hashes *lying;
	const struct hash *audience;
};
#define MISSING 1

static int ask(void *context, const struct hash *item)
{
	const struct asking *a = context;
	return lies(a->lying, a->audience, item) ? 0 : MISSING;
}

int bag_letter_lies_there(const struct hashes *lying, const struct hash *audience, const struct gathered *l,
			  const struct hashes *offices, bool whole, bool *ret, struct valise_err *err)
{
	struct asking a = {lying, audience};
	const struct seal *s = &l->seal->s;
	*ret = !whole && !bag_has_news(lying, audience, l, offices);
	if (!whole || l->n_reports)
		return 0;
	int r = each_note(l, offices, true, false, ask, &a, err);
	/* Of a large body the pieces lie there, each by its own root: whoever puts it looks. */
	if (!r && !s->paper.at)
		r = ask(&a, &s->cover) ? MISSING : ask(&a, &s->body);
	*ret = r == 0;
	return r == MISSING ? 0 : r;
}

struct collecting {
	const struct hash *audience;
	struct hashes *names;
	struct valise_err *err;
};

static int collect(void *context, const struct hash *item)
{
	struct collecting *c = context;
	struct hash name = bag_item_name(c->audience, item);
	return hashes_add(c->names, &name, c->err);
}

/* Of one that cannot be had nothing goes: whoever puts it tells. */
static int collect_pieces(struct valise *v, struct collecting *c, const struct seal *s)
{
	CLEAN_BUF struct buf tally = BUF_INIT(LIMIT_TALLY_BYTES);
	int r = body_tally(v->spool, &s->body, &tally, NULL);
	if (!r)
		r = tally_check(&s->body, s->body_bytes, buf_str(&tally), NULL);
	if (r)
		return r == VALISE_E_NOMEM ? err_nomem(c->err) : 0;
	for (uint64_t i = 0; i < tally_pieces(s->body_bytes) && !r; i++) {
		struct hash root = tally_root(buf_str(&tally), i);
		r = collect(c, &root);
	}
	return r;
}

/* What is not here goes from whoever has it, and of another size it is not that. */
static int collect_exhibit(struct valise *v, struct collecting *c, const struct report_span *span, struct hashes *done)
{
	CLEAN_BUF struct buf name = BUF_INIT(EXHIBIT_NAME_BYTES);
	struct exhibit_row row;
	int r = exhibit_row(v->spool, &span->exhibit, &row, &name, c->err);
	if (r || row.bytes != span->exhibit_bytes)
		return r == VALISE_E_NOT_FOUND ? 0 : r;
	r = hashes_add(done, &span->exhibit, c->err);
	for (uint32_t at = 0; at < exhibit_records(row.bytes) && !r; at++) {
		struct hash item = exhibit_record_item(&span->exhibit, at);
		r = collect(c, &item);
	}
	return r;
}

static int collect_reports(struct valise *v, struct collecting *c, const struct gathered *l)
{
	CLEANUP(hashes_release) struct hashes done = {0};
	int r = 0;
	for (size_t i = 0; i < l->n_reports && !r; i++) {
		const struct verified_report *one = l->reports[i].report;
		r = collect(c, &one->note.id);
		for (size_t k = 0; k < one->r.n_spans && !r; k++) {
			if (!hashes_have(&done, &one->r.spans[k].exhibit))
				r = collect_exhibit(v, c, &one->r.spans[k], &done);
		}
	}
	return r;
}

int bag_letter_items(struct valise *v, const struct hash *audience, const struct gathered *l,
		     const struct hashes *offices, bool whole, struct hashes *ret, struct valise_err *err)
{
	struct collecting c = {audience, ret, err};
	const struct seal *s = &l->seal->s;
	bool reports = (whole || !audience) && l->n_reports > 0;
	int r = each_note(l, offices, whole, reports, collect, &c, err);
	if (!r && reports)
		r = collect_reports(v, &c, l);
	if (r || !whole || s->paper.at)
		return r;
	r = collect(&c, &s->cover);
	if (!r)
		r = collect(&c, &s->body);
	return r || s->body_bytes <= BAG_BODY_BYTES ? r : collect_pieces(v, &c, s);
}
