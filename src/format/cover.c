/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes covers, and makes the leaves that the seal's contents root commits to (spec/cover.md). */
#include "format/cover.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/age.h"
#include "format/line.h"

#define COVER_FIRST_LINE "valise/cover@v1"
#define LEAF_FIRST_LINE "valise/leaf@v1"
#define SALT_LABEL "valise/salt@v1\n"
#define SALT_BYTES 32
#define PAD_MULTIPLE_BYTES 512u
#define LEAF_MAX_BYTES \
	4096u /* a leaf's fixed lines and a part line with 255 escaped bytes, or a subject and in-reply-to */

static const char *const part_kind_names[] = {[PART_FILE] = "file", [PART_DIR] = "dir"};

void cover_release(struct cover *c)
{
	if (c->owned)
		secret_wipe(c->owned, c->owned_len);
	free(c->owned);
	if (c->parts)
		secret_wipe(c->parts, c->n_parts * sizeof *c->parts);
	free(c->parts);
	secret_release(&c->keys);
	secret_wipe(c, sizeof *c);
}

static bool name_is_component(struct str name)
{
	return name.len > 0 && name.len <= LIMIT_PART_NAME_BYTES && !memchr(name.at, '/', name.len) &&
	       !memchr(name.at, '\0', name.len) && !str_eq(name, STR(".")) && !str_eq(name, STR(".."));
}

static bool part_kind_parse(struct str s, enum part_kind *ret)
{
	for (int k = PART_FILE; k <= PART_DIR; k++) {
		if (str_eq(s, str_of(part_kind_names[k]))) {
			*ret = (enum part_kind)k;
			return true;
		}
	}
	return false;
}

/* The value of a `part` line. The name's bytes are added to `names`, where the part's name points. */
static bool part_parse(struct str v, struct buf *names, struct part *ret)
{
	struct str kind, offset, length, digest;
	if (!str_word(&v, &kind) || !str_word(&v, &offset) || !str_word(&v, &length) || !str_word(&v, &digest))
		return false;
	struct part p;
	if (!part_kind_parse(kind, &p.kind) || !text_decimal(offset, LIMIT_BODY_BYTES, &p.offset) ||
	    !text_decimal(length, LIMIT_BODY_BYTES - p.offset, &p.length) || !hash_parse(digest, &p.digest))
		return false;
	size_t before = names->len;
	if (!text_unescape_name(v, names))
		return false;
	p.name = (struct str){(const char *)names->data + before, names->len - before};
	if (!name_is_component(p.name))
		return false;
	*ret = p;
	return true;
}

static void put_part(struct line_writer *w, const struct part *p)
{
	if (((unsigned)p->kind != PART_FILE && (unsigned)p->kind != PART_DIR) || !name_is_component(p->name)) {
		line_put_bad(w, "part", "is not a file or directory under a name of one path component");
		return;
	}
	buf_addf(w->b, "part %s %" PRIu64 " %" PRIu64 " %s ", part_kind_names[p->kind], p->offset, p->length,
		 hash_hex(&p->digest).text);
	text_escape_name(w->b, p->name);
	buf_add_char(w->b, '\n');
}

static void put_subject(struct line_writer *w, struct str subject, bool has_reply, const struct hash *in_reply_to)
{
	line_put_free_text(w, "subject", subject);
	if (has_reply)
		line_put_hash(w, "in-reply-to", in_reply_to);
}

static void read_parts(struct note_reader *r, struct cover *c, struct buf *names)
{
	c->parts = line_array(r, "part", LIMIT_PARTS, sizeof *c->parts, &c->n_parts);
	struct str v;
	if (c->n_parts == 0)
		(void)note_required(r, "part", &v);
	for (size_t i = 0; i < c->n_parts && note_required(r, "part", &v); i++) {
		struct part *p = &c->parts[i];
		if (!part_parse(v, names, p)) {
			(void)note_bad(r, "part", "is not a kind, a range of the tar, a SHA-256 value and a name");
			return;
		}
		if (i > 0 && str_cmp(p[-1].name, p->name) >= 0)
			(void)note_bad(r, "part", "has the name of another, or is not sorted by name");
		if (i > 0 && p->offset < p[-1].offset + p[-1].length)
			(void)note_bad(r, "part", "begins before the end of the one before it");
	}
}

