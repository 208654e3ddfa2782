/* SPDX-License-Identifier: Apache-2.0 */
/* One machine's own store: opening it, its transactions, and where its files are (spool: rows in SQLite, bodies and keys as files). */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

/* One open spool, for one thread. Several processes may have the same directory open; each writes in short transactions. */
struct spool;

/* Makes the directory (and its parents, 0700) and an empty spool. VALISE_E_EXISTS when one is there. A creation that was cut off
 * is completed by the next one. */
CHECKED int spool_create(const char *dir, struct spool **ret, struct valise_err *err);

enum spool_mode { SPOOL_READ, SPOOL_WRITE };
/* VALISE_E_NO_OFFICE when there is none; VALISE_E_READ_ONLY for SPOOL_WRITE where it cannot be written; VALISE_E_BAD when it is
 * damaged, VALISE_E_FAILURE when a newer version wrote it. SPOOL_READ works on a read-only directory or medium, also beside a
 * non-empty -wal: then on a private copy. SPOOL_WRITE migrates older versions and sweeps dead temporaries. */
CHECKED int spool_open(const char *dir, enum spool_mode mode, struct spool **ret, struct valise_err *err);
void spool_close(struct spool *s);
void spool_closep(struct spool **s);
#define CLEAN_SPOOL CLEANUP(spool_closep)

/* Transactions do not nest. spool_begin takes the write lock at once (BEGIN IMMEDIATE), waiting for other writers up to a minute. */
CHECKED int spool_begin(struct spool *s, struct valise_err *err);
CHECKED int spool_commit(struct spool *s, struct valise_err *err);
void spool_rollback(struct spool *s); /* harmless when none is open */
/* Commits when `code` is 0, and rolls back otherwise, or when that fails; returns what came of it. */
CHECKED int spool_end(struct spool *s, int code, struct valise_err *err);
/* Numbers that are others once a register may be another: whatever another program has committed, and what this one did to registers. */
struct spool_changes {
	int64_t foreign, own;
};
CHECKED int spool_changes(struct spool *s, struct spool_changes *ret, struct valise_err *err);
static inline bool spool_is_as(const struct spool_changes *a, const struct spool_changes *b)
{
	return a->foreign == b->foreign && a->own == b->own;
}
/* A consistent view for several reads; ends with spool_rollback. */
CHECKED int spool_begin_read(struct spool *s, struct valise_err *err);

/* Keeps the files of bodies where they are, or keeps others from that while some are removed, until *ret_fd is closed. VALISE_E_BUSY when
 * they are to be removed, and an export reads them. */
CHECKED int spool_hold_files(struct spool *s, bool to_remove, int *ret_fd, struct valise_err *err);

/* Room on the disk that the spool lies on. What fills it (letters that are sealed, bodies that come in) asks first, and leaves some:
 * VALISE_E_FULL. */
CHECKED int spool_need_room(const struct spool *s, uint64_t bytes, struct valise_err *err);
bool spool_has_room(const struct spool *s, uint64_t bytes);
uint64_t spool_free_bytes(const struct spool *s); /* UINT64_MAX where that cannot be told */
/* Where others have filled the disk all the same: merges the log, and gives up a part of what is kept for this, but for the last half of it,
 * where next to nothing is free. True: transactions must be small now. It is kept again once there is room. */
bool spool_save_room(struct spool *s);
/* For what makes room, or says that there is none: does n things, from the first to the last, up to `most` in a transaction that `step` has of
 * its own. Where that finds the disk full it goes on with fewer, at last one by one, and at the expense of what is kept for this. *ret_done:
 * how many are done, also after a failure. */
typedef int spool_step(void *context, size_t from, size_t to, struct valise_err *err);
CHECKED int spool_in_steps(struct spool *s, size_t n, size_t most, spool_step *step, void *context, size_t *ret_done,
			   struct valise_err *err);

/* From now on evidence (register entries, letters, covers, bodies, statements, reports) and the names of offices are seen as they were
 * taken in by then, on this machine's clock. Only for a spool that is open for reading. *ret_back (may be NULL): how many items of the
 * log bear an earlier time than one before them, because that clock was set back. */
CHECKED int spool_look_back(struct spool *s, int64_t as_of_s, uint64_t *ret_back, struct valise_err *err);

/* What holds for the rows of every noun: putting what is there already is 0 and changes nothing (*ret_new, may be NULL, says which).
 * Every put of a new item also appends to the intake log, with the time of this machine's clock. Puts need an open transaction.
 * Callbacks return non-zero to stop; that value comes back. What a callback is given is borrowed for the call. */

/* Descriptors of the spool's directories; borrowed. tmp/ is on the same filesystem as bodies/. */
int spool_dirfd(const struct spool *s);
int spool_tmpfd(const struct spool *s);
const char *spool_dir(const struct spool *s);
bool spool_is_read_only(const struct spool *s);

/* One small value by name: "office" (our own office's id in hex), "writer" (our directory's name on sticks), ... */
CHECKED int setting_put(struct spool *s, const char *name, struct str value, struct valise_err *err);
/* VALISE_E_NOT_FOUND, without a text, when unset. The text is NUL-terminated. */
CHECKED int setting_get(struct spool *s, const char *name, struct buf *ret, struct valise_err *err);
CHECKED int setting_remove(struct spool *s, const char *name, struct valise_err *err);

/* A copy of the database as it is at one moment, whoever writes meanwhile: in a named file of tmp/, to be read from its start and abandoned.
 * `progress` (may be NULL) stops by a non-zero return, which comes back. */
struct newfile;
typedef int snapshot_progress(void *context, uint64_t done, uint64_t total, struct valise_err *err);
CHECKED int spool_snapshot(struct spool *s, snapshot_progress *progress, void *context, struct newfile *ret,
			   struct valise_err *err);

/* What doctor wants to know: PRAGMA integrity_check, every note's id and signatures, rows without files, files without rows, partial
 * bodies, dead temporaries. One line of text for each finding goes to `found`; `mend` removes litter (never evidence), and has bags read
 * again where a note is damaged. */
typedef void spool_finding(void *context, bool is_broken, const char *text);
CHECKED int spool_check(struct spool *s, bool mend, spool_finding *found, void *context, struct valise_err *err);

#endif
