/* SPDX-License-Identifier: Apache-2.0 */
/* What bags from other machines of our own office hold, so that nobody puts it there once more. */
#include "office/taking.h"

#include "base/array.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "format/inside_mark.h"
#include "format/inside_voucher.h"
#include "office/vouching.h"
#include "office/write_bags.h"
#include "spool/bags.h"

/* Honest bags hold fewer; what is beyond is put there again. */
#define ITEMS_MAX 1000000u

int take_inside_judge(struct take_in *t, const struct bag_record *rec)
{
	struct str bytes = {(const char *)rec->data, rec->len};
	struct hash frames;
	t->is_vouched = false;
	if (!t->wrapped || rec->kind != BAG_NOTE || !inside_voucher_is(bytes))
		return 0;
	bag_reader_frames(t->reader, &frames);
	return vouched_by(&t->keys, bytes, &frames, &t->is_vouched, &t->voucher, t->err);
}

int take_inside_look(struct take_in *t, const struct bag_record *rec)
{
	struct str bytes = {(const char *)rec->data, rec->len};
	struct hash item;
	if (!t->wrapped)
		return 0;
	if (rec->kind == BAG_NOTE && inside_mark_parse(bytes, &t->inside_audience)) {
		t->is_inside = true;
		return 0;
	}
	if (!t->is_inside || t->items.n == ITEMS_MAX || !inside_item(rec, &item))
		return 0;
	struct hash key = bag_item_key(&t->inside_audience, &item);
	return hashes_add(&t->items, &key, t->err);
}

static int add_vouched(struct take_in *t, const struct hash *mark, uint64_t bytes, const struct age_recipient *by)
{
	struct vouched_bag *grown = array_room(t->vouched, t->n_vouched, &t->cap_vouched, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	t->vouched = grown;
	t->vouched[t->n_vouched++] = (struct vouched_bag){*mark, bytes, *by};
	return 0;
}

/* The spool's record of bags knows those that it did not write by the digest by which it knows that they were read. */
int take_inside_settle(struct take_in *t, const struct hash *mark, uint64_t bytes, bool remember)
{
	struct hash_hex name = hash_hex(mark);
	const struct written_bag bag = {.name = str_of(name.text),
					.bytes = bytes,
					.items = t->items.at,
					.n_items = t->items.n,
					.voucher = t->is_vouched ? &t->voucher : NULL,
					.when_s = clock_now_s()};
	int r = 0;
	if (!t->is_inside)
		return 0;
	for (size_t i = 0; i < t->items.n && !r; i++)
		r = hashes_add(&t->lying, &t->items.at[i], t->err);
	if (!r && remember)
		r = bag_wrote(t->v->spool, &bag, t->err);
	if (!r && remember && t->is_vouched)
		r = add_vouched(t, mark, bytes, &t->voucher);
	return r;
}

static int add_lying(void *context, const struct hash *item)
{
	struct take_in *t = context;
	return hashes_add(&t->lying, item, t->err);
}

int take_inside_again(struct take_in *t, const struct hash *mark, uint64_t bytes)
{
	struct hash_hex name = hash_hex(mark);
	struct age_recipient by;
	bool is_vouched = false;
	if (!t->o.inside)
		return 0;
	int r = bag_items(t->v->spool, str_of(name.text), bytes, add_lying, t, t->err);
	if (!r)
		r = bag_voucher(t->v->spool, str_of(name.text), bytes, &is_vouched, &by, t->err);
	return r || !is_vouched ? r : add_vouched(t, mark, bytes, &by);
}
