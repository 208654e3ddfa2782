/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: logs, in order, everything a process does to files and directories below FAULT_LOG_ROOT into FAULT_LOG. */

/* A file or directory is named by its inode, a name by its directory's inode and itself (percent-escaped); bytes that are written
 * follow their line. What power.py could not replay is logged as "unmodelled", and fails its test.
 */
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "preload.h"

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

/* ---- The log ---- */

static int log_fd(void)
{
	static int fd = -1;
	const char *path = getenv("FAULT_LOG");
	if (fd < 0 && path)
		fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return fd;
}

/* A log with a hole would prove the wrong thing. */
static void put(const void *data, size_t len)
{
	const char *at = data;
	int fd = log_fd();
	while (len > 0) {
		ssize_t n = NEXT(write)(fd, at, len);
		if (n <= 0)
			abort();
		at += n;
		len -= (size_t)n;
	}
}

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	char line[8 * NAME_MAX];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof line)
		abort();
	put(line, (size_t)n);
}

struct escaped {
	char text[3 * NAME_MAX + 1];
};

static struct escaped escape(const char *name)
{
	struct escaped e;
	size_t at = 0;
	for (const unsigned char *c = (const unsigned char *)name; *c && at + 3 < sizeof e.text; c++) {
		if (*c > ' ' && *c < 0x7f && *c != '%')
			e.text[at++] = (char)*c;
		else
			at += (size_t)snprintf(e.text + at, 4, "%%%02X", *c);
	}
	e.text[at] = '\0';
	return e;
}

/* ---- What is meant ---- */

/* Whether it lies below the root; *ret_inode names it. */
static bool is_inside(int fd, unsigned long long *ret_inode)
{
	char link[40];
	char path[PATH_MAX];
	struct stat st;
	const char *root = getenv("FAULT_LOG_ROOT");
	if (!root || log_fd() < 0)
		return false;
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path);
	size_t len = strlen(root);
	if (n < (ssize_t)len || memcmp(path, root, len) != 0 || (n > (ssize_t)len && path[len] != '/'))
		return false;
	if (fstat(fd, &st) < 0)
		return false;
	*ret_inode = st.st_ino;
	return true;
}

struct entry {
	bool inside;
	bool there;                /* something has the name */
	unsigned long long parent; /* inode of its directory */
	unsigned long long inode;  /* of what has the name */
	struct escaped name;
};

/* The directory entry that a path names, looked up before it is changed. */
static struct entry look(int dirfd, const char *path)
{
	char copy[PATH_MAX];
	struct entry e = {0};
	struct stat st;
	size_t len = strnlen(path, sizeof copy - 1);
	memcpy(copy, path, len);
	while (len > 1 && copy[len - 1] == '/')
		len--;
	copy[len] = '\0';
	char *slash = strrchr(copy, '/');
	const char *name = slash ? slash + 1 : copy;
	const char *above = slash == copy ? "/" : copy;
	e.name = escape(name);
	if (slash)
		*slash = '\0';
	int fd = (int)syscall(SYS_openat, dirfd, slash ? above : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return e;
	e.inside = is_inside(fd, &e.parent);
	if (e.inside && *name && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		e.there = true;
		e.inode = st.st_ino;
	}
	(void)syscall(SYS_close, fd);
	return e;
}

static unsigned long long inode_at(int dirfd, const char *path, int flags)
{
	struct stat st;
	return fstatat(dirfd, path, &st, flags) == 0 ? st.st_ino : 0;
}

static void begin(void)
{
	(void)pthread_mutex_lock(&order);
}

/* Ends an operation; its errno stands whatever the log did. */
static void end(int errnum)
{
	(void)pthread_mutex_unlock(&order);
	errno = errnum;
}

/* ---- Opening ---- */

static void log_open(int fd, const struct entry *before, int flags)
{
	unsigned long long inode;
	if (fd < 0 || !is_inside(fd, &inode))
		return;
	if ((flags & O_TMPFILE) == O_TMPFILE)
		say("tmpfile %llu %llu\n", before->inode, inode);
	else if ((flags & O_CREAT) && before->inside && !before->there)
		say("create %llu %s %llu\n", before->parent, before->name.text, inode);
	else if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
		say("truncate %llu 0\n", inode);
}

static bool makes(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE || (flags & O_TRUNC);
}

#define OPEN_BODY(dirfd, path, flags, call) \
	begin(); \
	struct entry before = makes(flags) ? look(dirfd, path) : (struct entry){0}; \
	int fd = call; \
	int errnum = errno; \
	log_open(fd, &before, flags); \
	end(errnum); \
	return fd

static mode_t mode_of(int flags, va_list args)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
}

