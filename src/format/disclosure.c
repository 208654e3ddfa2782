/* SPDX-License-Identifier: Apache-2.0 */
/* Disclosed leaves as text, and the check of their paths. */
#include "format/disclosure.h"

#include "base/cursor.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/tree.h"
#include "format/item.h"

static const struct str leaf_line = {"valise/leaf@v1", 14};

static int bad_leaf(struct valise_err *err, const char *why)
{
	return err_set(err, VALISE_E_BAD, "a disclosed leaf is malformed: %s", why);
}

/* From here to the first line that begins with "path ", or to the end. */
static struct str take_text(struct cursor *c)
{
	const char *start = (const char *)c->at;
	while (cursor_left(c) > 0) {
		struct cursor before = *c;
		struct str line;
		if (!cursor_line(c, &line))
			break;
		if (str_starts(line, STR("path "))) {
			*c = before;
			break;
		}
	}
	return (struct str){start, (size_t)((const char *)c->at - start)};
}

static bool starts_as_leaf(struct str text)
{
	return text.len > leaf_line.len && str_starts(text, leaf_line) && text.at[leaf_line.len] == '\n';
}

int disclosure_parse(struct str item, struct disclosure *ret, struct valise_err *err)
{
	struct disclosure d = {0};
	struct cursor c = cursor_of(item.at, item.len);
	struct str value;
	if (item.len > DISCLOSURE_BYTES)
		return bad_leaf(err, "it is too long");
	if (!item_line(&c, STR("index"), &value) || !text_decimal(value, LIMIT_PARTS, &d.index))
		return bad_leaf(err, "it needs an `index` line");
	if (!item_line(&c, STR("salt"), &value) || !hex_decode(value, d.salt, sizeof d.salt))
		return bad_leaf(err, "it needs a `salt` line");
	d.text = take_text(&c);
	if (c.failed || !starts_as_leaf(d.text))
		return bad_leaf(err, "it has no leaf");
	while (!cursor_done(&c)) {
		if (d.n_path == DISCLOSURE_PATH)
			return bad_leaf(err, "its path is too long");
		if (!item_line(&c, STR("path"), &value) || !hash_parse(value, &d.path[d.n_path]))
			return bad_leaf(err, "its path is malformed");
		d.n_path++;
	}
	*ret = d;
	return 0;
}

int disclosure_write(const struct disclosure *d, struct buf *ret, struct valise_err *err)
{
	if (d->n_path > DISCLOSURE_PATH)
		return err_set(err, VALISE_E_USAGE, "a disclosed leaf's path has at most %u hashes", DISCLOSURE_PATH);
	size_t before = ret->len;
	buf_addf(ret, "index %llu\nsalt ", (unsigned long long)d->index);
	hex_encode(ret, d->salt, sizeof d->salt);
	buf_add_text(ret, "\n");
	buf_add_str(ret, d->text);
	for (size_t i = 0; i < d->n_path; i++) {
		buf_add_text(ret, "path ");
		buf_add_hash(ret, &d->path[i]);
		buf_add_text(ret, "\n");
	}
	int r = buf_check(ret, "a disclosed leaf", err);
	if (r)
		return r;
	struct disclosure again;
	r = disclosure_parse((struct str){(const char *)ret->data + before, ret->len - before}, &again, err);
	if (r || again.text.len != d->text.len) {
		buf_truncate(ret, before);
		return r ? VALISE_E_USAGE
			 : err_set(err, VALISE_E_USAGE, "a leaf's text has no line that begins with `path `");
	}
	return 0;
}

void disclosure_leaf(const struct disclosure *d, struct buf *ret)
{
	buf_add(ret, d->salt, sizeof d->salt);
	buf_add_str(ret, d->text);
}

int disclosure_check(const struct disclosure *d, const struct hash *contents, uint64_t n_leaves, struct valise_err *err)
{
	CLEAN_BUF struct buf leaf = BUF_INIT(sizeof d->salt + DISCLOSURE_BYTES);
	struct hash h;
	disclosure_leaf(d, &leaf);
	int r = buf_check(&leaf, "a disclosed leaf", err);
	if (r)
		return r;
	tree_leaf(leaf.data, leaf.len, &h);
	r = tree_inclusion_check(&h, d->index, n_leaves, d->path, d->n_path, contents, err);
	return r ? err_prefix(err, r, "disclosed leaf %llu is not what the seal commits to",
			      (unsigned long long)d->index)
		 : 0;
}
