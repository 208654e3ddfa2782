/* SPDX-License-Identifier: Apache-2.0 */
/* A file that has no name until it is whole: unnamed where the filesystem can, named and locked elsewhere (FAT, exFAT, NFS). */
#include "base/newfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#define TEMP_PREFIX ".valise-tmp-"
#define TEMP_RANDOM_CHARS 16
#define NAME_TRIES 32 /* a sweep can take a name away before its lock is there; more than a few times is no accident */

#define SHOWN(name) text_shown(str_of(name)).text

struct link_path {
	char text[32];
};

/* The one name that an unnamed file has. */
static struct link_path link_path_of(int fd)
{
	struct link_path p;
	(void)snprintf(p.text, sizeof p.text, "/proc/self/fd/%d", fd);
	return p;
}

static const char temp_digits[] = "abcdefghijklmnopqrstuvwxyz234567";

static int make_temp_name(char ret_name[static 48], struct valise_err *err)
{
	uint8_t random[TEMP_RANDOM_CHARS];
	int r = random_fill(random, sizeof random, err);
	if (r)
		return r;
	memcpy(ret_name, TEMP_PREFIX, sizeof TEMP_PREFIX - 1);
	for (size_t i = 0; i < TEMP_RANDOM_CHARS; i++)
		ret_name[sizeof TEMP_PREFIX - 1 + i] = temp_digits[random[i] & 31];
	ret_name[sizeof TEMP_PREFIX - 1 + TEMP_RANDOM_CHARS] = '\0';
	return 0;
}

static bool is_temp_name(const char *name)
{
	size_t len = strlen(name);
	return len == sizeof TEMP_PREFIX - 1 + TEMP_RANDOM_CHARS &&
	       strncmp(name, TEMP_PREFIX, sizeof TEMP_PREFIX - 1) == 0 &&
	       strspn(name + sizeof TEMP_PREFIX - 1, temp_digits) == TEMP_RANDOM_CHARS;
}

/* Marks a named temporary as live. False when somebody holds it already, who then is about to remove it; a filesystem without
 * locks counts as locked, since a sweep cannot get that lock either. */
static bool mark_live(int fd)
{
	return TEMP_FAILURE_RETRY(flock(fd, LOCK_EX | LOCK_NB)) == 0 || errno != EWOULDBLOCK;
}

/* -1 where the filesystem has no unnamed files, or we could not name one afterwards; sets errno. */
static int open_unnamed(int dirfd, mode_t mode)
{
	int fd = file_openat(dirfd, ".", O_TMPFILE | O_RDWR, mode);
	if (fd >= 0 && access(link_path_of(fd).text, F_OK) < 0) {
		(void)close(fd);
		errno = EOPNOTSUPP; /* no /proc here */
		return -1;
	}
	return fd;
}

