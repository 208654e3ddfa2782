/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of a spool when its writer dies at any step, when disks fail or are full, and when two write at once. */
#include "disk_calls.h"
#include "spool_kit.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "spool/inside.h"

#define MIB (1024u * 1024)
#define NOT_PERMITTED 77

/* ---- A day's work, which may be done twice ---- */

struct work {
	struct kit_body sealed, taken; /* one made here, one from elsewhere */
	struct verified_seal *letter;
	struct verified_statement *received;
	struct exhibit_row exhibit; /* the bytes of the first body */
	struct verified_report *report;
};
static struct work work;
#define KEY_NAME "0123456789abcdef0123456789abcdef"

static int prepare(void **state)
{
	(void)state;
	kit_body(1, 200000, &work.sealed);
	kit_body(2, 2 * MIB + 17, &work.taken);
	work.letter = kit_seal(&(struct kit_letter){.n = 1, .body = work.taken.root, .body_bytes = work.taken.len});
	work.received = kit_statement(&work.letter->note.id, 4, 1);
	work.exhibit = (struct exhibit_row){.bytes = work.sealed.len, .name = STR("scan")};
	digest_once(work.sealed.bytes, work.sealed.len, &work.exhibit.id);
	work.report = kit_report(&work.letter->note.id, 4, 1);
	return 0;
}

static int tidy(void **state)
{
	(void)state;
	kit_body_free(&work.sealed);
	kit_body_free(&work.taken);
	verified_seal_free(work.letter);
	verified_statement_free(work.received);
	verified_report_free(work.report);
	return 0;
}

static void make_file(struct spool *s, struct newfile *ret)
{
	struct valise_err err = {0};
	OK(err, newfile_begin(spool_tmpfd(s), 0600, ret, &err));
	OK(err, file_pwrite_all(ret->fd, work.sealed.bytes, work.sealed.len, 0, "bytes", &err));
}

static void put_sealed(struct spool *s)
{
	struct valise_err err = {0};
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	make_file(s, &nf);
	kit_begin(s);
	OK(err, body_put_file(s, &work.sealed.root, work.sealed.len, &nf, kit_tally(&work.sealed), &err));
	kit_commit(s);
}

static void put_exhibit(struct spool *s)
{
	struct valise_err err = {0};
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	make_file(s, &nf);
	kit_begin(s);
	OK(err, exhibit_put(s, &work.exhibit, &nf, NULL, &err));
	kit_commit(s);
}

static void take_in(struct spool *s)
{
	struct valise_err err = {0};
	struct body_intake *in = NULL;
	int r = body_intake_begin(s, &work.taken.root, kit_tally(&work.taken), &in, &err);
	if (r == VALISE_E_EXISTS)
		return;
	OK(err, r);
	for (size_t i = 0; i < work.taken.n_pieces; i++) {
		if (body_intake_has(in, i))
			continue;
		OK(err, body_intake_piece(in, i, work.taken.bytes + i * MIB, kit_piece_bytes(&work.taken, i), &err));
		OK(err, body_intake_sync(in, &err));
	}
	kit_begin(s);
	OK(err, body_intake_finish(in, &err));
	kit_commit(s);
	body_intake_free(in);
}

static void do_work(const char *dir)
{
	struct valise_err err = {0};
	struct spool *s = NULL;
	int r = spool_create(dir, &s, &err);
	if (r == VALISE_E_EXISTS)
		r = spool_open(dir, SPOOL_WRITE, &s, &err);
	OK(err, r);
	OK(err, key_file_put(s, KEY_NAME, STR("a key"), &err));
	kit_begin(s);
	OK(err, letter_put(s, work.letter, false, NULL, &err));
	OK(err, cover_put(s, &work.letter->note.id, KIT_COVER, &err));
	kit_commit(s);
	put_sealed(s);
	take_in(s);
	kit_begin(s);
	OK(err, statement_put(s, work.received, NULL, &err));
	kit_commit(s);
	put_exhibit(s);
	kit_begin(s);
	OK(err, report_put(s, work.report, NULL, &err));
	kit_commit(s);
	spool_close(s);
}

