/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening, migrating and refusing spools. */
#include "spool_kit.h"

#include "spool/db.h"
#include "spool/schema.h"
#include "spool/sheets.h"

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[600];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static void is_made_once(void **state)
{
	const char *dir = kit_dir(*state);
	char deep[600];
	struct valise_err err = {0};
	struct spool *s = NULL;
	struct stat st;
	(void)snprintf(deep, sizeof deep, "%s/a/b", dir);
	assert_int_equal(spool_open(deep, SPOOL_WRITE, &s, &err), VALISE_E_NO_OFFICE);
	assert_int_equal(spool_open(deep, SPOOL_READ, &s, &err), VALISE_E_NO_OFFICE);
	assert_non_null(strstr(err.text, "valise init"));
	assert_int_equal(spool_create(deep, &s, &err), 0);
	assert_string_equal(spool_dir(s), deep);
	assert_true(spool_dirfd(s) >= 0 && spool_tmpfd(s) >= 0 && !spool_is_read_only(s));
	static const char *const names[] = {".",       "bodies", "exhibits",  "keys",
					    "partial", "tmp",    "valise.db", "valise.db-wal"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(fstatat(spool_dirfd(s), names[i], &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, S_ISDIR(st.st_mode) ? 0700 : 0600);
	}
	struct spool *second = NULL;
	assert_int_equal(spool_create(deep, &second, &err), VALISE_E_EXISTS);
	assert_null(second);
	spool_close(s);
	assert_int_equal(spool_create(deep, &second, &err), VALISE_E_EXISTS);
	s = kit_open(deep, SPOOL_WRITE);
	spool_close(s);
}

static bool log_of(const char *dir, off_t *ret_bytes)
{
	char log[600];
	struct stat st;
	(void)snprintf(log, sizeof log, "%s/valise.db-wal", dir);
	if (stat(log, &st) < 0)
		return false;
	*ret_bytes = st.st_size;
	return true;
}

/* A short log stays for whoever opens the spool next, and is written over once it has been merged. */
static void the_log_stays_short(void **state)
{
	const char *dir = kit_dir(*state);
	off_t bytes = 0;
	spool_close(kit_create(dir));
	for (unsigned n = 1; n <= 100; n++) {
		struct spool *s = kit_open(dir, n % 7 ? SPOOL_WRITE : SPOOL_READ);
		assert_int_equal(kit_letters(s), n - 1 - (n - 1) / 7);
		if (n % 7)
			(void)kit_put_letter(s, &(struct kit_letter){.n = n, .is_paper = true});
		spool_close(s);
		assert_true(log_of(dir, &bytes) && bytes > 0 && bytes < 320 * 1024);
	}
}

/* What grew long in one go is merged, and then the database is one file. */
static void a_long_log_goes(void **state)
{
	const char *dir = kit_dir(*state);
	off_t bytes = 0;
	struct spool *s = kit_create(dir);
	spool_close(s);
	s = kit_open(dir, SPOOL_WRITE);
	for (unsigned n = 1; n <= 30; n++)
		(void)kit_put_letter(s, &(struct kit_letter){.n = n, .is_paper = true});
	assert_true(log_of(dir, &bytes) && bytes > 512 * 1024);
	spool_close(s);
	assert_false(log_of(dir, &bytes));
	s = kit_open(dir, SPOOL_READ);
	assert_int_equal(kit_letters(s), 30);
	spool_close(s);
}

/* Whatever a kill left of a creation, the next one completes it, and nothing before that is an office. */
static void a_cut_off_creation_is_completed(void **state)
{
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	struct spool *s = NULL;
	for (int stage = 0; stage < 4; stage++) {
		assert_int_equal(mkdir(dir, 0700), 0);
		if (stage >= 1)
			write_file(dir, "valise.db", "");
		if (stage >= 2)
			kit_sql(dir, "PRAGMA journal_mode = WAL");
		if (stage >= 3) {
			char path[600];
			(void)snprintf(path, sizeof path, "%s/bodies", dir);
			assert_int_equal(mkdir(path, 0700), 0);
		}
		assert_int_equal(spool_open(dir, SPOOL_WRITE, &s, &err), VALISE_E_NO_OFFICE);
		assert_int_equal(spool_open(dir, SPOOL_READ, &s, &err), VALISE_E_NO_OFFICE);
		spool_close(kit_create(dir));
		s = kit_open(dir, SPOOL_WRITE);
		spool_close(TAKE(s));
		OK(err, file_remove_tree(AT_FDCWD, dir, &err));
	}
}

static void two_creations_at_once_make_one(void **state)
{
	const char *dir = kit_dir(*state);
	pid_t children[6];
	int made = 0;
	for (size_t i = 0; i < 6; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct valise_err err = {0};
			struct spool *s = NULL;
			int r = spool_create(dir, &s, &err);
			if (r && r != VALISE_E_EXISTS)
				(void)fprintf(stderr, "%s\n", err.text);
			_exit(r == 0 ? 10 : r == VALISE_E_EXISTS ? 20 : 30);
		}
	}
	for (size_t i = 0; i < 6; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		made += WEXITSTATUS(status) == 10;
		assert_int_not_equal(WEXITSTATUS(status), 30);
	}
	assert_int_equal(made, 1);
	spool_close(kit_open(dir, SPOOL_WRITE));
}

