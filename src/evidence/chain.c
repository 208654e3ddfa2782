/* SPDX-License-Identifier: Apache-2.0 */
/* Judges one office's entries: which follow from entry 0, which are void, where they fork, and where each key is used. */
#include "evidence/chain.h"

#include <stdlib.h>

#include "base/limits.h"

/* Indexes are sorted arrays, not hash tables: whoever makes keys and notes could make them collide. */

struct candidate {
	const struct verified_entry *entry;
	uint32_t parent, first_child, next_sibling; /* candidates */
	uint32_t node;
	size_t first_mention;
};

/* A key that a candidate names: which key it is among all of them. */
struct named {
	struct hash commitment;
	uint32_t key;
};

/* The last place in the order of the nodes where a key was used, and where it was dismissed. It counts while the walk has not left
 * that node. */
struct key_state {
	uint32_t use, dismissal; /* indexes into the office's arrays */
};

struct judging {
	struct office_register *o;
	struct candidate *candidates;
	struct named *named;
	struct key_state *keys;
};

size_t entry_mentions(const struct register_entry *e)
{
	return e->n_keepers + e->n_next + e->n_dismissals + e->n_appointments;
}

struct mention entry_mention(const struct register_entry *e, size_t i)
{
	const struct {
		enum key_use use;
		size_t n;
	} lists[] = {{KEY_KEEPER, e->n_keepers}, {KEY_NEXT, e->n_next}, {KEY_DISMISSED, e->n_dismissals}};
	for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++) {
		if (i < lists[list].n)
			return (struct mention){lists[list].use, (uint32_t)i};
		i -= lists[list].n;
	}
	return (struct mention){KEY_OFFICER, (uint32_t)i};
}

void mention_commitment(const struct register_entry *e, struct mention m, struct hash *ret)
{
	switch (m.use) {
	case KEY_KEEPER:
		vkey_commitment(&e->keepers[m.index], ret);
		break;
	case KEY_NEXT:
		*ret = e->next[m.index];
		break;
	case KEY_DISMISSED:
		vkey_commitment(&e->dismissals[m.index].key, ret);
		break;
	case KEY_OFFICER:
		vkey_commitment(&e->appointments[m.index].key, ret);
		break;
	}
}

const char *chain_place_refused(const struct office_register *o, uint32_t parent, const struct verified_entry *v)
{
	const struct register_entry *e = &v->e;
	if (parent == NODE_NONE)
		return e->is_first && e->seq == 0 && e->has_keepers ? NULL : "it is no entry 0";
	const struct node *p = &o->nodes[parent];
	if (e->is_first || e->seq != p->entry->e.seq + 1)
		return "its number does not follow that of its previous entry";
	if (e->seq >= LIMIT_REGISTER_ENTRIES || p->chain_bytes + v->note.len > LIMIT_REGISTER_BYTES)
		return "the register would grow beyond its limit";
	return NULL;
}

static bool is_keeper(const struct register_entry *opening, const struct vkey *key)
{
	for (size_t i = 0; i < opening->n_keepers; i++) {
		if (vkey_eq(&opening->keepers[i], key))
			return true;
	}
	return false;
}

static bool is_next(const struct register_entry *opening, const struct vkey *key)
{
	struct hash commitment;
	vkey_commitment(key, &commitment);
	for (size_t i = 0; i < opening->n_next; i++) {
		if (hash_eq(&opening->next[i], &commitment))
			return true;
	}
	return false;
}

static bool quorum_is_sound(uint64_t quorum, size_t n)
{
	return quorum <= n && quorum > n / 2;
}

const char *chain_signers_refused(const struct office_register *o, uint32_t parent, const struct verified_entry *v)
{
	const struct register_entry *e = &v->e;
	if (e->has_keepers &&
	    (!quorum_is_sound(e->keepers_quorum, e->n_keepers) || !quorum_is_sound(e->next_quorum, e->n_next)))
		return "its quorum is not more than half of the keys";
	const struct register_entry *opening =
		parent == NODE_NONE ? NULL : &o->nodes[o->nodes[parent].opening].entry->e;
	size_t old_keepers = 0, new_keepers = 0, next = 0;
	for (size_t i = 0; i < e->n_by; i++) {
		if (e->has_keepers && is_keeper(e, &e->by[i]))
			new_keepers++;
		else if (e->has_keepers && opening && is_next(opening, &e->by[i]))
			next++;
		else if (!e->has_keepers && opening && is_keeper(opening, &e->by[i]))
			old_keepers++;
		else
			return "somebody signed it who has no part in it";
	}
	if (e->has_keepers && new_keepers < e->n_keepers)
		return "not all of its keepers signed it";
	if (e->has_keepers && opening && next < opening->next_quorum)
		return "too few of the keys that the register holds in reserve signed it";
	if (!e->has_keepers && opening && old_keepers < opening->keepers_quorum)
		return "too few keepers signed it";
	return NULL;
}