/* Whatever was cut off: nothing is broken, and nothing was said of bytes that are not here. */
static void look_at_ruins(const char *dir, size_t at)
{
	struct valise_err err = {0};
	struct spool *s = NULL;
	int r = spool_open(dir, SPOOL_READ, &s, &err);
	if (r == VALISE_E_NO_OFFICE)
		return;
	if (r)
		fail_msg("after step %zu: %s", at, err.text);
	struct letter_row row = {.has_body = false};
	bool says = false;
	uint64_t reports = 0;
	assert_int_equal(note_has(s, &work.received->note.id, &says, &err), 0);
	assert_int_equal(report_last_nth(s, &work.report->r.letter, &work.report->r.by, &reports, &err), 0);
	assert_true(!reports || kit_exhibit_is_whole(s, &work.exhibit));
	if (letter_row(s, &work.letter->note.id, &row, &err) == 0) {
		assert_true(row.has_cover); /* of one transaction with it */
		assert_true(!row.has_body || kit_body_is_whole(s, &work.taken));
	}
	if (says)
		assert_true(row.has_body && kit_body_is_whole(s, &work.taken));
	struct kit_findings f = kit_check(s, false);
	if (f.n_broken)
		fail_msg("after step %zu: %s", at, f.text);
	spool_close(s);
}

static void look_at_work_done(const char *dir)
{
	CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
	struct valise_err err = {0};
	CLEAN_BUF struct buf key = BUF_INIT(100);
	bool says = false;
	assert_true(kit_body_is_whole(s, &work.sealed) && kit_body_is_whole(s, &work.taken) &&
		    kit_exhibit_is_whole(s, &work.exhibit));
	assert_int_equal(note_has(s, &work.received->note.id, &says, &err), 0);
	assert_true(says);
	assert_int_equal(key_file_get(s, KEY_NAME, &key, &err), 0);
	assert_true(str_eq(buf_str(&key), STR("a key")));
	/* What the kill left goes, and then there is nothing to say. */
	assert_int_equal(kit_check(s, true).n_broken, 0);
	struct kit_findings f = kit_check(s, false);
	if (f.n)
		fail_msg("left over: %s", f.text);
}

static void dies_at_every_step(void **state)
{
	const char *dir = kit_dir(*state);
	size_t at = 0;
	int status = -1;
	do {
		struct valise_err err = {0};
		if (++at > 2000)
			fail_msg("no end of steps");
		pid_t child = fork();
		if (child == 0) {
			steps = 0;
			dying_step = at;
			do_work(dir);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 137 || WEXITSTATUS(status) == 0));
		if (access(dir, F_OK) == 0)
			look_at_ruins(dir, at);
		do_work(dir);
		look_at_work_done(dir);
		OK(err, file_remove_tree(AT_FDCWD, dir, &err));
	} while (WEXITSTATUS(status) == 137);
	/* All of them were seen: files and rows alike. */
	assert_true(at > 40);
	(void)fprintf(stderr, "died at %zu steps\n", at - 1);
}

/* A real signal, at no step in particular. */
static void is_killed_at_any_time(void **state)
{
	const char *dir = kit_dir(*state);
	spool_close(kit_create(dir));
	for (unsigned round = 0; round < 40; round++) {
		pid_t child = fork();
		if (child == 0) {
			CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
			for (uint64_t n = round * 100000; true; n++)
				(void)kit_put_letter(s, &(struct kit_letter){.n = n, .is_paper = true});
		}
		(void)usleep(2000 + round * 997);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		CLEAN_SPOOL struct spool *s = kit_open(dir, round % 2 ? SPOOL_READ : SPOOL_WRITE);
		assert_int_equal(kit_check(s, false).n, 0);
	}
}

/* ---- Bytes first ---- */

