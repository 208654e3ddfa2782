/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits that are here: found, checked, and shown without harm. */
#include "office/exhibits.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/arena.h"

#define PORTION_BYTES (256u * 1024)
#define SHOWN_BYTES 4096u /* of the beginning */
#define SHOWN_MAX_BYTES (1024u * 1024)
#define RESULT_MAX_BYTES (256u * 1024 * 1024)

void exhibit_source_release(struct exhibit_source *s)
{
	body_release(&s->body);
	buf_release(&s->name);
}

/* ---- Bytes ---- */

int exhibit_check_span(const struct body *body, const struct valise_span *span, struct valise_err *err)
{
	if (span->length == 0)
		return err_set(err, VALISE_E_USAGE, "a span has at least 1 byte");
	if (span->offset > body->size || span->length > body->size - span->offset)
		return err_set(err, VALISE_E_USAGE,
			       "the span of %llu bytes at %llu does not end within the exhibit, which has %llu",
			       (unsigned long long)span->length, (unsigned long long)span->offset,
			       (unsigned long long)body->size);
	return 0;
}

int exhibit_read(struct valise *v, const struct body *body, const struct valise_span *span, const char *doing,
		 exhibit_portion *each, void *context, struct valise_err *err)
{
	CLEAN_FREE uint8_t *data = malloc(PORTION_BYTES);
	int r = data ? 0 : err_nomem(err);
	for (uint64_t done = 0; !r && done < span->length;) {
		uint64_t left = span->length - done;
		size_t len = left < PORTION_BYTES ? (size_t)left : PORTION_BYTES;
		r = body_read(body, span->offset + done, data, len, err);
		if (!r)
			r = each(context, data, len);
		done += len;
		if (!r)
			r = office_progress(v, doing, done, span->length, err);
	}
	return r;
}

struct hashing {
	struct digest *digest;
	struct valise_err *err;
};

static int hash_portion(void *context, const uint8_t *data, size_t len)
{
	struct hashing *h = context;
	return digest_add(h->digest, data, len, h->err);
}

/* Every byte, against the id. VALISE_E_CHANGED when they are others. */
static int check_bytes(struct valise *v, const struct exhibit_source *s, struct valise_err *err)
{
	CLEAN_DIGEST struct digest *digest = NULL;
	struct valise_span all = {0, s->body.size};
	struct hash id;
	int r = digest_new(&digest, err);
	struct hashing h = {digest, err};
	if (!r)
		r = exhibit_read(v, &s->body, &all, "checking", hash_portion, &h, err);
	if (!r)
		r = digest_end(digest, &id, err);
	return r || hash_eq(&id, &s->id) ? r : err_set(err, VALISE_E_CHANGED, "other bytes");
}

int exhibit_source_here(struct valise *v, const char *name, struct exhibit_source *ret, struct valise_err *err)
{
	struct hash id;
	int r = exhibit_find(v->spool, str_of(name), &id, err);
	return r ? r : exhibit_source_of(v, &id, ret, err);
}

/* `bytes` at NULL: of whatever size it is. */
static int open_source(struct valise *v, const struct hash *id, const uint64_t *bytes, struct exhibit_source *ret,
		       struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source s = EXHIBIT_SOURCE_NONE;
	struct exhibit_row row;
	s.id = *id;
	int r = exhibit_row(v->spool, &s.id, &row, &s.name, err);
	if (!r && bytes && row.bytes != *bytes)
		return err_set(err, VALISE_E_NOT_FOUND, "the exhibit %.16s... has another size", hash_hex(id).text);
	if (r)
		return r;
	r = exhibit_open(v->spool, &s.id, &s.body, err);
	if (!r)
		r = check_bytes(v, &s, err);
	/* Its row says that its bytes were here once. */
	if (r == VALISE_E_IO || r == VALISE_E_CHANGED || r == VALISE_E_BAD)
		return err_set(
			err, VALISE_E_BAD,
			"the exhibit %.16s... was damaged on this machine's disk, or cannot be read from it: add its file "
			"again, or restore a backup",
			hash_hex(id).text);
	if (r)
		return r;
	*ret = s;
	s = (struct exhibit_source)EXHIBIT_SOURCE_NONE;
	return 0;
}

int exhibit_source_of(struct valise *v, const struct hash *id, struct exhibit_source *ret, struct valise_err *err)
{
	return open_source(v, id, NULL, ret, err);
}

int exhibit_source_at(struct valise *v, const struct hash *id, uint64_t bytes, struct exhibit_source *ret,
		      struct valise_err *err)
{
	return open_source(v, id, &bytes, ret, err);
}

/* ---- Text ---- */

