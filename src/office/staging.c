/* SPDX-License-Identifier: Apache-2.0 */
/* Private directories that the spool knows of before they are made, whose letters get their names at the end, and of which nothing stays
 * behind. */
#include "office/staging.h"

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

struct staging {
	struct valise *v;
	struct buf record; /* what the spool has of it: the place, and the private directory's absolute path */
	const char *name;  /* its last component, within record */
	int parent;        /* the directory of both */
	int dir;           /* the private directory, locked */
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

static int record(struct staging *s, struct valise_err *err)
{
	int r = spool_begin(s->v->spool, err);
	if (r)
		return r;
	r = opening_put(s->v->spool, buf_str(&s->record), err);
	return spool_end(s->v->spool, r, err);
}

static int name_it(struct staging *s, const char *real_parent, const struct hash *letter, struct valise_err *err)
{
	struct place place;
	uint8_t random[10];
	int r = random_fill(random, sizeof random, err);
	if (!r)
		r = place_of(s->parent, &place, err);
	if (r)
		return r;
	buf_add_text(&s->record, place.text);
	buf_add_text(&s->record, real_parent);
	if (strcmp(real_parent, "/") != 0)
		buf_add_char(&s->record, '/');
	size_t at = s->record.len;
	buf_addf(&s->record, ".valise-open-%s-", hash_short(letter).text);
	base32_encode(&s->record, random, sizeof random);
	r = buf_check(&s->record, "the destination's path", err);
	s->name = r ? NULL : (char *)s->record.data + at;
	return r;
}

int staging_begin(struct valise *v, const char *parent, const struct hash *letter, struct staging **ret,
		  struct valise_err *err)
{
	CLEAN_STAGING struct staging *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(err);
	*s = (struct staging){.v = v, .parent = -1, .dir = -1};
	buf_init(&s->record, PLACE_CHARS + LIMIT_PATH_BYTES);
	CLEAN_FREE char *real = realpath(parent, NULL);
	s->parent = real ? open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (s->parent < 0)
		return err_errno(err, errno, "cannot write into %s", text_shown(str_of(parent)).text);
	int r = name_it(s, real, letter, err);
	if (!r)
		r = record(s, err);
	if (r)
		return r;
	s->made = true;
	if (mkdirat(s->parent, s->name, 0700))
		return err_errno(err, errno, "cannot make a directory in %s", text_shown(str_of(parent)).text);
	s->dir = openat(s->parent, s->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dir < 0)
		return err_errno(err, errno, "cannot open the directory just made in %s",
				 text_shown(str_of(parent)).text);
	r = file_lock(s->dir, false, "the directory being written", err);
	/* Again: a sweep that looked between the record and the lock has taken the record for stale. Nothing is in there yet. */
	if (!r)
		r = record(s, err);
	if (!r)
		*ret = TAKE(s);
	return r;
}

int staging_dir(const struct staging *s)
{
	return s->dir;
}

/* ---- Names ---- */

bool staging_is_taken(const struct staging *s, const char *name)
{
	struct stat st;
	return fstatat(s->parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* RENAME_NOREPLACE where the filesystem has it; otherwise rename(2), which replaces at most an empty directory. */
static int rename_into_place(const struct staging *s, const char *name)
{
	if (renameat2(s->dir, name, s->parent, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return renameat(s->dir, name, s->parent, name);
}

int staging_publish(struct staging *s, const char *name, struct valise_err *err)
{
	return rename_into_place(s, name) ? err_errno(err, errno, "cannot give the opened letter its name %s",
						      text_shown(str_of(name)).text)
					  : 0;
}

int staging_sync(struct staging *s, struct valise_err *err)
{
	return syncfs(s->dir) ? err_errno(err, errno, "cannot make the opened files durable") : 0;
}

/* The private directory and its place on record go together: with what is left in it, letters that got no name. */
int staging_end(struct staging *s, struct valise_err *err)
{
	int r = file_remove_tree(s->parent, s->name, err);
	if (!r)
		r = file_sync_dir(s->parent, "the destination's directory", NULL, err);
	if (r)
		return r;
	s->ended = true;
	return opening_remove(s->v->spool, buf_str(&s->record), err);
}

void staging_free(struct staging *s)
{
	if (!s)
		return;
	if (s->made && !s->ended) {
		/* The record goes only when the plaintext is gone, and no power cut brings it back. */
		struct stat st;
		bool gone = file_remove_tree(s->parent, s->name, NULL) == 0 ||
			    (fstatat(s->parent, s->name, &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT);
		if (gone && file_sync_dir(s->parent, "the destination's directory", NULL, NULL) == 0)
			(void)!opening_remove(s->v->spool, buf_str(&s->record), NULL);
	}
	cleanup_close(&s->dir);
	cleanup_close(&s->parent);
	buf_release(&s->record);
	free(s);
}

void staging_freep(struct staging **s)
{
	staging_free(*s);
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

/* The last component of the path on record, which nobody but staging_begin has written. */
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

static void tell_away(const char *record, staging_found *each, void *context)
{
	struct valise_err text;
	(void)err_set(
		&text, 0,
		"an interrupted open may have left plaintext at %s, whose disk or directory is not here now: when it is, `valise doctor --mend` removes that",
		text_shown(str_of(record + PLACE_CHARS)).text);
	each(context, false, text.text);
}

int staging_sweep(struct valise *v, bool remove, staging_found *each, void *context, struct valise_err *err)
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