/* The first call of that kind on a path that has `part`, from `from` on. */
static const char *find_call(const char *from, enum call what, const char *part)
{
	for (const char *line = from; line && *line; line = strchr(line, '\n') + 1) {
		size_t len = strcspn(line, "\n");
		if (line[0] == (char)what && memmem(line, len, part, strlen(part)))
			return line + len;
	}
	fail_msg("no call '%c' on %s after the one before it, in:\n%s", what, part, from);
	return NULL;
}

static void start_trace(void)
{
	trace[0] = '\0';
	tracing = true;
}

static void bytes_are_durable_before_their_rows(void **state)
{
	const char *dir = kit_dir(*state);
	struct spool *s = kit_create(dir);
	struct hash_hex sealed = hash_hex(&work.sealed.root);
	struct hash_hex taken = hash_hex(&work.taken.root);
	char room[32], path[4096];

	start_trace();
	put_sealed(s);
	tracing = false;
	(void)snprintf(room, sizeof room, "bodies/%.2s", sealed.text);
	const char *at = find_call(trace, CALL_DIR, "");
	at = find_call(at, CALL_SYNC, "/bodies"); /* the new bodies/ab itself */
	at = find_call(at, CALL_SYNC, "/tmp/");   /* the body, which has no name yet */
	at = find_call(at, CALL_NAME, sealed.text);
	at = find_call(at, CALL_SYNC, room);
	at = find_call(at, CALL_WRITE, "valise.db-wal"); /* its row */
	(void)find_call(at, CALL_SYNC, "valise.db-wal");

	/* Whoever made this room was killed before it was synced. */
	struct hash_hex exhibit = hash_hex(&work.exhibit.id);
	(void)snprintf(room, sizeof room, "exhibits/%.2s", exhibit.text);
	(void)snprintf(path, sizeof path, "%s/%s", dir, room);
	assert_int_equal(mkdir(path, 0700), 0);
	start_trace();
	put_exhibit(s);
	tracing = false;
	at = find_call(trace, CALL_SYNC, "/exhibits");
	at = find_call(at, CALL_SYNC, "/tmp/");
	at = find_call(at, CALL_NAME, exhibit.text);
	at = find_call(at, CALL_SYNC, room);
	at = find_call(at, CALL_WRITE, "valise.db-wal");
	(void)find_call(at, CALL_SYNC, "valise.db-wal");

	start_trace();
	take_in(s);
	tracing = false;
	(void)snprintf(room, sizeof room, "bodies/%.2s", taken.text);
	at = find_call(trace, CALL_SYNC, "/partial"); /* the name of the partial file */
	for (size_t i = 0; i < work.taken.n_pieces; i++) {
		at = find_call(at, CALL_WRITE, taken.text);
		at = find_call(at, CALL_SYNC, taken.text);
		at = find_call(at, CALL_WRITE, "valise.db-wal"); /* the piece's row */
		at = find_call(at, CALL_SYNC, "valise.db-wal");
	}
	at = find_call(at, CALL_SYNC, taken.text); /* with its mode */
	at = find_call(at, CALL_NAME, taken.text);
	at = find_call(at, CALL_SYNC, room);
	at = find_call(at, CALL_SYNC, "/partial");
	at = find_call(at, CALL_WRITE, "valise.db-wal");
	(void)find_call(at, CALL_SYNC, "valise.db-wal");
	spool_close(s);
}

/* And the transaction after it is durable again. */
static void only_forgetting_an_opening_waits_for_no_disk(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	for (int round = 0; round < 2; round++) {
		start_trace();
		kit_begin(s);
		OK(err, opening_put(s, STR("/a"), &err));
		kit_commit(s);
		tracing = false;
		(void)find_call(find_call(trace, CALL_WRITE, "valise.db-wal"), CALL_SYNC, "valise.db-wal");
		start_trace();
		OK(err, opening_remove(s, STR("/a"), &err));
		tracing = false;
		(void)find_call(trace, CALL_WRITE, "valise.db-wal");
		assert_null(strstr(trace, "s /"));
	}
}

