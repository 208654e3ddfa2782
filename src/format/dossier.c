/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers: reading and writing the one text file that holds the evidence for a letter. */
#include "format/dossier.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "format/disclosure.h"
#include "format/excerpt.h"
#include "format/item.h"
#include "format/note.h"

static const struct str first_line = {"valise/dossier@v1", 17};

/* Indexed by enum dossier_kind. */
static const struct kind_row {
	struct str name;
	enum note_kind note; /* NOTE_KINDS: none */
	uint64_t limit_bytes;
} kind_rows[DOSSIER_KINDS] = {
	[DOSSIER_SEAL] = {{"seal", 4}, NOTE_SEAL, LIMIT_SEAL_BYTES},
	[DOSSIER_REGISTER] = {{"register", 8}, NOTE_REGISTER, LIMIT_REGISTER_ENTRY_BYTES},
	[DOSSIER_STATEMENT] = {{"statement", 9}, NOTE_STATEMENT, LIMIT_STATEMENT_BYTES},
	[DOSSIER_REPORT] = {{"report", 6}, NOTE_REPORT, LIMIT_REPORT_BYTES},
	[DOSSIER_LEAF] = {{"leaf", 4}, NOTE_KINDS, DISCLOSURE_BYTES},
	[DOSSIER_COVER] = {{"cover", 5}, NOTE_KINDS, LIMIT_COVER_BYTES},
	[DOSSIER_EXCERPT] = {{"excerpt", 7}, NOTE_KINDS, LIMIT_DOSSIER_BYTES},
};

void dossier_release(struct dossier *d)
{
	free(d->items);
	*d = (struct dossier){0};
}

static int bad_dossier(struct valise_err *err, const char *why)
{
	return err_set(err, VALISE_E_BAD, "this is no dossier: %s", why);
}

/* Where an item belongs: two of the same place are the same item. What a kind does not sort by is zero. */
struct place {
	enum dossier_kind kind;
	struct item_place item; /* office or exhibit; seq, index or offset; id */
	uint64_t length;
};

