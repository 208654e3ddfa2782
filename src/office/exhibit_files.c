/* SPDX-License-Identifier: Apache-2.0 */
/* Files become exhibits, and exhibits files again: hashed on the way, durable before anything speaks of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/newfile.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/exhibits.h"

#define COPY_BYTES (256u * 1024)

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* ---- In ---- */

/* The last component: what a person will know the file by. NULL for standard input. */
static struct str name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_of(slash ? slash + 1 : path);
	return is_stdin(path) || !name.len || name.len > EXHIBIT_NAME_BYTES ? (struct str){NULL, 0} : name;
}

static int open_file(const char *path, int *ret_fd, struct stat *ret_st, struct valise_err *err)
{
	struct shown_text shown = text_shown(str_of(path));
	int fd = is_stdin(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
				: file_openat(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK,
					      0); /* a FIFO must not hang us */
	if (fd < 0)
		return err_errno(err, errno, "cannot open %s", shown.text);
	*ret_fd = fd;
	if (fstat(fd, ret_st) < 0)
		return err_errno(err, errno, "cannot read %s", shown.text);
	if (S_ISDIR(ret_st->st_mode))
		return err_set(err, VALISE_E_USAGE, "%s is a directory: an exhibit is one file", shown.text);
	if (!is_stdin(path) && !S_ISREG(ret_st->st_mode) && !S_ISFIFO(ret_st->st_mode))
		return err_set(err, VALISE_E_USAGE, "%s is neither a file nor a pipe", shown.text);
	if (S_ISREG(ret_st->st_mode) && (uint64_t)ret_st->st_size > LIMIT_EXHIBIT_BYTES)
		return err_set(err, VALISE_E_LIMIT,
			       "%s is larger than the %llu bytes that an exhibit may have: keep a part of it",
			       shown.text, LIMIT_EXHIBIT_BYTES);
	return 0;
}

/* Every byte of fd into `to` (-1: nowhere), which are the exhibit when they are whole. */
static int copy_all(struct valise *v, int fd, const char *path, uint64_t expected, int to, struct exhibit_row *ret,
		    struct valise_err *err)
{
	CLEAN_DIGEST struct digest *digest = NULL;
	CLEAN_FREE uint8_t *data = malloc(COPY_BYTES);
	struct file_patience patience = office_patience(v);
	size_t got = 1;
	int r = data ? digest_new(&digest, err) : err_nomem(err);
	while (!r && got) {
		r = file_read_some(fd, data, COPY_BYTES, &got, &patience, path, err);
		ret->bytes += r ? 0 : got;
		if (!r && ret->bytes > LIMIT_EXHIBIT_BYTES)
			return err_set(err, VALISE_E_LIMIT, "%s is larger than the %llu bytes that an exhibit may have",
				       text_shown(str_of(path)).text, LIMIT_EXHIBIT_BYTES);
		if (!r)
			r = digest_add(digest, data, got, err);
		if (!r && to >= 0)
			r = file_write_all(to, data, got, "a new exhibit", err);
		if (!r)
			r = office_progress(v, "reading", ret->bytes, expected, err);
	}
	return r ? r : digest_end(digest, &ret->id, err);
}

/* Half of an old file and half of a new one were never a file that anybody published. */
static int read_file(struct valise *v, int fd, const char *path, const struct stat *before, int to,
		     struct exhibit_row *ret, struct valise_err *err)
{
	bool is_file = S_ISREG(before->st_mode);
	int r = copy_all(v, fd, path, is_file ? (uint64_t)before->st_size : 0, to, ret, err);
	if (r)
		return r;
	if (is_file && !file_is_unchanged(fd, before))
		return err_set(err, VALISE_E_CHANGED,
			       "%s changed while it was read, and was not taken in: try again when nobody writes to it",
			       text_shown(str_of(path)).text);
	if (ret->bytes == 0)
		return err_set(err, VALISE_E_LIMIT, "%s is empty: there is nothing in it to point at",
			       text_shown(str_of(path)).text);
	return 0;
}

/* One that was damaged on this disk is replaced by the bytes that came now. */
static int drop_damaged(struct valise *v, const struct hash *id, bool *ret_drop, struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source here = EXHIBIT_SOURCE_NONE;
	bool is_here;
	int r = exhibit_has(v->spool, id, &is_here, err);
	if (r || !is_here)
		return r;
	r = exhibit_source_of(v, id, &here, err);
	*ret_drop = r == VALISE_E_BAD;
	return *ret_drop ? 0 : r;
}

/* `file` at NULL: its bytes are here already. */
static int keep(struct valise *v, const struct exhibit_row *row, struct newfile *file, bool drop,
		const struct exhibit_tag *tag, bool *ret_new, struct valise_err *err)
{
	int r = spool_begin(v->spool, err);
	if (r)
		return r;
	if (drop)
		r = exhibit_forget(v->spool, &row->id, err);
	if (!r)
		r = file ? exhibit_put(v->spool, row, file, ret_new, err) : exhibit_name(v->spool, row, err);
	if (!r && tag) {
		struct exhibit_tag one = *tag;
		one.exhibit = row->id;
		r = exhibit_tag(v->spool, &one, NULL, err);
	}
	return spool_end(v->spool, r, err);
}

/* Looks for the file's bytes here before any of them is copied: *ret_source is open when they are, whole. */
static int look_here(struct valise *v, int fd, const char *path, const struct stat *st, struct exhibit_row *row,
		     struct exhibit_source *ret_source, bool *ret_here, struct valise_err *err)
{
	struct exhibit_row found = {.name = row->name};
	bool is_here = false;
	if (is_stdin(path) || !S_ISREG(st->st_mode))
		return 0; /* it is read once, from where it stands */
	int r = exhibits_of_size(v->spool, (uint64_t)st->st_size, &is_here, err);
	if (r || !is_here)
		return r;
	r = read_file(v, fd, path, st, -1, &found, err);
	if (!r)
		r = exhibit_has(v->spool, &found.id, &is_here, err);
	if (!r && lseek(fd, 0, SEEK_SET) < 0)
		r = err_errno(err, errno, "cannot read %s again", text_shown(str_of(path)).text);
	if (r || !is_here)
		return r;
	r = exhibit_source_of(v, &found.id, ret_source, err);
	*ret_here = r == 0;
	if (!r)
		*row = found;
	return r == VALISE_E_BAD ? 0 : r; /* damaged on this disk: the file is read again, to take its place */
}

static int copy_in(struct valise *v, int fd, const char *path, const struct stat *st, struct exhibit_row *row,
		   const struct exhibit_tag *tag, bool *ret_new, struct valise_err *err)
{
	CLEAN_NEWFILE struct newfile file = NEWFILE_NONE;
	bool drop = false;
	int r = spool_need_room(v->spool, (uint64_t)st->st_size, err);
	if (!r)
		r = newfile_begin(spool_tmpfd(v->spool), 0600, &file, err);
	if (!r)
		r = read_file(v, fd, path, st, file.fd, row, err);
	if (!r)
		r = drop_damaged(v, &row->id, &drop, err);
	/* Before the spool's lock is taken. */
	if (!r)
		r = file_sync(file.fd, "a new exhibit", err);
	if (!r)
		r = keep(v, row, &file, drop, tag, ret_new, err);
	return r != VALISE_E_FULL
		       ? r
		       : err_set(err, r,
				 "no space is left for %s in the spool %s: nothing was half written; make room and do it again (`valise forget "
				 "--all --dry-run` shows which letters' bytes could go)",
				 text_shown(str_of(path)).text, text_shown(str_of(spool_dir(v->spool))).text);
}

int exhibit_take_file(struct valise *v, const char *path, const struct exhibit_tag *tag, struct exhibit_source *ret,
		      bool *ret_new, struct valise_err *err)
{
	CLEAN_CLOSE int fd = -1;
	struct exhibit_row row = {.name = name_of(path)};
	struct stat st;
	bool is_here = false;
	int r = open_file(path, &fd, &st, err);
	if (!r)
		r = look_here(v, fd, path, &st, &row, ret, &is_here, err);
	if (r)
		return r;
	if (ret_new)
		*ret_new = false;
	r = is_here ? keep(v, &row, NULL, false, tag, ret_new, err)
		    : copy_in(v, fd, path, &st, &row, tag, ret_new, err);
	if (!r && !is_here)
		r = exhibit_source_of(v, &row.id, ret, err);
	/* What the person called it now, whatever name its bytes had when they came. */
	if (!r && row.name.at) {
		buf_clear(&ret->name);
		buf_add_str(&ret->name, row.name);
		r = buf_check(&ret->name, "a file's name", err);
	}
	return r;
}

/* Where it lies, for whoever keeps nothing. */
static int look_at_file(struct valise *v, const char *path, struct exhibit_source *ret, struct valise_err *err)
{
	CLEAN_CLOSE int fd = -1;
	struct exhibit_row row = {0};
	struct stat st;
	int r = open_file(path, &fd, &st, err);
	if (!r && !S_ISREG(st.st_mode))
		return err_set(err, VALISE_E_USAGE, "%s is no file that can be looked at twice",
			       text_shown(str_of(path)).text);
	if (!r)
		r = read_file(v, fd, path, &st, -1, &row, err);
	if (r)
		return r;
	buf_add_str(&ret->name, name_of(path));
	ret->id = row.id;
	ret->body = (struct body){.fd = TAKE_FD(fd), .size = row.bytes, .what = "the file"};
	return 0;
}

int exhibit_source(struct valise *v, const char *name, bool look, struct exhibit_source *ret, bool *ret_new,
		   struct valise_err *err)
{
	struct hash id;
	struct stat st;
	*ret_new = false;
	/* What somebody called a file must not stand before a whole id. */
	if (hash_parse(str_of(name), &id) || stat(name, &st) < 0)
		return exhibit_source_here(v, name, ret, err);
	if (look)
		return look_at_file(v, name, ret, err);
	return exhibit_take_file(v, name, NULL, ret, ret_new, err);
}

int valise_exhibit_add(struct valise *v, const struct valise_exhibit_adding *a, char **ret_id, bool *ret_new,
		       struct valise_err *err)
{
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	struct exhibit_tag tag = {0};
	if (a->note && !a->letter)
		return err_set(err, VALISE_E_USAGE,
			       "--note says what an exhibit is to a letter: name it with --letter");
	int r = a->letter ? office_letter(v, a->letter, &tag.letter, err) : 0;
	if (!r && a->note)
		r = text_free_of(str_of(a->note), "--note", &note, err);
	if (note.len)
		tag.note = buf_str(&note);
	if (!r)
		r = exhibit_take_file(v, a->path, a->letter ? &tag : NULL, &source, ret_new, err);
	if (r)
		return r;
	char *text = strdup(hash_hex(&source.id).text);
	if (!text)
		return err_nomem(err);
	*ret_id = text;
	return 0;
}

/* ---- Out ---- */

struct saving {
	int fd;
	const char *path;
	struct valise_err *err;
};

static int write_portion(void *context, const uint8_t *data, size_t len)
{
	struct saving *s = context;
	return file_write_all(s->fd, data, len, s->path, s->err);
}

static int save_new(struct valise *v, const struct body *body, const struct valise_span *span, const char *path,
		    struct valise_err *err)
{
	CLEAN_CLOSE int dir = -1; /* first: a file that is given up is removed from it */
	CLEAN_NEWFILE struct newfile file = NEWFILE_NONE;
	const char *name = NULL;
	int r = newfile_begin_at(path, 0666, &dir, &name, &file, err);
	struct saving s = {file.fd, path, err};
	if (!r)
		r = exhibit_read(v, body, span, "writing", write_portion, &s, err);
	return r ? r : newfile_publish(&file, name, false, err);
}

int valise_exhibit_save(struct valise *v, const char *exhibit, const struct valise_span *span, const char *path,
			struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	int r = exhibit_source_here(v, exhibit, &source, err);
	struct valise_span all = {0, source.body.size};
	if (!span)
		span = &all;
	if (!r)
		r = exhibit_check_span(&source.body, span, err);
	if (r || strcmp(path, "-") != 0)
		return r ? r : save_new(v, &source.body, span, path, err);
	struct saving s = {STDOUT_FILENO, "standard output", err};
	return exhibit_read(v, &source.body, span, "writing", write_portion, &s, err);
}
