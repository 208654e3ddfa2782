/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a published bag again, and recording it. */
#include "office/put_bag.h"

#include "base/limits.h"
#include "office/settled.h"
#include "spool/bags.h"

static int faulty(const struct put_bag *b, struct valise_err *err)
{
	return err_set(err, VALISE_E_IO,
		       "what was written to the bag %s reads back differently: the medium is faulty, use another",
		       b->name.text);
}

int put_bag_begin(struct put_bag *b, const struct bag_place *place, struct valise_err *err)
{
	struct store *store = place->store;
	char writer[LIMIT_BAG_NAME_BYTES + 1];
	CLEAN_BUF struct buf own = BUF_INIT(LIMIT_BAG_NAME_BYTES);
	if (!b->is_there || !b->how.durable)
		return 0;
	int r = setting_get(place->v->spool, "writer", &own, err);
	if (r)
		return r;
	memcpy(writer, own.data, own.len);
	writer[own.len] = 0;
	b->file.what = "the bag that was just put out";
	b->file.past_cache = true;
	r = store->ops->open(store, writer, b->name.text, &b->file.fd, &b->file.size, err);
	if (!r && b->file.size != b->bytes)
		r = faulty(b, err);
	return r ? r : body_reader_new(place->v, &b->file, &b->imprint, "reading back", &b->reader, err);
}

int put_bag_ahead(struct put_bag *b, struct valise_err *err)
{
	int r = b->reader ? body_reader_ahead(b->reader, err) : 0;
	return r == VALISE_E_BAD ? faulty(b, err) : r;
}

/* What is read from the medium, against what was written. */
static int compare(const struct put_bag *b, struct valise_err *err)
{
	if (!b->how.durable)
		return 0;
	if (!b->reader)
		return err_set(err, VALISE_E_IO, "the bag %s could not be read back: sync again", b->name.text);
	int r = body_reader_end(b->reader, NULL, err);
	return r == VALISE_E_BAD ? faulty(b, err) : r;
}

static int record(const struct put_bag *b, const struct bag_place *place, struct valise_err *err)
{
	struct spool *spool = place->v->spool;
	const struct written_bag written = {.name = str_of(b->name.text),
					    .bytes = b->bytes,
					    .items = b->items.at,
					    .n_items = b->items.n,
					    .letters = b->letters.at,
					    .n_letters = b->letters.n,
					    .audience = place->inside ? &b->audience : NULL,
					    .when_s = place->now_s,
					    .upto = place->upto};
	int r = spool_begin(spool, err);
	if (r)
		return r;
	r = bag_wrote(spool, &written, err);
	return spool_end(spool, r, err);
}

int put_bag_settle(struct put_bag *b, struct bag_place *place, struct valise_err *err)
{
	if (!b->is_there)
		return 0;
	int r = compare(b, err);
	if (!r)
		r = own_bags_add(place->written, b->name.text, b->bytes, err);
	if (!r)
		r = record(b, place, err);
	if (r) {
		(void)!place->store->ops->remove(place->store, b->name.text, NULL);
	} else {
		place->bags++;
		place->bytes += b->bytes;
		place->durable &= b->how.durable;
		place->read_back &= b->how.evicted;
	}
	body_reader_free(b->reader);
	body_release(&b->file);
	hashes_release(&b->items);
	hashes_release(&b->letters);
	imprint_release(&b->imprint);
	*b = PUT_BAG_NONE;
	return r;
}
