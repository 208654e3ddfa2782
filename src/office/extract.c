/* SPDX-License-Identifier: Apache-2.0 */
/* Writing an opened letter's files where nobody finds half of them. */
#include "office/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

/* A letter of so many files of at most so many bytes, and no directories, is made durable file by file: what others have written on the
 * same filesystem is not waited for. Of more, the filesystem knows best in which order. */
#define FEW_FILES 8
#define SMALL_FILE_BYTES (1024 * 1024)

struct extract {
	struct valise *v;
	struct stream_opener *from;
	struct buf record; /* what the spool has of it: the place, and the private directory's absolute path */
	const char *temp;  /* its last component, within record */
	char *final;       /* the destination's last component */
	int parent;        /* the directory of both */
	int dir;           /* the private directory, locked */
	int file;          /* being written; -1 */
	uint64_t file_at;  /* how far */
	int64_t file_mtime_s;
	struct buf in_hand; /* the directory that `in_hand_fd` is, to make siblings without a walk */
	int in_hand_fd;
	unsigned n_synced; /* files that are durable already */
	bool sync_all;     /* there is more than those */
	bool made, ended;
};

/* ---- Where ---- */

/* Which directory it is that the private one is made in: its filesystem and inode. A stick's path means the stick only while it is
 * plugged in; at other times it is nothing, an empty directory, or another stick. */
struct place {
	char text[sizeof "0123456789abcdef:0123456789abcdef "];
};
#define PLACE_CHARS (sizeof((struct place *)0)->text - 1)

static int place_of(int dir, struct place *ret, struct valise_err *err)
{
	struct stat st;
	struct statvfs fs;
	if (fstat(dir, &st) || fstatvfs(dir, &fs))
		return err_errno(err, errno, "cannot tell the directory of an opened letter from others");
	/* The number of a device is another after the next start; but not every filesystem has an id. */
	uint64_t id = fs.f_fsid ? fs.f_fsid : st.st_dev;
	(void)snprintf(ret->text, sizeof ret->text, "%016" PRIx64 ":%016" PRIx64 " ", id, (uint64_t)st.st_ino);
	return 0;
}

/* ---- The private directory ---- */

static int record(struct extract *x, struct valise_err *err)
{
	int r = spool_begin(x->v->spool, err);
	if (r)
		return r;
	r = opening_put(x->v->spool, buf_str(&x->record), err);
	if (!r)
		r = spool_commit(x->v->spool, err);
	if (r)
		spool_rollback(x->v->spool);
	return r;
}

