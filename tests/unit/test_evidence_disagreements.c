/* SPDX-License-Identifier: Apache-2.0 */
/* Each kind of disagreement, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evidence_letter.h"

/* The kinds found, in their order, are exactly these; returns the accounts, which the caller frees. */
static struct valise_accounts *expect(const struct scene *s, const char *kinds)
{
	struct valise_accounts *a = scene_accounts(s);
	CLEAN_BUF struct buf got = BUF_INIT(4096);
	buf_add_text(&got, "");
	for (size_t i = 0; i < a->n_disagreements; i++)
		buf_addf(&got, "%s%s", i ? " " : "", a->disagreements[i].kind);
	if (!str_eq(buf_str(&got), str_of(kinds))) {
		for (size_t i = 0; i < a->n_disagreements; i++)
			print_message("%s: %s\n", a->disagreements[i].kind, a->disagreements[i].text);
		fail_msg("found \"%.*s\", not \"%s\"", STR_ARG(buf_str(&got)), kinds);
	}
	return a;
}

static void expect_one(const struct scene *s, const char *kind, const char *text, size_t n_notes)
{
	CLEAN_ACCOUNTS struct valise_accounts *a = expect(s, kind);
	assert_int_equal(a->disagreements[0].n_notes, n_notes);
	assert_string_equal(a->disagreements[0].text, text);
	for (size_t i = 0; i < n_notes; i++)
		assert_int_equal(strlen(a->disagreements[0].notes[i]), HASH_HEX_BYTES);
}

static void expect_none(const struct scene *s)
{
	valise_accounts_free(expect(s, ""));
}

static struct scene *handed(void)
{
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline);
	return s;
}

static void test_silence_is_none(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	expect_none(s);
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->oslo);
	expect_none(s);
	s->e.now_s = T0 + 400 * DAY; /* past the answer-by */
	expect_none(s);
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline, .nth = 2, .medium = "by hand");
	SAY(s, SAYS_CARRYING, l->northline, NORTHLINE, 2, .medium = "by hand");
	SAY(s, SAYS_ATTEMPTED, l->northline, NORTHLINE, 3, .to = l->oslo, .nth = 2);
	expect_none(s);
	/* Bystanders contradict nobody. */
	SAY(s, SAYS_DELIVERED, l->stranger, STRANGER, 3, .to = l->bergen, .nth = 7);
	SAY(s, SAYS_RECEIVED, l->stranger, STRANGER, -3, .medium = "by air", .nth = 7);
	SAY(s, SAYS_RECEIVED, l->stranger, OSLO_CLERK, 3, );
	expect_none(s);
}

static void test_delivered(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = handed();
	SAY(s, SAYS_DELIVERED, l->northline, NORTHLINE, 5, .to = l->oslo);
	expect_one(
		s, "delivered-unconfirmed",
		"Northline's courier says that it handed the letter over to Mission Oslo on 22 Nov 2026 14:12 UTC (own clock). No receipt by "
		"Mission Oslo has reached you.",
		1);
	SAY(s, SAYS_COMMENT, l->oslo, OSLO_SPEAKER, 6, );
	SAY(s, SAYS_DELIVERED, l->northline, NORTHLINE, 6, .to = l->oslo, .nth = 2);
	s->e.is_dossier = true;
	expect_one(
		s, "delivered-unconfirmed",
		"Northline's courier says that it handed the letter over to Mission Oslo on 22 Nov 2026 14:12 UTC (own clock), as does 1 more "
		"statement. This dossier holds no receipt by Mission Oslo.",
		2);
	SAY(s, SAYS_REFUSED, l->oslo, OSLO_CLERK, 6, );
	expect_one(
		s, "delivered-refused",
		"Northline's courier says that it handed the letter over to Mission Oslo on 22 Nov 2026 14:12 UTC (own clock), as does 1 more "
		"statement; Mission Oslo's clerk says that it did not take the letter (full) on 22 Nov 2026 15:12 UTC (own clock).",
		3);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SECOND, 7, );
	valise_accounts_free(expect(s, "refused-and-received"));
	/* Delivered to another courier: confirmed by whatever that one says. */
	s = handed();
	SAY(s, SAYS_DELIVERED, l->northline, NORTHLINE, 5, .to = l->relay);
	valise_accounts_free(expect(s, "delivered-unconfirmed"));
	SAY(s, SAYS_CARRYING, l->relay, RELAY, 6, );
	expect_none(s);
}

