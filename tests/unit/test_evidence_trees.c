/* SPDX-License-Identifier: Apache-2.0 */
/* Random trees of register entries, judged also by the plainest judge that can be written down: both must agree, in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evidence_cast.h"

#define TREE_ENTRIES 24u
#define TREE_KEYS 28u /* 1 to 7 mostly keep, 8 to 14 are mostly in reserve, the others mostly officers */

struct plain {
	const struct verified_entry *e[TREE_ENTRIES];
	size_t n;
	int parent[TREE_ENTRIES]; /* index, -1 */
	bool accepted[TREE_ENTRIES], is_void[TREE_ENTRIES];
};

static bool plain_has(const struct plain *p, const struct verified_entry *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (hash_eq(&p->e[i]->note.id, &e->note.id))
			return true;
	return false;
}

static bool plain_above(const struct plain *p, int a, int b)
{
	while (b != a && b >= 0)
		b = p->parent[b];
	return b >= 0;
}

static int plain_opening(const struct plain *p, int at)
{
	while (!p->e[at]->e.has_keepers)
		at = p->parent[at];
	return at;
}

enum plain_use { PLAIN_NONE, PLAIN_KEEPER, PLAIN_NEXT, PLAIN_OFFICER };

/* How an entry itself uses a key. */
static enum plain_use plain_use_in(const struct verified_entry *v, const struct vkey *k, bool *ret_dismissed)
{
	struct hash commitment;
	vkey_commitment(k, &commitment);
	for (size_t i = 0; i < v->e.n_keepers; i++)
		if (vkey_eq(k, &v->e.keepers[i]))
			return PLAIN_KEEPER;
	for (size_t i = 0; i < v->e.n_next; i++)
		if (hash_eq(&commitment, &v->e.next[i]))
			return PLAIN_NEXT;
	for (size_t i = 0; i < v->e.n_appointments; i++)
		if (vkey_eq(k, &v->e.appointments[i].key))
			return PLAIN_OFFICER;
	for (size_t i = 0; i < v->e.n_dismissals; i++)
		*ret_dismissed = *ret_dismissed || vkey_eq(k, &v->e.dismissals[i].key);
	return PLAIN_NONE;
}

static enum plain_use plain_use_on_way(const struct plain *p, int at, const struct vkey *k, bool *ret_dismissed)
{
	enum plain_use use = PLAIN_NONE;
	*ret_dismissed = false;
	for (; at >= 0; at = p->parent[at]) {
		enum plain_use here = plain_use_in(p->e[at], k, ret_dismissed);
		use = here ? here : use;
	}
	return use;
}

static bool plain_keys_fit(const struct plain *p, int parent, const struct verified_entry *v)
{
	for (unsigned n = 1; n <= TREE_KEYS; n++) {
		const struct vkey *k = &cast_key(n)->v;
		bool dismissed_before, dismisses = false;
		enum plain_use before = plain_use_on_way(p, parent, k, &dismissed_before);
		enum plain_use here = plain_use_in(v, k, &dismisses);
		if (here && before && (here != before || here == PLAIN_OFFICER))
			return false;
		if (dismisses && (before != PLAIN_OFFICER || dismissed_before))
			return false;
	}
	return true;
}

static bool plain_signed(const struct plain *p, int parent, const struct verified_entry *v)
{
	size_t keepers = 0, next = 0;
	const struct verified_entry *opening = parent < 0 ? NULL : p->e[plain_opening(p, parent)];
	for (size_t i = 0; i < v->e.n_by; i++) {
		bool unused = false;
		bool new_keeper = plain_use_in(v, &v->e.by[i], &unused) == PLAIN_KEEPER;
		enum plain_use stands = opening ? plain_use_in(opening, &v->e.by[i], &unused) : PLAIN_NONE;
		if (v->e.has_keepers && new_keeper)
			continue;
		if (v->e.has_keepers && stands == PLAIN_NEXT)
			next++;
		else if (!v->e.has_keepers && stands == PLAIN_KEEPER)
			keepers++;
		else
			return false;
	}
	if (parent < 0)
		return true;
	return v->e.has_keepers ? next >= opening->e.next_quorum : keepers >= opening->e.keepers_quorum;
}

