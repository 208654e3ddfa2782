/* SPDX-License-Identifier: Apache-2.0 */
/* The dossier of a letter: everything here that speaks of it, and of its contents only what the holder of a reading key discloses. */
#include "office/office.h"

#include "base/array.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/tree.h"
#include "format/disclosure.h"
#include "format/dossier.h"
#include "format/excerpt.h"
#include "office/put_exhibits.h"
#include "office/unlock_cover.h"
#include "office/whole_exhibits.h"
#include "office/words.h"

struct disclosing {
	struct valise *v;
	struct gathered g;
	struct dossier_item *items;
	size_t n, cap;
	struct cover cover;
	struct buf cover_text;
	struct buf *excerpts;
	size_t n_excerpts;
	struct whole_exhibits whole;
	bool has_key;
};

static void disclosing_release(struct disclosing *d)
{
	gathered_release(&d->g);
	cover_release(&d->cover);
	buf_wipe(&d->cover_text);
	for (size_t i = 0; i < d->n_excerpts; i++)
		buf_release(&d->excerpts[i]);
	free(d->excerpts);
	free(d->items);
	whole_exhibits_release(&d->whole);
}

static int add_item(struct disclosing *d, enum dossier_kind kind, struct str bytes, struct valise_err *err)
{
	struct dossier_item *grown = array_room(d->items, d->n, &d->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	d->items = grown;
	d->items[d->n++] = (struct dossier_item){.kind = kind, .bytes = bytes};
	return 0;
}

static struct str note_str(const struct note *n)
{
	return (struct str){n->bytes, n->len};
}

static int add_notes(struct disclosing *d, bool reports, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes concerned = {0};
	int r = add_item(d, DOSSIER_SEAL, note_str(&d->g.seal->note), err);
	if (!r)
		r = gathered_concerned(&d->g, reports, &concerned, err);
	for (size_t i = 0; i < d->g.set.n && !r; i++)
		if (hashes_have(&concerned, verified_entry_office(d->g.set.entries[i])))
			r = add_item(d, DOSSIER_REGISTER, note_str(&d->g.set.entries[i]->note), err);
	for (size_t i = 0; i < d->g.n_statements && !r; i++)
		r = add_item(d, DOSSIER_STATEMENT, note_str(&d->g.statements[i].statement->note), err);
	return r;
}

/* ---- Reports ---- */

#define BESIDE_BYTES 200u            /* on either side of a span */
#define SPAN_MOST_BYTES (64u * 1024) /* of a span; of a longer one its beginning */

/* What others are reported to have said, with one item for each place that a report points at; the texts are d's. */
static int add_reports(struct disclosing *d, bool whole, struct valise_err *err)
{
	const struct words_wanted want = {.most = SPAN_MOST_BYTES, .beside = BESIDE_BYTES};
	int r = 0;
	for (size_t i = 0; i < d->g.n_reports && !r; i++)
		r = add_item(d, DOSSIER_REPORT, note_str(&d->g.reports[i].report->note), err);
	if (r || whole)
		return r ? r : whole_exhibits_find(d->v, &d->g, &d->whole, err);
	r = gather_words(d->v, &want, &d->g, err);
	if (!r && !(d->excerpts = calloc(d->g.n_excerpts + 1, sizeof *d->excerpts)))
		return err_nomem(err);
	for (size_t i = 0; i < d->g.n_excerpts && !r; i++) {
		const struct exhibit_bytes *x = &d->g.excerpts[i];
		struct buf *text = &d->excerpts[d->n_excerpts];
		if (!x->bytes.at)
			continue;
		buf_init(text, LIMIT_DOSSIER_BYTES);
		d->n_excerpts++;
		r = excerpt_write(&x->exhibit, x->size, x->offset, x->bytes, text, err);
		if (!r)
			r = add_item(d, DOSSIER_EXCERPT, buf_str(text), err);
	}
	return r;
}

/* ---- Contents ---- */

/* 0 for the subject, i for the i-th part. */
#define WHOLE_COVER SIZE_MAX /* in place of a leaf */

/* A part of that name; 0, which is the subject's place, when there is none. */
static size_t part_of(const struct cover *c, const char *name)
{
	for (size_t i = 0; i < c->n_parts; i++)
		if (str_eq(c->parts[i].name, str_of(name)))
			return i + 1;
	return 0;
}

/* What is asked for by name: a part; or, of the letter itself, its subject or all of its cover. The sender chose the names of parts: where
 * one is called as those are, it is told apart by a word before it. */
static int leaf_of(const struct cover *c, const char *asked, size_t *ret, struct valise_err *err)
{
	bool of_part = strncmp(asked, "part:", 5) == 0, of_letter = strncmp(asked, "letter:", 7) == 0;
	const char *name = asked + (of_part ? 5 : of_letter ? 7 : 0);
	bool is_subject = strcmp(name, "subject") == 0, is_own = is_subject || strcmp(name, "cover") == 0;
	size_t part = of_letter ? 0 : part_of(c, name);
	if (!of_part && !of_letter && is_own && part)
		return err_set(err, VALISE_E_AMBIGUOUS,
			       "a part of the letter is called %s too: say part:%s for that part, or letter:%s for %s",
			       name, name, name, is_subject ? "the subject" : "all, with the letter's key");
	if (!part && (of_part || !is_own))
		return err_set(err, VALISE_E_NOT_FOUND,
			       "the letter has no part %s to disclose; name a part, `subject`, or `cover` for all",
			       text_shown(str_of(name)).text);
	*ret = part || is_subject ? part : WHOLE_COVER;
	return 0;
}

static int disclose_leaf(struct disclosing *d, const struct hash *hashes, size_t n_leaves, size_t index,
			 struct buf *ret, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf leaf = BUF_INIT(DISCLOSURE_BYTES);
	struct hash path[64];
	struct disclosure one = {.index = index};
	int r = cover_leaf(&d->cover, &d->g.seal->s, index, &leaf, err);
	if (!r)
		r = tree_inclusion(hashes, n_leaves, index, path, &one.n_path);
	if (r)
		return r;
	memcpy(one.salt, leaf.data, sizeof one.salt);
	one.text = (struct str){(char *)leaf.data + sizeof one.salt, leaf.len - sizeof one.salt};
	memcpy(one.path, path, one.n_path * sizeof path[0]);
	return disclosure_write(&one, ret, err);
}

static int leaf_hashes(struct disclosing *d, struct hash *hashes, size_t n, struct valise_err *err)
{
	for (size_t i = 0; i < n; i++) {
		CLEAN_BUF_SECRET struct buf leaf = BUF_INIT(DISCLOSURE_BYTES);
		int r = cover_leaf(&d->cover, &d->g.seal->s, i, &leaf, err);
		if (r)
			return r;
		tree_leaf(leaf.data, leaf.len, &hashes[i]);
	}
	return 0;
}

static int add_contents(struct disclosing *d, const struct valise_dossier *want, struct buf *texts,
			struct valise_err *err)
{
	CLEAN_LOCKED_COVER struct locked_cover locked = LOCKED_COVER_NONE;
	int r = locked_cover_get(d->v, d->g.seal, &locked, err);
	if (!r)
		r = unlock_cover(&locked, d->g.seal, &d->cover, &d->cover_text, err);
	if (r)
		return r;
	size_t n_leaves = d->cover.n_parts + 1;
	CLEAN_FREE struct hash *hashes = calloc(n_leaves, sizeof *hashes);
	if (!hashes)
		return err_nomem(err);
	r = leaf_hashes(d, hashes, n_leaves, err);
	for (size_t i = 0; i < want->n_disclose && !r; i++) {
		size_t index = 0;
		r = leaf_of(&d->cover, want->disclose[i], &index, err);
		if (!r && index == WHOLE_COVER) {
			r = add_item(d, DOSSIER_COVER, buf_str(&d->cover_text), err);
			d->has_key = !d->g.seal->s.paper.at; /* of paper the cover has none */
			continue;
		}
		if (!r)
			r = disclose_leaf(d, hashes, n_leaves, index, &texts[i], err);
		if (!r)
			r = add_item(d, DOSSIER_LEAF, buf_str(&texts[i]), err);
	}
	return r;
}

static void release_texts(struct buf *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_release(&texts[i]);
	free(texts);
}

/* Whole exhibits stand last, between what is at hand and its end. */
static int write_all(struct disclosing *d, const struct valise_dossier *want, struct valise_err *err)
{
	CLEAN_BUF struct buf out = BUF_INIT(LIMIT_DOSSIER_BYTES);
	const struct str end = STR(DOSSIER_END);
	int r = dossier_write(d->items, d->n, &out, err);
	if (!r && d->whole.bytes > LIMIT_DOSSIER_BYTES - out.len)
		r = err_set(
			err, VALISE_E_LIMIT,
			"the exhibits are too large for one text file: leave out --exhibits, and give the files beside it, for `valise verify --file`");
	if (!r)
		r = want->write(want->context, out.data, out.len - end.len);
	if (!r)
		r = whole_exhibits_write(d->v, &d->whole, want, err);
	return r ? r : want->write(want->context, end.at, end.len);
}

int valise_dossier(struct valise *v, const struct valise_dossier *want, bool *ret_has_key, struct valise_err *err)
{
	CLEANUP(disclosing_release) struct disclosing d = {.v = v, .cover_text = BUF_INIT(LIMIT_COVER_BYTES)};
	struct hash letter;
	struct buf *texts = calloc(want->n_disclose + 1, sizeof *texts);
	if (!texts)
		return err_nomem(err);
	for (size_t i = 0; i < want->n_disclose; i++)
		buf_init(&texts[i], DISCLOSURE_BYTES);
	int r = office_letter(v, want->letter, &letter, err);
	if (!r)
		r = gather(v, &letter, &d.g, err);
	if (!r)
		r = add_notes(&d, !want->no_reports, err);
	if (!r && !want->no_reports)
		r = add_reports(&d, want->exhibits, err);
	if (!r && want->n_disclose)
		r = add_contents(&d, want, texts, err);
	if (!r)
		r = write_all(&d, want, err);
	release_texts(texts, want->n_disclose);
	if (!r)
		*ret_has_key = d.has_key;
	return r;
}
