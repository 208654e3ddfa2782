/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that come in piece by piece, over as many runs and from as many sources as it takes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "format/tally.h"
#include "spool/bodies.h"
#include "spool/inside.h"

struct body_intake {
	struct spool *s;
	struct hash root;
	uint64_t bytes, n_pieces, n_have;
	uint8_t *have;  /* a bit for each piece that is durable and has a row */
	uint8_t *fresh; /* for each that was written since the last sync */
	bool has_fresh;
	char *tally; /* NULL when there are no pieces */
	int fd;      /* of partial/ROOT, locked for as long as this lives */
};

static bool bit_get(const uint8_t *bits, uint64_t i)
{
	return bits[i / 8] >> (i % 8) & 1;
}

static void bit_set(uint8_t *bits, uint64_t i)
{
	bits[i / 8] |= (uint8_t)(1u << (i % 8));
}

static size_t bits_bytes(const struct body_intake *b)
{
	return (size_t)(b->n_pieces / 8 + 1);
}

static struct str tally_of(const struct body_intake *b)
{
	return (struct str){b->tally, (size_t)b->n_pieces * sizeof(struct hash)};
}

static int run_of_root(struct spool *s, const char *sql, const struct hash *root, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(&s->db, sql, &q, err);
	if (r)
		return r;
	query_hash(&q, root);
	return query_run(&q, err);
}

static int forget_rows(struct spool *s, const struct hash *root, struct valise_err *err)
{
	int r = run_of_root(s, "DELETE FROM partial_piece WHERE root = ?", root, err);
	return r ? r : run_of_root(s, "DELETE FROM partial WHERE root = ?", root, err);
}

/* The row for what now comes, new or in place of one that says something else. */
static int put_row(struct body_intake *b, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(&b->s->db,
			    "INSERT INTO partial (root, bytes, tally) VALUES (?, ?, ?) ON CONFLICT (root) "
			    "DO UPDATE SET bytes = excluded.bytes, tally = excluded.tally",
			    &q, err);
	if (r)
		return r;
	query_hash(&q, &b->root);
	query_int(&q, (int64_t)b->bytes);
	query_blob(&q, b->n_pieces ? tally_of(b) : STR(""));
	return query_run(&q, err);
}

static int count_pieces(struct body_intake *b, uint64_t from, uint64_t *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row;
	int r = query_begin(&b->s->db, "SELECT count(*) FROM partial_piece WHERE root = ? AND piece >= ?", &q, err);
	if (r)
		return r;
	query_hash(&q, &b->root);
	query_int(&q, (int64_t)from);
	r = query_next(&q, &row, err);
	return r ? r : row_size(&q, 0, ret, err);
}

/* Anybody can seal a letter that names another's body with a wrong size. Pieces that were checked against a tally settle which is
 * right: no piece fits a wrong tally, and the last one no wrong size. Until one has come, the newer claim has the place. */
static int settle_row(struct body_intake *b, bool *ret_resumed, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row;
	uint64_t bytes = 0;
	uint64_t counted = 0;
	int r = query_begin(&b->s->db, "SELECT bytes, tally FROM partial WHERE root = ?", &q, err);
	if (r)
		return r;
	query_hash(&q, &b->root);
	r = query_next(&q, &row, err);
	if (!r && row)
		r = row_size(&q, 0, &bytes, err);
	if (r)
		return r;
	*ret_resumed = row;
	bool same_tally = row && str_eq(row_bytes(&q, 1), tally_of(b));
	if (same_tally && bytes == b->bytes)
		return 0;
	query_end(&q);
	if (row)
		r = count_pieces(b, same_tally && b->n_pieces ? b->n_pieces - 1 : 0, &counted, err);
	if (r)
		return r;
	if (counted > 0)
		return err_set(err, VALISE_E_BAD,
			       "the body %.16s... is here in part, and is not of the size that is claimed now",
			       hash_hex(&b->root).text);
	return put_row(b, err);
}

/* A finish whose transaction was never committed has moved the file: back with it. */
static void take_back(struct body_intake *b)
{
	int room;
	if (body_room(b->s, &b->root, false, &room, NULL))
		return;
	if (renameat(room, hash_hex(&b->root).text, b->s->partialfd, hash_hex(&b->root).text) == 0) {
		/* Where these fail, and power does, the file is found in the other place again. */
		(void)!file_sync_dir(b->s->partialfd, "partial", NULL, NULL);
		(void)!file_sync_dir(room, "bodies", NULL, NULL);
	}
	(void)close(room);
}

