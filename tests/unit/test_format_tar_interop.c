/* SPDX-License-Identifier: Apache-2.0 */
/* With GNU tar: ours lists and extracts there, and what it makes is read here, or refused as it should be. */
#include "tar_bytes.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "base/file.h"

static char dir_name[] = "/tmp/valise-tar-XXXXXX";
static int dir = -1;

/* Runs a shell's line in the test's directory, in the C locale; its exit status. */
static int shell(const char *line)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (fchdir(dir) == 0 && setenv("LC_ALL", "C", 1) == 0 && setenv("TZ", "UTC", 1) == 0)
			execl("/bin/sh", "sh", "-ec", line, (char *)NULL);
		_exit(127);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir_name) || (dir = open(dir_name, O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)close(dir);
	return file_remove_tree(AT_FDCWD, dir_name, NULL);
}

static void need_gnu_tar(void)
{
	if (shell("tar --version | grep -q 'GNU tar'")) {
		printf("# SKIPPED: tar is not GNU's here\n");
		skip();
	}
}

static void get(const char *name, struct buf *ret)
{
	buf_clear(ret);
	assert_int_equal(file_read_all(dir, name, ret, NULL), 0);
}

static void put(struct tar_writer *w, enum tar_type type, struct str path, struct str text)
{
	struct tar_member m = {.type = type, .path = path, .mode = 0755, .mtime_s = 1700000000};
	if (type == TAR_LINK)
		m.target = text;
	else
		m.bytes = text.len;
	assert_int_equal(tar_write_member(w, &m, NULL), 0);
	if (m.bytes)
		assert_int_equal(tar_write_data(w, (const uint8_t *)text.at, text.len, NULL), 0);
}

/* A path of 280 bytes in directories of `c`. */
static struct str long_path(char c, char *room)
{
	memset(room, c, 280);
	for (size_t i = 69; i < 280; i += 70)
		room[i] = '/';
	room[279] = c;
	return (struct str){room, 280};
}

static void gnu_tar_extracts_ours(void **state)
{
	(void)state;
	need_gnu_tar();
	char room[280];
	CLEAN_BUF struct buf tar = BUF_INIT(1u << 20);
	CLEAN_TAR_WRITER struct tar_writer *w = NULL;
	assert_int_equal(tar_writer_new(tar_to_buf, &tar, &w, NULL), 0);
	put(w, TAR_FILE, STR("plain"), STR("text\n"));
	put(w, TAR_FILE, STR("new\nline \xff caf\xc3\xa9"), STR("odd\n"));
	put(w, TAR_DIR, STR("d"), STR(""));
	put(w, TAR_DIR, STR("d/e"), STR(""));
	put(w, TAR_LINK, STR("d/e/link"), STR("../caf\xc3\xa9"));
	put(w, TAR_FILE, STR("empty"), STR(""));
	put(w, TAR_FILE, long_path('f', room), STR("far\n"));
	room[100] = '\n';
	room[101] = (char)0xff;
	put(w, TAR_FILE, (struct str){room, 280}, STR("far and odd\n"));
	put(w, TAR_LINK, STR("d/far"), (struct str){room, 280});
	assert_int_equal(tar_write_end(w, NULL), 0);
	/* As a body is: filled up to its Padmé size. */
	for (uint64_t zeros = padme_bytes(tar.len + 3000) - tar.len; zeros > 0; zeros--)
		buf_add_char(&tar, 0);
	assert_int_equal(file_write_new(dir, "ours.tar", 0600, tar.data, tar.len, true, NULL), 0);
	assert_int_equal(shell("mkdir out; tar xif ours.tar -C out 2>warned; test ! -s warned"), 0);
	assert_int_equal(shell("tar tif ours.tar 2>&1 >/dev/null | cmp - /dev/null"), 0);
	assert_int_equal(shell("cd out; test \"$(cat plain)\" = text; test -x plain; test ! -s empty; test -d d"), 0);
	assert_int_equal(shell("cd out; test \"$(cat \"$(printf 'new\\nline \\377 caf\\303\\251')\")\" = odd"), 0);
	assert_int_equal(shell("cd out; test \"$(readlink d/e/link)\" = \"$(printf '../caf\\303\\251')\""), 0);
	assert_int_equal(shell("cd out; test \"$(stat -c %Y plain)\" = 1700000000"), 0);
	assert_int_equal(shell("cd out; test \"$(cat fff*/f*/f*/f* | sort | tr '\\n' ,)\" = 'far,far and odd,'"), 0);
	assert_int_equal(shell("cd out; test \"$(readlink d/far | wc -c)\" = 281"), 0);
}

/* The lines that tar_list makes, without the offsets, sorted as tar was told. */
static void list_of(const char *name, struct buf *ret)
{
	CLEAN_BUF struct buf tar = BUF_INIT(1u << 22);
	CLEAN_BUF struct buf list = BUF_INIT(1u << 20);
	struct valise_err err = {0};
	get(name, &tar);
	if (tar_list(buf_str(&tar), 10240, &list, &err))
		fail_msg("%s: %s", name, err.text);
	char *line = (char *)list.data;
	while (line && *line) {
		/* TYPE MODE MTIME BYTES | HEADER DATA | PATH */
		char *word = line;
		for (int i = 0; i < 4; i++)
			word = strchr(word, ' ') + 1;
		char *path = strchr(strchr(word, ' ') + 1, ' ') + 1;
		char *end = strchr(path, '\n');
		buf_add(ret, line, (size_t)(word - line));
		buf_add(ret, path, (size_t)(end + 1 - path));
		line = end + 1;
	}
}

