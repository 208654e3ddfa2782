/* SPDX-License-Identifier: Apache-2.0 */
/* Bags that have served: by what is said of the letters in them. */
#include "office/spent_bags.h"

#define ARRIVED_MAX 10000u /* of more it is looked up again */

void spent_bags_release(struct spent_bags *s)
{
	free(s->bags.at);
	hash_index_release(&s->arrived);
}

/* Whether all recipients have said received; *ret_at is the place in the log of the last of that. */
static int has_arrived(const struct valise *v, const struct gathered *g, bool *ret, int64_t *ret_at,
		       struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	int r = gathered_recipients(g, &to, err);
	*ret_at = 0;
	*ret = !r && to.n > 0;
	for (size_t k = 0; k < to.n && *ret; k++) {
		int64_t at = 0;
		const struct witnessed_statement *word = gathered_word(g, &to.at[k], SAYS_RECEIVED);
		if (word)
			r = note_seq(v->spool, &word->statement->note.id, &at, err);
		*ret = !r && (word || hash_eq(&to.at[k], &v->self));
		*ret_at = at > *ret_at ? at : *ret_at;
	}
	return r;
}

int spent_bags_hear(struct spent_bags *s, const struct valise *v, const struct gathered *g, bool *ret_arrived,
		    struct valise_err *err)
{
	int64_t at;
	int r = has_arrived(v, g, ret_arrived, &at, err);
	return r || !*ret_arrived || s->arrived.keys.n >= ARRIVED_MAX
		       ? r
		       : hash_index_put(&s->arrived, &g->seal->note.id, (size_t)at, err);
}

struct looking {
	struct spent_bags *s;
	struct settled_look *look;
	struct hashes letters; /* of the bag in hand */
	struct valise_err *err;
};

static int collect(void *context, const struct hash *letter)
{
	struct looking *l = context;
	return hashes_add(&l->letters, letter, l->err);
}

/* Of one that was not heard as well. *ret_last is raised to the place in the log of the last of that. */
static int look_whether_arrived(struct looking *l, const struct hash *letter, bool *ret, int64_t *ret_last)
{
	CLEAN_GATHERED struct gathered g = {0};
	size_t heard = 0;
	int64_t at = 0;
	int r = 0;
	*ret = hash_index_get(&l->s->arrived, letter, &heard);
	if (*ret)
		at = (int64_t)heard;
	else
		r = gather_plain(l->look->v, letter, false, &g, l->err);
	if (r == VALISE_E_BAD)
		return 0; /* nobody here can tell: its bag stays */
	if (!r && !*ret)
		r = has_arrived(l->look->v, &g, ret, &at, l->err);
	if (!r && *ret && at > *ret_last)
		*ret_last = at;
	return r;
}

/* A bag is spent once each letter that it carries has arrived everywhere, unless all of that was known when it was put there: for whoever
 * lost it. What else is in it, and is still news, goes into another. One that was not before can only be for a letter that has arrived since. */
static int look_whether_spent(struct looking *l, const struct own_bag *bag, bool *ret)
{
	int64_t upto = 0, last = 0;
	hashes_release(&l->letters);
	int r = bag_letters(l->look->v->spool, str_of(bag->name), bag->bytes, collect, l, &upto, l->err);
	/* All that arrived since the look before are known. */
	bool is_bounded = l->look->is_known && l->s->heard_all && l->s->arrived.keys.n < ARRIVED_MAX;
	bool spent = !r && !is_bounded && l->letters.n;
	for (size_t i = 0; i < l->letters.n && !r && !spent; i++)
		spent = hash_index_get(&l->s->arrived, &l->letters.at[i], NULL);
	for (size_t i = 0; i < l->letters.n && !r && spent; i++)
		r = look_whether_arrived(l, &l->letters.at[i], &spent, &last);
	*ret = !r && spent && upto < last;
	return r;
}

int spent_bags_find(struct spent_bags *s, struct settled_look *look, struct store *store, struct valise_err *err)
{
	struct looking l = {.s = s, .look = look, .err = err};
	const struct own_bags *bags = &look->bags;
	int r = 0;
	for (size_t i = 0; i < bags->n && !r; i++) {
		bool spent;
		r = look_whether_spent(&l, &bags->at[i], &spent);
		if (!r && spent && settled_can_remove(look, store))
			r = own_bags_add(&s->bags, bags->at[i].name, bags->at[i].bytes, err);
		else if (!r)
			look->is_unsure |= spent;
	}
	hashes_release(&l.letters);
	return r;
}