#define OPEN(name) \
	PRELOADED int name(const char *path, int flags, ...) \
	{ \
		va_list args; \
		va_start(args, flags); \
		mode_t mode = mode_of(flags, args); \
		va_end(args); \
		OPEN_BODY(AT_FDCWD, path, flags, NEXT(name)(path, flags, mode)); \
	}

#define OPENAT(name) \
	PRELOADED int name(int dirfd, const char *path, int flags, ...) \
	{ \
		va_list args; \
		va_start(args, flags); \
		mode_t mode = mode_of(flags, args); \
		va_end(args); \
		OPEN_BODY(dirfd, path, flags, NEXT(name)(dirfd, path, flags, mode)); \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

PRELOADED int creat(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

PRELOADED int creat64(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* For calls without a function of their own; of these only openat2 can make anything. */
PRELOADED long syscall(long number, ...)
{
	long a[6];
	va_list args;
	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number != SYS_openat2)
		return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	begin();
	uint64_t flags;
	memcpy(&flags, (const void *)a[2], sizeof flags); /* the first member of struct open_how */
	struct entry before = look((int)a[0], (const char *)a[1]);
	long fd = NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	int errnum = errno;
	log_open((int)fd, &before, (int)flags);
	end(errnum);
	return fd;
}

/* ---- Bytes ---- */

static void log_write(int fd, off64_t offset, const struct iovec *spans, int n, size_t written)
{
	unsigned long long inode;
	if (written == 0 || !is_inside(fd, &inode))
		return;
	say("write %llu %lld %zu\n", inode, (long long)offset, written);
	for (int i = 0; i < n && written > 0; i++) {
		size_t part = spans[i].iov_len < written ? spans[i].iov_len : written;
		put(spans[i].iov_base, part);
		written -= part;
	}
	put("\n", 1);
}

/* Where a write without an offset of its own has put its bytes. */
static off64_t written_at(int fd, ssize_t n)
{
	off64_t now = lseek64(fd, 0, SEEK_CUR);
	return now < 0 ? 0 : now - n;
}

#define WRITE_BODY(call, offset, spans, n_spans) \
	begin(); \
	ssize_t n = call; \
	int errnum = errno; \
	if (n > 0) \
		log_write(fd, offset, spans, n_spans, (size_t)n); \
	end(errnum); \
	return n

static struct iovec span_of(const void *data, size_t len)
{
	return (struct iovec){.iov_base = (void *)(uintptr_t)data, .iov_len = len};
}

PRELOADED ssize_t write(int fd, const void *data, size_t len)
{
	struct iovec span = span_of(data, len);
	WRITE_BODY(NEXT(write)(fd, data, len), written_at(fd, n), &span, 1);
}

PRELOADED ssize_t writev(int fd, const struct iovec *spans, int n_spans)
{
	WRITE_BODY(NEXT(writev)(fd, spans, n_spans), written_at(fd, n), spans, n_spans);
}

PRELOADED ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	struct iovec span = span_of(data, len);
	WRITE_BODY(NEXT(pwrite)(fd, data, len, offset), offset, &span, 1);
}

PRELOADED ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	struct iovec span = span_of(data, len);
	WRITE_BODY(NEXT(pwrite64)(fd, data, len, offset), offset, &span, 1);
}

