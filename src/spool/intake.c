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

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/tally.h"
#include "spool/bodies.h"
#include "spool/inside.h"

struct body_intake {
	struct spool *s;
	struct hash root;
	struct partial_name name;
	uint64_t n_pieces, n_have;
	uint64_t bytes; /* with the last piece; 0 until it came */
	/* Of all pieces that count. Those are compared with the tally as they come: unless somebody else writes to the file between one sync
	 * and the next beginning, it is the body so far. */
	struct as_checked check;
	int64_t begun_s;
	uint8_t *have;  /* a bit for each piece that is durable and has a row */
	uint8_t *fresh; /* for each that was written since the last sync */
	bool has_fresh;
	char *tally; /* NULL when there are no pieces */
	int fd;      /* of partial/ROOT.PIECES, locked for as long as this lives */
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

struct partial_name partial_name(const struct hash *root, uint64_t pieces)
{
	struct partial_name name;
	(void)snprintf(name.text, sizeof name.text, "%s.%" PRIu64, hash_hex(root).text, pieces);
	return name;
}

/* A statement about the body of so many pieces, bound as its first two values. */
static struct query of_partial(struct spool *s, const char *sql, const struct hash *root, uint64_t pieces)
{
	struct query q = query_of(&s->db, sql);
	query_hash(&q, root);
	query_int(&q, (int64_t)pieces);
	return q;
}

static int run_of(struct spool *s, const char *sql, const struct hash *root, uint64_t pieces, struct valise_err *err)
{
	CLEAN_QUERY struct query q = of_partial(s, sql, root, pieces);
	return query_run(&q, err);
}

static int forget_rows(struct spool *s, const struct hash *root, uint64_t pieces, struct valise_err *err)
{
	int r = run_of(s, "DELETE FROM partial_piece WHERE root = ? AND pieces = ?", root, pieces, err);
	return r ? r : run_of(s, "DELETE FROM partial WHERE root = ? AND pieces = ?", root, pieces, err);
}

/* The row of what comes, new or as it is. A tally can hash to the root and not be the body's: nodes of its tree in place of their
 * children, or the children for a node. Pieces may fit such a one, but never all of them: those of one number of pieces are kept apart
 * from those of another, and whichever is ever whole is the body. Of one number there is one tally; and its last piece has one size. */
static int find_row(struct body_intake *b, struct valise_err *err)
{
	CLEAN_QUERY struct query q = QUERY_NONE;
	bool row;
	int r = run_of(b->s, "INSERT INTO partial (root, pieces) VALUES (?, ?) ON CONFLICT DO NOTHING", &b->root,
		       b->n_pieces, err);
	if (!r)
		q = of_partial(b->s,
			       "SELECT coalesce(bytes, 0), checked_s, inode, ctime_ns FROM partial"
			       " WHERE root = ? AND pieces = ?",
			       &b->root, b->n_pieces);
	if (!r)
		r = query_next(&q, &row, err);
	if (!r)
		b->check = row_check(&q, 1);
	return r ? r : row_size(&q, 0, &b->bytes, err);
}

static int counts_whole(struct body_intake *b, bool *ret, struct valise_err *err)
{
	bool row;
	uint64_t counted;
	CLEAN_QUERY struct query q = of_partial(
		b->s, "SELECT count(*) FROM partial_piece WHERE root = ? AND pieces = ?", &b->root, b->n_pieces);
	int r = query_next(&q, &row, err);
	if (!r)
		r = row_size(&q, 0, &counted, err);
	if (!r)
		*ret = counted == b->n_pieces;
	return r;
}

/* A finish whose transaction was never committed has moved the file: back with it. */
static void take_back(struct body_intake *b)
{
	int room;
	if (body_room(b->s, &b->root, false, &room, NULL))
		return;
	if (renameat(room, hash_hex(&b->root).text, b->s->partialfd, b->name.text) == 0) {
		/* Where these fail, and power does, the file is found in the other place again. */
		(void)!file_sync_dir(b->s->partialfd, "partial", NULL, NULL);
		(void)!file_sync_dir(room, "bodies", NULL, NULL);
	}
	(void)close(room);
}

static int open_or_make(struct body_intake *b, bool *ret_made, struct valise_err *err)
{
	const char *name = b->name.text;
	int dir = b->s->partialfd;
	int fd = file_openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
	/* It was made read-only by a finish that went no further. */
	if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0600, 0) == 0)
		fd = file_openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 && errno == ENOENT) {
		fd = file_openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
		*ret_made = true;
	}
	if (fd < 0)
		return err_errno(err, errno, "cannot open a body that is here in part");
	b->fd = fd;
	return 0;
}

