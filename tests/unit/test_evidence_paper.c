/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from statements about paper: no bytes in its words, and addressees that the sender takes to be offices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <valise/valise.h>

#include "evidence_letter.h"

static void test_paper(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->paper);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 47, );
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->bytes, VALISE_BYTES_PAPER);
	assert_string_equal(a->bytes_text, "Paper: bytes cannot be checked.");
	assert_string_equal(a->paper, "envelope 17, two sheets, red wax");
	assert_non_null(
		strstr(a->sentence,
		       "says that it received the paper letter described as \"envelope 17, two sheets, red wax\" on"));
	assert_int_equal(a->n_parties, 3);
	assert_true(a->parties[2].office == SIZE_MAX && a->parties[2].is_recipient);
	assert_string_equal(a->parties[2].addressee, "The captain of the port");
	assert_string_equal(
		a->parties[2].sentence,
		"\"The captain of the port\" has no card: nobody can sign for that name, and only others can "
		"say what became of the letter.");
}

/* What is stated of bytes is nobody's to say of paper. */
static void test_no_bytes_on_paper(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	for (int says = 0; says < SAYS_COUNT; says++) {
		struct scene *s = scene_new(l->paper);
		bool only_bytes = says == SAYS_OPENED || says == SAYS_DEFECT;
		if (says_table[says].counts != COUNTS_FROM_RECIPIENT)
			continue;
		const struct verified_statement *v =
			SAY(s, (enum says)says, l->oslo, says == SAYS_DEFECT ? OSLO_CLERK : OSLO_READER, 2, );
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_int_equal(said_of(a, v)->bystander, only_bytes);
		if (only_bytes)
			assert_true(!said_of(a, v)->counts && a->parties[1].state == VALISE_STATE_NOTHING);
	}
}

/* Where such a word is told all the same, because its time cannot be, it is told of paper. */
static void test_no_bytes_in_words(void **state)
{
	(void)state;
	static const struct {
		enum says says;
		const char *words;
	} cases[] = {
		{SAYS_OPENED, "says that it opened the paper letter described as \"envelope 17, two sheets, red wax\""},
		{SAYS_DEFECT,
		 "says that it found a defect of the paper letter described as \"envelope 17, two sheets, red wax\" (bytes)"},
	};
	const struct letter *l = the_letter();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scene *s = scene_new(l->paper);
		SAY(s, SAYS_RECEIVED, l->oslo, OSLO_READER, 47, );
		SAY(s, cases[i].says, l->oslo, OSLO_READER, 40, .nth = 2);
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_int_equal(a->n_disagreements, 1);
		assert_string_equal(a->disagreements[0].kind, "times-out-of-order");
		assert_non_null(strstr(a->disagreements[0].text, cases[i].words));
		assert_null(strstr(a->disagreements[0].text, "match the seal"));
	}
}

static bool says_not_shown(const struct valise_accounts *a, const char *line)
{
	bool found = false;
	for (size_t i = 0; i < a->n_not_shown; i++)
		found = found || strcmp(a->not_shown[i], line) == 0;
	return found;
}

/* Neither a description nor the digest of a scan shows what a paper letter says; of files what is disclosed does. */
static void test_words_not_shown(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct disclosed_leaf leaves[] = {
		{.is_subject = true, .subject = STR("Notice 14")},
		{.index = 1, .part = {.kind = PART_FILE, .length = 10, .name = STR("sheet one.pdf")}},
	};
	for (size_t i = 0; i < 6; i++) {
		const struct verified_seal *seal = i < 3 ? l->paper : l->seal;
		struct scene *s = scene_new(seal);
		for (size_t k = 0; k < 2; k++) {
			memcpy(leaves[k].nonce, seal->s.nonce, sizeof leaves[k].nonce);
			leaves[k].from = l->harbour->note.id;
		}
		/* Nothing, the description alone, a scan alone. */
		s->e.disclosed = &leaves[i % 3 == 2];
		s->e.n_disclosed = i % 3 > 0;
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_int_equal(a->n_disclosed, i % 3 > 0);
		assert_int_equal(says_not_shown(a, "What the letter says."), i < 3 || i % 3 == 0);
	}
}

static size_t rows_of(const struct valise_accounts *a, const char *kind, size_t *ret_notes)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n_disagreements; i++) {
		if (strcmp(a->disagreements[i].kind, kind) == 0) {
			*ret_notes = a->disagreements[i].n_notes;
			n++;
		}
	}
	return n;
}

