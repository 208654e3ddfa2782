/* SPDX-License-Identifier: Apache-2.0 */
/* Spools to try things on, and items of every kind to put into them: usable in the children that the tests kill as well. */
#ifndef TEST_SPOOL_KIT_H
#define TEST_SPOOL_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/tree.h"
#include "refuse.h"
#include "scratch.h"
#include "spool/bags.h"
#include "spool/bodies.h"
#include "spool/contacts.h"
#include "spool/db.h"
#include "spool/entries.h"
#include "spool/exhibits.h"
#include "spool/inside.h"
#include "spool/items.h"
#include "spool/keys.h"
#include "spool/letters.h"
#include "spool/openings.h"
#include "spool/reports.h"
#include "spool/spool.h"
#include "spool/statements.h"

/* The call succeeds, or its error is shown and the process ends. `e` is a struct valise_err. */
#define OK(e, call) \
	do { \
		int ok_ = (call); \
		if (ok_) { \
			(void)fprintf(stderr, "%s:%d: %s: %d %s\n", __FILE__, __LINE__, #call, ok_, (e).text); \
			_exit(__LINE__ % 255 + 1); \
		} \
	} while (0)

static inline struct hash kit_hash(uint64_t n)
{
	struct hash h;
	digest_once(&n, sizeof n, &h);
	return h;
}

static inline struct ed25519_signer *kit_signer(uint8_t byte)
{
	uint8_t seed[ED25519_SEED_BYTES];
	struct valise_err err = {0};
	struct ed25519_signer *s = NULL;
	memset(seed, byte, sizeof seed);
	OK(err, ed25519_signer_new(seed, &s, &err));
	return s;
}

static inline struct vkey kit_key(const struct ed25519_signer *s)
{
	struct vkey k;
	ed25519_signer_public(s, k.key);
	return k;
}

/* Signs `text` into *note. */
static inline void kit_sign(struct str text, const struct ed25519_signer *signer, struct buf *note)
{
	struct valise_err err = {0};
	buf_clear(note);
	OK(err, note_sign(text, &signer, 1, note, &err));
}

/* Of every cover here: a letter whose cover is of another size than its seal says is not held. */
#define KIT_COVER STR("cover")
#define KIT_COVER_BYTES 5

struct kit_letter {
	uint64_t n; /* different ones make different letters */
	int64_t date_s;
	const char *ref; /* NULL: none */
	bool is_paper;
	struct hash body;
	uint64_t body_bytes;
};

/* The text of a seal by the key of bytes 3. */
static inline void kit_seal_text(const struct kit_letter *l, const struct vkey *by, struct buf *ret)
{
	struct valise_err err = {0};
	struct office_ref to = {kit_hash(2), kit_hash(2)};
	struct hash nonce = kit_hash(l->n + 1000);
	struct seal s = {
		.from = {kit_hash(1), kit_hash(1)},
		.to = &to,
		.n_to = 1,
		.date_s = l->date_s,
		.ref = str_of(l->ref),
		.has_contents = !l->is_paper,
		.contents = kit_hash(3),
		.n_leaves = 2,
		.paper = l->is_paper ? STR("envelope 17") : (struct str){NULL, 0},
		.body = l->body,
		.body_bytes = l->body_bytes,
		.cover = kit_hash(l->n + 500),
		.cover_bytes = KIT_COVER_BYTES,
		.by = *by,
	};
	memcpy(s.nonce, nonce.bytes, sizeof s.nonce);
	buf_clear(ret);
	OK(err, seal_write(&s, ret, &err));
}

static inline struct verified_seal *kit_seal(const struct kit_letter *l)
{
	CLEAN_SIGNER struct ed25519_signer *signer = kit_signer(3);
	struct vkey by = kit_key(signer);
	struct valise_err err = {0};
	struct verified_seal *v = NULL;
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_SEAL_BYTES);
	kit_seal_text(l, &by, &text);
	kit_sign(buf_str(&text), signer, &note);
	OK(err, seal_verify(note.data, note.len, &v, &err));
	return v;
}

