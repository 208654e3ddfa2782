/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies by their tree root: whole ones verified and read-only, partial ones resumed by the piece; small ones in the database. */
#ifndef SPOOL_BODIES_H
#define SPOOL_BODIES_H

#include "base/file.h"
#include "spool/as_checked.h"
#include "spool/spool.h"

#define BODY_SMALL_BYTES (64u * 1024) /* up to here a body is a row */

/* Whole bodies that were made here: a small one by its bytes, a large one from an unnamed file in tmp/ that already holds every
 * byte. The file is synced, made 0400 and linked as bodies/ab/ROOT before this returns; the row waits for the caller's commit. Sync
 * it before the transaction begins, and this costs others no wait. It is spent, also on failure.
 * Putting what is there is 0. The tally is the piece roots, 32 bytes each. */
CHECKED int body_put_small(struct spool *s, const struct hash *root, struct str bytes, struct str tally,
			   struct valise_err *err);
CHECKED int body_put_file(struct spool *s, const struct hash *root, uint64_t bytes, struct newfile *file,
			  struct str tally, struct valise_err *err);
CHECKED int body_has(struct spool *s, const struct hash *root, bool *ret, struct valise_err *err);
CHECKED int body_tally(struct spool *s, const struct hash *root, struct buf *ret, struct valise_err *err);

/* Removes a body whose bytes no longer match its root, so that it can be taken in again. Rolled back, it has lost its file, which is
 * no worse. Its place in the intake log stays. */
CHECKED int body_forget(struct spool *s, const struct hash *root, struct valise_err *err);

/* Lets go of a body, whole or in part: its rows now, in the open transaction; what lies in files once that is committed, by body_sweep,
 * which leaves alone what somebody has in hand, or has taken in again. */
CHECKED int body_drop(struct spool *s, const struct hash *root, struct valise_err *err);
CHECKED int body_sweep(struct spool *s, const struct hash *root, struct valise_err *err);

/* Reading a whole body: from a file, or from memory when it is small. A bag is read so too. */
struct body {
	int fd; /* -1: in memory */
	uint8_t *bytes;
	uint64_t size;
	const char *what;        /* for error texts: "a body"; of a file only */
	bool past_cache;         /* of a file that is read once: past the page cache when it is large */
	struct as_checked check; /* of a file of this spool */
};
#define BODY_NONE \
	{ \
		.fd = -1 \
	}
#define CLEAN_BODY CLEANUP(body_release)
/* VALISE_E_BAD when its file is lost, or not of its size. */
CHECKED int body_open(struct spool *s, const struct hash *root, struct body *ret, struct valise_err *err);
/* Whether it was compared with its root a short while ago, and nobody has written to it since. Then who sends it on, or says that it is
 * here, need not hash it again; whoever is shown what is in it, and doctor, read every byte. */
bool body_is_as_checked(const struct body *b);
/* Forgets that it was checked: reading it failed. A transaction of its own, unless one is open. */
CHECKED int body_check_anew(struct spool *s, const struct hash *root, struct valise_err *err);
/* Exactly len bytes at offset, or an error. For large bodies safe from several threads. */
CHECKED int body_read(const struct body *b, uint64_t offset, void *ret, size_t len, struct valise_err *err);
/* The same, with what else lies in the blocks around them, as transfers past the cache have to be: into `blocks`, of
 * DIRECT_ROOM_BYTES(len); *ret is where in them the bytes asked for are. */
CHECKED int body_read_blocks(const struct body *b, uint64_t offset, size_t len, uint8_t *blocks, uint8_t **ret,
			     struct valise_err *err);
void body_release(struct body *b);

/* Taking a body in piece by piece. Pieces are checked against the tally by the caller, and the tally against the seal; how many bytes
 * it has, its last piece tells. The file partial/ROOT.PIECES grows only as pieces come (no reservation on a stranger's word); one
 * process at a time holds it (VALISE_E_BUSY). */
struct body_intake;
/* In a transaction of its own (none may be open). VALISE_E_EXISTS when the body is here whole. */
CHECKED int body_intake_begin(struct spool *s, const struct hash *root, struct str tally, struct body_intake **ret,
			      struct valise_err *err);
bool body_intake_has(const struct body_intake *b, uint64_t piece);
uint64_t body_intake_missing(const struct body_intake *b);
uint64_t body_intake_bytes(const struct body_intake *b); /* 0 until its last piece came */
/* Writes; the piece counts only after the next body_intake_sync. The one function that another thread may call, one
 * call at a time, while this one calls none but body_intake_has and body_intake_missing. */
CHECKED int body_intake_piece(struct body_intake *b, uint64_t piece, const uint8_t *data, size_t len,
			      struct valise_err *err);
/* fdatasync, then the rows for the pieces since the last sync, in a transaction of its own (none may be open). */
CHECKED int body_intake_sync(struct body_intake *b, struct valise_err *err);
/* Nothing missing: synced, 0400, moved to bodies/ab/ROOT, directories synced; row in the caller's open transaction. What came for
 * this root in another number of pieces goes. Free it only after the transaction has ended. Rolled back, or cut off, the next begin
 * finds every piece. */
CHECKED int body_intake_finish(struct body_intake *b, struct valise_err *err);
void body_intake_free(struct body_intake *b); /* unfinished: stays for a resume */
void body_intake_freep(struct body_intake **b);
#define CLEAN_INTAKE CLEANUP(body_intake_freep)

#endif
