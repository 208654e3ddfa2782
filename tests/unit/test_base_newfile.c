/* SPDX-License-Identifier: Apache-2.0 */
/* Files that have no name until they are whole: on good filesystems, on poor ones, raced for, and after a kill. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "base/file.h"
#include "refuse.h"
#include "scratch.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY) /* what no other opening has */

/* All names in the directory, as "a b c". */
static const char *listing(int dirfd)
{
	static char text[1024];
	CLEAN_NAMES struct names n = {0};
	size_t len = 0;
	if (names_read(dirfd, 1000, &n, NULL))
		return "unreadable";
	text[0] = '\0';
	for (size_t i = 0; i < n.count && len < sizeof text - 300; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? " " : "", n.names[i]);
	return text;
}

static bool holds(int dirfd, const char *name, const char *want)
{
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	return file_read_all(dirfd, name, &b, NULL) == 0 && str_eq(buf_str(&b), str_of(want));
}

/* The whole life of a newfile; holds on every filesystem, so it runs on whatever the caller has left of the system. */
static void check_life(int fd)
{
	struct valise_err err = {0};
	struct newfile nf = NEWFILE_NONE;
	MUST(newfile_begin(fd, 0600, &nf, &err) == 0);
	MUST(file_write_all(nf.fd, "first", 5, "a", &err) == 0);
	MUST(faccessat(fd, "a", F_OK, 0) < 0);
	newfile_sweep(fd); /* a live one stays */
	MUST(newfile_publish(&nf, "a", false, &err) == 0);
	MUST(nf.fd == -1 && nf.temp[0] == '\0');
	MUST(holds(fd, "a", "first"));

	MUST(newfile_begin(fd, 0600, &nf, &err) == 0);
	MUST(file_write_all(nf.fd, "second", 6, "a", &err) == 0);
	MUST(newfile_publish(&nf, "a", false, &err) == VALISE_E_EXISTS);
	MUST(strcmp(err.text, "a is there already") == 0);
	MUST(nf.fd == -1);
	MUST(holds(fd, "a", "first"));
	MUST(strcmp(listing(fd), "a") == 0);

	MUST(newfile_begin(fd, 0600, &nf, &err) == 0);
	MUST(file_write_all(nf.fd, "third", 5, "a", &err) == 0);
	newfile_sweep(fd);
	MUST(newfile_publish(&nf, "a", true, &err) == 0);
	MUST(holds(fd, "a", "third"));
	MUST(file_write_new(fd, "new\n\xff", 0400, "x", 1, true, &err) == 0);
	MUST(holds(fd, "new\n\xff", "x"));

	MUST(newfile_begin(fd, 0600, &nf, &err) == 0);
	newfile_abandon(&nf);
	newfile_abandon(&nf);
	MUST(strcmp(listing(fd), "a new\n\xff") == 0);

	static const char *const bad[] = {"", ".", "..", "x/y", "/x"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		MUST(newfile_begin(fd, 0600, &nf, &err) == 0);
		MUST(newfile_link(&nf, bad[i], true, &err) == VALISE_E_USAGE);
		MUST(nf.fd == -1);
	}
	/* No file replaces a directory. */
	MUST(mkdirat(fd, "dir", 0700) == 0);
	MUST(file_write_new(fd, "dir", 0600, "x", 1, true, &err) < 0);
	MUST(file_write_new(fd, "dir", 0600, "x", 1, false, &err) == VALISE_E_EXISTS);
	MUST(strcmp(listing(fd), "a dir new\n\xff") == 0);
	MUST(file_remove_tree(fd, "a", &err) == 0 && file_remove_tree(fd, "dir", &err) == 0 &&
	     file_remove_tree(fd, "new\n\xff", &err) == 0);
}

static bool is_named(int fd)
{
	struct newfile nf = NEWFILE_NONE;
	MUST(newfile_begin(fd, 0600, &nf, NULL) == 0);
	bool named = nf.temp[0] != '\0';
	newfile_abandon(&nf);
	return named;
}

static void life_unnamed(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check_life(fd);
	/* The working directory counts too. */
	MUST(fchdir(fd) == 0);
	check_life(AT_FDCWD);
}

static void life_named(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	MUST(is_named(fd));
	check_life(fd);
}

static void life_before_o_tmpfile(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EISDIR);
	refuse_syscall(SYS_renameat2, 0, 0, ENOSYS);
	MUST(is_named(fd));
	check_life(fd);
}

static void life_on_nfs(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	refuse_syscall(SYS_renameat2, 0, 0, EINVAL);
	check_life(fd);
}

static void life_on_fat(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EINVAL);
	refuse_syscall(SYS_renameat2, 0, 0, EINVAL);
	refuse_syscall(SYS_linkat, 0, 0, EPERM);
	check_life(fd);
}

static void life_without_locks(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	refuse_syscall(SYS_flock, 0, 0, ENOLCK);
	check_life(fd);
}

