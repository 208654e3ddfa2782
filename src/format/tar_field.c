/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers and names of tar's headers and extensions, read strictly (spec/body.md, "Reading"). */
#include "format/tar_field.h"

#include "base/limits.h"
#include "base/text.h"

static bool octal(const char *field, size_t size, uint64_t *ret)
{
	size_t i = 0;
	while (i < size && field[i] == ' ')
		i++;
	uint64_t v = 0;
	size_t digits = 0;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++, digits++)
		v = v << 3 | (uint64_t)(field[i] - '0'); /* at most twelve digits: 36 bits */
	while (i < size && (field[i] == ' ' || field[i] == 0))
		i++;
	if (digits == 0 || i < size)
		return false;
	*ret = v;
	return true;
}

/* GNU's two's complement in big-endian bytes, the first bit set to tell it from octal. */
static bool base256(const char *field, size_t size, int64_t *ret)
{
	uint8_t first = (uint8_t)field[0];
	if (first != 0x80 && first != 0xff)
		return false;
	uint8_t sign = first == 0xff ? 0xff : 0;
	uint64_t v = sign ? UINT64_MAX : 0;
	for (size_t i = 1; i < size; i++) {
		if (i + 8 < size && (uint8_t)field[i] != sign)
			return false;
		v = v << 8 | (uint8_t)field[i];
	}
	if (v >> 63 != (sign ? 1u : 0u))
		return false;
	*ret = (int64_t)v;
	return true;
}

bool tar_field_number(const char *field, size_t size, uint64_t *ret)
{
	int64_t v;
	if (octal(field, size, ret))
		return true;
	if (!base256(field, size, &v) || v < 0)
		return false;
	*ret = (uint64_t)v;
	return true;
}

static bool field_time(const char *field, size_t size, int64_t *ret)
{
	uint64_t v;
	if (!octal(field, size, &v))
		return base256(field, size, ret);
	*ret = (int64_t)v;
	return true;
}

void tar_extensions_init(struct tar_extensions *x)
{
	*x = (struct tar_extensions){0};
	/* With a directory's last '/'; whether the rest is too long is asked of every member alike. */
	buf_init(&x->path, LIMIT_PATH_BYTES + 1);
	buf_init(&x->target, LIMIT_PATH_BYTES);
}

void tar_extensions_release(struct tar_extensions *x)
{
	buf_release(&x->path);
	buf_release(&x->target);
}

void tar_extensions_clear(struct tar_extensions *x)
{
	struct tar_extensions empty = {.path = x->path, .target = x->target};
	buf_clear(&empty.path);
	buf_clear(&empty.target);
	*x = empty;
}

