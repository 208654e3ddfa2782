/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a letter: cover against seal, body against seal, tar against cover. */
#include "office/opening.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/tar.h"
#include "office/body_root.h"
#include "office/unseal_stream.h"

void opening_release(struct opening *o)
{
	stream_opener_free(o->opener); /* first: its threads write into the other's files */
	extract_free(o->extract);
	members_release(&o->members);
	body_release(&o->body);
	cover_release(&o->cover);
	locked_cover_release(&o->locked);
	verified_seal_free(o->seal);
	digest_free(o->digest);
	free(o->digests);
}

/* ---- The stream on its way to the tar reader: every part's range is hashed ---- */

static int digest_ranges(struct opening *o, const uint8_t *data, size_t len, struct valise_err *err)
{
	uint64_t end = o->at + len;
	while (o->digesting < o->cover.n_parts) {
		const struct part *p = &o->cover.parts[o->digesting];
		uint64_t from = p->offset > o->at ? p->offset : o->at;
		uint64_t to = p->offset + p->length < end ? p->offset + p->length : end;
		int r = 0;
		if (from < to)
			r = digest_add(o->digest, data + (from - o->at), (size_t)(to - from), err);
		if (r)
			return r;
		if (p->offset + p->length > end)
			break;
		r = digest_end(o->digest, &o->digests[o->digesting++], err);
		if (r)
			return r;
	}
	o->at = end;
	return 0;
}

static int next_plain(void *context, const uint8_t **ret, size_t *ret_len, struct valise_err *err)
{
	struct opening *o = context;
	int r = stream_opener_next(o->opener, ret, ret_len, err);
	if (!r && *ret_len)
		r = digest_ranges(o, *ret, *ret_len, err);
	if (r || o->is_small)
		return r;
	return office_progress(o->v, "opening", o->at, stream_opener_plain_bytes(o->opener), err);
}

/* ---- The tar's members against the cover's parts ---- */

/* Whether `path` is below directory `name`. */
static bool is_below(struct str path, struct str name)
{
	return path.len > name.len + 1 && path.at[name.len] == '/' && memcmp(path.at, name.at, name.len) == 0;
}

/* A directory's range ends with its last member, to the byte: otherwise two readers could tell two ranges by one digest. */
static int end_part(const struct opening *o, struct valise_err *err)
{
	const struct part *p = o->part ? &o->cover.parts[o->part - 1] : NULL;
	if (p && p->kind == PART_DIR && o->member_end != p->offset + p->length)
		return err_set(err, VALISE_E_BAD, "the range that the cover states for %s is not that of its files",
			       text_shown(p->name).text);
	return 0;
}

/* The member is the next part's own, or below the directory part in hand. */
static int match_member(struct opening *o, const struct tar_member *m, uint64_t header, uint64_t data,
			struct valise_err *err)
{
	const struct part *before = o->part ? &o->cover.parts[o->part - 1] : NULL;
	if (before && before->kind == PART_DIR && is_below(m->path, before->name))
		return 0;
	int r = end_part(o, err);
	if (r)
		return r;
	if (o->part == o->cover.n_parts)
		return err_set(err, VALISE_E_BAD, "the body holds files that the cover does not name");
	const struct part *p = &o->cover.parts[o->part++];
	bool same = str_eq(m->path, p->name) &&
		    (p->kind == PART_DIR ? m->type == TAR_DIR && header == p->offset
					 : m->type == TAR_FILE && data == p->offset && m->bytes == p->length);
	if (!same)
		return err_set(err, VALISE_E_BAD, "the body's files are not the parts that the cover states");
	return 0;
}

static int copy_data(struct opening *o, struct tar_reader *t, struct valise_err *err)
{
	const uint8_t *data;
	size_t len;
	for (;;) {
		int r = tar_read_data(t, &data, &len, err);
		if (r || len == 0)
			return r;
		if (o->extract)
			r = extract_data(o->extract, data, len, err);
		if (r)
			return r;
	}
}