/* Without the end of a character that begins before it. */
static struct str from_a_character(struct str s)
{
	for (unsigned i = 0; i < 3 && s.len && text_continues(s.at[0]); i++)
		s = (struct str){s.at + 1, s.len - 1};
	return s;
}

int exhibit_show(const struct body *body, const struct valise_span *span, unsigned how, struct buf *ret, bool *ret_text,
		 struct valise_err *err)
{
	size_t len = span->length < SHOWN_MAX_BYTES ? (size_t)span->length : SHOWN_MAX_BYTES;
	CLEAN_FREE char *bytes = malloc(len + 1);
	int r = bytes ? body_read(body, span->offset, bytes, len, err) : err_nomem(err);
	if (r)
		return r;
	struct str s = {bytes, len};
	if (how & EXHIBIT_CUT_BEFORE)
		s = from_a_character(s);
	if (how & EXHIBIT_CUT_AFTER || len < span->length)
		s = text_uncut(s);
	*ret_text = s.len && text_is_utf8(s) && !memchr(s.at, 0, s.len);
	if (!*ret_text)
		return 0;
	while (s.len) {
		const char *end = memchr(s.at, '\n', s.len);
		size_t n = end ? (size_t)(end - s.at) : s.len;
		struct str line = {s.at, end && n && s.at[n - 1] == '\r' ? n - 1 : n};
		text_show(ret, line);
		s = (struct str){s.at + n, s.len - n};
		if (end) {
			buf_add_char(ret, how & EXHIBIT_LINES ? '\n' : ' ');
			s = (struct str){s.at + 1, s.len - 1};
		}
	}
	return buf_check(ret, "what is shown of an exhibit", err);
}

/* ---- What is known of one ---- */

struct exhibit_result {
	struct valise_exhibit pub; /* first: freed through it */
	struct arena arena;
};

struct describing {
	struct valise *v;
	const struct hash *id;
	struct arena *arena;
	struct valise_exhibit_letter *letters;
	size_t n_letters, cap_letters;
	struct valise_exhibit_report *reports;
	size_t n_reports, cap_reports;
	struct valise_err *err;
};

/* Room for one more in an array of the arena's, which doubles. */
static void *one_more(struct arena *a, void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t more = *cap ? 2 * *cap : 4;
	void *grown = arena_array(a, more, size);
	if (grown && n)
		memcpy(grown, array, n * size);
	if (grown)
		*cap = more;
	return grown;
}

static const char *text_of_hash(struct arena *a, const struct hash *h)
{
	return arena_text(a, str_of(hash_hex(h).text));
}

static const char *short_of(struct arena *a, const struct hash *h)
{
	return arena_text(a, str_of(hash_short(h).text));
}

static int take_tag(void *context, const struct exhibit_tag *tag)
{
	struct describing *d = context;
	d->letters = one_more(d->arena, d->letters, d->n_letters, &d->cap_letters, sizeof *d->letters);
	if (!d->letters)
		return arena_check(d->arena, d->err);
	d->letters[d->n_letters++] = (struct valise_exhibit_letter){
		.letter = text_of_hash(d->arena, &tag->letter),
		.short_id = short_of(d->arena, &tag->letter),
		.note = tag->note.at ? arena_shown(d->arena, tag->note) : NULL,
		.tagged_s = tag->tagged_s,
	};
	return arena_check(d->arena, d->err);
}

static bool points_at(const struct report *p, const struct hash *exhibit)
{
	for (size_t i = 0; i < p->n_spans; i++)
		if (hash_eq(&p->spans[i].exhibit, exhibit))
			return true;
	return false;
}

static int add_report(struct describing *d, const struct verified_report *p)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_BUF struct buf office = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 12);
	d->reports = one_more(d->arena, d->reports, d->n_reports, &d->cap_reports, sizeof *d->reports);
	if (!d->reports)
		return arena_check(d->arena, d->err);
	int r = register_set_look(d->v, &p->r.office.office, 1, &set, d->err);
	if (!r)
		r = office_show(d->v, &set, &p->r.office.office, &office, d->err);
	if (r)
		return r;
	d->reports[d->n_reports++] = (struct valise_exhibit_report){
		.report = text_of_hash(d->arena, &p->note.id),
		.letter = text_of_hash(d->arena, &p->r.letter),
		.short_id = short_of(d->arena, &p->r.letter),
		.office = arena_take(d->arena, &office),
	};
	return arena_check(d->arena, d->err);
}

static int look_at_report(void *context, struct verified_report *p, int64_t taken_in_s)
{
	struct describing *d = context;
	(void)taken_in_s;
	int r = points_at(&p->r, d->id) ? add_report(d, p) : 0;
	verified_report_free(p);
	return r;
}