const char *chain_key_refused(enum key_use use, const struct use *prior, bool is_dismissed)
{
	if (use == KEY_DISMISSED) {
		if (!prior || prior->use != KEY_OFFICER)
			return "it dismisses a key that was never appointed";
		return is_dismissed ? "it dismisses a key that was dismissed before" : NULL;
	}
	if (!prior)
		return NULL;
	if (prior->use != use)
		return "a key in it had another place in this register: a key is keeper, next or officer, never two";
	return use == KEY_OFFICER ? "it appoints a key that was appointed before: a key is appointed once, ever" : NULL;
}

static int use_cmp(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int c = hash_cmp(&x->commitment, &y->commitment);
	return c ? c : (x->node > y->node) - (x->node < y->node);
}

const struct use *chain_use(const struct office_register *o, const struct use *uses, size_t n,
			    const struct hash *commitment, uint32_t node)
{
	size_t low = 0, high = n;
	const struct use wanted = {.commitment = *commitment, .node = node};
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (use_cmp(&uses[middle], &wanted) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !hash_eq(&uses[low - 1].commitment, commitment) ||
	    !chain_is_ancestor(o, uses[low - 1].node, node))
		return NULL;
	return &uses[low - 1];
}

uint32_t chain_node(const struct office_register *o, const struct hash *id)
{
	size_t low = 0, high = o->n_nodes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = hash_cmp(&o->nodes[o->by_id[middle]].entry->note.id, id);
		if (c == 0)
			return o->by_id[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NODE_NONE;
}

static uint32_t candidate_of(const struct judging *j, size_t n, const struct hash *id)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = hash_cmp(&j->candidates[middle].entry->note.id, id);
		if (c == 0)
			return (uint32_t)middle;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NODE_NONE;
}

/* Parents and children; the children of one in the order of their ids. */
static void link_candidates(struct judging *j, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		struct candidate *c = &j->candidates[i];
		c->parent = c->entry->e.is_first ? NODE_NONE : candidate_of(j, n, &c->entry->e.previous);
		if (c->parent == NODE_NONE)
			continue;
		c->next_sibling = j->candidates[c->parent].first_child;
		j->candidates[c->parent].first_child = (uint32_t)i;
	}
}

static int named_cmp(const void *a, const void *b, void *context)
{
	const struct named *named = context;
	const uint32_t *x = a, *y = b;
	return hash_cmp(&named[*x].commitment, &named[*y].commitment);
}

/* Numbers the keys that the candidates name; returns how many there are. */
static uint32_t number_keys(struct judging *j, size_t n, size_t n_named, struct arena *scratch)
{
	uint32_t *order = ARENA_NEW(scratch, uint32_t, n_named);
	if (!order)
		return 0;
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		const struct register_entry *e = &j->candidates[i].entry->e;
		j->candidates[i].first_mention = at;
		for (size_t k = 0; k < entry_mentions(e); k++)
			mention_commitment(e, entry_mention(e, k), &j->named[at++].commitment);
	}
	for (size_t i = 0; i < n_named; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, n_named, sizeof *order, named_cmp, j->named);
	uint32_t key = 0;
	for (size_t i = 0; i < n_named; i++) {
		if (i && !hash_eq(&j->named[order[i]].commitment, &j->named[order[i - 1]].commitment))
			key++;
		j->named[order[i]].key = key;
	}
	return n_named ? key + 1 : 0;
}

/* A node is on the way from entry 0 to where the walk stands while its end is not known. */
static bool is_on_way(const struct judging *j, uint32_t use, const struct use *uses)
{
	return use != NODE_NONE && j->o->nodes[uses[use].node].end == 0;
}

static const char *keys_refused(const struct judging *j, const struct candidate *c)
{
	const struct register_entry *e = &c->entry->e;
	for (size_t i = 0; i < entry_mentions(e); i++) {
		const struct named *named = &j->named[c->first_mention + i];
		const struct key_state *key = &j->keys[named->key];
		const struct use *prior = is_on_way(j, key->use, j->o->uses) ? &j->o->uses[key->use] : NULL;
		const char *why = chain_key_refused(entry_mention(e, i).use, prior,
						    is_on_way(j, key->dismissal, j->o->dismissals));
		if (why)
			return why;
	}
	return NULL;
}

