/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what is to be sealed: each file once, straight into the sealer's buffers, hashed on the way; directories in byte order. */
#include "office/seal_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/tar.h"
#include "office/spill.h"

#define SMALL_PARTS 32u
#define SMALL_PARTS_BYTES (64u * 1024)

/* ---- The plan ---- */

static int show_path(struct valise_err *err, int errnum, const char *what, const char *path)
{
	CLEAN_BUF struct buf shown = BUF_INIT(LIMIT_PATH_BYTES * 8);
	text_show(&shown, str_of(path));
	const char *name = shown.data ? (const char *)shown.data : "a file";
	return errnum ? err_errno(err, errnum, "%s %s", what, name)
		      : err_set(err, VALISE_E_USAGE, "%s: %s", name, what);
}

/* What the part will be called: the path's last component; for ".", "..", and the like that of the directory they mean. */
static int part_name(const char *path, struct buf *ret, struct valise_err *err)
{
	CLEAN_FREE char *real = NULL;
	size_t end = strlen(path), begin;
	while (end > 1 && path[end - 1] == '/')
		end--;
	begin = end;
	while (begin > 0 && path[begin - 1] != '/')
		begin--;
	struct str last = {path + begin, end - begin};
	if (str_eq(last, STR(".")) || str_eq(last, STR(".."))) {
		real = realpath(path, NULL);
		if (!real)
			return show_path(err, errno, "cannot tell the name of", path);
		last = str_of(strrchr(real, '/') + 1);
	}
	if (!last.len || str_eq(last, STR("/")))
		return show_path(err, 0, "has no name to give to a part; name what is in it", path);
	if (last.len > LIMIT_PART_NAME_BYTES)
		return show_path(err, 0, "the name is longer than 255 bytes", path);
	buf_add_str(ret, last);
	return buf_check(ret, "a part's name", err);
}

static int too_many(struct valise_err *err)
{
	return err_set(err, VALISE_E_LIMIT,
		       "a letter has at most %u files, directories and links; pack them into one file first, or seal "
		       "several letters",
		       LIMIT_MEMBERS);
}

/* The office's directory, and the one of its keys, which go into no letter. */
struct own_directories {
	struct stat spool, keys;
};

static int own_directories_look(struct valise *v, struct own_directories *ret, struct valise_err *err)
{
	int dir = spool_dirfd(v->spool);
	if (fstat(dir, &ret->spool) || fstatat(dir, "keys", &ret->keys, AT_SYMLINK_NOFOLLOW))
		return err_errno(err, errno, "cannot look at the office's directory");
	return 0;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_own_directory(const struct own_directories *own, const struct stat *st)
{
	return is_same(st, &own->spool) || is_same(st, &own->keys);
}

struct survey {
	struct valise *v;
	struct own_directories own;
	const char *path; /* as it was named */
	size_t members;
	uint64_t bytes;
};

static int survey_member(struct survey *s, int dirfd, const char *name, unsigned depth, struct valise_err *err);

/* What cannot be read, or is nested too deep, is found out when it is sealed. */
static int survey_below(struct survey *s, int dirfd, unsigned depth, struct valise_err *err)
{
	CLEAN_NAMES struct names names = {0};
	struct stat st;
	if (depth > LIMIT_TREE_DEPTH || fstat(dirfd, &st))
		return 0;
	if (is_own_directory(&s->own, &st))
		return show_path(
			err, 0,
			"is, or holds, your office's own directory, with its secret keys; move it out of what you seal, or name "
			"the files",
			s->path);
	int r = names_read(dirfd, LIMIT_MEMBERS, &names, NULL);
	if (r)
		return r == VALISE_E_LIMIT ? too_many(err) : 0;
	r = office_progress(s->v, "looking at files", 0, 0, err);
	for (size_t i = 0; i < names.count && !r; i++)
		r = survey_member(s, dirfd, names.names[i], depth, err);
	return r;
}

static int survey_member(struct survey *s, int dirfd, const char *name, unsigned depth, struct valise_err *err)
{
	struct stat st;
	if (s->members++ == LIMIT_MEMBERS)
		return too_many(err);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	if (S_ISREG(st.st_mode))
		s->bytes += (uint64_t)st.st_size;
	if (!S_ISDIR(st.st_mode))
		return 0;
	CLEAN_CLOSE int sub = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return sub < 0 ? 0 : survey_below(s, sub, depth + 1, err);
}

int part_plan_survey(struct valise *v, struct part_plan *plan, struct valise_err *err)
{
	struct survey s = {.v = v, .members = plan->n, .bytes = plan->bytes};
	int r = own_directories_look(v, &s.own, err);
	for (size_t i = 0; i < plan->n && !r; i++) {
		s.path = plan->parts[i].path;
		CLEAN_CLOSE int dir = -1;
		if (plan->parts[i].is_dir)
			dir = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = dir < 0 ? 0 : survey_below(&s, dir, 0, err);
	}
	plan->bytes = s.bytes;
	return !r && plan->bytes > LIMIT_BODY_BYTES
		       ? err_set(err, VALISE_E_LIMIT,
				 "a letter holds at most %llu bytes, and these are %llu; seal some of them in another",
				 (unsigned long long)LIMIT_BODY_BYTES, (unsigned long long)plan->bytes)
		       : r;
}

static int plan_one(const char *path, struct planned_part *ret, uint64_t *sum, struct valise_err *err)
{
	struct stat st;
	ret->path = path;
	buf_init(&ret->name, LIMIT_PART_NAME_BYTES);
	if (strcmp(path, "-") == 0) {
		buf_add_text(&ret->name, "stdin");
		return buf_check(&ret->name, "a part's name", err);
	}
	if (stat(path, &st))
		return show_path(err, errno, "cannot seal", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return show_path(err, 0,
				 "is neither a file nor a directory; a stream can be sealed from standard input, as -",
				 path);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS))
		return show_path(err, errno, "cannot read", path);
	ret->is_dir = S_ISDIR(st.st_mode);
	ret->bytes = ret->is_dir ? 0 : (uint64_t)st.st_size;
	*sum += ret->bytes;
	return part_name(path, &ret->name, err);
}

