/* SPDX-License-Identifier: Apache-2.0 */
/* A whole spool as one tar: the database as it is at one moment, then its files, then a manifest of all of it (spec/export.md). */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "format/export.h"
#include "format/tar.h"
#include "office/office.h"

#define ROOM (1024u * 1024)
#define NAMES_MAX 1000000u /* of one directory; bodies and exhibits have 256 each */

struct exporting {
	struct valise *v;
	struct valise_exported done;
	struct tar_writer *tar;
	int out;
	const char *out_name;
	uint8_t *held; /* ROOM bytes on their way out */
	size_t n_held;
	uint8_t *room;           /* ROOM bytes of the file in hand */
	struct newfile manifest; /* unnamed, in the spool: as many lines as there are files */
	uint64_t manifest_bytes;
	struct valise_err *err;
};

static void exporting_release(struct exporting *x)
{
	tar_writer_free(x->tar);
	newfile_abandon(&x->manifest);
	if (x->held)
		explicit_bzero(x->held, ROOM); /* keys went through */
	if (x->room)
		explicit_bzero(x->room, ROOM);
	free(x->held);
	free(x->room);
}

static int flush(struct exporting *x, struct valise_err *err)
{
	int r = file_write_all(x->out, x->held, x->n_held, x->out_name, err);
	if (!r)
		x->n_held = 0;
	return r;
}

/* In large portions: the tar comes in small ones. */
static int put_out(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	struct exporting *x = context;
	while (len > 0) {
		size_t n = ROOM - x->n_held < len ? ROOM - x->n_held : len;
		memcpy(x->held + x->n_held, data, n);
		x->n_held += n;
		data += n;
		len -= n;
		int r = x->n_held == ROOM ? flush(x, err) : 0;
		if (r)
			return r;
	}
	return 0;
}

/* ---- One member ---- */

static int list_member(struct exporting *x, struct str path, const struct hash *digest)
{
	CLEAN_BUF struct buf line = BUF_INIT(EXPORT_PATH_BYTES + 256);
	export_line_write(digest, path, &line);
	int r = buf_check(&line, "a line of the manifest", x->err);
	if (!r)
		r = file_write_all(x->manifest.fd, line.data, line.len, "the manifest", x->err);
	if (!r)
		x->manifest_bytes += line.len;
	return r;
}

static int begin_member(struct exporting *x, struct str path, uint64_t bytes)
{
	struct tar_member m = {.type = TAR_FILE, .path = path, .bytes = bytes, .mode = 0644, .mtime_s = x->done.made_s};
	return tar_write_member(x->tar, &m, x->err);
}

/* So many bytes of the file from its start: one that is still being written to has grown since. */
static int put_file(struct exporting *x, struct str path, int fd, uint64_t bytes, bool is_listed)
{
	CLEAN_DIGEST struct digest *d = NULL;
	struct hash digest;
	int r = begin_member(x, path, bytes);
	if (!r)
		r = digest_new(&d, x->err);
	for (uint64_t at = 0; at < bytes && !r;) {
		size_t n, want = bytes - at < ROOM ? (size_t)(bytes - at) : ROOM;
		r = file_pread_full(fd, x->room, want, at, &n, path.at, x->err);
		if (!r && n < want)
			r = err_set(x->err, VALISE_E_CHANGED, "%s became shorter while it was exported: do it again",
				    text_shown(path).text);
		if (!r)
			r = digest_add(d, x->room, n, x->err);
		if (!r)
			r = tar_write_data(x->tar, x->room, n, x->err);
		at += n;
		x->done.bytes += n;
		if (!r)
			r = office_progress(x->v, "exporting", x->done.bytes, 0, x->err);
	}
	if (!r)
		r = digest_end(d, &digest, x->err);
	x->done.files += is_listed;
	return r || !is_listed ? r : list_member(x, path, &digest);
}

static int put_head(struct exporting *x)
{
	CLEAN_BUF struct buf text = BUF_INIT(EXPORT_HEAD_BYTES);
	struct export_head head = {.office = x->v->self, .made_s = x->done.made_s};
	struct hash digest;
	export_head_write(&head, &text);
	int r = buf_check(&text, "the head of an export", x->err);
	if (!r)
		r = begin_member(x, STR(EXPORT_HEAD_NAME), text.len);
	if (!r)
		r = tar_write_data(x->tar, text.data, text.len, x->err);
	digest_once(text.data, text.len, &digest);
	return r ? r : list_member(x, STR(EXPORT_HEAD_NAME), &digest);
}

static int progress(void *context, uint64_t done, uint64_t total, struct valise_err *err)
{
	return office_progress(context, "copying the database", done, total, err);
}

static int put_database(struct exporting *x)
{
	CLEAN_NEWFILE struct newfile copy = NEWFILE_NONE;
	struct stat st;
	int r = spool_snapshot(x->v->spool, progress, x->v, &copy, x->err);
	if (!r && fstat(copy.fd, &st))
		r = err_errno(x->err, errno, "cannot read the copy of the database");
	return r ? r : put_file(x, STR(EXPORT_DATABASE_NAME), copy.fd, (uint64_t)st.st_size, true);
}