static void what_is_no_spool_is_refused(void **state)
{
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	struct spool *s = NULL;
	assert_int_equal(mkdir(dir, 0700), 0);
	write_file(dir, "valise.db",
		   "this is a text that is longer than a header of a hundred bytes, "
		   "so that nobody can take it for an empty database, however hard he looks");
	for (int mode = SPOOL_READ; mode <= SPOOL_WRITE; mode++)
		assert_int_equal(spool_open(dir, (enum spool_mode)mode, &s, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "doctor"));
	assert_int_equal(spool_create(dir, &s, &err), VALISE_E_BAD);
	write_file(dir, "valise.db", "");
	kit_sql(dir, "CREATE TABLE other (x)");
	assert_int_equal(spool_open(dir, SPOOL_WRITE, &s, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "is no spool"));
	assert_int_equal(spool_open(dir, SPOOL_READ, &s, &err), VALISE_E_BAD);
	assert_int_equal(spool_create(dir, &s, &err), VALISE_E_BAD);
	/* A directory in the database's place. */
	char path[600];
	(void)snprintf(path, sizeof path, "%s/valise.db", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(spool_open(dir, SPOOL_WRITE, &s, &err) < 0);
	assert_true(spool_open(dir, SPOOL_READ, &s, &err) < 0);
	assert_null(s);
}

static void a_newer_spool_is_refused(void **state)
{
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	struct spool *s = NULL;
	spool_close(kit_create(dir));
	kit_sql(dir, "PRAGMA user_version = 1000");
	for (int mode = SPOOL_READ; mode <= SPOOL_WRITE; mode++) {
		memset(&err, 0, sizeof err);
		assert_int_equal(spool_open(dir, (enum spool_mode)mode, &s, &err), VALISE_E_FAILURE);
		assert_non_null(strstr(err.text, "newer Valise (version 1000"));
	}
	assert_int_equal(spool_create(dir, &s, &err), VALISE_E_EXISTS);
	assert_null(s);
}

static void open_path(const char *dir, struct db *db)
{
	char path[600];
	struct valise_err err = {0};
	(void)snprintf(path, sizeof path, "%s/valise.db", dir);
	OK(err, db_open(path, dir, DB_WRITE, NULL, db, &err));
}

static void a_letter_has_one_sheet(void **state)
{
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	CLEAN_BUF struct buf got = BUF_INIT(100);
	struct spool *s = kit_create(dir);
	struct hash id = kit_put_letter(s, &(struct kit_letter){.n = 1, .is_paper = true});
	assert_int_equal(sheet_get(s, &id, &got, &err), VALISE_E_NOT_FOUND);
	OK(err, spool_begin(s, &err));
	OK(err, sheet_put(s, &id, STR("a sheet"), &err));
	assert_int_not_equal(sheet_put(s, &id, STR("another"), &err), 0);
	spool_rollback(s);
	OK(err, spool_begin(s, &err));
	OK(err, sheet_put(s, &id, STR("a sheet"), &err));
	OK(err, spool_commit(s, &err));
	OK(err, sheet_get(s, &id, &got, &err));
	assert_true(str_eq(buf_str(&got), STR("a sheet")));
	spool_close(s);
}

/* Steps that this program does not have yet, on top of those that it has. */
static void an_older_spool_is_migrated_whole_or_not(void **state)
{
	const char *dir = kit_dir(*state);
	const char *steps[32];
	size_t n = schema_version;
	struct valise_err err = {0};
	uint64_t version = 0;
	struct db db = DB_NONE;
	assert_in_range(n, 1, 30);
	for (size_t i = 0; i < n; i++)
		steps[i] = schema_steps[i];
	steps[n] = "ALTER TABLE letter ADD COLUMN colour TEXT; CREATE TABLE more (x INTEGER) STRICT";
	steps[n + 1] = "CREATE TABLE most (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)";
	struct spool *s = kit_create(dir);
	struct hash id = kit_put_letter(s, &(struct kit_letter){.n = 1, .ref = "14/2026", .is_paper = true});
	spool_close(s);

	/* The second step fails: the first one did not happen either. */
	open_path(dir, &db);
	assert_int_not_equal(schema_migrate(&db, steps, n + 2, &err), 0);
	assert_non_null(strstr(err.text, "nowhere"));
	assert_false(db_in_transaction(&db));
	assert_int_equal(schema_look(&db, &version, &err), 0);
	assert_int_equal(version, n);
	assert_int_not_equal(db_exec(&db, "SELECT x FROM more", &err), 0);

	assert_int_equal(schema_migrate(&db, steps, n + 1, &err), 0);
	assert_int_equal(schema_migrate(&db, steps, n + 1, &err), 0); /* nothing left to do */
	assert_int_equal(schema_look(&db, &version, &err), 0);
	assert_int_equal(version, n + 1);
	assert_int_equal(db_exec(&db, "SELECT x FROM more; SELECT colour FROM letter", &err), 0);
	assert_int_equal(schema_migrate(&db, steps, n, &err), VALISE_E_FAILURE); /* newer than that program */
	db_close(&db);

	/* What was there still is. */
	char back[100];
	(void)snprintf(back, sizeof back, "PRAGMA user_version = %zu; ALTER TABLE letter DROP COLUMN colour", n);
	kit_sql(dir, back);
	s = kit_open(dir, SPOOL_READ);
	struct hash got;
	assert_int_equal(letter_find(s, STR("14/2026"), &got, &err), 0);
	assert_true(hash_eq(&got, &id));
	spool_close(s);
}

/* As version 1 left it: with a body in a file that nobody knows when it was checked, and one in part. */
static void version_1_is_migrated(void **state)
{
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	struct db db = DB_NONE;
	char sql[1024], path[600];
	uint64_t version;
	CLEAN_CLOSE int dirfd = -1;
	CLEAN_CLOSE int room = -1;
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 100000, &b);
	struct hash_hex root = hash_hex(&b.root);
	assert_int_equal(mkdir(dir, 0700), 0);
	OK(err, file_open_dir(AT_FDCWD, dir, &dirfd, &err));
	OK(err, file_write_new(dirfd, "valise.db", 0600, "", 0, false, &err));
	open_path(dir, &db);
	OK(err, schema_migrate(&db, schema_steps, 1, &err));
	(void)snprintf(sql, sizeof sql,
		       "INSERT INTO item (kind, id, taken_in_s) VALUES (6, x'%s', 1795340000);"
		       "INSERT INTO body VALUES (x'%s', 1, %zu, x'%s');"
		       "INSERT INTO partial VALUES (x'%s', 3, NULL);",
		       root.text, root.text, b.len, hash_hex(&b.tally[0]).text, root.text);
	OK(err, db_exec(&db, sql, &err));
	db_close(&db);
	(void)snprintf(path, sizeof path, "bodies/%.2s", root.text);
	OK(err, file_make_dirs(dirfd, path, 0700, &err));
	OK(err, file_open_dir(dirfd, path, &room, &err));
	OK(err, file_write_new(room, root.text, 0400, b.bytes, b.len, false, &err));

	for (int mode = 0; mode < 2; mode++) {
		CLEAN_SPOOL struct spool *s = kit_open(dir, mode ? SPOOL_WRITE : SPOOL_READ);
		CLEAN_BODY struct body body = BODY_NONE;
		assert_true(kit_body_is_whole(s, &b));
		OK(err, body_open(s, &b.root, &body, &err));
		assert_false(body_is_as_checked(&body));
		/* And there is room for what came later. */
		CLEAN_BUF struct buf sheet = BUF_INIT(100);
		bool is_here = true;
		assert_int_equal(sheet_get(s, &b.root, &sheet, &err), VALISE_E_NOT_FOUND);
		OK(err, exhibit_has(s, &b.root, &is_here, &err));
		assert_false(is_here);
	}
	open_path(dir, &db);
	OK(err, schema_look(&db, &version, &err));
	assert_int_equal(version, schema_version);
	db_close(&db);
}