static int read_members(struct opening *o, struct valise_err *err)
{
	CLEAN_TAR_READER struct tar_reader *t = NULL;
	struct tar_member m;
	bool end = false;
	int r = tar_reader_new(next_plain, o, &t, err);
	while (!r) {
		r = tar_read_member(t, &m, &end, err);
		if (r || end)
			break;
		r = match_member(o, &m, tar_reader_header_offset(t), tar_reader_data_offset(t), err);
		if (!r)
			r = members_add(&o->members, &m, err);
		o->member_end = (tar_reader_data_offset(t) + m.bytes + 511) / 512 * 512;
		if (!r && o->extract)
			r = extract_member(o->extract, &m, err);
		if (!r && m.type == TAR_FILE)
			r = copy_data(o, t, err);
	}
	return r;
}

static int check_the_end(struct opening *o, struct valise_err *err)
{
	struct hash root;
	if (o->part != o->cover.n_parts)
		return err_set(err, VALISE_E_BAD, "parts that the cover names are missing from the body");
	int r = end_part(o, err);
	if (r)
		return r;
	if (o->digesting != o->cover.n_parts)
		return err_set(err, VALISE_E_BAD, "the body ends within a part");
	for (size_t i = 0; i < o->cover.n_parts; i++)
		if (!hash_eq(&o->digests[i], &o->cover.parts[i].digest))
			return err_set(err, VALISE_E_BAD, "a part's bytes are not those that the sender committed to");
	r = stream_opener_root(o->opener, &root, err);
	if (!r && !hash_eq(&root, &o->seal->s.body))
		r = err_set(err, VALISE_E_BAD, "the bytes are not those under seal");
	return r;
}

/* ---- Whose fault ---- */

static int damaged_here(const struct opening *o, struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD, "%s was damaged on this machine's disk: `valise doctor` says what to do",
		       hash_short(&o->seal->note.id).text);
}

/* Says of a letter that does not fit together whether it came so, or was damaged here. */
int opening_defect(struct opening *o, struct valise_err *err)
{
	struct hash_short shown = hash_short(&o->seal->note.id);
	struct valise_err why = {0};
	struct hash root;
	err_copy(&why, err);
	int r = body_root(o->v, &o->body, "checking", &root, err);
	if (r)
		return r;
	if (!hash_eq(&root, &o->seal->s.body))
		return damaged_here(o, err);
	return err_set(err, VALISE_E_BAD,
		       "%s does not match its seal: %s. Nothing was written out. `valise say defect %s` says so",
		       shown.text, why.text, shown.text);
}

/* ---- The result ---- */

struct opened_result {
	struct valise_opened pub; /* first: freed through it */
	char letter[HASH_HEX_BYTES + 1], short_id[HASH_SHORT_BYTES], reply[HASH_HEX_BYTES + 1];
	char *subject, *destination;
	struct valise_opened_part *parts;
	struct hash_hex *digests;
};

void valise_opened_free(struct valise_opened *pub)
{
	struct opened_result *r = (struct opened_result *)pub;
	if (!r)
		return;
	for (size_t i = 0; r->parts && i < pub->n_parts; i++)
		free((char *)(uintptr_t)r->parts[i].name);
	free(r->parts);
	free(r->digests);
	free(r->subject);
	free(r->destination);
	free(r);
}

