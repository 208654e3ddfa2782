/* SPDX-License-Identifier: Apache-2.0 */
/* Whole reads and writes, syncing, directories, and opening below a directory. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/direct.h"
#include "base/text.h"

#define READ_CHUNK_BYTES (64u * 1024)
#define PATIENCE_MS 200
#define OPEN_TRIES 16 /* openat2 says EAGAIN when a rename anywhere raced with it */

#define SHOWN(name) text_shown(str_of(name)).text

/* After a transfer that moved nothing: true when it is worth another try. */
static bool transfer_again(int fd, short events)
{
	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	struct pollfd ready = {.fd = fd, .events = events};
	return poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

int file_write_all(int fd, const void *data, size_t len, const char *name, struct valise_err *err)
{
	const uint8_t *at = data;
	while (len > 0) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && transfer_again(fd, POLLOUT))
			continue;
		if (n <= 0)
			return err_errno(err, n < 0 ? errno : EIO, "cannot write %s", SHOWN(name));
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* After a transfer at an offset that failed: past the page cache it may only not have fitted; once it is worth another try. */
static bool transfer_again_at(int fd, bool *through_cache)
{
	if (errno == EINTR)
		return true;
	if (errno != EINVAL || *through_cache)
		return false;
	*through_cache = true;
	direct_end(fd);
	return true;
}

int file_pwrite_all(int fd, const void *data, size_t len, uint64_t offset, const char *name, struct valise_err *err)
{
	const uint8_t *at = data;
	bool through_cache = false;
	if (offset > INT64_MAX || len > INT64_MAX - offset)
		return err_errno(err, EFBIG, "cannot write %s", SHOWN(name));
	while (len > 0) {
		ssize_t n = pwrite(fd, at, len, (off_t)offset);
		if (n < 0 && transfer_again_at(fd, &through_cache))
			continue;
		if (n <= 0)
			return err_errno(err, n < 0 ? errno : EIO, "cannot write %s", SHOWN(name));
		at += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

int file_read_full(int fd, void *ret, size_t len, size_t *ret_len, const char *name, struct valise_err *err)
{
	uint8_t *at = ret;
	size_t done = 0;
	while (done < len) {
		ssize_t n = read(fd, at + done, len - done);
		if (n < 0 && transfer_again(fd, POLLIN))
			continue;
		if (n < 0)
			return err_errno(err, errno, "cannot read %s", SHOWN(name));
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return 0;
}

int file_read_some(int fd, void *ret, size_t max, size_t *ret_len, const struct file_patience *patience,
		   const char *name, struct valise_err *err)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	for (;;) {
		if (poll(&ready, 1, PATIENCE_MS) > 0) {
			ssize_t n = read(fd, ret, max);
			if (n >= 0) {
				*ret_len = (size_t)n;
				return 0;
			}
			if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
				return err_errno(err, errno, "cannot read %s", SHOWN(name));
		}
		if (patience->stop && patience->stop(patience->context))
			return err_set(err, VALISE_E_INTERRUPTED, "interrupted while waiting for %s", SHOWN(name));
	}
}

int file_pread_full(int fd, void *ret, size_t len, uint64_t offset, size_t *ret_len, const char *name,
		    struct valise_err *err)
{
	uint8_t *at = ret;
	size_t done = 0;
	bool through_cache = false;
	if (offset > INT64_MAX || len > INT64_MAX - offset)
		return err_errno(err, EOVERFLOW, "cannot read %s", SHOWN(name));
	while (done < len) {
		ssize_t n = pread(fd, at + done, len - done, (off_t)(offset + done));
		if (n < 0 && transfer_again_at(fd, &through_cache))
			continue;
		if (n < 0)
			return err_errno(err, errno, "cannot read %s", SHOWN(name));
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return 0;
}

/* Appends all that fd still has; `size` is what stat says that will be, and only a hint. */
static int read_to_end(int fd, uint64_t size, const char *name, struct buf *ret, struct valise_err *err)
{
	size_t chunk = size > READ_CHUNK_BYTES ? (size_t)size : READ_CHUNK_BYTES;
	for (;;) {
		uint8_t probe;
		uint8_t *at = &probe;
		size_t room = ret->max - ret->len;
		size_t want = room < chunk ? room : chunk;
		size_t before = ret->len;
		/* A full buffer is asked for one byte more, to tell a file that just fits from one that does not. */
		if (want > 0 && !(at = buf_grow(ret, want)))
			return buf_check(ret, SHOWN(name), err);
		size_t n;
		int r = file_read_full(fd, at, want ? want : 1, &n, name, err);
		buf_truncate(ret, before + (r || !want ? 0 : n));
		if (r)
			return r;
		if (n < (want ? want : 1))
			return 0;
		if (!want)
			return err_set(err, VALISE_E_LIMIT, "%s is larger than the limit of %zu bytes", SHOWN(name),
				       ret->max);
		chunk = READ_CHUNK_BYTES;
	}
}

bool file_is_unchanged(int fd, const struct stat *before)
{
	struct stat after;
	return fstat(fd, &after) == 0 && after.st_size == before->st_size &&
	       after.st_mtim.tv_sec == before->st_mtim.tv_sec && after.st_mtim.tv_nsec == before->st_mtim.tv_nsec &&
	       after.st_ctim.tv_sec == before->st_ctim.tv_sec && after.st_ctim.tv_nsec == before->st_ctim.tv_nsec;
}

int file_read_all_fd(int fd, const char *name, struct buf *ret, struct valise_err *err)
{
	struct stat st;
	if (ret->error)
		return buf_check(ret, SHOWN(name), err);
	if (fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot read %s", SHOWN(name));
	if (S_ISDIR(st.st_mode))
		return err_errno(err, EISDIR, "cannot read %s", SHOWN(name));
	uint64_t size = S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	size_t before = ret->len;
	int r = read_to_end(fd, size, name, ret, err);
	if (r)
		buf_truncate(ret, before);
	return r;
}

int file_read_all(int dirfd, const char *path, struct buf *ret, struct valise_err *err)
{
	/* Non-blocking, so that a FIFO cannot hang us before it is seen to be one. */
	CLEAN_CLOSE int fd = file_openat(dirfd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot read %s", SHOWN(path));
	if (S_ISDIR(st.st_mode))
		return err_errno(err, EISDIR, "cannot read %s", SHOWN(path));
	if (!S_ISREG(st.st_mode))
		return err_set(err, VALISE_E_USAGE, "%s is no regular file", SHOWN(path));
	return file_read_all_fd(fd, path, ret, err);
}

void file_start_sync(int fd, uint64_t offset, size_t len)
{
	/* A wish only: whether it was granted, and what became of it, is for file_sync to say. */
	(void)sync_file_range(fd, (off_t)offset, (off_t)len, SYNC_FILE_RANGE_WRITE);
}

int file_sync(int fd, const char *name, struct valise_err *err)
{
	/* Never tried again after EIO: the system may have dropped the pages, and a second fsync would then say that all is well. */
	if (TEMP_FAILURE_RETRY(fsync(fd)) < 0)
		return err_errno(err, errno, "cannot write %s durably", SHOWN(name));
	return 0;
}

int file_sync_dir(int dirfd, const char *name, bool *ret_durable, struct valise_err *err)
{
	CLEAN_CLOSE int here = -1;
	if (dirfd == AT_FDCWD) {
		int r = file_open_dir(AT_FDCWD, ".", &here, err);
		if (r)
			return r;
		dirfd = here;
	}
	bool durable = true;
	if (TEMP_FAILURE_RETRY(fsync(dirfd)) < 0) {
		if (errno != EINVAL && errno != ENOTSUP && errno != ENOSYS)
			return err_errno(err, errno, "cannot write the directory %s durably", SHOWN(name));
		durable = false;
	}
	if (ret_durable)
		*ret_durable = durable;
	return 0;
}

int file_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	for (;;) {
		int fd = openat(dirfd, path, flags | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EINTR)
			return fd;
	}
}

int file_open_dir(int dirfd, const char *path, int *ret_fd, struct valise_err *err)
{
	int fd = file_openat(dirfd, path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return err_errno(err, errno, "cannot open the directory %s", SHOWN(path));
	*ret_fd = fd;
	return 0;
}

int file_open_above(const char *path, int *ret_dir, const char **ret_name, struct valise_err *err)
{
	const char *slash = strrchr(path, '/');
	CLEAN_FREE char *above = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	if (!above)
		return err_nomem(err);
	int r = file_open_dir(AT_FDCWD, above, ret_dir, err);
	if (!r)
		*ret_name = slash ? slash + 1 : path;
	return r;
}

/* Opens, for walking only, the directory `name` in `dirfd`, and makes it first when there is none. */
static int step_into(int dirfd, const char *name, mode_t mode, int *ret_fd, struct valise_err *err)
{
	int fd = file_openat(dirfd, name, O_PATH | O_DIRECTORY, 0);
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(dirfd, name, mode) < 0 && errno != EEXIST)
			return err_errno(err, errno, "cannot make the directory %s", SHOWN(name));
		CLEAN_CLOSE int parent = -1;
		int r = file_open_dir(dirfd, ".", &parent, err);
		if (!r)
			r = file_sync_dir(parent, name, NULL, err);
		if (r)
			return r;
		fd = file_openat(dirfd, name, O_PATH | O_DIRECTORY, 0);
	}
	if (fd < 0)
		return err_errno(err, errno, "cannot open the directory %s", SHOWN(name));
	*ret_fd = fd;
	return 0;
}

int file_make_dirs(int dirfd, const char *path, mode_t mode, struct valise_err *err)
{
	if (!*path)
		return err_errno(err, ENOENT, "cannot make a directory without a name");
	CLEAN_CLOSE int walked = -1;
	if (*path == '/') {
		walked = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (walked < 0)
			return err_errno(err, errno, "cannot open the directory /");
		dirfd = walked;
	}
	for (const char *at = path + strspn(path, "/"); *at; at += strspn(at, "/")) {
		char name[NAME_MAX + 1];
		size_t len = strcspn(at, "/");
		if (len > NAME_MAX)
			return err_errno(err, ENAMETOOLONG, "cannot make the directory %s", SHOWN(path));
		memcpy(name, at, len);
		name[len] = '\0';
		at += len;
		int next = -1;
		int r = step_into(dirfd, name, mode, &next, err);
		if (r)
			return err_prefix(err, r, "%s", SHOWN(path));
		cleanup_close(&walked);
		walked = dirfd = next;
	}
	return 0;
}

int file_open_beneath(int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? mode & 07777 : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		long fd = syscall(SYS_openat2, dirfd, path, &how, sizeof how);
		if (fd >= 0)
			return (int)fd;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
	return -EAGAIN;
}

int file_write_new(int dirfd, const char *name, mode_t mode, const void *data, size_t len, bool replace,
		   struct valise_err *err)
{
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	int r = newfile_begin(dirfd, mode, &nf, err);
	if (r)
		return err_prefix(err, r, "%s", SHOWN(name));
	r = file_write_all(nf.fd, data, len, name, err);
	return r ? r : newfile_publish(&nf, name, replace, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int names_add(struct names *n, size_t *cap, const char *name)
{
	char **names = array_room(n->names, n->count, cap, sizeof *names);
	if (!names)
		return -1;
	n->names = names;
	n->names[n->count] = strdup(name);
	return n->names[n->count] ? (n->count++, 0) : -1;
}

static void close_dir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

int names_read(int dirfd, size_t max_names, struct names *ret, struct valise_err *err)
{
	/* An open of its own: a copy of dirfd would share its position with the caller's. */
	CLEAN_CLOSE int fd = -1;
	int r = file_open_dir(dirfd, ".", &fd, err);
	if (r)
		return r;
	CLEANUP(close_dir) DIR *dir = fdopendir(fd);
	if (!dir)
		return err_errno(err, errno, "cannot list a directory");
	fd = -1;
	CLEAN_NAMES struct names n = {0};
	size_t cap = 0;
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		if (!entry && errno)
			return err_errno(err, errno, "cannot list a directory");
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (n.count == max_names)
			return err_set(err, VALISE_E_LIMIT, "a directory has more than %zu entries", max_names);
		if (names_add(&n, &cap, entry->d_name) < 0)
			return err_nomem(err);
	}
	if (n.count > 1)
		qsort(n.names, n.count, sizeof *n.names, compare_names);
	*ret = n;
	n = (struct names){0};
	return 0;
}

void names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->names[i]);
	free(n->names);
	*n = (struct names){0};
}

int file_lock(int fd, bool wait, const char *name, struct valise_err *err)
{
	if (TEMP_FAILURE_RETRY(flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(err, VALISE_E_BUSY, "%s is in use by another process", SHOWN(name));
	return err_errno(err, errno, "cannot lock %s", SHOWN(name));
}