static void plain_judge(struct plain *p)
{
	memset(p->is_void, 0, sizeof p->is_void);
	for (size_t i = 0; i < p->n; i++) {
		p->parent[i] = -1;
		for (size_t k = 0; k < p->n; k++)
			if (!p->e[i]->e.is_first && hash_eq(&p->e[i]->e.previous, &p->e[k]->note.id))
				p->parent[i] = (int)k;
	}
	/* Entries were made parents first. */
	for (size_t i = 0; i < p->n; i++) {
		int parent = p->parent[i];
		p->accepted[i] = (parent < 0 ? p->e[i]->e.is_first : p->accepted[parent]) &&
				 plain_signed(p, parent, p->e[i]) && plain_keys_fit(p, parent, p->e[i]);
	}
	for (int i = 0; i < (int)p->n; i++)
		for (int a = 0; a < (int)p->n; a++)
			if (p->accepted[i] && p->accepted[a] && p->e[a]->e.has_keepers && p->parent[a] >= 0 &&
			    plain_opening(p, p->parent[a]) == plain_opening(p, i) && !plain_above(p, i, a))
				p->is_void[i] = true;
}

static unsigned plain_generation(const struct plain *p, int at)
{
	unsigned n = 0;
	for (; p->parent[at] >= 0; at = p->parent[at])
		n += p->e[at]->e.has_keepers;
	return n;
}

static bool plain_forked(const struct plain *p)
{
	for (int i = 0; i < (int)p->n; i++)
		for (int k = 0; k < i; k++) {
			if (!p->accepted[i] || !p->accepted[k] || p->is_void[i] || p->is_void[k] || p->parent[i] < 0 ||
			    p->parent[k] < 0)
				continue;
			bool both_open = p->e[i]->e.has_keepers && p->e[k]->e.has_keepers &&
					 plain_opening(p, p->parent[i]) == plain_opening(p, p->parent[k]);
			if (p->parent[i] == p->parent[k] || both_open)
				return true;
		}
	return false;
}

static int plain_head(const struct plain *p)
{
	int head = 0;
	for (int i = 1; i < (int)p->n; i++) {
		if (!p->accepted[i] || p->is_void[i])
			continue;
		int64_t newer = (int64_t)plain_generation(p, i) - plain_generation(p, head);
		if (!newer)
			newer = (int64_t)p->e[i]->e.seq - (int64_t)p->e[head]->e.seq;
		if (newer > 0 || (newer == 0 && hash_cmp(&p->e[i]->note.id, &p->e[head]->note.id) < 0))
			head = i;
	}
	return head;
}

static enum valise_standing plain_standing(const struct plain *p, int head, unsigned key, int64_t time_s,
					   const struct hash *note)
{
	const struct vkey *k = &cast_key(key)->v;
	if (!p->accepted[head])
		return VALISE_STANDING_INCOMPLETE;
	while (p->is_void[head])
		head = p->parent[head];
	bool dismissed;
	if (plain_use_on_way(p, head, k, &dismissed) != PLAIN_OFFICER)
		return VALISE_STANDING_NOT_APPOINTED;
	if (dismissed)
		return VALISE_STANDING_DISMISSED;
	int appointed = head;
	bool unused = false;
	while (plain_use_in(p->e[appointed], k, &unused) != PLAIN_OFFICER)
		appointed = p->parent[appointed];
	int first = -1;
	for (int i = 0; i < (int)p->n; i++) {
		bool dismisses = false;
		if (!p->accepted[i] || p->is_void[i] || !plain_above(p, appointed, i))
			continue;
		(void)plain_use_in(p->e[i], k, &dismisses);
		if (dismisses && (first < 0 || p->e[i]->e.time_s < p->e[first]->e.time_s))
			first = i;
	}
	if (first < 0)
		return VALISE_STANDING_GOOD;
	for (int i = first; i >= 0; i = p->parent[i])
		for (size_t s = 0; s < p->e[i]->e.n_seen; s++)
			if (hash_eq(note, &p->e[i]->e.seen[s]))
				return VALISE_STANDING_DISMISSED_SINCE;
	return time_s < p->e[first]->e.time_s ? VALISE_STANDING_DISMISSED_SINCE : VALISE_STANDING_DISMISSED;
}