static int by_name(const void *a, const void *b)
{
	const struct planned_part *pa = a, *pb = b;
	return str_cmp(buf_str(&pa->name), buf_str(&pb->name));
}

static bool is_small(const struct part_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->parts[i].is_dir || strcmp(plan->parts[i].path, "-") == 0)
			return false;
	return plan->n <= SMALL_PARTS && plan->bytes <= SMALL_PARTS_BYTES;
}

int part_plan_make(const char *const *paths, size_t n, struct part_plan *ret, struct valise_err *err)
{
	CLEAN_PART_PLAN struct part_plan plan = {0};
	if (n == 0)
		return err_set(err, VALISE_E_USAGE,
			       "nothing to seal: name files or directories, or - for standard input");
	if (n > LIMIT_PARTS)
		return err_set(err, VALISE_E_LIMIT, "a letter has at most %u parts; put files into a directory",
			       LIMIT_PARTS);
	plan.parts = calloc(n, sizeof *plan.parts);
	if (!plan.parts)
		return err_nomem(err);
	for (; plan.n < n; plan.n++) {
		int r = plan_one(paths[plan.n], &plan.parts[plan.n], &plan.bytes, err);
		if (r) {
			plan.n++;
			return r;
		}
	}
	qsort(plan.parts, n, sizeof *plan.parts, by_name);
	for (size_t i = 1; i < n; i++)
		if (by_name(&plan.parts[i - 1], &plan.parts[i]) == 0)
			return show_path(
				err, 0,
				"two parts of a letter cannot have the same name; rename one, or put them into a directory",
				plan.parts[i].path);
	plan.is_small = is_small(&plan);
	*ret = plan;
	plan = (struct part_plan){0};
	return 0;
}

void part_plan_release(struct part_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		buf_release(&p->parts[i].name);
	free(p->parts);
	*p = (struct part_plan){0};
}

/* ---- Writing ---- */

struct parts_writer {
	struct valise *v;
	const struct part_plan *plan;
	struct stream_sealer *sealer;
	struct tar_writer *tar;
	struct digest *digest; /* of the part in hand */
	bool digest_stream;    /* a directory: every byte of the stream; otherwise the file's data only */
	struct buf path;       /* of the member in hand */
	size_t members;        /* so far */
	struct own_directories own;
};

static int to_sealer(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	struct parts_writer *w = context;
	if (w->digest_stream) {
		int r = digest_add(w->digest, data, len, err);
		if (r)
			return r;
	}
	return stream_sealer_add(w->sealer, data, len, err);
}