/* An addressee that the sender takes to be an office is one: the office is a recipient, in that addressee's place. */
static void test_identified(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->paper);
	const struct verified_statement *received = SAY(s, SAYS_RECEIVED, l->bergen, BERGEN, 5, );
	size_t n;
	{
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_true(said_of(a, received)->bystander && !said_of(a, received)->counts);
	}
	SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 9, .to = l->bergen, .text = "The captain of the port");
	{
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_true(said_of(a, received)->counts);
		assert_int_equal(a->n_parties, 3);
		assert_ptr_equal(party_of(a, l->bergen), &a->parties[2]);
		assert_true(a->parties[2].is_recipient && a->parties[2].state == VALISE_STATE_RECEIVED);
		assert_null(a->parties[2].addressee);
		assert_int_equal(a->parties[2].n_identified_as, 1);
		assert_string_equal(a->parties[2].identified_as[0], "The captain of the port");
		assert_non_null(strstr(a->parties[2].sentence,
				       "Known to the sender as the addressee \"The captain of the port\"."));
		assert_int_equal(a->parties[1].n_identified_as, 0);
		assert_null(strstr(a->sentence, "Addressed"));
		assert_int_equal(rows_of(a, "identified-twice", &n), 0);
	}
	/* Another office for the same name: both are recipients, and none is chosen. */
	SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 10, .to = l->bergen, .text = "The captain of the port", .nth = 2);
	SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 11, .to = l->northline, .text = "The captain of the port",
	    .nth = 3);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_parties, 4);
	assert_true(party_of(a, l->northline)->is_recipient && party_of(a, l->bergen)->is_recipient);
	assert_int_equal(rows_of(a, "identified-twice", &n), 1);
	assert_int_equal(n, 3);
}

/* A sender that ties an addressee to itself ties nothing: its own clerk would otherwise confirm what it sealed. */
static void test_identified_itself(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->paper);
	size_t n;
	const struct verified_statement *tie =
		SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 3, .to = l->harbour, .text = "The captain of the port");
	const struct verified_statement *received =
		SAY(s, SAYS_RECEIVED, l->harbour, HARBOUR, 5, .nth = 2, .role = ROLE_CLERK);
	const struct verified_statement *accepted = SAY(s, SAYS_SERVICE_ACCEPTED, l->harbour, HARBOUR, 6, .nth = 3);
	{
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_true(said_of(a, tie)->counts);
		assert_true(said_of(a, received)->bystander && !said_of(a, received)->counts);
		assert_true(said_of(a, accepted)->bystander && !said_of(a, accepted)->counts);
		assert_int_equal(a->n_parties, 3);
		assert_true(a->parties[0].is_sender && !a->parties[0].is_recipient);
		assert_int_equal(a->parties[0].n_identified_as, 0);
		assert_string_equal(a->parties[2].addressee, "The captain of the port");
		assert_int_equal(valise_require(a, "received", cast_err()), VALISE_E_UNMET);
		assert_int_equal(valise_require(a, "service-accepted", cast_err()), VALISE_E_UNMET);
	}
	/* Nor does it stand in the way of the office that the addressee is. */
	SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 9, .to = l->bergen, .text = "The captain of the port", .nth = 4);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_true(party_of(a, l->bergen)->is_recipient && !a->parties[0].is_recipient);
	assert_int_equal(rows_of(a, "identified-twice", &n), 0);
}

/* Nobody but the sender ties a name to an office, no other name than an addressee's is tied, and nobody ties his own. */
static void test_not_identified(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	static const struct {
		enum { BY_SENDER, BY_RECIPIENT, BY_CLAIMANT } who;
		const char *name;
		bool electronic;
	} cases[] = {
		{BY_SENDER, "The captain of the Port", false},   {BY_SENDER, "Mission Oslo", false},
		{BY_SENDER, "The captain of the port", true},    {BY_RECIPIENT, "The captain of the port", false},
		{BY_CLAIMANT, "The captain of the port", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scene *s = scene_new(cases[i].electronic ? l->seal : l->paper);
		const struct verified_entry *who = cases[i].who == BY_SENDER      ? l->harbour
						   : cases[i].who == BY_RECIPIENT ? l->oslo
										  : l->bergen;
		unsigned key = cases[i].who == BY_SENDER ? HARBOUR : cases[i].who == BY_RECIPIENT ? OSLO_CLERK : BERGEN;
		const struct verified_statement *tie =
			SAY(s, SAYS_IDENTIFIED, who, key, 3, .to = l->bergen, .text = cases[i].name,
			    .role = cases[i].who == BY_RECIPIENT ? ROLE_CLERK : ROLE_PRINCIPAL);
		const struct verified_statement *received = SAY(s, SAYS_RECEIVED, l->bergen, BERGEN, 5, .nth = 2);
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_int_equal(said_of(a, tie)->counts, cases[i].who == BY_SENDER);
		assert_true(said_of(a, received)->bystander && !said_of(a, received)->counts);
		assert_true(party_of(a, l->bergen)->is_bystander);
		if (!cases[i].electronic)
			assert_string_equal(a->parties[2].addressee, "The captain of the port");
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_paper),
	cmocka_unit_test(test_no_bytes_on_paper),
	cmocka_unit_test(test_no_bytes_in_words),
	cmocka_unit_test(test_words_not_shown),
	cmocka_unit_test(test_identified),
	cmocka_unit_test(test_identified_itself),
	cmocka_unit_test(test_not_identified),
};

int main(void)
{
	return cmocka_run_group_tests_name("evidence_paper", tests, NULL, NULL);
}
