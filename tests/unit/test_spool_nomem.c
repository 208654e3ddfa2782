/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail in turn, our own and SQLite's: an error each time, and a spool that is whole afterwards. */
#include "failing.h"
#include "spool_kit.h"

#include <sqlite3.h>

#define MIB (1024u * 1024)

static const char *dir;
static struct verified_seal *letter;
static struct verified_statement *statement;
static struct kit_body body;

static int see_statement(void *context, struct verified_statement *v, int64_t taken_in_s)
{
	(void)context, (void)taken_in_s;
	verified_statement_free(v);
	return 0;
}

static int write_all(struct spool *s, struct valise_err *err)
{
	int r = spool_begin(s, err);
	if (!r)
		r = letter_put(s, letter, false, NULL, err);
	if (!r)
		r = statement_put(s, statement, NULL, err);
	if (!r)
		r = cover_put(s, &letter->note.id, KIT_COVER, err);
	if (!r)
		r = contact_put(s, &(struct contact){kit_hash(5), STR("Oslo"), true, 1}, err);
	if (!r)
		r = spool_commit(s, err);
	if (r)
		spool_rollback(s);
	return r;
}

static int take_in(struct spool *s, struct valise_err *err)
{
	CLEAN_INTAKE struct body_intake *in = NULL;
	int r = body_intake_begin(s, &body.root, kit_tally(&body), &in, err);
	if (r)
		return r == VALISE_E_EXISTS ? 0 : r;
	for (size_t i = 0; !r && i < body.n_pieces; i++)
		r = body_intake_piece(in, i, body.bytes + i * MIB, kit_piece_bytes(&body, i), err);
	if (!r)
		r = body_intake_sync(in, err);
	if (!r)
		r = spool_begin(s, err);
	if (!r)
		r = body_intake_finish(in, err);
	if (!r)
		r = spool_commit(s, err);
	spool_rollback(s);
	return r;
}

static int read_all(struct spool *s, struct valise_err *err)
{
	CLEAN_BODY struct body open = BODY_NONE;
	CLEAN_BUF struct buf cover = BUF_INIT(1000);
	CLEAN_SEAL struct verified_seal *seal = NULL;
	CLEAN_NAMES struct names names = {0};
	struct hash found;
	size_t n = 0;
	uint8_t byte;
	int r = letters_each(s, kit_count_letter, &n, err);
	if (!r)
		r = letter_find(s, str_of(hash_short(&letter->note.id).text), &found, err);
	if (!r)
		r = letter_seal(s, &found, &seal, err);
	if (!r)
		r = statements_of(s, &found, see_statement, NULL, err);
	if (!r)
		r = cover_get(s, &found, &cover, err);
	if (!r)
		r = contact_find(s, STR("Os"), false, &found, err);
	if (!r)
		r = body_open(s, &body.root, &open, err);
	if (!r)
		r = body_read(&open, open.size - 1, &byte, 1, err);
	return r ? r : key_files(s, &names, err);
}

static int live(struct str input, struct valise_err *err)
{
	(void)input;
	CLEAN_SPOOL struct spool *s = NULL;
	int r = spool_open(dir, SPOOL_WRITE, &s, err);
	if (!r)
		r = write_all(s, err);
	if (!r)
		r = take_in(s, err);
	return r ? r : read_all(s, err);
}

static int create(struct str input, struct valise_err *err)
{
	(void)input;
	CLEAN_SPOOL struct spool *s = NULL;
	struct valise_err ignored;
	(void)!file_remove_tree(AT_FDCWD, dir, &ignored);
	return spool_create(dir, &s, err);
}

/* SQLite's own allocator, behind one that can fail. */
static sqlite3_mem_methods system_memory;
static size_t sqlite_allocations, sqlite_failing_at;

static bool sqlite_fails(void)
{
	return ++sqlite_allocations == sqlite_failing_at;
}

static void *sqlite_malloc(int n)
{
	return sqlite_fails() ? NULL : system_memory.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
	return sqlite_fails() ? NULL : system_memory.xRealloc(p, n);
}

/* SQLite does without some of its allocations, so a run may also succeed; whatever it says, the spool is whole. Each of the first thousand
 * of them fails once, and of the thousands after those a part; with FAULT_ALL, as `make fault` sets it, all. */
