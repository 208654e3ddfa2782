/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing files by the names that a person gave. */
#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/show.h"
#include "cli/signals.h"

#define SECRET_BYTES 4096

static int fail_errno(struct cli *c, int errnum, const char *what, const char *path)
{
	int code = errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG ? VALISE_E_FULL
		   : errnum == EROFS                                       ? VALISE_E_READ_ONLY
		   : errnum == ENOENT                                      ? VALISE_E_NOT_FOUND
		   : errnum == EEXIST                                      ? VALISE_E_EXISTS
									   : VALISE_E_IO;
	const char *why = strerrordesc_np(errnum);
	return cli_fail(c, code, "cannot %s %s: %s", what, SHOW(path), why ? why : "unknown error");
}

/* ---- Reading ---- */

int file_source_open(struct cli *c, const char *path, struct file_source *ret)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_errno(c, errno, "open", path);
	*ret = (struct file_source){c, is_stdin ? "standard input" : path, fd};
	return 0;
}

int file_source_read(struct file_source *f, void *ret, size_t room, size_t *ret_len)
{
	for (;;) {
		ssize_t got = read(f->fd, ret, room);
		if (got >= 0 && !interrupted()) {
			*ret_len = (size_t)got;
			return 0;
		}
		if (interrupted())
			return cli_fail(f->c, VALISE_E_INTERRUPTED, "interrupted");
		if (errno != EINTR)
			return fail_errno(f->c, errno, "read", f->path);
	}
}

void file_source_close(struct file_source *f)
{
	if (f->fd > STDERR_FILENO)
		(void)close(f->fd);
}

static int read_all(struct file_source *f, size_t max, char **ret, size_t *ret_len)
{
	CLEAN_FREE char *bytes = NULL;
	size_t len = 0, cap = 0, got = 1;
	while (got) {
		if (len == cap) {
			cap = cap ? 2 * cap : 64 * 1024;
			char *grown = cap <= 4 * max ? realloc(bytes, cap + 1) : NULL;
			if (!grown)
				return cli_fail(f->c, VALISE_E_NOMEM, "out of memory while reading %s", SHOW(f->path));
			bytes = grown;
		}
		int r = file_source_read(f, bytes + len, cap - len, &got);
		if (r)
			return r;
		len += got;
		if (len > max)
			return cli_fail(f->c, VALISE_E_LIMIT, "%s is too long for anything that is read here",
					SHOW(f->path));
	}
	bytes[len] = 0;
	*ret = bytes;
	bytes = NULL;
	*ret_len = len;
	return 0;
}

int file_read(struct cli *c, const char *path, char **ret, size_t *ret_len)
{
	return file_read_at_most(c, path, FILES_MAX_BYTES, ret, ret_len);
}

int file_read_at_most(struct cli *c, const char *path, size_t max, char **ret, size_t *ret_len)
{
	struct file_source f = {.fd = -1};
	int r = file_source_open(c, path, &f);
	if (r)
		return r;
	r = read_all(&f, max, ret, ret_len);
	file_source_close(&f);
	return r;
}

void identity_wipe(char *identity)
{
	if (identity)
		explicit_bzero(identity, strlen(identity));
}

int identity_read(struct cli *c, const char *path, char **ret)
{
	static const char start[] = "AGE-SECRET-KEY-1";
	CLEAN_FREE char *bytes = NULL;
	char *found = NULL;
	size_t len;
	if (!path)
		return 0;
	int r = file_read(c, path, &bytes, &len);
	if (r)
		return r;
	/* age-keygen writes comments before the one line that is the key. */
	char *line = bytes;
	while (strncmp(line, start, sizeof start - 1) != 0 && (line = strchr(line, '\n')))
		line++;
	if (line)
		found = strndup(line, strcspn(line, "\r\n"));
	explicit_bzero(bytes, len);
	if (!line)
		return cli_fail(c, VALISE_E_USAGE, "--reading-identity: %s holds no AGE-SECRET-KEY-1... line",
				SHOW(path));
	if (!found)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	*ret = found;
	return 0;
}

/* ---- Writing ---- */

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Its directory's entry too is on disk; a filesystem that cannot say so is left alone. */
static void sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	int fd = parent ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(parent);
}

/* Gives the temporary its name, which is nobody else's unless `force`. Returns an errno. */
static int name_it(const char *temporary, const char *path, bool force)
{
	if (force)
		return rename(temporary, path) ? errno : 0;
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	/* A filesystem that cannot refuse by itself: a link refuses as well, and where there are none a look must do. */
	if (link(temporary, path) == 0) {
		(void)unlink(temporary);
		return 0;
	}
	struct stat st;
	if (errno == EEXIST || lstat(path, &st) == 0)
		return EEXIST;
	return rename(temporary, path) ? errno : 0;
}