PRELOADED ssize_t pwritev(int fd, const struct iovec *spans, int n_spans, off_t offset)
{
	WRITE_BODY(NEXT(pwritev)(fd, spans, n_spans, offset), offset, spans, n_spans);
}

PRELOADED ssize_t pwritev64(int fd, const struct iovec *spans, int n_spans, off64_t offset)
{
	WRITE_BODY(NEXT(pwritev64)(fd, spans, n_spans, offset), offset, spans, n_spans);
}

/* One call on a file or directory that is open, logged as WORDS when it went well. */
#define ON_FD(call, words, ...) \
	unsigned long long inode; \
	begin(); \
	int r = call; \
	int errnum = errno; \
	if (r == 0 && is_inside(fd, &inode)) \
		say(words "\n", inode __VA_OPT__(, ) __VA_ARGS__); \
	end(errnum); \
	return r

PRELOADED int ftruncate(int fd, off_t size)
{
	ON_FD(NEXT(ftruncate)(fd, size), "truncate %llu %lld", (long long)size);
}

PRELOADED int ftruncate64(int fd, off64_t size)
{
	ON_FD(NEXT(ftruncate64)(fd, size), "truncate %llu %lld", (long long)size);
}

PRELOADED int fallocate(int fd, int mode, off_t offset, off_t len)
{
	ON_FD(NEXT(fallocate)(fd, mode, offset, len), "unmodelled %llu fallocate");
}

PRELOADED int fallocate64(int fd, int mode, off64_t offset, off64_t len)
{
	ON_FD(NEXT(fallocate64)(fd, mode, offset, len), "unmodelled %llu fallocate");
}

PRELOADED int posix_fallocate(int fd, off_t offset, off_t len)
{
	ON_FD(NEXT(posix_fallocate)(fd, offset, len), "unmodelled %llu posix_fallocate");
}

PRELOADED int posix_fallocate64(int fd, off64_t offset, off64_t len)
{
	ON_FD(NEXT(posix_fallocate64)(fd, offset, len), "unmodelled %llu posix_fallocate");
}

PRELOADED ssize_t copy_file_range(int in, off64_t *in_at, int fd, off64_t *at, size_t len, unsigned flags)
{
	unsigned long long inode;
	ssize_t n = NEXT(copy_file_range)(in, in_at, fd, at, len, flags);
	int errnum = errno;
	begin();
	if (n > 0 && is_inside(fd, &inode))
		say("unmodelled %llu copy_file_range\n", inode);
	end(errnum);
	return n;
}

static void *log_mmap(void *at, int prot, int flags, int fd)
{
	unsigned long long inode;
	int errnum = errno;
	if (at != MAP_FAILED && fd >= 0 && (prot & PROT_WRITE) && (flags & MAP_SHARED)) {
		begin();
		if (is_inside(fd, &inode))
			say("mmap %llu\n", inode);
		end(errnum);
	}
	return at;
}

PRELOADED void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	return log_mmap(NEXT(mmap)(at, len, prot, flags, fd, offset), prot, flags, fd);
}

PRELOADED void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t offset)
{
	return log_mmap(NEXT(mmap64)(at, len, prot, flags, fd, offset), prot, flags, fd);
}

/* ---- Syncing ---- */

PRELOADED int fsync(int fd)
{
	ON_FD(NEXT(fsync)(fd), "fsync %llu");
}

PRELOADED int fdatasync(int fd)
{
	ON_FD(NEXT(fdatasync)(fd), "fdatasync %llu");
}

PRELOADED int syncfs(int fd)
{
	ON_FD(NEXT(syncfs)(fd), "syncfs %llu");
}

PRELOADED int sync_file_range(int fd, off64_t offset, off64_t len, unsigned flags)
{
	ON_FD(NEXT(sync_file_range)(fd, offset, len, flags), "sync_file_range %llu");
}

/* ---- Names ---- */