static void a_sync_that_fails_counts_nothing(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct body_intake *in = NULL;
	OK(err, body_intake_begin(s, &work.taken.root, kit_tally(&work.taken), &in, &err));
	OK(err, body_intake_piece(in, 0, work.taken.bytes, MIB, &err));
	failing_part = "/partial/";
	failing_errno = EIO;
	assert_int_equal(body_intake_sync(in, &err), VALISE_E_IO);
	assert_int_equal(failing_errno, 0);
	/* Asked again, the system would say yes; the pages may be gone. */
	OK(err, body_intake_sync(in, &err));
	assert_int_equal(body_intake_missing(in), work.taken.n_pieces);
	for (size_t i = 0; i < work.taken.n_pieces; i++)
		OK(err, body_intake_piece(in, i, work.taken.bytes + i * MIB, kit_piece_bytes(&work.taken, i), &err));
	/* The row does not get through: the bytes stay, the pieces count the next time. */
	failing_part = "valise.db-wal";
	failing_errno = EIO;
	assert_int_equal(body_intake_sync(in, &err), VALISE_E_IO);
	assert_int_equal(body_intake_missing(in), work.taken.n_pieces);
	OK(err, body_intake_sync(in, &err));
	assert_int_equal(body_intake_missing(in), 0);
	/* Each sync of the finish in turn. */
	static const char *const parts[] = {"/partial/", "/bodies", "/partial"};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		failing_part = parts[i];
		failing_errno = EIO;
		kit_begin(s);
		assert_int_equal(body_intake_finish(in, &err), VALISE_E_IO);
		assert_int_equal(failing_errno, 0);
		spool_rollback(s);
	}
	kit_begin(s);
	OK(err, body_intake_finish(in, &err));
	failing_part = "valise.db-wal";
	failing_errno = EIO;
	assert_int_equal(spool_commit(s, &err), VALISE_E_IO);
	bool has = true;
	OK(err, body_has(s, &work.taken.root, &has, &err));
	assert_false(has);
	body_intake_free(in);
	take_in(s);
	assert_true(kit_body_is_whole(s, &work.taken));
	assert_int_equal(kit_check(s, false).n, 0);
}

/* ---- Two at once ---- */

#define ROWS_EACH 1000

static void write_rows(const char *dir, uint64_t first)
{
	CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
	for (uint64_t n = first; n < first + ROWS_EACH; n++)
		(void)kit_put_letter(s, &(struct kit_letter){.n = n, .is_paper = true});
}

static void two_write_at_once(void **state)
{
	const char *dir = kit_dir(*state);
	spool_close(kit_create(dir));
	pid_t children[2];
	for (uint64_t i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			write_rows(dir, i * 1000000);
			_exit(0);
		}
	}
	/* And a third looks on. */
	CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_READ);
	size_t last = 0;
	for (int i = 0; i < 50; i++) {
		size_t n = kit_letters(s);
		assert_true(n >= last);
		last = n;
		(void)usleep(1000);
	}
	for (size_t i = 0; i < 2; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(kit_letters(s), 2 * ROWS_EACH);
	assert_int_equal(kit_check(s, false).n, 0);
}

static void a_wait_that_is_too_long_says_so(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *first = kit_create(dir);
	CLEAN_SPOOL struct spool *second = kit_open(dir, SPOOL_WRITE);
	struct valise_err err = {0};
	db_set_wait(&second->db, 20);
	kit_begin(first);
	assert_int_equal(spool_begin(second, &err), VALISE_E_BUSY);
	assert_non_null(strstr(err.text, "let it finish"));
	spool_rollback(first);
	assert_int_equal(spool_begin(second, &err), 0);
	kit_commit(second);
}

/* ---- No space ---- */

/* Not a byte is left. */
static void fill_rest(const char *dir)
{
	static const uint8_t zeros[4096];
	char path[600];
	(void)snprintf(path, sizeof path, "%s/ballast", dir);
	CLEAN_CLOSE int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	MUST(fd >= 0);
	while (write(fd, zeros, sizeof zeros) > 0)
		;
	MUST(errno == ENOSPC);
}