static int put_data(struct parts_writer *w, const uint8_t *data, size_t len, struct valise_err *err)
{
	int r = w->digest_stream ? 0 : digest_add(w->digest, data, len, err);
	if (!r)
		r = tar_write_data(w->tar, data, len, err);
	if (r || w->plan->is_small)
		return r;
	return office_progress(w->v, "sealing", stream_sealer_offset(w->sealer), w->plan->bytes, err);
}

static int changed(struct valise_err *err, const char *path)
{
	int r = show_path(err, 0, "changed while it was sealed; nothing was sealed, try again when it is at rest",
			  path);
	if (err)
		err->code = VALISE_E_CHANGED;
	return r ? VALISE_E_CHANGED : r;
}

static int put_file_data(struct parts_writer *w, int fd, const struct stat *before, const char *path,
			 struct valise_err *err)
{
	uint64_t left = (uint64_t)before->st_size;
	uint8_t beyond;
	size_t got = 1;
	int r = 0;
	while (left && !r) {
		uint8_t *room;
		size_t n;
		r = stream_sealer_room(w->sealer, &room, &n, err);
		if (!r)
			r = file_read_full(fd, room, n < left ? n : (size_t)left, &got, path, err);
		if (!r && !got)
			return changed(err, path);
		if (!r)
			r = put_data(w, room, got, err);
		left -= got;
	}
	if (!r)
		r = file_read_full(fd, &beyond, 1, &got, path, err);
	if (r)
		return r;
	return got || !file_is_unchanged(fd, before) ? changed(err, path) : 0;
}

static struct tar_member member_of(const struct parts_writer *w, const struct stat *st)
{
	return (struct tar_member){
		.type = S_ISDIR(st->st_mode)   ? TAR_DIR
			: S_ISLNK(st->st_mode) ? TAR_LINK
					       : TAR_FILE,
		.path = buf_str(&w->path),
		.bytes = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
		.mode = S_ISDIR(st->st_mode) || (st->st_mode & S_IXUSR) ? 0755 : 0644,
		.mtime_s = st->st_mtim.tv_sec < 0 ? 0 : st->st_mtim.tv_sec,
	};
}

static int put_member(struct parts_writer *w, const struct tar_member *m, struct valise_err *err)
{
	return w->members++ == LIMIT_MEMBERS ? too_many(err) : tar_write_member(w->tar, m, err);
}

static int put_link(struct parts_writer *w, int dirfd, const char *name, const struct stat *st, struct valise_err *err)
{
	char target[LIMIT_PATH_BYTES];
	ssize_t n = readlinkat(dirfd, name, target, sizeof target);
	if (n < 0)
		return show_path(err, errno, "cannot read the link", (char *)w->path.data);
	struct tar_member m = member_of(w, st);
	m.target = (struct str){target, (size_t)n};
	return put_member(w, &m, err);
}

static int put_directory(struct parts_writer *w, int dirfd, const struct stat *st, unsigned depth,
			 struct valise_err *err);

/* One entry of a directory, whose path is in w->path. */
static int put_entry(struct parts_writer *w, int dirfd, const char *name, unsigned depth, struct valise_err *err)
{
	const char *shown = (const char *)w->path.data;
	struct stat st;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return show_path(err, errno, "cannot read", shown);
	if (S_ISLNK(st.st_mode))
		return put_link(w, dirfd, name, &st, err);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return show_path(
			err, 0, "is a device, socket or pipe, which a letter cannot hold; move it out of the directory",
			shown);
	CLEAN_CLOSE int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		return show_path(err, errno, "cannot read", shown);
	if (S_ISDIR(st.st_mode))
		return put_directory(w, fd, &st, depth, err);
	if (!S_ISREG(st.st_mode))
		return changed(err, shown);
	struct tar_member m = member_of(w, &st);
	int r = put_member(w, &m, err);
	return r ? r : put_file_data(w, fd, &st, shown, err);
}

static int put_directory(struct parts_writer *w, int dirfd, const struct stat *st, unsigned depth,
			 struct valise_err *err)
{
	CLEAN_NAMES struct names names = {0};
	size_t base = w->path.len;
	if (is_own_directory(&w->own, st))
		return show_path(
			err, 0,
			"is your office's own directory, with its secret keys; move it out of what you seal, or name the files",
			(const char *)w->path.data);
	if (depth > LIMIT_TREE_DEPTH)
		return err_set(err, VALISE_E_LIMIT,
			       "directories are nested deeper than %u; pack the innermost into a file first",
			       LIMIT_TREE_DEPTH);
	struct tar_member m = member_of(w, st);
	int r = put_member(w, &m, err);
	if (!r)
		r = names_read(dirfd, LIMIT_MEMBERS, &names, err);
	if (r == VALISE_E_LIMIT)
		return too_many(err);
	for (size_t i = 0; i < names.count && !r; i++) {
		buf_add_char(&w->path, '/');
		buf_add_text(&w->path, names.names[i]);
		r = buf_check(&w->path, "a path", err);
		if (!r)
			r = put_entry(w, dirfd, names.names[i], depth + 1, err);
		buf_truncate(&w->path, base);
	}
	return r;
}