static void life_without_proc(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_access, 0, 0, ENOENT);
	MUST(is_named(fd));
	check_life(fd);
}

static void test_life_on_every_kind_of_filesystem(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(in_child(life_unnamed, s->path), 0);
	assert_int_equal(in_child(life_named, s->path), 0);
	assert_int_equal(in_child(life_before_o_tmpfile, s->path), 0);
	assert_int_equal(in_child(life_on_nfs, s->path), 0);
	assert_int_equal(in_child(life_on_fat, s->path), 0);
	assert_int_equal(in_child(life_without_locks, s->path), 0);
	assert_int_equal(in_child(life_without_proc, s->path), 0);
	assert_string_equal(listing(s->fd), "");
}

static void failing_renames(const char *dir)
{
	struct valise_err err;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(file_write_new(fd, "there", 0600, "old", 3, false, &err) == 0);
	refuse_syscall(SYS_renameat, 0, 0, EIO);
	MUST(file_write_new(fd, "there", 0600, "new", 3, true, &err) == VALISE_E_IO);
	MUST(holds(fd, "there", "old"));
	/* The empty file that kept the name on the poorest of filesystems goes again. */
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	refuse_syscall(SYS_renameat2, 0, 0, EINVAL);
	refuse_syscall(SYS_linkat, 0, 0, EOPNOTSUPP);
	MUST(file_write_new(fd, "other", 0600, "new", 3, false, &err) == VALISE_E_IO);
	MUST(strcmp(listing(fd), "there") == 0);
}

static void failing_everything(const char *dir)
{
	struct valise_err err;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct newfile nf = {.fd = 77, .dirfd = 88};
	refuse_syscall(SYS_openat, 2, O_CREAT | TMPFILE_BIT, EROFS);
	MUST(newfile_begin(fd, 0600, &nf, &err) == VALISE_E_READ_ONLY);
	MUST(nf.fd == 77 && nf.dirfd == 88);
	MUST(file_write_new(fd, "x", 0600, "x", 1, false, &err) == VALISE_E_READ_ONLY);
	MUST(strcmp(err.text, "x: cannot make a file: Read-only file system") == 0);
}

static void without_randomness(const char *dir)
{
	struct valise_err err;
	struct newfile nf = NEWFILE_NONE;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	refuse_syscall(SYS_getrandom, 0, 0, ENOSYS);
	MUST(newfile_begin(fd, 0600, &nf, &err) == VALISE_E_IO);
	MUST(strcmp(listing(fd), "") == 0);
}

static void test_failures_leave_no_litter(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(in_child(without_randomness, s->path), 0);
	assert_int_equal(in_child(failing_everything, s->path), 0);
	assert_int_equal(in_child(failing_renames, s->path), 0);
}

static void as_nobody(const char *dir)
{
	struct valise_err err;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		_exit(254);
	MUST(file_write_new(fd, "x", 0600, "x", 1, false, &err) == VALISE_E_IO);
	MUST(strcmp(err.text, "x: cannot make a file: Permission denied") == 0);
	MUST(file_remove_tree(fd, "kept", &err) == VALISE_E_IO);
}

static void test_read_only_directory(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	assert_int_equal(file_write_new(s->fd, "kept", 0600, "x", 1, false, &err), 0);
	assert_int_equal(fchmod(s->fd, 0555), 0);
	int r = in_child(as_nobody, s->path);
	assert_int_equal(fchmod(s->fd, 0700), 0);
	if (r == 254)
		print_message("skipped: no other user can be taken on here\n");
	else
		assert_int_equal(r, 0);
	assert_string_equal(listing(s->fd), "kept");
}

/* `n` writers want one name at once: one gets it, the others hear that it is there, and the file is one writer's, whole. */
static void check_race(const char *dir, void (*prepare)(void))
{
	enum { WRITERS = 8, ROUNDS = 10 };
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	prepare();
	for (int round = 0; round < ROUNDS; round++) {
		pid_t children[WRITERS];
		char name[16];
		int go[2];
		MUST(pipe(go) == 0);
		(void)snprintf(name, sizeof name, "r%d", round);
		for (int i = 0; i < WRITERS; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				char data[200];
				char wait;
				memset(data, 'a' + i, sizeof data);
				(void)close(go[1]);
				MUST(read(go[0], &wait, 1) ==
				     0); /* the parent lets all go at once by closing its end */
				newfile_sweep(fd);
				int r = file_write_new(fd, name, 0600, data, sizeof data, false, NULL);
				_exit(r == 0 ? 0 : r == VALISE_E_EXISTS ? 1 : 2);
			}
		}
		(void)close(go[0]);
		(void)close(go[1]);
		int n_won = 0;
		char winner = 0;
		for (int i = 0; i < WRITERS; i++) {
			int status = -1;
			MUST(waitpid(children[i], &status, 0) == children[i]);
			MUST(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
			if (WEXITSTATUS(status) == 0) {
				n_won++;
				winner = (char)('a' + i);
			}
		}
		MUST(n_won == 1);
		char data[201];
		memset(data, winner, 200);
		data[200] = '\0';
		MUST(holds(fd, name, data));
		MUST(file_remove_tree(fd, name, NULL) == 0);
	}
	MUST(strcmp(listing(fd), "") == 0);
}

