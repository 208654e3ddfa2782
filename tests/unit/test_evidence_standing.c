/* SPDX-License-Identifier: Apache-2.0 */
/* Registers as trees: who stands where, whatever the order in which entries come, and whatever a thief signs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evidence_cast.h"

/* Keys: 1 to 9 keep, 11 to 19 are in reserve, 21 and on are officers, 91 and on a thief's. */
enum { KEEPER = 1, NEXT = 11, CLERK = 21, READER = 22, NEW_CLERK = 23, THIEF = 91 };

static enum valise_standing judge(const struct registers *r, const struct verified_entry *head, unsigned key,
				  unsigned role, int64_t time_s)
{
	const struct office_ref ref = cast_ref(head);
	return standing_judge(r, &ref, &cast_key(key)->v, role, time_s, &(const struct hash){{0x55}}, NULL);
}

/* The founding entry of most tests: one keeper, one in reserve, a clerk and a reader. */
static const struct verified_entry *found(void)
{
	return cast_entry(&(struct cast_entry){
		.time_s = T0,
		.name = "Mission Oslo",
		.keepers = {KEEPER},
		.next = {NEXT},
		.appoint = {{CLERK, ROLE_CLERK, "Front desk", 0},
			    {READER, ROLE_READER | ROLE_PRINCIPAL, "Envoy", T0 + 10 * DAY}},
		.by = {KEEPER},
	});
}

static struct cast_entry routine(const struct verified_entry *previous, int64_t time_s)
{
	return (struct cast_entry){.previous = previous, .time_s = time_s, .by = {KEEPER}};
}

static void test_chain(void **state)
{
	(void)state;
	const struct verified_entry *e0 = found();
	struct cast_entry c = routine(e0, T0 + DAY);
	c.name = "Oslo";
	c.dismiss[0] = CLERK;
	c.appoint[0] = (struct cast_appointment){NEW_CLERK, ROLE_CLERK | ROLE_MACHINE, "Intake", 0};
	const struct verified_entry *e1 = cast_entry(&c);
	c = routine(e1, T0 + 2 * DAY);
	const struct verified_entry *e2 = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e2, e0, e1}, 3);
	const struct office_register *o = registers_office(r, &e0->note.id);
	assert_non_null(o);
	assert_null(registers_office(r, &e1->note.id));
	assert_ptr_equal(office_head(o), e2);
	assert_ptr_equal(office_first(o), e0);
	assert_true(str_eq(office_name(o), STR("Oslo")));
	assert_int_equal(office_entries(o), 3);
	assert_ptr_equal(office_entry_at(o, 0), e0);
	assert_ptr_equal(office_entry_at(o, 2), e2);
	const struct verified_entry *a, *b;
	assert_false(office_fork(o, &a, &b));
	const struct vkey *keepers;
	size_t n;
	uint64_t quorum;
	office_keepers(o, NULL, &keepers, &n, &quorum);
	assert_true(n == 1 && quorum == 1 && vkey_eq(keepers, &cast_key(KEEPER)->v));

	struct officer officer;
	assert_true(office_officer(o, &e0->note.id, &cast_key(CLERK)->v, &officer));
	assert_false(officer.dismissed);
	assert_true(office_officer(o, NULL, &cast_key(CLERK)->v, &officer));
	assert_true(officer.dismissed && officer.dismissed_s == T0 + DAY && str_eq(officer.reason, STR("left")));
	assert_true(office_officer(o, NULL, &cast_key(NEW_CLERK)->v, &officer));
	assert_true(officer.roles == (ROLE_CLERK | ROLE_MACHINE) && str_eq(officer.title, STR("Intake")));
	assert_false(office_officer(o, &e0->note.id, &cast_key(NEW_CLERK)->v, &officer));
	assert_false(office_officer(o, NULL, &cast_key(KEEPER)->v, &officer));
	assert_false(office_officer(o, NULL, &cast_key(99)->v, &officer));
	assert_false(office_officer(o, &(struct hash){{1}}, &cast_key(CLERK)->v, &officer));
}

static int collect(void *context, const struct officer *officer)
{
	struct buf *b = context;
	buf_addf(b, "%.*s%s;", STR_ARG(officer->title), officer->dismissed ? "-" : "");
	return b->len > 1000;
}

