/* SPDX-License-Identifier: Apache-2.0 */
/* The file layer that gives SQLite a database and a private copy of its log, and takes nothing. */
#include "spool/view.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

#define VIEW_LOG_BYTES (1u << 30) /* the largest log that is copied to memory */
#define VIEW_COPY_BYTES (64u * 1024)
#define VIEW_TRIES 3

struct view {
	sqlite3_vfs vfs; /* first: SQLite hands us its address */
	char name[40];
	int db_fd;
	int log_fd;       /* -1: there is no log */
	struct stat seen; /* of the database, when the log was copied */
};

struct view_file {
	sqlite3_file file; /* first, as above */
	struct view *view;
	int fd; /* borrowed; -1: an empty file */
	bool is_database;
};

static struct view_file *file_of(sqlite3_file *file)
{
	return (struct view_file *)file;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int view_close(sqlite3_file *file)
{
	file->pMethods = NULL;
	return SQLITE_OK;
}

/* A database that changed under us would be read half old, half new: SQLITE_PROTOCOL, which nothing else here gives. */
static int view_read(sqlite3_file *file, void *to, int len, sqlite3_int64 offset)
{
	const struct view_file *f = file_of(file);
	size_t n = 0;
	struct stat now;
	if (f->fd >= 0 && file_pread_full(f->fd, to, (size_t)len, (uint64_t)offset, &n, "the spool", NULL))
		return SQLITE_IOERR_READ;
	if (f->is_database && (fstat(f->fd, &now) < 0 || !is_same(&now, &f->view->seen)))
		return SQLITE_PROTOCOL;
	if (n == (size_t)len)
		return SQLITE_OK;
	memset((uint8_t *)to + n, 0, (size_t)len - n); /* SQLite counts on the zeros */
	return SQLITE_IOERR_SHORT_READ;
}

static int view_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 offset)
{
	(void)file, (void)from, (void)len, (void)offset;
	return SQLITE_READONLY;
}

static int view_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file, (void)size;
	return SQLITE_READONLY;
}

static int view_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct stat st = {0};
	if (file_of(file)->fd >= 0 && fstat(file_of(file)->fd, &st) < 0)
		return SQLITE_IOERR_FSTAT;
	*ret = st.st_size;
	return SQLITE_OK;
}

/* Syncing, locking and unlocking: nothing to do, and nobody to exclude. */
static int view_nothing(sqlite3_file *file, int how)
{
	(void)file, (void)how;
	return SQLITE_OK;
}

static int view_is_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int view_control(sqlite3_file *file, int what, void *value)
{
	(void)file, (void)what, (void)value;
	return SQLITE_NOTFOUND;
}

static int view_sector_bytes(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

static int view_traits(sqlite3_file *file)
{
	(void)file;
	return 0; /* in particular not SQLITE_IOCAP_IMMUTABLE: the log counts */
}

/* Version 1: without shared memory, so that the index of the log is in ours. */
static const sqlite3_io_methods view_methods = {
	.iVersion = 1,
	.xClose = view_close,
	.xRead = view_read,
	.xWrite = view_write,
	.xTruncate = view_truncate,
	.xSync = view_nothing,
	.xFileSize = view_size,
	.xLock = view_nothing,
	.xUnlock = view_nothing,
	.xCheckReservedLock = view_is_reserved,
	.xFileControl = view_control,
	.xSectorSize = view_sector_bytes,
	.xDeviceCharacteristics = view_traits,
};

static int view_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct view *v = (struct view *)vfs;
	struct view_file *f = file_of(file);
	(void)name;
	*f = (struct view_file){.view = v};
	if (flags & SQLITE_OPEN_MAIN_DB) {
		f->fd = v->db_fd;
		f->is_database = true;
	} else if (flags & SQLITE_OPEN_WAL) {
		f->fd = v->log_fd;
	} else {
		return SQLITE_CANTOPEN; /* there is nothing that temporary files would be for */
	}
	f->file.pMethods = &view_methods;
	if (ret_flags)
		*ret_flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
	return SQLITE_OK;
}

static int view_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs, (void)name, (void)sync;
	return SQLITE_IOERR_DELETE;
}

