/* SPDX-License-Identifier: Apache-2.0 */
/* Parts that the sender committed to and that somebody disclosed, with the reader's office that confirmed them, if one did. */
#include <stdlib.h>

#include "base/text.h"
#include "evidence/work.h"

static int leaf_cmp(const void *a, const void *b)
{
	const struct disclosed_leaf *x = *(const struct disclosed_leaf *const *)a,
				    *y = *(const struct disclosed_leaf *const *)b;
	return (x->index > y->index) - (x->index < y->index);
}

/* The first recipient, in the seal's order, that says that it opened the letter: it recomputed these very commitments. */
static const char *confirmed_by(struct work *w)
{
	for (uint32_t i = 0; i < w->n_addressed; i++) {
		const struct work_office *o = &w->offices[w->shown[i]];
		if (o->is_recipient && o->first[SAYS_OPENED] != WORK_NONE) {
			say_name(w, w->shown[i]);
			return arena_take(w->out, &w->text);
		}
	}
	return NULL;
}

static struct valise_disclosed disclosed_of(struct work *w, const struct disclosed_leaf *leaf, const char *confirmed)
{
	struct valise_disclosed d = {.number = leaf->index, .is_subject = leaf->is_subject, .confirmed_by = confirmed};
	if (leaf->is_subject) {
		d.subject = arena_shown(w->out, leaf->subject);
		return d;
	}
	d.name = arena_shown(w->out, leaf->part.name);
	d.kind = leaf->part.kind == PART_DIR ? "dir" : "file";
	d.sha256 = arena_text(w->out, str_of(hash_hex(&leaf->part.digest).text));
	d.bytes = leaf->part.length;
	return d;
}

void list_disclosed(struct work *w)
{
	const struct disclosed_leaf **leaves = ARENA_NEW(&w->scratch, const struct disclosed_leaf *, w->e->n_disclosed);
	struct valise_disclosed *shown = ARENA_NEW(w->out, struct valise_disclosed, w->e->n_disclosed);
	if (!leaves || !shown)
		return;
	size_t n = 0;
	for (size_t i = 0; i < w->e->n_disclosed; i++) {
		const struct disclosed_leaf *leaf = &w->e->disclosed[i];
		/* Nonce and sender are in the leaf so that nobody can show another's commitment as his own. */
		if (hash_eq(&leaf->from, &w->seal->from.office) &&
		    memcmp(leaf->nonce, w->seal->nonce, sizeof leaf->nonce) == 0)
			leaves[n++] = leaf;
	}
	qsort(leaves, n, sizeof *leaves, leaf_cmp);
	const char *confirmed = n ? confirmed_by(w) : NULL;
	for (size_t i = 0; i < n; i++)
		shown[i] = disclosed_of(w, leaves[i], confirmed);
	w->a->n_disclosed = n;
	w->a->disclosed = shown;
	if (n && leaves[0]->is_subject)
		w->a->subject = arena_shown(w->out, leaves[0]->subject);
}
