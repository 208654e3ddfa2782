/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: an office's register entries in one file, sorted and framed. */
#include "format/card.h"

#include "base/cleanup.h"
#include "format/item.h"

static const struct str first_line = {"valise/card@v1", 14};
static const struct str entry_kind = {"register", 8};

void card_release(struct card *c)
{
	free(c->entries);
	*c = (struct card){0};
}

static int bad_card(struct valise_err *err, const char *why)
{
	return err_set(err, VALISE_E_BAD, "this is no card: %s", why);
}

/* Reads one item of the card; *ret_end when it was its last line. */
static int read_entry(struct cursor *c, const struct hash *office, struct item_place *previous, struct str *ret,
		      bool *ret_end, struct valise_err *err)
{
	struct str kind;
	struct item_place place;
	enum item_next next = item_read(c, LIMIT_REGISTER_ENTRY_BYTES, &kind, ret);
	*ret_end = next == ITEM_END;
	if (next == ITEM_END)
		return 0;
	if (next == ITEM_BAD || !str_eq(kind, entry_kind) || !item_place_of(*ret, &place))
		return bad_card(err, "an entry is malformed, or the file is cut off");
	if (!hash_eq(&place.office, office))
		return bad_card(err, "an entry is of another office");
	if (item_place_cmp(previous, &place) >= 0)
		return bad_card(err, "its entries are out of order");
	*previous = place;
	return 0;
}

/* The lines before the entries. */
static int read_head(struct cursor *c, struct hash *ret_office, struct valise_err *err)
{
	struct str line;
	if (!cursor_line(c, &line) || !str_eq(line, first_line))
		return bad_card(err, "its first line is another");
	if (!item_line(c, STR("office"), &line) || !hash_parse(line, ret_office))
		return bad_card(err, "it does not say of which office");
	return 0;
}

/* Counts and checks; with `entries` also stores. */
static int read_entries(struct cursor c, const struct hash *office, struct str *entries, size_t *ret_n,
			struct valise_err *err)
{
	/* Below every entry but entry 0, which must come first. */
	struct item_place previous = {.office = *office};
	size_t n = 0;
	uint64_t bytes = 0;
	for (;;) {
		struct str entry;
		bool end;
		int r = read_entry(&c, office, &previous, &entry, &end, err);
		if (r)
			return r;
		if (end)
			break;
		if (n == 0 && (previous.seq != 0 || !hash_eq(&previous.id, office)))
			return bad_card(err, "its first entry is not entry 0 of that office");
		bytes += entry.len;
		if (n == LIMIT_REGISTER_ENTRIES || bytes > LIMIT_REGISTER_BYTES)
			return bad_card(err, "it is larger than a register may be");
		if (entries)
			entries[n] = entry;
		n++;
	}
	if (n == 0)
		return bad_card(err, "it has no entry");
	*ret_n = n;
	return 0;
}

int card_parse(const void *bytes, size_t len, struct card *ret, struct valise_err *err)
{
	CLEAN_CARD struct card card = {0};
	struct cursor c = cursor_of(bytes, len);
	int r = read_head(&c, &card.office, err);
	if (!r)
		r = read_entries(c, &card.office, NULL, &card.n_entries, err);
	if (r)
		return r;
	card.entries = calloc(card.n_entries, sizeof *card.entries);
	if (!card.entries)
		return err_nomem(err);
	r = read_entries(c, &card.office, card.entries, &card.n_entries, err);
	if (r)
		return r;
	*ret = card;
	card = (struct card){0};
	return 0;
}

struct placed_entry {
	struct item_place place;
	struct str bytes;
};

static int by_place(const void *a, const void *b)
{
	const struct placed_entry *x = a;
	const struct placed_entry *y = b;
	return item_place_cmp(&x->place, &y->place);
}

static void write_placed(const struct placed_entry *placed, size_t n, struct buf *b)
{
	buf_add_str(b, first_line);
	buf_add_text(b, "\noffice ");
	buf_add_hash(b, &placed[0].place.office);
	buf_add_text(b, "\n");
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || item_place_cmp(&placed[i - 1].place, &placed[i].place) != 0)
			item_write(b, entry_kind, placed[i].bytes);
	}
	buf_add_text(b, "end\n");
}

int card_write(const struct str *entries, size_t n_entries, struct buf *ret, struct valise_err *err)
{
	if (n_entries == 0)
		return err_set(err, VALISE_E_USAGE, "a card needs an office's entry 0");
	CLEAN_FREE struct placed_entry *placed = calloc(n_entries, sizeof *placed);
	if (!placed)
		return err_nomem(err);
	size_t room = 0;
	for (size_t i = 0; i < n_entries; i++) {
		placed[i].bytes = entries[i];
		room += entries[i].len + 32;
		if (!item_place_of(entries[i], &placed[i].place))
			return err_set(err, VALISE_E_USAGE, "what should go into a card is no register entry");
	}
	qsort(placed, n_entries, sizeof *placed, by_place);
	size_t before = ret->len;
	if (buf_grow(ret, room)) /* at once: a card can be large, and growing by doubling takes half as much again */
		buf_truncate(ret, before);
	write_placed(placed, n_entries, ret);
	int r = buf_check(ret, "a card", err);
	if (r)
		return r;
	/* What no reader would take is not written. */
	CLEAN_CARD struct card card = {0};
	r = card_parse(ret->data + before, ret->len - before, &card, err);
	if (r)
		buf_truncate(ret, before);
	return r == VALISE_E_BAD ? VALISE_E_USAGE : r;
}
