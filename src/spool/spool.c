/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening and closing a spool. */
#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "spool/inside.h"
#include "spool/schema.h"
#include "spool/view.h"

#define SPOOL_LOG_LEFT_BYTES (512 * 1024)
#define LOG_PAGE_BYTES 4096
#define LOG_MERGED_FRAMES 60
#define SHOWN(dir) text_shown(str_of(dir)).text

struct room {
	const char *name;
	size_t fd; /* offset in struct spool */
};

static const struct room rooms[] = {
	{"bodies", offsetof(struct spool, bodiesfd)},   {"exhibits", offsetof(struct spool, exhibitsfd)},
	{"partial", offsetof(struct spool, partialfd)}, {"tmp", offsetof(struct spool, tmpfd)},
	{"keys", offsetof(struct spool, keysfd)},
};
#define N_ROOMS (sizeof rooms / sizeof rooms[0])

static int *room_fd(struct spool *s, size_t i)
{
	return (int *)(void *)((char *)s + rooms[i].fd);
}

/* Merging the log into the database and removing it costs three syncs more, and syncing a log that is new or grows costs as much again
 * as syncing one that is written over: together a tenth of what a process does that seals one small letter. So the log stays, and whoever
 * writes next begins it anew where it lies. Only a large one goes, because whoever opens the spool next would have to read it. */