int newfile_begin_named(int dirfd, mode_t mode, struct newfile *ret, struct valise_err *err)
{
	for (int tries = 0; tries < NAME_TRIES; tries++) {
		struct newfile nf = {.fd = -1, .dirfd = dirfd, .tempfd = dirfd};
		int r = make_temp_name(nf.temp, err);
		if (r)
			return r;
		nf.fd = file_openat(dirfd, nf.temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
		if (nf.fd < 0 && errno == EEXIST)
			continue;
		if (nf.fd < 0)
			return err_errno(err, errno, "cannot make a file");
		/* A sweep may have locked it before us, and removed it before we had the lock. */
		if (mark_live(nf.fd) && faccessat(dirfd, nf.temp, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
			*ret = nf;
			return 0;
		}
		newfile_abandon(&nf);
	}
	return err_set(err, VALISE_E_BUSY, "cannot make a file: something keeps removing it");
}

int newfile_begin(int dirfd, mode_t mode, struct newfile *ret, struct valise_err *err)
{
	int fd = open_unnamed(dirfd, mode);
	if (fd >= 0) {
		*ret = (struct newfile){.fd = fd, .dirfd = dirfd, .tempfd = dirfd};
		return 0;
	}
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT)
		return newfile_begin_named(dirfd, mode, ret, err);
	return err_errno(err, errno, "cannot make a file");
}

/* Gives an unnamed file its name, never replacing one. 0 or -1 with errno, as linkat. */
static int link_unnamed(const struct newfile *nf, int dirfd, const char *name)
{
	return linkat(AT_FDCWD, link_path_of(nf->fd).text, dirfd, name, AT_SYMLINK_FOLLOW);
}

/* A name for an unnamed file that is about to replace another: linkat cannot replace, rename can. Locked first, so that no sweep
 * takes it between the two. */
static int link_temporary(struct newfile *nf, struct valise_err *err)
{
	if (!mark_live(nf->fd))
		return err_set(err, VALISE_E_BUSY, "a file that was never published is locked by another process");
	for (int tries = 0; tries < NAME_TRIES; tries++) {
		char temp[sizeof nf->temp];
		int r = make_temp_name(temp, err);
		if (r)
			return r;
		if (link_unnamed(nf, nf->tempfd, temp) == 0) {
			memcpy(nf->temp, temp, sizeof temp);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return err_errno(err, errno, "cannot name a file");
}

static bool is_unsupported(int errnum)
{
	return errnum == EINVAL || errnum == ENOSYS || errnum == EOPNOTSUPP || errnum == EPERM || errnum == EMLINK;
}

/* Renames the temporary to a name that must not be there. Filesystems differ in what they can: a rename that replaces nothing; a
 * second link (NFS); and where there is neither (FAT under FUSE) an empty file keeps the name against others for the
 * moment until the rename replaces it. 0 or -1 with errno. */
static int rename_no_replace(const struct newfile *nf, const char *name)
{
	if (renameat2(nf->tempfd, nf->temp, nf->dirfd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (!is_unsupported(errno))
		return -1;
	if (linkat(nf->tempfd, nf->temp, nf->dirfd, name, 0) == 0) {
		(void)unlinkat(nf->tempfd, nf->temp, 0); /* what stays is litter for the next sweep */
		return 0;
	}
	if (!is_unsupported(errno))
		return -1;
	int kept = file_openat(nf->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (kept < 0)
		return -1;
	(void)close(kept);
	if (renameat(nf->tempfd, nf->temp, nf->dirfd, name) == 0)
		return 0;
	int why = errno;
	(void)unlinkat(nf->dirfd, name, 0);
	errno = why;
	return -1;
}

static bool is_plain_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The file gets its name; afterwards nf->temp is "" whenever there is nothing left to remove. */
static int take_name(struct newfile *nf, const char *name, bool replace, struct valise_err *err)
{
	if (!is_plain_name(name))
		return err_set(err, VALISE_E_USAGE, "\"%s\" is no name for a file", SHOWN(name));
	int r = -1;
	if (!nf->temp[0]) {
		r = link_unnamed(nf, nf->dirfd, name);
		if (r == 0)
			return 0;
		if (errno == EEXIST && replace) {
			int failed = link_temporary(nf, err);
			if (failed)
				return err_prefix(err, failed, "%s", SHOWN(name));
		}
	}
	if (nf->temp[0]) {
		r = replace ? renameat(nf->tempfd, nf->temp, nf->dirfd, name) : rename_no_replace(nf, name);
		if (r == 0)
			nf->temp[0] = '\0';
	}
	if (r < 0 && errno == EEXIST && !replace)
		return err_set(err, VALISE_E_EXISTS, "%s is there already", SHOWN(name));
	if (r < 0)
		return err_errno(err, errno, "cannot name a file %s", SHOWN(name));
	return 0;
}

/* close reports what a network filesystem could not write; nothing is left to be done with the descriptor either way. */
static int close_written(struct newfile *nf, const char *name, struct valise_err *err)
{
	int fd = TAKE_FD(nf->fd);
	if (close(fd) < 0 && errno != EINTR)
		return err_errno(err, errno, "cannot write %s", SHOWN(name));
	return 0;
}

int newfile_link(struct newfile *nf, const char *name, bool replace, struct valise_err *err)
{
	int r = take_name(nf, name, replace, err);
	if (!r)
		r = close_written(nf, name, err);
	newfile_abandon(nf);
	return r;
}

int newfile_begin_at(const char *path, mode_t mode, int *ret_dir, const char **ret_name, struct newfile *ret,
		     struct valise_err *err)
{
	struct stat st;
	if (lstat(path, &st) == 0)
		return err_set(err, VALISE_E_EXISTS, "%s is there already, and nothing is written over", SHOWN(path));
	int r = file_open_above(path, ret_dir, ret_name, err);
	return r ? r : newfile_begin(*ret_dir, mode, ret, err);
}

int newfile_publish(struct newfile *nf, const char *name, bool replace, struct valise_err *err)
{
	int dirfd = nf->dirfd;
	int r = file_sync(nf->fd, name, err);
	if (r) {
		newfile_abandon(nf);
		return r;
	}
	r = newfile_link(nf, name, replace, err);
	return r ? r : file_sync_dir(dirfd, name, NULL, err);
}

void newfile_abandon(struct newfile *nf)
{
	/* The name goes before the lock does. */
	if (nf->temp[0])
		(void)unlinkat(nf->tempfd, nf->temp, 0);
	cleanup_close(&nf->fd);
	*nf = (struct newfile)NEWFILE_NONE;
}

/* Removes one temporary when its lock is to be had: its writer is dead, or has renamed it, and then the name is gone. */
static void sweep_one(int dirfd, const char *name)
{
	/* NFS locks only what is open for writing; a file without write permission still has its lock here. */
	CLEAN_CLOSE int fd = file_openat(dirfd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0)
		fd = file_openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (TEMP_FAILURE_RETRY(flock(fd, LOCK_EX | LOCK_NB)) == 0)
		(void)unlinkat(dirfd, name, 0);
}

void newfile_sweep(int dirfd)
{
	int fd = file_openat(dirfd, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		cleanup_close(&fd);
		return;
	}
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (is_temp_name(entry->d_name))
			sweep_one(dirfd, entry->d_name);
	}
	(void)closedir(dir);
}
