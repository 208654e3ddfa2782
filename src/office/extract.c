/* SPDX-License-Identifier: Apache-2.0 */
/* Writing an opened letter's files where nobody finds half of them. */
#include "office/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

/* A letter of so many files of at most so many bytes, and no directories, is made durable file by file: what others have written on the
 * same filesystem is not waited for. Of more, the filesystem knows best in which order. */
#define FEW_FILES 8
#define SMALL_FILE_BYTES (1024 * 1024)

struct extract {
	struct stream_opener *from;
	int above; /* the staging directory; borrowed */
	const char *name;
	int dir;          /* the letter's own, within it */
	int file;         /* being written; -1 */
	uint64_t file_at; /* how far */
	int64_t file_mtime_s;
	struct buf in_hand; /* the directory that `in_hand_fd` is, to make siblings without a walk */
	int in_hand_fd;
	unsigned n_synced; /* files that are durable already */
	bool sync_all;     /* there is more than those */
	bool made, ended;
};

int extract_begin(const struct extract_place *place, struct stream_opener *from, struct extract **ret,
		  struct valise_err *err)
{
	CLEAN_EXTRACT struct extract *x = calloc(1, sizeof *x);
	if (!x)
		return err_nomem(err);
	*x = (struct extract){.from = from,
			      .above = staging_dir(place->staging),
			      .name = place->name,
			      .sync_all = place->synced_later,
			      .dir = -1,
			      .file = -1,
			      .in_hand_fd = -1};
	buf_init(&x->in_hand, LIMIT_PATH_BYTES);
	bool taken = staging_is_taken(place->staging, x->name);
	if (!taken && mkdirat(x->above, x->name, 0700) == 0)
		x->dir = openat(x->above, x->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	else
		taken |= errno == EEXIST;
	if (taken)
		return err_set(err, VALISE_E_EXISTS, "%s is there already; choose another place with -o",
			       text_shown(str_of(place->shown)).text);
	if (x->dir < 0)
		return err_errno(err, errno, "cannot make a directory for %s", text_shown(str_of(place->shown)).text);
	x->made = true;
	*ret = TAKE(x);
	return 0;
}

/* ---- Members ---- */

static int end_file(struct extract *x, struct valise_err *err)
{
	if (x->file < 0)
		return 0;
	int r = stream_opener_settle(x->from, err);
	if (r)
		return r;
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = x->file_mtime_s}};
	(void)futimens(x->file, times); /* a filesystem without times loses nothing that matters */
	if (!x->sync_all) {
		r = file_sync(x->file, "a file of the letter", err);
		if (r)
			return r;
		x->n_synced++;
	}
	int fd = TAKE_FD(x->file);
	return close(fd) == 0 ? 0 : err_errno(err, errno, "cannot finish writing a file of the letter");
}

/* The directory that holds `path`, open; *ret_name is the last component. */
static int parent_of(struct extract *x, struct str path, int *ret_fd, char ret_name[static LIMIT_PART_NAME_BYTES + 1],
		     struct valise_err *err)
{
	size_t cut = path.len;
	while (cut > 0 && path.at[cut - 1] != '/')
		cut--;
	struct str dir = {path.at, cut ? cut - 1 : 0};
	if (path.len - cut > LIMIT_PART_NAME_BYTES)
		return err_set(err, VALISE_E_BAD,
			       "the letter holds a file name longer than 255 bytes, which cannot be written out");
	memcpy(ret_name, path.at + cut, path.len - cut);
	ret_name[path.len - cut] = 0;
	if (!dir.len) {
		*ret_fd = x->dir;
		return 0;
	}
	if (x->in_hand_fd < 0 || !str_eq(buf_str(&x->in_hand), dir)) {
		cleanup_close(&x->in_hand_fd);
		buf_clear(&x->in_hand);
		buf_add_str(&x->in_hand, dir);
		int r = buf_check(&x->in_hand, "a path in the letter", err);
		if (r)
			return r;
		x->in_hand_fd =
			file_open_beneath(x->dir, (char *)x->in_hand.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
		if (x->in_hand_fd < 0) {
			int errnum = -x->in_hand_fd;
			x->in_hand_fd = -1;
			return err_errno(err, errnum, "cannot enter a directory of the letter");
		}
	}
	*ret_fd = x->in_hand_fd;
	return 0;
}

static int member_failed(struct valise_err *err, int errnum, struct str path)
{
	CLEAN_BUF struct buf shown = BUF_INIT(LIMIT_PATH_BYTES * 8);
	text_show(&shown, path);
	const char *name = shown.data ? (char *)shown.data : "a file";
	if (errnum == EEXIST)
		/* No defect: every path of the letter is another, but here two of them are not. */
		return err_set(
			err, VALISE_E_FAILURE,
			"this filesystem takes %s and another name in the letter for one; choose another with -o",
			name);
	return err_errno(err, errnum, "cannot write %s", name);
}

int extract_member(struct extract *x, const struct tar_member *m, struct valise_err *err)
{
	char name[LIMIT_PART_NAME_BYTES + 1];
	char target[LIMIT_PATH_BYTES];
	int fd = -1;
	int r = end_file(x, err);
	if (!r)
		r = parent_of(x, m->path, &fd, name, err);
	if (r)
		return r;
	x->sync_all |= m->type != TAR_FILE || m->bytes > SMALL_FILE_BYTES || x->n_synced == FEW_FILES;
	switch (m->type) {
	case TAR_DIR:
		return mkdirat(fd, name, 0777) ? member_failed(err, errno, m->path) : 0;
	case TAR_LINK:
		if (m->target.len >= sizeof target)
			return member_failed(err, ENAMETOOLONG, m->path);
		memcpy(target, m->target.at, m->target.len);
		target[m->target.len] = 0;
		return symlinkat(target, fd, name) ? member_failed(err, errno, m->path) : 0;
	case TAR_FILE:
		break;
	}
	x->file = openat(fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, m->mode & 0100 ? 0777 : 0666);
	x->file_mtime_s = m->mtime_s;
	x->file_at = 0;
	return x->file < 0 ? member_failed(err, errno, m->path) : 0;
}

int extract_data(struct extract *x, const uint8_t *data, size_t len, struct valise_err *err)
{
	int r = stream_opener_write(x->from, x->file, x->file_at, data, len, "a file of the letter", err);
	x->file_at += len;
	return r;
}

/* ---- The end ---- */

int extract_end(struct extract *x, bool *ret_synced, struct valise_err *err)
{
	bool durable = false;
	int r = end_file(x, err);
	if (!r && !x->sync_all)
		r = file_sync_dir(x->dir, "of the letter", &durable, err);
	if (r)
		return r;
	*ret_synced = durable;
	x->ended = true;
	return 0;
}

void extract_free(struct extract *x)
{
	if (!x)
		return;
	cleanup_close(&x->file);
	cleanup_close(&x->in_hand_fd);
	cleanup_close(&x->dir);
	if (x->made && !x->ended)
		(void)!file_remove_tree(x->above, x->name, NULL); /* what stays goes with the private directory */
	buf_release(&x->in_hand);
	free(x);
}

void extract_freep(struct extract **x)
{
	extract_free(*x);
}