static void sqlite_failing_in_turn(int (*work)(struct str input, struct valise_err *err), size_t skip_to)
{
	size_t refused = 0, sparse = getenv("FAULT_ALL") ? SIZE_MAX : 1000;
	for (size_t i = skip_to;; i += 1 + i / sparse) {
		struct valise_err err = {0};
		sqlite_allocations = 0;
		sqlite_failing_at = i;
		int r = work(STR(""), &err);
		sqlite_failing_at = 0;
		if (sqlite_allocations < i) {
			assert_int_equal(r, 0);
			break;
		}
		refused += r != 0;
		if (r && r != VALISE_E_NOMEM)
			fail_msg("allocation %zu of SQLite's failed, and the code is %d, with \"%s\"", i, r, err.text);
	}
	assert_true(refused > 20);
}

static void whole_afterwards(void)
{
	CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
	assert_int_equal(kit_letters(s), 1);
	assert_true(kit_body_is_whole(s, &body));
	assert_int_equal(kit_check(s, true).n_broken, 0);
	assert_int_equal(kit_check(s, false).n, 0);
}

static void our_own(void **state)
{
	dir = kit_dir(*state);
	failing_in_turn(create, STR(""));
	failing_in_turn(live, STR(""));
	whole_afterwards();
}

static void of_sqlite(void **state)
{
	dir = kit_dir(*state);
	sqlite_failing_in_turn(create, 1);
	spool_close(kit_open(dir, SPOOL_WRITE));
	sqlite_failing_in_turn(live, 1);
	whole_afterwards();
}

/* Reading without the right to write, which has a file layer of its own. */
static int look(struct str input, struct valise_err *err)
{
	(void)input;
	CLEAN_SPOOL struct spool *s = NULL;
	int r = spool_open(dir, SPOOL_READ, &s, err);
	return r ? r : read_all(s, err);
}

static void look_as_nobody(const char *where)
{
	(void)where;
	if (geteuid() == 0)
		MUST(setgid(65534) == 0 && setuid(65534) == 0);
	failing_in_turn(look, STR(""));
	sqlite_failing_in_turn(look, 1);
}

static void of_a_view(void **state)
{
	const struct scratch *sc = *state;
	char path[600];
	dir = kit_dir(sc);
	struct valise_err err = {0};
	spool_close(kit_create(dir));
	OK(err, live(STR(""), &err));
	kit_merge(dir);
	(void)snprintf(path, sizeof path, "%s/valise.db", dir);
	assert_int_equal(chmod(path, 0644), 0);
	(void)snprintf(path, sizeof path, "%s/bodies/%.2s/%s", dir, hash_hex(&body.root).text,
		       hash_hex(&body.root).text);
	assert_int_equal(chmod(path, 0444), 0);
	(void)snprintf(path, sizeof path, "%s/bodies/%.2s", dir, hash_hex(&body.root).text);
	assert_int_equal(chmod(path, 0755), 0);
	(void)snprintf(path, sizeof path, "%s/bodies", dir);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(chmod(sc->path, 0755), 0);
	assert_int_equal(chmod(dir, 0555), 0);
	assert_int_equal(in_child(look_as_nobody, dir), 0);
	assert_int_equal(chmod(dir, 0755), 0);
}

static int prepare(void **state)
{
	(void)state;
	kit_body(2, 2 * MIB + 17, &body);
	letter = kit_seal(&(struct kit_letter){.n = 1, .body = body.root, .body_bytes = body.len});
	statement = kit_statement(&letter->note.id, 4, 1);
	return 0;
}

static int tidy(void **state)
{
	(void)state;
	kit_body_free(&body);
	verified_seal_free(letter);
	verified_statement_free(statement);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(our_own),
		scratch_test(of_sqlite),
		scratch_test(of_a_view),
	};
	sqlite3_mem_methods failing;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory) != SQLITE_OK)
		return 1;
	failing = system_memory;
	failing.xMalloc = sqlite_malloc;
	failing.xRealloc = sqlite_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK)
		return 1;
	if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 1);
	return cmocka_run_group_tests(tests, prepare, tidy);
}