static void test_media(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = handed();
	SAY(s, SAYS_DELIVERED, l->northline, NORTHLINE, 5, .to = l->oslo, .medium = "by hand");
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 6, );
	expect_none(s);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SECOND, 6, .medium = "through diplomatic channels");
	expect_one(
		s, "media-differ",
		"How the letter came to Mission Oslo is told differently: \"through diplomatic channels\" says Mission Oslo, \"by hand\" says "
		"Northline. Neither is chosen here.",
		2);
	/* One taker, two words of its own. */
	s = handed();
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 6, .medium = "by hand");
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SECOND, 6, .medium = "by post");
	valise_accounts_free(expect(s, "media-differ"));
	/* One giver, two words. */
	s = scene_new(l->seal);
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline, .medium = "by hand");
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 2, .to = l->northline, .medium = "by post", .nth = 2);
	valise_accounts_free(expect(s, "media-differ"));
	/* Two givers to one taker may have come twice; and each hand-over has a medium of its own. */
	s = scene_new(l->seal);
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline, .medium = "by hand");
	SAY(s, SAYS_CARRYING, l->northline, NORTHLINE, 2, .medium = "by hand");
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 2, .to = l->oslo, .medium = "by post", .nth = 2);
	SAY(s, SAYS_HANDED, l->northline, NORTHLINE, 3, .to = l->oslo, .medium = "by car", .nth = 2);
	expect_none(s);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 6, .medium = "by car");
	valise_accounts_free(expect(s, "media-differ"));
}

static void test_times(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, -1, );
	expect_one(
		s, "older-than-seal",
		"Mission Oslo's clerk says that it received this exact letter on 22 Nov 2026 08:12 UTC (own clock): before the letter was sealed, "
		"which the seal puts at 22 Nov 2026 09:12 UTC.",
		1);
	s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 9, );
	SAY(s, SAYS_REVIEWED, l->oslo, OSLO_READER, 8, );
	expect_one(
		s, "times-out-of-order",
		"Mission Oslo's reader says that it reviewed this exact letter on 22 Nov 2026 17:12 UTC (own clock), and: Mission Oslo's clerk says "
		"that it received this exact letter on 22 Nov 2026 18:12 UTC (own clock); which comes first by nature.",
		2);
	/* By the key's own numbers. */
	s = scene_new(l->seal);
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 5, );
	SAY(s, SAYS_COMMENT, l->harbour, HARBOUR, 4, .nth = 2);
	valise_accounts_free(expect(s, "times-out-of-order"));
	/* By what it regards. */
	s = scene_new(l->seal);
	const struct verified_statement *received = SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 9, );
	SAY(s, SAYS_COMMENT, l->harbour, HARBOUR, 8, .regarding = &received->note.id);
	valise_accounts_free(expect(s, "times-out-of-order"));
	/* By the register entry that it cites. */
	s = scene_new(l->seal);
	const struct verified_entry *later =
		cast_entry(&(struct cast_entry){.previous = l->oslo, .time_s = T0 + 9 * HOUR, .by = {2}});
	s->entries[s->n_entries++] = later;
	SAY(s, SAYS_RECEIVED, later, OSLO_CLERK, 9, );
	expect_none(s);
	SAY(s, SAYS_RECEIVED, later, OSLO_SECOND, 8, );
	expect_one(
		s, "times-out-of-order",
		"Mission Oslo's clerk says that it received this exact letter on 22 Nov 2026 17:12 UTC (own clock), and cites an entry of its own "
		"register that states 22 Nov 2026 18:12 UTC.",
		2);
}

static void test_signers(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, STRANGER, 5, );
	expect_one(
		s, "no-standing",
		"The statement \"received\" in the name of Mission Oslo is signed with a key that was not appointed in the register that it cites. "
		"It does not count.",
		1);
	SAY(s, SAYS_REVIEWED, l->oslo, BERGEN, 5, );
	CLEAN_ACCOUNTS struct valise_accounts *a = expect(s, "no-standing");
	assert_int_equal(a->disagreements[0].n_notes, 2);
	s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SPEAKER, 5, );
	valise_accounts_free(expect(s, "no-standing"));
	s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_LAPSED, 25, );
	expect_one(
		s, "expired",
		"The statement \"received\" in the name of Mission Oslo is signed by an officer whose appointment had ended. It does not count.",
		1);
	s->entries[s->n_entries++] = cast_entry(
		&(struct cast_entry){.previous = l->oslo, .time_s = T0 + HOUR, .dismiss = {OSLO_LAPSED}, .by = {2}});
	valise_accounts_free(expect(s, "no-standing"));
}

