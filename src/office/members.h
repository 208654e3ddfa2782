/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of a letter's members so far: each once, each in a directory that came before it. */
#ifndef OFFICE_MEMBERS_H
#define OFFICE_MEMBERS_H

#include "format/tar.h"
#include "office/hash_index.h"

/* What a disk would refuse is so refused without one: whoever only checks a letter judges it as whoever writes it out. */
struct members {
	struct hash_index types; /* by SHA-256 of the path */
};
void members_release(struct members *s);
/* VALISE_E_BAD: the path was there before, what it lies in is no directory of this letter, or there are more than LIMIT_MEMBERS. */
CHECKED int members_add(struct members *s, const struct tar_member *m, struct valise_err *err);

#endif
