/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits by their SHA-256: any file, whole and read-only, small ones in the database; and what this machine alone knows of each. */
#ifndef SPOOL_EXHIBITS_H
#define SPOOL_EXHIBITS_H

#include "base/buf.h"
#include "base/newfile.h"
#include "spool/bodies.h"

#define EXHIBIT_SMALL_BYTES (64u * 1024) /* up to here an exhibit is a row */
#define EXHIBIT_NAME_BYTES 255u

struct exhibit_row {
	struct hash id;
	uint64_t bytes;
	int64_t taken_in_s; /* a put goes by the clock */
	struct str name;    /* of the file it came from: raw bytes; NULL: it came from a pipe or in a bag */
};

/* Of a file in tmp/ that already holds every byte: a small one becomes a row, a large one is synced, made 0400 and linked as
 * exhibits/ab/HASH before this returns; the row waits for the caller's commit. Sync it before the transaction begins, and this costs
 * others no wait. The newfile is spent, also on failure. VALISE_E_LIMIT for an empty one, or one of more than LIMIT_EXHIBIT_BYTES. */
CHECKED int exhibit_put(struct spool *s, const struct exhibit_row *row, struct newfile *file, bool *ret_new,
			struct valise_err *err);
/* One that came in a bag has no name until somebody here has the file: row->name is that, unless it has one. */
CHECKED int exhibit_name(struct spool *s, const struct exhibit_row *row, struct valise_err *err);
/* Whether a file of that size may be here already. */
CHECKED int exhibits_of_size(struct spool *s, uint64_t bytes, bool *ret, struct valise_err *err);
CHECKED int exhibit_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err);
/* The name is appended to *ret_name and borrows from it. VALISE_E_NOT_FOUND. */
CHECKED int exhibit_row(struct spool *s, const struct hash *id, struct exhibit_row *ret, struct buf *ret_name,
			struct valise_err *err);
/* By a prefix of the hex id (at least 4 digits, in either case), or the whole name that its file had. The 64 digits of a whole id win
 * over any name. VALISE_E_NOT_FOUND, or VALISE_E_AMBIGUOUS with the candidates named. */
CHECKED int exhibit_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err);
/* In order of intake. */
typedef int exhibit_each(void *context, const struct exhibit_row *row);
CHECKED int exhibits_each(struct spool *s, exhibit_each *each, void *context, struct valise_err *err);
/* For body_read. VALISE_E_BAD when its file is lost, or not of its size. */
CHECKED int exhibit_open(struct spool *s, const struct hash *id, struct body *ret, struct valise_err *err);
/* Removes one whose bytes no longer match its id, so that it can be taken in again; its tags stay for then. Rolled back, it has lost its
 * file, which is no worse. Its place in the intake log stays. */
CHECKED int exhibit_forget(struct spool *s, const struct hash *id, struct valise_err *err);

/* That an exhibit belongs to the story of a letter. */
struct exhibit_tag {
	struct hash exhibit, letter;
	struct str note;  /* free text; NULL: none */
	int64_t tagged_s; /* a put goes by the clock */
};
/* Again for the same two: a note takes the place of the one before; without one nothing changes. */
CHECKED int exhibit_tag(struct spool *s, const struct exhibit_tag *tag, bool *ret_new, struct valise_err *err);
typedef int exhibit_tag_each(void *context, const struct exhibit_tag *tag);
/* By time. */
CHECKED int exhibit_tags(struct spool *s, const struct hash *exhibit, exhibit_tag_each *each, void *context,
			 struct valise_err *err);
CHECKED int exhibit_tags_of(struct spool *s, const struct hash *letter, exhibit_tag_each *each, void *context,
			    struct valise_err *err);

#endif