static void fill_up(const char *dir)
{
	char path[600];
	struct valise_err err = {0};
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("spool", dir, "tmpfs", 0, "size=6m") < 0)
		_exit(NOT_PERMITTED);
	(void)snprintf(path, sizeof path, "%s/ballast", dir);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	MUST(fd >= 0 && posix_fallocate(fd, 0, 2 * MIB) == 0);
	(void)close(fd);
	struct spool *s = kit_create(dir);

	/* Bodies: what was synced stays, the rest comes when there is room. */
	struct body_intake *in = NULL;
	OK(err, body_intake_begin(s, &work.taken.root, kit_tally(&work.taken), &in, &err));
	OK(err, body_intake_piece(in, 0, work.taken.bytes, MIB, &err));
	OK(err, body_intake_sync(in, &err));

	/* Rows: until no more fit, whole transactions each. */
	uint64_t n = 0;
	int r = 0;
	while (!r && n < 100000) {
		CLEAN_SEAL struct verified_seal *v = kit_seal(&(struct kit_letter){.n = n, .is_paper = true});
		r = spool_begin(s, &err);
		if (!r)
			r = letter_put(s, v, false, NULL, &err);
		if (!r)
			r = spool_commit(s, &err);
		n += r == 0;
	}
	spool_rollback(s);
	MUST(r == VALISE_E_FULL && strstr(err.text, "space"));
	MUST(n > 100 && kit_letters(s) == n);
	MUST(body_intake_piece(in, 1, work.taken.bytes + MIB, MIB, &err) == VALISE_E_FULL);
	MUST(body_intake_missing(in) == 2);
	body_intake_free(in);
	MUST(key_file_put(s, KEY_NAME, STR("a key"), &err) == VALISE_E_FULL);
	spool_close(s);

	/* Full, it can still be read; with room again it goes on. */
	s = kit_open(dir, SPOOL_READ);
	MUST(kit_letters(s) == n && kit_check(s, false).n_broken == 0);
	spool_close(s);
	MUST(unlink(path) == 0);
	/* The same after it was closed in order, when its locks too would have to be made. */
	spool_close(kit_open(dir, SPOOL_WRITE));
	fill_rest(dir);
	s = kit_open(dir, SPOOL_READ);
	MUST(kit_letters(s) == n);
	spool_close(s);
	MUST(spool_open(dir, SPOOL_WRITE, &s, &err) < 0);
	MUST(unlink(path) == 0);
	s = kit_open(dir, SPOOL_WRITE);
	MUST(kit_letters(s) == n);
	OK(err, body_intake_begin(s, &work.taken.root, kit_tally(&work.taken), &in, &err));
	MUST(body_intake_missing(in) == 2);
	body_intake_free(in);
	take_in(s);
	MUST(kit_body_is_whole(s, &work.taken));
	(void)kit_put_letter(s, &(struct kit_letter){.n = 999999, .is_paper = true});
	OK(err, key_file_put(s, KEY_NAME, STR("a key"), &err));
	MUST(kit_check(s, false).n == 0);
	spool_close(s);
}

static void a_full_disk(void **state)
{
	const struct scratch *sc = *state;
	int r = in_child(fill_up, sc->path);
	if (r == NOT_PERMITTED) {
		(void)fprintf(stderr, "skipped: no mount is permitted here, so no disk can be filled\n");
		skip();
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(bytes_are_durable_before_their_rows),
		scratch_test(only_forgetting_an_opening_waits_for_no_disk),
		scratch_test(a_sync_that_fails_counts_nothing),
		scratch_test(dies_at_every_step),
		scratch_test(is_killed_at_any_time),
		scratch_test(two_write_at_once),
		scratch_test(a_wait_that_is_too_long_says_so),
		scratch_test(a_full_disk),
	};
	/* Processes die here, not machines: memory will do for a disk. */
	if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 1);
	return cmocka_run_group_tests(tests, prepare, tidy);
}