/* Where the last piece ends; before it came, where it would begin. */
static uint64_t known_end(const struct body_intake *b)
{
	return b->bytes || !b->n_pieces ? b->bytes : (b->n_pieces - 1) * TREE_PIECE_BYTES;
}

/* Under the write lock: nobody else moves or removes files of partial/ meanwhile. */
static int open_partial(struct body_intake *b, struct valise_err *err)
{
	bool made = false;
	bool was_whole = false;
	struct stat st;
	int r = counts_whole(b, &was_whole, err);
	if (!r && was_whole && faccessat(b->s->partialfd, b->name.text, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		take_back(b);
	if (!r)
		r = open_or_make(b, &made, err);
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
	/* Whatever lies past that never counted. */
	b->check.is_known = as_checked_is_of(&b->check, &st);
	if ((uint64_t)st.st_size > known_end(b) && ftruncate(b->fd, (off_t)known_end(b)) < 0)
		return err_errno(err, errno, "cannot shorten a body that is here in part");
	return made ? file_sync_dir(b->s->partialfd, "partial", NULL, err) : 0;
}

/* Which pieces count: those with a row that the file still reaches. */
static int load_pieces(struct body_intake *b, struct valise_err *err)
{
	struct stat st;
	if (fstat(b->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a body that is here in part");
	bool all = b->bytes && (uint64_t)st.st_size >= b->bytes;
	uint64_t reached = all ? b->n_pieces : (uint64_t)st.st_size / TREE_PIECE_BYTES;
	CLEAN_QUERY struct query cut = of_partial(
		b->s, "DELETE FROM partial_piece WHERE root = ? AND pieces = ? AND piece >= ?", &b->root, b->n_pieces);
	query_int(&cut, (int64_t)reached);
	int r = query_run(&cut, err);
	if (r)
		return r;
	CLEAN_QUERY struct query q = of_partial(b->s, "SELECT piece FROM partial_piece WHERE root = ? AND pieces = ?",
						&b->root, b->n_pieces);
	while (query_row(&q, &r, err)) {
		uint64_t piece;
		r = row_size(&q, 0, &piece, err);
		if (!r && piece < b->n_pieces) { /* always, after the cut above */
			bit_set(b->have, piece);
			b->n_have++;
		}
	}
	return r;
}

static int intake_new(struct spool *s, const struct hash *root, struct str tally, struct body_intake **ret,
		      struct valise_err *err)
{
	CLEAN_INTAKE struct body_intake *b = calloc(1, sizeof *b);
	if (!b)
		return err_nomem(err);
	uint64_t pieces = tally.len / sizeof(struct hash);
	*b = (struct body_intake){.s = s,
				  .root = *root,
				  .name = partial_name(root, pieces),
				  .n_pieces = pieces,
				  .begun_s = clock_now_s(),
				  .fd = -1};
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
	int r = body_has(b->s, &b->root, &whole, err);
	if (!r && whole)
		return err_set(err, VALISE_E_EXISTS, "the body %.16s... is here already", hash_hex(&b->root).text);
	if (!r)
		r = find_row(b, err);
	if (!r)
		r = open_partial(b, err);
	return r ? r : load_pieces(b, err);
}

int body_intake_begin(struct spool *s, const struct hash *root, struct str tally, struct body_intake **ret,
		      struct valise_err *err)
{
	CLEAN_INTAKE struct body_intake *b = NULL;
	int r = body_look(root, tally.len / sizeof(struct hash) * (uint64_t)TREE_PIECE_BYTES, tally, err);
	if (!r)
		r = intake_new(s, root, tally, &b, err);
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

uint64_t body_intake_bytes(const struct body_intake *b)
{
	return b->bytes;
}

int body_intake_piece(struct body_intake *b, uint64_t piece, const uint8_t *data, size_t len, struct valise_err *err)
{
	bool is_last = piece + 1 == b->n_pieces;
	if (piece >= b->n_pieces || len == 0 || len > TREE_PIECE_BYTES || (!is_last && len < TREE_PIECE_BYTES))
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
	if (is_last)
		b->bytes = piece * TREE_PIECE_BYTES + len;
	return 0;
}

static int record_size(struct body_intake *b, struct valise_err *err)
{
	CLEAN_QUERY struct query q = of_partial(b->s, "UPDATE partial SET bytes = ?3 WHERE root = ?1 AND pieces = ?2",
						&b->root, b->n_pieces);
	query_int(&q, (int64_t)b->bytes);
	return query_run(&q, err);
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
		CLEAN_QUERY struct query q = of_partial(
			b->s, "INSERT INTO partial_piece (root, pieces, piece) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			&b->root, b->n_pieces);
		query_int(&q, (int64_t)i);
		int r = query_run(&q, err);
		if (r)
			return r;
	}
	return bit_get(b->fresh, b->n_pieces - 1) ? record_size(b, err) : 0;
}

static int record_check(struct body_intake *b, struct valise_err *err)
{
	struct stat st;
	if (fstat(b->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a body that is here in part");
	if (!b->n_have)
		b->check = as_checked_at(b->begun_s, &st);
	else if (b->check.is_known)
		b->check = as_checked_at(b->check.checked_s, &st);
	CLEAN_QUERY struct query q = of_partial(
		b->s, "UPDATE partial SET (checked_s, inode, ctime_ns) = (?3, ?4, ?5) WHERE root = ?1 AND pieces = ?2",
		&b->root, b->n_pieces);
	query_check(&q, &b->check);
	return query_run(&q, err);
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
	if (TEMP_FAILURE_RETRY(fdatasync(b->fd)) < 0) {
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
		r = record_check(b, err);
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
	if (renameat(b->s->partialfd, b->name.text, room, name.text) < 0) {
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
	if (!r && unlinkat(b->s->partialfd, b->name.text, 0) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove a body's partial file");
	return r;
}

static int keep_large(struct body_intake *b, struct valise_err *err)
{
	struct stat st;
	int r = move_whole(b, err);
	if (!r)
		r = body_record(b->s, &b->root, b->bytes, tally_of(b), (struct str){NULL, 0}, err);
	if (r || !b->check.is_known)
		return r;
	if (fstat(b->fd, &st) < 0)
		return err_errno(err, errno, "cannot read a body");
	struct as_checked check = as_checked_at(b->check.checked_s, &st);
	return body_record_check(b->s, &b->root, &check, err);
}

/* Unless somebody has it in hand. */
static int remove_partial(struct spool *s, const struct hash *root, uint64_t pieces, bool *ret_gone,
			  struct valise_err *err)
{
	struct partial_name name = partial_name(root, pieces);
	CLEAN_CLOSE int fd = file_openat(s->partialfd, name.text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	*ret_gone = fd < 0 && errno == ENOENT;
	if (*ret_gone || fd < 0 || file_lock(fd, false, "partial body", NULL))
		return 0;
	if (unlinkat(s->partialfd, name.text, 0) < 0)
		return err_errno(err, errno, "cannot remove a body that is here in part");
	*ret_gone = true;
	return 0;
}

int partials_drop(struct spool *s, const struct hash *root, struct valise_err *err)
{
	int64_t pieces = -1;
	for (;;) {
		bool row, gone;
		CLEAN_QUERY struct query q = of_partial(
			s, "SELECT pieces FROM partial WHERE root = ? AND pieces > ? ORDER BY pieces LIMIT 1", root,
			(uint64_t)pieces);
		int r = query_next(&q, &row, err);
		if (r || !row)
			return r;
		pieces = row_int(&q, 0);
		query_end(&q);
		r = remove_partial(s, root, (uint64_t)pieces, &gone, err);
		if (!r && gone)
			r = forget_rows(s, root, (uint64_t)pieces, err);
		if (r)
			return r;
	}
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
	b->check.is_known = as_checked_is_of(&b->check, &st);
	if (b->bytes <= BODY_SMALL_BYTES) {
		r = keep_small(b, err);
	} else {
		r = keep_large(b, err);
	}
	if (!r)
		r = forget_rows(b->s, &b->root, b->n_pieces, err);
	/* What came for this root in another number of pieces was no body. */
	return r ? r : partials_drop(b->s, &b->root, err);
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
