/* SPDX-License-Identifier: Apache-2.0 */
/* A spool out of an export: into a private directory, compared with the manifest to the last byte, and only then by its name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/export.h"
#include "format/tar.h"
#include "office/office.h"

#define ROOM (256u * 1024)
#define TEMP_PREFIX ".valise-import-"
#define TEMP_CHARS 32

struct importing {
	struct valise v; /* for its caller only */
	struct valise_exported done;
	int in;
	const char *in_name;
	uint8_t *room;
	struct tar_reader *tar;
	int parent; /* of the spool that is to be */
	char temp[sizeof TEMP_PREFIX + TEMP_CHARS];
	int dir; /* the private directory, locked */
	bool made, ended;
	struct newfile listed; /* unnamed: the manifest as it has to be */
	struct str last;       /* the member before, in last_path */
	char last_path[EXPORT_PATH_BYTES];
	enum export_kind last_kind;
	struct valise_err *err;
};

static void importing_release(struct importing *x)
{
	tar_reader_free(x->tar);
	newfile_abandon(&x->listed);
	if (x->made && !x->ended)
		(void)!file_remove_tree(x->parent, x->temp, NULL); /* what cannot go, the next import finds */
	cleanup_close(&x->dir);
	cleanup_close(&x->parent);
	if (x->room)
		explicit_bzero(x->room, ROOM);
	free(x->room);
}

static int more(void *context, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err)
{
	struct importing *x = context;
	struct file_patience patience = office_patience(&x->v);
	*ret_data = x->room;
	return file_read_some(x->in, x->room, ROOM, ret_len, &patience, x->in_name, err);
}

/* ---- The private directory ---- */

static bool is_temp(const char *name)
{
	size_t len = strlen(name);
	return len == sizeof TEMP_PREFIX - 1 + TEMP_CHARS && memcmp(name, TEMP_PREFIX, sizeof TEMP_PREFIX - 1) == 0;
}

/* What killed imports left beside it: whose lock is to be had is dead. Never fails: it is only litter. */
static void sweep(int parent)
{
	CLEAN_NAMES struct names names = {0};
	if (names_read(parent, 100000, &names, NULL))
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct stat st;
		if (!is_temp(names.names[i]))
			continue;
		CLEAN_CLOSE int dir = file_openat(parent, names.names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
		if (dir >= 0 && fstat(dir, &st) == 0 && st.st_uid == geteuid() && flock(dir, LOCK_EX | LOCK_NB) == 0)
			(void)!file_remove_tree(parent, names.names[i], NULL);
	}
}

static int make_temp(struct importing *x)
{
	uint8_t random[TEMP_CHARS / 2];
	int r = random_fill(random, sizeof random, x->err);
	if (r)
		return r;
	int n = snprintf(x->temp, sizeof x->temp, "%s", TEMP_PREFIX);
	for (size_t i = 0; i < sizeof random; i++)
		n += snprintf(x->temp + n, sizeof x->temp - (size_t)n, "%02x", random[i]);
	if (mkdirat(x->parent, x->temp, 0700))
		return err_errno(x->err, errno, "cannot make a directory for the spool");
	x->made = true;
	x->dir = file_openat(x->parent, x->temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (x->dir < 0)
		return err_errno(x->err, errno, "cannot open the directory for the spool");
	return file_lock(x->dir, false, "the directory for the spool", x->err);
}

/* ---- Members ---- */

static int bad(struct importing *x, struct str path, const char *why)
{
	return err_set(x->err, VALISE_E_BAD, "%s: %s: nothing was imported", text_shown(path).text, why);
}

/* Each name is one of ours, and later than the one before: so none comes twice, and none is another's directory. */
static int look_at(struct importing *x, const struct tar_member *m, enum export_kind *ret_kind)
{
	enum export_kind kind;
	if (m->type != TAR_FILE)
		return bad(x, m->path, "an export holds plain files only");
	if (!export_kind_of(m->path, &kind))
		return bad(x, m->path, "that is no file of a spool");
	bool is_first = x->last.len == 0;
	if (is_first != (kind == EXPORT_HEAD))
		return bad(x, m->path, is_first ? "an export begins otherwise" : "it has no place there");
	if (!is_first && (kind < x->last_kind || (kind == x->last_kind && str_cmp(m->path, x->last) <= 0)))
		return bad(x, m->path, "it comes twice, or out of its order");
	if (x->last_kind == EXPORT_HEAD && !is_first && kind != EXPORT_DATABASE)
		return bad(x, m->path, "the database is missing before it");
	memcpy(x->last_path, m->path.at, m->path.len); /* names are shorter than that */
	x->last_path[m->path.len] = 0;
	x->last = (struct str){x->last_path, m->path.len};
	x->last_kind = kind;
	*ret_kind = kind;
	return 0;
}

static int make_above(struct importing *x, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		int failed = mkdirat(x->dir, path, 0700) && errno != EEXIST;
		*slash = '/';
		if (failed)
			return err_errno(x->err, errno, "cannot make a directory of the spool");
	}
	return 0;
}