bool tar_type_extends(char type)
{
	return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

/* Two names for one member are two members to two programs. */
static int set_text(struct buf *b, bool *has, struct str value, struct valise_err *err)
{
	if (*has)
		return err_set(err, VALISE_E_BAD, "it names the member a second time");
	if (value.len == 0)
		return err_set(err, VALISE_E_BAD, "a name in it is empty");
	if (value.len > b->max)
		return err_set(err, VALISE_E_BAD, "a name in it is too long");
	buf_add_str(b, value);
	*has = true;
	return buf_check(b, "a tar member's name", err);
}

/* Whole seconds; a fraction is cut off downwards. */
static bool pax_time(struct str s, int64_t *ret)
{
	bool negative = s.len > 0 && s.at[0] == '-';
	if (negative)
		s = (struct str){s.at + 1, s.len - 1};
	const char *dot = s.len > 0 ? memchr(s.at, '.', s.len) : NULL;
	struct str whole = {s.at, dot ? (size_t)(dot - s.at) : s.len};
	bool fraction = false;
	for (const char *c = dot ? dot + 1 : s.at + s.len; c < s.at + s.len; c++) {
		if (*c < '0' || *c > '9')
			return false;
		fraction |= *c != '0';
	}
	uint64_t v;
	if (!text_decimal(whole, (uint64_t)INT64_MAX + (negative && !fraction), &v))
		return false;
	*ret = negative ? (int64_t)(0 - v) - fraction : (int64_t)v;
	return true;
}

static int key_path(struct tar_extensions *x, struct str value, struct valise_err *err)
{
	return set_text(&x->path, &x->has_path, value, err);
}

static int key_target(struct tar_extensions *x, struct str value, struct valise_err *err)
{
	return set_text(&x->target, &x->has_target, value, err);
}

static int key_size(struct tar_extensions *x, struct str value, struct valise_err *err)
{
	if (x->has_bytes || !text_decimal(value, LIMIT_BODY_BYTES, &x->bytes))
		return err_set(err, VALISE_E_BAD, "its size is no number, too large, or there twice");
	x->has_bytes = true;
	return 0;
}

static int key_mtime(struct tar_extensions *x, struct str value, struct valise_err *err)
{
	if (x->has_mtime || !pax_time(value, &x->mtime_s))
		return err_set(err, VALISE_E_BAD, "its time is no number, too large, or there twice");
	x->has_mtime = true;
	return 0;
}

/* The keys that may be there. Those without a function change nothing that is written: owners, other times, where the file was,
 * and the names of character sets (names are bytes here). */
static const struct pax_key {
	const char *name;
	int (*read)(struct tar_extensions *x, struct str value, struct valise_err *err);
} pax_keys[] = {
	{"path", key_path},
	{"linkpath", key_target},
	{"size", key_size},
	{"mtime", key_mtime},
	{"atime", NULL},
	{"ctime", NULL},
	{"uid", NULL},
	{"gid", NULL},
	{"uname", NULL},
	{"gname", NULL},
	{"comment", NULL},
	{"charset", NULL},
	{"hdrcharset", NULL},
	{"SCHILY.dev", NULL},
	{"SCHILY.ino", NULL},
	{"SCHILY.nlink", NULL},
	{"LIBARCHIVE.creationtime", NULL},
};

static int pax_value(struct tar_extensions *x, bool global, struct str key, struct str value, struct valise_err *err)
{
	for (size_t i = 0; i < sizeof pax_keys / sizeof pax_keys[0]; i++) {
		if (!str_eq(key, str_of(pax_keys[i].name)))
			continue;
		if (!pax_keys[i].read)
			return 0;
		if (global)
			return err_set(err, VALISE_E_BAD, "a global header sets \"%s\" for all members",
				       pax_keys[i].name);
		return pax_keys[i].read(x, value, err);
	}
	CLEAN_BUF struct buf shown = BUF_INIT(VALISE_ERR_TEXT_BYTES);
	text_show(&shown, (struct str){key.at, key.len < 100 ? key.len : 100});
	return err_set(err, VALISE_E_BAD, "it has \"%s\", and only names, sizes and times are taken from a tar",
		       shown.data ? (const char *)shown.data : "");
}

/* "LENGTH KEY=VALUE\n", again and again; the length counts all of it. */
static int read_pax(struct tar_extensions *x, bool global, struct str text, struct valise_err *err)
{
	while (text.len > 0) {
		const char *space = memchr(text.at, ' ', text.len < 20 ? text.len : 20);
		struct str digits = {text.at, space ? (size_t)(space - text.at) : 0};
		uint64_t len;
		if (!text_decimal(digits, text.len, &len) || len < digits.len + 4 || text.at[len - 1] != '\n')
			return err_set(err, VALISE_E_BAD, "a pax record's length is wrong");
		struct str record = {space + 1, (size_t)len - digits.len - 2};
		const char *equals = memchr(record.at, '=', record.len);
		if (!equals || equals == record.at)
			return err_set(err, VALISE_E_BAD, "a pax record has no key");
		struct str key = {record.at, (size_t)(equals - record.at)};
		int r = pax_value(x, global, key, (struct str){equals + 1, record.len - key.len - 1}, err);
		if (r)
			return r;
		text = (struct str){text.at + len, text.len - (size_t)len};
	}
	return 0;
}

int tar_extension_read(struct tar_extensions *x, char type, struct str text, struct valise_err *err)
{
	if (type == 'x' || type == 'g') {
		bool *seen = type == 'g' ? &x->has_global : &x->has_pax;
		if (*seen)
			return err_set(err, VALISE_E_BAD, "the member has a second pax header");
		*seen = true;
		return read_pax(x, type == 'g', text, err);
	}
	/* GNU ends its long names with a NUL, and counts it. */
	const char *nul = memchr(text.at, 0, text.len);
	if (nul != text.at + text.len - 1)
		return err_set(err, VALISE_E_BAD, "a long name does not end where it should");
	text.len--;
	return type == 'L' ? key_path(x, text, err) : key_target(x, text, err);
}

/* A field's text ends at its NUL or with the field. */
static struct str field_text(const char *field, size_t size)
{
	return (struct str){field, strnlen(field, size)};
}

static int member_names(struct tar_extensions *x, const struct tar_header *h, struct valise_err *err)
{
	int r = 0;
	if (!x->has_path) {
		/* GNU has other things where POSIX has the prefix. */
		if (memcmp(h->magic, TAR_MAGIC_POSIX, sizeof h->magic) == 0 && h->prefix[0]) {
			buf_add_str(&x->path, field_text(h->prefix, sizeof h->prefix));
			buf_add_char(&x->path, '/');
		}
		r = key_path(x, field_text(h->name, sizeof h->name), err);
	}
	if (!r && h->type == '2' && !x->has_target)
		r = key_target(x, field_text(h->link, sizeof h->link), err);
	return r;
}

static int member_kind(const struct tar_header *h, enum tar_type *ret, struct valise_err *err)
{
	switch (h->type) {
	case '0':
	case 0:
		*ret = TAR_FILE;
		return 0;
	case '5':
		*ret = TAR_DIR;
		return 0;
	case '2':
		*ret = TAR_LINK;
		return 0;
	case '1':
		return err_set(err, VALISE_E_BAD,
			       "it is a hard link, which is not taken: each file must have its own bytes");
	case 'S':
		return err_set(err, VALISE_E_BAD,
			       "it is a sparse file, which is not taken: its bytes must all be there");
	case '3':
	case '4':
	case '6':
		return err_set(err, VALISE_E_BAD, "it is a device or a FIFO, which is not taken");
	default:
		return err_set(err, VALISE_E_BAD, "it is of a type (0x%02x) that is not taken", (unsigned char)h->type);
	}
}

int tar_extensions_member(struct tar_extensions *x, const struct tar_header *h, struct tar_member *ret,
			  struct valise_err *err)
{
	struct tar_member m = {0};
	int r = member_kind(h, &m.type, err);
	if (!r)
		r = member_names(x, h, err);
	if (r)
		return r;
	uint64_t mode;
	if (!tar_field_number(h->mode, sizeof h->mode, &mode))
		return err_set(err, VALISE_E_BAD, "its mode is no number");
	if (!x->has_bytes && !tar_field_number(h->size, sizeof h->size, &x->bytes))
		return err_set(err, VALISE_E_BAD, "its size is no number");
	if (!x->has_mtime && !field_time(h->mtime, sizeof h->mtime, &x->mtime_s))
		return err_set(err, VALISE_E_BAD, "its time is no number");
	if (m.type != TAR_LINK && x->has_target)
		return err_set(err, VALISE_E_BAD, "it has a link's target, but is no link");
	m.path = buf_str(&x->path);
	if (m.type == TAR_DIR && m.path.len > 1 && m.path.at[m.path.len - 1] == '/')
		m.path.len--;
	m.target = m.type == TAR_LINK ? buf_str(&x->target) : (struct str){NULL, 0};
	m.bytes = x->bytes;
	m.mtime_s = x->mtime_s;
	m.mode = m.type == TAR_LINK ? 0777 : m.type == TAR_DIR || (mode & 0100) ? 0755 : 0644;
	r = tar_member_check(&m, VALISE_E_BAD, err);
	if (!r)
		*ret = m;
	return r;
}
