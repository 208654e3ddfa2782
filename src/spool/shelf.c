/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only files by the hash that names them. */
#include "spool/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/text.h"
#include "spool/inside.h"

struct shelf shelf_bodies(const struct spool *s)
{
	return (struct shelf){s->bodiesfd, "bodies", "body", "a body", ""};
}

struct shelf shelf_exhibits(const struct spool *s)
{
	return (struct shelf){s->exhibitsfd, "exhibits", "exhibit", "an exhibit",
			      ": add its file again with `valise exhibit add`, or restore a backup"};
}

int spool_hold_files(struct spool *s, bool to_remove, int *ret_fd, struct valise_err *err)
{
	int fd = file_openat(s->bodiesfd, ".", O_RDONLY | O_DIRECTORY, 0);
	if (fd >= 0 && TEMP_FAILURE_RETRY(flock(fd, (to_remove ? LOCK_EX : LOCK_SH) | LOCK_NB)) == 0) {
		*ret_fd = fd;
		return 0;
	}
	int errnum = errno;
	if (fd >= 0)
		(void)close(fd);
	if (errnum == EWOULDBLOCK)
		return err_set(
			err, VALISE_E_BUSY,
			"the spool %s is being exported, which takes every file that is here now, or another program lets go of letters; "
			"try again when it is done",
			text_shown(str_of(s->dir)).text);
	return err_errno(err, errnum, "cannot lock the bodies of the spool %s", text_shown(str_of(s->dir)).text);
}

int shelf_room(const struct spool *s, const struct shelf *shelf, const struct hash *id, bool make, int *ret_fd,
	       struct valise_err *err)
{
	char name[3] = {hash_hex(id).text[0], hash_hex(id).text[1]};
	if (make && mkdirat(shelf->fd, name, 0700) < 0 && errno != EEXIST)
		return err_errno(err, errno, "cannot make %s/%s in the spool %s", shelf->name, name,
				 text_shown(str_of(s->dir)).text);
	/* Who made it may not have lived to sync it. */
	int r = make ? file_sync_dir(shelf->fd, shelf->name, NULL, err) : 0;
	if (r)
		return r;
	int fd = -1;
	errno = ENOENT; /* a read-only copy may be without the shelf */
	if (shelf->fd >= 0)
		fd = file_openat(shelf->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return err_errno(err, errno, "cannot open %s/%s in the spool %s", shelf->name, name,
				 text_shown(str_of(s->dir)).text);
	*ret_fd = fd;
	return 0;
}

int shelf_put(const struct spool *s, const struct shelf *shelf, const struct hash *id, struct newfile *file,
	      struct stat *ret_stat, struct valise_err *err)
{
	CLEAN_CLOSE int room = -1;
	struct stat st;
	int r = shelf_room(s, shelf, id, true, &room, err);
	if (r)
		return r;
	if (fchmod(file->fd, 0400) < 0)
		return err_errno(err, errno, "cannot make a new %s read-only", shelf->noun);
	file->dirfd = room;
	/* What has the name without a row was left by a transaction that did not end: the same bytes, or none. */
	r = newfile_publish(file, hash_hex(id).text, true, err);
	newfile_abandon(file); /* its directory is closed now */
	if (!r && ret_stat && fstatat(room, hash_hex(id).text, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(err, errno, "cannot read a new %s", shelf->noun);
	if (!r && ret_stat)
		*ret_stat = st;
	return r;
}

static int damaged(const struct shelf *shelf, const struct hash *id, const char *how, struct valise_err *err)
{
	return err_set(err, VALISE_E_BAD, "the %s %.16s... in this spool %s%s", shelf->noun, hash_hex(id).text, how,
		       shelf->remedy);
}

int shelf_open(const struct spool *s, const struct shelf *shelf, const struct hash *id, uint64_t bytes,
	       struct body *ret, struct valise_err *err)
{
	CLEAN_CLOSE int room = -1;
	int r = shelf_room(s, shelf, id, false, &room, err);
	if (r == VALISE_E_NOT_FOUND)
		return damaged(shelf, id, "has lost its file", err);
	if (r)
		return r;
	CLEAN_CLOSE int fd = file_openat(room, hash_hex(id).text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 && errno == ENOENT)
		return damaged(shelf, id, "has lost its file", err);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot open the %s %.16s...", shelf->noun, hash_hex(id).text);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != bytes)
		return damaged(shelf, id, "is not of its size", err);
	*ret = (struct body){.fd = TAKE_FD(fd), .size = bytes, .what = shelf->one};
	return 0;
}

int shelf_open_small(const struct shelf *shelf, const struct hash *id, uint64_t bytes, struct str small,
		     struct body *ret, struct valise_err *err)
{
	if (small.len != bytes)
		return damaged(shelf, id, "is not of its size", err);
	uint8_t *copy = malloc(small.len + 1);
	if (!copy)
		return err_nomem(err);
	memcpy(copy, small.at, small.len);
	*ret = (struct body){.fd = -1, .bytes = copy, .size = bytes};
	return 0;
}