static void record_keys(struct judging *j, const struct candidate *c)
{
	struct office_register *o = j->o;
	const struct register_entry *e = &c->entry->e;
	for (size_t i = 0; i < entry_mentions(e); i++) {
		const struct named *named = &j->named[c->first_mention + i];
		struct key_state *key = &j->keys[named->key];
		struct mention m = entry_mention(e, i);
		struct use use = {named->commitment, c->node, m.index, NODE_NONE, m.use};
		if (m.use == KEY_DISMISSED) {
			key->dismissal = (uint32_t)o->n_dismissals;
			o->dismissals[o->n_dismissals++] = use;
		} else if (!is_on_way(j, key->use, o->uses)) {
			key->use = (uint32_t)o->n_uses;
			o->uses[o->n_uses++] = use;
		}
	}
}

/* A candidate whose parent is accepted, and stands at the end of the walk, becomes a node if nothing is against it. */
static bool accept(struct judging *j, uint32_t which)
{
	struct candidate *c = &j->candidates[which];
	struct office_register *o = j->o;
	uint32_t parent = c->parent == NODE_NONE ? NODE_NONE : j->candidates[c->parent].node;
	if (chain_place_refused(o, parent, c->entry) || chain_signers_refused(o, parent, c->entry) ||
	    keys_refused(j, c))
		return false;
	c->node = o->n_nodes++;
	struct node *n = &o->nodes[c->node];
	const struct node *p = parent == NODE_NONE ? NULL : &o->nodes[parent];
	bool opens = c->entry->e.has_keepers;
	*n = (struct node){
		.entry = c->entry,
		.parent = parent,
		.opening = opens ? c->node : p->opening,
		.generation = p ? p->generation + opens : 0,
		.chain_bytes = (p ? p->chain_bytes : 0) + c->entry->note.len,
		.first_closing = NODE_NONE,
		.last_closing = NODE_NONE,
	};
	if (opens && p) {
		struct node *closed = &o->nodes[p->opening];
		if (closed->first_closing == NODE_NONE)
			closed->first_closing = c->node;
		closed->last_closing = c->node;
	}
	record_keys(j, c);
	return true;
}

/* The first that is accepted of a candidate and its next siblings. */
static uint32_t accept_one_of(struct judging *j, uint32_t which)
{
	while (which != NODE_NONE && !accept(j, which))
		which = j->candidates[which].next_sibling;
	return which;
}

/* Down to children first, then to siblings: no recursion, as a chain may be 16,384 entries deep. */
static void walk(struct judging *j, uint32_t root)
{
	uint32_t at = accept_one_of(j, root);
	while (at != NODE_NONE) {
		uint32_t next = accept_one_of(j, j->candidates[at].first_child);
		while (next == NODE_NONE && at != NODE_NONE) {
			j->o->nodes[j->candidates[at].node].end = j->o->n_nodes;
			next = accept_one_of(j, j->candidates[at].next_sibling);
			at = j->candidates[at].parent;
		}
		at = next;
	}
}

/* An entry is void when an authority entry out of its generation is not below it. */
static void judge_void(struct office_register *o)
{
	for (uint32_t i = 0; i < o->n_nodes; i++) {
		struct node *n = &o->nodes[i];
		const struct node *opening = &o->nodes[n->opening];
		bool is_void =
			opening->first_closing != NODE_NONE && !(chain_is_ancestor(o, i, opening->first_closing) &&
								 chain_is_ancestor(o, i, opening->last_closing));
		n->alive = is_void ? o->nodes[n->parent].alive : i;
	}
}

static bool is_newer(const struct office_register *o, uint32_t a, uint32_t b)
{
	const struct node *x = &o->nodes[a], *y = &o->nodes[b];
	if (x->generation != y->generation)
		return x->generation > y->generation;
	if (x->entry->e.seq != y->entry->e.seq)
		return x->entry->e.seq > y->entry->e.seq;
	return hash_cmp(&x->entry->note.id, &y->entry->note.id) < 0;
}

/* The head, and the first proof of a fork in the order of the nodes. `elder` has room for a number for each node. */
static void judge_head(struct office_register *o, uint32_t *elder)
{
	o->fork_a = o->fork_b = NODE_NONE;
	o->head = 0;
	for (uint32_t i = 0; i < o->n_nodes; i++)
		elder[i] = NODE_NONE;
	for (uint32_t i = 0; i < o->n_nodes; i++) {
		const struct node *n = &o->nodes[i];
		if (n->alive != i)
			continue;
		if (is_newer(o, i, o->head))
			o->head = i;
		if (n->parent == NODE_NONE || o->fork_b != NODE_NONE)
			continue;
		uint32_t closing = n->opening == i ? o->nodes[o->nodes[n->parent].opening].first_closing : i;
		if (elder[n->parent] != NODE_NONE || closing != i) {
			o->fork_a = elder[n->parent] != NODE_NONE ? elder[n->parent] : closing;
			o->fork_b = i;
		}
		elder[n->parent] = i;
	}
	for (uint32_t i = o->head; i != NODE_NONE && !o->name.at; i = o->nodes[i].parent)
		o->name = o->nodes[i].entry->e.name;
}

