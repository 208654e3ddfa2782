/* SPDX-License-Identifier: Apache-2.0 */
/* Registers and sets as large as they may be: what they cost grows with their size, not with its square, and no stack overflows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "evidence_report.h"

#define OFFICERS_PER_ENTRY 250u
#define OFFICERS 10000u

/* One after another, each appointing 250 clerks; keys from 1,000 on. */
static size_t make_officers(const struct verified_entry **ret, size_t n)
{
	size_t made = 0;
	ret[made++] = cast_entry(
		&(struct cast_entry){.time_s = T0, .name = "A large house", .keepers = {1}, .next = {11}, .by = {1}});
	for (size_t at = 0; at < n; at += OFFICERS_PER_ENTRY) {
		static struct appointment list[OFFICERS_PER_ENTRY];
		for (size_t i = 0; i < OFFICERS_PER_ENTRY; i++)
			list[i] = (struct appointment){
				.key = cast_vkey((unsigned)(1000 + at + i)), .roles = ROLE_CLERK, .title = STR("Desk")};
		const struct register_entry e = {.office = ret[0]->note.id,
						 .seq = made,
						 .previous = ret[made - 1]->note.id,
						 .time_s = T0,
						 .appointments = list,
						 .n_appointments = OFFICERS_PER_ENTRY,
						 .by = (struct vkey[]){cast_vkey(1)},
						 .n_by = 1};
		ret[made] = cast_entry_of(&e, (const unsigned[]){1}, 1);
		made++;
	}
	return made;
}

/* Milliseconds of judging these entries and all of these officers. */
static int64_t judge_ms(const struct verified_entry *const *entries, size_t n, size_t officers)
{
	int64_t start = clock_monotonic_ms();
	CLEAN_REGISTERS struct registers *r = cast_registers(entries, n);
	const struct office_ref ref = {entries[0]->note.id, entries[n - 1]->note.id};
	for (size_t i = 0; i < officers; i++)
		assert_int_equal(
			standing_judge(r, &ref, &cast_key((unsigned)(1000 + i))->v, ROLE_CLERK, T0, &ref.head, NULL),
			VALISE_STANDING_GOOD);
	return clock_monotonic_ms() - start;
}

static void test_officers(void **state)
{
	(void)state;
	static const struct verified_entry *entries[1 + OFFICERS / OFFICERS_PER_ENTRY];
	size_t n = make_officers(entries, OFFICERS);
	int64_t tenth = judge_ms(entries, 1 + OFFICERS / OFFICERS_PER_ENTRY / 10, OFFICERS / 10);
	int64_t whole = judge_ms(entries, n, OFFICERS);
	print_message("%u officers: %d ms; a tenth of them: %d ms\n", OFFICERS, (int)whole, (int)tenth);
	assert_true(whole < 40 * (tenth + 5));
}