static int log_rename(int r, const struct entry *from, const struct entry *to, unsigned flags)
{
	int errnum = errno;
	if (r == 0 && (from->inside || to->inside)) {
		if (from->inside && to->inside && !(flags & RENAME_EXCHANGE))
			say("rename %llu %s %llu %s %llu\n", from->parent, from->name.text, to->parent, to->name.text,
			    from->inode);
		else
			say("unmodelled %llu rename\n", from->inode);
	}
	end(errnum);
	return r;
}

PRELOADED int rename(const char *from, const char *to)
{
	begin();
	struct entry a = look(AT_FDCWD, from);
	struct entry b = look(AT_FDCWD, to);
	return log_rename(NEXT(rename)(from, to), &a, &b, 0);
}

PRELOADED int renameat(int fromfd, const char *from, int tofd, const char *to)
{
	begin();
	struct entry a = look(fromfd, from);
	struct entry b = look(tofd, to);
	return log_rename(NEXT(renameat)(fromfd, from, tofd, to), &a, &b, 0);
}

PRELOADED int renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags)
{
	begin();
	struct entry a = look(fromfd, from);
	struct entry b = look(tofd, to);
	return log_rename(NEXT(renameat2)(fromfd, from, tofd, to, flags), &a, &b, flags);
}

PRELOADED int linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
{
	begin();
	struct entry e = look(tofd, to);
	unsigned long long inode = inode_at(fromfd, from, flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW);
	int r = NEXT(linkat)(fromfd, from, tofd, to, flags);
	int errnum = errno;
	if (r == 0 && e.inside)
		say("link %llu %s %llu\n", e.parent, e.name.text, inode);
	end(errnum);
	return r;
}

PRELOADED int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* One call that makes or removes the name PATH, logged as WORD. */
#define ON_NAME(dirfd, path, call, is_made, word) \
	begin(); \
	struct entry e = look(dirfd, path); \
	int r = call; \
	int errnum = errno; \
	if (r == 0 && e.inside) \
		say(word " %llu %s %llu\n", e.parent, e.name.text, \
		    is_made ? inode_at(dirfd, path, AT_SYMLINK_NOFOLLOW) : e.inode); \
	end(errnum); \
	return r

PRELOADED int unlinkat(int dirfd, const char *path, int flags)
{
	ON_NAME(dirfd, path, NEXT(unlinkat)(dirfd, path, flags), false, "unlink");
}

PRELOADED int unlink(const char *path)
{
	ON_NAME(AT_FDCWD, path, NEXT(unlink)(path), false, "unlink");
}

PRELOADED int rmdir(const char *path)
{
	ON_NAME(AT_FDCWD, path, NEXT(rmdir)(path), false, "unlink");
}

PRELOADED int remove(const char *path)
{
	ON_NAME(AT_FDCWD, path, NEXT(remove)(path), false, "unlink");
}

PRELOADED int mkdirat(int dirfd, const char *path, mode_t mode)
{
	ON_NAME(dirfd, path, NEXT(mkdirat)(dirfd, path, mode), true, "mkdir");
}

PRELOADED int mkdir(const char *path, mode_t mode)
{
	ON_NAME(AT_FDCWD, path, NEXT(mkdir)(path, mode), true, "mkdir");
}

PRELOADED int symlinkat(const char *target, int dirfd, const char *path)
{
	begin();
	struct entry e = look(dirfd, path);
	int r = NEXT(symlinkat)(target, dirfd, path);
	int errnum = errno;
	if (r == 0 && e.inside) {
		say("symlink %llu %s %llu %zu\n", e.parent, e.name.text, inode_at(dirfd, path, AT_SYMLINK_NOFOLLOW),
		    strlen(target));
		put(target, strlen(target));
		put("\n", 1);
	}
	end(errnum);
	return r;
}

PRELOADED int symlink(const char *target, const char *path)
{
	return symlinkat(target, AT_FDCWD, path);
}
