/* SPDX-License-Identifier: Apache-2.0 */
/* Reading where nothing can be written: as somebody without the right to, and, for root, on a read-only mount. */
#include "spool_kit.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>

#define NOBODY 65534

/* Copies the spool's files as they lie there, as `cp` would: a writer may have it open. */
static void copy_file(const char *from, const char *to, const char *name)
{
	char path[600];
	struct valise_err err = {0};
	CLEAN_BUF struct buf b = BUF_INIT(64u << 20);
	(void)snprintf(path, sizeof path, "%s/%s", from, name);
	MUST(file_read_all(AT_FDCWD, path, &b, &err) == 0);
	(void)snprintf(path, sizeof path, "%s/%s", to, name);
	CLEAN_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	MUST(fd >= 0 && file_write_all(fd, b.data, b.len, path, &err) == 0);
}

static void set_modes(const char *dir, mode_t of_dir)
{
	static const char *const names[] = {"valise.db", "valise.db-wal", "valise.db-shm"};
	char path[600];
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		MUST(chmod(path, 0644) == 0 || errno == ENOENT);
	}
	MUST(chmod(dir, of_dir) == 0);
}

/* What is beside the database when it is read. */
enum beside { CLEAN, EMPTY_LOG, LOG, LOG_AND_LOCKS, LOCKS, BESIDES };

/* A spool of three letters, two of them only in the log where there is one. */
static size_t make_copy(const struct scratch *sc, enum beside what, char copy[static 300])
{
	char original[300];
	(void)snprintf(original, sizeof original, "%s/original", sc->path);
	(void)snprintf(copy, 300, "%s/copy", sc->path);
	MUST(chmod(sc->path, 0755) == 0);
	spool_close(kit_create(original));
	MUST(mkdir(copy, 0755) == 0);
	struct spool *s = kit_open(original, SPOOL_WRITE);
	(void)kit_put_letter(s, &(struct kit_letter){.n = 1, .is_paper = true});
	spool_close(s);
	kit_merge(original);
	s = kit_open(original, SPOOL_WRITE);
	(void)kit_put_letter(s, &(struct kit_letter){.n = 2, .ref = "14/2026", .is_paper = true});
	(void)kit_put_letter(s, &(struct kit_letter){.n = 3, .is_paper = true});
	copy_file(original, copy, "valise.db");
	if (what == LOG || what == LOG_AND_LOCKS)
		copy_file(original, copy, "valise.db-wal");
	if (what == LOG_AND_LOCKS || what == LOCKS)
		copy_file(original, copy, "valise.db-shm");
	if (what == EMPTY_LOG) {
		char path[400];
		(void)snprintf(path, sizeof path, "%s/valise.db-wal", copy);
		MUST(close(open(path, O_WRONLY | O_CREAT, 0644)) == 0);
	}
	spool_close(s);
	return what == LOG || what == LOG_AND_LOCKS ? 3 : 1;
}

static size_t n_names(const char *dir)
{
	CLEAN_NAMES struct names names = {0};
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(fd >= 0 && names_read(fd, 100, &names, NULL) == 0);
	return names.count;
}

static void ignore_finding(void *context, bool is_broken, const char *text)
{
	(void)context, (void)text;
	MUST(!is_broken);
}