static int id_cmp(const void *a, const void *b, void *context)
{
	const struct node *nodes = context;
	const uint32_t *x = a, *y = b;
	return hash_cmp(&nodes[*x].entry->note.id, &nodes[*y].entry->note.id);
}

static int sighting_cmp(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;
	int c = hash_cmp(x->note, y->note);
	return c ? c : (x->node > y->node) - (x->node < y->node);
}

/* Whether the entry `a` claims an earlier time than `b`, or the same and has the smaller id. */
static bool is_earlier(const struct office_register *o, uint32_t a, uint32_t b)
{
	const struct verified_entry *x = o->nodes[a].entry, *y = o->nodes[b].entry;
	return x->e.time_s != y->e.time_s ? x->e.time_s < y->e.time_s : hash_cmp(&x->note.id, &y->note.id) < 0;
}

/* The earliest, by the entries' clocks, of the dismissals of each officer that are not void. */
static void join_dismissals(struct office_register *o)
{
	for (size_t i = 0; i < o->n_dismissals; i++) {
		const struct use *d = &o->dismissals[i];
		const struct use *found = chain_use(o, o->uses, o->n_uses, &d->commitment, d->node);
		if (o->nodes[d->node].alive != d->node || !found)
			continue;
		struct use *officer = &o->uses[found - o->uses];
		if (officer->dismissal == NODE_NONE || is_earlier(o, d->node, o->dismissals[officer->dismissal].node))
			officer->dismissal = (uint32_t)i;
	}
}

static void make_indexes(struct office_register *o, struct arena *a)
{
	qsort(o->uses, o->n_uses, sizeof *o->uses, use_cmp);
	qsort(o->dismissals, o->n_dismissals, sizeof *o->dismissals, use_cmp);
	join_dismissals(o);
	size_t n_seen = 0;
	for (uint32_t i = 0; i < o->n_nodes; i++)
		n_seen += o->nodes[i].entry->e.n_seen;
	o->by_id = ARENA_NEW(a, uint32_t, o->n_nodes);
	o->sightings = ARENA_NEW(a, struct sighting, n_seen);
	if (!o->by_id || !o->sightings)
		return;
	for (uint32_t i = 0; i < o->n_nodes; i++) {
		o->by_id[i] = i;
		const struct register_entry *e = &o->nodes[i].entry->e;
		for (size_t k = 0; k < e->n_seen; k++)
			o->sightings[o->n_sightings++] = (struct sighting){&e->seen[k], i};
	}
	qsort_r(o->by_id, o->n_nodes, sizeof *o->by_id, id_cmp, o->nodes);
	qsort(o->sightings, o->n_sightings, sizeof *o->sightings, sighting_cmp);
}

void chain_judge(const struct hash *office, const struct verified_entry *const *entries, size_t n, struct arena *a,
		 struct office_register *ret, bool *ret_found, struct arena *scratch)
{
	struct office_register o = {.id = *office};
	struct judging j = {.o = &o};
	size_t n_named = 0;
	for (size_t i = 0; i < n; i++)
		n_named += entry_mentions(&entries[i]->e);
	j.candidates = ARENA_NEW(scratch, struct candidate, n);
	j.named = ARENA_NEW(scratch, struct named, n_named);
	uint32_t *elder = ARENA_NEW(scratch, uint32_t, n);
	o.nodes = ARENA_NEW(a, struct node, n);
	o.uses = ARENA_NEW(a, struct use, n_named);
	o.dismissals = ARENA_NEW(a, struct use, n_named);
	*ret_found = false;
	if (!j.candidates || !j.named || !elder || !o.nodes || !o.uses || !o.dismissals)
		return;
	for (size_t i = 0; i < n; i++)
		j.candidates[i] = (struct candidate){entries[i], NODE_NONE, NODE_NONE, NODE_NONE, NODE_NONE, 0};
	link_candidates(&j, n);
	uint32_t n_keys = number_keys(&j, n, n_named, scratch);
	j.keys = ARENA_NEW(scratch, struct key_state, n_keys);
	if (!j.keys || scratch->error)
		return;
	for (uint32_t i = 0; i < n_keys; i++)
		j.keys[i] = (struct key_state){NODE_NONE, NODE_NONE};
	uint32_t root = candidate_of(&j, n, office);
	if (root != NODE_NONE)
		walk(&j, root);
	if (o.n_nodes == 0)
		return;
	judge_void(&o);
	judge_head(&o, elder);
	make_indexes(&o, a);
	*ret = o;
	*ret_found = true;
}