static int open_or_make(struct body_intake *b, bool *ret_made, struct valise_err *err)
{
	struct hash_hex name = hash_hex(&b->root);
	int dir = b->s->partialfd;
	int fd = file_openat(dir, name.text, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
	/* It was made read-only by a finish that went no further. */
	if (fd < 0 && errno == EACCES && fchmodat(dir, name.text, 0600, 0) == 0)
		fd = file_openat(dir, name.text, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 && errno == ENOENT) {
		fd = file_openat(dir, name.text, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
		*ret_made = true;
	}
	if (fd < 0)
		return err_errno(err, errno, "cannot open a body that is here in part");
	b->fd = fd;
	return 0;
}

/* Under the write lock: nobody else moves or removes files of partial/ meanwhile. */
static int open_partial(struct body_intake *b, bool resumed, struct valise_err *err)
{
	bool made = false;
	struct stat st;
	if (resumed && faccessat(b->s->partialfd, hash_hex(&b->root).text, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		take_back(b);
	int r = open_or_make(b, &made, err);
	if (!r)
		r = file_lock(b->fd, false, "partial body", NULL);
	if (r == VALISE_E_BUSY)
		return err_set(err, r, "another program is taking in the body %.16s...: let it finish",
			       hash_hex(&b->root).text);
	if (r)
		return r;
	if (fstat(b->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a body that is here in part");
	if (!S_ISREG(st.st_mode))
		return err_set(err, VALISE_E_BAD, "a body that is here in part is no file: run `valise doctor`");
	/* Whatever lies past the end that is claimed now never counted. */
	if ((uint64_t)st.st_size > b->bytes && ftruncate(b->fd, (off_t)b->bytes) < 0)
		return err_errno(err, errno, "cannot shorten a body that is here in part");
	return made ? file_sync_dir(b->s->partialfd, "partial", NULL, err) : 0;
}

/* Which pieces count: those with a row that the file still reaches. */
static int load_pieces(struct body_intake *b, struct valise_err *err)
{
	struct stat st;
	if (fstat(b->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a body that is here in part");
	uint64_t reached = (uint64_t)st.st_size >= b->bytes ? b->n_pieces : (uint64_t)st.st_size / TREE_PIECE_BYTES;
	CLEAN_QUERY struct query cut = QUERY_NONE;
	CLEAN_QUERY struct query q = QUERY_NONE;
	int r = query_begin(&b->s->db, "DELETE FROM partial_piece WHERE root = ? AND piece >= ?", &cut, err);
	if (r)
		return r;
	query_hash(&cut, &b->root);
	query_int(&cut, (int64_t)reached);
	r = query_run(&cut, err);
	if (!r)
		r = query_begin(&b->s->db, "SELECT piece FROM partial_piece WHERE root = ?", &q, err);
	if (r)
		return r;
	query_hash(&q, &b->root);
	for (;;) {
		bool row;
		uint64_t piece;
		r = query_next(&q, &row, err);
		if (!r && row)
			r = row_size(&q, 0, &piece, err);
		if (r || !row)
			return r;
		if (piece < b->n_pieces) { /* always, after the cut above */
			bit_set(b->have, piece);
			b->n_have++;
		}
	}
}

static int intake_new(struct spool *s, const struct hash *root, uint64_t bytes, struct str tally,
		      struct body_intake **ret, struct valise_err *err)
{
	CLEAN_INTAKE struct body_intake *b = calloc(1, sizeof *b);
	if (!b)
		return err_nomem(err);
	*b = (struct body_intake){.s = s, .root = *root, .bytes = bytes, .n_pieces = tally_pieces(bytes), .fd = -1};
	b->have = calloc(1, bits_bytes(b));
	b->fresh = calloc(1, bits_bytes(b));
	b->tally = malloc(tally.len + 1);
	if (!b->have || !b->fresh || !b->tally)
		return err_nomem(err);
	if (tally.len)
		memcpy(b->tally, tally.at, tally.len);
	*ret = TAKE(b);
	return 0;
}

/* Everything of begin that needs the write lock. */
static int start(struct body_intake *b, struct valise_err *err)
{
	bool whole = false;
	bool resumed = false;
	int r = body_has(b->s, &b->root, &whole, err);
	if (!r && whole)
		return err_set(err, VALISE_E_EXISTS, "the body %.16s... is here already", hash_hex(&b->root).text);
	if (!r)
		r = settle_row(b, &resumed, err);
	if (!r)
		r = open_partial(b, resumed, err);
	return r ? r : load_pieces(b, err);
}

int body_intake_begin(struct spool *s, const struct hash *root, uint64_t bytes, struct str tally,
		      struct body_intake **ret, struct valise_err *err)
{
	CLEAN_INTAKE struct body_intake *b = NULL;
	int r = body_look(root, bytes, tally, err);
	if (!r)
		r = intake_new(s, root, bytes, tally, &b, err);
	if (!r)
		r = spool_begin(s, err);
	if (r)
		return r;
	r = start(b, err);
	if (!r)
		r = spool_commit(s, err);
	if (r) {
		spool_rollback(s);
		return r;
	}
	*ret = TAKE(b);
	return 0;
}

bool body_intake_has(const struct body_intake *b, uint64_t piece)
{
	return piece < b->n_pieces && bit_get(b->have, piece);
}

uint64_t body_intake_missing(const struct body_intake *b)
{
	return b->n_pieces - b->n_have;
}

int body_intake_piece(struct body_intake *b, uint64_t piece, const uint8_t *data, size_t len, struct valise_err *err)
{
	if (piece >= b->n_pieces || len != tally_piece_bytes(b->bytes, piece))
		return err_set(err, VALISE_E_USAGE, "piece %" PRIu64 " of the body %.16s... is not of its size", piece,
			       hash_hex(&b->root).text);
	if (bit_get(b->have, piece) || bit_get(b->fresh, piece))
		return 0;
	int r = file_pwrite_all(b->fd, data, len, piece * TREE_PIECE_BYTES, "a body", err);
	if (r)
		return r;
	file_start_sync(b->fd, piece * TREE_PIECE_BYTES, len);
	bit_set(b->fresh, piece);
	b->has_fresh = true;
	return 0;
}

static int record_fresh(struct body_intake *b, struct valise_err *err)
{
	for (uint64_t i = 0; i < b->n_pieces; i++) {
		if (!b->fresh[i / 8]) {
			i |= 7; /* none of these eight */
			continue;
		}
		if (!bit_get(b->fresh, i))
			continue;
		CLEAN_QUERY struct query q = QUERY_NONE;
		int r = query_begin(&b->s->db,
				    "INSERT INTO partial_piece (root, piece) VALUES (?, ?) ON CONFLICT DO NOTHING", &q,
				    err);
		if (r)
			return r;
		query_hash(&q, &b->root);
		query_int(&q, (int64_t)i);
		r = query_run(&q, err);
		if (r)
			return r;
	}
	return 0;
}

/* What was fresh counts from now on, or is forgotten. */
static void settle_fresh(struct body_intake *b, bool counts)
{
	for (size_t i = 0; i < bits_bytes(b); i++) {
		uint8_t news = counts ? (uint8_t)(b->fresh[i] & ~b->have[i]) : 0;
		b->have[i] |= news;
		b->n_have += (uint64_t)__builtin_popcount(news);
		b->fresh[i] = 0;
	}
	b->has_fresh = false;
}

int body_intake_sync(struct body_intake *b, struct valise_err *err)
{
	if (!b->has_fresh)
		return 0;
	if (fdatasync(b->fd) < 0) {
		/* The system may have dropped what it could not write, and would say yes the next time. */
		int errnum = errno;
		settle_fresh(b, false);
		return err_errno(err, errnum, "cannot write a body to the disk");
	}
	int r = spool_begin(b->s, err);
	if (r)
		return r;
	r = record_fresh(b, err);
	if (!r)
		r = spool_commit(b->s, err);
	if (r) {
		spool_rollback(b->s);
		return r;
	}
	settle_fresh(b, true);
	return 0;
}

/* The name in bodies/ab for the name in partial/. Again after a roll-back, when it is there already. */
static int move_whole(struct body_intake *b, struct valise_err *err)
{
	struct hash_hex name = hash_hex(&b->root);
	CLEAN_CLOSE int room = -1;
	struct stat here;
	struct stat there;
	int r = body_room(b->s, &b->root, true, &room, err);
	if (r)
		return r;
	if (fchmod(b->fd, 0400) < 0)
		return err_errno(err, errno, "cannot make a body read-only");
	r = file_sync(b->fd, "a body", err);
	if (r)
		return r;
	if (renameat(b->s->partialfd, name.text, room, name.text) < 0) {
		int errnum = errno;
		if (errnum != ENOENT || fstat(b->fd, &here) < 0 ||
		    fstatat(room, name.text, &there, AT_SYMLINK_NOFOLLOW) < 0 || here.st_dev != there.st_dev ||
		    here.st_ino != there.st_ino)
			return err_errno(err, errnum, "cannot move a body to its place");
	}
	r = file_sync_dir(room, "bodies", NULL, err);
	return r ? r : file_sync_dir(b->s->partialfd, "partial", NULL, err);
}

/* Small ones become a row; their file has served. */
static int keep_small(struct body_intake *b, struct valise_err *err)
{
	uint8_t small[BODY_SMALL_BYTES];
	size_t n;
	int r = file_pread_full(b->fd, small, (size_t)b->bytes, 0, &n, "a body", err);
	if (!r && n != b->bytes)
		return err_set(err, VALISE_E_CHANGED, "a body became shorter while it was taken in");
	if (!r)
		r = body_record(b->s, &b->root, b->bytes, tally_of(b), (struct str){(const char *)small, n}, err);
	if (!r && unlinkat(b->s->partialfd, hash_hex(&b->root).text, 0) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove a body's partial file");
	return r;
}

int body_intake_finish(struct body_intake *b, struct valise_err *err)
{
	struct stat st;
	int r = spool_need_transaction(b->s, err);
	if (r)
		return r;
	if (b->n_have != b->n_pieces)
		return err_set(err, VALISE_E_USAGE, "%" PRIu64 " pieces of the body %.16s... are missing",
			       body_intake_missing(b), hash_hex(&b->root).text);
	if (fstat(b->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a body");
	if ((uint64_t)st.st_size != b->bytes)
		return err_set(err, VALISE_E_CHANGED,
			       "a body changed its size while it was taken in: take it in again");
	if (b->bytes <= BODY_SMALL_BYTES) {
		r = keep_small(b, err);
	} else {
		r = move_whole(b, err);
		if (!r)
			r = body_record(b->s, &b->root, b->bytes, tally_of(b), (struct str){NULL, 0}, err);
	}
	return r ? r : forget_rows(b->s, &b->root, err);
}

void body_intake_free(struct body_intake *b)
{
	if (!b)
		return;
	cleanup_close(&b->fd);
	free(b->have);
	free(b->fresh);
	free(b->tally);
	free(b);
}

void body_intake_freep(struct body_intake **b)
{
	body_intake_free(*b);
}

/* Removes the file in that directory unless somebody is writing it. */
static int remove_partial(int dir, const struct hash *root, struct valise_err *err)
{
	CLEAN_CLOSE int fd = file_openat(dir, hash_hex(root).text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_errno(err, errno, "cannot open a body that is here in part");
	int r = file_lock(fd, false, "partial body", NULL);
	if (r == VALISE_E_BUSY)
		return err_set(err, r, "the body %.16s... is being taken in: let that finish", hash_hex(root).text);
	if (r)
		return r;
	return unlinkat(dir, hash_hex(root).text, 0) < 0
		       ? err_errno(err, errno, "cannot remove a body that is here in part")
		       : 0;
}

int body_intake_drop(struct spool *s, const struct hash *root, struct valise_err *err)
{
	bool own;
	bool whole = false;
	CLEAN_CLOSE int room = -1;
	int r = spool_join(s, &own, err);
	if (r)
		return r;
	r = body_has(s, root, &whole, err);
	if (!r)
		r = forget_rows(s, root, err);
	if (!r)
		r = remove_partial(s->partialfd, root, err);
	/* A finish that was not committed has moved it. */
	if (!r && !whole && body_room(s, root, false, &room, NULL) == 0)
		r = remove_partial(room, root, err);
	return spool_leave(s, own, r, err);
}
