/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of registers, and who stood where at which head (spec/accounts.md, "Standing"). */
#include "evidence/standing.h"

#include <stdlib.h>

#include "evidence/chain.h"

/* What judging a set of entries may take: several times the entries themselves, which the caller holds already. */
#define REGISTERS_BYTES (SIZE_MAX / 2)

struct registers {
	const struct verified_entry **entries; /* in the order of their adding */
	size_t n_entries, room;
	struct arena arena;              /* of the offices below */
	struct office_register *offices; /* sorted by id */
	size_t n_offices;
};

int registers_new(struct registers **ret, struct valise_err *err)
{
	struct registers *r = calloc(1, sizeof *r);
	if (!r)
		return err_nomem(err);
	r->arena = (struct arena)ARENA_INIT(REGISTERS_BYTES);
	*ret = r;
	return 0;
}

void registers_free(struct registers *r)
{
	if (!r)
		return;
	arena_release(&r->arena);
	free(r->entries);
	free(r);
}

void registers_freep(struct registers **r)
{
	registers_free(*r);
}

int registers_add(struct registers *r, const struct verified_entry *e, struct valise_err *err)
{
	if (r->n_entries == r->room) {
		size_t room = r->room ? 2 * r->room : 64;
		if (room > UINT32_MAX)
			return err_set(err, VALISE_E_LIMIT,
				       "there are more register entries than can be judged at once");
		const struct verified_entry **entries = reallocarray(r->entries, room, sizeof *entries);
		if (!entries)
			return err_nomem(err);
		r->entries = entries;
		r->room = room;
	}
	r->entries[r->n_entries++] = e;
	return 0;
}

static int entry_cmp(const void *a, const void *b)
{
	const struct verified_entry *const *x = a, *const *y = b;
	int c = hash_cmp(verified_entry_office(*x), verified_entry_office(*y));
	return c ? c : hash_cmp(&(*x)->note.id, &(*y)->note.id);
}

/* Sorts, and drops what was added twice. */
static void sort_entries(struct registers *r)
{
	size_t n = 0;
	if (r->n_entries)
		qsort(r->entries, r->n_entries, sizeof *r->entries, entry_cmp);
	for (size_t i = 0; i < r->n_entries; i++) {
		if (n == 0 || entry_cmp(&r->entries[n - 1], &r->entries[i]) != 0)
			r->entries[n++] = r->entries[i];
	}
	r->n_entries = n;
}

int registers_judge(struct registers *r, struct valise_err *err)
{
	CLEAN_ARENA struct arena arena = ARENA_INIT(REGISTERS_BYTES);
	sort_entries(r);
	size_t n_first = 0, n_offices = 0;
	for (size_t i = 0; i < r->n_entries; i++)
		n_first += r->entries[i]->e.is_first;
	struct office_register *offices = ARENA_NEW(&arena, struct office_register, n_first);
	for (size_t i = 0, end; offices && i < r->n_entries; i = end) {
		const struct hash *office = verified_entry_office(r->entries[i]);
		for (end = i + 1; end < r->n_entries && hash_eq(office, verified_entry_office(r->entries[end]));)
			end++;
		CLEAN_ARENA struct arena scratch = ARENA_INIT(REGISTERS_BYTES);
		struct office_register judged;
		bool found;
		chain_judge(office, r->entries + i, end - i, &arena, &judged, &found, &scratch);
		if (scratch.error)
			return arena_check(&scratch, err);
		if (found)
			offices[n_offices++] = judged;
	}
	int code = arena_check(&arena, err);
	if (code)
		return code;
	arena_release(&r->arena);
	r->arena = arena;
	arena = (struct arena)ARENA_INIT(0);
	r->offices = offices;
	r->n_offices = n_offices;
	return 0;
}