static void test_each_officer(void **state)
{
	(void)state;
	const struct verified_entry *e0 = found();
	struct cast_entry c = routine(e0, T0 + DAY);
	c.dismiss[0] = CLERK;
	c.appoint[0] = (struct cast_appointment){NEW_CLERK, ROLE_CLERK, "Intake", 0};
	const struct verified_entry *e1 = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e1, e0}, 2);
	const struct office_register *o = registers_office(r, &e0->note.id);
	bool clerk_first = vkey_cmp(&cast_key(CLERK)->v, &cast_key(READER)->v) < 0;
	CLEAN_BUF struct buf b = BUF_INIT(2000);
	assert_int_equal(office_each_officer(o, NULL, collect, &b), 0);
	assert_string_equal(b.data, clerk_first ? "Front desk-;Envoy;Intake;" : "Envoy;Front desk-;Intake;");
	buf_clear(&b);
	assert_int_equal(office_each_officer(o, &e0->note.id, collect, &b), 0);
	assert_string_equal(b.data, clerk_first ? "Front desk;Envoy;" : "Envoy;Front desk;");
	buf_clear(&b);
	assert_int_equal(office_each_officer(o, &(struct hash){{1}}, collect, &b), 0);
	assert_int_equal(b.len, 0);
}

static void test_standings(void **state)
{
	(void)state;
	const struct verified_entry *e0 = found();
	struct cast_entry c = routine(e0, T0 + DAY);
	c.dismiss[0] = CLERK;
	const struct verified_entry *e1 = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e0, e1}, 2);
	CLEAN_REGISTERS struct registers *early = cast_registers((const struct verified_entry *[]){e0}, 1);
	CLEAN_REGISTERS struct registers *late = cast_registers((const struct verified_entry *[]){e1}, 1);
	const int64_t before = T0 + HOUR, after = T0 + 2 * DAY;

	assert_int_equal(judge(early, e0, CLERK, ROLE_CLERK, before), VALISE_STANDING_GOOD);
	assert_int_equal(judge(early, e0, CLERK, ROLE_CLERK, after), VALISE_STANDING_GOOD);
	assert_int_equal(judge(r, e0, CLERK, ROLE_CLERK, before), VALISE_STANDING_DISMISSED_SINCE);
	assert_int_equal(judge(r, e0, CLERK, ROLE_CLERK, T0 + DAY), VALISE_STANDING_DISMISSED);
	assert_int_equal(judge(r, e0, CLERK, ROLE_CLERK, after), VALISE_STANDING_DISMISSED);
	/* Who cites its own dismissal signs after it, whatever time it states. */
	assert_int_equal(judge(r, e1, CLERK, ROLE_CLERK, before), VALISE_STANDING_DISMISSED);
	assert_int_equal(judge(r, e0, CLERK, ROLE_READER, before), VALISE_STANDING_WRONG_ROLE);
	assert_int_equal(judge(r, e0, READER, ROLE_READER, before), VALISE_STANDING_GOOD);
	assert_int_equal(judge(r, e0, READER, ROLE_PRINCIPAL, T0 + 10 * DAY), VALISE_STANDING_GOOD);
	assert_int_equal(judge(r, e0, READER, ROLE_READER, T0 + 10 * DAY + 1), VALISE_STANDING_EXPIRED);
	assert_int_equal(judge(r, e0, THIEF, ROLE_CLERK, before), VALISE_STANDING_NOT_APPOINTED);
	assert_int_equal(judge(r, e0, KEEPER, ROLE_CLERK, before), VALISE_STANDING_NOT_APPOINTED);
	assert_int_equal(judge(early, e1, CLERK, ROLE_CLERK, before), VALISE_STANDING_INCOMPLETE);
	assert_int_equal(judge(late, e1, CLERK, ROLE_CLERK, before), VALISE_STANDING_NO_REGISTER);

	const struct office_ref ref = cast_ref(e1);
	struct officer officer = {.title = {0}};
	(void)standing_judge(early, &ref, &cast_key(CLERK)->v, ROLE_CLERK, before, &e0->note.id, &officer);
	assert_true(str_eq(officer.title, STR("Front desk")));
}