static int describe(struct valise *v, const struct exhibit_source *s, const struct valise_span *span,
		    struct exhibit_result *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf name = BUF_INIT(EXHIBIT_NAME_BYTES), text = BUF_INIT(SHOWN_MAX_BYTES * 12);
	struct describing d = {.v = v, .id = &s->id, .arena = &ret->arena, .err = err};
	struct exhibit_row row;
	bool is_text = false;
	struct valise_span shown = {0, s->body.size < SHOWN_BYTES ? s->body.size : SHOWN_BYTES};
	int r = span ? exhibit_check_span(&s->body, span, err) : 0;
	if (span && span->length <= SHOWN_MAX_BYTES)
		shown = *span;
	else if (span)
		shown = (struct valise_span){span->offset, SHOWN_MAX_BYTES};
	unsigned how = EXHIBIT_LINES | (shown.length < (span ? span->length : s->body.size) ? EXHIBIT_CUT_AFTER : 0);
	if (!r)
		r = exhibit_row(v->spool, &s->id, &row, &name, err);
	if (!r)
		r = exhibit_tags(v->spool, &s->id, take_tag, &d, err);
	if (!r)
		r = reports_each(v->spool, look_at_report, &d, err);
	if (!r)
		r = exhibit_show(&s->body, &shown, how, &text, &is_text, err);
	if (r)
		return r;
	ret->pub = (struct valise_exhibit){
		.id = text_of_hash(&ret->arena, &s->id),
		.name = row.name.at ? arena_text(&ret->arena, row.name) : NULL,
		.bytes = row.bytes,
		.taken_in_s = row.taken_in_s,
		.letters = d.letters,
		.n_letters = d.n_letters,
		.reports = d.reports,
		.n_reports = d.n_reports,
		.span = shown,
		.text = is_text ? arena_text(&ret->arena, buf_str(&text)) : NULL,
	};
	return arena_check(&ret->arena, err);
}

void valise_exhibit_free(struct valise_exhibit *e)
{
	struct exhibit_result *r = (struct exhibit_result *)e;
	if (!r)
		return;
	arena_release(&r->arena);
	free(r);
}

int valise_exhibit(struct valise *v, const char *exhibit, const struct valise_span *span, struct valise_exhibit **ret,
		   struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	struct exhibit_result *e = calloc(1, sizeof *e);
	if (!e)
		return err_nomem(err);
	e->arena = (struct arena)ARENA_INIT(RESULT_MAX_BYTES);
	int r = exhibit_source_here(v, exhibit, &source, err);
	if (!r)
		r = describe(v, &source, span, e, err);
	if (r) {
		valise_exhibit_free(&e->pub);
		return r;
	}
	*ret = &e->pub;
	return 0;
}

/* ---- All of them ---- */

struct listing {
	struct hashes wanted; /* of one letter */
	bool all;
	int (*each)(void *context, const struct valise_exhibit *e);
	void *context;
	struct valise_err *err;
};

static int want_tagged(void *context, const struct exhibit_tag *tag)
{
	struct listing *l = context;
	return hashes_add(&l->wanted, &tag->exhibit, l->err);
}

static int want_reported(void *context, struct verified_report *p, int64_t taken_in_s)
{
	struct listing *l = context;
	int r = 0;
	(void)taken_in_s;
	for (size_t i = 0; i < p->r.n_spans && !r; i++)
		r = hashes_add(&l->wanted, &p->r.spans[i].exhibit, l->err);
	verified_report_free(p);
	return r;
}

static int list_one(void *context, const struct exhibit_row *row)
{
	struct listing *l = context;
	if (!l->all && !hashes_have(&l->wanted, &row->id))
		return 0;
	struct hash_hex id = hash_hex(&row->id);
	CLEAN_FREE char *name = str_dup(row->name);
	if (row->name.at && !name)
		return err_nomem(l->err);
	struct valise_exhibit e = {.id = id.text, .name = name, .bytes = row->bytes, .taken_in_s = row->taken_in_s};
	return l->each(l->context, &e);
}

int valise_exhibits(struct valise *v, const char *letter, int (*each)(void *context, const struct valise_exhibit *e),
		    void *context, struct valise_err *err)
{
	struct listing l = {.all = !letter, .each = each, .context = context, .err = err};
	struct hash id;
	int r = letter ? office_letter(v, letter, &id, err) : 0;
	if (!r && letter)
		r = exhibit_tags_of(v->spool, &id, want_tagged, &l, err);
	if (!r && letter)
		r = reports_of(v->spool, &id, want_reported, &l, err);
	if (!r)
		r = exhibits_each(v->spool, list_one, &l, err);
	hashes_release(&l.wanted);
	return r;
}
