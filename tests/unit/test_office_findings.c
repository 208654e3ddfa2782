/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of sentences: each once, in order, and an end to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "office/findings.h"

static void add(struct findings *f, unsigned number)
{
	CLEAN_BUF struct buf b = BUF_INIT(100);
	buf_addf(&b, "the %uth of them", number);
	assert_int_equal(findings_add(f, &b, NULL), 0);
}

static void each_once_in_order_and_no_more_than_somebody_reads(void **state)
{
	CLEANUP(findings_release) struct findings f = {0};
	CLEANUP(findings_release) struct findings all = {0};
	(void)state;
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 500; i++)
			add(&f, i);
	assert_int_equal(f.n, 500);
	assert_string_equal(f.at[7], "the 7th of them");
	for (unsigned i = 0; i < 5000; i++)
		add(&f, i);
	assert_int_equal(f.n, 1000);
	assert_string_equal(f.at[998], "the 998th of them");
	assert_string_equal(f.at[999], "there is more of this kind than is told at once");
	assert_int_equal(findings_copy(&all, &f, NULL), 0);
	assert_int_equal(findings_copy(&all, &f, NULL), 0);
	assert_int_equal(all.n, 2000);
	assert_string_equal(all.at[1007], "the 7th of them");
}

static void what_did_not_fit_is_no_finding(void **state)
{
	CLEANUP(findings_release) struct findings f = {0};
	CLEAN_BUF struct buf b = BUF_INIT(4);
	struct valise_err err = {0};
	(void)state;
	buf_add_text(&b, "too long");
	assert_int_not_equal(findings_add(&f, &b, &err), 0);
	assert_int_equal(f.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_once_in_order_and_no_more_than_somebody_reads),
		cmocka_unit_test(what_did_not_fit_is_no_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
