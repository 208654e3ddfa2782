/* SPDX-License-Identifier: Apache-2.0 */
/* How many statements and reports about one letter come in: enough for any story, and strangers cannot fill the room of those whom the
 * letter, or this office, knows (spec/spool.md). */
#ifndef OFFICE_NOTE_ROOM_H
#define OFFICE_NOTE_ROOM_H

#include "office/office.h"

/* For notes of one kind, which come by letter and key as a rule: what is counted is kept until another comes. */
struct note_room {
	int (*count)(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
		     struct valise_err *err);
	struct hash letter;
	struct vkey key;
	uint64_t of_letter, by_key;
	bool is_known; /* an officer of an office that the letter names, or that has a card here */
	bool has_told; /* that there is no room for some about this letter */
};
struct note_author {
	const struct hash *letter, *id;
	const struct office_ref *office;
	const struct vkey *key;
	unsigned role;
	int64_t time_s;
};
/* Of a note whose signature is verified. */
CHECKED int note_room_look(struct valise *v, struct note_room *room, const struct note_author *by, bool *ret_room,
			   struct valise_err *err);
/* It was put. */
void note_room_used(struct note_room *room);

#endif
