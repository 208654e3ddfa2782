/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, writing, directories and trees, on a filesystem that would rather not. */
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

#include "base/direct.h"
#include "base/file.h"
#include "refuse.h"
#include "scratch.h"

static void write_file(int dirfd, const char *name, const void *data, size_t len)
{
	struct valise_err err;
	assert_int_equal(file_write_new(dirfd, name, 0600, data, len, true, &err), 0);
}

static void test_reads_whole_files(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	static const size_t sizes[] = {0, 1, 4095, 65535, 65536, 65537, 1000000};
	uint8_t *bytes = malloc(1000000);
	for (size_t i = 0; i < 1000000; i++)
		bytes[i] = (uint8_t)(i * i >> 7);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		write_file(s->fd, "f", bytes, sizes[i]);
		/* A limit that it just fits. */
		CLEAN_BUF struct buf b = BUF_INIT(3 + sizes[i]);
		buf_add_text(&b, "abc");
		assert_int_equal(file_read_all(s->fd, "f", &b, &err), 0);
		assert_int_equal(b.len, 3 + sizes[i]);
		assert_memory_equal(b.data, "abc", 3);
		assert_memory_equal(b.data + 3, bytes, sizes[i]);
		if (sizes[i] == 0)
			continue;
		/* And one byte less. */
		CLEAN_BUF struct buf small = BUF_INIT(sizes[i] - 1);
		assert_int_equal(file_read_all(s->fd, "f", &small, &err), VALISE_E_LIMIT);
		assert_int_equal(small.len, 0);
		assert_int_equal(small.error, 0);
	}
	free(bytes);
}

static void test_reads_files_that_lie_about_their_size(void **state)
{
	(void)state;
	struct valise_err err;
	CLEAN_BUF struct buf b = BUF_INIT(1000000);
	assert_int_equal(file_read_all(AT_FDCWD, "/proc/self/status", &b, &err), 0); /* stat says 0 */
	assert_true(b.len > 100);
	assert_true(str_starts(buf_str(&b), STR("Name:")));
}

static void test_refuses_what_is_no_file(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_int_equal(mkfifoat(s->fd, "fifo", 0600), 0);
	assert_int_equal(mkdirat(s->fd, "dir", 0700), 0);
	assert_int_equal(file_read_all(s->fd, "fifo", &b, &err), VALISE_E_USAGE);
	assert_string_equal(err.text, "fifo is no regular file");
	assert_int_equal(file_read_all(s->fd, "dir", &b, &err), VALISE_E_IO);
	assert_int_equal(file_read_all(AT_FDCWD, "/dev/zero", &b, &err), VALISE_E_USAGE);
	assert_int_equal(file_read_all(s->fd, "no\x1b[2Jne", &b, &err), VALISE_E_NOT_FOUND);
	assert_string_equal(err.text, "cannot read no\\x1b[2Jne: No such file or directory");
	assert_int_equal(file_read_all_fd(s->fd, "dir", &b, &err), VALISE_E_IO);
	assert_int_equal(file_read_all_fd(-1, "nothing", &b, &err), VALISE_E_IO);
	assert_int_equal(b.len, 0);
}

static void test_reads_pipes_to_their_end(void **state)
{
	(void)state;
	struct valise_err err;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		/* In pieces, and slower than the reader. */
		for (int i = 0; i < 100; i++) {
			if (write(ends[1], "0123456789", 10) != 10)
				_exit(1);
			if (i % 10 == 0)
				(void)usleep(1000);
		}
		_exit(0);
	}
	(void)close(ends[1]);
	/* A descriptor that does not block is waited for. */
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_int_equal(file_read_all_fd(ends[0], "pipe", &b, &err), 0);
	assert_int_equal(b.len, 1000);
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(ends[0]);
}

static void test_writes_all_to_a_pipe_that_does_not_block(void **state)
{
	(void)state;
	struct valise_err err;
	int ends[2];
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	static uint8_t bytes[300000];
	pid_t child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		_exit(file_write_all(ends[1], bytes, sizeof bytes, "pipe", NULL) ? 1 : 0);
	}
	(void)close(ends[1]);
	uint8_t *got = malloc(sizeof bytes + 1);
	size_t len = 0;
	assert_int_equal(file_read_full(ends[0], got, sizeof bytes + 1, &len, "pipe", &err), 0);
	assert_int_equal(len, sizeof bytes);
	free(got);
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(ends[0]);

	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	(void)close(ends[0]);
	assert_int_equal(file_write_all(ends[1], "x", 1, "pipe", &err), VALISE_E_IO);
	assert_string_equal(err.text, "cannot write pipe: Broken pipe");
	(void)close(ends[1]);
	(void)signal(SIGPIPE, before);
}