static void read_pad(struct note_reader *r, size_t text_bytes)
{
	struct str v;
	if (!note_required(r, "pad", &v))
		return;
	for (size_t i = 0; i < v.len; i++) {
		if (v.at[i] != '0')
			(void)note_bad(r, "pad", "is not all zeros");
	}
	if (v.len > PAD_MULTIPLE_BYTES || text_bytes % PAD_MULTIPLE_BYTES != 0)
		(void)note_bad(r, "pad", "does not fill up to the next multiple of 512 bytes");
}

/* Everything but that the text is the only one for these values. */
static int read_cover(struct str text, struct cover *c, struct valise_err *err)
{
	if (text.len == 0 || text.len > LIMIT_COVER_BYTES)
		return err_set(err, VALISE_E_BAD, "the cover is empty or longer than %u bytes", LIMIT_COVER_BYTES);
	/* The subject and the names together are shorter than the text, also unescaped. */
	c->owned = malloc(text.len);
	if (!c->owned)
		return err_nomem(err);
	c->owned_len = text.len;
	int failed = secret_alloc(&c->keys, COVER_KEYS_BYTES, err);
	if (failed)
		return failed;
	struct buf owned = {.data = c->owned, .cap = text.len, .max = text.len - 1};

	struct note_reader r;
	note_reader_init(&r, text, COVER_FIRST_LINE, err);
	line_hash(&r, "core", &c->core);
	struct str v;
	if (note_required(&r, "key", &v) && !age_identity_parse(v, cover_body_key(c)))
		(void)note_bad(&r, "key", "is not an age identity in upper case");
	line_bytes(&r, "seed", cover_seed(c));
	struct str subject = {0};
	line_free_text(&r, "subject", &subject);
	buf_add_str(&owned, subject);
	c->subject = (struct str){(const char *)c->owned, subject.len};
	line_optional_hash(&r, "in-reply-to", &c->has_reply, &c->in_reply_to);
	read_parts(&r, c, &owned);
	read_pad(&r, text.len);
	return note_reader_end(&r);
}

static int put_cover(const struct cover *c, struct buf *b, struct valise_err *err)
{
	struct line_writer w = {.b = b, .what = "the cover", .err = err};
	buf_add_text(b, COVER_FIRST_LINE "\n");
	line_put_hash(&w, "core", &c->core);
	buf_add_text(b, "key ");
	age_identity_write(b, cover_body_key(c));
	buf_add_char(b, '\n');
	line_put_bytes(&w, "seed", cover_seed(c));
	put_subject(&w, c->subject, c->has_reply, &c->in_reply_to);
	for (size_t i = 0; i < c->n_parts; i++)
		put_part(&w, &c->parts[i]);
	buf_add_text(b, "pad ");
	size_t zeros = PAD_MULTIPLE_BYTES - (b->len + 1) % PAD_MULTIPLE_BYTES;
	uint8_t *at = buf_grow(b, zeros);
	if (at)
		memset(at, '0', zeros);
	buf_add_char(b, '\n');
	return line_writer_end(&w);
}

int cover_parse(struct str text, struct cover *ret, struct valise_err *err)
{
	CLEAN_COVER struct cover c = {0};
	int r = read_cover(text, &c, err);
	if (r)
		return r;
	CLEAN_BUF_SECRET struct buf again = BUF_INIT(LIMIT_COVER_BYTES);
	r = put_cover(&c, &again, err);
	if (!r)
		r = line_same(&again, text, "the cover", err);
	if (r)
		return r;
	*ret = c;
	secret_wipe(&c, sizeof c);
	return 0;
}

int cover_write(const struct cover *c, struct buf *ret_text, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf b = BUF_INIT(LIMIT_COVER_BYTES);
	int r = put_cover(c, &b, err);
	if (r)
		return r;
	CLEAN_COVER struct cover again = {0};
	r = read_cover(buf_str(&b), &again, err);
	if (r)
		return line_usage(r, "the cover cannot be written", err);
	buf_add_str(ret_text, buf_str(&b));
	return buf_check(ret_text, "the cover", err);
}

static void put_salt(struct buf *b, const uint8_t seed[static 32], uint32_t i)
{
	uint8_t place[sizeof SALT_LABEL + 4];
	struct buf message = BUF_AT(place);
	buf_add_text(&message, SALT_LABEL);
	buf_add_u32be(&message, i);
	uint8_t *at = buf_grow(b, SALT_BYTES);
	if (at)
		hmac_sha256(seed, 32, message.data, message.len, at);
}

