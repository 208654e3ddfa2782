/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that are contrary to each other: a row says so, and no sentence chooses between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <valise/valise.h>

#include "evidence_report.h"

#define BOTH_OF(who, taken) \
	who " is reported to have said both that it did not take the letter and that it " taken \
	    " the letter; neither is chosen here. "
#define NEITHER " of the one or the other. All of it is reported, which is hearsay; neither is chosen here."

/* Reports that are contrary to each other: a row has them all, and no sentence has the furthest step alone. */
static void test_contrary_to_each_other(void **state)
{
	(void)state;
	static const char *const taken[] = {"received", "opened", "reviewed"};
	const struct letter *l = the_letter();
	for (size_t i = 0; i < 3; i++) {
		struct scene *s = scene_new(l->seal);
		char lead[256];
		(void)snprintf(lead, sizeof lead,
			       "Nothing from Mission Oslo itself has reached you. " BOTH_OF("Mission Oslo", "%s"),
			       taken[i]);
		const struct verified_report *one =
			REPORT(s, taken[i], l->harbour, HARBOUR, 6, .of_office = l->oslo, .verb = "confirmed");
		/* Of somebody else, of another step, and of another party. */
		REPORT(s, "refused", l->harbour, HARBOUR, 7, .of_office = l->oslo, .of = "the envoy", .nth = 2);
		REPORT(s, "defect", l->harbour, HARBOUR, 8, .of_office = l->oslo, .of = "the envoy", .nth = 3);
		REPORT(s, "refused", l->harbour, HARBOUR, 9, .of_office = l->harbour, .nth = 4);
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_null(row_of(a, "reports-contrary"));
		assert_null(strstr(a->sentence, "both"));
		const struct verified_report *two =
			REPORT(s, "refused", l->harbour, HARBOUR, 10, .of_office = l->oslo, .verb = "denied", .nth = 5);
		CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
		const struct valise_disagreement *d = row_of(b, "reports-contrary");
		assert_non_null(d);
		assert_int_equal(d->n_notes, 2);
		note_is(d, 0, &one->note);
		note_is(d, 1, &two->note);
		assert_non_null(
			strstr(d->text, "Mission Oslo is reported to have said (\"denied\") that it did not take"));
		assert_non_null(strstr(d->text, "; reported as well is the contrary: Mission Oslo is reported to have "
						"said (\"confirmed\") that it "));
		assert_non_null(strstr(d->text, ". All of it is reported, which is hearsay; neither is chosen here."));
		assert_int_equal(strncmp(b->sentence, lead, strlen(lead)), 0);
		assert_non_null(strstr(b->sentence, "here. Mission Oslo is reported to have said (\"denied\") "));
		assert_non_null(strstr(b->sentence, "). Mission Oslo is reported to have said (\"confirmed\") "));
		assert_non_null(strstr(b->sentence, " 2 more reports of its words are here, "));
		assert_string_equal(b->parties[1].sentence, b->sentence);
		assert_int_equal(b->parties[1].state, VALISE_STATE_NOTHING);
	}
}

/* The same of an addressee without a card; and whose report stands first. */
static void test_contrary_addressee(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->paper);
	REPORT(s, "reviewed", l->stranger, STRANGER, 1, .addressee = "The captain of the port");
	REPORT(s, "refused", l->harbour, HARBOUR, 2, .addressee = "The captain of the port", .verb = "denied");
	REPORT(s, "received", l->harbour, HARBOUR, 3, .addressee = "The captain of the port", .nth = 2);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	const struct valise_disagreement *d = row_of(a, "reports-contrary");
	assert_non_null(d);
	assert_int_equal(d->n_notes, 3);
	assert_non_null(strstr(d->text, "; and 1 more report" NEITHER));
	assert_non_null(strstr(a->parties[2].sentence, BOTH_OF("\"The captain of the port\"", "received")));
	assert_null(strstr(a->parties[2].sentence, "reviewed"));
}

/* What is said of somebody else is told only where nothing is said of the party itself. */
static void test_of_somebody_else(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	REPORT(s, "reviewed", l->harbour, HARBOUR, 2, .of_office = l->oslo, .of = "the envoy");
	{
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_non_null(strstr(a->sentence, "that \"the envoy\" reviewed the letter"));
	}
	REPORT(s, "refused", l->harbour, HARBOUR, 3, .of_office = l->oslo, .nth = 2);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_non_null(strstr(a->sentence, "that it did not take the letter"));
	assert_null(strstr(a->sentence, "reviewed"));
	assert_null(row_of(a, "reports-contrary"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_contrary_to_each_other),
	cmocka_unit_test(test_contrary_addressee),
	cmocka_unit_test(test_of_somebody_else),
};

int main(void)
{
	return cmocka_run_group_tests_name("evidence_contrary", tests, NULL, NULL);
}
