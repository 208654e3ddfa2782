/* SPDX-License-Identifier: Apache-2.0 */
/* Bags inside our office after they were written: merged while they are small, removed once all that they hold lies elsewhere. */
#include "office/inside_bags.h"

#include <stdio.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "format/inside_mark.h"
#include "format/inside_voucher.h"
#include "office/settled.h"
#include "office/unseal_stream.h"
#include "spool/bags.h"

/* Bags of one tier hold from MERGE_AT^tier items, and fewer than MERGE_AT times that. As many of them become one of the next tier: so an
 * item is written once more for each tier, and of each tier fewer than MERGE_AT bags stay. */
#define MERGE_AT 8u
/* As many of them fit into one bag; larger ones are few. */
#define MERGE_MAX_BYTES (LIMIT_BAG_BYTES / MERGE_AT)
#ifndef ASK_MAX         /* fewer in a test */
#define ASK_MAX 100000u /* items looked for at once among all that lies there */
#endif

void inside_bags_release(struct inside_bags *x)
{
	free(x->at);
	*x = (struct inside_bags){0};
}

void inside_bags_forget(struct inside_bags *x)
{
	x->n = 0;
}

/* ---- What lies there ---- */

static bool serves(const struct inside_bags *x, const struct hash *audience)
{
	return hashes_have(&x->keys->serving, audience);
}

static int count(void *context, const struct hash *item)
{
	struct inside_bag *b = context;
	(void)item;
	b->n_items++;
	return 0;
}

int inside_bags_see(struct inside_bags *x, const char *writer, const char *name, uint64_t bytes)
{
	struct hash audience;
	bool is_known;
	int r = bag_inside(x->v->spool, str_of(name), bytes, &is_known, &audience, x->err);
	if (r || !is_known)
		return r;
	struct inside_bag *grown = array_room(x->at, x->n, &x->cap, sizeof *grown);
	if (!grown)
		return err_nomem(x->err);
	x->at = grown;
	struct inside_bag b = {.bytes = bytes, .serves = serves(x, &audience)};
	r = bag_items(x->v->spool, str_of(name), bytes, count, &b, x->err);
	if (r)
		return r;
	b.is_spent = b.n_items == 0; /* it was to go before, and could not */
	/* Our register for those who left is no more than an entry a bag, until somebody is appointed. */
	b.may_merge = b.serves && !b.is_spent && b.bytes <= MERGE_MAX_BYTES &&
		      (!hash_eq(&audience, &x->keys->ever_id) || hash_eq(&x->keys->ever_id, &x->keys->officers_id));
	(void)snprintf(b.name, sizeof b.name, "%s", name);
	(void)snprintf(x->writer, sizeof x->writer, "%s", writer);
	x->at[x->n++] = b;
	return 0;
}

/* Of one that is new the key has to be of an officer in standing. */
static bool counts(const struct inside_bags *x, const struct vouched_bag *bag)
{
	return !bag->is_new || inside_is_officer(x->keys, &bag->by);
}

/* The items of those that are new and count, in their order. */
typedef int new_item(void *context, const struct vouched_bag *bag, const struct hash *item);
struct passing {
	const struct inside_bags *x;
	new_item *each;
	void *context;
	size_t bag, at; /* the one in hand, and the item's number */
};

static int pass(void *context, const void *record, struct str text)
{
	struct passing *p = context;
	const struct vouched_bags *v = p->x->vouched;
	struct hash item;
	size_t at = p->at++;
	(void)text;
	while (p->bag < v->n && v->at[p->bag].first + v->at[p->bag].n <= at)
		p->bag++;
	if (p->bag == v->n || at < v->at[p->bag].first || !counts(p->x, &v->at[p->bag]))
		return 0;
	memcpy(&item, record, sizeof item);
	return p->each(p->context, &v->at[p->bag], &item);
}

static int each_new(const struct inside_bags *x, new_item *each, void *context)
{
	struct passing p = {.x = x, .each = each, .context = context};
	return roll_each_record(&x->vouched->items, pass, &p, x->err);
}

struct remembering {
	const struct inside_bags *x;
	struct hash *items; /* of the bag in hand */
	size_t n;
};

/* The spool's record of bags knows those that it did not write by the digest by which it knows that they were read. */
static int remember(void *context, const struct vouched_bag *bag, const struct hash *item)
{
	struct remembering *m = context;
	m->items[m->n++] = *item;
	if (m->n < bag->n)
		return 0;
	struct hash_hex name = hash_hex(&bag->mark);
	const struct written_bag row = {.name = str_of(name.text),
					.bytes = bag->bytes,
					.items = m->items,
					.n_items = bag->n,
					.audience = &bag->audience,
					.voucher = &bag->by,
					.when_s = clock_now_s()};
	m->n = 0;
	return bag_wrote(m->x->v->spool, &row, m->x->err);
}

