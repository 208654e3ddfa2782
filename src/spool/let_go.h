/* SPDX-License-Identifier: Apache-2.0 */
/* Letters whose bytes were let go of here: what is known of them stays, and no sync brings the bytes again. */
#ifndef SPOOL_LET_GO_H
#define SPOOL_LET_GO_H

#include "spool/letters.h"

/* How it is with a letter. */
struct let_go {
	bool is_gone;
	bool cover; /* the cover went as well */
	int64_t when_s;
};
CHECKED int letter_let_go_look(struct spool *s, const struct hash *letter, struct let_go *ret, struct valise_err *err);

/* Its body, whole or in part, and with `cover` that: the rows go now, in the caller's transaction, and large bodies' files by
 * letter_let_go_files once it is committed; a power cut between them leaves a file without a row, which doctor knows. Bytes that another
 * letter here still names stay: anybody can seal one that names another's body. A letter that is let go of already may lose its cover. */
CHECKED int letter_let_go(struct spool *s, const struct hash *letter, bool cover, int64_t when_s,
			  struct valise_err *err);
/* In a transaction of its own: none may be open. */
CHECKED int letter_let_go_files(struct spool *s, const struct hash *letter, struct valise_err *err);
/* It may come again, also out of bags that were read before. */
CHECKED int letter_take_back(struct spool *s, const struct hash *letter, struct valise_err *err);
/* Whether a letter that was let go of names that body: then bags that are done with may hold it. */
CHECKED int body_was_let_go(struct spool *s, const struct hash *root, bool *ret, struct valise_err *err);

#endif