static void test_fork(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	s->entries[s->n_entries++] = cast_entry(&(struct cast_entry){.previous = l->oslo, .time_s = T0, .by = {2}});
	s->entries[s->n_entries++] = cast_entry(&(struct cast_entry){.previous = l->oslo, .time_s = T0 + 1, .by = {2}});
	expect_one(
		s, "fork",
		"The register of Mission Oslo forked: two entries, each signed as it must be, follow one and the same entry. Who is appointed there "
		"depends on whom you ask.",
		2);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_true(a->offices[1].forked && !a->offices[0].forked);
	s = scene_new(l->seal);
	const struct verified_entry *next = cast_entry(
		&(struct cast_entry){.previous = l->oslo, .time_s = T0, .keepers = {7}, .next = {17}, .by = {7, 12}});
	const struct verified_entry *routine =
		cast_entry(&(struct cast_entry){.previous = l->oslo, .time_s = T0, .by = {2}});
	s->entries[s->n_entries++] = next;
	s->entries[s->n_entries++] = routine;
	expect_none(s);
	s->entries[s->n_entries++] = cast_entry(
		&(struct cast_entry){.previous = routine, .time_s = T0, .keepers = {8}, .next = {18}, .by = {8, 12}});
	CLEAN_ACCOUNTS struct valise_accounts *b = expect(s, "fork");
	assert_non_null(strstr(b->disagreements[0].text, "each claim to open what follows one generation"));
}

static void test_numbers(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_READER, 5, .role = ROLE_CLERK, .nth = 2);
	expect_one(
		s, "gap",
		"\"Envoy\" of Mission Oslo numbers statements about this letter, and here are missing: 1 (1 in all).",
		1);
	SAY(s, SAYS_OPENED, l->oslo, OSLO_READER, 6, .nth = 5);
	SAY(s, SAYS_REVIEWED, l->oslo, OSLO_READER, 7, .nth = 7);
	SAY(s, SAYS_REVIEWED, l->oslo, OSLO_READER, 8, .nth = 1000);
	expect_one(
		s, "gap",
		"\"Envoy\" of Mission Oslo numbers statements about this letter, and here are missing: 1, 3 to 4, 6, and more (996 in all).",
		4);
	s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 5, );
	SAY(s, SAYS_REFUSED, l->bergen, BERGEN, 5, .nth = 9); /* a bystander's gap is nobody's business */
	expect_none(s);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 6, );
	expect_one(s, "nth-twice",
		   "\"Front desk\" of Mission Oslo gave the number 1 to 2 different statements about this letter.", 2);
}

static void test_withdrawn(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->both);
	SAY(s, SAYS_WITHDRAWN, l->harbour, HARBOUR, 2, );
	CLEAN_ACCOUNTS struct valise_accounts *a = expect(s, "withdrawn");
	assert_non_null(
		strstr(a->disagreements[0].text,
		       "A request: it does not undo that the letter was sealed and may have arrived. It stands for "));
	assert_non_null(
		strstr(a->sentence, "Harbour Legal's principal says that it asked that the letter not be taken"));
	/* Received later, by its own clock: the receipt wins all the same. */
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 50, );
	CLEAN_ACCOUNTS struct valise_accounts *b = expect(s, "withdrawn-late withdrawn");
	assert_non_null(strstr(b->disagreements[0].text, "That is void for Mission Oslo, which says that it has it."));
	assert_non_null(strstr(b->disagreements[1].text, "It stands for \"Consulate Bergen\" (own name)."));
	assert_int_equal(b->disagreements[0].n_notes, 2);
	SAY(s, SAYS_OPENED, l->bergen, BERGEN, 1, );
	CLEAN_ACCOUNTS struct valise_accounts *c = expect(s, "withdrawn-late");
	assert_int_equal(c->disagreements[0].n_notes, 3);
	assert_null(strstr(c->sentence, "not be taken"));
}