static int remember_all(const struct inside_bags *x, size_t most)
{
	const struct vouched_bags *v = x->vouched;
	CLEAN_FREE struct hash *items = calloc(most + 1, sizeof *items);
	struct remembering m = {.x = x, .items = items};
	int r = items ? spool_begin(x->v->spool, x->err) : err_nomem(x->err);
	if (r)
		return r;
	for (size_t i = 0; i < v->n && !r; i++)
		if (v->at[i].is_new && v->at[i].is_done)
			r = bag_seen_put(x->v->spool, &v->at[i].mark, clock_now_s(), x->err);
	if (!r)
		r = each_new(x, remember, &m);
	return spool_end(x->v->spool, r, x->err);
}

int inside_bags_remember(struct valise *v, const struct vouched_bags *vouched, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set self = REGISTER_SET_NONE;
	CLEANUP(inside_keys_release) struct inside_keys keys = {0};
	struct inside_bags x = {.v = v, .keys = &keys, .vouched = vouched, .err = err};
	size_t most = 0, n_new = 0;
	for (size_t i = 0; i < vouched->n; i++) {
		n_new += vouched->at[i].is_new;
		most = vouched->at[i].n > most ? vouched->at[i].n : most;
	}
	if (!n_new)
		return 0;
	int r = register_set_self(v, &self, err);
	if (!r)
		r = inside_keys_find(registers_office(self.registers, &v->self), clock_now_s(), &keys, err);
	/* Where nobody is in standing, or the register is damaged here, they are read again another time. */
	if (r == VALISE_E_NOT_ALLOWED || r == VALISE_E_BAD)
		return 0;
	return r ? r : remember_all(&x, most);
}

struct lying {
	const struct hash *audience;
	inside_bags_each *each;
	void *context;
};

static int lie(void *context, const struct hash *item)
{
	const struct lying *l = context;
	return l->each(l->context, l->audience, item);
}

static int each_of_bag(struct inside_bags *x, const char *name, uint64_t bytes, inside_bags_each *each, void *context)
{
	struct hash audience;
	bool is_known;
	int r = bag_inside(x->v->spool, str_of(name), bytes, &is_known, &audience, x->err);
	if (r || !is_known || !serves(x, &audience))
		return r;
	struct lying l = {&audience, each, context};
	return bag_items(x->v->spool, str_of(name), bytes, lie, &l, x->err);
}

struct lying_new {
	const struct inside_bags *x;
	inside_bags_each *each;
	void *context;
};

static int lie_new(void *context, const struct vouched_bag *bag, const struct hash *item)
{
	const struct lying_new *l = context;
	return serves(l->x, &bag->audience) ? l->each(l->context, &bag->audience, item) : 0;
}

int inside_bags_each_lying(struct inside_bags *x, inside_bags_each *each, void *context)
{
	struct lying_new fresh = {x, each, context};
	int r = 0;
	for (size_t i = 0; i < x->n && !r; i++)
		r = x->at[i].is_gone ? 0 : each_of_bag(x, x->at[i].name, x->at[i].bytes, each, context);
	for (size_t i = 0; i < x->written->n && !r; i++)
		r = each_of_bag(x, x->written->at[i].name, x->written->at[i].bytes, each, context);
	for (size_t i = 0; i < x->vouched->n && !r; i++)
		r = each_of_bag(x, hash_hex(&x->vouched->at[i].mark).text, x->vouched->at[i].bytes, each, context);
	return r || !x->look ? r : each_new(x, lie_new, &fresh);
}

/* ---- Many small ones ---- */

static unsigned tier_of(const struct inside_bag *b)
{
	unsigned tier = 0;
	for (size_t n = b->n_items; n >= MERGE_AT; n /= MERGE_AT)
		tier++;
	return tier;
}

static size_t choose_tier(const struct inside_bag *bags, size_t n, unsigned tier, size_t *ret)
{
	size_t chosen = 0;
	uint64_t bytes = 0;
	for (size_t i = 0; i < n; i++) {
		const struct inside_bag *b = &bags[i];
		if (!b->may_merge || tier_of(b) != tier || bytes + b->bytes > LIMIT_BAG_BYTES)
			continue;
		bytes += b->bytes;
		ret[chosen++] = i;
	}
	return chosen >= MERGE_AT ? chosen : 0;
}

size_t inside_bags_choose(const struct inside_bag *bags, size_t n, size_t *ret)
{
	size_t chosen = 0;
	for (unsigned tier = 0; tier < 8 * sizeof(size_t) / 3 + 1 && !chosen; tier++)
		chosen = choose_tier(bags, n, tier, ret);
	return chosen;
}

/* One bag being made of several. */
struct merging {
	struct inside_bags *x;
	struct bag_group *group;
	const struct identities *keys;
	struct hashes copied; /* items of the bag in hand */
	bool could;           /* there is a key to read them, and they are whole */
};