/* The log into memory that no other process sees and that a crash leaves nowhere. */
static int copy_log(int fd, uint64_t bytes, int *ret_fd, struct valise_err *err)
{
	if (bytes > VIEW_LOG_BYTES)
		return err_set(
			err, VALISE_E_LIMIT,
			"the spool's log holds %s, too much to read where nothing can be written: copy the spool to a "
			"place that can be written",
			size_text(bytes).text);
	CLEAN_CLOSE int copy = memfd_create("valise-log", MFD_CLOEXEC);
	if (copy < 0)
		return err_errno(err, errno, "cannot copy the spool's log");
	uint8_t chunk[VIEW_COPY_BYTES];
	for (uint64_t at = 0; at < bytes;) {
		size_t n;
		size_t want = bytes - at < sizeof chunk ? (size_t)(bytes - at) : sizeof chunk;
		int r = file_pread_full(fd, chunk, want, at, &n, "the spool's log", err);
		if (!r && n < want)
			return err_set(err, VALISE_E_CHANGED,
				       "the spool's log became shorter while it was read: do this again");
		if (!r)
			r = file_pwrite_all(copy, chunk, n, at, "a copy of the spool's log", err);
		if (r)
			return r;
		at += n;
	}
	*ret_fd = TAKE_FD(copy);
	return 0;
}

/* One try at a log and a database that belong together; VALISE_E_CHANGED when they moved meanwhile. */
static int take_files(struct view *v, int dirfd, const char *name, struct valise_err *err)
{
	char log_name[64];
	(void)snprintf(log_name, sizeof log_name, "%s-wal", name);
	cleanup_close(&v->db_fd);
	v->db_fd = file_openat(dirfd, name, O_RDONLY | O_NOFOLLOW, 0);
	struct stat now;
	if (v->db_fd < 0 || fstat(v->db_fd, &v->seen) < 0)
		return err_errno(err, errno, "cannot read the spool's database");
	if (!S_ISREG(v->seen.st_mode))
		return err_set(err, VALISE_E_BAD, "the spool's database is no file");
	struct stat log;
	CLEAN_CLOSE int log_fd = file_openat(dirfd, log_name, O_RDONLY | O_NOFOLLOW, 0);
	if (log_fd < 0 && errno == ENOENT)
		return 0;
	if (log_fd < 0 || fstat(log_fd, &log) < 0)
		return err_errno(err, errno, "cannot read the spool's log");
	if (!S_ISREG(log.st_mode))
		return err_set(err, VALISE_E_BAD, "the spool's log is no file");
	CLEAN_CLOSE int copy = -1;
	int r = copy_log(log_fd, (uint64_t)log.st_size, &copy, err);
	if (r)
		return r;
	struct stat log_now;
	if (fstat(v->db_fd, &now) < 0 || fstat(log_fd, &log_now) < 0 || !is_same(&now, &v->seen) ||
	    !is_same(&log_now, &log))
		return err_set(err, VALISE_E_CHANGED, "the spool was written while it was read: do this again");
	v->log_fd = TAKE_FD(copy);
	return 0;
}

/* One file layer a view, known to SQLite by a name that no other has: its own address. */
static int register_layer(struct view *v, struct valise_err *err)
{
	sqlite3_vfs *base = sqlite3_vfs_find(NULL);
	if (!base)
		return err_set(err, VALISE_E_FAILURE, "SQLite here cannot read files");
	sqlite3_vfs vfs = *base; /* paths, clock and randomness are the system's */
	(void)snprintf(v->name, sizeof v->name, "valise-view-%p", (void *)v);
	vfs.zName = v->name;
	vfs.szOsFile = sizeof(struct view_file);
	vfs.xOpen = view_open;
	vfs.xDelete = view_delete;
	v->vfs = vfs;
	if (sqlite3_vfs_register(&v->vfs, 0) != SQLITE_OK) {
		v->name[0] = '\0';
		return err_nomem(err);
	}
	return 0;
}

int view_new(int dirfd, const char *name, struct view **ret, struct valise_err *err)
{
	struct view *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	v->db_fd = -1;
	v->log_fd = -1;
	int r = VALISE_E_CHANGED;
	for (int tries = 0; r == VALISE_E_CHANGED && tries < VIEW_TRIES; tries++)
		r = take_files(v, dirfd, name, err);
	if (!r)
		r = register_layer(v, err);
	if (r) {
		view_free(v);
		return r;
	}
	*ret = v;
	return 0;
}

const char *view_vfs(const struct view *v)
{
	return v->name;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	if (v->name[0])
		(void)sqlite3_vfs_unregister(&v->vfs);
	cleanup_close(&v->db_fd);
	cleanup_close(&v->log_fd);
	free(v);
}