static void test_lost(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	static const struct {
		enum says says;
		const char *kind;
	} ends[] = {{SAYS_LOST, "lost-but-received"},
		    {SAYS_DAMAGED, "damaged-but-received"},
		    {SAYS_RETURNED, "returned-but-received"}};
	for (size_t i = 0; i < 3; i++) {
		for (int hours = 5; hours < 50; hours += 40) {
			struct scene *s = handed();
			SAY(s, ends[i].says, l->northline, NORTHLINE, hours, );
			expect_none(s);
			SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 20, );
			valise_accounts_free(expect(s, ends[i].kind));
		}
	}
	/* What became of one's own: it says nothing of another's, and is told with the receipt. */
	struct scene *s = scene_new(l->both);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 20, );
	SAY(s, SAYS_LOST, l->oslo, OSLO_CLERK, 21, .role = ROLE_CLERK, .nth = 2);
	SAY(s, SAYS_RETURNED, l->oslo, OSLO_CLERK, 22, .role = ROLE_CLERK, .nth = 3);
	SAY(s, SAYS_RECEIVED, l->bergen, BERGEN, 20, );
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_disagreements, 0);
	assert_non_null(strstr(
		a->sentence,
		"2 each say that it received it; 1 says that it no longer holds it; 1 says that it gave it back."));
	assert_non_null(strstr(party_of(a, l->oslo)->sentence, "Later it says: lost on "));
	s = handed();
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 20, );
	SAY(s, SAYS_DESTROYED, l->northline, NORTHLINE, 21, );
	expect_none(s);
}

static void test_regarding_missing(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	SAY(s, SAYS_SEEN, l->oslo, OSLO_CLERK, 5, .role = ROLE_CLERK, .regarding = &l->seal->note.id);
	expect_none(s);
	const struct verified_statement *received = cast_say(&(struct cast_said){.seal = l->seal,
										 .says = SAYS_RECEIVED,
										 .head = l->oslo,
										 .by = OSLO_CLERK,
										 .time_s = T0 + HOUR,
										 .nth = 2});
	SAY(s, SAYS_COMMENT, l->harbour, HARBOUR, 5, .regarding = &received->note.id);
	expect_one(
		s, "regarding-missing",
		"Harbour Legal's spokesperson says that it had a comment, given in its words, on 22 Nov 2026 14:12 UTC (own clock), regarding 1 "
		"note that is not here.",
		2);
	s->said[s->e.n_statements++] = (struct witnessed_statement){received, 0};
	valise_accounts_free(
		expect(s, "times-out-of-order")); /* the clerk's second before its first; nothing is missing */
}

static void test_opposites(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	static const struct {
		enum says one, other;
		const char *kind;
	} pairs[] = {{SAYS_RECEIVED, SAYS_REFUSED, "refused-and-received"},
		     {SAYS_DEFECT, SAYS_OPENED, "defect-and-opened"},
		     {SAYS_SERVICE_ACCEPTED, SAYS_SERVICE_DECLINED, "service-both"}};
	for (size_t i = 0; i < 3; i++) {
		struct scene *s = scene_new(l->both);
		SAY(s, pairs[i].one, l->bergen, BERGEN, 5, );
		expect_none(s);
		SAY(s, pairs[i].other, l->bergen, BERGEN, 5, .nth = 2);
		valise_accounts_free(expect(s, pairs[i].kind));
	}
	struct scene *s = scene_new(l->both);
	const struct verified_statement *proposed = SAY(s, SAYS_PROPOSED, l->harbour, HARBOUR, 5, );
	const struct verified_statement *other = SAY(s, SAYS_PROPOSED, l->harbour, HARBOUR, 5, .nth = 2);
	SAY(s, SAYS_HELD, l->bergen, BERGEN, 6, .regarding = &proposed->note.id);
	SAY(s, SAYS_CALLED_OFF, l->harbour, HARBOUR, 6, .regarding = &other->note.id, .nth = 3);
	expect_none(s);
	SAY(s, SAYS_CALLED_OFF, l->harbour, HARBOUR, 6, .regarding = &proposed->note.id, .nth = 4);
	CLEAN_ACCOUNTS struct valise_accounts *a = expect(s, "held-and-called-off");
	assert_int_equal(a->disagreements[0].n_notes, 3);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_silence_is_none),
	cmocka_unit_test(test_delivered),
	cmocka_unit_test(test_media),
	cmocka_unit_test(test_times),
	cmocka_unit_test(test_signers),
	cmocka_unit_test(test_fork),
	cmocka_unit_test(test_numbers),
	cmocka_unit_test(test_withdrawn),
	cmocka_unit_test(test_lost),
	cmocka_unit_test(test_regarding_missing),
	cmocka_unit_test(test_opposites),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