/* Under a name of its own, beside where it goes. */
static int begin_temporary(struct file_target *t)
{
	const char *slash = strrchr(t->path, '/');
	int directory = slash ? (int)(slash - t->path) + 1 : 0;
	if (asprintf(&t->temporary, "%.*s.valise-tmp-XXXXXX", directory, t->path) < 0) {
		t->temporary = NULL;
		return cli_fail(t->c, VALISE_E_NOMEM, "out of memory");
	}
	t->fd = mkostemp(t->temporary, O_CLOEXEC);
	if (t->fd < 0) {
		int e = errno;
		free(t->temporary);
		t->temporary = NULL;
		return fail_errno(t->c, e, "make a file beside", t->path);
	}
	mode_t mask = umask(0);
	(void)umask(mask);
	if (fchmod(t->fd, 0666 & ~mask) && errno != EPERM && errno != ENOTSUP)
		return fail_errno(t->c, errno, "write", t->path);
	return 0;
}

int file_target_begin(struct cli *c, const char *path, bool force, struct file_target *ret)
{
	struct stat st;
	*ret = (struct file_target){.c = c, .path = path, .force = force, .fd = -1};
	if (!path || strcmp(path, "-") == 0)
		return 0;
	bool is_there = stat(path, &st) == 0;
	if (is_there && S_ISDIR(st.st_mode))
		return cli_fail(c, VALISE_E_EXISTS, "%s is a directory: name a file in it", SHOW(path));
	if (!is_there || S_ISREG(st.st_mode))
		return begin_temporary(ret);
	/* A pipe or device is written to as it is: nothing could stand in its place. */
	ret->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return ret->fd < 0 ? fail_errno(c, errno, "write", path) : 0;
}

int file_target_put(struct file_target *t, const void *bytes, size_t len)
{
	t->bytes += len;
	if (t->fd < 0) {
		(void)fwrite(bytes, 1, len, stdout);
		return ferror(stdout) ? cli_fail(t->c, VALISE_E_IO, "cannot write") : 0;
	}
	int e = write_all(t->fd, bytes, len);
	return e ? fail_errno(t->c, e, "write", t->path) : 0;
}

int file_target_end(struct file_target *t)
{
	int e = 0;
	if (t->temporary && fsync(t->fd) && errno != EINVAL && errno != ENOTSUP)
		e = errno;
	if (t->fd >= 0 && close(t->fd) && !e)
		e = errno;
	t->fd = -1;
	if (!e && t->temporary)
		e = name_it(t->temporary, t->path, t->force);
	if (e == EEXIST)
		return cli_fail(t->c, VALISE_E_EXISTS, "%s is there already; --force writes over it", SHOW(t->path));
	if (e)
		return fail_errno(t->c, e, "write", t->path);
	if (t->temporary)
		sync_parent(t->path);
	free(t->temporary);
	t->temporary = NULL;
	return 0;
}

void file_target_release(struct file_target *t)
{
	if (t->fd >= 0)
		(void)close(t->fd);
	if (t->temporary)
		(void)unlink(t->temporary);
	free(t->temporary);
}

int file_write(struct cli *c, const char *path, const char *bytes, size_t len, bool force)
{
	CLEAN_FILE_TARGET struct file_target t;
	int r = file_target_begin(c, path, force, &t);
	if (!r)
		r = file_target_put(&t, bytes, len);
	return r ? r : file_target_end(&t);
}

int print_written(struct cli *c, const char *path, size_t len)
{
	struct json *j = c->json;
	json_bytes(j, "file", path);
	json_number(j, "bytes", len);
	return print_json(c);
}

/* ---- A secret's ---- */

int secret_file_begin(struct cli *c, const char *path, struct secret_file *ret)
{
	static const char blank[SECRET_BYTES];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail_errno(c, errno, "make", path);
	*ret = (struct secret_file){path, fd};
	/* A disk that is full must say so before there is a secret that is nowhere else. */
	int e = write_all(fd, blank, sizeof blank);
	if (!e && fsync(fd) && errno != EINVAL)
		e = errno;
	if (!e)
		return 0;
	secret_file_abandon(ret);
	return fail_errno(c, e, "write", path);
}

int secret_file_write(struct cli *c, struct secret_file *f, const char *text)
{
	size_t len = strlen(text);
	int e = lseek(f->fd, 0, SEEK_SET) < 0 ? errno : write_all(f->fd, text, len);
	if (!e && ftruncate(f->fd, (off_t)len))
		e = errno;
	if (!e && fsync(f->fd) && errno != EINVAL)
		e = errno;
	if (close(f->fd) && !e)
		e = errno;
	f->fd = -1;
	if (e)
		return fail_errno(c, e, "write", f->path);
	sync_parent(f->path);
	return 0;
}

void secret_file_abandon(struct secret_file *f)
{
	if (f->fd < 0)
		return;
	(void)unlink(f->path);
	(void)close(f->fd);
	f->fd = -1;
}