/* A chain as long as a register may be, then the same number of entries as forks of one. */
static void test_entries(void **state)
{
	(void)state;
	const size_t n = LIMIT_REGISTER_ENTRIES;
	CLEAN_FREE const struct verified_entry **chain = calloc(n, sizeof *chain);
	CLEAN_FREE const struct verified_entry **fan = calloc(n, sizeof *fan);
	assert_true(chain && fan);
	chain[0] = fan[0] = cast_entry(&(struct cast_entry){.time_s = T0,
							    .name = "Deep",
							    .keepers = {1},
							    .next = {11},
							    .appoint = {{20, ROLE_CLERK, "C", 0}},
							    .by = {1}});
	struct cast_entry last = {.time_s = T0, .dismiss = {20}, .by = {1}};
	for (size_t i = 1; i < n; i++) {
		struct cast_entry c = {.previous = chain[i - 1], .time_s = T0 + (int64_t)i, .by = {1}};
		chain[i] = cast_entry(&c);
		last.previous = chain[0];
		last.time_s = T0 + (int64_t)i;
		fan[i] = cast_entry(&last);
	}
	int64_t start = clock_monotonic_ms();
	CLEAN_REGISTERS struct registers *r = cast_registers(chain, n);
	int64_t middle = clock_monotonic_ms();
	CLEAN_REGISTERS struct registers *f = cast_registers(fan, n);
	print_message("%zu entries: %d ms in a chain, %d ms as forks\n", n, (int)(middle - start),
		      (int)(clock_monotonic_ms() - middle));
	const struct office_register *o = registers_office(r, &chain[0]->note.id);
	assert_int_equal(office_entries(o), n);
	assert_ptr_equal(office_head(o), chain[n - 1]);
	o = registers_office(f, &chain[0]->note.id);
	assert_int_equal(office_entries(o), n);
	const struct verified_entry *a, *b;
	assert_true(office_fork(o, &a, &b));
	/* Asked of forks by the thousand, too. */
	start = clock_monotonic_ms();
	for (size_t i = 0; i < n; i++) {
		const struct office_ref ref = cast_ref(fan[i]);
		assert_int_equal(standing_judge(f, &ref, &cast_key(20)->v, ROLE_CLERK, T0, &ref.head, NULL),
				 i ? VALISE_STANDING_DISMISSED : VALISE_STANDING_DISMISSED_SINCE);
	}
	int64_t asked = clock_monotonic_ms() - start;
	print_message("%zu questions: %d ms\n", n, (int)asked);
	assert_true(asked < 20000);
}

/* 16 MiB: the entry that would pass them is not accepted, and nothing after it. */
static void test_bytes(void **state)
{
	(void)state;
	enum { MANY = 600 };
	static const struct verified_entry *entries[MANY];
	static struct hash seen[LIMIT_SEEN_PER_ENTRY];
	entries[0] =
		cast_entry(&(struct cast_entry){.time_s = T0, .name = "Wide", .keepers = {1}, .next = {11}, .by = {1}});
	size_t bytes = entries[0]->note.len, fits = 1;
	for (size_t i = 1; i < MANY; i++) {
		for (size_t k = 0; k < LIMIT_SEEN_PER_ENTRY; k++)
			seen[k] = (struct hash){{(uint8_t)(k >> 8), (uint8_t)k, (uint8_t)i, (uint8_t)(i >> 8)}};
		const struct register_entry e = {.office = entries[0]->note.id,
						 .seq = i,
						 .previous = entries[i - 1]->note.id,
						 .time_s = T0,
						 .seen = seen,
						 .n_seen = LIMIT_SEEN_PER_ENTRY,
						 .by = (struct vkey[]){cast_vkey(1)},
						 .n_by = 1};
		entries[i] = cast_entry_of(&e, (const unsigned[]){1}, 1);
		bytes += entries[i]->note.len;
		fits += bytes <= LIMIT_REGISTER_BYTES;
	}
	assert_true(fits < MANY);
	CLEAN_REGISTERS struct registers *r = cast_registers(entries, MANY);
	const struct office_register *o = registers_office(r, &entries[0]->note.id);
	assert_int_equal(office_entries(o), fits);
	assert_ptr_equal(office_head(o), entries[fits - 1]);
	struct valise_err err;
	assert_int_equal(office_may_follow(o, entries[fits], &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "beyond its limit"));
}

/* n statements of every kind, many of which contradict each other. */
static int64_t accounts_ms(struct scene *s, size_t n)
{
	static struct witnessed_statement many[16000];
	assert(n <= 16000);
	const struct letter *l = the_letter();
	many[0] = (struct witnessed_statement){cast_say(&(struct cast_said){.seal = s->e.seal,
									    .says = SAYS_HANDED,
									    .head = l->harbour,
									    .by = HARBOUR,
									    .time_s = T0,
									    .to = l->northline}),
					       0};
	for (size_t i = 1; i < n; i++) {
		static const enum says kinds[] = {SAYS_RECEIVED, SAYS_REFUSED, SAYS_OPENED, SAYS_DELIVERED,
						  SAYS_HANDED,   SAYS_SEEN,    SAYS_HELD};
		enum says says = kinds[i % 7];
		bool recipient = says == SAYS_RECEIVED || says == SAYS_REFUSED || says == SAYS_OPENED;
		struct cast_said c = {.seal = s->e.seal,
				      .says = says,
				      .head = recipient ? l->bergen : l->northline,
				      .by = recipient ? BERGEN : NORTHLINE,
				      .time_s = T0 + (int64_t)(i % 991),
				      .nth = 1 + (i * 7) % 5003,
				      .to = says == SAYS_HANDED || says == SAYS_DELIVERED ? l->oslo : NULL,
				      .medium = says == SAYS_HANDED ? (i & 1 ? "by hand" : "by post") : NULL};
		many[i] = (struct witnessed_statement){cast_say(&c), 0};
	}
	s->e.statements = many;
	s->e.n_statements = n;
	int64_t start = clock_monotonic_ms();
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	int64_t took = clock_monotonic_ms() - start;
	assert_true(a->n_disagreements > 10);
	return took;
}

