/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the body's tar: ustar headers, with a pax header before those that do not hold their member (spec/body.md). */
#include "format/tar.h"

#include <stdio.h>

#include "base/limits.h"
#include "format/tar_block.h"

struct tar_writer {
	tar_sink *sink;
	void *context;
	uint64_t offset;    /* bytes given to the sink */
	uint64_t data_left; /* that the member in hand still has to get */
	uint64_t padding;   /* after them */
	struct buf pax;     /* records of the member in hand */
};

/* What an octal field of 12 holds: eleven digits. */
#define OCTAL_MAX ((UINT64_C(1) << 33) - 1)
#define PAX_BYTES (4 * LIMIT_PATH_BYTES)

int tar_writer_new(tar_sink *sink, void *context, struct tar_writer **ret, struct valise_err *err)
{
	struct tar_writer *w = calloc(1, sizeof *w);
	if (!w)
		return err_nomem(err);
	w->sink = sink;
	w->context = context;
	buf_init(&w->pax, PAX_BYTES);
	*ret = w;
	return 0;
}

void tar_writer_free(struct tar_writer *w)
{
	if (!w)
		return;
	buf_release(&w->pax);
	free(w);
}

void tar_writer_freep(struct tar_writer **w)
{
	tar_writer_free(*w);
}

uint64_t tar_writer_offset(const struct tar_writer *w)
{
	return w->offset;
}

static int put(struct tar_writer *w, const void *data, size_t len, struct valise_err *err)
{
	if (len == 0)
		return 0;
	int r = w->sink(w->context, data, len, err);
	if (!r)
		w->offset += len;
	return r;
}

static int put_zeros(struct tar_writer *w, uint64_t len, struct valise_err *err)
{
	static const uint8_t zeros[2 * TAR_BLOCK_BYTES];
	return put(w, zeros, (size_t)len, err);
}

/* Digits with leading zeros, then NUL; v fits. */
static void put_octal(char *field, size_t size, uint64_t v)
{
	field[size - 1] = 0;
	for (size_t i = size - 1; i-- > 0; v >>= 3)
		field[i] = (char)('0' + (v & 7));
}

/* As much of s as the field holds: with a pax header before it, only for readers that know none. */
static void put_text(char *field, size_t size, struct str s)
{
	if (s.len > 0)
		memcpy(field, s.at, s.len < size ? s.len : size);
}

static struct tar_header header_of(char type, unsigned mode, uint64_t bytes, uint64_t mtime)
{
	struct tar_header h = {.type = type, .magic = TAR_MAGIC_POSIX};
	put_octal(h.mode, sizeof h.mode, mode);
	put_octal(h.uid, sizeof h.uid, 0);
	put_octal(h.gid, sizeof h.gid, 0);
	put_octal(h.size, sizeof h.size, bytes > OCTAL_MAX ? 0 : bytes);
	put_octal(h.mtime, sizeof h.mtime, mtime);
	put_octal(h.major, sizeof h.major, 0);
	put_octal(h.minor, sizeof h.minor, 0);
	return h;
}

static int put_header(struct tar_writer *w, struct tar_header *h, struct valise_err *err)
{
	/* Six digits, NUL, space: the one field that ends otherwise. */
	put_octal(h->checksum, sizeof h->checksum - 1, tar_header_sum(h));
	h->checksum[sizeof h->checksum - 1] = ' ';
	return put(w, h, sizeof *h, err);
}

/* "LENGTH KEY=VALUE\n", where the length counts its own digits. */
static void pax_add(struct buf *pax, const char *key, struct str value)
{
	size_t rest = strlen(key) + value.len + 3;
	size_t len = rest + 1;
	for (size_t power = 10; power <= len; power *= 10)
		len++;
	buf_addf(pax, "%zu %s=", len, key);
	buf_add_str(pax, value);
	buf_add_char(pax, '\n');
}

static void pax_add_number(struct buf *pax, const char *key, bool negative, uint64_t magnitude)
{
	char text[24];
	int len = snprintf(text, sizeof text, "%s%llu", negative ? "-" : "", (unsigned long long)magnitude);
	pax_add(pax, key, (struct str){text, (size_t)len});
}

static int put_pax(struct tar_writer *w, struct valise_err *err)
{
	int r = buf_check(&w->pax, "a pax header", err);
	if (r || w->pax.len == 0)
		return r;
	struct tar_header h = header_of('x', 0644, w->pax.len, 0);
	put_text(h.name, sizeof h.name, STR("././@PaxHeader"));
	r = put_header(w, &h, err);
	if (!r)
		r = put(w, w->pax.data, w->pax.len, err);
	return r ? r : put_zeros(w, tar_padding(w->pax.len), err);
}

int tar_write_flush(struct tar_writer *w, struct valise_err *err)
{
	if (w->data_left > 0)
		return err_set(err, VALISE_E_USAGE, "a tar member got %llu bytes less than it was said to have",
			       (unsigned long long)w->data_left);
	int r = put_zeros(w, w->padding, err);
	if (!r)
		w->padding = 0;
	return r;
}

int tar_write_member(struct tar_writer *w, const struct tar_member *m, struct valise_err *err)
{
	static const struct {
		char type;
		unsigned mode;
	} kinds[] = {[TAR_FILE] = {'0', 0644}, [TAR_DIR] = {'5', 0755}, [TAR_LINK] = {'2', 0777}};
	int r = tar_member_check(m, VALISE_E_USAGE, err);
	if (!r)
		r = tar_write_flush(w, err);
	if (r)
		return r;
	char path[LIMIT_PATH_BYTES + 1];
	struct str name = {path, m->path.len + (m->type == TAR_DIR)};
	memcpy(path, m->path.at, m->path.len);
	path[m->path.len] = '/'; /* counted for a directory only */

	unsigned mode = m->type == TAR_FILE && (m->mode & 0100) ? 0755 : kinds[m->type].mode;
	bool mtime_fits = m->mtime_s >= 0 && (uint64_t)m->mtime_s <= OCTAL_MAX;
	struct tar_header h = header_of(kinds[m->type].type, mode, m->bytes, mtime_fits ? (uint64_t)m->mtime_s : 0);
	put_text(h.name, sizeof h.name, name);
	if (m->type == TAR_LINK)
		put_text(h.link, sizeof h.link, m->target);

	buf_clear(&w->pax);
	if (name.len > sizeof h.name)
		pax_add(&w->pax, "path", name);
	if (m->type == TAR_LINK && m->target.len > sizeof h.link)
		pax_add(&w->pax, "linkpath", m->target);
	if (m->bytes > OCTAL_MAX)
		pax_add_number(&w->pax, "size", false, m->bytes);
	if (!mtime_fits)
		pax_add_number(&w->pax, "mtime", m->mtime_s < 0,
			       m->mtime_s < 0 ? 0 - (uint64_t)m->mtime_s : (uint64_t)m->mtime_s);
	r = put_pax(w, err);
	if (!r)
		r = put_header(w, &h, err);
	if (!r) {
		w->data_left = m->bytes;
		w->padding = tar_padding(m->bytes);
	}
	return r;
}

int tar_write_data(struct tar_writer *w, const uint8_t *data, size_t len, struct valise_err *err)
{
	if (len > w->data_left)
		return err_set(err, VALISE_E_USAGE, "a tar member got more bytes than it was said to have");
	int r = put(w, data, len, err);
	if (!r)
		w->data_left -= len;
	return r;
}

int tar_write_end(struct tar_writer *w, struct valise_err *err)
{
	int r = tar_write_flush(w, err);
	return r ? r : put_zeros(w, 2 * TAR_BLOCK_BYTES, err);
}