static void test_seen_lines(void **state)
{
	(void)state;
	const struct hash seen = {{0x77}}, late = {{0x78}}, unseen = {{0x79}};
	const struct verified_entry *e0 = found();
	struct cast_entry c = routine(e0, T0 + HOUR);
	c.seen[c.n_seen++] = seen;
	const struct verified_entry *e1 = cast_entry(&c);
	c = routine(e1, T0 + DAY);
	c.dismiss[0] = CLERK;
	const struct verified_entry *e2 = cast_entry(&c);
	c = routine(e2, T0 + 2 * DAY);
	c.seen[c.n_seen++] = late;
	const struct verified_entry *e3 = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e0, e1, e2, e3}, 4);
	const struct office_ref ref = cast_ref(e0);
	const struct vkey *clerk = &cast_key(CLERK)->v;
	struct officer officer;
	/* The register saw the note before it dismissed: that weighs more than the signer's own clock, which runs ahead. */
	assert_int_equal(standing_judge(r, &ref, clerk, ROLE_CLERK, T0 + 3 * DAY, &seen, &officer),
			 VALISE_STANDING_DISMISSED_SINCE);
	assert_true(officer.seen_before && officer.dismissed_s == T0 + DAY);
	assert_int_equal(standing_judge(r, &ref, clerk, ROLE_CLERK, T0 + 3 * DAY, &late, &officer),
			 VALISE_STANDING_DISMISSED);
	assert_int_equal(standing_judge(r, &ref, clerk, ROLE_CLERK, T0 + 3 * DAY, &unseen, &officer),
			 VALISE_STANDING_DISMISSED);
	assert_int_equal(standing_judge(r, &ref, clerk, ROLE_CLERK, T0 + 2, &unseen, &officer),
			 VALISE_STANDING_DISMISSED_SINCE);
	assert_false(officer.seen_before);
	/* Seen in the very entry that dismisses is older than it. */
	c = routine(e1, T0 + DAY);
	c.dismiss[0] = CLERK;
	c.seen[c.n_seen++] = unseen;
	const struct verified_entry *at_once = cast_entry(&c);
	CLEAN_REGISTERS struct registers *s = cast_registers((const struct verified_entry *[]){e0, e1, at_once}, 3);
	assert_int_equal(standing_judge(s, &ref, clerk, ROLE_CLERK, T0 + 3 * DAY, &unseen, &officer),
			 VALISE_STANDING_DISMISSED_SINCE);
}

/* An honest chain, a thief of the keeper's key who dismisses everybody, and the office that comes back from before the theft. */
struct theft {
	const struct verified_entry *e0, *e1, *stolen1, *stolen2, *authority, *after;
};

static struct theft make_theft(void)
{
	struct theft t = {.e0 = found()};
	struct cast_entry c = routine(t.e0, T0 + DAY);
	c.appoint[0] = (struct cast_appointment){NEW_CLERK, ROLE_CLERK, "Intake", 0};
	t.e1 = cast_entry(&c);
	c = routine(t.e1, T0 + 2 * DAY);
	c.dismiss[0] = CLERK;
	c.appoint[0] = (struct cast_appointment){THIEF, ROLE_CLERK, "Front desk", 0};
	t.stolen1 = cast_entry(&c);
	c = routine(t.stolen1, T0 + 3 * DAY);
	c.name = "Thieves' den";
	t.stolen2 = cast_entry(&c);
	t.authority = cast_entry(&(struct cast_entry){.previous = t.e0,
						      .time_s = T0 + 4 * DAY,
						      .keepers = {KEEPER + 1},
						      .next = {NEXT + 1},
						      .by = {NEXT, KEEPER + 1}});
	t.after = cast_entry(&(struct cast_entry){.previous = t.authority,
						  .time_s = T0 + 5 * DAY,
						  .appoint = {{NEW_CLERK + 10, ROLE_CLERK, "Desk", 0}},
						  .by = {KEEPER + 1}});
	return t;
}

