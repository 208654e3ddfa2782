/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a body's bytes without reading them: since when, and that nobody has written to the file. */
#include "base/clock.h"
#include "body_kit.h"

static bool is_as_checked(struct spool *s, const struct kit_body *b)
{
	CLEAN_BODY struct body body = BODY_NONE;
	struct valise_err err = {0};
	OK(err, body_open(s, &b->root, &body, &err));
	return body_is_as_checked(&body);
}

static void write_to(const char *path, size_t at)
{
	usleep(20000); /* the clock of a file's times moves in steps */
	assert_int_equal(chmod(path, 0600), 0);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

/* What was just made or taken in need not be hashed again: for a day, by a clock that is not ahead, in the file that it was. */
static void what_was_checked_is_known_for_a_day(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	CLEAN_KIT_BODY struct kit_body b;
	char sql[200];
	struct valise_err err = {0};
	kit_body(1, 2 * MIB + 5, &b);
	kit_begin(s);
	put_file(s, &b);
	kit_commit(s);
	assert_true(is_as_checked(s, &b));
	static const struct {
		int64_t ago_s;
		bool holds;
	} rows[] = {{0, true}, {86000, true}, {86500, false}, {-100, false}, {86000, true}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		(void)snprintf(sql, sizeof sql, "UPDATE body SET checked_s = %lld",
			       (long long)(clock_now_s() - rows[i].ago_s));
		kit_sql(dir, sql);
		assert_int_equal(is_as_checked(s, &b), rows[i].holds);
	}
	OK(err, body_check_anew(s, &b.root, &err));
	assert_false(is_as_checked(s, &b));
	assert_true(kit_body_is_whole(s, &b));
	kit_begin(s);
	OK(err, body_forget(s, &b.root, &err));
	put_file(s, &b);
	kit_commit(s);
	assert_true(is_as_checked(s, &b));

	/* Another file with the same bytes. */
	int outside = ((struct scratch *)*state)->fd;
	OK(err, file_write_new(outside, "copy", 0400, b.bytes, b.len, false, &err));
	assert_int_equal(renameat(outside, "copy", AT_FDCWD, body_path(dir, &b.root)), 0);
	assert_false(is_as_checked(s, &b));
}

/* A write is seen, also by who has the body open. */
static void what_was_written_to_is_not_as_checked(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	CLEAN_KIT_BODY struct kit_body b;
	CLEAN_BODY struct body body = BODY_NONE;
	struct valise_err err = {0};
	kit_body(1, 2 * MIB + 5, &b);
	kit_begin(s);
	put_file(s, &b);
	kit_commit(s);
	OK(err, body_open(s, &b.root, &body, &err));
	assert_true(body_is_as_checked(&body));
	write_to(body_path(dir, &b.root), 1000000);
	assert_false(body_is_as_checked(&body));
	assert_false(is_as_checked(s, &b));
	write_to(body_path(dir, &b.root), 1000000); /* the same bytes again: nobody knows that */
	assert_false(is_as_checked(s, &b));
}

/* Over several bags, or runs, and as long as nobody else writes in between. */
static void what_comes_in_pieces_is_as_checked(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	for (uint8_t how = 0; how < 5; how++) {
		CLEAN_KIT_BODY struct kit_body b;
		kit_body(how, 3 * MIB + 17, &b);
		for (size_t i = 0; i < b.n_pieces; i++) {
			CLEAN_INTAKE struct body_intake *in = begin(s, &b);
			take(in, &b, i);
			if (how != 1 || i + 1 == b.n_pieces)
				sync_intake(in);
			if (how == 1 && i + 1 == b.n_pieces) /* what was not synced did not count: again */
				for (size_t k = 0; k < i; k++)
					take(in, &b, k);
			if (how == 1)
				sync_intake(in);
			if (how == 2 && i == 1)
				write_to(partial_path(dir, &b.root, b.n_pieces), 1500000);
			if (how == 3 && i == 1)
				kit_sql(dir, "UPDATE partial SET checked_s = checked_s - 90000");
			if (how == 4 && i + 1 == b.n_pieces)
				write_to(partial_path(dir, &b.root, b.n_pieces), 1500000);
			if (i + 1 == b.n_pieces)
				finish(s, in);
		}
		assert_int_equal(is_as_checked(s, &b), how < 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(what_was_checked_is_known_for_a_day),
		scratch_test(what_was_written_to_is_not_as_checked),
		scratch_test(what_comes_in_pieces_is_as_checked),
	};
	return cmocka_run_group_tests_name("spool_as_checked", tests, NULL, NULL);
}
