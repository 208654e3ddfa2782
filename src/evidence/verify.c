/* SPDX-License-Identifier: Apache-2.0 */
/* A dossier judged with nothing else at hand: every signature checked, then the same accounts as anywhere. */
#include <valise/valise.h>

#include <stdio.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/secret.h"
#include "crypto/tree.h"
#include "evidence/evidence.h"
#include "evidence/exhibits.h"
#include "format/card.h"
#include "format/disclosure.h"
#include "format/dossier.h"
#include "format/excerpt.h"

struct verifying {
	struct dossier d;
	struct verified_seal *seal;
	struct registers *registers;
	struct verified_entry **entries;
	size_t n_entries, cap_entries;
	struct witnessed_statement *statements;
	size_t n_statements;
	struct witnessed_report *reports;
	size_t n_reports;
	struct exhibits exhibits;
	struct disclosed_leaf *leaves;
	size_t n_leaves;
	struct buf subject; /* that of leaf 0, of which there is at most one */
	struct cover cover;
	bool has_cover;
	struct acquaintance *known;
	size_t n_known;
	struct str *broken; /* owned texts */
	size_t n_broken, cap_broken;
};

static void verifying_release(struct verifying *w)
{
	for (size_t i = 0; i < w->n_statements; i++)
		verified_statement_free((struct verified_statement *)(uintptr_t)w->statements[i].statement);
	for (size_t i = 0; i < w->n_reports; i++)
		verified_report_free((struct verified_report *)(uintptr_t)w->reports[i].report);
	for (size_t i = 0; i < w->n_broken; i++)
		free((char *)(uintptr_t)w->broken[i].at);
	exhibits_release(&w->exhibits);
	registers_free(w->registers);
	for (size_t i = 0; i < w->n_entries; i++)
		verified_entry_free(w->entries[i]);
	verified_seal_free(w->seal);
	cover_release(&w->cover);
	buf_release(&w->subject);
	dossier_release(&w->d);
	free(w->entries);
	free(w->statements);
	free(w->reports);
	free(w->leaves);
	free(w->known);
	free(w->broken);
}

/* ---- What does not verify is named and counts for nothing ---- */

