/* SPDX-License-Identifier: Apache-2.0 */
/* A pipe as a store: bags come in and go out one after the other, each behind a line that says its length (spec/bag.md, "On a pipe"). */
#include "channel/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#define LINE "bag "
#define LINE_MAX_BYTES 32u
#define COPY_BYTES (256u * 1024)

struct pipe_store {
	struct store store; /* first */
	int in_fd, out_fd;  /* -1: none */
	int dirfd;          /* where bags are kept until they are whole; borrowed */
	struct file_patience patience;
	pipe_look *may_be_bag;
	struct newfile bag; /* the one that came last */
	uint64_t bag_bytes;
	uint8_t *copy; /* COPY_BYTES */
};

static struct pipe_store *pipe_of(struct store *s)
{
	return (struct pipe_store *)s;
}

static void pipe_close(struct store *s)
{
	struct pipe_store *p = pipe_of(s);
	newfile_abandon(&p->bag);
	free(p->copy);
	free(p);
}

/* ---- In ---- */

/* The line before a bag. *ret_end at the end of the stream; a stream that begins otherwise is one bag without a line, of which the
 * bytes read so far are in `line`. */
static int read_line(struct pipe_store *p, char line[static LINE_MAX_BYTES], size_t *ret_len, bool *ret_framed,
		     struct valise_err *err)
{
	size_t n = 0, got = 1;
	while (n < LINE_MAX_BYTES - 1 && got) {
		int r = file_read_some(p->in_fd, line + n, 1, &got, &p->patience, "standard input", err);
		if (r)
			return r;
		n += got;
		if (n && (line[n - 1] == '\n' || (n <= strlen(LINE) && memcmp(line, LINE, n) != 0)))
			break;
	}
	*ret_len = n;
	*ret_framed = n > strlen(LINE) && memcmp(line, LINE, strlen(LINE)) == 0 && line[n - 1] == '\n';
	return 0;
}

/* A stream without a line: the bytes of the line that was none, and so many more that something like a bag must have shown itself.
 * *ret_end when nothing has, or it was all. Somebody's endless stream must not fill the disk. */
static int keep_first(struct pipe_store *p, const char *line, size_t n, bool *ret_end, struct valise_err *err)
{
	size_t got = 1;
	memcpy(p->copy, line, n);
	while (n < COPY_BYTES && got) {
		int r = file_read_some(p->in_fd, p->copy + n, COPY_BYTES - n, &got, &p->patience, "standard input",
				       err);
		if (r)
			return r;
		n += got;
	}
	p->bag_bytes = n;
	*ret_end = !got || !p->may_be_bag(p->copy, n);
	return file_write_all(p->bag.fd, p->copy, n, "the bag from standard input", err);
}

/* Up to `bytes` of the stream, or to its end. */
static int keep(struct pipe_store *p, uint64_t bytes, struct valise_err *err)
{
	size_t got = 1;
	while (bytes && got) {
		size_t n = bytes < COPY_BYTES ? (size_t)bytes : COPY_BYTES;
		int r = file_read_some(p->in_fd, p->copy, n, &got, &p->patience, "standard input", err);
		if (!r && got)
			r = file_write_all(p->bag.fd, p->copy, got, "the bag from standard input", err);
		if (r)
			return r;
		p->bag_bytes += got;
		bytes -= got;
	}
	return 0;
}

/* *ret_none when the stream ended before it, *ret_end when nothing follows it. */
static int read_bag(struct pipe_store *p, bool first, bool *ret_none, bool *ret_end, struct valise_err *err)
{
	char line[LINE_MAX_BYTES];
	size_t n;
	bool framed;
	uint64_t bytes = LIMIT_BAG_FILE_BYTES;
	int r = read_line(p, line, &n, &framed, err);
	if (r)
		return r;
	*ret_end = *ret_none = n == 0;
	if (n == 0)
		return 0;
	if (!framed && !first)
		return err_set(err, VALISE_E_BAD, "what follows a bag on standard input is no bag");
	if (framed &&
	    !text_decimal((struct str){line + strlen(LINE), n - strlen(LINE) - 1}, LIMIT_BAG_FILE_BYTES, &bytes))
		return err_set(err, VALISE_E_BAD, "the bag on standard input says that it is longer than a bag can be");
	newfile_abandon(&p->bag);
	p->bag_bytes = 0;
	r = newfile_begin(p->dirfd, 0600, &p->bag, err);
	if (!r && !framed) {
		r = keep_first(p, line, n, ret_end, err);
		bytes -= p->bag_bytes;
	}
	return r || *ret_end ? r : keep(p, bytes, err);
}