/* Every page of a spool overwritten in turn: whatever is asked, an answer or an error, and nothing worse. */
static void damage_is_an_error(void **state)
{
	const char *dir = kit_dir(*state);
	char path[600];
	struct valise_err err = {0};
	struct spool *s = kit_create(dir);
	for (uint64_t i = 0; i < 40; i++)
		(void)kit_put_letter(s, &(struct kit_letter){.n = i, .ref = "r", .is_paper = true});
	spool_close(s);
	(void)snprintf(path, sizeof path, "%s/valise.db", dir);
	CLEAN_BUF struct buf whole = BUF_INIT(16u << 20);
	OK(err, file_read_all(AT_FDCWD, path, &whole, &err));
	size_t refused = 0;
	for (size_t page = 0; page * 4096 < whole.len; page++) {
		CLEAN_CLOSE int fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
		assert_true(fd >= 0);
		OK(err, file_write_all(fd, whole.data, whole.len, path, &err));
		uint8_t noise[4096];
		memset(noise, 0xa5, sizeof noise);
		OK(err, file_pwrite_all(fd, noise, sizeof noise, page * 4096, path, &err));
		s = NULL;
		size_t n = 0;
		struct hash id = kit_hash(1);
		struct letter_row row;
		struct kit_findings found = {0};
		int r = spool_open(dir, SPOOL_WRITE, &s, &err);
		if (!r) {
			r = letters_each(s, kit_count_letter, &n, &err);
			(void)!letter_row(s, &id, &row, &err);
			assert_int_equal(spool_check(s, false, kit_found, &found, &err), 0);
			assert_true(found.n_broken > 0);
		}
		assert_true(r == 0 || r == VALISE_E_BAD);
		refused += r != 0 || found.n_broken > 0;
		spool_close(s);
	}
	assert_int_equal(refused, whole.len / 4096);
}