static int add_broken(struct verifying *w, const char *what, const struct hash *id, const struct valise_err *why,
		      struct valise_err *err)
{
	char *text = NULL;
	struct str *grown = array_room(w->broken, w->n_broken, &w->cap_broken, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	w->broken = grown;
	int n = asprintf(&text, "%s %.16s: %s", what, hash_hex(id).text, why->text);
	if (n < 0)
		return err_nomem(err);
	w->broken[w->n_broken++] = (struct str){text, (size_t)n};
	return 0;
}

/* A failure to verify is a finding; anything else (no memory) ends the whole. */
static int finding(struct verifying *w, int r, const char *what, const struct hash *id, const struct valise_err *why,
		   struct valise_err *err)
{
	if (r == VALISE_E_BAD)
		return add_broken(w, what, id, why, err);
	if (r)
		err_copy(err, why);
	return r;
}

/* ---- The items ---- */

static int take_entry(struct verifying *w, struct verified_entry *e, struct valise_err *err)
{
	struct verified_entry **grown = array_room(w->entries, w->n_entries, &w->cap_entries, sizeof *grown);
	if (!grown) {
		verified_entry_free(e);
		return err_nomem(err);
	}
	w->entries = grown;
	w->entries[w->n_entries++] = e;
	return registers_add(w->registers, e, err);
}

static int add_entry(struct verifying *w, const struct dossier_item *it, struct valise_err *err)
{
	struct valise_err why = {0};
	struct verified_entry *e = NULL;
	int r = register_entry_verify(it->bytes.at, it->bytes.len, &e, &why);
	return r ? finding(w, r, "register entry", &it->id, &why, err) : take_entry(w, e, err);
}

static int add_statement(struct verifying *w, const struct dossier_item *it, struct valise_err *err)
{
	struct valise_err why = {0};
	struct verified_statement *s = NULL;
	int r = statement_verify(it->bytes.at, it->bytes.len, &s, &why);
	if (!r && !hash_eq(&s->s.letter, &w->d.letter)) {
		r = err_set(&why, VALISE_E_BAD, "it speaks of another letter");
		verified_statement_free(s);
	}
	if (r)
		return finding(w, r, "statement", &it->id, &why, err);
	w->statements[w->n_statements++] = (struct witnessed_statement){s, 0};
	return 0;
}

static int add_report(struct verifying *w, const struct dossier_item *it, struct valise_err *err)
{
	struct valise_err why = {0};
	struct verified_report *p = NULL;
	int r = report_verify(it->bytes.at, it->bytes.len, &p, &why);
	if (!r && !hash_eq(&p->r.letter, &w->d.letter)) {
		r = err_set(&why, VALISE_E_BAD, "it speaks of another letter");
		verified_report_free(p);
	}
	if (r)
		return finding(w, r, "report", &it->id, &why, err);
	w->reports[w->n_reports++] = (struct witnessed_report){p, 0};
	return 0;
}

/* A parsed leaf borrows its subject from bytes that go away; the leaf stays. */
static int keep_leaf(struct verifying *w, struct valise_err *err)
{
	struct disclosed_leaf *leaf = &w->leaves[w->n_leaves];
	if (leaf->is_subject) {
		buf_clear(&w->subject);
		buf_add(&w->subject, leaf->subject.at, leaf->subject.len);
		leaf->subject = buf_str(&w->subject);
	}
	int r = buf_check(&w->subject, "a disclosed subject", err);
	if (!r)
		w->n_leaves++;
	return r;
}

static int add_leaf(struct verifying *w, const struct dossier_item *it, struct valise_err *err)
{
	CLEAN_BUF struct buf leaf = BUF_INIT(DISCLOSURE_BYTES);
	struct valise_err why = {0};
	struct disclosure d;
	struct disclosed_leaf *ret = &w->leaves[w->n_leaves];
	const struct seal *s = &w->seal->s;
	int r = disclosure_parse(it->bytes, &d, &why);
	if (!r)
		r = disclosure_check(&d, &s->contents, s->n_leaves, &why);
	if (!r) {
		disclosure_leaf(&d, &leaf);
		r = buf_check(&leaf, "a disclosed leaf", &why);
	}
	if (!r)
		r = disclosed_leaf_parse(buf_str(&leaf), ret, &why);
	if (!r && (memcmp(ret->nonce, s->nonce, sizeof s->nonce) != 0 || !hash_eq(&ret->from, &s->from.office)))
		r = err_set(&why, VALISE_E_BAD, "it was committed to for another letter, or by another sender");
	if (!r && ret->is_subject != (d.index == 0))
		r = err_set(&why, VALISE_E_BAD, "it stands at another place than its kind");
	if (r)
		return finding(w, r, "disclosure", &it->id, &why, err);
	ret->index = d.index;
	return keep_leaf(w, err);
}

/* The cover's plaintext discloses everything at once: all leaves follow from it. */
static int add_cover(struct verifying *w, const struct dossier_item *it, struct valise_err *err)
{
	struct valise_err why = {0};
	struct hash core, root;
	uint64_t n;
	int r = cover_parse(it->bytes, &w->cover, &why);
	if (!r)
		r = seal_core(&w->seal->s, &core, &why);
	if (!r && !hash_eq(&core, &w->cover.core))
		r = err_set(&why, VALISE_E_BAD, "it belongs to another seal");
	if (!r)
		r = cover_contents(&w->cover, &w->seal->s, &root, &n, &why);
	if (!r && (n != w->seal->s.n_leaves || !hash_eq(&root, &w->seal->s.contents)))
		r = err_set(&why, VALISE_E_BAD, "its parts are not those that the seal commits to");
	if (r)
		return finding(w, r, "cover", &it->id, &why, err);
	w->has_cover = true;
	return 0;
}

/* Reports stand before excerpts: which places they name is known by now. */
static int add_excerpt(struct verifying *w, const struct dossier_item *it, struct valise_err *err)
{
	struct valise_err why = {0};
	struct excerpt e;
	bool is_whole = false;
	int r = excerpt_parse(it->bytes, &e, &why);
	if (!r)
		r = excerpt_check(&e, &is_whole, &why);
	if (r)
		return finding(w, r, "excerpt", &it->id, &why, err);
	r = exhibits_want(&w->exhibits, w->reports, w->n_reports, err);
	return r ? r : exhibits_add_excerpt(&w->exhibits, &e, is_whole, err);
}

static int leaves_of_cover(struct verifying *w, struct valise_err *err)
{
	free(w->leaves);
	w->n_leaves = 0;
	w->leaves = calloc(w->cover.n_parts + 1, sizeof *w->leaves);
	if (!w->leaves)
		return err_nomem(err);
	for (size_t i = 0; i <= w->cover.n_parts; i++) {
		CLEAN_BUF struct buf leaf = BUF_INIT(DISCLOSURE_BYTES);
		int r = cover_leaf(&w->cover, &w->seal->s, i, &leaf, err);
		if (!r)
			r = disclosed_leaf_parse(buf_str(&leaf), &w->leaves[i], err);
		if (!r)
			r = keep_leaf(w, err);
		if (r)
			return r;
		w->leaves[i].index = i;
	}
	return 0;
}

static int (*const add_item[DOSSIER_KINDS])(struct verifying *, const struct dossier_item *, struct valise_err *) = {
	[DOSSIER_REGISTER] = add_entry, [DOSSIER_STATEMENT] = add_statement, [DOSSIER_REPORT] = add_report,
	[DOSSIER_LEAF] = add_leaf,      [DOSSIER_COVER] = add_cover,         [DOSSIER_EXCERPT] = add_excerpt,
};

static int add_items(struct verifying *w, struct valise_err *err)
{
	size_t n = w->d.n_items;
	w->statements = calloc(n, sizeof *w->statements);
	w->reports = calloc(n, sizeof(*w->reports));
	size_t leaves = 0;
	for (size_t i = 0; i < n; i++)
		leaves += w->d.items[i].kind == DOSSIER_LEAF;
	w->leaves = calloc(leaves + 1, sizeof *w->leaves);
	if (!w->statements || !w->reports || !w->leaves)
		return err_nomem(err);
	int r = 0;
	for (size_t i = 0; i < n && !r; i++)
		if (add_item[w->d.items[i].kind])
			r = add_item[w->d.items[i].kind](w, &w->d.items[i], err);
	if (!r && w->has_cover)
		r = leaves_of_cover(w, err);
	return r;
}

/* ---- Whom the asker knows ---- */

static int add_known(struct verifying *w, const struct valise_known *k, struct valise_err *err)
{
	CLEAN_CARD struct card c = {0};
	int r = card_parse(k->card, k->len, &c, err);
	for (size_t i = 0; i < c.n_entries && !r; i++) {
		struct verified_entry *e = NULL;
		r = register_entry_verify(c.entries[i].at, c.entries[i].len, &e, err);
		if (!r)
			r = take_entry(w, e, err);
	}
	if (r)
		return err_prefix(err, r, "a card given with --know cannot be used");
	w->known[w->n_known++] = (struct acquaintance){
		.office = c.office, .petname = str_of(k->petname), .checked = !k->unchecked, .is_self = k->is_self};
	return 0;
}

/* A known office without a name of the asker's own goes by what its card calls it. */
static void name_known(struct verifying *w)
{
	for (size_t i = 0; i < w->n_known; i++) {
		const struct office_register *o = registers_office(w->registers, &w->known[i].office);
		if (!w->known[i].petname.at && o)
			w->known[i].petname = office_name(o);
	}
}

static int judge(struct verifying *w, int64_t now_s, struct valise_accounts **ret, struct valise_err *err)
{
	int r = registers_judge(w->registers, err);
	if (r)
		return r;
	name_known(w);
	struct evidence e = {
		.seal = w->seal,
		.registers = w->registers,
		.statements = w->statements,
		.n_statements = w->n_statements,
		.reports = w->reports,
		.n_reports = w->n_reports,
		.excerpts = w->exhibits.at,
		.n_excerpts = w->exhibits.n,
		.acquaintances = w->known,
		.n_acquaintances = w->n_known,
		.bytes = w->seal->s.paper.at ? VALISE_BYTES_PAPER : VALISE_BYTES_NOT_HERE,
		.disclosed = w->leaves,
		.n_disclosed = w->n_leaves,
		.broken = w->broken,
		.n_broken = w->n_broken,
		.now_s = now_s,
		.is_dossier = true,
	};
	return evidence_accounts(&e, ret, err);
}

/* The first disclosed part whose bytes these are, as the letter counts them; 0: none. */
static uint64_t find_part(const struct verifying *w, const struct hash *hash, uint64_t len)
{
	for (size_t i = 0; i < w->n_leaves; i++) {
		const struct disclosed_leaf *leaf = &w->leaves[i];
		if (!leaf->is_subject && leaf->part.kind == PART_FILE && leaf->part.length == len &&
		    hash_eq(&leaf->part.digest, hash))
			return leaf->index;
	}
	return 0;
}

#define ROOM_BYTES (256u * 1024)

static int read_file(struct verifying *w, struct valise_file *f, uint8_t *room, struct hash *ret,
		     struct valise_err *err)
{
	CLEAN_EXHIBIT_READING struct exhibit_reading *g = NULL;
	size_t len = 1;
	int r = exhibit_reading_new(&w->exhibits, &g, err);
	while (!r && len) {
		r = f->read(f->context, room, ROOM_BYTES, &len, err);
		if (!r && len)
			r = exhibit_reading_add(g, room, len, err);
	}
	return r ? r : exhibit_reading_end(g, ret, &f->bytes, &f->spans, err);
}

/* The asker's own copies of exhibits and parts: each is whole, and its hash is what it is. */
static int add_files(struct verifying *w, const struct valise_verifying *with, struct valise_err *err)
{
	CLEAN_FREE uint8_t *room = with->n_files ? malloc(ROOM_BYTES) : NULL;
	if (with->n_files && !room)
		return err_nomem(err);
	int r = with->n_files ? exhibits_want(&w->exhibits, w->reports, w->n_reports, err) : 0;
	for (size_t i = 0; i < with->n_files && !r; i++) {
		struct valise_file *f = &with->files[i];
		struct hash hash;
		r = read_file(w, f, room, &hash, err);
		if (r)
			break;
		memcpy(f->sha256, hash_hex(&hash).text, sizeof f->sha256);
		f->part = find_part(w, &hash, f->bytes);
	}
	return r;
}

int valise_verify(const void *dossier, size_t len, const struct valise_verifying *with, struct valise_accounts **ret,
		  struct valise_err *err)
{
	CLEANUP(verifying_release) struct verifying w = {.subject = BUF_INIT(LIMIT_FREE_TEXT_BYTES)};
	int r = dossier_parse(dossier, len, &w.d, err);
	if (!r)
		r = registers_new(&w.registers, err);
	if (!r)
		r = seal_verify(w.d.items[0].bytes.at, w.d.items[0].bytes.len, &w.seal, err);
	w.known = calloc(with->n_known + 1, sizeof *w.known);
	if (!r && !w.known)
		r = err_nomem(err);
	for (size_t i = 0; i < with->n_known && !r; i++)
		r = add_known(&w, &with->known[i], err);
	if (!r)
		r = add_items(&w, err);
	if (!r)
		r = add_files(&w, with, err);
	return r ? r : judge(&w, with->now_s, ret, err);
}

/* ---- --require ---- */

/* An office by what the asker calls it, or by the beginning of its id; what it calls itself is anybody's to choose. SIZE_MAX in
 * *ret when none of the accounts is that one. */
static int find_required(const struct valise_accounts *a, struct str name, size_t *ret, struct valise_err *err)
{
	*ret = SIZE_MAX;
	for (size_t i = 0; i < a->n_offices; i++) {
		if (!str_eq(str_of(a->offices[i].petname), name))
			continue;
		if (*ret != SIZE_MAX)
			return err_set(err, VALISE_E_AMBIGUOUS,
				       "--require %s: you know two offices by that name; give the beginning of the id",
				       text_shown(name).text);
		*ret = i;
	}
	bool by_name = *ret != SIZE_MAX;
	for (size_t i = 0; !by_name && i < a->n_offices && name.len >= 4; i++) {
		if (!str_starts(str_of(a->offices[i].id), name))
			continue;
		if (*ret != SIZE_MAX)
			return err_set(err, VALISE_E_AMBIGUOUS,
				       "--require %s: several offices' ids begin so; give more of it",
				       text_shown(name).text);
		*ret = i;
	}
	return 0;
}

int valise_require(const struct valise_accounts *a, const char *what, struct valise_err *err)
{
	const char *colon = strrchr(what, ':');
	struct str office = {what, colon ? (size_t)(colon - what) : 0};
	const char *says = colon ? colon + 1 : what;
	size_t from = SIZE_MAX;
	enum says row;
	if (!says_of(str_of(says), &row))
		return err_set(err, VALISE_E_USAGE, "--require %s: %s is nothing that can be said",
			       text_shown(str_of(what)).text, text_shown(str_of(says)).text);
	if (colon && !office.len)
		return err_set(err, VALISE_E_USAGE,
			       "--require %s: no office stands before the colon; leave the colon out for any",
			       text_shown(str_of(what)).text);
	int r = office.len ? find_required(a, office, &from, err) : 0;
	if (r)
		return r;
	for (size_t i = 0; i < a->n_said; i++) {
		const struct valise_said *s = &a->said[i];
		if (s->counts && strcmp(s->says, says) == 0 && (!office.len || s->office == from))
			return 0;
	}
	if (office.len && from == SIZE_MAX)
		return err_set(err, VALISE_E_UNMET,
			       "no office here has the name %s, as you know it, or an id that begins so",
			       text_shown(office).text);
	return err_set(err, VALISE_E_UNMET, "no counted statement here says %s%s%s", says, office.len ? " for " : "",
		       office.len ? text_shown(office).text : "");
}
