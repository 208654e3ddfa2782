/* SPDX-License-Identifier: Apache-2.0 */
/* A sync's letters by name. */
#include "office/sync_letters.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/limits.h"

void sync_letters_release(struct sync_letters *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((char *)(uintptr_t)l->at[i].letter); /* with what stands behind it */
	for (size_t i = 0; i < l->n_names; i++)
		free(l->names[i]);
	hash_index_release(&l->offices);
	free(l->names);
	free(l->at);
	*l = (struct sync_letters){0};
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
	if (!r)
		r = office_show(v, &set, office, &name, err);
	if (!r && !(l->names[l->n_names] = strdup((char *)name.data)))
		r = err_nomem(err);
	return r ? r : hash_index_put(&l->offices, office, l->n_names++, err);
}

static int name_of(struct sync_letters *l, struct valise *v, const struct hash *office, const char **ret,
		   struct valise_err *err)
{
	size_t i;
	int r = hash_index_get(&l->offices, office, NULL) ? 0 : add_name(l, v, office, err);
	if (!r && hash_index_get(&l->offices, office, &i))
		*ret = l->names[i];
	return r;
}

int sync_letters_add(struct sync_letters *l, struct valise *v, const struct hash *id, const struct hash *from,
		     struct str ref, const struct valise_sync_letter *line, struct valise_err *err)
{
	struct hash_hex hex = hash_hex(id);
	struct hash_short brief = hash_short(id);
	struct valise_sync_letter *grown = array_room(l->at, l->n, &l->cap, sizeof *grown), one = *line;
	if (!grown)
		return err_nomem(err);
	l->at = grown;
	int r = name_of(l, v, from, &one.from, err);
	if (r)
		return r;
	char *text = malloc(sizeof hex.text + sizeof brief.text + ref.len + 1);
	if (!text)
		return err_nomem(err);
	one.letter = memcpy(text, hex.text, sizeof hex.text);
	one.short_id = memcpy(text + sizeof hex.text, brief.text, sizeof brief.text);
	if (ref.at) {
		char *copy = text + sizeof hex.text + sizeof brief.text;
		if (ref.len)
			memcpy(copy, ref.at, ref.len);
		copy[ref.len] = 0;
		one.ref = copy;
	}
	l->at[l->n++] = one;
	return 0;
}
