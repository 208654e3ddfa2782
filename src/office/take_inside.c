/* SPDX-License-Identifier: Apache-2.0 */
/* What bags from other machines of our own office hold, so that nobody puts it there once more. */
#include "office/taking.h"

#include "base/array.h"
#include "format/inside_mark.h"
#include "format/inside_voucher.h"
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
	if (!t->is_inside || t->vouched.items.n - t->kept_items.n == ITEMS_MAX || !inside_item(rec, &item))
		return 0;
	int r = take_in_look_room(t);
	return r ? r : roll_add(&t->vouched.items, &item, sizeof item, STR(""), t->err);
}

static int add_vouched(struct take_in *t, const struct vouched_bag *bag)
{
	struct vouched_bags *v = &t->vouched;
	struct vouched_bag *grown = array_room(v->at, v->n, &v->cap, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	v->at = grown;
	v->at[v->n++] = *bag;
	return 0;
}

static struct vouched_bag *find_vouched(struct take_in *t, const struct hash *mark)
{
	for (size_t i = 0; i < t->vouched.n; i++)
		if (hash_eq(&t->vouched.at[i].mark, mark))
			return &t->vouched.at[i];
	return NULL;
}

int take_inside_settle(struct take_in *t, const struct hash *mark, uint64_t bytes, bool is_done)
{
	struct vouched_bag *before = find_vouched(t, mark);
	if (before) { /* in an earlier pass */
		before->is_done |= is_done;
		return 0;
	}
	int r = add_vouched(t, &(struct vouched_bag){.by = t->voucher,
						     .mark = *mark,
						     .bytes = bytes,
						     .is_new = true,
						     .is_done = is_done,
						     .audience = t->inside_audience,
						     .first = t->kept_items.n,
						     .n = t->vouched.items.n - t->kept_items.n});
	t->kept_items = roll_end(&t->vouched.items);
	return r;
}

bool take_inside_is_done(struct take_in *t, const struct hash *mark)
{
	const struct vouched_bag *bag = find_vouched(t, mark);
	return bag && (bag->is_done || !bag->is_new);
}

int take_inside_again(struct take_in *t, const struct hash *mark, uint64_t bytes)
{
	struct hash_hex name = hash_hex(mark);
	struct age_recipient by;
	bool is_vouched = false;
	int r = t->o.inside ? bag_voucher(t->v->spool, str_of(name.text), bytes, &is_vouched, &by, t->err) : 0;
	if (r || !is_vouched)
		return r;
	return add_vouched(t, &(struct vouched_bag){.by = by, .mark = *mark, .bytes = bytes});
}
