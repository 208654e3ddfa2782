/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits: kept whole by their SHA-256, found by what people type, tagged with letters, looked after by doctor; reports by exhibit. */
#include "spool_kit.h"

#define MIB (1024u * 1024)

/* Bytes that follow from `seed`, into a newfile, and their row. */
static struct exhibit_row make(struct spool *s, uint8_t seed, size_t len, const char *name, struct newfile *ret)
{
	struct valise_err err = {0};
	struct exhibit_row row = {.bytes = len, .name = str_of(name)};
	CLEAN_FREE uint8_t *bytes = malloc(len + 1);
	MUST(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 4099 + seed);
	digest_once(bytes, len, &row.id);
	OK(err, newfile_begin(spool_tmpfd(s), 0600, ret, &err));
	OK(err, file_write_all(ret->fd, bytes, len, "exhibit", &err));
	return row;
}

static struct exhibit_row put(struct spool *s, uint8_t seed, size_t len, const char *name, bool *ret_new)
{
	struct valise_err err = {0};
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	struct exhibit_row row = make(s, seed, len, name, &nf);
	OK(err, exhibit_put(kit_at(s, 1795340000), &row, &nf, ret_new, &err));
	MUST(nf.fd == -1);
	return row;
}

static const char *path_of(const char *dir, const struct hash *id)
{
	static char path[600];
	struct hash_hex hex = hash_hex(id);
	(void)snprintf(path, sizeof path, "%s/exhibits/%.2s/%s", dir, hex.text, hex.text);
	return path;
}

static void exhibits_come_back(void **state)
{
	static const size_t sizes[] = {1, EXHIBIT_SMALL_BYTES, EXHIBIT_SMALL_BYTES + 1, 3 * MIB + 5};
	const char *dir = kit_dir(*state);
	struct spool *s = kit_create(dir);
	struct exhibit_row rows[4];
	struct valise_err err = {0};
	bool is_new = false;
	kit_begin(s);
	for (size_t i = 0; i < 4; i++) {
		rows[i] = put(s, (uint8_t)i, sizes[i], "evening \x1b.txt", &is_new);
		assert_true(is_new);
	}
	kit_commit(s);
	kit_begin(s);
	(void)put(s, 3, sizes[3], "another name", &is_new);
	assert_false(is_new);
	/* Came without a name, and the file turns up later. */
	struct exhibit_row nameless = put(s, 9, 20, NULL, NULL);
	(void)put(s, 9, 20, "found.txt", &is_new);
	assert_false(is_new);
	kit_commit(s);
	spool_close(s);
	s = kit_open(dir, SPOOL_READ);
	struct hash found;
	assert_int_equal(exhibit_find(s, STR("found.txt"), &found, &err), 0);
	assert_true(hash_eq(&found, &nameless.id));
	for (size_t i = 0; i < 4; i++) {
		CLEAN_BUF struct buf name = BUF_INIT(EXHIBIT_NAME_BYTES);
		struct exhibit_row got;
		struct stat st;
		assert_true(kit_exhibit_is_whole(s, &rows[i]));
		assert_int_equal(exhibit_row(s, &rows[i].id, &got, &name, &err), 0);
		assert_true(got.bytes == sizes[i] && got.taken_in_s == 1795340000);
		assert_true(str_eq(got.name, STR("evening \x1b.txt"))); /* the first */
		bool is_file = stat(path_of(dir, &rows[i].id), &st) == 0;
		assert_int_equal(is_file, sizes[i] > EXHIBIT_SMALL_BYTES);
		assert_true(!is_file || (st.st_mode & 07777) == 0400);
	}
	spool_close(s);
}

static void what_is_no_exhibit_is_refused(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	struct exhibit_row row = make(s, 1, 0, NULL, &nf);
	kit_begin(s);
	assert_int_equal(exhibit_put(s, &row, &nf, NULL, &err), VALISE_E_LIMIT);
	row = make(s, 1, 10, NULL, &nf);
	row.bytes = 11;
	assert_int_equal(exhibit_put(s, &row, &nf, NULL, &err), VALISE_E_USAGE);
	row = make(s, 1, 10, NULL, &nf);
	assert_int_equal(ftruncate(nf.fd, (off_t)(LIMIT_EXHIBIT_BYTES + 1)), 0);
	row.bytes = LIMIT_EXHIBIT_BYTES + 1;
	assert_int_equal(exhibit_put(s, &row, &nf, NULL, &err), VALISE_E_LIMIT);
	row = make(s, 1, 10, "", &nf);
	assert_int_equal(exhibit_put(s, &row, &nf, NULL, &err), VALISE_E_LIMIT);
	spool_rollback(s);
	row = make(s, 1, 10, NULL, &nf);
	assert_int_equal(exhibit_put(s, &row, &nf, NULL, &err), VALISE_E_FAILURE); /* in no transaction */
	struct body body;
	assert_int_equal(exhibit_open(s, &row.id, &body, &err), VALISE_E_NOT_FOUND);
}

