/* SPDX-License-Identifier: Apache-2.0 */
/* Counting notes about a letter as they come, against what one letter has room for. */
#include "office/note_room.h"

#include "base/limits.h"

static bool takes_part(const struct valise *v, const struct seal *s, const struct hash *office)
{
	return hash_eq(office, &s->from.office) || seal_recipient(s, office) >= 0 || hash_eq(office, &v->self);
}

/* Anybody can write an office's name on a note: that its key is one of its officers' is looked up as well. */
static int know(struct valise *v, const struct note_author *by, bool *ret, struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	const struct hash *office = &by->office->office;
	struct contact contact;
	*ret = false;
	int r = letter_seal(v->spool, by->letter, &seal, err);
	if (r)
		return r;
	if (!takes_part(v, &seal->s, office)) {
		r = contact_get(v->spool, office, &contact, &name, err);
		if (r)
			return r == VALISE_E_NOT_FOUND ? 0 : r;
	}
	r = register_set_look(v, office, 1, &set, err);
	if (r) /* damaged here: nobody can tell who it is */
		return r == VALISE_E_BAD ? 0 : r;
	*ret = standing_suffices(
		standing_judge(set.registers, by->office, by->key, by->role, by->time_s, by->id, NULL));
	return 0;
}

int note_room_look(struct valise *v, struct note_room *room, const struct note_author *by, bool *ret_room,
		   struct valise_err *err)
{
	bool new_letter = !hash_eq(&room->letter, by->letter);
	int r = 0;
	if (new_letter) {
		room->letter = *by->letter;
		room->has_told = false;
		r = room->count(v->spool, by->letter, NULL, &room->of_letter, err);
	}
	if (!r && (new_letter || !vkey_eq(&room->key, by->key))) {
		room->key = *by->key;
		r = room->count(v->spool, by->letter, by->key, &room->by_key, err);
		room->is_known = false;
	}
	if (r)
		return r;
	*ret_room = room->by_key < LIMIT_NOTES_BY_KEY && room->of_letter < LIMIT_NOTES;
	if (!*ret_room || room->of_letter < LIMIT_NOTES_WITH_STRANGERS || room->is_known)
		return 0;
	r = know(v, by, &room->is_known, err);
	*ret_room = room->is_known;
	return r;
}

void note_room_used(struct note_room *room)
{
	room->of_letter++;
	room->by_key++;
}
