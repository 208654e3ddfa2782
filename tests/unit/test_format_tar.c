/* SPDX-License-Identifier: Apache-2.0 */
/* The body's tar: what is written comes back, at the places that are said; what should not be in one is refused. */
#include "tar_bytes.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/limits.h"
#include "failing.h"

#define MANY 300

static char long_name[MANY + 1];

static int set_up(void **state)
{
	(void)state;
	memset(long_name, 'n', MANY);
	for (size_t i = 50; i < MANY; i += 50)
		long_name[i] = '/';
	return 0;
}

/* Writes the member with data that is its path again and again; adds to *list the line that tar_list must give. */
static void put_member(struct tar_writer *w, const struct tar_member *m, unsigned mode, struct buf *list)
{
	/* What was written before is padded with this one, so its header begins after that. */
	assert_int_equal(tar_write_flush(w, NULL), 0);
	uint64_t header = tar_writer_offset(w);
	assert_int_equal(header % TAR_BLOCK_BYTES, 0);
	assert_int_equal(tar_write_member(w, m, NULL), 0);
	buf_addf(list, "%c %04o %lld %llu %llu %llu ", "fdl"[m->type], mode, (long long)m -> mtime_s,
		 (unsigned long long)m -> bytes, (unsigned long long)header, (unsigned long long)tar_writer_offset(w));
	text_show(list, m->path);
	if (m->type == TAR_LINK) {
		buf_add_text(list, " -> ");
		text_show(list, m->target);
	}
	buf_add_char(list, '\n');
	for (uint64_t left = m->bytes; left > 0;) {
		size_t n = left < m->path.len ? (size_t)left : m->path.len;
		assert_int_equal(tar_write_data(w, (const uint8_t *)m->path.at, n, NULL), 0);
		left -= n;
	}
	assert_int_equal(tar_write_data(w, (const uint8_t *)"x", 1, NULL), VALISE_E_USAGE);
}

static void put_everything(struct tar_writer *w, struct buf *list)
{
	struct str name = str_of(long_name);
	struct str name99 = {long_name, 99}, name100 = {long_name + 2, 100}, name101 = {long_name + 5, 101};
	put_member(w, &(struct tar_member){.path = STR("a"), .bytes = 1, .mode = 0644}, 0644, list);
	put_member(w, &(struct tar_member){.path = STR("b"), .bytes = 0, .mode = 0777, .mtime_s = 1}, 0755, list);
	put_member(w, &(struct tar_member){.path = STR("c d\n\xff\x01"), .bytes = 512, .mode = 0411}, 0644, list);
	put_member(w, &(struct tar_member){.path = STR("caf\xc3\xa9"), .bytes = 513, .mtime_s = 077777777777}, 0644,
		   list);
	put_member(w, &(struct tar_member){.type = TAR_DIR, .path = STR("dir")}, 0755, list);
	put_member(w, &(struct tar_member){.path = STR("dir/=\n 9 x"), .bytes = 2000, .mtime_s = 0100000000000}, 0644,
		   list);
	put_member(w, &(struct tar_member){.type = TAR_LINK, .path = STR("dir/l"), .target = STR("=\n 9 x")}, 0777,
		   list);
	put_member(w, &(struct tar_member){.type = TAR_LINK, .path = STR("dir/l100"), .target = name100}, 0777, list);
	put_member(w, &(struct tar_member){.type = TAR_LINK, .path = STR("dir/l101"), .target = name101, .mtime_s = -1},
		   0777, list);
	put_member(w, &(struct tar_member){.type = TAR_DIR, .path = name99}, 0755, list);
	put_member(w, &(struct tar_member){.type = TAR_DIR, .path = name100}, 0755, list);
	put_member(w, &(struct tar_member){.path = name100, .bytes = 3}, 0644, list);
	put_member(w, &(struct tar_member){.path = name101, .bytes = 3, .mtime_s = INT64_MIN}, 0644, list);
	put_member(w, &(struct tar_member){.path = name, .bytes = 3, .mtime_s = INT64_MAX}, 0644, list);
}