/* A key that this entry does not name yet: mostly of its kind's n from `first` on, sometimes any. */
static unsigned pick(uint64_t *random, bool *used, unsigned first, unsigned n)
{
	for (;;) {
		bool any = cast_below(random, 10) == 0;
		unsigned k =
			any ? 1 + (unsigned)cast_below(random, TREE_KEYS) : first + (unsigned)cast_below(random, n);
		if (used[k])
			continue;
		used[k] = true;
		return k;
	}
}

static unsigned number_of(const struct vkey *k)
{
	for (unsigned n = 1; n <= TREE_KEYS; n++)
		if (vkey_eq(k, &cast_key(n)->v))
			return n;
	return 0;
}

/* Any entry after any other, mostly one that may follow. */
static const struct verified_entry *random_entry(struct plain *p, uint64_t *random)
{
	bool used[TREE_KEYS + 1] = {0};
	plain_judge(p);
	size_t at = cast_below(random, 2) ? p->n - 1 : cast_below(random, p->n);
	while (!p->accepted[at] && cast_below(random, 8))
		at = cast_below(random, p->n);
	struct cast_entry c = {.previous = p->e[at], .time_s = T0 + (int64_t)(cast_random(random) % (1000 * DAY))};
	const struct verified_entry *opening = c.previous;
	while (!opening->e.has_keepers)
		for (size_t i = 0; i < p->n; i++)
			if (hash_eq(&p->e[i]->note.id, &opening->e.previous)) {
				opening = p->e[i];
				break;
			}
	size_t n_by = 0;
	bool authority = cast_below(random, 5) == 0;
	if (authority) {
		for (unsigned k = 1; k <= TREE_KEYS; k++) {
			bool unused = false;
			if (plain_use_in(opening, &cast_key(k)->v, &unused) == PLAIN_NEXT && cast_below(random, 6)) {
				c.by[n_by++] = k;
				used[k] = cast_below(random, 8);
			}
		}
		c.keepers[0] = pick(random, used, 1, 7);
		c.next[0] = pick(random, used, 8, 7);
		if (cast_below(random, 2))
			c.next[1] = pick(random, used, 8, 7);
		bool twice = false;
		for (size_t i = 0; i < n_by; i++)
			twice = twice || c.by[i] == c.keepers[0];
		if (!twice)
			c.by[n_by++] = c.keepers[0];
	} else {
		for (size_t i = 0; i < opening->e.n_keepers; i++)
			if (n_by < opening->e.keepers_quorum || cast_below(random, 4) == 0)
				c.by[n_by++] = number_of(&opening->e.keepers[i]);
		if (cast_below(random, 12) == 0)
			n_by--;
		if (n_by == 0 || cast_below(random, 12) == 0)
			c.by[n_by++] = TREE_KEYS + 1; /* a stranger */
	}
	c.by[n_by] = 0;
	for (size_t i = 0; i < n_by; i++)
		if (c.by[i] <= TREE_KEYS)
			used[c.by[i]] = true;
	if (cast_below(random, 3) == 0)
		c.appoint[0] = (struct cast_appointment){pick(random, used, 15, 14), ROLE_CLERK, "Clerk", 0};
	if (cast_below(random, 8) == 0)
		c.dismiss[0] = pick(random, used, 15, 6);
	if (cast_below(random, 3) == 0)
		c.seen[c.n_seen++] = (struct hash){{(uint8_t)cast_below(random, 4)}};
	return cast_entry(&c);
}

static void compare(const struct plain *p, const struct registers *r)
{
	const struct office_register *o = registers_office(r, &p->e[0]->note.id);
	size_t n_accepted = 0;
	for (int i = 0; i < (int)p->n; i++) {
		assert_int_equal(office_entry(o, &p->e[i]->note.id) != NULL, p->accepted[i]);
		assert_int_equal(office_entry_is_void(o, &p->e[i]->note.id), p->is_void[i]);
		n_accepted += p->accepted[i];
		for (unsigned k = 1; k <= TREE_KEYS; k++) {
			const struct hash note = {{(uint8_t)(k % 5)}};
			const struct office_ref ref = cast_ref(p->e[i]);
			for (int64_t t = T0; t < T0 + 1000 * DAY; t += 300 * DAY)
				assert_int_equal(standing_judge(r, &ref, &cast_key(k)->v, ROLE_CLERK, t, &note, NULL),
						 plain_standing(p, i, k, t, &note));
		}
	}
	assert_int_equal(office_entries(o), n_accepted);
	assert_true(hash_eq(&office_head(o)->note.id, &p->e[plain_head(p)]->note.id));
	const struct verified_entry *a, *b;
	assert_int_equal(office_fork(o, &a, &b), plain_forked(p));
}