static int list_member(struct importing *x, struct str path, const struct hash *digest)
{
	CLEAN_BUF struct buf line = BUF_INIT(EXPORT_PATH_BYTES + 256);
	export_line_write(digest, path, &line);
	int r = buf_check(&line, "a line of the manifest", x->err);
	return r ? r : file_write_all(x->listed.fd, line.data, line.len, "the manifest", x->err);
}

/* The member's data to a file of its name, or for the head into `text`. */
static int take_data(struct importing *x, const struct tar_member *m, int fd, struct buf *text)
{
	CLEAN_DIGEST struct digest *d = NULL;
	struct hash digest;
	int r = digest_new(&d, x->err);
	for (;;) {
		const uint8_t *data;
		size_t len = 0;
		if (!r)
			r = tar_read_data(x->tar, &data, &len, x->err);
		if (r || len == 0)
			break;
		r = digest_add(d, data, len, x->err);
		if (text)
			buf_add(text, data, len);
		else if (!r)
			r = file_write_all(fd, data, len, x->last_path, x->err);
		x->done.bytes += text ? 0 : len;
		if (!r)
			r = office_progress(&x->v, "importing", x->done.bytes, 0, x->err);
	}
	if (!r && text)
		r = buf_check(text, "the head of an export", x->err);
	if (!r)
		r = digest_end(d, &digest, x->err);
	return r ? r : list_member(x, m->path, &digest);
}

static int take_head(struct importing *x, const struct tar_member *m)
{
	CLEAN_BUF struct buf text = BUF_INIT(EXPORT_HEAD_BYTES);
	struct export_head head;
	int r = m->bytes > EXPORT_HEAD_BYTES ? bad(x, m->path, "this is no export") : take_data(x, m, -1, &text);
	if (!r)
		r = export_head_parse(buf_str(&text), &head, x->err);
	if (r)
		return r;
	(void)snprintf(x->done.office, sizeof x->done.office, "%s", hash_hex(&head.office).text);
	x->done.made_s = head.made_s;
	return 0;
}

