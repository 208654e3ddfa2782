/* SPDX-License-Identifier: Apache-2.0 */
/* What bags from other machines of our own office hold, so that nobody puts it there once more. */
#include "office/taking.h"

#include "base/array.h"
#include "crypto/digest.h"
#include "format/inside_mark.h"
#include "format/inside_voucher.h"
#include "office/bag_items.h"
#include "office/vouching.h"
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

static int add_item(void *context, const struct hash *item)
{
	struct take_in *t = context;
	struct hash *grown = array_room(t->vouched_items, t->n_vouched_items, &t->cap_vouched_items, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	t->vouched_items = grown;
	t->vouched_items[t->n_vouched_items++] = *item;
	return 0;
}

/* Its items come next. */
static int add_vouched(struct take_in *t, const struct hash *mark, uint64_t bytes, const struct age_recipient *by,
		       bool is_new)
{
	struct vouched_bag *grown = array_room(t->vouched, t->n_vouched, &t->cap_vouched, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	t->vouched = grown;
	t->vouched[t->n_vouched++] = (struct vouched_bag){
		.by = *by, .first = t->n_vouched_items, .is_new = is_new, .mark = *mark, .bytes = bytes};
	return 0;
}

/* What nobody vouches for may be anybody's, and for fewer than its mark says: it counts for nothing. */
int take_inside_settle(struct take_in *t, const struct hash *mark, uint64_t bytes)
{
	if (!t->is_inside || !t->is_vouched)
		return 0;
	int r = add_vouched(t, mark, bytes, &t->voucher, true);
	for (size_t i = 0; i < t->items.n && !r; i++)
		r = add_item(t, &t->items.at[i]);
	if (!r)
		t->vouched[t->n_vouched - 1].n = t->items.n;
	return r;
}

int take_inside_again(struct take_in *t, const struct hash *mark, uint64_t bytes)
{
	struct hash_hex name = hash_hex(mark);
	struct age_recipient by;
	bool is_vouched = false;
	int r = t->o.inside ? bag_voucher(t->v->spool, str_of(name.text), bytes, &is_vouched, &by, t->err) : 0;
	if (r || !is_vouched)
		return r;
	r = add_vouched(t, mark, bytes, &by, false);
	if (!r)
		r = bag_items(t->v->spool, str_of(name.text), bytes, add_item, t, t->err);
	if (!r)
		t->vouched[t->n_vouched - 1].n = t->n_vouched_items - t->vouched[t->n_vouched - 1].first;
	return r;
}