/* What a set of entries comes to, as text. */
static void describe(const struct registers *r, const struct hash *office, struct buf *b)
{
	const struct office_register *o = registers_office(r, office);
	const struct verified_entry *x, *y;
	for (size_t i = 0; i < office_entries(o); i++) {
		const struct verified_entry *e = office_entry_at(o, i);
		buf_addf(b, "%s %d\n", hash_hex(&e->note.id).text, office_entry_is_void(o, &e->note.id));
	}
	buf_addf(b, "head %s\n", hash_hex(&office_head(o)->note.id).text);
	if (office_fork(o, &x, &y))
		buf_addf(b, "fork %s %s\n", hash_hex(&x->note.id).text, hash_hex(&y->note.id).text);
}

static void test_random_trees(void **state)
{
	(void)state;
	uint64_t random = 1;
	size_t n_forked = 0, n_void = 0, n_refused = 0;
	for (unsigned round = 0; round < 150; round++) {
		struct plain p = {.n = 1};
		p.e[0] = cast_entry(
			&(struct cast_entry){.time_s = T0,
					     .name = "Random",
					     .keepers = {1, 2, 3},
					     .quorum = 2,
					     .next = {8, 9},
					     .appoint = {{15, ROLE_CLERK, "Clerk", 0}, {16, ROLE_CLERK, "Clerk", 0}},
					     .by = {1, 2, 3}});
		while (p.n < TREE_ENTRIES) {
			const struct verified_entry *e = random_entry(&p, &random);
			if (!plain_has(&p, e))
				p.e[p.n++] = e;
		}
		plain_judge(&p);
		n_forked += plain_forked(&p);
		for (size_t i = 0; i < p.n; i++) {
			n_void += p.is_void[i];
			n_refused += !p.accepted[i];
		}
		CLEAN_BUF struct buf first = BUF_INIT(100000);
		for (unsigned turn = 0; turn < 6; turn++) {
			const struct verified_entry *order[2 * TREE_ENTRIES];
			size_t n = TREE_ENTRIES + turn; /* some twice */
			for (size_t i = 0; i < n; i++)
				order[i] = p.e[i % TREE_ENTRIES];
			CAST_SHUFFLE(&random, order, n);
			CLEAN_REGISTERS struct registers *r = cast_registers(order, n);
			CLEAN_BUF struct buf b = BUF_INIT(100000);
			describe(r, &p.e[0]->note.id, turn ? &b : &first);
			if (turn)
				assert_string_equal(b.data, first.data);
			else
				compare(&p, r);
		}
	}
	/* The generator makes what it is for. */
	print_message("forked %zu, void %zu, refused %zu\n", n_forked, n_void, n_refused);
	assert_true(n_forked > 30 && n_forked < 140 && n_void > 300 && n_refused > 300 && n_refused < 2000);
}

/* A set without any one of its entries is judged like the set that never had it. */
static void test_questions_match_sets(void **state)
{
	(void)state;
	uint64_t random = 77;
	for (unsigned round = 0; round < 40; round++) {
		struct plain p = {.n = 1};
		p.e[0] = cast_entry(&(struct cast_entry){.time_s = T0,
							 .name = "R",
							 .keepers = {1, 2},
							 .next = {8},
							 .appoint = {{15, ROLE_CLERK, "C", 0}},
							 .by = {1, 2}});
		while (p.n < 12) {
			const struct verified_entry *e = random_entry(&p, &random);
			if (!plain_has(&p, e))
				p.e[p.n++] = e;
		}
		plain_judge(&p);
		CLEAN_REGISTERS struct registers *r = cast_registers(p.e, p.n - 1);
		int code = office_may_follow(registers_office(r, &p.e[0]->note.id), p.e[p.n - 1], NULL);
		int parent = p.parent[p.n - 1];
		bool parent_here = parent >= 0 && p.accepted[parent];
		assert_int_equal(code, !parent_here ? VALISE_E_NOT_FOUND : p.accepted[p.n - 1] ? 0 : VALISE_E_BAD);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_random_trees),
	cmocka_unit_test(test_questions_match_sets),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