static void merging_release(struct merging *m)
{
	bag_group_free(m->group);
	hashes_release(&m->copied);
}

/* As it is; what makes it a bag from inside, the new one has of its own. */
static int copy_record(void *context, const struct bag_record *rec)
{
	struct merging *m = context;
	struct str bytes = {(const char *)rec->data, rec->len};
	struct hash item;
	if (rec->kind == BAG_NOTE && (inside_mark_parse(bytes, &item) || inside_voucher_is(bytes)))
		return 0;
	int r = bag_group_record(m->group, (enum bag_kind)rec->kind, &rec->of, rec->at, bytes, m->x->err);
	if (r || !inside_item(rec, &item))
		return r;
	r = bag_group_mark(m->group, &item, m->x->err);
	return r ? r : hashes_add(&m->copied, &item, m->x->err);
}

/* Of one bag: others are merged all the same. */
static bool is_of_the_bag(int code)
{
	return code == VALISE_E_BAD || code == VALISE_E_IO;
}

static void leave_damaged(struct merging *m, struct inside_bag *b)
{
	m->could = false;
	b->may_merge = false;
	(void)snprintf(m->x->damaged, sizeof m->x->damaged, "%s", b->name);
}

static int copy_stream(struct merging *m, struct stream_opener *o, struct inside_bag *b)
{
	CLEAN_BAG_READER struct bag_reader *reader = NULL;
	struct inside_bags *x = m->x;
	struct bag_result end = {0};
	struct valise_err why = {0};
	const uint8_t *data;
	size_t len = 1;
	uint64_t done = 0;
	int r = bag_reader_new(copy_record, m, &reader, x->err);
	while (!r && len && m->could) {
		int bad = stream_opener_next(o, &data, &len, &why);
		if (bad && !is_of_the_bag(bad)) {
			err_copy(x->err, &why);
			return bad;
		}
		m->could = !bad;
		if (!bad)
			r = bag_reader_push(reader, data, len, x->err);
		if (!r && !bad)
			r = office_progress(x->v, "merging bags", done += len, stream_opener_plain_bytes(o), x->err);
	}
	if (!r && m->could)
		r = bag_reader_end(reader, &end, x->err);
	if (!r && (!m->could || end.verdict != BAG_WHOLE || end.unknown))
		leave_damaged(m, b);
	return r;
}

static int copy_bag(struct merging *m, struct inside_bag *b)
{
	CLEAN_STREAM_OPENER struct stream_opener *o = NULL;
	CLEAN_CLOSE int fd = -1;
	struct inside_bags *x = m->x;
	struct body file = {.what = "a bag of ours", .past_cache = true};
	struct valise_err why = {0};
	/* Another program may have merged it meanwhile; or the medium is failing, and then nothing is made of it. */
	m->could = x->store->ops->open(x->store, x->writer, b->name, &fd, &file.size, NULL) == 0;
	b->may_merge = m->could;
	if (!m->could)
		return 0;
	file.fd = fd;
	int r = stream_opener_new(&file, m->keys->at, m->keys->n, false, &o, &why);
	if (is_of_the_bag(r)) {
		leave_damaged(m, b);
		return 0;
	}
	m->could = b->may_merge = !r;
	if (r && r != VALISE_E_LOCKED) {
		err_copy(x->err, &why);
		return r;
	}
	if (r)
		return 0;
	return copy_stream(m, o, b);
}

struct comparing {
	const struct hashes *copied;
	bool all;
};

static int look_whether_copied(void *context, const struct hash *item)
{
	struct comparing *c = context;
	c->all &= hashes_have(c->copied, item);
	return 0;
}

static int copy_one(struct merging *m, struct inside_bag *b)
{
	struct comparing c = {&m->copied, true};
	hashes_release(&m->copied);
	int r = copy_bag(m, b);
	if (!r && m->could)
		r = bag_items(m->x->v->spool, str_of(b->name), b->bytes, look_whether_copied, &c, m->x->err);
	b->is_copied = !r && m->could && c.all;
	return r;
}

/* What was copied counts for nothing any more, also where the medium takes no bag away: otherwise it would be copied at every sync. */
static int let_go(struct merging *m, const size_t *chosen, size_t n)
{
	struct inside_bags *x = m->x;
	struct spool *spool = x->v->spool;
	int r = spool_begin(spool, x->err);
	if (r)
		return r;
	for (size_t i = 0; i < n && !r; i++) {
		struct inside_bag *b = &x->at[chosen[i]];
		if (b->is_copied)
			r = bag_emptied(spool, str_of(b->name), x->err);
		b->is_spent = b->is_copied;
		b->may_merge = false;
	}
	return spool_end(spool, r, x->err);
}