static void test_statements(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->both);
	int64_t few = accounts_ms(s, 1000), many = accounts_ms(s, 16000);
	print_message("1,000 statements: %d ms; 16,000: %d ms\n", (int)few, (int)many);
	assert_true(many < 64 * (few + 5));
}

/* Of this process alone: so many reports take long enough for a busy machine to double the time on the wall. */
static int64_t cpu_ms(void)
{
	struct timespec t;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* n reports, which contradict and correct each other, from two exhibits in many pieces. They are not signed one by one: what is measured is
 * what follows from them. */
static int64_t reports_ms(struct scene *s, size_t n)
{
	const struct letter *l = the_letter();
	CLEAN_FREE struct verified_report *reports = calloc(n, sizeof *reports);
	CLEAN_FREE struct witnessed_report *witnessed = calloc(n, sizeof *witnessed);
	CLEAN_FREE struct exhibit_bytes *pieces = calloc(n, sizeof *pieces);
	static char text[4096];
	memset(text, 'w', sizeof text);
	assert_true(reports && witnessed && pieces);
	for (size_t i = 0; i < n; i++) {
		static const char *const kinds[] = {"received", "refused", "opened", "delivered", "other"};
		const struct hash exhibit = {{(uint8_t)(i & 1)}};
		char speaker[32];
		(void)snprintf(speaker, sizeof speaker, "speaker %zu", i % 5003);
		const struct cast_reported c = {.seal = s->e.seal,
						.says = kinds[i % 5],
						.head = l->harbour,
						.by = HARBOUR,
						.time_s = T0 + (int64_t)(i % 991),
						.nth = 1 + (i * 7) % 5003,
						.of_office = i % 3   ? l->oslo
							     : i % 2 ? l->bergen
								     : NULL,
						.carriage = i & 1 ? "by hand" : "by post",
						.when = "Wednesday",
						.regarding = i % 4 ? NULL : &reports[i / 2].note.id,
						.exhibit = &exhibit,
						.exhibit_bytes = 1 << 20,
						.offset = i % n,
						.length = 1000};
		reports[i].r = cast_report_of(&c);
		reports[i].r.speaker = str_of(cast_keep(strdup(speaker)));
		digest_once(&i, sizeof i, &reports[i].note.id);
		witnessed[i].report = &reports[i];
		pieces[i] = (struct exhibit_bytes){exhibit, 1 << 20, (i * 31) % n, {text, 40 + i % 3000}, false};
	}
	s->e.reports = witnessed;
	s->e.n_reports = n;
	s->e.excerpts = pieces;
	s->e.n_excerpts = n;
	int64_t start = cpu_ms();
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	int64_t took = cpu_ms() - start;
	assert_int_equal(a->n_reported, n);
	/* So many places in so many words are not all shown, and what is known of them is. */
	size_t words = 0, without = 0;
	for (size_t i = 0; i < n; i++) {
		const struct valise_reported_span *one = &a->reported[i].spans[0];
		words += one->words ? strlen(one->words) : 0;
		without += !one->words && one->check == VALISE_SPAN_EXCERPT;
	}
	assert_true(words <= LIMIT_WORDS_BYTES);
	assert_int_equal(without > 0, n > LIMIT_WORDS_BYTES / LIMIT_SPAN_WORDS_BYTES);
	assert_true(a->n_disagreements > 10);
	return took;
}

static void test_reports(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->both);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 3, .medium = "by car");
	SAY(s, SAYS_REFUSED, l->bergen, BERGEN, 3, );
	int64_t few = reports_ms(s, 6250), many = reports_ms(s, 100000);
	print_message("6,250 reports: %d ms; 100,000: %d ms\n", (int)few, (int)many);
	assert_true(many < 64 * (few + 5));
}