static void test_theft(void **state)
{
	(void)state;
	struct theft t = make_theft();
	const struct verified_entry *all[] = {t.e0, t.e1, t.stolen1, t.stolen2, t.authority, t.after};
	/* What a spool had pinned before the office came back. */
	CLEAN_REGISTERS struct registers *pinned = cast_registers(all, 4);
	assert_ptr_equal(office_head(registers_office(pinned, &t.e0->note.id)), t.stolen2);
	assert_int_equal(judge(pinned, t.stolen2, THIEF, ROLE_CLERK, T0 + 4 * DAY), VALISE_STANDING_GOOD);
	assert_int_equal(office_may_follow(registers_office(pinned, &t.e0->note.id), t.authority, NULL), 0);

	CLEAN_REGISTERS struct registers *r = cast_registers(all, 6);
	const struct office_register *o = registers_office(r, &t.e0->note.id);
	assert_ptr_equal(office_head(o), t.after);
	assert_true(str_eq(office_name(o), STR("Mission Oslo")));
	assert_int_equal(office_entries(o), 6);
	assert_true(office_entry_is_void(o, &t.e1->note.id));
	assert_true(office_entry_is_void(o, &t.stolen1->note.id) && office_entry_is_void(o, &t.stolen2->note.id));
	assert_false(office_entry_is_void(o, &t.e0->note.id) || office_entry_is_void(o, &t.authority->note.id));
	const struct verified_entry *a, *b;
	assert_false(office_fork(o, &a, &b));
	assert_int_equal(judge(r, t.stolen2, THIEF, ROLE_CLERK, T0 + 4 * DAY), VALISE_STANDING_NOT_APPOINTED);
	/* An honest clerk who had pinned the thief's entries, and cites them, stands as before. */
	assert_int_equal(judge(r, t.stolen2, CLERK, ROLE_CLERK, T0 + 4 * DAY), VALISE_STANDING_GOOD);
	assert_int_equal(judge(r, t.authority, CLERK, ROLE_CLERK, T0 + 4 * DAY), VALISE_STANDING_GOOD);
	/* What was behind the point of return is void, too: appointed there is not appointed. */
	assert_int_equal(judge(r, t.e1, NEW_CLERK, ROLE_CLERK, T0 + DAY), VALISE_STANDING_NOT_APPOINTED);
	assert_int_equal(judge(r, t.after, NEW_CLERK + 10, ROLE_CLERK, T0 + 6 * DAY), VALISE_STANDING_GOOD);
	const struct vkey *keepers;
	size_t n;
	uint64_t quorum;
	office_keepers(o, NULL, &keepers, &n, &quorum);
	assert_true(n == 1 && vkey_eq(keepers, &cast_key(KEEPER + 1)->v));
	office_keepers(o, &t.stolen2->note.id, &keepers, &n, &quorum);
	assert_true(n == 1 && vkey_eq(keepers, &cast_key(KEEPER)->v));

	/* The old keeper can no longer follow, except with what is void from the start. */
	struct cast_entry c = routine(t.after, T0 + 6 * DAY);
	struct valise_err err = {0};
	assert_int_equal(office_may_follow(o, cast_entry(&c), &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "somebody signed it who has no part in it"));
	c = routine(t.e0, T0 + 6 * DAY);
	const struct verified_entry *unseen = cast_entry(&c);
	assert_int_equal(office_may_follow(o, unseen, NULL), 0);
	const struct verified_entry *more[] = {unseen, t.after, t.authority, t.e0};
	CLEAN_REGISTERS struct registers *s = cast_registers(more, 4);
	o = registers_office(s, &t.e0->note.id);
	assert_true(office_entry_is_void(o, &unseen->note.id));
	assert_ptr_equal(office_head(o), t.after);
	assert_false(office_fork(o, &a, &b));
	/* A replay of the old entries alone adds nothing new and takes nothing back: the union is the same. */
	for (size_t i = 0; i < 4; i++)
		CAST_MUST(registers_add(s, all[i], cast_err()));
	CAST_MUST(registers_judge(s, cast_err()));
	assert_ptr_equal(office_head(registers_office(s, &t.e0->note.id)), t.after);
}

