/* SPDX-License-Identifier: Apache-2.0 */
/* A sync's letters by name. */
#include "office/sync_letters.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/limits.h"

/* As it is kept; its ref comes after it. */
struct line {
	struct hash id;
	uint64_t body_bytes;
	size_t from; /* number of a name */
	uint8_t text;
	bool has_ref, is_new, is_whole, is_for_us, is_broken, is_answered;
};

void sync_letters_release(struct sync_letters *l)
{
	roll_release(&l->lines);
	for (size_t i = 0; i < l->n_names; i++)
		free(l->names[i]);
	hash_index_release(&l->offices);
	free(l->names);
	*l = (struct sync_letters){.n_whole = 0};
}

static int add_name(struct sync_letters *l, struct valise *v, const struct hash *office, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	char **grown = array_room(l->names, l->n_names, &l->cap_names, sizeof(*grown));
	if (!grown)
		return err_nomem(err);
	l->names = grown;
	int r = register_set_look(v, office, 1, &set, err);
	if (!r || r == VALISE_E_BAD) /* damaged here: it has your name for it all the same */
		r = office_show(v, r ? NULL : &set, office, &name, err);
	if (!r && !(l->names[l->n_names] = strdup((char *)name.data)))
		r = err_nomem(err);
	return r ? r : hash_index_put(&l->offices, office, l->n_names++, err);
}

/* The number of that office's name. */
static int number_of(struct sync_letters *l, struct valise *v, const struct hash *office, size_t *ret,
		     struct valise_err *err)
{
	int r = hash_index_get(&l->offices, office, NULL) ? 0 : add_name(l, v, office, err);
	if (!r)
		(void)hash_index_get(&l->offices, office, ret);
	return r;
}

static uint8_t number_of_text(struct sync_letters *l, const char *text)
{
	uint8_t i = 0;
	while (i < SYNC_TEXTS_MAX - 1 && l->texts[i] && strcmp(l->texts[i], text) != 0)
		i++;
	l->texts[i] = text;
	return i;
}

int sync_letters_add(struct sync_letters *l, struct valise *v, const struct hash *id, const struct hash *from,
		     struct str ref, const struct valise_sync_letter *line, struct valise_err *err)
{
	struct line one = {.id = *id,
			   .body_bytes = line->body_bytes,
			   .text = number_of_text(l, line->text),
			   .has_ref = ref.at != NULL,
			   .is_new = line->is_new,
			   .is_whole = line->is_whole,
			   .is_for_us = line->is_for_us,
			   .is_broken = line->is_broken,
			   .is_answered = line->is_answered};
	int r = number_of(l, v, from, &one.from, err);
	if (!r)
		r = roll_add(&l->lines, &one, sizeof one, ref, err);
	l->n_whole += !r && one.is_whole;
	return r;
}

struct showing {
	const struct sync_letters *l;
	valise_sync_each *each;
	void *context;
	struct buf ref;
	struct valise_err *err;
};

static int show(void *context, const void *record, struct str text)
{
	struct showing *s = context;
	const struct line *one = record;
	struct hash_hex hex = hash_hex(&one->id);
	struct hash_short brief = hash_short(&one->id);
	buf_clear(&s->ref);
	buf_add_str(&s->ref, text);
	buf_add_char(&s->ref, '\0');
	int r = buf_check(&s->ref, "a letter's reference", s->err);
	if (r)
		return r;
	struct valise_sync_letter letter = {.letter = hex.text,
					    .short_id = brief.text,
					    .from = s->l->names[one->from],
					    .ref = one->has_ref ? (const char *)s->ref.data : NULL,
					    .body_bytes = one->body_bytes,
					    .is_new = one->is_new,
					    .is_whole = one->is_whole,
					    .is_for_us = one->is_for_us,
					    .is_broken = one->is_broken,
					    .is_answered = one->is_answered,
					    .text = s->l->texts[one->text]};
	return s->each(s->context, &letter);
}

int sync_letters_show(const struct sync_letters *l, valise_sync_each *each, void *context, struct valise_err *err)
{
	struct showing s = {l, each, context, BUF_INIT(LIMIT_NOTE_BYTES), err};
	int r = roll_each_record(&l->lines, show, &s, err);
	buf_release(&s.ref);
	return r;
}