/* Splits the destination into its directory, opened, and its last component. */
static int find_parent(struct extract *x, const char *destination, char **ret_real, struct valise_err *err)
{
	CLEAN_FREE char *copy = strdup(destination);
	if (!copy)
		return err_nomem(err);
	size_t len = strlen(copy);
	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = 0;
	char *slash = strrchr(copy, '/');
	const char *last = slash ? slash + 1 : copy;
	if (!*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
		return err_set(err, VALISE_E_USAGE,
			       "%s cannot be the place of an opened letter: name a directory that is not there yet",
			       text_shown(str_of(destination)).text);
	x->final = strdup(last);
	if (!x->final)
		return err_nomem(err);
	if (slash)
		slash[slash == copy ? 1 : 0] = 0;
	CLEAN_FREE char *real = realpath(slash ? copy : ".", NULL);
	x->parent = real ? open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (x->parent < 0)
		return err_errno(err, errno, "cannot write beside %s", text_shown(str_of(destination)).text);
	*ret_real = TAKE(real);
	return 0;
}

static int name_temp(struct extract *x, const char *real_parent, const struct hash *letter, struct valise_err *err)
{
	struct place place;
	uint8_t random[10];
	int r = random_fill(random, sizeof random, err);
	if (!r)
		r = place_of(x->parent, &place, err);
	if (r)
		return r;
	buf_add_text(&x->record, place.text);
	buf_add_text(&x->record, real_parent);
	if (strcmp(real_parent, "/") != 0)
		buf_add_char(&x->record, '/');
	size_t at = x->record.len;
	buf_addf(&x->record, ".valise-open-%s-", hash_short(letter).text);
	base32_encode(&x->record, random, sizeof random);
	r = buf_check(&x->record, "the destination's path", err);
	x->temp = r ? NULL : (char *)x->record.data + at;
	return r;
}

int extract_begin(struct valise *v, const char *destination, const struct hash *letter, struct stream_opener *from,
		  struct extract **ret, struct valise_err *err)
{
	CLEAN_FREE char *real = NULL;
	CLEAN_EXTRACT struct extract *x = calloc(1, sizeof *x);
	struct stat st;
	if (!x)
		return err_nomem(err);
	*x = (struct extract){.v = v, .from = from, .parent = -1, .dir = -1, .file = -1, .in_hand_fd = -1};
	buf_init(&x->record, PLACE_CHARS + LIMIT_PATH_BYTES);
	buf_init(&x->in_hand, LIMIT_PATH_BYTES);
	int r = find_parent(x, destination, &real, err);
	if (r)
		return r;
	if (fstatat(x->parent, x->final, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return err_set(err, VALISE_E_EXISTS, "%s is there already; choose another place with -o",
			       text_shown(str_of(destination)).text);
	r = name_temp(x, real, letter, err);
	if (!r)
		r = record(x, err);
	if (r)
		return r;
	x->made = true;
	if (mkdirat(x->parent, x->temp, 0700))
		return err_errno(err, errno, "cannot make a directory beside %s", text_shown(str_of(destination)).text);
	x->dir = openat(x->parent, x->temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (x->dir < 0)
		return err_errno(err, errno, "cannot open the directory just made beside %s",
				 text_shown(str_of(destination)).text);
	r = file_lock(x->dir, false, "the directory being written", err);
	/* Again: a sweep that looked between the record and the lock has taken the record for stale. Nothing is in there yet. */
	if (!r)
		r = record(x, err);
	if (!r)
		*ret = TAKE(x);
	return r;
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
			err, VALISE_E_EXISTS,
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

/* RENAME_NOREPLACE where the filesystem has it; otherwise rename(2), which replaces at most an empty directory. */
static int rename_into_place(struct extract *x)
{
	if (renameat2(x->parent, x->temp, x->parent, x->final, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return renameat(x->parent, x->temp, x->parent, x->final);
}

/* The files, and their names in the private directory. */
static int make_durable(struct extract *x, struct valise_err *err)
{
	bool durable = false;
	int r = end_file(x, err);
	if (!r && !x->sync_all)
		r = file_sync_dir(x->dir, "of the letter", &durable, err);
	if (!r && !durable && syncfs(x->dir))
		r = err_errno(err, errno, "cannot make the opened files durable");
	return r;
}

int extract_end(struct extract *x, struct valise_err *err)
{
	int r = make_durable(x, err);
	if (r)
		return r;
	if (rename_into_place(x))
		return err_errno(err, errno, "cannot give the opened letter its name %s",
				 text_shown(str_of(x->final)).text);
	x->ended = true;
	r = file_sync_dir(x->parent, "the destination's directory", NULL, err);
	return r ? r : opening_remove(x->v->spool, buf_str(&x->record), err);
}

void extract_free(struct extract *x)
{
	if (!x)
		return;
	cleanup_close(&x->file);
	cleanup_close(&x->in_hand_fd);
	if (x->made && !x->ended) {
		/* The record goes only when the plaintext is gone, and no power cut brings it back. */
		struct stat st;
		bool gone = file_remove_tree(x->parent, x->temp, NULL) == 0 ||
			    (fstatat(x->parent, x->temp, &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT);
		if (gone && file_sync_dir(x->parent, "the destination's directory", NULL, NULL) == 0)
			(void)!opening_remove(x->v->spool, buf_str(&x->record), NULL);
	}
	cleanup_close(&x->dir);
	cleanup_close(&x->parent);
	buf_release(&x->record);
	buf_release(&x->in_hand);
	free(x->final);
	free(x);
}

void extract_freep(struct extract **x)
{
	extract_free(*x);
}

/* ---- What killed openings left ---- */

struct sweep {
	struct buf records; /* each with its NUL */
};

static int take_record(void *context, struct str record)
{
	struct sweep *s = context;
	buf_add_str(&s->records, record);
	buf_add_char(&s->records, 0);
	return s->records.error;
}

/* The last component of the path on record, which nobody but extract_begin has written. */
static const char *private_name(const char *record)
{
	const char *slash = strlen(record) > PLACE_CHARS ? strrchr(record + PLACE_CHARS, '/') : NULL;
	return slash && record[PLACE_CHARS] == '/' && str_starts(str_of(slash + 1), STR(".valise-open-")) ? slash + 1
													  : NULL;
}

enum swept {
	SWEPT_NOTHING, /* nothing is there, and no power cut brings it back */
	SWEPT_REMOVED, /* the same now: its writer is dead */
	SWEPT_WRITING, /* its writer lives */
	SWEPT_AWAY,    /* nobody can tell: the directory that it was made in is not here */
	SWEPT_LEFT     /* it is there still; `err` says why */
};

/* Of `name` in `parent`, which is open. */
static int sweep_in(int parent, const char *name, bool remove, bool is_same, enum swept *ret, struct valise_err *err)
{
	CLEAN_CLOSE int dir = file_openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (dir < 0 && errno == ENOENT) {
		*ret = is_same ? SWEPT_NOTHING : SWEPT_AWAY;
		return is_same ? file_sync_dir(parent, "it", NULL, err) : 0;
	}
	if (dir < 0)
		return err_errno(err, errno, "cannot look at it");
	int r = file_lock(dir, false, "the place of an open", err);
	if (r == VALISE_E_BUSY) {
		*ret = SWEPT_WRITING;
		return 0;
	}
	if (!r && !remove)
		return err_set(err, VALISE_E_EXISTS, "`valise doctor --mend` removes it");
	if (!r)
		r = file_remove_tree(parent, name, err);
	if (!r)
		r = file_sync_dir(parent, "its directory", NULL, err);
	if (!r)
		*ret = SWEPT_REMOVED;
	return r;
}

static enum swept sweep_one(const char *record, bool remove, struct valise_err *err)
{
	CLEAN_CLOSE int parent = -1;
	struct place place;
	enum swept swept = SWEPT_LEFT;
	const char *name = private_name(record);
	if (!name) {
		(void)err_set(err, VALISE_E_BAD, "%s is on record as a place of plaintext, and cannot be one",
			      text_shown(str_of(record)).text);
		return SWEPT_LEFT;
	}
	const char *path = record + PLACE_CHARS;
	CLEAN_FREE char *above = strndup(path, name - path == 1 ? 1 : (size_t)(name - path) - 1);
	int r = above ? 0 : err_nomem(err);
	if (!r)
		parent = file_openat(AT_FDCWD, above, O_RDONLY | O_DIRECTORY, 0);
	if (!r && parent < 0 && (errno == ENOENT || errno == ENOTDIR))
		return SWEPT_AWAY;
	if (!r && parent < 0)
		r = err_errno(err, errno, "cannot look for it");
	if (!r)
		r = place_of(parent, &place, err);
	if (!r)
		r = sweep_in(parent, name, remove, memcmp(record, place.text, PLACE_CHARS) == 0, &swept, err);
	if (!r)
		return swept;
	(void)err_prefix(err, r, "an interrupted open left plaintext at %s", text_shown(str_of(path)).text);
	return SWEPT_LEFT;
}

static void tell_away(const char *record, extract_found *each, void *context)
{
	struct valise_err text;
	(void)err_set(
		&text, 0,
		"an interrupted open may have left plaintext at %s, whose disk or directory is not here now: when it is, `valise doctor --mend` removes that",
		text_shown(str_of(record + PLACE_CHARS)).text);
	each(context, false, text.text);
}

int extract_sweep(struct valise *v, bool remove, extract_found *each, void *context, struct valise_err *err)
{
	struct sweep s = {BUF_INIT(16u * 1024 * 1024)};
	int r = openings_each(v->spool, take_record, &s, err);
	for (size_t at = 0; !r && at < s.records.len;) {
		const char *record = (const char *)s.records.data + at;
		struct valise_err why = {0};
		enum swept swept = sweep_one(record, remove, &why);
		at += strlen(record) + 1;
		if (each && swept == SWEPT_AWAY)
			tell_away(record, each, context);
		else if (each && swept == SWEPT_LEFT)
			each(context, true, why.text);
		else if (each && swept == SWEPT_REMOVED)
			each(context, false, "removed what an interrupted open had left");
		if (remove && (swept == SWEPT_NOTHING || swept == SWEPT_REMOVED))
			r = opening_remove(v->spool, str_of(record), err);
	}
	buf_release(&s.records);
	return r;
}