static int place_cmp(const struct place *a, const struct place *b)
{
	int order = (a->kind > b->kind) - (a->kind < b->kind);
	if (order == 0)
		order = item_place_cmp(&a->item, &b->item);
	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int place_of_leaf(struct str bytes, struct place *ret, struct valise_err *err)
{
	struct disclosure leaf;
	int r = disclosure_parse(bytes, &leaf, err);
	if (r)
		return r;
	*ret = (struct place){.kind = DOSSIER_LEAF, .item.seq = leaf.index};
	return 0;
}

static int place_of_excerpt(struct str bytes, struct place *ret, struct valise_err *err)
{
	struct excerpt excerpt;
	int r = excerpt_parse(bytes, &excerpt, err);
	if (r)
		return r;
	*ret = (struct place){.kind = DOSSIER_EXCERPT, .item = {.office = excerpt.exhibit, .seq = excerpt.offset}};
	ret->length = excerpt.length;
	return 0;
}

/* The place of an item and its id, after a look at its outer form. */
static int place_of(enum dossier_kind kind, struct str bytes, struct place *ret, struct hash *ret_id,
		    struct valise_err *err)
{
	const struct kind_row *row = &kind_rows[kind];
	struct place place = {.kind = kind};
	int r = 0;
	if (bytes.len > row->limit_bytes)
		return bad_dossier(err, "an item is larger than its kind may be");
	if (row->note != NOTE_KINDS) {
		if (!item_note_id(bytes, str_of(note_kinds[row->note].first_line), ret_id))
			return bad_dossier(err, "a note in it is malformed");
		if (kind == DOSSIER_REGISTER && !item_place_of(bytes, &place.item))
			return bad_dossier(err, "a register entry in it is malformed");
		else if (kind != DOSSIER_REGISTER)
			place.item.id = *ret_id;
	} else {
		digest_once(bytes.at, bytes.len, ret_id);
		if (kind == DOSSIER_LEAF)
			r = place_of_leaf(bytes, &place, err);
		else if (kind == DOSSIER_EXCERPT)
			r = place_of_excerpt(bytes, &place, err);
		else
			place.item.id = *ret_id;
	}
	if (!r)
		*ret = place;
	return r;
}

static bool kind_of(struct str name, enum dossier_kind *ret)
{
	for (enum dossier_kind kind = 0; kind < DOSSIER_KINDS; kind++) {
		if (str_eq(name, kind_rows[kind].name)) {
			*ret = kind;
			return true;
		}
	}
	return false;
}

static int read_head(struct cursor *c, struct hash *ret_letter, struct valise_err *err)
{
	struct str line;
	if (!cursor_line(c, &line) || !str_eq(line, first_line))
		return bad_dossier(err, "its first line is another");
	if (!item_line(c, STR("letter"), &line) || !hash_parse(line, ret_letter))
		return bad_dossier(err, "it does not say of which letter");
	return 0;
}

/* How many items there are, by the framing alone. */
static int count_items(struct cursor c, size_t *ret_n, struct valise_err *err)
{
	size_t n = 0;
	struct str kind;
	struct str bytes;
	enum item_next next;
	while ((next = item_read(&c, LIMIT_DOSSIER_BYTES, &kind, &bytes)) == ITEM_THERE) {
		if (n++ == LIMIT_DOSSIER_ITEMS)
			return bad_dossier(err, "it has too many items");
	}
	if (next == ITEM_BAD)
		return bad_dossier(err, "it is cut off, or its framing is malformed");
	*ret_n = n;
	return 0;
}

static int read_items(struct cursor c, struct dossier *d, struct valise_err *err)
{
	struct place previous = {0};
	for (size_t i = 0; i < d->n_items; i++) {
		struct dossier_item *item = &d->items[i];
		struct place place;
		struct str kind;
		if (item_read(&c, LIMIT_DOSSIER_BYTES, &kind, &item->bytes) != ITEM_THERE ||
		    !kind_of(kind, &item->kind))
			return bad_dossier(err, "it has an item of a kind that this version does not know");
		int r = place_of(item->kind, item->bytes, &place, &item->id, err);
		if (r)
			return r;
		if (i > 0 && place_cmp(&previous, &place) >= 0)
			return bad_dossier(err, "its items are out of order or doubled");
		if ((i == 0) != (item->kind == DOSSIER_SEAL) || (i == 0 && !hash_eq(&item->id, &d->letter)))
			return bad_dossier(err, "it does not begin with the one seal of its letter");
		if (item->kind == DOSSIER_COVER && (previous.kind == DOSSIER_LEAF || previous.kind == DOSSIER_COVER))
			return bad_dossier(err, "it has a leaf or another cover beside the cover");
		previous = place;
	}
	return d->n_items > 0 ? 0 : bad_dossier(err, "it has no seal");
}

int dossier_parse(const void *bytes, size_t len, struct dossier *ret, struct valise_err *err)
{
	CLEAN_DOSSIER struct dossier d = {0};
	struct cursor c = cursor_of(bytes, len);
	if (len > LIMIT_DOSSIER_BYTES)
		return bad_dossier(err, "it is larger than a dossier may be");
	int r = read_head(&c, &d.letter, err);
	if (!r)
		r = count_items(c, &d.n_items, err);
	if (r)
		return r;
	d.items = calloc(d.n_items ? d.n_items : 1, sizeof *d.items);
	if (!d.items)
		return err_nomem(err);
	r = read_items(c, &d, err);
	if (r)
		return r;
	*ret = d;
	d = (struct dossier){0};
	return 0;
}

struct placed_item {
	struct place place;
	struct str bytes;
	struct hash id;
};

/* Two notes with one text but other signatures are one item: the smaller bytes stand, so that the set decides and
 * not its order. */
static int by_place(const void *a, const void *b)
{
	const struct placed_item *x = a;
	const struct placed_item *y = b;
	int order = place_cmp(&x->place, &y->place);
	return order ? order : str_cmp(x->bytes, y->bytes);
}

static void write_placed(const struct placed_item *placed, size_t n, struct buf *b)
{
	buf_add_str(b, first_line);
	buf_add_text(b, "\nletter ");
	buf_add_hash(b, &placed[0].id);
	buf_add_text(b, "\n");
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || place_cmp(&placed[i - 1].place, &placed[i].place) != 0)
			item_write(b, kind_rows[placed[i].place.kind].name, placed[i].bytes);
	}
	buf_add_text(b, DOSSIER_END);
}

int dossier_write(const struct dossier_item *items, size_t n_items, struct buf *ret, struct valise_err *err)
{
	if (n_items == 0)
		return err_set(err, VALISE_E_USAGE, "a dossier needs the letter's seal");
	CLEAN_FREE struct placed_item *placed = calloc(n_items, sizeof *placed);
	if (!placed)
		return err_nomem(err);
	for (size_t i = 0; i < n_items; i++) {
		int r = place_of(items[i].kind, items[i].bytes, &placed[i].place, &placed[i].id, err);
		if (r)
			return r == VALISE_E_BAD ? VALISE_E_USAGE : r;
		placed[i].bytes = items[i].bytes;
	}
	qsort(placed, n_items, sizeof *placed, by_place);
	size_t before = ret->len;
	write_placed(placed, n_items, ret);
	int r = buf_check(ret, "a dossier", err);
	if (r)
		return r;
	/* What no reader would take is not written. */
	CLEAN_DOSSIER struct dossier written = {0};
	r = dossier_parse(ret->data + before, ret->len - before, &written, err);
	if (r)
		buf_truncate(ret, before);
	return r == VALISE_E_BAD ? VALISE_E_USAGE : r;
}

int dossier_exhibit(const struct hash *exhibit, uint64_t bytes, struct buf *ret, uint64_t *ret_digits,
		    struct valise_err *err)
{
	CLEAN_BUF struct buf head = BUF_INIT(256);
	int r = excerpt_head(exhibit, bytes, 0, bytes, &head, ret_digits, err);
	if (r)
		return r;
	item_begin(ret, kind_rows[DOSSIER_EXCERPT].name, head.len + *ret_digits);
	buf_add(ret, head.data, head.len);
	return buf_check(ret, "a dossier", err);
}