static inline struct verified_statement *kit_statement(const struct hash *letter, uint8_t key, uint64_t nth)
{
	CLEAN_SIGNER struct ed25519_signer *signer = kit_signer(key);
	struct valise_err err = {0};
	struct verified_statement *v = NULL;
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_STATEMENT_BYTES);
	struct statement s = {
		.letter = *letter,
		.says = SAYS_RECEIVED,
		.office = {kit_hash(2), kit_hash(2)},
		.role = ROLE_CLERK,
		.nth = nth,
		.time_s = 1795338720,
		.by = kit_key(signer),
	};
	OK(err, statement_write(&s, &text, &err));
	kit_sign(buf_str(&text), signer, &note);
	OK(err, statement_verify(note.data, note.len, &v, &err));
	return v;
}

static inline struct verified_report *kit_report(const struct hash *letter, uint8_t key, uint64_t nth)
{
	CLEAN_SIGNER struct ed25519_signer *signer = kit_signer(key);
	struct valise_err err = {0};
	struct verified_report *v = NULL;
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_REPORT_BYTES);
	const struct report_span span = {kit_hash(9), 2000, 310, 77};
	struct report p = {
		.letter = *letter,
		.says = STR("received"),
		.speaker = STR("a spokesman"),
		.verb = STR("confirmed"),
		.spans = &span,
		.n_spans = 1,
		.office = {kit_hash(2), kit_hash(2)},
		.role = ROLE_SPOKESPERSON,
		.nth = nth,
		.time_s = 1795338720,
		.by = kit_key(signer),
	};
	OK(err, report_write(&p, &text, &err));
	kit_sign(buf_str(&text), signer, &note);
	OK(err, report_verify(note.data, note.len, &v, &err));
	return v;
}

/* Entry 0 of an office; or, with `first`, an entry 1 of it named `name`. */
static inline struct verified_entry *kit_entry(const struct verified_entry *first, const char *name)
{
	CLEAN_SIGNER struct ed25519_signer *signer = kit_signer(1);
	struct valise_err err = {0};
	struct verified_entry *v = NULL;
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	struct vkey key = kit_key(signer);
	struct hash next = kit_hash(77);
	struct register_entry e = {.time_s = 1795338720, .name = str_of(name), .by = &key, .n_by = 1};
	if (first) {
		e.office = e.previous = first->note.id;
		e.seq = 1;
	} else {
		e.is_first = e.has_keepers = true;
		e.keepers_quorum = e.next_quorum = e.n_keepers = e.n_next = 1;
		e.keepers = &key;
		e.next = &next;
	}
	OK(err, register_entry_write(&e, &text, &err));
	kit_sign(buf_str(&text), signer, &note);
	OK(err, register_entry_verify(note.data, note.len, &v, &err));
	return v;
}

/* A body of bytes that follow from `seed`, its root and its tally. */
struct kit_body {
	uint8_t *bytes;
	size_t len;
	struct hash root;
	struct hash tally[8];
	size_t n_pieces;
};

static inline void kit_body(uint8_t seed, size_t len, struct kit_body *ret)
{
	*ret = (struct kit_body){.len = len, .n_pieces = (len + TREE_PIECE_BYTES - 1) / TREE_PIECE_BYTES};
	MUST(ret->n_pieces <= 8);
	ret->bytes = malloc(len + 1);
	MUST(ret->bytes);
	for (size_t i = 0; i < len; i++)
		ret->bytes[i] = (uint8_t)(i * 7 + i / 4099 + seed);
	for (size_t i = 0; i < ret->n_pieces; i++) {
		size_t at = i * TREE_PIECE_BYTES;
		tree_piece(ret->bytes + at, len - at < TREE_PIECE_BYTES ? len - at : TREE_PIECE_BYTES, &ret->tally[i]);
	}
	tree_root(ret->tally, ret->n_pieces, &ret->root);
}

static inline struct str kit_tally(const struct kit_body *b)
{
	return (struct str){(const char *)b->tally, b->n_pieces * sizeof b->tally[0]};
}

static inline size_t kit_piece_bytes(const struct kit_body *b, size_t i)
{
	size_t left = b->len - i * TREE_PIECE_BYTES;
	return left < TREE_PIECE_BYTES ? left : TREE_PIECE_BYTES;
}

static inline void kit_body_free(struct kit_body *b)
{
	free(b->bytes);
}
#define CLEAN_KIT_BODY CLEANUP(kit_body_free)

/* True when the spool gives back exactly that body. */
static inline bool kit_body_is_whole(struct spool *s, const struct kit_body *b)
{
	CLEAN_BODY struct body open = BODY_NONE;
	struct valise_err err = {0};
	uint8_t *copy = malloc(b->len + 1);
	MUST(copy);
	bool same = body_open(s, &b->root, &open, &err) == 0 && open.size == b->len &&
		    body_read(&open, 0, copy, b->len, &err) == 0 && memcmp(copy, b->bytes, b->len) == 0;
	free(copy);
	return same;
}

