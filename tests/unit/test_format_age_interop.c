/* SPDX-License-Identifier: Apache-2.0 */
/* With the public tools: what we seal `age` opens, what `age` seals we open, and keys are the same text on both sides. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "format/age.h"

#define PASSPHRASE "a passphrase of several words"

static char dir_name[] = "/tmp/valise-age-XXXXXX";
static int dir = -1;

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072};
#define N_SIZES (sizeof sizes / sizeof sizes[0])

/* Runs a program in the test's directory, what it prints in the file "got"; its exit status. */
static int run(const char *const argv[])
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int out = openat(dir, "got", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (out >= 0 && dup2(out, STDOUT_FILENO) >= 0 && fchdir(dir) == 0)
			execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The same on a terminal of its own, where it is given `answer` at each of its prompts. */
static int run_on_terminal(const char *const argv[], const char *answer, int prompts)
{
	CLEAN_CLOSE int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	char slave_name[64];
	assert_int_equal(ptsname_r(master, slave_name, sizeof slave_name), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* The first terminal that a leader of its own opens is the one it is asked on. */
		if (fchdir(dir) == 0 && setsid() > 0 && open(slave_name, O_RDWR) >= 0)
			execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	char shown[4096];
	struct pollfd p = {.fd = master, .events = POLLIN};
	while (poll(&p, 1, 60000) > 0) {
		ssize_t n = read(master, shown, sizeof shown);
		if (n <= 0)
			break;
		if (prompts > 0 && memchr(shown, ':', (size_t)n)) {
			assert_int_equal(write(master, answer, strlen(answer)), strlen(answer));
			assert_int_equal(write(master, "\n", 1), 1);
			prompts--;
		}
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(prompts, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void put(const char *name, const void *data, size_t len)
{
	assert_int_equal(file_write_new(dir, name, 0600, data, len, true, NULL), 0);
}

static void get(const char *name, struct buf *ret)
{
	buf_clear(ret);
	assert_int_equal(file_read_all(dir, name, ret, NULL), 0);
}

static const uint8_t *fresh(void)
{
	static uint8_t bytes[AGE_RANDOM_BYTES(3)];
	assert_int_equal(random_fill(bytes, sizeof bytes, NULL), 0);
	return bytes;
}

static char plain[131072];

/* Keys that age-keygen makes: key0, key1, key2. */
static struct age_identity ids[3];
static struct age_recipient to[3];

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (char)(i * 7 + i / 253);
	if (!mkdtemp(dir_name) || (dir = open(dir_name, O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	if (RUN("age-keygen", "-o", "key0") || RUN("age", "--version"))
		return 0; /* each test says that it is skipped */
	for (size_t i = 0; i < 3; i++) {
		char name[] = {'k', 'e', 'y', (char)('0' + i), 0};
		CLEAN_BUF struct buf text = BUF_INIT(4096);
		size_t n;
		if (i > 0 && RUN("age-keygen", "-o", name))
			return -1;
		get(name, &text);
		if (age_identity_file(buf_str(&text), &ids[i], 1, &n, NULL))
			return -1;
		memcpy(to[i].point, ids[i].point, sizeof to[i].point);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)close(dir);
	return file_remove_tree(AT_FDCWD, dir_name, NULL);
}

static void need_age(void)
{
	static const struct age_recipient none;
	if (memcmp(&to[2], &none, sizeof none) == 0) {
		printf("# SKIPPED: age and age-keygen are not installed (apt-get install age)\n");
		skip();
	}
}

static void keys_are_the_same_text(void **state)
{
	(void)state;
	need_age();
	CLEAN_BUF struct buf theirs = BUF_INIT(4096);
	CLEAN_BUF struct buf ours = BUF_INIT(4096);
	assert_int_equal(RUN("age-keygen", "-y", "key1"), 0);
	get("got", &theirs);
	age_recipient_write(&ours, &to[1]);
	buf_add_char(&ours, '\n');
	assert_string_equal((char *)ours.data, (char *)theirs.data);
	/* And back: a key that we make, with the recipient that age-keygen sees in it. */
	uint8_t secret[32];
	struct age_identity i;
	assert_int_equal(random_fill(secret, sizeof secret, NULL), 0);
	assert_int_equal(age_identity_x25519(secret, &i, NULL), 0);
	buf_clear(&ours);
	age_identity_write(&ours, secret);
	put("ours", ours.data, ours.len);
	assert_int_equal(RUN("age-keygen", "-y", "ours"), 0);
	get("got", &theirs);
	struct age_recipient r;
	assert_true(age_recipient_parse((struct str){(char *)theirs.data, theirs.len - 1}, &r));
	assert_memory_equal(r.point, i.point, 32);
}

static void age_opens_ours(void **state)
{
	(void)state;
	need_age();
	for (size_t i = 0; i < N_SIZES; i++) {
		CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
		CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
		assert_int_equal(age_file_seal((struct str){plain, sizes[i]}, to, 3, fresh(), &file, NULL), 0);
		put("ours.age", file.data, file.len);
		for (char k = '0'; k <= '2'; k++) {
			char key[] = {'k', 'e', 'y', k, 0};
			assert_int_equal(RUN("age", "-d", "-i", key, "ours.age"), 0);
			get("got", &got);
			assert_int_equal(got.len, sizes[i]);
			assert_true(got.len == 0 || memcmp(got.data, plain, got.len) == 0);
		}
	}
}

static void we_open_ages(void **state)
{
	(void)state;
	need_age();
	CLEAN_BUF struct buf r = BUF_INIT(1000);
	for (size_t i = 0; i < 3; i++) {
		age_recipient_write(&r, &to[i]);
		buf_add_char(&r, '\n');
	}
	put("recipients", r.data, r.len);
	for (size_t i = 0; i < N_SIZES; i++) {
		put("plain", plain, sizes[i]);
		assert_int_equal(RUN("age", "-R", "recipients", "-o", "theirs.age", "plain"), 0);
		CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
		get("theirs.age", &file);
		for (size_t k = 0; k < 3; k++) {
			CLEAN_BUF struct buf got = BUF_INIT(sizes[i]);
			assert_int_equal(age_file_open(file.data, file.len, &ids[k], 1, &got, NULL, NULL), 0);
			assert_int_equal(got.len, sizes[i]);
			assert_true(got.len == 0 || memcmp(got.data, plain, got.len) == 0);
		}
	}
}

static void passphrases_both_ways(void **state)
{
	(void)state;
	need_age();
	struct age_identity right = {.type = AGE_PASSPHRASE, .passphrase = STR(PASSPHRASE)};
	CLEAN_BUF struct buf file = BUF_INIT(1u << 20);
	CLEAN_BUF struct buf got = BUF_INIT(1u << 20);
	put("plain", plain, 1000);
	const char *const seal[] = {"age", "-p", "-o", "locked.age", "plain", NULL};
	assert_int_equal(run_on_terminal(seal, PASSPHRASE, 2), 0);
	get("locked.age", &file);
	assert_int_equal(age_file_open(file.data, file.len, &right, 1, &got, NULL, NULL), 0);
	assert_int_equal(got.len, 1000);
	assert_memory_equal(got.data, plain, 1000);

	buf_clear(&file);
	assert_int_equal(
		age_file_seal_passphrase((struct str){plain, 65537}, STR(PASSPHRASE), 15, fresh(), &file, NULL), 0);
	put("ours-locked.age", file.data, file.len);
	const char *const open_it[] = {"age", "-d", "-o", "unlocked", "ours-locked.age", NULL};
	assert_int_equal(run_on_terminal(open_it, PASSPHRASE, 1), 0);
	get("unlocked", &got);
	assert_int_equal(got.len, 65537);
	assert_memory_equal(got.data, plain, 65537);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_the_same_text),
		cmocka_unit_test(age_opens_ours),
		cmocka_unit_test(we_open_ages),
		cmocka_unit_test(passphrases_both_ways),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