/* The lines before the one that differs. */
static void put_leaf_head(struct line_writer *w, const uint8_t nonce[static 32], const struct hash *from)
{
	buf_add_text(w->b, LEAF_FIRST_LINE "\n");
	line_put_bytes(w, "nonce", nonce);
	line_put_hash(w, "from", from);
}

static int put_leaf(const struct cover *c, const struct seal *s, size_t i, struct buf *b, struct valise_err *err)
{
	if (i > c->n_parts || c->n_parts > LIMIT_PARTS)
		return err_set(err, VALISE_E_USAGE, "the contents tree has no leaf %zu", i);
	struct line_writer w = {.b = b, .what = "the leaf", .err = err};
	put_salt(b, cover_seed(c), (uint32_t)i);
	put_leaf_head(&w, s->nonce, &s->from.office);
	if (i == 0)
		put_subject(&w, c->subject, c->has_reply, &c->in_reply_to);
	else
		put_part(&w, &c->parts[i - 1]);
	return line_writer_end(&w);
}

int cover_leaf(const struct cover *c, const struct seal *s, size_t i, struct buf *ret, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf b = BUF_INIT(LEAF_MAX_BYTES);
	int r = put_leaf(c, s, i, &b, err);
	if (r)
		return r;
	buf_add_str(ret, buf_str(&b));
	return buf_check(ret, "the leaf", err);
}

int cover_contents(const struct cover *c, const struct seal *s, struct hash *ret_root, uint64_t *ret_leaves,
		   struct valise_err *err)
{
	struct tree t;
	tree_init(&t);
	CLEAN_BUF_SECRET struct buf b = BUF_INIT(LEAF_MAX_BYTES);
	for (size_t i = 0; i <= c->n_parts; i++) {
		buf_clear(&b);
		int r = put_leaf(c, s, i, &b, err);
		if (r)
			return r;
		struct hash leaf;
		tree_leaf(b.data, b.len, &leaf);
		tree_add(&t, &leaf);
	}
	tree_end(&t, ret_root);
	*ret_leaves = c->n_parts + 1;
	return 0;
}

static void read_leaf(struct note_reader *r, struct disclosed_leaf *d, struct buf *name)
{
	line_bytes(r, "nonce", d->nonce);
	line_hash(r, "from", &d->from);
	struct str v;
	d->is_subject = line_count(r, "subject") > 0;
	if (d->is_subject) {
		line_free_text(r, "subject", &d->subject);
		line_optional_hash(r, "in-reply-to", &d->has_reply, &d->in_reply_to);
	} else if (note_required(r, "part", &v) && !part_parse(v, name, &d->part)) {
		(void)note_bad(r, "part", "is not a kind, a range of the tar, a SHA-256 value and a name");
	}
}

int disclosed_leaf_parse(struct str leaf, struct disclosed_leaf *ret, struct valise_err *err)
{
	if (leaf.len < SALT_BYTES || leaf.len > LEAF_MAX_BYTES)
		return err_set(err, VALISE_E_BAD, "a disclosed leaf is shorter than its salt or longer than %u bytes",
			       LEAF_MAX_BYTES);
	struct disclosed_leaf d = {0};
	memcpy(d.salt, leaf.at, SALT_BYTES);
	struct str text = {leaf.at + SALT_BYTES, leaf.len - SALT_BYTES};
	/* One byte more than a name may have, and the NUL: a longer one is refused by its length, not by its place. */
	uint8_t place[LIMIT_PART_NAME_BYTES + 2];
	struct buf name = BUF_AT(place);
	struct note_reader r;
	note_reader_init(&r, text, LEAF_FIRST_LINE, err);
	read_leaf(&r, &d, &name);
	int code = note_reader_end(&r);
	if (code)
		return code;

	CLEAN_BUF struct buf again = BUF_INIT(LEAF_MAX_BYTES);
	struct line_writer w = {.b = &again, .what = "the leaf", .err = err};
	put_leaf_head(&w, d.nonce, &d.from);
	if (d.is_subject)
		put_subject(&w, d.subject, d.has_reply, &d.in_reply_to);
	else
		put_part(&w, &d.part);
	code = line_writer_end(&w);
	if (!code)
		code = line_same(&again, text, "the leaf", err);
	if (code)
		return code;
	memcpy(d.name, place, name.len);
	*ret = d;
	if (!d.is_subject)
		ret->part.name.at = (const char *)ret->name;
	return 0;
}