static void nothing_refused(void)
{
}

static void refuse_unnamed(void)
{
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
}

static void refuse_all_but_rename(void)
{
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	refuse_syscall(SYS_renameat2, 0, 0, EINVAL);
	refuse_syscall(SYS_linkat, 0, 0, EPERM);
}

static void race_unnamed(const char *dir)
{
	check_race(dir, nothing_refused);
}

static void race_named(const char *dir)
{
	check_race(dir, refuse_unnamed);
}

static void race_on_fat(const char *dir)
{
	check_race(dir, refuse_all_but_rename);
}

static void test_one_writer_wins(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(in_child(race_unnamed, s->path), 0);
	assert_int_equal(in_child(race_named, s->path), 0);
	assert_int_equal(in_child(race_on_fat, s->path), 0);
}

static void leave_a_temporary(const char *dir)
{
	struct newfile nf = NEWFILE_NONE;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, TMPFILE_BIT, EOPNOTSUPP);
	MUST(newfile_begin(fd, 0400, &nf, NULL) == 0);
	MUST(nf.temp[0]);
	(void)kill(getpid(), SIGKILL);
}

static void test_sweeps_what_a_kill_left(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	assert_int_equal(in_child(leave_a_temporary, s->path), 1000 + SIGKILL);
	assert_memory_equal(listing(s->fd), ".valise-tmp-", 12);
	/* Not ours: other names, other kinds of files, and what somebody holds. */
	static const char *const others[] = {
		".valise-tmp-",
		".valise-tmp-abcdefghijklmno",
		".valise-tmp-abcdefghijklmnopq",
		".valise-tmp-ABCDEFGHIJKLMNOP",
		".valise-tmp-abcdefghijklmno1",
		"valise-tmp-abcdefghijklmnop",
	};
	const size_t n_others = sizeof others / sizeof others[0];
	for (size_t i = 0; i < n_others; i++)
		assert_int_equal(file_write_new(s->fd, others[i], 0600, "x", 1, false, &err), 0);
	assert_int_equal(mkfifoat(s->fd, ".valise-tmp-aaaaaaaaaaaaaaaa", 0600), 0);
	assert_int_equal(mkdirat(s->fd, ".valise-tmp-bbbbbbbbbbbbbbbb", 0700), 0);
	assert_int_equal(symlinkat("valise-tmp-abcdefghijklmnop", s->fd, ".valise-tmp-cccccccccccccccc"), 0);
	assert_int_equal(file_write_new(s->fd, ".valise-tmp-dddddddddddddddd", 0600, "x", 1, false, &err), 0);
	CLEAN_CLOSE int held = file_openat(s->fd, ".valise-tmp-dddddddddddddddd", O_RDONLY, 0);
	assert_int_equal(flock(held, LOCK_EX), 0);
	newfile_sweep(s->fd);
	newfile_sweep(-1);
	CLEAN_NAMES struct names n = {0};
	assert_int_equal(names_read(s->fd, 100, &n, &err), 0);
	assert_int_equal(n.count, n_others + 4);
	for (size_t i = 0; i < n_others; i++)
		assert_int_equal(faccessat(s->fd, others[i], F_OK, 0), 0);
	assert_int_equal(faccessat(s->fd, ".valise-tmp-dddddddddddddddd", F_OK, 0), 0);
	assert_int_equal(flock(held, LOCK_UN), 0);
	newfile_sweep(s->fd);
	assert_int_equal(faccessat(s->fd, ".valise-tmp-dddddddddddddddd", F_OK, 0), -1);
}

/* Killed anywhere while replacing, the old file or the new one is there, and a sweep leaves nothing else. */
static void test_kills_while_replacing(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	assert_int_equal(file_write_new(s->fd, "f", 0600, "old", 3, false, &err), 0);
	for (useconds_t wait = 0; wait < 4000; wait += 100) {
		pid_t child = fork();
		if (child == 0) {
			for (;;) {
				if (file_write_new(s->fd, "f", 0600, "new", 3, true, NULL))
					_exit(1);
			}
		}
		(void)usleep(wait);
		(void)kill(child, SIGKILL);
		int status = -1;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_true(holds(s->fd, "f", "new") || holds(s->fd, "f", "old"));
		newfile_sweep(s->fd);
		assert_string_equal(listing(s->fd), "f");
	}
	assert_true(holds(s->fd, "f", "new"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_life_on_every_kind_of_filesystem),
		scratch_test(test_failures_leave_no_litter),
		scratch_test(test_read_only_directory),
		scratch_test(test_one_writer_wins),
		scratch_test(test_sweeps_what_a_kill_left),
		scratch_test(test_kills_while_replacing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
