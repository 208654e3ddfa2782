/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees: the open spool, and putting an item into its set. */
#ifndef SPOOL_INSIDE_H
#define SPOOL_INSIDE_H

#include "format/note.h"
#include "spool/as_checked.h"
#include "spool/db.h"
#include "spool/spool.h"

#define SPOOL_DB_NAME "valise.db"

struct view;

struct spool {
	struct db db;
	struct view *view; /* where nothing can be written; NULL otherwise */
	char *dir;
	int dirfd, bodiesfd, exhibitsfd, partialfd, tmpfd,
		keysfd; /* -1: not there (read-only copies may lack empty directories) */
	bool is_read_only;
	bool is_new;         /* by spool_create */
	bool is_lazy;        /* commits wait for no disk: spool_begin_lazy */
	bool is_writing;     /* spool_begin */
	bool is_reading;     /* spool_begin_read */
	int64_t own_changes; /* of registers, by this program; counted up also where one is undone */
	int64_t (*clock_s)(
		void); /* when an item is taken in, and a note is given: read where it is entered, so that times go as the log does */
	int64_t as_of_s; /* evidence that was taken in later is not seen: spool_look_back; INT64_MAX: all is */
};

/* 0 inside of spool_begin and spool_commit; VALISE_E_FAILURE outside, and after an error that rolled back by itself. */
CHECKED int spool_need_transaction(const struct spool *s, struct valise_err *err);

/* A file of nothing, made where it is missing and there is room; and a part of it given up, unless no more than `but` is left. */
void reserve_keep(const struct spool *s);
bool reserve_give(const struct spool *s, uint64_t but);

/* Like spool_begin, for what a power cut may undo, because whoever finds it undone does it again: the commit waits for no disk. */
CHECKED int spool_begin_lazy(struct spool *s, struct valise_err *err);

/* For operations that take part in the caller's transaction when one is open, and otherwise are one of their own. */
CHECKED int spool_join(struct spool *s, bool *ret_own, struct valise_err *err);
/* Ends what spool_join began: commits when `code` is 0, rolls back otherwise; the caller's own is left alone. */
CHECKED int spool_leave(struct spool *s, bool own, int code, struct valise_err *err);

/* As the database has them: never renumber. */
enum item_kind {
	ITEM_REGISTER = 1,
	ITEM_SEAL = 2,
	ITEM_STATEMENT = 3,
	ITEM_REPORT = 4,
	ITEM_COVER = 5,
	ITEM_BODY = 6,
	ITEM_EXHIBIT = 7
};

/* NOTE_KINDS: it is no note. */
enum note_kind note_kind_of(int64_t item);
/* Of a kind that a spool keeps. */
enum item_kind item_kind_of(enum note_kind note);
/* Adds to the set, and so to the log; `bytes` at NULL: they are elsewhere. *ret_item is the row, new or not. */
CHECKED int item_put(struct spool *s, enum item_kind kind, const struct hash *id, struct str bytes, int64_t *ret_item,
		     bool *ret_new, struct valise_err *err);
/* bodies/ab, for the body `root`; VALISE_E_NOT_FOUND when it is not there and not to be made. */
CHECKED int body_room(struct spool *s, const struct hash *root, bool make, int *ret_fd, struct valise_err *err);
/* The row of a whole body, whose bytes are durable: `small` is all of them, or NULL for a file. In an open transaction. */
CHECKED int body_record(struct spool *s, const struct hash *root, uint64_t bytes, struct str tally, struct str small,
			struct valise_err *err);
/* Of a file, in the same transaction. */
CHECKED int body_record_check(struct spool *s, const struct hash *root, const struct as_checked *check,
			      struct valise_err *err);
/* The three values of a check, bound and in a row from `column` on. */
void query_check(struct query *q, const struct as_checked *check);
struct as_checked row_check(const struct query *q, int column);
/* What is here of a body in part, but for what somebody has in hand: files and rows. In an open transaction; rolled back, it comes again. */
CHECKED int partials_drop(struct spool *s, const struct hash *root, struct valise_err *err);
/* `tally` has a root for each piece of so many bytes, and the size is within its limit. */
CHECKED int body_look(const struct hash *root, uint64_t bytes, struct str tally, struct valise_err *err);

/* A body's file in partial/: by its root and how many pieces it came in. */
struct partial_name {
	char text[HASH_HEX_BYTES + 24];
};
struct partial_name partial_name(const struct hash *root, uint64_t pieces);

/* When the bytes of an item here are no longer what was taken in: says so, and of which letter they are (NULL: of none), and returns `code`. */
int item_unreadable(const struct spool *s, const struct hash *letter, int code, struct valise_err *err);
/* The same of a note that was read, where it is not the one that was taken in under that id. */
CHECKED int item_check_id(const struct spool *s, const struct hash *letter, const struct hash *id,
			  const struct note *note, struct valise_err *err);

#endif