/* The same of an exhibit. */
static inline bool kit_exhibit_is_whole(struct spool *s, const struct exhibit_row *row)
{
	CLEAN_BODY struct body open = BODY_NONE;
	struct valise_err err = {0};
	struct hash digest;
	CLEAN_FREE uint8_t *copy = malloc((size_t)row->bytes + 1);
	MUST(copy);
	if (exhibit_open(s, &row->id, &open, &err) || open.size != row->bytes ||
	    body_read(&open, 0, copy, (size_t)row->bytes, &err))
		return false;
	digest_once(copy, (size_t)row->bytes, &digest);
	return hash_eq(&digest, &row->id);
}

/* The path of the spool in the test's directory. */
static inline const char *kit_dir(const struct scratch *sc)
{
	static char dir[300];
	(void)snprintf(dir, sizeof dir, "%s/spool", sc->path);
	return dir;
}

static inline struct spool *kit_create(const char *dir)
{
	struct valise_err err = {0};
	struct spool *s = NULL;
	OK(err, spool_create(dir, &s, &err));
	return s;
}

static inline struct spool *kit_open(const char *dir, enum spool_mode mode)
{
	struct valise_err err = {0};
	struct spool *s = NULL;
	OK(err, spool_open(dir, mode, &s, &err));
	return s;
}

/* What a short log still holds goes into the database, which then is one file. */
static inline void kit_merge(const char *dir)
{
	char path[600];
	struct valise_err err = {0};
	struct db db = DB_NONE;
	(void)snprintf(path, sizeof path, "%s/valise.db", dir);
	OK(err, db_open(path, dir, DB_WRITE, NULL, &db, &err));
	OK(err, db_exec(&db, "SELECT count(*) FROM sqlite_schema", &err));
	db_close(&db);
}

static inline void kit_sql(const char *dir, const char *sql)
{
	char path[600];
	struct valise_err err = {0};
	struct db db = DB_NONE;
	(void)snprintf(path, sizeof path, "%s/valise.db", dir);
	OK(err, db_open(path, dir, DB_WRITE, NULL, &db, &err));
	OK(err, db_exec(&db, sql, &err));
	db_close(&db);
}

static int64_t kit_time_s;

static inline int64_t kit_clock(void)
{
	return kit_time_s;
}

/* What is put from now on is taken in at that time. */
static inline struct spool *kit_at(struct spool *s, int64_t time_s)
{
	kit_time_s = time_s;
	s->clock_s = kit_clock;
	return s;
}

static inline void kit_begin(struct spool *s)
{
	struct valise_err err = {0};
	OK(err, spool_begin(s, &err));
}

static inline void kit_commit(struct spool *s)
{
	struct valise_err err = {0};
	OK(err, spool_commit(s, &err));
}

/* One letter put and committed; its id. */
static inline struct hash kit_put_letter(struct spool *s, const struct kit_letter *l)
{
	CLEAN_SEAL struct verified_seal *v = kit_seal(l);
	struct valise_err err = {0};
	kit_begin(s);
	OK(err, letter_put(s, v, false, NULL, &err));
	kit_commit(s);
	return v->note.id;
}

static inline int kit_count_letter(void *context, const struct hash *id)
{
	(void)id;
	++*(size_t *)context;
	return 0;
}

static inline size_t kit_letters(struct spool *s)
{
	size_t n = 0;
	struct valise_err err = {0};
	OK(err, letters_each(s, kit_count_letter, &n, &err));
	return n;
}

/* What spool_check found. */
struct kit_findings {
	size_t n, n_broken;
	char text[4096]; /* line by line */
};

static inline void kit_found(void *context, bool is_broken, const char *text)
{
	struct kit_findings *f = context;
	size_t len = strlen(f->text);
	f->n++;
	f->n_broken += is_broken;
	(void)snprintf(f->text + len, sizeof f->text - len, "%s\n", text);
}

static inline struct kit_findings kit_check(struct spool *s, bool mend)
{
	struct kit_findings f = {0};
	struct valise_err err = {0};
	OK(err, spool_check(s, mend, kit_found, &f, &err));
	return f;
}

#endif