static bool log_may_stay(const struct spool *s)
{
	struct stat st;
	return s->db.handle && !s->is_new && fstatat(s->dirfd, SPOOL_DB_NAME "-wal", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_size < SPOOL_LOG_LEFT_BYTES;
}

/* Whether the log is in use for LOG_MERGED_FRAMES. Begun anew it keeps its size, and the frames from before have another salt than its
 * header has (sqlite.org/fileformat2.html, section 4.1). Only speed depends on this, so whatever lies there may answer. */
static bool log_is_long(const struct spool *s)
{
	uint8_t header[32];
	uint8_t frame[24];
	CLEAN_CLOSE int fd = file_openat(s->dirfd, SPOOL_DB_NAME "-wal", O_RDONLY | O_NOFOLLOW, 0);
	off_t at = (off_t)sizeof header + LOG_MERGED_FRAMES * ((off_t)sizeof frame + LOG_PAGE_BYTES);
	return fd >= 0 && pread(fd, header, sizeof header, 0) == sizeof header &&
	       pread(fd, frame, sizeof frame, at) == sizeof frame && memcmp(header + 16, frame + 8, 8) == 0;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	if (log_may_stay(s))
		db_leave_log(&s->db);
	db_close(&s->db);
	view_free(s->view);
	for (size_t i = 0; i < N_ROOMS; i++)
		cleanup_close(room_fd(s, i));
	cleanup_close(&s->dirfd);
	free(s->dir);
	free(s);
}

void spool_closep(struct spool **s)
{
	spool_close(*s);
}

static int no_office(const char *dir, struct valise_err *err)
{
	return err_set(err, VALISE_E_NO_OFFICE, "there is no office in %s: `valise init NAME` makes one", SHOWN(dir));
}

/* The directory alone. */
static int spool_new(const char *dir, struct spool **ret, struct valise_err *err)
{
	CLEAN_SPOOL struct spool *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(err);
	s->dirfd = -1;
	s->as_of_s = INT64_MAX;
	s->clock_s = clock_now_s;
	for (size_t i = 0; i < N_ROOMS; i++)
		*room_fd(s, i) = -1;
	s->dir = strdup(dir);
	if (!s->dir)
		return err_nomem(err);
	s->dirfd = file_openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY, 0);
	if (s->dirfd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return no_office(dir, err);
	if (s->dirfd < 0)
		return err_errno(err, errno, "cannot open the spool %s", SHOWN(dir));
	*ret = TAKE(s);
	return 0;
}

/* Its directories; made where they are missing when `make`. */
static int open_rooms(struct spool *s, bool make, struct valise_err *err)
{
	bool made = false;
	for (size_t i = 0; i < N_ROOMS; i++) {
		if (make && mkdirat(s->dirfd, rooms[i].name, 0700) == 0)
			made = true;
		else if (make && errno != EEXIST)
			return err_errno(err, errno, "cannot make %s in the spool %s", rooms[i].name, SHOWN(s->dir));
		int *fd = room_fd(s, i);
		*fd = file_openat(s->dirfd, rooms[i].name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
		/* Who only reads may be kept from the keys, and a copy may have lost empty directories. */
		bool can_lack = errno == ENOENT || (errno == EACCES && fd != &s->bodiesfd);
		if (*fd < 0 && (make || !can_lack))
			return err_errno(err, errno, "cannot open %s in the spool %s", rooms[i].name, SHOWN(s->dir));
	}
	return made ? file_sync_dir(s->dirfd, s->dir, NULL, err) : 0;
}

static bool exists(const struct spool *s, const char *name)
{
	return faccessat(s->dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* 0, or the errno of why not. */
static int why_not_writable(const struct spool *s)
{
	if (faccessat(s->dirfd, ".", W_OK, AT_EACCESS) < 0)
		return errno;
	return faccessat(s->dirfd, SPOOL_DB_NAME, W_OK, AT_EACCESS) < 0 ? errno : 0;
}

/* SQLite keeps its own path to the database: an absolute one cannot be taken for a URI. */
static int open_db(struct spool *s, enum db_mode mode, const char *vfs, struct valise_err *err)
{
	CLEAN_FREE char *real = realpath(s->dir, NULL);
	if (!real)
		return err_errno(err, errno, "cannot open the spool %s", SHOWN(s->dir));
	CLEAN_BUF struct buf path = BUF_INIT(PATH_MAX + sizeof "/" SPOOL_DB_NAME);
	buf_addf(&path, "%s/%s", real, SPOOL_DB_NAME);
	int r = buf_check(&path, "the spool's path", err);
	return r ? r : db_open((const char *)path.data, s->dir, mode, vfs, &s->db, err);
}

/* Where nothing can be written. With its log and lock files there SQLite follows a living writer by itself, even from here. */
static int open_db_read_only(struct spool *s, struct valise_err *err)
{
	if (exists(s, SPOOL_DB_NAME "-wal") && exists(s, SPOOL_DB_NAME "-shm") &&
	    open_db(s, DB_READ_ONLY, NULL, NULL) == 0)
		return 0;
	int r = view_new(s->dirfd, SPOOL_DB_NAME, &s->view, err);
	return r ? r : open_db(s, DB_READ_ONLY, view_vfs(s->view), err);
}

/* The log must be there: without it readers and writers would shut each other out. */
static int keep_log(struct spool *s, struct valise_err *err)
{
	bool row = false;
	CLEAN_QUERY struct query q = query_of(&s->db, "PRAGMA journal_mode = WAL");
	int r = query_next(&q, &row, err);
	if (!r && !(row && str_eq(row_bytes(&q, 0), STR("wal"))))
		return err_set(err, VALISE_E_FAILURE,
			       "the filesystem of %s cannot hold a spool (it has no shared memory): use another",
			       SHOWN(s->dir));
	return r;
}

/* Under a lock on the directory, so that two creations, or one that follows a cut-off one, do not meet in the middle. */
static int make_db(struct spool *s, struct valise_err *err)
{
	int r = file_lock(s->dirfd, true, s->dir, err);
	if (r)
		return r;
	/* Here and not by SQLite: its log and lock files take over these permissions. */
	int fd = file_openat(s->dirfd, SPOOL_DB_NAME, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, errno, "cannot make a spool in %s", SHOWN(s->dir));
	(void)close(fd);
	uint64_t version;
	r = open_db(s, DB_WRITE, NULL, err);
	if (!r)
		r = schema_look(&s->db, &version, err);
	if (r)
		return r;
	if (version > 0)
		return err_set(err, VALISE_E_EXISTS, "there is an office in %s already", SHOWN(s->dir));
	r = keep_log(s, err);
	if (!r)
		r = schema_migrate(&s->db, schema_steps, schema_version, err);
	return r ? r : file_sync_dir(s->dirfd, s->dir, NULL, err);
}

int spool_create(const char *dir, struct spool **ret, struct valise_err *err)
{
	CLEAN_SPOOL struct spool *s = NULL;
	int r = file_make_dirs(AT_FDCWD, dir, 0700, err);
	if (!r)
		r = spool_new(dir, &s, err);
	if (!r)
		r = open_rooms(s, true, err);
	if (!r)
		r = make_db(s, err);
	if (r)
		return r;
	/* The lock on the directory ends here: creation is over, and a spool is open for as long as its owner likes. */
	int fd = file_openat(s->dirfd, ".", O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return err_errno(err, errno, "cannot open the spool %s", SHOWN(dir));
	cleanup_close(&s->dirfd);
	s->dirfd = fd;
	s->is_new = true;
	*ret = TAKE(s);
	return 0;
}

static int open_db_to_write(struct spool *s, struct valise_err *err)
{
	int r = open_db(s, DB_WRITE, NULL, err);
	return r ? r : keep_log(s, err);
}

/* The database, whatever its version. */
static int connect_db(struct spool *s, enum spool_mode mode, struct valise_err *err)
{
	if (!exists(s, SPOOL_DB_NAME))
		return no_office(s->dir, err);
	int why = why_not_writable(s);
	if (mode == SPOOL_READ) {
		s->is_read_only = true;
		int r = why ? VALISE_E_READ_ONLY : open_db(s, DB_LOOK, NULL, err);
		/* On a full disk there is no room for locks either. */
		return r == VALISE_E_READ_ONLY || r == VALISE_E_FULL || r == VALISE_E_IO ? open_db_read_only(s, err)
											 : r;
	}
	if (why)
		return err_set(err, VALISE_E_READ_ONLY, "the spool %s cannot be written here: %s", SHOWN(s->dir),
			       strerrordesc_np(why));
	int r = open_rooms(s, true, err);
	if (!r)
		r = open_db_to_write(s, err);
	while (r == VALISE_E_FULL && reserve_give(s, 0)) { /* what locks and logs lie in needs room as well */
		db_close(&s->db);
		r = open_db_to_write(s, err);
	}
	return r;
}

static int open_any_version(const char *dir, enum spool_mode mode, struct spool **ret, uint64_t *ret_version,
			    struct valise_err *err)
{
	CLEAN_SPOOL struct spool *s = NULL;
	int r = spool_new(dir, &s, err);
	if (!r)
		r = connect_db(s, mode, err);
	if (!r)
		r = schema_look(&s->db, ret_version, err);
	if (r)
		return r;
	if (*ret_version == 0)
		return no_office(dir, err); /* a creation was cut off here */
	if (*ret_version > schema_version)
		return schema_too_new(&s->db, *ret_version, err);
	*ret = TAKE(s);
	return 0;
}

static int open_to_write(const char *dir, struct spool **ret, struct valise_err *err)
{
	CLEAN_SPOOL struct spool *s = NULL;
	uint64_t version;
	int r = open_any_version(dir, SPOOL_WRITE, &s, &version, err);
	if (!r && version < schema_version)
		r = schema_migrate(&s->db, schema_steps, schema_version, err);
	if (r)
		return r;
	if (log_is_long(s))
		db_merge_log(&s->db);
	newfile_sweep(s->tmpfd);
	newfile_sweep(s->keysfd);
	reserve_keep(s);
	*ret = TAKE(s);
	return 0;
}

static int open_to_read(const char *dir, struct spool **ret, struct valise_err *err)
{
	CLEAN_SPOOL struct spool *s = NULL;
	uint64_t version;
	int r = open_any_version(dir, SPOOL_READ, &s, &version, err);
	if (!r && version < schema_version) {
		/* An older one is migrated first, where it can be. */
		spool_close(TAKE(s));
		CLEAN_SPOOL struct spool *migrated = NULL;
		r = open_to_write(dir, &migrated, err);
		if (r)
			return err_prefix(err, r,
					  "an older Valise wrote this spool, and it cannot be brought up to date here");
		r = open_any_version(dir, SPOOL_READ, &s, &version, err);
	}
	if (!r)
		r = open_rooms(s, false, err);
	if (r)
		return r;
	*ret = TAKE(s);
	return 0;
}

int spool_open(const char *dir, enum spool_mode mode, struct spool **ret, struct valise_err *err)
{
	return mode == SPOOL_WRITE ? open_to_write(dir, ret, err) : open_to_read(dir, ret, err);
}

int spool_dirfd(const struct spool *s)
{
	return s->dirfd;
}

int spool_tmpfd(const struct spool *s)
{
	return s->tmpfd;
}

const char *spool_dir(const struct spool *s)
{
	return s->dir;
}

bool spool_is_read_only(const struct spool *s)
{
	return s->is_read_only;
}