static void one_bit_of_a_note_is_found(void **state)
{
	const char *dir = kit_dir(*state);
	struct spool *s = kit_create(dir);
	struct hash id = kit_put_letter(s, &(struct kit_letter){.n = 1, .is_paper = true});
	assert_int_equal(kit_check(s, false).n, 0);
	spool_close(s);
	kit_sql(dir,
		"UPDATE item SET bytes = CAST(replace(CAST(bytes AS TEXT), 'envelope 17', 'envelope 18') AS BLOB)");
	s = kit_open(dir, SPOOL_READ);
	struct kit_findings f = kit_check(s, false);
	assert_int_equal(f.n_broken, 1);
	assert_non_null(strstr(f.text, hash_hex(&id).text));
	spool_close(s);
	kit_sql(dir, "UPDATE item SET bytes = substr(bytes, 1, 100)");
	s = kit_open(dir, SPOOL_READ);
	struct valise_err err = {0};
	struct verified_seal *seal = NULL;
	assert_int_equal(kit_check(s, false).n_broken, 1);
	assert_int_equal(letter_seal(s, &id, &seal, &err), VALISE_E_BAD);
	assert_non_null(strstr(err.text, "doctor"));
	spool_close(s);
}

static void names_of_directories_are_only_names(void **state)
{
	const struct scratch *sc = *state;
	static const char *const names[] = {"file:x?mode=memory", "a b%20?immutable=1#", "line\nbreak"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char dir[400];
		struct stat st;
		(void)snprintf(dir, sizeof dir, "%s/%s", sc->path, names[i]);
		struct spool *s = kit_create(dir);
		(void)kit_put_letter(s, &(struct kit_letter){.n = 1, .is_paper = true});
		spool_close(s);
		s = kit_open(dir, SPOOL_READ);
		assert_int_equal(kit_letters(s), 1);
		assert_int_equal(fstatat(spool_dirfd(s), "valise.db", &st, 0), 0);
		spool_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(is_made_once),
		scratch_test(the_log_stays_short),
		scratch_test(a_long_log_goes),
		scratch_test(a_cut_off_creation_is_completed),
		scratch_test(two_creations_at_once_make_one),
		scratch_test(what_is_no_spool_is_refused),
		scratch_test(a_newer_spool_is_refused),
		scratch_test(a_letter_has_one_sheet),
		scratch_test(an_older_spool_is_migrated_whole_or_not),
		scratch_test(version_1_is_migrated),
		scratch_test(damage_is_an_error),
		scratch_test(one_bit_of_a_note_is_found),
		scratch_test(names_of_directories_are_only_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