/* n statements that each tie as many addressees as one can to an office of its own, and n reports of an addressee's words. They
 * are not signed either. */
static int64_t ties_ms(struct scene *s, size_t n)
{
	const struct letter *l = the_letter();
	CLEAN_FREE struct verified_statement *said = calloc(n, sizeof *said);
	CLEAN_FREE struct verified_report *reports = calloc(n, sizeof *reports);
	CLEAN_FREE struct witnessed_statement *statements = calloc(n, sizeof *statements);
	CLEAN_FREE struct witnessed_report *witnessed = calloc(n, sizeof *witnessed);
	assert_true(said && reports && statements && witnessed);
	for (size_t i = 0; i < n; i++) {
		struct statement *v = &said[i].s;
		*v = (struct statement){.letter = s->e.seal->note.id,
					.says = SAYS_IDENTIFIED,
					.office = cast_ref(l->harbour),
					.role = ROLE_PRINCIPAL,
					.nth = 1 + i,
					.time_s = T0,
					.has_to = true,
					.to = {{1, (uint8_t)(i >> 8), (uint8_t)i}},
					.n_text = LIMIT_TEXT_LINES,
					.by = cast_vkey(HARBOUR)};
		said[i].note.id = (struct hash){{3, (uint8_t)(i >> 8), (uint8_t)i}};
		for (size_t k = 0; k < v->n_text; k++)
			v->text[k] = s->e.seal->s.addressees[(i + k) % s->e.seal->s.n_addressees];
		statements[i].statement = &said[i];
		reports[i].r = cast_report_of(&(struct cast_reported){
			.seal = s->e.seal, .says = "other", .head = l->harbour, .by = HARBOUR, .time_s = T0});
		reports[i].r.speaker_addressee = v->text[0];
		reports[i].note.id = (struct hash){{2, (uint8_t)(i >> 8), (uint8_t)i}};
		witnessed[i].report = &reports[i];
	}
	s->e.statements = statements;
	s->e.n_statements = n;
	s->e.reports = witnessed;
	s->e.n_reports = n;
	int64_t start = cpu_ms();
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	int64_t took = cpu_ms() - start;
	assert_int_equal(a->n_parties, 1 + n);
	assert_int_equal(a->parties[n].n_identified_as, LIMIT_TEXT_LINES);
	assert_int_equal(a->speakers[0].n_reported, n);
	return took;
}

static void test_ties(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	static char names[LIMIT_RECIPIENTS][16];
	struct str addressees[LIMIT_RECIPIENTS];
	for (unsigned i = 0; i < LIMIT_RECIPIENTS; i++) {
		(void)snprintf(names[i], sizeof names[i], "Captain %u", i);
		addressees[i] = str_of(names[i]);
	}
	const struct seal paper = {.from = cast_ref(l->harbour),
				   .addressees = addressees,
				   .n_addressees = LIMIT_RECIPIENTS,
				   .date_s = T0,
				   .paper = STR("a crate of envelopes"),
				   .by = cast_vkey(HARBOUR)};
	struct scene *s = scene_new(cast_seal_of(&paper, HARBOUR));
	int64_t few = ties_ms(s, 1000), many = ties_ms(s, 16000);
	print_message("20,000 ties: %d ms; 320,000: %d ms\n", (int)few, (int)many);
	assert_true(many < 64 * (few + 5));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_officers), cmocka_unit_test(test_entries),
					  cmocka_unit_test(test_bytes),    cmocka_unit_test(test_statements),
					  cmocka_unit_test(test_reports),  cmocka_unit_test(test_ties)};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
