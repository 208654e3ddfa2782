/* SPDX-License-Identifier: Apache-2.0 */
/* Removing trees: deep, wide, in use, mounted on, and moved away meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "base/file.h"
#include "refuse.h"
#include "scratch.h"

/* A chain of `depth` directories below `name`, with a file in every hundredth. */
static void make_deep(int dirfd, const char *name, int depth)
{
	assert_int_equal(mkdirat(dirfd, name, 0700), 0);
	int at = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < depth; i++) {
		assert_int_equal(mkdirat(at, "d", 0700), 0);
		if (i % 100 == 0)
			(void)close(openat(at, "file", O_CREAT | O_WRONLY, 0400));
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		(void)close(at);
		at = next;
	}
	(void)close(at);
}

static void remove_with_few_descriptors(const char *dir)
{
	struct valise_err err = {0};
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct rlimit few = {(rlim_t)fd + 5, (rlim_t)fd + 5};
	MUST(setrlimit(RLIMIT_NOFILE, &few) == 0);
	MUST(file_remove_tree(fd, "deep", &err) == 0);
}

static void test_removes_ten_thousand_levels(void **state)
{
	struct scratch *s = *state;
	make_deep(s->fd, "deep", 10000);
	assert_int_equal(in_child(remove_with_few_descriptors, s->path), 0);
	assert_int_equal(faccessat(s->fd, "deep", F_OK, 0), -1);
}

static void test_removes_wide_trees(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	for (int i = 0; i < 300; i++) {
		char name[64];
		(void)snprintf(name, sizeof name, "wide/d%d/e", i);
		assert_int_equal(file_make_dirs(s->fd, name, 0700, &err), 0);
		(void)snprintf(name, sizeof name, "wide/d%d/\n\xff", i);
		(void)close(openat(s->fd, name, O_CREAT | O_WRONLY, 0000));
	}
	assert_int_equal(file_make_dirs(s->fd, "kept", 0700, &err), 0);
	assert_int_equal(file_write_new(s->fd, "kept.txt", 0600, "x", 1, false, &err), 0);
	assert_int_equal(symlinkat("../kept", s->fd, "wide/link"), 0);
	assert_int_equal(symlinkat("../../kept.txt", s->fd, "wide/d1/link"), 0);
	assert_int_equal(file_remove_tree(s->fd, "wide", &err), 0);
	assert_int_equal(faccessat(s->fd, "wide", F_OK, 0), -1);
	assert_int_equal(faccessat(s->fd, "kept", F_OK, 0), 0);
	assert_int_equal(faccessat(s->fd, "kept.txt", F_OK, 0), 0);

	/* Not the target of a link, but the link. */
	assert_int_equal(symlinkat("kept", s->fd, "link"), 0);
	assert_int_equal(file_remove_tree(s->fd, "link", &err), 0);
	assert_int_equal(faccessat(s->fd, "kept", F_OK, 0), 0);
	assert_int_equal(file_remove_tree(s->fd, "kept.txt", &err), 0);
	assert_int_equal(file_remove_tree(s->fd, "kept", &err), 0);
	assert_int_equal(file_remove_tree(s->fd, "kept", &err), VALISE_E_NOT_FOUND);
	assert_int_equal(file_remove_tree(s->fd, "none/x", &err), VALISE_E_NOT_FOUND);
	assert_int_equal(file_remove_tree(-1, "x", &err), VALISE_E_IO);
}

static void remove_where_nothing_is_removed(const char *dir)
{
	struct valise_err err = {0};
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_unlinkat, 2, 0, EACCES);
	MUST(file_remove_tree(fd, "tree", &err) == VALISE_E_IO);
	MUST(strcmp(err.text, "cannot remove tree: Permission denied") == 0);
}

static void remove_where_openings_fail(const char *dir)
{
	struct valise_err err = {0};
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat, 2, O_NOFOLLOW, EACCES);
	MUST(file_remove_tree(fd, "tree", &err) == VALISE_E_IO);
	MUST(strstr(err.text, "tree"));
}

static void remove_below_a_mount(const char *dir)
{
	struct valise_err err = {0};
	char path[512];
	(void)snprintf(path, sizeof path, "%s/tree/a/b", dir);
	/* Only root can, and not in every container. */
	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", "", MS_REC | MS_PRIVATE, "") < 0 ||
	    mount("none", path, "tmpfs", 0, "size=64k") < 0)
		_exit(254);
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN_CLOSE int mounted = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(file_write_new(mounted, "kept", 0600, "x", 1, false, &err) == 0);
	MUST(file_remove_tree(fd, "tree", &err) == VALISE_E_IO);
	MUST(strcmp(err.text, "below tree: cannot remove b: Device or resource busy") == 0);
	MUST(faccessat(mounted, "kept", F_OK, 0) == 0);
	MUST(file_remove_tree(AT_FDCWD, path, &err) == VALISE_E_IO);
	MUST(faccessat(mounted, "kept", F_OK, 0) == 0);
}

static void test_failures_are_told(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	assert_int_equal(file_make_dirs(s->fd, "tree/a/b", 0700, &err), 0);
	assert_int_equal(in_child(remove_where_openings_fail, s->path), 0);
	assert_int_equal(in_child(remove_where_nothing_is_removed, s->path), 0);
	int r = in_child(remove_below_a_mount, s->path);
	if (r == 254)
		print_message("skipped: nothing can be mounted here, so no mount is crossed\n");
	else
		assert_int_equal(r, 0);
	assert_int_equal(faccessat(s->fd, "tree/a/b", F_OK, 0), 0);
}

/* Moves what is being removed out of its tree, once the remover is a hundred levels further down (or on its way back from
 * there); true when it saw that. */
static bool move_while_removed(struct scratch *s)
{
	char deep_down[256] = "deep/";
	for (size_t i = 0; i < 100; i++)
		memcpy(deep_down + 5 + 2 * i, "d/", 2);
	memcpy(deep_down + 205, "file", 5);
	make_deep(s->fd, "deep", 1000);
	assert_int_equal(faccessat(s->fd, deep_down, F_OK, 0), 0);
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		int r = file_remove_tree(s->fd, "deep", NULL);
		_exit(r == 0 ? 0 : r == VALISE_E_CHANGED ? 1 : 2);
	}
	while (faccessat(s->fd, deep_down, F_OK, 0) == 0)
		;
	(void)renameat(s->fd, "deep/d/d", s->fd, "moved");
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	int r = file_remove_tree(s->fd, "deep", NULL);
	assert_true(r == 0 || r == VALISE_E_NOT_FOUND);
	r = file_remove_tree(s->fd, "moved", NULL);
	assert_true(r == 0 || r == VALISE_E_NOT_FOUND);
	assert_int_equal(faccessat(s->fd, "kept", F_OK, 0), 0);
	return WEXITSTATUS(status) == 1;
}

static void test_is_not_led_astray(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	assert_int_equal(file_make_dirs(s->fd, "kept", 0700, &err), 0);
	bool seen = false;
	/* Now and then the remover is faster. */
	for (unsigned i = 0; i < 50 && !seen; i++)
		seen = move_while_removed(s);
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_removes_ten_thousand_levels),
		scratch_test(test_removes_wide_trees),
		scratch_test(test_failures_are_told),
		scratch_test(test_is_not_led_astray),
	};
	/* Ten thousand directories, one in the other, take ext4 seconds to make. */
	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