static void assert_same(const struct buf *got, const char *vector)
{
	CLEAN_BUF struct buf path = BUF_INIT(4096);
	CLEAN_BUF struct buf expected = BUF_INIT(1u << 20);
	buf_addf(&path, "%s/tests/vectors/body/%s", getenv("VALISE_TEST_SOURCE"), vector);
	assert_int_equal(file_read_all(AT_FDCWD, (char *)path.data, &expected, NULL), 0);
	assert_int_equal(got->len, expected.len);
	assert_memory_equal(got->data, expected.data, expected.len);
}

static void what_is_written_comes_back(void **state)
{
	(void)state;
	CLEAN_BUF struct buf tar = BUF_INIT(1u << 20);
	CLEAN_BUF struct buf list = BUF_INIT(1u << 20);
	CLEAN_TAR_WRITER struct tar_writer *w = NULL;
	assert_int_equal(tar_writer_new(tar_to_buf, &tar, &w, NULL), 0);
	put_everything(w, &list);
	assert_int_equal(tar_write_end(w, NULL), 0);
	assert_int_equal(tar_writer_offset(w), tar.len);
	assert_int_equal(tar.len % TAR_BLOCK_BYTES, 0);
	for (uint64_t zeros = padme_bytes(tar.len) - tar.len; zeros > 0; zeros--)
		buf_add_char(&tar, 0);
	assert_same(&tar, "everything.tar");
	assert_same(&list, "everything.list");

	static const size_t steps[] = {1, 7, 511, 512, 513, 1u << 20};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
		struct valise_err err = {0};
		if (tar_list(buf_str(&tar), steps[i], &got, &err))
			fail_msg("%s", err.text);
		assert_string_equal((char *)got.data, (char *)list.data);
	}
}

/* Padding to any size is fine, also to one that is no multiple of a block. Anything in it is not, and nor is its absence. */
static void ends(void **state)
{
	(void)state;
	CLEAN_BUF struct buf tar = BUF_INIT(1u << 20);
	CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
	tar_put(&tar, '0', "a", STR("text"));
	tar_put(&tar, '0', "b", STR("more"));
	size_t members = tar.len;
	for (size_t len = 0; len < members + 2 * TAR_BLOCK_BYTES; len++) {
		while (tar.len < len)
			buf_add_char(&tar, 0);
		assert_int_equal(tar_list((struct str){(char *)tar.data, len}, 100, &got, NULL), VALISE_E_BAD);
	}
	while (tar.len < members + 2 * TAR_BLOCK_BYTES)
		buf_add_char(&tar, 0);
	assert_int_equal(tar_list(buf_str(&tar), 100, &got, NULL), 0);
	for (size_t i = 0; i < 700; i++)
		buf_add_char(&tar, 0);
	assert_int_equal(tar_list(buf_str(&tar), 100, &got, NULL), 0);
	for (size_t i = members + TAR_BLOCK_BYTES; i < tar.len; i += 37) {
		tar.data[i] = 1;
		assert_int_equal(tar_list(buf_str(&tar), 100, &got, NULL), VALISE_E_BAD);
		tar.data[i] = 0;
	}
	/* A member after the end, which a tar that reads on would extract. */
	tar_put(&tar, '0', "c", STR("hidden"));
	tar_put_end(&tar);
	assert_int_equal(tar_list(buf_str(&tar), 100, &got, NULL), VALISE_E_BAD);
	/* Padding that is not zeros. */
	tar.data[TAR_BLOCK_BYTES + 4] = 1;
	struct valise_err err = {0};
	assert_int_equal(tar_list((struct str){(char *)tar.data, members + 2 * TAR_BLOCK_BYTES}, 100, &got, &err),
			 VALISE_E_BAD);
	assert_non_null(strstr(err.text, "padding"));
	assert_int_equal(tar_list(STR(""), 100, &got, NULL), VALISE_E_BAD);
}

