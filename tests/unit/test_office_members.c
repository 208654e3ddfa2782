/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of a letter's members: each once, in a directory that came before it, and not without end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "office/members.h"

static int add(struct members *s, enum tar_type type, const char *path, struct valise_err *err)
{
	struct tar_member m = {.type = type, .path = str_of(path)};
	return members_add(s, &m, err);
}

static void each_once_and_in_a_directory(void **state)
{
	struct members s = {0};
	struct valise_err err = {0};
	(void)state;
	assert_int_equal(add(&s, TAR_DIR, "annex", &err), 0);
	assert_int_equal(add(&s, TAR_FILE, "annex/a", &err), 0);
	assert_int_equal(add(&s, TAR_FILE, "annex/a", &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "twice"));
	assert_int_equal(add(&s, TAR_FILE, "annex/a/b", &err), VALISE_E_BAD);
	assert_int_equal(add(&s, TAR_FILE, "other/b", &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "no directory"));
	members_release(&s);
}

/* What is remembered of each is bounded, and so is how many there are. */
static void not_without_end(void **state)
{
	struct members s = {0};
	struct valise_err err = {0};
	char path[32];
	(void)state;
	for (unsigned i = 0; i < LIMIT_MEMBERS; i++) {
		(void)snprintf(path, sizeof path, "%u", i);
		assert_int_equal(add(&s, TAR_FILE, path, &err), 0);
	}
	assert_int_equal(add(&s, TAR_FILE, "one more", &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "500000"));
	const struct hashes *paths = &s.types.keys;
	assert_true(paths->cap * 40 + paths->n_slots * 4 <= 100 * (size_t)LIMIT_MEMBERS);
	members_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_once_and_in_a_directory),
		cmocka_unit_test(not_without_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
