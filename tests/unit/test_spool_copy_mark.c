/* SPDX-License-Identifier: Apache-2.0 */
/* How a spool knows a copy of itself, and an older state. */
#include "spool/copy_mark.h"

#include <stdlib.h>

#include "spool_kit.h"

static enum copy_mark_state look(const char *dir)
{
	CLEAN_SPOOL struct spool *s = NULL;
	enum copy_mark_state state;
	struct valise_err err = {0};
	OK(err, spool_open(dir, SPOOL_READ, &s, &err));
	OK(err, copy_mark_look(s, &state, &err));
	return state;
}

static void renew(struct spool *s, bool commit)
{
	struct valise_err err = {0};
	kit_begin(s);
	OK(err, copy_mark_renew(s, &err));
	if (commit)
		kit_commit(s);
	else
		spool_rollback(s);
}

static size_t mark_files(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN_NAMES struct names names = {NULL, 0};
	struct valise_err err = {0};
	size_t n = 0;
	OK(err, names_read(fd, 1000, &names, &err));
	for (size_t i = 0; i < names.count; i++)
		n += strncmp(names.names[i], "only-copy.", 10) == 0;
	return n;
}

static void a_mark_fits_until_the_file_is_another(void **state)
{
	const char *dir = kit_dir(*state);
	char command[4096];
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	assert_int_equal(look(dir), COPY_MARK_NONE);
	renew(s, true);
	copy_mark_sweep(s);
	assert_int_equal(look(dir), COPY_MARK_FITS);
	assert_int_equal(mark_files(dir), 1);
	/* The same bytes and name, the time set back: another file. */
	(void)snprintf(command, sizeof command, "cd '%s' && cp -p only-copy.* new && mv new only-copy.*", dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(look(dir), COPY_MARK_OTHER);
	renew(s, true);
	copy_mark_sweep(s);
	assert_int_equal(look(dir), COPY_MARK_FITS);
	/* Touched in place. */
	usleep(20000); /* the clock of a file's times moves in steps */
	(void)snprintf(command, sizeof command, "chmod 400 '%s'/only-copy.*", dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(look(dir), COPY_MARK_OTHER);
	renew(s, true);
	copy_mark_sweep(s);
	(void)snprintf(command, sizeof command, "rm '%s'/only-copy.*", dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(look(dir), COPY_MARK_OTHER);
}

/* What the database remembered before is no mark any more, and one that was not committed never is. */
static void a_mark_is_of_one_state(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_BUF struct buf first = BUF_INIT(4096);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	renew(s, true);
	OK(err, setting_get(s, "copy-mark", &first, &err));
	renew(s, false);
	assert_int_equal(look(dir), COPY_MARK_FITS);
	assert_int_equal(mark_files(dir), 2);
	renew(s, true);
	assert_int_equal(mark_files(dir), 3);
	assert_int_equal(look(dir), COPY_MARK_FITS);
	copy_mark_sweep(s);
	assert_int_equal(mark_files(dir), 1);
	assert_int_equal(look(dir), COPY_MARK_FITS);
	kit_begin(s);
	OK(err, setting_put(s, "copy-mark", buf_str(&first), &err));
	kit_commit(s);
	assert_int_equal(look(dir), COPY_MARK_OTHER);
	/* Nothing that a damaged row names is looked for elsewhere. */
	static const char *const wrong[] = {"", "only-copy.", "valise.db 1 2.000000003", "../x 1 2.3",
					    "only-copy./../valise.db 1 2"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		kit_begin(s);
		OK(err, setting_put(s, "copy-mark", str_of(wrong[i]), &err));
		kit_commit(s);
		assert_int_equal(look(dir), COPY_MARK_OTHER);
	}
}

static void no_mark_is_made_outside_of_a_transaction(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	assert_int_equal(copy_mark_renew(s, &err), VALISE_E_FAILURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_mark_fits_until_the_file_is_another),
		scratch_test(a_mark_is_of_one_state),
		cmocka_unit_test_setup_teardown(no_mark_is_made_outside_of_a_transaction, scratch_setup,
						scratch_teardown),
	};
	return cmocka_run_group_tests_name("spool_copy_mark", tests, NULL, NULL);
}
