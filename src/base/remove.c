/* SPDX-License-Identifier: Apache-2.0 */
/* Removing a whole tree, however deep: down by name, up by "..", with one descriptor on the way and every step back verified. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

#define SHOWN(name) text_shown(str_of(name)).text

/* A directory on the way down: which one it is, and what the one above calls it. */
struct level {
	dev_t dev;
	ino_t ino;
	char *name;
};

struct walk {
	struct level *levels;
	size_t count;
	size_t cap;
	int fd; /* the deepest of them */
};

static void walk_release(struct walk *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->levels[i].name);
	free(w->levels);
	cleanup_close(&w->fd);
}

static int cannot_remove(int errnum, const char *name, struct valise_err *err)
{
	return err_errno(err, errnum, "cannot remove %s", SHOWN(name));
}

static int walk_down(struct walk *w, int dirfd, const char *name, struct valise_err *err)
{
	struct level *levels = array_room(w->levels, w->count, &w->cap, sizeof *levels);
	if (!levels)
		return err_nomem(err);
	w->levels = levels;
	CLEAN_CLOSE int fd = file_openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	struct stat st;
	/* What could be removed neither as a file nor as a directory, and is none, was refused as a file. */
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_remove(errno == ENOTDIR ? EPERM : errno, name, err);
	if (w->count > 0 && st.st_dev != w->levels[w->count - 1].dev)
		return cannot_remove(EXDEV, name, err);
	char *copy = strdup(name);
	if (!copy)
		return err_nomem(err);
	w->levels[w->count++] = (struct level){st.st_dev, st.st_ino, copy};
	cleanup_close(&w->fd);
	w->fd = TAKE_FD(fd);
	return 0;
}

/* Leaves the deepest directory, which is empty, and removes it. ".." is taken only when it is the directory we came from:
 * whoever moves directories about while we work must not lead us to others. */
static int walk_up(struct walk *w, int dirfd, struct valise_err *err)
{
	struct level left = w->levels[w->count - 1];
	CLEAN_CLOSE int above = -1;
	if (w->count > 1) {
		const struct level *expected = &w->levels[w->count - 2];
		above = file_openat(w->fd, "..", O_RDONLY | O_DIRECTORY, 0);
		struct stat st;
		if (above < 0 || fstat(above, &st) < 0)
			return cannot_remove(errno, left.name, err);
		if (st.st_dev != expected->dev || st.st_ino != expected->ino)
			return err_set(err, VALISE_E_CHANGED, "cannot remove %s: it was moved meanwhile",
				       SHOWN(left.name));
		dirfd = above;
	}
	if (unlinkat(dirfd, left.name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return cannot_remove(errno, left.name, err);
	free(left.name);
	w->count--;
	cleanup_close(&w->fd);
	w->fd = TAKE_FD(above);
	return 0;
}

/* 0 when the entry is gone, 1 when it may be a directory that is not empty, -1 with errno: EBUSY for what something is mounted
 * on, full or empty, so that no walk enters it. */
static int remove_entry(int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) == 0)
		return 0;
	/* Linux says EISDIR, POSIX EPERM, which can also mean that we may not. */
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (unlinkat(dirfd, name, AT_REMOVEDIR) == 0)
		return 0;
	/* Some filesystems under FUSE say EPERM for a full directory too. */
	if (errno == ENOTEMPTY || errno == EEXIST || errno == EPERM)
		return 1;
	if (errno == ENOTDIR)
		errno = EPERM;
	return -1;
}

/* One pass over the deepest directory: removes what it can, and goes one level down at the first directory that is not empty.
 * *ret_empty is true when there was nothing at all: some filesystems skip entries while others are removed. */
static int walk_pass(struct walk *w, bool *ret_empty, struct valise_err *err)
{
	int fd = file_openat(w->fd, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const char *here = w->levels[w->count - 1].name;
	if (!dir) {
		int r = cannot_remove(errno, here, err);
		cleanup_close(&fd);
		return r;
	}
	int r = 0;
	bool empty = true;
	for (bool down = false; !r && !down;) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		if (!entry) {
			r = errno ? cannot_remove(errno, here, err) : 0;
			break;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		empty = false;
		int kept = remove_entry(w->fd, entry->d_name);
		if (kept < 0 && errno != ENOENT)
			r = cannot_remove(errno, entry->d_name, err);
		down = kept == 1;
		if (down)
			r = walk_down(w, w->fd, entry->d_name, err);
	}
	(void)closedir(dir);
	*ret_empty = empty;
	return r;
}

int file_remove_tree(int dirfd, const char *name, struct valise_err *err)
{
	int kept = remove_entry(dirfd, name);
	if (kept < 0)
		return cannot_remove(errno, name, err);
	if (kept == 0)
		return 0;
	CLEANUP(walk_release) struct walk w = {.fd = -1};
	int r = walk_down(&w, dirfd, name, err);
	while (!r && w.count > 0) {
		bool empty = false;
		r = walk_pass(&w, &empty, err);
		if (!r && empty)
			r = walk_up(&w, dirfd, err);
	}
	if (r && w.count > 1)
		return err_prefix(err, r, "below %s", SHOWN(name));
	return r;
}