/* A tar of the one member (and what stands before it) must be refused for that reason. */
static void assert_refused(const struct buf *members, const char *says)
{
	CLEAN_BUF struct buf tar = BUF_INIT(1u << 20);
	CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
	struct valise_err err = {0};
	buf_add(&tar, members->data, members->len);
	tar_put_end(&tar);
	int r = tar_list(buf_str(&tar), 1000, &got, &err);
	if (r != VALISE_E_BAD || !strstr(err.text, says))
		fail_msg("expected \"%s\", got %d: %s", says, r, err.text);
	assert_int_equal(got.len, 0);
}

static void paths(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"/etc/passwd", "..",    "../a", "a/..", "a/../b", ".",  "./a",
		"a/.",         "a/./b", "a//b", "/",    "//",     "a/", "a//",
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEAN_BUF struct buf b = BUF_INIT(10000);
		tar_put(&b, '0', rows[i], STR(""));
		assert_refused(&b, "path");
		/* The same by a pax header, and by GNU's. */
		CLEAN_BUF struct buf record = BUF_INIT(1000);
		buf_addf(&record, "%zu path=%s\n", strlen(rows[i]) + (strlen(rows[i]) < 2 ? 8 : 9), rows[i]);
		buf_clear(&b);
		tar_put(&b, 'x', "p", buf_str(&record));
		tar_put(&b, '0', "a", STR(""));
		assert_refused(&b, "path");
		buf_clear(&b);
		tar_put(&b, 'L', "p", (struct str){rows[i], strlen(rows[i]) + 1});
		tar_put(&b, '0', "a", STR(""));
		assert_refused(&b, "path");
	}
	CLEAN_BUF struct buf b = BUF_INIT(10000);
	tar_put(&b, '0', "", STR(""));
	assert_refused(&b, "empty");
	buf_clear(&b);
	tar_put(&b, 'x', "p", STR("10 path=a\0\n"));
	tar_put(&b, '0', "a", STR(""));
	assert_refused(&b, "length");
	buf_clear(&b);
	tar_put(&b, 'x', "p", (struct str){"12 path=a\0b\n", 12});
	tar_put(&b, '0', "a", STR(""));
	assert_refused(&b, "zero byte");
}

/* Components are counted, and their lengths. */
static void path_limits(void **state)
{
	(void)state;
	CLEAN_BUF struct buf path = BUF_INIT(10000);
	for (unsigned i = 0; i <= LIMIT_TREE_DEPTH; i++)
		buf_addf(&path, "%sa", i ? "/" : "");
	struct tar_member m = {.path = buf_str(&path)};
	struct valise_err err = {0};
	assert_int_equal(tar_member_check(&m, VALISE_E_BAD, &err), 0);
	buf_add_text(&path, "/a");
	m.path = buf_str(&path);
	assert_int_equal(tar_member_check(&m, VALISE_E_BAD, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "too deep"));

	buf_clear(&path);
	for (unsigned i = 0; i < LIMIT_PART_NAME_BYTES; i++)
		buf_add_char(&path, 'x');
	m.path = buf_str(&path);
	assert_int_equal(tar_member_check(&m, VALISE_E_BAD, &err), 0);
	buf_add_char(&path, 'x');
	m.path = buf_str(&path);
	assert_int_equal(tar_member_check(&m, VALISE_E_BAD, &err), VALISE_E_BAD);

	buf_clear(&path);
	for (unsigned i = 0; i < LIMIT_PATH_BYTES; i++)
		buf_add_char(&path, i % 200 == 199 ? '/' : 'x');
	m.path = buf_str(&path);
	assert_int_equal(tar_member_check(&m, VALISE_E_USAGE, &err), 0);
	buf_add_char(&path, 'x');
	m.path = buf_str(&path);
	assert_int_equal(tar_member_check(&m, VALISE_E_USAGE, &err), VALISE_E_USAGE);
	m.path = STR("a");
	m.bytes = LIMIT_BODY_BYTES + 1;
	assert_int_equal(tar_member_check(&m, VALISE_E_USAGE, &err), VALISE_E_USAGE);
}

