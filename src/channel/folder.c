/* SPDX-License-Identifier: Apache-2.0 */
/* The folder: a stick, a share, a synced directory. `valise/` below it holds a directory for each writer. */
#include "channel/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#define TOP "valise"
#define README "README.txt"
#define WRITERS_MAX 100000u
#define BAGS_MAX 1000000u
#define README_BYTES 16384u
/* The first line of every README.txt of ours: one that begins otherwise is somebody else's and stays. */
#define README_MARK "VALISE"

struct folder {
	struct store store; /* first */
	int dir;            /* the folder itself */
	int top;            /* valise/ in it; -1 while it is not there */
	int own;            /* our writer's; -1 until it is needed */
	char *shown;        /* the folder's path, escaped */
	char writer[LIMIT_BAG_NAME_BYTES + 1];
};

static struct folder *folder_of(struct store *s)
{
	return (struct folder *)s;
}

static void folder_close(struct store *s)
{
	struct folder *f = folder_of(s);
	if (!f)
		return;
	cleanup_close(&f->dir);
	cleanup_close(&f->top);
	cleanup_close(&f->own);
	free(f->shown);
	free(f);
}

/* valise/ where it is there; *ret is -1 where it is not. */
static int open_top(struct folder *f, struct valise_err *err)
{
	if (f->top >= 0)
		return 0;
	f->top = file_open_beneath(f->dir, TOP, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (f->top == -ENOENT)
		return 0;
	return f->top < 0 ? err_errno(err, -f->top, "cannot read %s/" TOP, f->shown) : 0;
}

/* ---- Listing and reading ---- */

static int list_writer(struct folder *f, const char *writer, store_each *each, void *context, struct valise_err *err)
{
	CLEAN_NAMES struct names names = {0};
	CLEAN_CLOSE int dir = file_open_beneath(f->top, writer, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (dir < 0)
		return 0; /* a file, a link, or gone: nothing of ours */
	int r = names_read(dir, BAGS_MAX, &names, err);
	for (size_t i = 0; i < names.count && !r; i++) {
		struct stat st;
		if (names.names[i][0] == '.' || fstatat(dir, names.names[i], &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		struct store_bag bag = {writer, names.names[i], (uint64_t)st.st_size, strcmp(writer, f->writer) == 0};
		r = each(context, &bag);
	}
	return r;
}

static int folder_list(struct store *s, store_each *each, void *context, struct valise_err *err)
{
	struct folder *f = folder_of(s);
	CLEAN_NAMES struct names writers = {0};
	int r = open_top(f, err);
	if (r || f->top < 0)
		return r;
	r = names_read(f->top, WRITERS_MAX, &writers, err);
	for (size_t i = 0; i < writers.count && !r; i++)
		if (writers.names[i][0] != '.')
			r = list_writer(f, writers.names[i], each, context, err);
	return r;
}

static int folder_read(struct store *s, const char *writer, const char *name, int *ret_fd, uint64_t *ret_bytes,
		       struct valise_err *err)
{
	struct folder *f = folder_of(s);
	struct stat st;
	int r = open_top(f, err);
	if (r)
		return r;
	CLEAN_CLOSE int dir = file_open_beneath(f->top, writer, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (dir < 0)
		return err_errno(err, -dir, "cannot read %s/" TOP "/%s", f->shown, text_shown(str_of(writer)).text);
	CLEAN_CLOSE int fd = file_open_beneath(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(err, -fd, "cannot read the bag %s in %s", text_shown(str_of(name)).text, f->shown);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_set(err, VALISE_E_IO, "the bag %s in %s is no file any more", text_shown(str_of(name)).text,
			       f->shown);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*ret_bytes = (uint64_t)st.st_size;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* ---- Publishing ---- */

static int folder_place(struct store *s, int *ret_dirfd, struct valise_err *err)
{
	struct folder *f = folder_of(s);
	if (f->own < 0) {
		char path[sizeof TOP + sizeof f->writer];
		(void)snprintf(path, sizeof path, TOP "/%s", f->writer);
		int r = file_make_dirs(f->dir, path, 0777, err);
		if (r)
			return r;
		f->own = file_open_beneath(f->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
		if (f->own < 0)
			return err_errno(err, -f->own, "cannot open " TOP "/%s", f->writer);
		newfile_sweep(f->own);
	}
	*ret_dirfd = f->own;
	return 0;
}

/* Whether none of the file is in memory any more. */
static bool evicted(int fd, uint64_t bytes)
{
	long page = sysconf(_SC_PAGESIZE);
	if (bytes == 0 || page <= 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		return bytes == 0;
	size_t pages = (size_t)((bytes + (uint64_t)page - 1) / (uint64_t)page);
	CLEAN_FREE unsigned char *there = calloc(pages, 1);
	void *at = mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (!there || at == MAP_FAILED)
		return false;
	bool none = mincore(at, (size_t)bytes, there) == 0;
	for (size_t i = 0; none && i < pages; i++)
		none = !(there[i] & 1);
	(void)munmap(at, (size_t)bytes);
	return none;
}

static int folder_publish(struct store *s, struct newfile *file, const char *name, struct publication *ret,
			  struct valise_err *err)
{
	struct folder *f = folder_of(s);
	struct publication p = {.durable = true};
	struct stat st;
	CLEAN_CLOSE int fd = -1;
	int r = file_sync(file->fd, "the bag", err);
	if (!r)
		r = newfile_link(file, name, false, err);
	if (!r)
		r = file_sync_dir(f->own, "the bag's directory", &p.durable, err);
	if (r)
		return r;
	fd = file_open_beneath(f->own, name, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || fstat(fd, &st))
		return err_errno(err, fd < 0 ? -fd : errno, "the bag just put there cannot be opened");
	p.durable &= syncfs(fd) == 0;
	p.evicted = evicted(fd, (uint64_t)st.st_size);
	*ret = p;
	return 0;
}

static bool folder_confirm(struct store *s)
{
	bool durable = false;
	int own;
	int r = folder_place(s, &own, NULL);
	if (!r)
		r = file_sync_dir(own, "the bag's directory", &durable, NULL);
	return !r && durable && syncfs(own) == 0;
}

static int folder_remove(struct store *s, const char *name, struct valise_err *err)
{
	int own;
	int r = folder_place(s, &own, err);
	if (!r && unlinkat(own, name, 0) && errno != ENOENT)
		return err_errno(err, errno, "cannot remove the bag %s", name);
	return r ? r : file_sync_dir(own, "the bag's directory", NULL, err);
}

static int folder_readme(struct store *s, struct str text, struct valise_err *err)
{
	struct folder *f = folder_of(s);
	CLEAN_BUF struct buf there = BUF_INIT(README_BYTES);
	newfile_sweep(f->dir); /* one that was cut off may lie there, where there are no unnamed files */
	int r = file_read_all(f->dir, README, &there, NULL);
	if (r == 0 && (str_eq(buf_str(&there), text) || !str_starts(buf_str(&there), STR(README_MARK))))
		return 0;
	if (r && r != VALISE_E_NOT_FOUND)
		return 0; /* whatever it is, it is not ours to replace */
	return file_write_new(f->dir, README, 0666, text.at, text.len, true, err);
}

static const struct store_ops folder_ops = {
	.list = folder_list,
	.open = folder_read,
	.place = folder_place,
	.publish = folder_publish,
	.confirm = folder_confirm,
	.remove = folder_remove,
	.readme = folder_readme,
	.close = folder_close,
};

int folder_open(const char *dir, const char *writer, struct store **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf shown = BUF_INIT(LIMIT_PATH_BYTES * 8);
	struct folder *f = calloc(1, sizeof *f);
	if (!f)
		return err_nomem(err);
	*f = (struct folder){.store.ops = &folder_ops, .top = -1, .own = -1};
	(void)snprintf(f->writer, sizeof f->writer, "%s", writer);
	text_show(&shown, str_of(dir));
	int r = buf_check(&shown, "the folder's path", err);
	if (!r)
		r = file_open_dir(AT_FDCWD, dir, &f->dir, err);
	if (r) {
		f->dir = -1;
		folder_close(&f->store);
		return r;
	}
	f->shown = (char *)buf_take(&shown, NULL);
	*ret = &f->store;
	return 0;
}