static int merge(struct merging *m, struct bag_place *place, const size_t *chosen, size_t n)
{
	struct inside_bags *x = m->x;
	const struct inside_keys *k = x->keys;
	const struct bag_audience audience = {k->officers.at, k->officers.n, &k->officers_id};
	int r = bag_group_new(place, &audience, NULL, &m->group, x->err);
	m->could = true;
	for (size_t i = 0; i < n && !r && m->could; i++)
		r = copy_one(m, &x->at[chosen[i]]);
	if (!r && m->could)
		r = bag_group_end(m->group, x->err);
	if (!r && m->could && place->durable)
		r = let_go(m, chosen, n);
	bag_group_free(TAKE(m->group));
	hashes_release(&m->copied);
	return r;
}

/* What would be merged stays as it is where that cannot be: nobody lacks anything for it. */
static bool may_stay(int r)
{
	return r == VALISE_E_FULL || r == VALISE_E_READ_ONLY;
}

int inside_bags_merge(struct inside_bags *x, struct bag_place *place)
{
	CLEANUP(merging_release) struct merging m = {.x = x, .keys = &place->inside->at_hand, .could = true};
	CLEAN_FREE size_t *chosen = calloc(x->n + 1, sizeof *chosen);
	int r = chosen ? 0 : err_nomem(x->err);
	/* Where one of them cannot be read, the others are chosen anew without it. */
	for (size_t n; !r && place->durable && (n = inside_bags_choose(x->at, x->n, chosen)) > 0;) {
		r = vouching_keys(place->inside, x->err);
		x->stays = !r && !m.keys->n;
		if (r || x->stays || !x->store->ops->confirm(x->store))
			break; /* they could not be read, or none be removed afterwards */
		r = merge(&m, place, chosen, n);
	}
	return may_stay(r) ? 0 : r;
}

/* ---- What nobody needs ---- */

/* Some of what a bag holds, and what of that lies in others. */
struct asking {
	struct inside_bags *x;
	struct hashes items, lying;
	bool all; /* so far */
};

static int see_lying(void *context, const struct hash *audience, const struct hash *item)
{
	struct asking *a = context;
	(void)audience;
	return hashes_have(&a->items, item) ? hashes_add(&a->lying, item, a->x->err) : 0;
}

static int ask(struct asking *a)
{
	int r = a->items.n ? inside_bags_each_lying(a->x, see_lying, a) : 0;
	a->all = !r && a->lying.n == a->items.n;
	hashes_release(&a->items);
	hashes_release(&a->lying);
	return r;
}

#define ENOUGH 1

static int ask_of(void *context, const struct hash *item)
{
	struct asking *a = context;
	int r = hashes_add(&a->items, item, a->x->err);
	if (!r && a->items.n >= ASK_MAX)
		r = ask(a);
	return r || a->all ? r : ENOUGH;
}

static int look_whether_spent(struct inside_bags *x, struct inside_bag *b)
{
	struct asking a = {.x = x, .all = true};
	if (b->serves || b->is_spent)
		return 0;
	int r = bag_items(x->v->spool, str_of(b->name), b->bytes, ask_of, &a, x->err);
	if (!r)
		r = ask(&a);
	b->is_spent = !r && a.all;
	hashes_release(&a.items);
	return r == ENOUGH ? 0 : r;
}

int inside_bags_remove(struct inside_bags *x, size_t *ret_removed)
{
	struct spool *spool = x->v->spool;
	size_t n = 0;
	int r = 0;
	for (size_t i = 0; i < x->n && !r; i++) {
		r = look_whether_spent(x, &x->at[i]);
		n += x->at[i].is_spent;
	}
	/* Also what others put there. */
	if (r || !n || !x->store->ops->confirm(x->store))
		return r;
	for (size_t i = 0; i < x->n; i++)
		x->at[i].is_gone = x->at[i].is_spent && x->store->ops->remove(x->store, x->at[i].name, NULL) == 0;
	r = spool_begin(spool, x->err);
	if (r)
		return r;
	for (size_t i = 0; i < x->n && !r; i++)
		if (x->at[i].is_gone) {
			r = bag_gone(spool, str_of(x->at[i].name), x->err);
			++*ret_removed;
		}
	return spool_end(spool, r, x->err);
}

/* What was written may belong to any tier. */
bool inside_bags_are_settled(const struct inside_bags *x, size_t n_written)
{
	size_t n[8 * sizeof(size_t) / 3 + 1] = {0};
	bool settled = !x->damaged[0];
	for (size_t i = 0; i < x->n && settled; i++) {
		const struct inside_bag *b = &x->at[i];
		settled = b->is_gone ||
			  (!b->is_spent && (x->stays || !b->may_merge || ++n[tier_of(b)] + n_written < MERGE_AT));
	}
	return settled;
}