/* Everything that is read, with so many letters; nothing appears in the directory, not even while it is open. */
static void read_it(const char *dir, size_t letters)
{
	struct valise_err err = {0};
	struct spool *s = NULL;
	size_t names = n_names(dir);
	MUST(spool_open(dir, SPOOL_WRITE, &s, &err) == VALISE_E_READ_ONLY);
	OK(err, spool_open(dir, SPOOL_READ, &s, &err));
	MUST(kit_letters(s) == letters);
	MUST(n_names(dir) == names);
	MUST(spool_is_read_only(s) && spool_begin(s, &err) == VALISE_E_READ_ONLY);
	OK(err, spool_begin_read(s, &err));
	MUST(kit_letters(s) == letters);
	spool_rollback(s);
	struct hash id;
	MUST(letter_find(s, STR("14/2026"), &id, &err) == (letters == 3 ? 0 : VALISE_E_NOT_FOUND));
	/* The copy has neither bodies/ nor keys/: nothing is there, which is no failure. */
	CLEAN_NAMES struct names keys = {0};
	CLEAN_BODY struct body body = BODY_NONE;
	OK(err, key_files(s, &keys, &err));
	MUST(keys.count == 0);
	MUST(key_file_put(s, "0123456789abcdef0123456789abcdef", STR("x"), &err) != 0);
	MUST(body_open(s, &id, &body, &err) == VALISE_E_NOT_FOUND);
	MUST(spool_check(s, true, ignore_finding, NULL, &err) == VALISE_E_READ_ONLY);
	OK(err, spool_check(s, false, ignore_finding, NULL, &err));
	spool_close(s);
	MUST(n_names(dir) == names);
}

static void become_nobody(void)
{
	if (geteuid() == 0)
		MUST(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static void read_1(const char *dir)
{
	become_nobody();
	read_it(dir, 1);
}

static void read_3(const char *dir)
{
	become_nobody();
	read_it(dir, 3);
}

static void without_the_right_to_write(void **state, enum beside what)
{
	char copy[300];
	size_t letters = make_copy(*state, what, copy);
	set_modes(copy, 0555);
	assert_int_equal(in_child(letters == 3 ? read_3 : read_1, copy), 0);
	set_modes(copy, 0755);
}

static void clean(void **state)
{
	without_the_right_to_write(state, CLEAN);
}

static void with_an_empty_log(void **state)
{
	without_the_right_to_write(state, EMPTY_LOG);
}

static void with_a_log(void **state)
{
	without_the_right_to_write(state, LOG);
}

static void with_a_log_and_dead_locks(void **state)
{
	without_the_right_to_write(state, LOG_AND_LOCKS);
}

static void with_dead_locks(void **state)
{
	without_the_right_to_write(state, LOCKS);
}

/* ---- On a mount that root cannot write either ---- */

#define NOT_PERMITTED 77

/* A mount point of its own, in a namespace of this child's own: nothing outlives it. */
static void mount_own(const char *where)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(where, where, NULL, MS_BIND, NULL) < 0)
		_exit(NOT_PERMITTED);
}