static void links(void **state)
{
	(void)state;
	static const struct {
		const char *path, *target;
		bool sound;
	} rows[] = {
		{"part/l", "x", true},
		{"part/l", "x/y/z", true},
		{"part/l", "./x//y/", true},
		{"part/l", ".", true},
		{"part/l", "..", false},
		{"part/l", "../part/x", false},
		{"part/d/l", "..", true},
		{"part/d/l", "../x", true},
		{"part/d/l", ".././x", true},
		{"part/d/l", "../..", false},
		{"part/d/e/l", "../../x", true},
		{"part/d/e/l", "../../../x", false},
		{"part/l", "/etc/passwd", false},
		{"part/l", "/", false},
		/* Up after down: what it goes up from may be a link itself. */
		{"part/d/l", "x/../y", false},
		{"part/d/l", "x/..", false},
		{"part/l", "", false},
		{"l", "x", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct tar_member m = {
			.type = TAR_LINK, .path = str_of(rows[i].path), .target = str_of(rows[i].target)};
		if (tar_member_check(&m, VALISE_E_BAD, NULL) != (rows[i].sound ? 0 : VALISE_E_BAD))
			fail_msg("%s -> %s", rows[i].path, rows[i].target);
	}
	struct tar_member m = {.type = TAR_LINK, .path = STR("part/l"), .target = {"a\0b", 3}};
	assert_int_equal(tar_member_check(&m, VALISE_E_BAD, NULL), VALISE_E_BAD);
}

static void types(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		if (type && strchr("02xgLK", (int)type))
			continue;
		CLEAN_BUF struct buf b = BUF_INIT(10000);
		CLEAN_BUF struct buf got = BUF_INIT(10000);
		tar_put(&b, (char)type, "part", STR(""));
		if (type != 0 && type != '5')
			assert_refused(&b, "not taken");
		tar_put_end(&b);
		assert_int_equal(tar_list(buf_str(&b), 1000, &got, NULL), type == 0 || type == '5' ? 0 : VALISE_E_BAD);
	}
	CLEAN_BUF struct buf b = BUF_INIT(10000);
	tar_put(&b, '5', "part/", STR("data of a directory"));
	assert_refused(&b, "no file");
}