/* ---- The spool's files ---- */

/* Those that are no file of a spool by their names, such as what is half made, stay behind. */
static int put_named(struct exporting *x, int dir, const char *above, const char *name, enum export_kind kind)
{
	CLEAN_BUF struct buf path = BUF_INIT(EXPORT_PATH_BYTES);
	enum export_kind is;
	struct stat st;
	buf_addf(&path, "%s/%s", above, name);
	if (path.error || !export_kind_of(buf_str(&path), &is) || is != kind)
		return 0;
	CLEAN_CLOSE int fd = file_openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 && errno == ENOENT && kind == EXPORT_PARTIAL)
		return 0; /* it became whole meanwhile; its pieces are asked for again */
	if (fd < 0 || fstat(fd, &st))
		return err_errno(x->err, errno, "cannot read %s of the spool", (const char *)path.data);
	if (!S_ISREG(st.st_mode))
		return err_set(x->err, VALISE_E_BAD, "%s of the spool is no file: run `valise doctor`",
			       (const char *)path.data);
	return put_file(x, buf_str(&path), fd, (uint64_t)st.st_size, true);
}

static int put_room(struct exporting *x, int above, const char *name, const char *path, enum export_kind kind)
{
	CLEAN_NAMES struct names names = {0};
	CLEAN_CLOSE int dir = file_openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0)
		return err_errno(x->err, errno, "cannot read %s of the spool", path);
	int r = names_read(dir, NAMES_MAX, &names, x->err);
	for (size_t i = 0; i < names.count && !r; i++)
		r = put_named(x, dir, path, names.names[i], kind);
	return r;
}

/* 00 to ff, each with the files that begin so. */
static int put_shelf(struct exporting *x, const char *name, enum export_kind kind)
{
	CLEAN_CLOSE int shelf = file_openat(spool_dirfd(x->v->spool), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	int r = 0;
	if (shelf < 0 && errno == ENOENT)
		return 0;
	if (shelf < 0)
		return err_errno(x->err, errno, "cannot read %s of the spool", name);
	for (unsigned i = 0; i < 256 && !r; i++) {
		char room[8], path[32];
		(void)snprintf(room, sizeof room, "%02x", i);
		(void)snprintf(path, sizeof path, "%s/%02x", name, i);
		r = put_room(x, shelf, room, path, kind);
	}
	return r;
}

/* The database before the files: whatever it names, and is not damaged, is there, since nobody lets go of any meanwhile. What came is a file
 * too many, which harms nobody. */
static int put_all(struct exporting *x)
{
	int home = spool_dirfd(x->v->spool);
	CLEAN_CLOSE int held = -1;
	int r = spool_hold_files(x->v->spool, false, &held, x->err);
	if (!r)
		r = put_head(x);
	if (!r)
		r = put_database(x);
	if (!r)
		r = put_shelf(x, "bodies", EXPORT_BODY);
	if (!r)
		r = put_shelf(x, "exhibits", EXPORT_EXHIBIT);
	if (!r)
		r = put_room(x, home, "partial", "partial", EXPORT_PARTIAL);
	if (!r)
		r = put_room(x, home, "keys", "keys", EXPORT_KEY);
	if (!r)
		r = put_file(x, STR(EXPORT_MANIFEST_NAME), x->manifest.fd, x->manifest_bytes, false);
	if (!r)
		r = tar_write_end(x->tar, x->err);
	return r ? r : flush(x, x->err);
}

/* ---- Where to ---- */

static int export_to(struct valise *v, int out, const char *name, struct valise_exported *ret, struct valise_err *err)
{
	CLEANUP(exporting_release)
	struct exporting x = {.v = v,
			      .out = out,
			      .out_name = name,
			      .held = malloc(ROOM),
			      .room = malloc(ROOM),
			      .manifest = NEWFILE_NONE,
			      .err = err};
	int r = x.held && x.room ? 0 : err_nomem(err);
	x.done.made_s = office_now(v);
	(void)snprintf(x.done.office, sizeof x.done.office, "%s", hash_hex(&v->self).text);
	if (!r)
		r = newfile_begin(spool_tmpfd(v->spool), 0600, &x.manifest, err);
	if (!r)
		r = tar_writer_new(put_out, &x, &x.tar, err);
	if (!r)
		r = put_all(&x);
	if (!r)
		*ret = x.done;
	return r;
}

static int export_to_file(struct valise *v, const char *path, struct valise_exported *ret, struct valise_err *err)
{
	CLEAN_CLOSE int dir = -1; /* first: a file that is given up is removed from it */
	CLEAN_NEWFILE struct newfile file = NEWFILE_NONE;
	const char *name = NULL;
	int r = newfile_begin_at(path, 0600, &dir, &name, &file, err);
	if (!r)
		r = export_to(v, file.fd, path, ret, err);
	return r ? r : newfile_publish(&file, name, false, err);
}

int valise_export(struct valise *v, const char *path, struct valise_exported *ret, struct valise_err *err)
{
	return strcmp(path, "-") == 0 ? export_to(v, STDOUT_FILENO, "standard output", ret, err)
				      : export_to_file(v, path, ret, err);
}
