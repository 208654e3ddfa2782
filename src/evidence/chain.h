/* SPDX-License-Identifier: Apache-2.0 */
/* One office's entries, judged: the tree of those that are accepted, and what can be asked of it quickly. Inside this room only. */
#ifndef EVIDENCE_CHAIN_H
#define EVIDENCE_CHAIN_H

#include "evidence/arena.h"
#include "format/register.h"

#define NODE_NONE UINT32_MAX

/* An accepted entry. Nodes are numbered parents first, and a node's descendants follow it without a gap: so a is an ancestor of b,
 * or b itself, exactly when a <= b < nodes[a].end. */
struct node {
	const struct verified_entry *entry;
	uint32_t parent;        /* NODE_NONE for entry 0 */
	uint32_t end;           /* one past the last descendant */
	uint32_t opening;       /* the node that opened its generation */
	uint32_t generation;    /* 0, 1, ... */
	uint32_t alive;         /* itself when it is not void, otherwise its last ancestor that is not */
	uint64_t chain_bytes;   /* of all entries from entry 0 to this one */
	uint32_t first_closing; /* of an opening node: the first and the last authority entry out of its generation */
	uint32_t last_closing;
};

enum key_use { KEY_KEEPER, KEY_NEXT, KEY_OFFICER, KEY_DISMISSED };

/* Where a key is first named on a chain, or dismissed. Sorted by commitment, then node. Of one key no use of the same array is an
 * ancestor of another: so at most one is on the way to any node, and a binary search finds it. */
struct use {
	struct hash commitment; /* to the key: how `next` names it, and therefore everything here */
	uint32_t node;
	uint32_t index; /* in the entry's appointments or dismissals */
	uint32_t
		dismissal; /* of an officer: the earliest of its dismissals that are not void, NODE_NONE when there is none */
	enum key_use use;
};

/* A `seen` line. Sorted by note, then node. */
struct sighting {
	const struct hash *note;
	uint32_t node;
};

struct office_register {
	struct hash id;
	struct node *nodes;
	uint32_t n_nodes;
	uint32_t *by_id; /* node numbers in the order of their entries' ids */
	struct use *uses;
	size_t n_uses;
	struct use *dismissals;
	size_t n_dismissals;
	struct sighting *sightings;
	size_t n_sightings;
	uint32_t head;
	uint32_t fork_a, fork_b; /* NODE_NONE: not forked */
	struct str name;         /* NULL only while there is no name up to the head: never, as entry 0 has one */
};

/* Judges the entries of one office, sorted by id and distinct. Everything comes out of `a`, and borrows the entries. *ret_found is
 * false when entry 0 is not among them or is not signed as it must be. The caller checks `a` afterwards. */
void chain_judge(const struct hash *office, const struct verified_entry *const *entries, size_t n, struct arena *a,
		 struct office_register *ret, bool *ret_found, struct arena *scratch);

/* Why an entry may not follow, or NULL. `parent` is NODE_NONE for entry 0; o may then be NULL. */
const char *chain_place_refused(const struct office_register *o, uint32_t parent, const struct verified_entry *v);
const char *chain_signers_refused(const struct office_register *o, uint32_t parent, const struct verified_entry *v);
/* `prior` is how the key was first used on the way to the entry (NULL: never), is_dismissed whether it was dismissed on that way. */
const char *chain_key_refused(enum key_use use, const struct use *prior, bool is_dismissed);

/* How many keys an entry names beside its signers, and the i-th of them. */
struct mention {
	enum key_use use;
	uint32_t index;
};
size_t entry_mentions(const struct register_entry *e);
struct mention entry_mention(const struct register_entry *e, size_t i);
void mention_commitment(const struct register_entry *e, struct mention m, struct hash *ret);

static inline bool chain_is_ancestor(const struct office_register *o, uint32_t a, uint32_t b)
{
	return a <= b && b < o->nodes[a].end;
}

/* The use of that key on the way to `node`, or NULL. */
const struct use *chain_use(const struct office_register *o, const struct use *uses, size_t n,
			    const struct hash *commitment, uint32_t node);
/* NODE_NONE when it is not accepted here. */
uint32_t chain_node(const struct office_register *o, const struct hash *id);

#endif