static void test_forks(void **state)
{
	(void)state;
	const struct verified_entry *e0 = found();
	struct cast_entry c = routine(e0, T0 + DAY);
	const struct verified_entry *one = cast_entry(&c);
	c = routine(e0, T0 + 2 * DAY);
	c.dismiss[0] = CLERK;
	const struct verified_entry *other = cast_entry(&c);
	c = routine(one, T0 + 3 * DAY);
	const struct verified_entry *longer = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e0, one, other}, 3);
	const struct office_register *o = registers_office(r, &e0->note.id);
	const struct verified_entry *a, *b, *smaller = hash_cmp(&one->note.id, &other->note.id) < 0 ? one : other;
	assert_true(office_fork(o, &a, &b));
	assert_ptr_equal(a, smaller);
	assert_ptr_equal(b, smaller == one ? other : one);
	assert_ptr_equal(office_head(o), smaller);
	/* A dismissal on either branch is a dismissal. */
	assert_int_equal(judge(r, one, CLERK, ROLE_CLERK, T0 + 3 * DAY), VALISE_STANDING_DISMISSED);
	CLEAN_REGISTERS struct registers *l =
		cast_registers((const struct verified_entry *[]){longer, e0, one, other}, 4);
	o = registers_office(l, &e0->note.id);
	assert_ptr_equal(office_head(o), longer);
	assert_true(office_fork(o, &a, &b));
	/* An authority entry chooses between the branches and ends the fork. */
	const struct verified_entry *ends = cast_entry(&(struct cast_entry){.previous = other,
									    .time_s = T0 + 4 * DAY,
									    .keepers = {KEEPER + 1},
									    .next = {NEXT + 1},
									    .by = {NEXT, KEEPER + 1}});
	CLEAN_REGISTERS struct registers *m =
		cast_registers((const struct verified_entry *[]){longer, e0, ends, one, other}, 5);
	o = registers_office(m, &e0->note.id);
	assert_false(office_fork(o, &a, &b));
	assert_ptr_equal(office_head(o), ends);
	assert_true(office_entry_is_void(o, &longer->note.id));
	/* Two authority entries out of one generation are a fork, wherever they hang. */
	const struct verified_entry *again = cast_entry(&(struct cast_entry){.previous = longer,
									     .time_s = T0 + 4 * DAY,
									     .keepers = {KEEPER + 2},
									     .next = {NEXT + 2},
									     .by = {NEXT, KEEPER + 2}});
	CLEAN_REGISTERS struct registers *d =
		cast_registers((const struct verified_entry *[]){longer, e0, again, ends, one, other}, 6);
	o = registers_office(d, &e0->note.id);
	assert_true(office_fork(o, &a, &b));
	assert_true((a == ends && b == again) || (a == again && b == ends));
	assert_ptr_equal(office_head(o), again); /* the longer chain */
	assert_true(office_entry_is_void(o, &one->note.id) && office_entry_is_void(o, &other->note.id));
	assert_false(office_entry_is_void(o, &again->note.id) || office_entry_is_void(o, &ends->note.id));
}

static void assert_refused(const struct office_register *o, const struct cast_entry *c, const char *why)
{
	const struct verified_entry *e = cast_entry(c);
	struct valise_err err = {0};
	assert_int_equal(office_may_follow(o, e, &err), why ? VALISE_E_BAD : 0);
	if (why && !strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	/* The set says the same as the question. */
	struct registers *r = NULL;
	CAST_MUST(registers_new(&r, cast_err()));
	for (size_t i = 0; i < office_entries(o); i++)
		CAST_MUST(registers_add(r, office_entry_at(o, i), cast_err()));
	CAST_MUST(registers_add(r, e, cast_err()));
	CAST_MUST(registers_judge(r, cast_err()));
	assert_int_equal(office_entry(registers_office(r, verified_entry_office(e)), &e->note.id) != NULL, !why);
	registers_free(r);
}

static void test_refused(void **state)
{
	(void)state;
	const struct verified_entry *e0 = cast_entry(&(struct cast_entry){
		.time_s = T0,
		.name = "Three keepers",
		.keepers = {1, 2, 3},
		.quorum = 2,
		.next = {11, 12, 13},
		.next_quorum = 2,
		.appoint = {{CLERK, ROLE_CLERK, "Front desk", 0}},
		.by = {1, 2, 3},
	});
	struct cast_entry c = {.previous = e0, .time_s = T0 + 1, .dismiss = {CLERK}, .by = {1, 3}};
	const struct verified_entry *e1 = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e0, e1}, 2);
	const struct office_register *o = registers_office(r, &e0->note.id);
	assert_int_equal(office_entries(o), 2);

	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .by = {2, 3}}, NULL);
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .by = {1, 2, 3}}, NULL);
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .by = {2}}, "too few keepers");
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .by = {1, 2, 4}}, "no part in it");
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .by = {11, 12}}, "no part in it");
	assert_refused(o,
		       &(struct cast_entry){
			       .previous = e1, .time_s = T0, .appoint = {{CLERK, ROLE_CLERK, "x", 0}}, .by = {1, 2}},
		       "appointed once, ever");
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .dismiss = {CLERK}, .by = {1, 2}},
		       "dismissed before");
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .dismiss = {READER}, .by = {1, 2}},
		       "never appointed");
	assert_refused(o, &(struct cast_entry){.previous = e1, .time_s = T0, .dismiss = {11}, .by = {1, 2}},
		       "never appointed");
	assert_refused(
		o,
		&(struct cast_entry){.previous = e1, .time_s = T0, .appoint = {{11, ROLE_CLERK, "x", 0}}, .by = {1, 2}},
		"never two");
	assert_refused(
		o,
		&(struct cast_entry){.previous = e1, .time_s = T0, .appoint = {{3, ROLE_CLERK, "x", 0}}, .by = {1, 2}},
		"never two");
	/* Authority entries: old keepers may be kept, those in reserve stay in reserve, officers are neither. */
	struct cast_entry a = {.previous = e1, .time_s = T0, .keepers = {1}, .next = {11}, .by = {1, 11, 12}};
	assert_refused(o, &a, NULL);
	a.by[2] = 0;
	assert_refused(o, &a, "in reserve");
	a.by[2] = 2;
	assert_refused(o, &a, "no part in it");
	assert_refused(
		o,
		&(struct cast_entry){.previous = e1, .time_s = T0, .keepers = {12}, .next = {14}, .by = {11, 12, 13}},
		"never two");
	assert_refused(
		o, &(struct cast_entry){.previous = e1, .time_s = T0, .keepers = {4}, .next = {1}, .by = {4, 11, 12}},
		"never two");
	assert_refused(o,
		       &(struct cast_entry){
			       .previous = e1, .time_s = T0, .keepers = {CLERK}, .next = {14}, .by = {CLERK, 11, 12}},
		       "never two");
	assert_refused(
		o,
		&(struct cast_entry){.previous = e1, .time_s = T0, .keepers = {4}, .next = {CLERK}, .by = {4, 11, 12}},
		"never two");

	struct cast_entry far = {.previous = e1, .time_s = T0, .by = {1, 2}};
	const struct verified_entry *e2 = cast_entry(&far);
	far.previous = e2;
	assert_int_equal(office_may_follow(o, cast_entry(&far), NULL), VALISE_E_NOT_FOUND);
	assert_int_equal(office_may_follow(NULL, e1, NULL), VALISE_E_NOT_FOUND);
	assert_int_equal(office_may_follow(NULL, e0, NULL), 0);
	assert_int_equal(office_may_follow(o, e0, NULL), 0);
	assert_int_equal(office_may_follow(o, found(), NULL), VALISE_E_BAD);
}