int opening_result(const struct opening *o, const char *destination, struct valise_opened **ret, struct valise_err *err)
{
	struct opened_result *res = calloc(1, sizeof *res);
	if (!res)
		return err_nomem(err);
	const struct cover *c = &o->cover;
	res->parts = calloc(c->n_parts, sizeof *res->parts);
	res->digests = calloc(c->n_parts, sizeof *res->digests);
	res->subject = str_dup(c->subject);
	res->destination = destination ? strdup(destination) : NULL;
	bool ok = res->parts && res->digests && res->subject && (res->destination || !destination);
	for (size_t i = 0; ok && i < c->n_parts; i++) {
		const struct part *p = &c->parts[i];
		res->digests[i] = hash_hex(&p->digest);
		res->parts[i] = (struct valise_opened_part){str_dup(p->name), p->kind == PART_DIR, p->length,
							    res->digests[i].text};
		res->pub.n_parts = i + 1;
		ok = res->parts[i].name != NULL;
	}
	if (!ok) {
		valise_opened_free(&res->pub);
		return err_nomem(err);
	}
	memcpy(res->letter, hash_hex(&o->seal->note.id).text, sizeof res->letter);
	memcpy(res->short_id, hash_short(&o->seal->note.id).text, sizeof res->short_id);
	memcpy(res->reply, hash_hex(&c->in_reply_to).text, sizeof res->reply);
	res->pub =
		(struct valise_opened){res->letter,      res->short_id, res->subject, c->has_reply ? res->reply : NULL,
				       res->destination, res->parts,    c->n_parts};
	*ret = &res->pub;
	return 0;
}

/* ---- The workflow ---- */

static int open_stream(struct opening *o, struct valise_err *err)
{
	struct age_identity identity;
	int r = age_identity_x25519(cover_body_key(&o->cover), &identity, err);
	if (!r)
		r = stream_opener_new(&o->body, &identity, 1, true, &o->opener, err);
	secret_wipe(&identity, sizeof identity);
	return r == VALISE_E_LOCKED ? err_set(err, VALISE_E_BAD, "the key in the cover does not open the body") : r;
}

int opening_begin(struct opening *o, struct valise *v, const struct hash *letter, struct valise_err *err)
{
	struct letter_row row;
	o->v = v;
	int r = letter_row(o->v->spool, letter, &row, err);
	if (!r)
		r = letter_seal(o->v->spool, letter, &o->seal, err);
	if (r)
		return r;
	if (row.is_paper)
		return err_set(
			err, VALISE_E_USAGE,
			"%s is a paper letter: there are no bytes to open. Who holds the paper says received, and reviewed once a "
			"person has considered it; `valise track %s` shows what is described and who says what",
			hash_short(letter).text, hash_short(letter).text);
	if (!hash_eq(&o->seal->s.from.office, &o->v->self) && seal_recipient(&o->seal->s, &o->v->self) < 0)
		return err_set(err, VALISE_E_NOT_ALLOWED, "%s is not addressed to your office",
			       hash_short(letter).text);
	if (!row.has_body)
		return office_not_whole(o->v, letter, VALISE_E_NOT_FOUND, "it cannot be opened", err);
	r = body_open(o->v->spool, &o->seal->s.body, &o->body, err);
	if (r == VALISE_E_BAD)
		return damaged_here(o, err);
	o->is_small = o->body.fd < 0;
	return r ? r : locked_cover_get(o->v, o->seal, &o->locked, err);
}

static int unlock(struct opening *o, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf text = BUF_INIT(LIMIT_COVER_BYTES);
	int r = unlock_cover(&o->locked, o->seal, &o->cover, &text, err);
	if (!r)
		r = open_stream(o, err);
	if (!r)
		r = digest_new(&o->digest, err);
	o->digests = r ? NULL : calloc(o->cover.n_parts, sizeof *o->digests);
	if (!r && !o->digests)
		r = err_nomem(err);
	return r;
}

int opening_read(struct opening *o, const struct extract_place *place, struct valise_err *err)
{
	int r = unlock(o, err);
	if (!r && place)
		r = extract_begin(place, o->opener, &o->extract, err);
	if (!r)
		r = read_members(o, err);
	if (!r)
		r = check_the_end(o, err);
	if (!r && place)
		r = extract_end(o->extract, &o->synced, err);
	return r;
}

int opening_check(struct valise *v, const struct hash *letter, struct valise_err *err)
{
	CLEANUP(opening_release) struct opening o = OPENING_NONE;
	int r = opening_begin(&o, v, letter, err);
	if (r)
		return r;
	r = opening_read(&o, NULL, err);
	return r == VALISE_E_BAD ? opening_defect(&o, err) : r;
}