static int put_stdin(struct parts_writer *w, struct part *ret, struct valise_err *err)
{
	CLEAN_SPILL struct spill *spill = NULL;
	const uint8_t *data;
	size_t len = 1;
	int r = spill_read(w->v, STDIN_FILENO, &spill, err);
	if (r)
		return r;
	struct tar_member m = {.type = TAR_FILE, .path = buf_str(&w->path), .bytes = spill_bytes(spill), .mode = 0644};
	r = put_member(w, &m, err);
	ret->offset = stream_sealer_offset(w->sealer);
	while (!r && len) {
		r = spill_next(spill, &data, &len, err);
		if (!r && len)
			r = put_data(w, data, len, err);
	}
	ret->length = m.bytes;
	return r;
}

static int put_file(struct parts_writer *w, int fd, const struct stat *st, const char *path, struct part *ret,
		    struct valise_err *err)
{
	struct tar_member m = member_of(w, st);
	int r = put_member(w, &m, err);
	ret->offset = stream_sealer_offset(w->sealer);
	ret->length = m.bytes;
	return r ? r : put_file_data(w, fd, st, path, err);
}

/* A directory's range begins at its first header, and ends before the next part's: the padding of its last file is written by then. */
static int put_dir(struct parts_writer *w, int fd, const struct stat *st, struct part *ret, struct valise_err *err)
{
	int r = tar_write_flush(w->tar, err);
	ret->kind = PART_DIR;
	ret->offset = stream_sealer_offset(w->sealer);
	w->digest_stream = true;
	if (!r)
		r = put_directory(w, fd, st, 0, err);
	if (!r)
		r = tar_write_flush(w->tar, err);
	w->digest_stream = false;
	ret->length = stream_sealer_offset(w->sealer) - ret->offset;
	return r;
}

static int put_part(struct parts_writer *w, const struct planned_part *p, struct part *ret, struct valise_err *err)
{
	struct stat st;
	int r;
	*ret = (struct part){.kind = PART_FILE, .name = buf_str(&p->name)};
	buf_clear(&w->path);
	buf_add_str(&w->path, ret->name);
	r = buf_check(&w->path, "a path", err);
	if (r)
		return r;
	if (strcmp(p->path, "-") == 0) {
		r = put_stdin(w, ret, err);
	} else {
		CLEAN_CLOSE int fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0 || fstat(fd, &st))
			return show_path(err, errno, "cannot read", p->path);
		if (S_ISDIR(st.st_mode) != p->is_dir || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
			return changed(err, p->path);
		r = S_ISDIR(st.st_mode) ? put_dir(w, fd, &st, ret, err) : put_file(w, fd, &st, p->path, ret, err);
	}
	return r ? r : digest_end(w->digest, &ret->digest, err);
}

static int write_all_parts(struct parts_writer *w, struct part *ret_parts, struct valise_err *err)
{
	int r = digest_new(&w->digest, err);
	if (!r)
		r = tar_writer_new(to_sealer, w, &w->tar, err);
	for (size_t i = 0; i < w->plan->n && !r; i++)
		r = put_part(w, &w->plan->parts[i], &ret_parts[i], err);
	if (!r)
		r = tar_write_end(w->tar, err);
	uint64_t at = stream_sealer_offset(w->sealer);
	return r ? r : stream_sealer_zeros(w->sealer, padme_bytes(at) - at, err);
}

int parts_write(struct valise *v, const struct part_plan *plan, struct stream_sealer *s, struct part *ret_parts,
		struct valise_err *err)
{
	struct parts_writer w = {.v = v, .plan = plan, .sealer = s, .path = BUF_INIT(LIMIT_PATH_BYTES)};
	int r = own_directories_look(v, &w.own, err);
	if (!r)
		r = write_all_parts(&w, ret_parts, err);
	tar_writer_free(w.tar);
	digest_free(w.digest);
	buf_release(&w.path);
	return r;
}