const struct office_register *registers_office(const struct registers *r, const struct hash *office)
{
	size_t low = 0, high = r->n_offices;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = hash_cmp(&r->offices[middle].id, office);
		if (c == 0)
			return &r->offices[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct verified_entry *office_head(const struct office_register *o)
{
	return o->nodes[o->head].entry;
}

const struct verified_entry *office_first(const struct office_register *o)
{
	return o->nodes[0].entry;
}

struct str office_name(const struct office_register *o)
{
	return o->name;
}

const struct verified_entry *office_entry(const struct office_register *o, const struct hash *id)
{
	uint32_t node = chain_node(o, id);
	return node == NODE_NONE ? NULL : o->nodes[node].entry;
}

bool office_entry_is_void(const struct office_register *o, const struct hash *id)
{
	uint32_t node = chain_node(o, id);
	return node != NODE_NONE && o->nodes[node].alive != node;
}

size_t office_entries(const struct office_register *o)
{
	return o->n_nodes;
}

const struct verified_entry *office_entry_at(const struct office_register *o, size_t i)
{
	return o->nodes[i].entry;
}

bool office_fork(const struct office_register *o, const struct verified_entry **ret_a,
		 const struct verified_entry **ret_b)
{
	if (o->fork_b == NODE_NONE)
		return false;
	*ret_a = o->nodes[o->fork_a].entry;
	*ret_b = o->nodes[o->fork_b].entry;
	return true;
}

/* Where a question about `head` is answered: at its last ancestor that is not void. NODE_NONE when it is not here. */
static uint32_t standing_node(const struct office_register *o, const struct hash *head)
{
	uint32_t node = head ? chain_node(o, head) : o->head;
	return node == NODE_NONE ? NODE_NONE : o->nodes[node].alive;
}

static int keys_may_follow(const struct office_register *o, uint32_t parent, const struct register_entry *e,
			   struct valise_err *err)
{
	size_t n = entry_mentions(e);
	CLEAN_FREE struct hash *commitments = calloc(n ? n : 1, sizeof *commitments);
	if (!commitments)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		struct mention m = entry_mention(e, i);
		mention_commitment(e, m, &commitments[i]);
		const struct use *prior = NULL, *dismissal = NULL;
		if (parent != NODE_NONE) {
			prior = chain_use(o, o->uses, o->n_uses, &commitments[i], parent);
			dismissal = chain_use(o, o->dismissals, o->n_dismissals, &commitments[i], parent);
		}
		const char *why = chain_key_refused(m.use, prior, dismissal);
		if (why)
			return err_set(err, VALISE_E_BAD, "this register entry cannot follow: %s", why);
	}
	qsort(commitments, n, sizeof *commitments, hash_order);
	for (size_t i = 1; i < n; i++) {
		if (hash_eq(&commitments[i - 1], &commitments[i]))
			return err_set(err, VALISE_E_BAD,
				       "this register entry cannot stand: it names a key in two places");
	}
	return 0;
}

int office_may_follow(const struct office_register *o, const struct verified_entry *e, struct valise_err *err)
{
	uint32_t parent = NODE_NONE;
	if (!e->e.is_first) {
		if (o && !hash_eq(&o->id, &e->e.office))
			return err_set(err, VALISE_E_BAD, "this register entry is another office's");
		parent = o ? chain_node(o, &e->e.previous) : NODE_NONE;
		if (parent == NODE_NONE)
			return err_set(
				err, VALISE_E_NOT_FOUND,
				"the register here does not have the entry %s, which this one follows: get the whole card",
				hash_hex(&e->e.previous).text);
	} else if (o && !hash_eq(&o->id, &e->note.id)) {
		return err_set(err, VALISE_E_BAD, "this register entry is another office's");
	}
	const char *why = chain_place_refused(o, parent, e);
	if (!why)
		why = chain_signers_refused(o, parent, e);
	if (why)
		return err_set(err, VALISE_E_BAD, "this register entry cannot follow: %s", why);
	return keys_may_follow(o, parent, &e->e, err);
}

/* The officer that `use` appointed, as things stand at `node`. */
static struct officer officer_at(const struct office_register *o, const struct use *use, uint32_t node)
{
	const struct appointment *a = &o->nodes[use->node].entry->e.appointments[use->index];
	struct officer officer = {
		.key = a->key,
		.roles = a->roles,
		.recipient = a->recipient,
		.title = a->title,
		.has_until = a->has_until,
		.until_s = a->until_s,
	};
	const struct use *d = chain_use(o, o->dismissals, o->n_dismissals, &use->commitment, node);
	if (d) {
		const struct register_entry *e = &o->nodes[d->node].entry->e;
		officer.dismissed = true;
		officer.dismissed_s = e->time_s;
		officer.reason = e->dismissals[d->index].reason;
	}
	return officer;
}

/* How that key was appointed on the way to `node`, or NULL. */
static const struct use *appointed_at(const struct office_register *o, const struct vkey *key, uint32_t node)
{
	struct hash commitment;
	vkey_commitment(key, &commitment);
	const struct use *use = chain_use(o, o->uses, o->n_uses, &commitment, node);
	return use && use->use == KEY_OFFICER ? use : NULL;
}

bool officer_in_standing(const struct officer *o, int64_t now_s)
{
	return !o->dismissed && !(o->has_until && o->until_s < now_s);
}

int office_each_officer(const struct office_register *o, const struct hash *head,
			int (*each)(void *context, const struct officer *officer), void *context)
{
	uint32_t at = standing_node(o, head);
	if (at == NODE_NONE)
		return 0;
	for (uint32_t i = 0; i <= at; i++) {
		if (!chain_is_ancestor(o, i, at))
			continue;
		const struct register_entry *e = &o->nodes[i].entry->e;
		for (size_t k = 0; k < e->n_appointments; k++) {
			const struct use *use = appointed_at(o, &e->appointments[k].key, at);
			if (!use)
				continue;
			struct officer officer = officer_at(o, use, at);
			int r = each(context, &officer);
			if (r)
				return r;
		}
	}
	return 0;
}

bool office_officer(const struct office_register *o, const struct hash *head, const struct vkey *key,
		    struct officer *ret)
{
	uint32_t at = standing_node(o, head);
	const struct use *use = at == NODE_NONE ? NULL : appointed_at(o, key, at);
	if (!use)
		return false;
	*ret = officer_at(o, use, at);
	return true;
}

void office_keepers(const struct office_register *o, const struct hash *head, const struct vkey **ret, size_t *ret_n,
		    uint64_t *ret_quorum)
{
	uint32_t at = standing_node(o, head);
	const struct register_entry *e = at == NODE_NONE ? NULL : &o->nodes[o->nodes[at].opening].entry->e;
	*ret = e ? e->keepers : NULL;
	*ret_n = e ? e->n_keepers : 0;
	*ret_quorum = e ? e->keepers_quorum : 0;
}

/* Whether a `seen` line on the way to `node`, itself included, names the note. */
static bool was_seen_by(const struct office_register *o, const struct hash *note, uint32_t node)
{
	size_t low = 0, high = o->n_sightings;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (hash_cmp(o->sightings[middle].note, note) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < o->n_sightings && hash_eq(o->sightings[low].note, note); low++) {
		if (chain_is_ancestor(o, o->sightings[low].node, node))
			return true;
	}
	return false;
}

/* Whether the key was dismissed before the note was made, since then, or not at all. */
static enum valise_standing judge_dismissal(const struct office_register *o, const struct use *use,
					    const struct hash *note, int64_t time_s, struct officer *officer)
{
	/* A note that cites the dismissal, or an entry after it, is younger than it, whatever time it states. */
	if (officer->dismissed)
		return VALISE_STANDING_DISMISSED;
	if (use->dismissal == NODE_NONE)
		return VALISE_STANDING_GOOD;
	uint32_t where = o->dismissals[use->dismissal].node;
	*officer = officer_at(o, use, where);
	officer->seen_before = was_seen_by(o, note, where);
	return officer->seen_before || time_s < officer->dismissed_s ? VALISE_STANDING_DISMISSED_SINCE
								     : VALISE_STANDING_DISMISSED;
}

enum valise_standing standing_judge(const struct registers *r, const struct office_ref *ref, const struct vkey *key,
				    unsigned role, int64_t time_s, const struct hash *note, struct officer *ret_officer)
{
	const struct office_register *o = registers_office(r, &ref->office);
	if (!o)
		return VALISE_STANDING_NO_REGISTER;
	uint32_t at = standing_node(o, &ref->head);
	const struct use *use = at == NODE_NONE ? NULL : appointed_at(o, key, at);
	if (!use) {
		/* Its title helps whoever looks for the cause, also where it was not appointed at that head. */
		const struct use *otherwise = appointed_at(o, key, o->head);
		if (otherwise && ret_officer)
			*ret_officer = officer_at(o, otherwise, o->head);
		return at == NODE_NONE ? VALISE_STANDING_INCOMPLETE : VALISE_STANDING_NOT_APPOINTED;
	}
	struct officer officer = officer_at(o, use, at);
	enum valise_standing standing = judge_dismissal(o, use, note, time_s, &officer);
	if (standing != VALISE_STANDING_DISMISSED) {
		if (officer.has_until && time_s > officer.until_s)
			standing = VALISE_STANDING_EXPIRED;
		else if (!(officer.roles & role))
			standing = VALISE_STANDING_WRONG_ROLE;
	}
	if (ret_officer)
		*ret_officer = officer;
	return standing;
}