static void make_read_only(const char *where)
{
	MUST(mount(NULL, where, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0);
}

static void mounted_1(const char *dir)
{
	mount_own(dir);
	make_read_only(dir);
	read_it(dir, 1);
}

static void mounted_3(const char *dir)
{
	mount_own(dir);
	make_read_only(dir);
	read_it(dir, 3);
}

static void skip_loudly(const char *why)
{
	(void)fprintf(stderr, "skipped: %s\n", why);
	skip();
}

static void on_a_read_only_mount(void **state)
{
	struct scratch *sc = *state;
	for (enum beside what = CLEAN; what < BESIDES; what++) {
		char copy[300];
		struct valise_err err = {0};
		size_t letters = make_copy(sc, what, copy);
		int r = in_child(letters == 3 ? mounted_3 : mounted_1, copy);
		if (r == NOT_PERMITTED)
			skip_loudly("no mount is permitted here, so no medium is read-only for root");
		assert_int_equal(r, 0);
		OK(err, file_remove_tree(sc->fd, "copy", &err));
		OK(err, file_remove_tree(sc->fd, "original", &err));
	}
}

/* ---- While somebody else writes ---- */

struct talk {
	int to_reader[2], to_writer[2];
};
static struct talk talk;

static void say_and_wait(int out, int in)
{
	char c = 'x';
	MUST(write(out, &c, 1) == 1);
	MUST(read(in, &c, 1) == 1);
}

/* Reads one letter; and, after the writer has put another, two. */
static void follow_writer(const char *dir)
{
	become_nobody();
	struct spool *s = kit_open(dir, SPOOL_READ);
	MUST(kit_letters(s) == 1);
	say_and_wait(talk.to_writer[1], talk.to_reader[0]);
	MUST(kit_letters(s) == 2);
	spool_close(s);
}

static void a_living_writer_is_followed(void **state)
{
	const struct scratch *sc = *state;
	const char *dir = kit_dir(sc);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	(void)kit_put_letter(s, &(struct kit_letter){.n = 1, .is_paper = true});
	assert_int_equal(chmod(sc->path, 0755), 0);
	set_modes(dir, 0555);
	char bodies[400];
	(void)snprintf(bodies, sizeof bodies, "%s/bodies", dir);
	assert_int_equal(chmod(bodies, 0755), 0); /* the other rooms stay the owner's */
	assert_int_equal(pipe(talk.to_reader) | pipe(talk.to_writer), 0);
	pid_t child = fork();
	if (child == 0) {
		follow_writer(dir);
		_exit(0);
	}
	char c;
	(void)close(talk.to_writer[1]); /* so that a reader that dies ends the wait */
	assert_int_equal(read(talk.to_writer[0], &c, 1), 1);
	if (geteuid() != 0)
		assert_int_equal(chmod(dir, 0755), 0);
	(void)kit_put_letter(s, &(struct kit_letter){.n = 2, .is_paper = true});
	assert_int_equal(write(talk.to_reader[1], &c, 1), 1);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(chmod(dir, 0755), 0);
}

static int stop_at_first(void *context, const struct hash *id)
{
	(void)id;
	++*(size_t *)context;
	return 1;
}

/* Through a mount that is read-only the files seem to be at rest, and then they change. */
static void written_behind(const char *dir)
{
	char through[400];
	struct valise_err err = {0};
	(void)snprintf(through, sizeof through, "%s/../through", dir);
	MUST(mkdir(through, 0755) == 0);
	mount_own(through);
	MUST(mount(dir, through, NULL, MS_BIND, NULL) == 0);
	make_read_only(through);
	/* More than one look takes into memory. */
	struct spool *writer = kit_open(dir, SPOOL_WRITE);
	for (uint64_t i = 100; i < 400; i++)
		(void)kit_put_letter(writer, &(struct kit_letter){.n = i, .is_paper = true});
	spool_close(writer);
	struct spool *reader = kit_open(through, SPOOL_READ);
	struct spool *quiet = kit_open(through, SPOOL_READ);
	size_t n = 0;
	MUST(letters_each(reader, stop_at_first, &n, &err) == 1);
	MUST(kit_letters(quiet) == 303);
	writer = kit_open(dir, SPOOL_WRITE);
	for (uint64_t i = 400; i < 500; i++)
		(void)kit_put_letter(writer, &(struct kit_letter){.n = i, .is_paper = true});
	spool_close(writer); /* the log goes into the database */
	MUST(letters_each(reader, kit_count_letter, &n, &err) == VALISE_E_CHANGED);
	spool_close(reader);
	/* What was read before may be told again, as it was. */
	n = 0;
	int r = letters_each(quiet, kit_count_letter, &n, &err);
	MUST(r == VALISE_E_CHANGED || (r == 0 && n == 303));
	spool_close(quiet);
	reader = kit_open(through, SPOOL_READ);
	MUST(kit_letters(reader) == 403);
	spool_close(reader);
}

static void a_change_behind_a_view_is_noticed(void **state)
{
	char copy[300];
	make_copy(*state, LOG, copy);
	int r = in_child(written_behind, copy);
	if (r == NOT_PERMITTED)
		skip_loudly("no mount is permitted here, so nothing can be written behind a reader's back");
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(clean),
		scratch_test(with_an_empty_log),
		scratch_test(with_a_log),
		scratch_test(with_a_log_and_dead_locks),
		scratch_test(with_dead_locks),
		scratch_test(on_a_read_only_mount),
		scratch_test(a_living_writer_is_followed),
		scratch_test(a_change_behind_a_view_is_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
