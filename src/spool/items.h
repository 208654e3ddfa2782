/* SPDX-License-Identifier: Apache-2.0 */
/* The set of items that a spool is, whatever their kind: their bytes, and the log of when each was taken in. */
#ifndef SPOOL_ITEMS_H
#define SPOOL_ITEMS_H

#include "base/buf.h"
#include "format/note.h"
#include "spool/spool.h"

/* Which letter a note is about: a seal is about its own. *ret_here is false where no such note is here. */
CHECKED int note_letter(struct spool *s, const struct hash *id, struct hash *ret, bool *ret_here,
			struct valise_err *err);
/* Its place in the log. VALISE_E_NOT_FOUND. */
CHECKED int note_seq(struct spool *s, const struct hash *id, int64_t *ret, struct valise_err *err);
/* Whether any note has that id. */
CHECKED int note_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err);
/* Ids of all notes about a letter: its seal, statements, reports. */
typedef int note_each(void *context, const struct hash *id, enum note_kind kind);
CHECKED int notes_of(struct spool *s, const struct hash *letter, note_each *each, void *context,
		     struct valise_err *err);

/* What was taken in and when, on this machine's clock. */
struct intake_row {
	uint64_t seq; /* from 1, in order of intake */
	int64_t taken_in_s;
	enum note_kind kind; /* NOTE_KINDS: a cover, body or exhibit */
	struct hash id;      /* of a cover or exhibit its digest, of a body its tree root */
};
typedef int intake_each(void *context, const struct intake_row *row);
CHECKED int intake_each_row(struct spool *s, uint64_t after_seq, intake_each *each, void *context,
			    struct valise_err *err);

#endif
