/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys bags inside our office are for, which older ones serve as well, and how few bags stay of many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "evidence_cast.h"
#include "office/inside_bags.h"

/* ---- Keys ---- */

/* Officer n's own reading key, from the secret of 32 bytes n. */
static struct age_recipient reading(unsigned n)
{
	uint8_t secret[32];
	struct age_identity id;
	struct age_recipient r;
	memset(secret, (int)n, sizeof secret);
	CAST_MUST(age_identity_x25519(secret, &id, cast_err()));
	memcpy(r.point, id.point, sizeof r.point);
	return r;
}

static struct str reading_text(unsigned n)
{
	static char texts[100][AGE_RECIPIENT_TEXT_BYTES + 1];
	struct buf b = BUF_AT(texts[n]);
	struct age_recipient r = reading(n);
	age_recipient_write(&b, &r);
	assert_false(b.error);
	return str_of(texts[n]);
}

static int point_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct age_recipient));
}

static struct hash id_of(const unsigned *officers)
{
	struct age_recipient keys[100];
	struct hash id;
	size_t n = 0;
	for (; officers[n]; n++)
		keys[n] = reading(officers[n]);
	qsort(keys, n, sizeof *keys, point_order);
	digest_once(keys, n * sizeof *keys, &id);
	return id;
}

#define KEYS(...) id_of((const unsigned[]){__VA_ARGS__, 0})
#define KEEPER 1
#define NEXT 2

/* A register that grows an entry at a time; officers are from 10 on. */
struct story {
	const struct verified_entry *entries[100];
	size_t n;
};

static void append(struct story *s, unsigned appoint, int64_t until_s, unsigned dismiss, unsigned roles)
{
	struct vkey keeper = cast_vkey(KEEPER);
	struct hash next;
	struct appointment a = {.roles = roles, .title = STR("Desk"), .has_until = until_s != 0, .until_s = until_s};
	struct dismissal d = {.reason = STR("left")};
	struct register_entry e = {.is_first = s->n == 0,
				   .time_s = T0 + (int64_t)s->n,
				   .appointments = &a,
				   .n_appointments = appoint != 0,
				   .dismissals = &d,
				   .n_dismissals = dismiss != 0,
				   .by = &keeper,
				   .n_by = 1};
	vkey_commitment(&cast_key(NEXT)->v, &next);
	if (appoint) {
		a.key = cast_vkey(appoint);
		a.recipient =
			roles & (ROLE_CLERK | ROLE_COURIER | ROLE_READER) ? reading_text(appoint) : (struct str){0};
	}
	if (dismiss)
		d.key = cast_vkey(dismiss);
	if (s->n) {
		e.office = *verified_entry_office(s->entries[0]);
		e.seq = s->n;
		e.previous = s->entries[s->n - 1]->note.id;
	} else {
		e.name = STR("Oslo");
		e.has_keepers = true;
		e.keepers_quorum = e.next_quorum = e.n_keepers = e.n_next = 1;
		e.keepers = &keeper;
		e.next = &next;
	}
	s->entries[s->n++] = cast_entry_of(&e, (const unsigned[]){KEEPER}, 1);
}

static struct inside_keys keys_of(const struct story *s, int64_t now_s)
{
	CLEAN_REGISTERS struct registers *r = cast_registers(s->entries, s->n);
	struct inside_keys k = {0};
	CAST_MUST(inside_keys_find(registers_office(r, verified_entry_office(s->entries[0])), now_s, &k, cast_err()));
	return k;
}

static void what_serves(const struct story *s, int64_t now_s, struct hash officers, struct hash ever,
			const struct hash *serving, size_t n)
{
	CLEANUP(inside_keys_release) struct inside_keys k = keys_of(s, now_s);
	assert_true(hash_eq(&k.officers_id, &officers));
	assert_true(hash_eq(&k.serving.at[0], &officers));
	assert_true(hash_eq(&k.ever_id, &ever));
	for (size_t i = 0; i < n; i++)
		assert_true(hashes_have(&k.serving, &serving[i]));
	assert_int_equal(k.serving.n, n);
}

#define SERVE(s, now_s, officers, ever, ...) \
	what_serves(s, now_s, officers, ever, (const struct hash[]){__VA_ARGS__}, \
		    sizeof((const struct hash[]){__VA_ARGS__}) / sizeof(struct hash))

static void older_bags_serve_until_somebody_is_appointed(void **state)
{
	(void)state;
	struct story s = {.n = 0};
	int64_t now = T0 + DAY;
	append(&s, 10, 0, 0, ROLE_CLERK);
	append(&s, 11, 0, 0, ROLE_READER);
	append(&s, 12, 0, 0, ROLE_COURIER);
	struct hash all = KEYS(10, 11, 12);
	SERVE(&s, now, all, all, all);
	append(&s, 0, 0, 12, 0);
	SERVE(&s, now, KEYS(10, 11), all, KEYS(10, 11), all);
	append(&s, 0, 0, 10, 0);
	SERVE(&s, now, KEYS(11), all, KEYS(11), KEYS(10, 11), all);
	/* Who has no key alters nothing. */
	append(&s, 13, 0, 0, ROLE_SPOKESPERSON);
	SERVE(&s, now, KEYS(11), all, KEYS(11), KEYS(10, 11), all);
	/* Of those before it none is for the new one. */
	append(&s, 14, 0, 0, ROLE_CLERK);
	SERVE(&s, now, KEYS(11, 14), KEYS(10, 11, 12, 14), KEYS(11, 14), KEYS(10, 11, 12, 14));
	/* Dismissed and appointed in one entry. */
	append(&s, 15, 0, 14, ROLE_CLERK);
	SERVE(&s, now, KEYS(11, 15), KEYS(10, 11, 12, 14, 15), KEYS(11, 15), KEYS(10, 11, 12, 14, 15));
}