static int take_file(struct importing *x, const struct tar_member *m, enum export_kind kind)
{
	char path[EXPORT_PATH_BYTES];
	memcpy(path, m->path.at, m->path.len);
	path[m->path.len] = 0;
	int r = make_above(x, path);
	if (r)
		return r;
	mode_t mode = kind == EXPORT_BODY || kind == EXPORT_EXHIBIT ? 0400 : 0600;
	CLEAN_CLOSE int fd = file_openat(x->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
	if (fd < 0)
		return err_errno(x->err, errno, "cannot write %s", path);
	x->done.files++;
	return take_data(x, m, fd, NULL);
}

/* ---- The manifest ---- */

/* Byte for byte what was written down while the members came. */
static int compare_manifest(struct importing *x, const struct tar_member *m)
{
	uint8_t *ours = malloc(ROOM);
	uint64_t at = 0;
	int r = ours ? 0 : err_nomem(x->err);
	while (!r) {
		const uint8_t *data;
		size_t len = 0, n = 0;
		r = tar_read_data(x->tar, &data, &len, x->err);
		if (r || len == 0)
			break;
		r = file_pread_full(x->listed.fd, ours, len, at, &n, "the manifest", x->err);
		if (!r && (n != len || memcmp(ours, data, len) != 0))
			r = bad(x, m->path, "it does not fit the files: the export was altered or damaged");
		at += len;
	}
	struct stat st;
	if (!r && (fstat(x->listed.fd, &st) || (uint64_t)st.st_size != at))
		r = bad(x, m->path, "it leaves files out: the export was altered or damaged");
	free(ours);
	return r;
}

static int take_members(struct importing *x)
{
	bool end = false;
	int r = tar_reader_new(more, x, &x->tar, x->err);
	while (!r) {
		struct tar_member m;
		enum export_kind kind = EXPORT_KINDS;
		r = tar_read_member(x->tar, &m, &end, x->err);
		if (r || end)
			break;
		r = look_at(x, &m, &kind);
		if (!r)
			r = kind == EXPORT_HEAD       ? take_head(x, &m)
			    : kind == EXPORT_MANIFEST ? compare_manifest(x, &m)
						      : take_file(x, &m, kind);
	}
	if (!r && x->last_kind != EXPORT_MANIFEST)
		r = err_set(x->err, VALISE_E_BAD, "%s is cut off: it has no manifest, and nothing was imported",
			    x->in_name);
	return r;
}

/* ---- The spool ---- */

/* That it opens, is whose it says, and lacks no directory. */
static int try_spool(struct importing *x)
{
	char path[64];
	struct valise *v;
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", x->dir);
	int r = valise_open(path, true, NULL, &v, x->err);
	if (r)
		return err_prefix(x->err, r == VALISE_E_NO_OFFICE ? VALISE_E_BAD : r, "nothing was imported");
	if (strcmp(hash_hex(&v->self).text, x->done.office) != 0)
		r = err_set(x->err, VALISE_E_BAD,
			    "the database is of another office than the export says: nothing was imported");
	valise_close(v);
	return r;
}

static int give_name(struct importing *x, const char *name)
{
	if (syncfs(x->dir))
		return err_errno(x->err, errno, "cannot make the spool durable");
	int failed = renameat2(x->parent, x->temp, x->parent, name, RENAME_NOREPLACE);
	if (failed && (errno == EINVAL || errno == ENOSYS))
		failed = renameat(x->parent, x->temp, x->parent, name);
	if (failed && errno == EEXIST)
		return err_set(x->err, VALISE_E_EXISTS, "%s is there already: import into a new directory",
			       text_shown(str_of(name)).text);
	if (failed)
		return err_errno(x->err, errno, "cannot give the spool its name");
	x->ended = true;
	return file_sync_dir(x->parent, "the directory above the spool", NULL, x->err);
}

static int import_into(struct importing *x, const char *name)
{
	x->room = malloc(ROOM);
	if (!x->room)
		return err_nomem(x->err);
	sweep(x->parent);
	int r = make_temp(x);
	if (!r)
		r = newfile_begin(x->dir, 0600, &x->listed, x->err);
	if (!r)
		r = take_members(x);
	newfile_abandon(&x->listed);
	if (!r)
		r = try_spool(x);
	return r ? r : give_name(x, name);
}

static int open_parent(struct importing *x, const char *dir, char **ret_name)
{
	CLEAN_FREE char *path = strdup(dir);
	const char *name;
	struct stat st;
	if (!path)
		return err_nomem(x->err);
	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/';)
		path[--len] = 0;
	if (lstat(path, &st) == 0)
		return err_set(x->err, VALISE_E_EXISTS, "%s is there already: import into a new directory",
			       text_shown(str_of(dir)).text);
	char *slash = strrchr(path, '/');
	if (slash && slash != path) {
		*slash = 0;
		int r = file_make_dirs(AT_FDCWD, path, 0700, x->err);
		*slash = '/';
		if (r)
			return r;
	}
	int r = file_open_above(path, &x->parent, &name, x->err);
	if (!r && (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
		r = err_set(x->err, VALISE_E_USAGE, "%s is no name for a new directory", text_shown(str_of(dir)).text);
	if (!r && !(*ret_name = strdup(name)))
		r = err_nomem(x->err);
	return r;
}

int valise_import(const char *path, const char *dir, const struct valise_caller *caller, struct valise_exported *ret,
		  struct valise_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	CLEAN_FREE char *name = NULL;
	CLEAN_CLOSE int file = is_stdin ? -1 : file_openat(AT_FDCWD, path, O_RDONLY, 0);
	CLEANUP(importing_release)
	struct importing x = {.in = is_stdin ? STDIN_FILENO : file,
			      .in_name = is_stdin ? "standard input" : path,
			      .parent = -1,
			      .dir = -1,
			      .listed = NEWFILE_NONE,
			      .err = err};
	if (caller)
		x.v.caller = *caller;
	if (x.in < 0)
		return err_errno(err, errno, "cannot open %s", text_shown(str_of(path)).text);
	int r = open_parent(&x, dir, &name);
	if (!r)
		r = import_into(&x, name);
	if (!r)
		*ret = x.done;
	return r;
}