static int pipe_list(struct store *s, store_each *each, void *context, struct valise_err *err)
{
	struct pipe_store *p = pipe_of(s);
	bool end = p->in_fd < 0;
	int r = 0;
	for (unsigned i = 1; !r && !end; i++) {
		char name[32];
		bool none;
		r = read_bag(p, i == 1, &none, &end, err);
		if (r || none)
			break;
		(void)snprintf(name, sizeof name, "%u", i);
		struct store_bag bag = {"standard input", name, p->bag_bytes, false};
		r = each(context, &bag);
	}
	return r;
}

static int pipe_read(struct store *s, const char *writer, const char *name, int *ret_fd, uint64_t *ret_bytes,
		     struct valise_err *err)
{
	struct pipe_store *p = pipe_of(s);
	(void)writer;
	(void)name;
	int fd = dup(p->bag.fd);
	if (fd < 0)
		return err_errno(err, errno, "cannot read the bag from standard input");
	*ret_fd = fd;
	*ret_bytes = p->bag_bytes;
	return 0;
}

/* ---- Out ---- */

static int pipe_place(struct store *s, int *ret_dirfd, struct valise_err *err)
{
	struct pipe_store *p = pipe_of(s);
	if (p->out_fd < 0)
		return err_set(err, VALISE_E_USAGE, "nothing goes out here: standard output is not asked for");
	*ret_dirfd = p->dirfd;
	return 0;
}

static int pipe_publish(struct store *s, struct newfile *file, const char *name, struct publication *ret,
			struct valise_err *err)
{
	struct pipe_store *p = pipe_of(s);
	char line[LINE_MAX_BYTES];
	struct stat st;
	size_t got = 0;
	(void)name;
	if (fstat(file->fd, &st))
		return err_errno(err, errno, "cannot read the bag just made");
	int n = snprintf(line, sizeof line, LINE "%lld\n", (long long)st.st_size);
	int r = file_write_all(p->out_fd, line, (size_t)n, "standard output", err);
	for (uint64_t at = 0; !r && at < (uint64_t)st.st_size; at += got) {
		r = file_pread_full(file->fd, p->copy, COPY_BYTES, at, &got, "the bag just made", err);
		if (!r && !got)
			break;
		if (!r)
			r = file_write_all(p->out_fd, p->copy, got, "standard output", err);
	}
	newfile_abandon(file);
	if (!r)
		*ret = (struct publication){false, false};
	return r;
}

static bool pipe_confirm(struct store *s)
{
	(void)s;
	return false;
}

static int pipe_remove(struct store *s, const char *name, struct valise_err *err)
{
	(void)s;
	return err_set(err, VALISE_E_USAGE, "the bag %s went through a pipe and cannot be taken back", name);
}

static int pipe_readme(struct store *s, struct str text, struct valise_err *err)
{
	(void)s;
	(void)text;
	(void)err;
	return 0;
}

static const struct store_ops pipe_ops = {
	.list = pipe_list,
	.open = pipe_read,
	.place = pipe_place,
	.publish = pipe_publish,
	.confirm = pipe_confirm,
	.remove = pipe_remove,
	.readme = pipe_readme,
	.close = pipe_close,
};

int pipe_open(int in_fd, int out_fd, int dirfd, const struct file_patience *patience, pipe_look *may_be_bag,
	      struct store **ret, struct valise_err *err)
{
	struct pipe_store *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(err);
	*p = (struct pipe_store){.store.ops = &pipe_ops,
				 .in_fd = in_fd,
				 .out_fd = out_fd,
				 .dirfd = dirfd,
				 .patience = *patience,
				 .may_be_bag = may_be_bag,
				 .bag = NEWFILE_NONE};
	p->copy = malloc(COPY_BYTES);
	if (!p->copy) {
		free(p);
		return err_nomem(err);
	}
	*ret = &p->store;
	return 0;
}