static void who_has_served_his_time_is_as_good_as_dismissed(void **state)
{
	(void)state;
	struct story s = {.n = 0};
	append(&s, 10, 0, 0, ROLE_CLERK);
	append(&s, 11, T0 + 10 * DAY, 0, ROLE_CLERK);
	append(&s, 12, T0 + 20 * DAY, 0, ROLE_CLERK);
	append(&s, 13, T0 + 30 * DAY, 0, ROLE_CLERK);
	struct hash all = KEYS(10, 11, 12, 13);
	SERVE(&s, T0 + DAY, all, all, all);
	SERVE(&s, T0 + 10 * DAY, all, all, all);
	SERVE(&s, T0 + 15 * DAY, KEYS(10, 12, 13), all, KEYS(10, 12, 13), all);
	SERVE(&s, T0 + 25 * DAY, KEYS(10, 13), all, KEYS(10, 13), KEYS(10, 12, 13), all);
	append(&s, 0, 0, 13, 0);
	SERVE(&s, T0 + 25 * DAY, KEYS(10), all, KEYS(10), KEYS(10, 11), KEYS(10, 12), KEYS(10, 11, 12), KEYS(10, 13),
	      KEYS(10, 12, 13), all);
}

static void nobody_to_wrap_for_is_an_error(void **state)
{
	(void)state;
	struct story s = {.n = 0};
	struct inside_keys k = {0};
	append(&s, 10, 0, 0, ROLE_PRINCIPAL);
	CLEAN_REGISTERS struct registers *r = cast_registers(s.entries, s.n);
	assert_int_equal(inside_keys_find(registers_office(r, verified_entry_office(s.entries[0])), T0, &k, cast_err()),
			 VALISE_E_NOT_ALLOWED);
}

/* ---- Bags ---- */

#define BAGS_MAX 10000u
#define DAYS 4000u

static void few_bags_stay_of_many_days(void **state)
{
	(void)state;
	static struct inside_bag bags[BAGS_MAX];
	static size_t chosen[BAGS_MAX];
	size_t n = 0, written = 0, brought = 0, most = 0;
	for (unsigned day = 0; day < DAYS; day++) {
		size_t items = 1 + day % 5;
		bags[n++] =
			(struct inside_bag){.bytes = 1000 * items, .n_items = items, .serves = true, .may_merge = true};
		brought += items;
		for (size_t k; (k = inside_bags_choose(bags, n, chosen)) > 0;) {
			struct inside_bag one = {.serves = true, .may_merge = true};
			assert_true(k >= 8);
			for (size_t i = k; i-- > 0;) {
				assert_true(i + 1 == k || chosen[i] < chosen[i + 1]);
				one.bytes += bags[chosen[i]].bytes;
				one.n_items += bags[chosen[i]].n_items;
				bags[chosen[i]] = bags[--n];
			}
			written += one.n_items;
			bags[n++] = one;
		}
		most = n > most ? n : most;
	}
	/* Fewer than eight for each power of eight up to all of them; and each item written again once for each, at most. */
	assert_in_range(most, 8, 7 * 5);
	assert_in_range(written, brought, 5 * brought);
}

static void what_would_not_fit_into_one_is_left(void **state)
{
	(void)state;
	struct inside_bag bags[20];
	size_t chosen[20];
	for (size_t i = 0; i < 20; i++)
		bags[i] = (struct inside_bag){.bytes = 20u << 20, .n_items = 30, .serves = true, .may_merge = true};
	assert_int_equal(inside_bags_choose(bags, 7, chosen), 0);
	assert_int_equal(inside_bags_choose(bags, 8, chosen), 8);
	assert_int_equal(inside_bags_choose(bags, 20, chosen), 12); /* 240 of 256 MiB */
	for (size_t i = 0; i < 20; i++)
		bags[i].may_merge = i < 7;
	assert_int_equal(inside_bags_choose(bags, 20, chosen), 0);
	for (size_t i = 0; i < 20; i++)
		bags[i] = (struct inside_bag){
			.bytes = 1, .n_items = i < 10 ? 7 : 8, .may_merge = i != 3 && i != 4 && i != 5};
	assert_int_equal(inside_bags_choose(bags, 20, chosen), 10);
	assert_int_equal(chosen[0], 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(older_bags_serve_until_somebody_is_appointed),
		cmocka_unit_test(who_has_served_his_time_is_as_good_as_dismissed),
		cmocka_unit_test(nobody_to_wrap_for_is_an_error),
		cmocka_unit_test(few_bags_stay_of_many_days),
		cmocka_unit_test(what_would_not_fit_into_one_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
