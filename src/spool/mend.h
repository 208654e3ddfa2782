/* SPDX-License-Identifier: Apache-2.0 */
/* Notes whose bytes were damaged on this disk: told apart from those that are as they came, and put right by the same note coming again. */
#ifndef SPOOL_MEND_H
#define SPOOL_MEND_H

#include "format/note.h"
#include "spool/spool.h"

enum note_here { NOTE_ABSENT, NOTE_SOUND, NOTE_DAMAGED };
/* One that is here with these very bytes is taken for sound, which costs no more than reading it; with others, it is verified. */
CHECKED int note_here(struct spool *s, enum note_kind kind, const struct hash *id, struct str bytes,
		      enum note_here *ret, struct valise_err *err);
/* Whether the bytes are a note of that kind and id that its signer signed: 0, VALISE_E_BAD with what is wrong, or VALISE_E_NOMEM. */
CHECKED int note_check(enum note_kind kind, const struct hash *id, struct str bytes, struct valise_err *err);
/* What follows from a note that is not what it was, one way or the other, is computed again. In an open transaction. */
CHECKED int note_changed(struct spool *s, enum note_kind kind, const struct hash *id, struct valise_err *err);
/* A note that was verified takes the place of what is here under its id, unless that is sound. *ret_mended: it did. In an open
 * transaction. */
CHECKED int note_mend(struct spool *s, const struct note *note, bool *ret_mended, struct valise_err *err);

#endif