static void what_gnu_tar_makes_is_read(void **state)
{
	(void)state;
	need_gnu_tar();
	char room[281] = {0};
	char line[2000];
	long_path('g', room);
	assert_int_equal(shell("umask 022; mkdir -p in/d/e; printf 'text' >in/a; printf x >in/d/x; chmod 700 in/d/x; "
			       "dd if=/dev/zero of=in/exact bs=512 count=3 2>/dev/null; : >in/empty; "
			       "ln -s ../x in/d/e/up; ln -s x in/d/l; printf odd >\"$(printf 'in/new\\nline \\377')\"; "
			       "find in -exec touch -h -d @1700000000 {} +"),
			 0);
	assert_true(snprintf(line, sizeof line,
			     "mkdir -p in/$(dirname %s); printf far >in/%s; ln -s $(basename %s) in/d/long; "
			     "find in -exec touch -h -d @1700000000 {} +",
			     room, room, room) < (int)sizeof line);
	assert_int_equal(shell(line), 0);
	static const char *const formats[] = {"gnu", "pax", "posix", "ustar", "oldgnu"};
	CLEAN_BUF struct buf first = BUF_INIT(1u << 20);
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		bool is_ustar = strcmp(formats[i], "ustar") == 0;
		assert_true(snprintf(line, sizeof line, "cd in; tar --format=%s --sort=name %s -cf ../made.tar *",
				     formats[i], is_ustar ? "--exclude='ggg*' --exclude=long" : "") < (int)sizeof line);
		assert_int_equal(shell(line), 0);
		CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
		list_of("made.tar", &got);
		if (i == 0) {
			buf_add_str(&first, buf_str(&got));
			assert_non_null(strstr((char *)got.data, "f 0644 1700000000 4 a\n"));
			assert_non_null(strstr((char *)got.data, "f 0755 1700000000 1 d/x\n"));
			assert_non_null(strstr((char *)got.data, "l 0777 1700000000 0 d/e/up -> ../x\n"));
			assert_non_null(strstr((char *)got.data, "f 0644 1700000000 3 new\\x0aline \\xff\n"));
			assert_non_null(strstr((char *)got.data, room));
		} else if (!is_ustar) {
			assert_string_equal((char *)got.data, (char *)first.data);
		} else {
			assert_non_null(strstr((char *)got.data, "l 0777 1700000000 0 d/e/up -> ../x\n"));
			assert_non_null(strstr((char *)got.data, "f 0644 1700000000 1536 exact\n"));
		}
	}
}

static void what_is_refused_of_gnu_tars(void **state)
{
	(void)state;
	need_gnu_tar();
	static const struct {
		const char *line;
		const char *says;
	} rows[] = {
		{"mkdir h; echo a >h/a; ln h/a h/b; tar cf bad.tar h", "hard link"},
		{"mkdir s; truncate -s 1M s/a; tar --format=gnu -Scf bad.tar s", "sparse"},
		{"mkdir -p s; truncate -s 1M s/a; tar --format=pax -Scf bad.tar s", "GNU.sparse"},
		{"mkdir p; mkfifo p/a; tar cf bad.tar p", "FIFO"},
		{"echo a >abs; tar -Pcf bad.tar \"$PWD/abs\" 2>/dev/null", "absolute"},
		{"mkdir -p x; echo a >up; cd x; tar -Pcf ../bad.tar ../up", "\"..\""},
		{"mkdir -p dot; echo a >dot/a; tar -C dot -cf bad.tar ./a", "\".\""},
		{"mkdir v; echo a >v/a; tar --format=v7 -cf bad.tar v", "neither"},
		{"mkdir l; ln -s /etc/passwd l/a; tar cf bad.tar l", "leaves"},
		{"mkdir m; ln -s ../../x m/a; tar cf bad.tar m", "leaves"},
		{"mkdir i; echo a >i/a; tar --listed-incremental=state -cf bad.tar i", "not taken"},
		{"echo a >v1; tar -V label -cf bad.tar v1", "neither"},
		{"mkdir g; echo a >g/a; tar --format=pax --pax-option=path=b -cf bad.tar g/a", "global"},
		{"mkdir c; echo a >c/a; echo b >c/b; tar cf bad.tar c/a; tar cf more.tar c/b; cat more.tar >>bad.tar",
		 "other than zeros"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CLEAN_BUF struct buf tar = BUF_INIT(1u << 22);
		CLEAN_BUF struct buf list = BUF_INIT(1u << 20);
		struct valise_err err = {0};
		if (shell(rows[i].line))
			fail_msg("GNU tar failed: %s", rows[i].line);
		get("bad.tar", &tar);
		int r = tar_list(buf_str(&tar), 10240, &list, &err);
		if (r != VALISE_E_BAD || !strstr(err.text, rows[i].says))
			fail_msg("%s: expected \"%s\", got %d: %s", rows[i].line, rows[i].says, r, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gnu_tar_extracts_ours),
		cmocka_unit_test(what_gnu_tar_makes_is_read),
		cmocka_unit_test(what_is_refused_of_gnu_tars),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