static void test_positions(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	CLEAN_CLOSE int fd = file_openat(s->fd, "f", O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(file_pwrite_all(fd, "world", 5, 5, "f", &err), 0);
	assert_int_equal(file_pwrite_all(fd, "hello", 5, 0, "f", &err), 0);
	char got[16] = "";
	size_t len = 0;
	assert_int_equal(file_pread_full(fd, got, sizeof got, 3, &len, "f", &err), 0);
	assert_int_equal(len, 7);
	assert_memory_equal(got, "loworld", 7);
	assert_int_equal(file_pread_full(fd, got, 4, 100, &len, "f", &err), 0);
	assert_int_equal(len, 0);
	assert_int_equal(file_pwrite_all(fd, "x", 1, UINT64_MAX, "f", &err), VALISE_E_FULL);
	assert_int_equal(file_pwrite_all(fd, "xy", 2, INT64_MAX, "f", &err), VALISE_E_FULL);
	assert_int_equal(file_pread_full(fd, got, 1, UINT64_MAX, &len, "f", &err), VALISE_E_IO);
	assert_int_equal(file_sync(fd, "f", &err), 0);
	CLEAN_CLOSE int readable = file_openat(s->fd, "f", O_RDONLY, 0);
	assert_int_equal(file_write_all(readable, "x", 1, "f", &err), VALISE_E_IO);
	assert_int_equal(file_pwrite_all(readable, "x", 1, 0, "f", &err), VALISE_E_IO);
	CLEAN_CLOSE int writable = file_openat(s->fd, "f", O_WRONLY, 0);
	assert_int_equal(file_read_full(writable, got, 1, &len, "f", &err), VALISE_E_IO);
	assert_int_equal(file_pread_full(writable, got, 1, 0, &len, "f", &err), VALISE_E_IO);
}

static void test_a_full_disk_is_named(void **state)
{
	(void)state;
	struct valise_err err;
	CLEAN_CLOSE int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_equal(file_write_all(fd, "x", 1, "the bag", &err), VALISE_E_FULL);
	assert_string_equal(err.text, "cannot write the bag: No space left on device");
}

static void test_make_dirs(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	struct stat st;
	assert_int_equal(file_make_dirs(s->fd, "a/b//c/", 0700, &err), 0);
	assert_int_equal(fstatat(s->fd, "a/b/c", &st, 0), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(file_make_dirs(s->fd, "a/b/c", 0700, &err), 0);
	assert_int_equal(file_make_dirs(s->fd, "./a/../d", 0700, &err), 0);
	assert_int_equal(fstatat(s->fd, "d", &st, 0), 0);
	char path[300];
	(void)snprintf(path, sizeof path, "%s/x/\xff\n", s->path);
	assert_int_equal(file_make_dirs(-1, path, 0755, &err), 0); /* absolute: the directory does not matter */
	assert_int_equal(fstatat(s->fd, "x/\xff\n", &st, 0), 0);
	assert_int_equal(file_make_dirs(AT_FDCWD, "/", 0755, &err), 0);
	assert_int_equal(symlinkat("a", s->fd, "link"), 0);
	assert_int_equal(file_make_dirs(s->fd, "link/e", 0700, &err), 0);
	assert_int_equal(fstatat(s->fd, "a/e", &st, 0), 0);

	write_file(s->fd, "file", "x", 1);
	assert_int_equal(file_make_dirs(s->fd, "file/below", 0700, &err), VALISE_E_IO);
	assert_string_equal(err.text, "file/below: cannot open the directory file: Not a directory");
	assert_int_equal(file_make_dirs(s->fd, "file", 0700, &err), VALISE_E_IO);
	assert_int_equal(symlinkat("nowhere", s->fd, "dangling"), 0);
	assert_int_equal(file_make_dirs(s->fd, "dangling", 0700, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(file_make_dirs(s->fd, "", 0700, &err), VALISE_E_NOT_FOUND);
	char longest[400];
	memset(longest, 'n', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(file_make_dirs(s->fd, longest, 0700, &err), VALISE_E_IO);
	assert_int_equal(file_make_dirs(AT_FDCWD, "/proc/new", 0700, &err), VALISE_E_NOT_FOUND);
}

static void test_open_beneath(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	assert_int_equal(file_make_dirs(s->fd, "in/deep", 0700, &err), 0);
	write_file(s->fd, "outside", "secret", 6);
	CLEAN_CLOSE int in = -1;
	assert_int_equal(file_open_dir(s->fd, "in", &in, &err), 0);
	CLEAN_CLOSE int made = file_open_beneath(in, "deep/new", O_WRONLY | O_CREAT | O_EXCL, 0640);
	assert_true(made >= 0);
	assert_true(fcntl(made, F_GETFD) & FD_CLOEXEC);
	struct stat st;
	assert_int_equal(fstat(made, &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0640u, 0);
	CLEAN_CLOSE int again =
		file_open_beneath(in, "deep/../deep/new", O_RDONLY, 0777); /* a mode that is not asked for */
	assert_true(again >= 0);
	CLEAN_CLOSE int dir = file_open_beneath(in, "deep", O_RDONLY | O_DIRECTORY, 0777);
	assert_true(dir >= 0);
	assert_int_equal(symlinkat("../outside", in, "out"), 0);
	assert_int_equal(symlinkat("deep", in, "inner"), 0);
	assert_int_equal(file_open_beneath(in, "deep/new", O_WRONLY | O_CREAT | O_EXCL, 0640), -EEXIST);
	assert_int_equal(file_open_beneath(in, "../outside", O_RDONLY, 0), -EXDEV);
	assert_int_equal(file_open_beneath(in, "/etc/passwd", O_RDONLY, 0), -EXDEV);
	assert_int_equal(file_open_beneath(in, "deep/../../outside", O_RDONLY, 0), -EXDEV);
	assert_int_equal(file_open_beneath(in, "out", O_RDONLY, 0), -ELOOP);
	assert_int_equal(file_open_beneath(in, "out", O_WRONLY | O_CREAT, 0600), -ELOOP);
	assert_int_equal(file_open_beneath(in, "inner/new", O_RDONLY, 0), -ELOOP);
	assert_int_equal(file_open_beneath(in, "none", O_RDONLY, 0), -ENOENT);
	assert_int_equal(file_open_beneath(in, "", O_RDONLY, 0), -ENOENT);
}

static void without_openat2(const char *dir)
{
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_openat2, 0, 0, ENOSYS);
	MUST(file_open_beneath(fd, "x", O_RDONLY, 0) == -ENOSYS);
}

static void test_old_kernels_are_named(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(in_child(without_openat2, s->path), 0);
}

static void with_failing_fsync(const char *dir)
{
	struct valise_err err;
	bool durable = true;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_fsync, 0, 0, EIO);
	MUST(file_sync(fd, "dir", &err) == VALISE_E_IO);
	MUST(file_sync_dir(fd, "dir", &durable, &err) == VALISE_E_IO);
	MUST(durable);
	MUST(file_write_new(fd, "unsynced", 0600, "x", 1, false, &err) == VALISE_E_IO);
	MUST(faccessat(fd, "unsynced", F_OK, 0) < 0);
	MUST(file_make_dirs(fd, "new", 0700, &err) == VALISE_E_IO);
}

static void with_unsupported_fsync(const char *dir)
{
	struct valise_err err;
	bool durable = true;
	CLEAN_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refuse_syscall(SYS_fsync, 0, 0, EINVAL);
	MUST(file_sync_dir(fd, "dir", &durable, &err) == 0);
	MUST(!durable);
	MUST(file_sync_dir(fd, "dir", NULL, &err) == 0);
	MUST(file_sync(fd, "dir", &err) == VALISE_E_IO);
}

static void test_fsync(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	bool durable = false;
	assert_int_equal(file_sync_dir(s->fd, "d", &durable, &err), 0);
	assert_true(durable);
	assert_int_equal(file_sync_dir(AT_FDCWD, ".", NULL, &err), 0);
	assert_int_equal(file_sync(-1, "nothing", &err), VALISE_E_IO);
	assert_int_equal(in_child(with_failing_fsync, s->path), 0);
	assert_int_equal(in_child(with_unsupported_fsync, s->path), 0);
}

static void test_names(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	static const char *const sorted[] = {"\n", " ", "-", "..a", "B", "a", "a\nb", "ab", "\x80", "\xff\xfe"};
	const size_t n_names = sizeof sorted / sizeof sorted[0];
	for (size_t i = 0; i < n_names; i++)
		write_file(s->fd, sorted[(i * 7) % n_names], "", 0);
	for (int again = 0; again < 2; again++) {
		CLEAN_NAMES struct names n = {0};
		assert_int_equal(names_read(s->fd, n_names, &n, &err), 0);
		assert_int_equal(n.count, n_names);
		for (size_t i = 0; i < n_names; i++)
			assert_string_equal(n.names[i], sorted[i]);
	}
	struct names n = {0};
	assert_int_equal(names_read(s->fd, n_names - 1, &n, &err), VALISE_E_LIMIT);
	assert_int_equal(names_read(-1, 10, &n, &err), VALISE_E_IO);
	assert_null(n.names);
	assert_int_equal(mkdirat(s->fd, "empty", 0700), 0);
	CLEAN_CLOSE int empty = -1;
	assert_int_equal(file_open_dir(s->fd, "empty", &empty, &err), 0);
	assert_int_equal(names_read(empty, 0, &n, &err), 0);
	assert_int_equal(n.count, 0);
	names_release(&n);
	assert_int_equal(file_open_dir(s->fd, "a", &empty, &err), VALISE_E_IO);
}

static void test_locks(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	write_file(s->fd, "lock", "", 0);
	CLEAN_CLOSE int a = file_openat(s->fd, "lock", O_RDWR, 0);
	CLEAN_CLOSE int b = file_openat(s->fd, "lock", O_RDWR, 0);
	assert_int_equal(file_lock(a, false, "lock", &err), 0);
	assert_int_equal(file_lock(a, true, "lock", &err), 0);
	assert_int_equal(file_lock(b, false,
				   "lo\x1b"
				   "ck",
				   &err),
			 VALISE_E_BUSY);
	assert_string_equal(err.text, "lo\\x1b"
				      "ck is in use by another process");
	assert_int_equal(flock(a, LOCK_UN), 0);
	assert_int_equal(file_lock(b, true, "lock", &err), 0);
	assert_int_equal(file_lock(-1, false, "lock", &err), VALISE_E_IO);
}

/* Past the cache, or through it where the transfer does not fit, the bytes are the same. */
static void direct_transfers_fall_back(void **state)
{
	enum { BYTES = 3 * DIRECT_BLOCK_BYTES };
	int dirfd = ((struct scratch *)*state)->fd;
	CLEAN_FREE uint8_t *data = direct_buffer(BYTES);
	CLEAN_FREE uint8_t *large = direct_buffer_large(BYTES);
	assert_non_null(data);
	assert_non_null(large);
	for (size_t i = 0; i < BYTES; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t skip = 0; skip <= DIRECT_BLOCK_BYTES; skip += DIRECT_BLOCK_BYTES / 2 - 1) {
		size_t got, len = BYTES - skip;
		CLEAN_CLOSE int fd = openat(dirfd, "file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		direct_begin(fd);
		assert_int_equal(file_pwrite_all(fd, data, DIRECT_BLOCK_BYTES, 0, "file", NULL), 0);
		assert_int_equal(file_pwrite_all(fd, data + skip, len, DIRECT_BLOCK_BYTES + skip, "file", NULL), 0);
		direct_begin(fd);
		assert_int_equal(file_pread_full(fd, large, DIRECT_BLOCK_BYTES, 0, &got, "file", NULL), 0);
		assert_int_equal(got, DIRECT_BLOCK_BYTES);
		assert_memory_equal(large, data, DIRECT_BLOCK_BYTES);
		assert_int_equal(file_pread_full(fd, large, BYTES, DIRECT_BLOCK_BYTES + skip, &got, "file", NULL), 0);
		assert_int_equal(got, len); /* it ends there */
		assert_memory_equal(large, data + skip, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_reads_whole_files),
		scratch_test(test_reads_files_that_lie_about_their_size),
		scratch_test(test_refuses_what_is_no_file),
		scratch_test(test_reads_pipes_to_their_end),
		scratch_test(test_writes_all_to_a_pipe_that_does_not_block),
		scratch_test(test_positions),
		scratch_test(test_a_full_disk_is_named),
		scratch_test(test_make_dirs),
		scratch_test(test_open_beneath),
		scratch_test(test_old_kernels_are_named),
		scratch_test(test_fsync),
		scratch_test(test_names),
		scratch_test(test_locks),
		scratch_test(direct_transfers_fall_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