static void found_by_what_people_type(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct hash got;
	kit_begin(s);
	struct exhibit_row a = put(s, 1, 10, "a.txt", NULL);
	struct exhibit_row b = put(s, 2, 10, "a.txt", NULL);
	struct exhibit_row c = put(s, 3, 10, NULL, NULL);
	struct exhibit_row d = put(s, 4, 10, hash_hex(&a.id).text, NULL);
	kit_commit(s);
	struct hash_hex hex = hash_hex(&c.id);
	assert_int_equal(exhibit_find(s, (struct str){hex.text, 6}, &got, &err), 0);
	assert_true(hash_eq(&got, &c.id));
	assert_int_equal(exhibit_find(s, (struct str){hex.text, 3}, &got, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(exhibit_find(s, STR("a.txt"), &got, &err), VALISE_E_AMBIGUOUS);
	hex = hash_hex(&b.id);
	hex.text[16] = 0;
	assert_non_null(strstr(err.text, hex.text));
	/* Nobody takes a hash by naming a file so. */
	hex = hash_hex(&a.id);
	assert_int_equal(exhibit_find(s, str_of(hex.text), &got, &err), 0);
	assert_true(hash_eq(&got, &a.id));
	assert_int_equal(exhibit_find(s, STR("a.tx"), &got, &err), VALISE_E_NOT_FOUND);
	(void)d;
}

struct seen {
	size_t n;
	struct hash last;
	char note[64];
	int64_t tagged_s;
};

static int see_row(void *context, const struct exhibit_row *row)
{
	struct seen *seen = context;
	seen->n++;
	seen->last = row->id;
	return 0;
}

static int see_tag(void *context, const struct exhibit_tag *tag)
{
	struct seen *seen = context;
	seen->n++;
	seen->last = tag->exhibit;
	seen->tagged_s = tag->tagged_s;
	(void)snprintf(seen->note, sizeof seen->note, "%.*s", STR_ARG(tag->note));
	return 0;
}

static void tags(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct seen seen = {0};
	bool is_new;
	kit_begin(s);
	struct exhibit_row a = put(s, 1, 10, "a", NULL), b = put(s, 2, 10, "b", NULL);
	struct exhibit_tag tag = {.exhibit = a.id, .letter = kit_hash(1)};
	assert_int_equal(exhibit_tag(s, &tag, &is_new, &err), 0);
	assert_true(is_new);
	assert_int_equal(exhibit_tag(s, &tag, &is_new, &err), 0);
	assert_false(is_new);
	tag.note = STR("page 3");
	assert_int_equal(exhibit_tag(s, &tag, &is_new, &err), 0);
	assert_true(is_new);
	tag.note = (struct str){NULL, 0};
	assert_int_equal(exhibit_tag(s, &tag, &is_new, &err), 0); /* takes no note away */
	assert_false(is_new);
	tag.note = STR("two\nlines");
	assert_int_equal(exhibit_tag(s, &tag, NULL, &err), VALISE_E_USAGE);
	tag = (struct exhibit_tag){.exhibit = kit_hash(7), .letter = kit_hash(1)};
	assert_int_equal(exhibit_tag(s, &tag, NULL, &err), VALISE_E_NOT_FOUND);
	kit_commit(s);
	assert_int_equal(exhibit_tags(s, &a.id, see_tag, &seen, &err), 0);
	assert_true(seen.n == 1 && strcmp(seen.note, "page 3") == 0);
	seen = (struct seen){0};
	assert_int_equal(exhibit_tags_of(s, &tag.letter, see_tag, &seen, &err), 0);
	assert_true(seen.n == 1 && hash_eq(&seen.last, &a.id));
	seen = (struct seen){0};
	assert_int_equal(exhibits_each(s, see_row, &seen, &err), 0);
	assert_true(seen.n == 2 && hash_eq(&seen.last, &b.id));
}

/* A later note rewrites nothing: looking back, the earlier one stands, and before the first there is none, nor an exhibit. */
static void looking_back(void **state)
{
	struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct seen seen = {0};
	kit_begin(s);
	struct exhibit_row a = put(s, 1, 10, "a", NULL);
	struct exhibit_tag tag = {.exhibit = a.id, .letter = kit_hash(1), .note = STR("one")};
	assert_int_equal(exhibit_tag(s, &tag, NULL, &err), 0);
	tag.note = STR("two");
	assert_int_equal(exhibit_tag(kit_at(s, 1795340010), &tag, NULL, &err), 0);
	kit_commit(s);
	assert_int_equal(exhibit_tags(s, &a.id, see_tag, &seen, &err), 0);
	assert_true(seen.n == 1 && seen.tagged_s == 1795340000);
	assert_string_equal(seen.note, "two");
	spool_close(s);
	CLEAN_SPOOL struct spool *then = kit_open(kit_dir(*state), SPOOL_READ);
	assert_int_equal(spool_look_back(then, 1795340009, NULL, &err), 0);
	seen = (struct seen){0};
	assert_int_equal(exhibit_tags_of(then, &tag.letter, see_tag, &seen, &err), 0);
	assert_true(seen.n == 1 && seen.tagged_s == 1795340000);
	assert_string_equal(seen.note, "one");
	assert_int_equal(spool_look_back(then, 1795339999, NULL, &err), 0);
	seen = (struct seen){0};
	CLEAN_BODY struct body body = BODY_NONE;
	CLEAN_BUF struct buf name = BUF_INIT(EXHIBIT_NAME_BYTES);
	bool is_here = true;
	assert_int_equal(exhibit_tags_of(then, &tag.letter, see_tag, &seen, &err), 0);
	assert_int_equal(exhibits_each(then, see_row, &seen, &err), 0);
	assert_int_equal(seen.n, 0);
	assert_int_equal(exhibit_has(then, &a.id, &is_here, &err), 0);
	assert_false(is_here);
	assert_int_equal(exhibit_row(then, &a.id, &a, &name, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(exhibit_open(then, &a.id, &body, &err), VALISE_E_NOT_FOUND);
}

static int touch(const char *dir, const char *name)
{
	char path[600];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	return fd < 0 ? -1 : close(fd);
}

static void findings(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	/* A file whose transaction never ended is litter, and is taken over by the next. */
	kit_begin(s);
	struct exhibit_row a = put(s, 1, 2 * MIB, "a", NULL);
	spool_rollback(s);
	struct kit_findings f = kit_check(s, false);
	assert_true(f.n == 1 && f.n_broken == 0 && strstr(f.text, "litter"));
	bool is_new;
	kit_begin(s);
	(void)put(s, 1, 2 * MIB, "a", &is_new);
	struct exhibit_row small = put(s, 2, 100, "b", NULL);
	kit_commit(s);
	assert_true(is_new && kit_exhibit_is_whole(s, &a) && kit_exhibit_is_whole(s, &small));
	assert_int_equal(kit_check(s, true).n, 0);
	assert_int_equal(touch(dir, "exhibits/README"), 0);
	f = kit_check(s, true);
	assert_true(f.n == 1 && f.n_broken == 0 && strstr(f.text, "exhibits/README is nothing of ours"));
	/* Broken: writable is no more than odd; short, or gone. */
	assert_int_equal(chmod(path_of(dir, &a.id), 0600), 0);
	f = kit_check(s, false);
	assert_true(f.n == 2 && f.n_broken == 0);
	assert_int_equal(truncate(path_of(dir, &a.id), 5), 0);
	f = kit_check(s, true);
	assert_true(f.n_broken == 1 && strstr(f.text, "not of its size"));
	assert_int_equal(unlink(path_of(dir, &a.id)), 0);
	f = kit_check(s, true);
	assert_true(f.n_broken == 1 && strstr(f.text, "has lost its file"));
	/* Forgotten, it can be put again; the log has it once. */
	struct valise_err err = {0};
	kit_begin(s);
	assert_int_equal(exhibit_forget(s, &a.id, &err), 0);
	assert_int_equal(exhibit_forget(s, &small.id, &err), 0);
	(void)put(s, 1, 2 * MIB, "again", &is_new);
	assert_true(is_new);
	(void)put(s, 2, 100, "again", &is_new);
	assert_true(is_new);
	kit_commit(s);
	assert_true(kit_exhibit_is_whole(s, &a) && kit_exhibit_is_whole(s, &small));
	assert_int_equal(kit_check(s, false).n_broken, 0);
}

static int see_report(void *context, struct verified_report *v, int64_t taken_in_s)
{
	(void)taken_in_s;
	*(uint64_t *)context = *(uint64_t *)context * 10 + v->r.nth;
	verified_report_free(v);
	return 0;
}

static void reports_are_numbered_apart(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct hash letter = kit_hash(1), other = kit_hash(2);
	uint64_t nth = 9, order = 0;
	struct verified_statement *statement = kit_statement(&letter, 7, 5);
	kit_begin(s);
	assert_int_equal(statement_put(s, statement, NULL, &err), 0);
	struct vkey by = statement->s.by;
	verified_statement_free(statement);
	assert_int_equal(report_last_nth(s, &letter, &by, &nth, &err), 0);
	assert_int_equal(nth, 0);
	const struct {
		const struct hash *letter;
		uint64_t nth;
	} reports[] = {{&letter, 2}, {&other, 3}, {&letter, 1}};
	for (size_t i = 0; i < 3; i++) {
		struct verified_report *v = kit_report(reports[i].letter, 7, reports[i].nth);
		assert_int_equal(report_put(s, v, NULL, &err), 0);
		verified_report_free(v);
	}
	kit_commit(s);
	assert_int_equal(report_last_nth(s, &letter, &by, &nth, &err), 0);
	assert_int_equal(nth, 2);
	assert_int_equal(statement_last_nth(s, &letter, &by, &nth, &err), 0);
	assert_int_equal(nth, 5);
	assert_int_equal(reports_each(s, see_report, &order, &err), 0);
	assert_int_equal(order, 231); /* as they came */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(exhibits_come_back),
		scratch_test(what_is_no_exhibit_is_refused),
		scratch_test(found_by_what_people_type),
		scratch_test(tags),
		scratch_test(looking_back),
		scratch_test(findings),
		scratch_test(reports_are_numbered_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