static void headers(void **state)
{
	(void)state;
	struct tar_header good = tar_header_by_hand('0', "a", "00000000000");
	CLEAN_BUF struct buf b = BUF_INIT(10000);
	buf_add(&b, &good, sizeof good);
	assert_refused(&b, "checksum");
	struct {
		size_t at, len;
		char bytes[13];
		const char *says;
	} rows[] = {
		{offsetof(struct tar_header, magic), 8, "\0\0\0\0\0\0\0", "neither"},
		{offsetof(struct tar_header, magic), 8,
		 "ustar\0"
		 "01",
		 "neither"},
		{offsetof(struct tar_header, magic), 8, "ustar 00", "neither"},
		{offsetof(struct tar_header, size), 12, "           ", "size"},
		{offsetof(struct tar_header, size), 12, "00000000008", "size"},
		{offsetof(struct tar_header, size), 12, "-0000000001", "size"},
		{offsetof(struct tar_header, size), 12, "0000000 001", "size"},
		{offsetof(struct tar_header, size), 12,
		 "0000000\0"
		 "0001",
		 "size"},
		{offsetof(struct tar_header, size), 12, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "size"},
		{offsetof(struct tar_header, size), 12, "\x80\0\0\0\x80\0\0\0\0\0\0\0", "size"},
		{offsetof(struct tar_header, size), 12, "\x80\0\0\1\0\0\0\0\0\0\0\0", "size"},
		{offsetof(struct tar_header, size), 12, "\x81\0\0\0\0\0\0\0\0\0\0\1", "size"},
		{offsetof(struct tar_header, size), 12, "\x80\0\0\0\x7f\0\0\0\0\0\0\0", "larger"},
		{offsetof(struct tar_header, size), 12, "777777777777", "cut off"},
		{offsetof(struct tar_header, mtime), 12, "1969", ""},
		{offsetof(struct tar_header, mode), 8, "rw-r--r", "mode"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct tar_header h = good;
		memcpy((char *)&h + rows[i].at, rows[i].bytes, rows[i].len);
		buf_clear(&b);
		tar_put_header(&b, h);
		if (rows[i].says[0] == 'c') { /* it is announced, but not there */
			CLEAN_BUF struct buf got = BUF_INIT(10000);
			assert_int_equal(tar_list(buf_str(&b), 1000, &got, NULL), VALISE_E_BAD);
			continue;
		}
		assert_refused(&b, rows[i].says);
	}
}

static void extensions(void **state)
{
	(void)state;
	static const struct {
		char type;
		struct str text;
		const char *says;
	} rows[] = {
		{'x', {"", 0}, "no number"},
		{'x', STR("9 path=b\n "), "length"},
		{'x', STR("8 path=b\n"), "length"},
		{'x', STR("11 path=b\n"), "length"},
		{'x', STR("09 path=b\n"), "length"},
		{'x', STR(" 9 path=b\n"), "length"},
		{'x', STR("+9 path=b\n"), "length"},
		{'x', STR("99999999999999999999999999 path=b\n"), "length"},
		{'x', STR("4 =\n"), "length"},
		{'x', STR("5 =b\n"), "no key"},
		{'x', STR("7 path\n"), "no key"},
		{'x', STR("8 path=\n"), "empty"},
		{'x', STR("9 path=b\n9 path=c\n"), "second time"},
		{'x', STR("9 size=0\n9 size=0\n"), "twice"},
		{'x', STR("11 size=00\n"), "size"},
		{'x', STR("11 size=-1\n"), "size"},
		{'x', STR("24 size=99999999999999\n"), "length"},
		{'x', STR("23 size=99999999999999\n"), "too large"},
		{'x', STR("9 mtime=\n"), "time"},
		{'x', STR("11 mtime=-\n"), "time"},
		{'x', STR("13 mtime=1.x\n"), "time"},
		{'x', STR("29 mtime=9223372036854775808\n"), "time"},
		{'x', STR("13 linkpath=\n"), "empty"},
		{'x', STR("14 linkpath=x\n"), "no link"},
		{'x', STR("22 GNU.sparse.major=1\n"), "GNU.sparse"},
		{'x', STR("28 SCHILY.acl.access=user::\n"), "SCHILY.acl"},
		{'x', STR("30 SCHILY.xattr.user.a=secret\n"), "SCHILY.xattr"},
		{'x', STR("11 pa\nth=b\n"), "pa\\x0ath"},
		{'g', STR("9 path=b\n"), "global"},
		{'g', STR("9 size=1\n"), "global"},
		{'g', STR("11 mtime=1\n"), "global"},
		{'L', STR("b"), "end where"},
		{'L', {"\0", 1}, "empty"},
		{'L', {"b\0c", 4}, "end where"},
		{'L', {"b\0\0", 3}, "end where"},
		{'K', {"b", 2}, "no link"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEAN_BUF struct buf b = BUF_INIT(10000);
		tar_put(&b, rows[i].type, "p", rows[i].text);
		tar_put(&b, '0', "a", STR(""));
		assert_refused(&b, rows[i].says);
	}
	/* Two that disagree, or that belong to no member. */
	CLEAN_BUF struct buf b = BUF_INIT(1u << 20);
	tar_put(&b, 'x', "p", STR("9 path=b\n"));
	tar_put(&b, 'x', "p", STR("11 mtime=1\n"));
	tar_put(&b, '0', "a", STR(""));
	assert_refused(&b, "second pax");
	buf_clear(&b);
	tar_put(&b, 'x', "p", STR("9 path=b\n"));
	tar_put(&b, 'L', "p", (struct str){"c", 2});
	tar_put(&b, '0', "a", STR(""));
	assert_refused(&b, "second time");
	buf_clear(&b);
	tar_put(&b, 'x', "p", STR("9 path=b\n"));
	assert_refused(&b, "no member");
	buf_clear(&b);
	CLEAN_FREE char *much = calloc(1, LIMIT_TAR_EXTENSION_BYTES + 1);
	assert_non_null(much);
	tar_put(&b, 'L', "p", (struct str){much, LIMIT_TAR_EXTENSION_BYTES + 1});
	tar_put(&b, '0', "a", STR(""));
	assert_refused(&b, "too long");
	memset(much, 'x', LIMIT_PATH_BYTES + 2);
	buf_clear(&b);
	tar_put(&b, 'L', "p", (struct str){much, LIMIT_PATH_BYTES + 3});
	tar_put(&b, '0', "a", STR(""));
	assert_refused(&b, "too long");
}

/* What other programs write, and we do not. */
static void spellings_of_others(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(1u << 20);
	struct tar_header h = tar_header_by_hand('0', "name", "     3 ");
	memcpy(h.prefix, "pre/fix", 7);
	memcpy(h.mode, "   755 ", 8);
	memcpy(h.mtime, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", 12);
	tar_put_header(&b, h);
	tar_put_padded(&b, "abc", 3);
	h = tar_header_by_hand('0', "gnu", "\x80\0\0\0\0\0\0\0\0\0\0");
	h.size[11] = 3;
	memcpy(h.magic, TAR_MAGIC_GNU, 8);
	memcpy(h.prefix, "00000000000", 12); /* GNU's atime */
	tar_put_header(&b, h);
	tar_put_padded(&b, "abc", 3);
	tar_put(&b, 'g', "pax_global_header", STR("12 comment=\n"));
	tar_put(&b, 'x', "p",
		STR("18 mtime=-1.50000\n13 ctime=4.5\n16 SCHILY.ino=1\n11 path=d/\n9 size=0\n21 hdrcharset=BINARY\n"));
	tar_put(&b, '5', "other", STR(""));
	tar_put(&b, 'K', "././@LongLink", (struct str){"elsewhere", 10});
	tar_put(&b, 'L', "././@LongLink", (struct str){"d/link", 7});
	tar_put(&b, '2', "x", STR(""));
	tar_put_end(&b);
	CLEAN_BUF struct buf got = BUF_INIT(10000);
	struct valise_err err = {0};
	if (tar_list(buf_str(&b), 1000, &got, &err))
		fail_msg("%s", err.text);
	assert_string_equal((char *)got.data, "f 0755 -2 3 0 512 pre/fix/name\n"
					      "f 0644 0 3 1024 1536 gnu\n"
					      "d 0755 -2 0 2048 4608 d\n"
					      "l 0777 0 0 4608 7168 d/link -> elsewhere\n");
}

static int sink_fails(void *context, const uint8_t *data, size_t len, struct valise_err *err)
{
	(void)data;
	(void)len;
	return --*(int *)context < 0 ? err_set(err, VALISE_E_FULL, "no room") : 0;
}

static int source_fails(void *context, const uint8_t **ret_data, size_t *ret_len, struct valise_err *err)
{
	(void)context;
	(void)ret_data;
	(void)ret_len;
	return err_set(err, VALISE_E_IO, "no luck");
}

/* Whatever the two ends say comes back unchanged. */
static void errors_of_others(void **state)
{
	(void)state;
	struct valise_err err = {0};
	for (int i = 0; i < 4; i++) {
		int left = i;
		CLEAN_TAR_WRITER struct tar_writer *w = NULL;
		assert_int_equal(tar_writer_new(sink_fails, &left, &w, NULL), 0);
		struct tar_member m = {.path = STR("a"), .bytes = 1};
		int r = tar_write_member(w, &m, &err);
		if (!r)
			r = tar_write_data(w, (const uint8_t *)"x", 1, &err);
		if (!r)
			r = tar_write_end(w, &err);
		assert_int_equal(r, VALISE_E_FULL);
		assert_string_equal(err.text, "no room");
	}
	CLEAN_TAR_READER struct tar_reader *r = NULL;
	assert_int_equal(tar_reader_new(source_fails, NULL, &r, NULL), 0);
	struct tar_member m;
	bool end;
	assert_int_equal(tar_read_member(r, &m, &end, &err), VALISE_E_IO);
	assert_string_equal(err.text, "no luck");

	CLEAN_BUF struct buf tar = BUF_INIT(10000);
	CLEAN_TAR_WRITER struct tar_writer *w = NULL;
	assert_int_equal(tar_writer_new(tar_to_buf, &tar, &w, NULL), 0);
	m = (struct tar_member){.path = STR("../a")};
	assert_int_equal(tar_write_member(w, &m, &err), VALISE_E_USAGE);
	m = (struct tar_member){.path = STR("a"), .bytes = 2};
	assert_int_equal(tar_write_member(w, &m, &err), 0);
	assert_int_equal(tar_write_data(w, (const uint8_t *)"xyz", 3, &err), VALISE_E_USAGE);
	assert_int_equal(tar_write_data(w, (const uint8_t *)"x", 1, &err), 0);
	assert_int_equal(tar_write_flush(w, &err), VALISE_E_USAGE);
	assert_int_equal(tar_write_member(w, &m, &err), VALISE_E_USAGE);
	assert_int_equal(tar_write_end(w, &err), VALISE_E_USAGE);
}

/* Larger than octal can say: the size and times go into the pax header. */
static void huge_file(void **state)
{
	(void)state;
	CLEAN_BUF struct buf tar = BUF_INIT(10000);
	CLEAN_TAR_WRITER struct tar_writer *w = NULL;
	assert_int_equal(tar_writer_new(tar_to_buf, &tar, &w, NULL), 0);
	struct tar_member m = {.path = STR("a"), .bytes = LIMIT_BODY_BYTES};
	assert_int_equal(tar_write_member(w, &m, NULL), 0);
	assert_int_equal(tar_writer_offset(w), 3 * TAR_BLOCK_BYTES);
	struct tar_bytes bytes = {buf_str(&tar), 100};
	CLEAN_TAR_READER struct tar_reader *r = NULL;
	assert_int_equal(tar_reader_new(tar_from_bytes, &bytes, &r, NULL), 0);
	bool end = true;
	m.bytes = 0;
	assert_int_equal(tar_read_member(r, &m, &end, NULL), 0);
	assert_int_equal(m.bytes, LIMIT_BODY_BYTES);
	assert_false(end);
	assert_int_equal(tar_read_member(r, &m, &end, NULL), VALISE_E_BAD);
}

static int write_and_read(struct str path, struct valise_err *err)
{
	CLEAN_BUF struct buf tar = BUF_INIT(1u << 20);
	CLEAN_TAR_WRITER struct tar_writer *w = NULL;
	CLEAN_TAR_READER struct tar_reader *r = NULL;
	struct tar_member m = {.type = TAR_LINK, .path = path, .target = path};
	bool end = false;
	int e = tar_writer_new(tar_to_buf, &tar, &w, err);
	if (!e)
		e = tar_write_member(w, &m, err);
	if (!e)
		e = tar_write_end(w, err);
	struct tar_bytes bytes = {buf_str(&tar), 100};
	if (!e)
		e = tar_reader_new(tar_from_bytes, &bytes, &r, err);
	if (!e)
		e = tar_read_member(r, &m, &end, err);
	assert_true(e || (!end && str_eq(m.path, path)));
	return e ? e : tar_read_member(r, &m, &end, err);
}

static void without_memory(void **state)
{
	(void)state;
	failing_in_turn(write_and_read, (struct str){long_name, MANY});
	failing_in_turn(write_and_read, STR("d/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_comes_back),
		cmocka_unit_test(ends),
		cmocka_unit_test(paths),
		cmocka_unit_test(path_limits),
		cmocka_unit_test(links),
		cmocka_unit_test(types),
		cmocka_unit_test(headers),
		cmocka_unit_test(extensions),
		cmocka_unit_test(spellings_of_others),
		cmocka_unit_test(errors_of_others),
		cmocka_unit_test(huge_file),
		cmocka_unit_test(without_memory),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