/* A false number, which a writer of ours would never make. */
static void test_false_number(void **state)
{
	(void)state;
	const struct verified_entry *e0 = found();
	const struct register_entry e = {.office = e0->note.id,
					 .seq = 2,
					 .previous = e0->note.id,
					 .time_s = T0,
					 .by = (struct vkey[]){cast_vkey(KEEPER)},
					 .n_by = 1};
	const struct verified_entry *skips = cast_entry_of(&e, (const unsigned[]){KEEPER}, 1);
	CLEAN_REGISTERS struct registers *r = cast_registers((const struct verified_entry *[]){e0, skips}, 2);
	assert_int_equal(office_entries(registers_office(r, &e0->note.id)), 1);
	assert_int_equal(office_may_follow(registers_office(r, &e0->note.id), skips, NULL), VALISE_E_BAD);
}

static void test_several_offices(void **state)
{
	(void)state;
	const struct verified_entry *oslo = found();
	struct cast_entry c = {.time_s = T0, .name = "Harbour", .keepers = {5}, .next = {15}, .by = {5}};
	const struct verified_entry *harbour = cast_entry(&c);
	c = (struct cast_entry){.previous = harbour, .time_s = T0, .by = {5}};
	const struct verified_entry *h1 = cast_entry(&c);
	CLEAN_REGISTERS struct registers *r =
		cast_registers((const struct verified_entry *[]){h1, oslo, harbour, oslo}, 4);
	assert_int_equal(office_entries(registers_office(r, &oslo->note.id)), 1);
	assert_int_equal(office_entries(registers_office(r, &harbour->note.id)), 2);
	CLEAN_REGISTERS struct registers *none = cast_registers(NULL, 0);
	assert_null(registers_office(none, &oslo->note.id));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_chain),      cmocka_unit_test(test_each_officer), cmocka_unit_test(test_standings),
	cmocka_unit_test(test_seen_lines), cmocka_unit_test(test_theft),        cmocka_unit_test(test_forks),
	cmocka_unit_test(test_refused),    cmocka_unit_test(test_false_number), cmocka_unit_test(test_several_offices),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
