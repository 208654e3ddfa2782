/* SPDX-License-Identifier: Apache-2.0 */
/* Tars with members of every kind that there is, and some that there are not. */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "forge.h"
#include "format/tar_block.h"

#define WORDS_MAX 4u

static void add_zeros(struct buf *tar, uint64_t n)
{
	uint8_t *room = n ? buf_grow(tar, (size_t)n) : NULL;
	if (n && !room)
		give_up("that tar is too large to make");
	if (n)
		memset(room, 0, (size_t)n);
}

static void add_data(struct buf *tar, struct str data)
{
	buf_add_str(tar, data);
	add_zeros(tar, tar_padding(data.len));
}

static void octal_field(char *field, size_t size, uint64_t v)
{
	char digits[32];
	(void)snprintf(digits, sizeof digits, "%0*" PRIo64, (int)size - 1, v);
	memcpy(field, digits, size - 1);
}

static void add_header(struct buf *tar, char type, const char *path, const char *target, uint64_t size)
{
	struct tar_header h = {.type = type};
	memcpy(h.name, path, strnlen(path, sizeof h.name));
	memcpy(h.link, target, strnlen(target, sizeof h.link));
	octal_field(h.mode, sizeof h.mode, type == '5' ? 0755 : 0644);
	octal_field(h.uid, sizeof h.uid, 0);
	octal_field(h.gid, sizeof h.gid, 0);
	octal_field(h.size, sizeof h.size, size);
	octal_field(h.mtime, sizeof h.mtime, 1795338720);
	memcpy(h.magic, TAR_MAGIC_POSIX, sizeof h.magic);
	octal_field(h.checksum, sizeof h.checksum - 1, tar_header_sum(&h));
	buf_add(tar, &h, sizeof h);
}

/* "LENGTH KEY=VALUE\n": the length counts its own digits. */
static void add_pax(struct buf *tar, char type, const char *record)
{
	CLEAN_BUF struct buf text = FORGE_BUF;
	size_t bare = strlen(record) + 2, len = bare + 1;
	char digits[24];
	while (len != bare + (size_t)snprintf(digits, sizeof digits, "%zu", len))
		len = bare + strlen(digits);
	buf_addf(&text, "%zu %s\n", len, record);
	add_header(tar, type, "PaxHeaders/x", "", text.len);
	add_data(tar, buf_str(&text));
}

/* Paths that no header holds go into a pax header, as everybody's do. */
static void add_member(struct buf *tar, char type, const char *path, const char *target, struct str data)
{
	if (strlen(path) > 100) {
		CLEAN_BUF struct buf record = FORGE_BUF;
		buf_addf(&record, "path=%s", path);
		add_pax(tar, 'x', (char *)record.data);
	}
	add_header(tar, type, path, target, data.len);
	add_data(tar, data);
}

/* ---- Members by their names ---- */

typedef void make_member(struct buf *tar, size_t n, char **w);

static const char *word(size_t n, char **w, size_t i)
{
	return i < n ? w[i] : "";
}

static void make_dir(struct buf *tar, size_t n, char **w)
{
	add_member(tar, '5', word(n, w, 1), "", STR(""));
}

static void make_file(struct buf *tar, size_t n, char **w)
{
	add_member(tar, '0', word(n, w, 1), "", str_of(word(n, w, 2)));
}

static void make_link(struct buf *tar, size_t n, char **w)
{
	add_member(tar, '2', word(n, w, 1), word(n, w, 2), STR(""));
}

/* type:X:PATH:TARGET, of any type. */
static void make_type(struct buf *tar, size_t n, char **w)
{
	add_member(tar, word(n, w, 1)[0], word(n, w, 2), word(n, w, 3), STR(""));
}

/* sized:PATH:SIZE:DATA, where the header says another size than there is. */
static void make_sized(struct buf *tar, size_t n, char **w)
{
	add_header(tar, '0', word(n, w, 1), "", number_arg(word(n, w, 2)));
	add_data(tar, str_of(word(n, w, 3)));
}

static void make_pax(struct buf *tar, size_t n, char **w)
{
	(void)n;
	char *record = w[1] + strlen(w[1]);
	for (size_t i = 2; i < n; i++, record += strlen(record)) /* colons belong to the record */
		*record = ':';
	add_pax(tar, w[0][0] == 'g' ? 'g' : 'x', w[1]);
}

/* paxsize:N: a header that says that it is that long. */
static void make_huge_pax(struct buf *tar, size_t n, char **w)
{
	CLEAN_BUF struct buf record = FORGE_BUF;
	buf_add_text(&record, "comment=");
	for (uint64_t left = number_arg(word(n, w, 1)); left; left--)
		buf_add_char(&record, 'x');
	add_pax(tar, 'x', (char *)record.data);
}

static void make_gnu_long(struct buf *tar, size_t n, char **w)
{
	const char *name = word(n, w, 1);
	add_header(tar, 'L', "././@LongLink", "", strlen(name) + 1);
	add_data(tar, (struct str){name, strlen(name) + 1});
}

/* files:DIR:N: so many empty ones. */
static void make_files(struct buf *tar, size_t n, char **w)
{
	for (uint64_t i = 0; i < number_arg(word(n, w, 2)); i++) {
		char path[64];
		(void)snprintf(path, sizeof path, "%.40s/%" PRIu64, w[1], i);
		add_member(tar, '0', path, "", STR(""));
	}
}

/* deep:DIR:N: each directory within the one before. */
static void make_deep(struct buf *tar, size_t n, char **w)
{
	CLEAN_BUF struct buf path = FORGE_BUF;
	buf_add_text(&path, word(n, w, 1));
	for (uint64_t i = 0; i < number_arg(word(n, w, 2)); i++) {
		buf_add_text(&path, "/d");
		add_member(tar, '5', (char *)path.data, "", STR(""));
	}
}

static void make_zeros(struct buf *tar, size_t n, char **w)
{
	add_zeros(tar, number_arg(word(n, w, 1)));
}

static void make_text(struct buf *tar, size_t n, char **w)
{
	buf_add_text(tar, word(n, w, 1));
}

static const struct {
	const char *name;
	make_member *make;
} kinds[] = {
	{"dir", make_dir},   {"file", make_file},   {"link", make_link},        {"type", make_type},
	{"pax", make_pax},   {"gpax", make_pax},    {"paxsize", make_huge_pax}, {"gnulong", make_gnu_long},
	{"deep", make_deep}, {"files", make_files}, {"sized", make_sized},      {"zeros", make_zeros},
	{"text", make_text},
};

static void make_one(struct buf *tar, char *arg)
{
	char *w[WORDS_MAX];
	size_t n = split(arg, w, WORDS_MAX);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, w[0]) == 0) {
			kinds[i].make(tar, n, w);
			return;
		}
	give_up("no tar has a member of the kind %s", w[0]);
}

int forge_tar(int n, char **args)
{
	CLEAN_BUF struct buf tar = FORGE_BUF;
	for (int i = 0; i < n; i++)
		make_one(&tar, args[i]);
	if (tar.error)
		give_up("that tar is too large to make");
	spit("-", buf_str(&tar));
	return 0;
}
