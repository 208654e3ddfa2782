/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies: whole ones, and those that come in pieces, are cut off, come again, and are lied about. */
#include "body_kit.h"

#include <errno.h>

#include "format/tally.h"

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void whole_bodies_come_back(void **state)
{
	static const size_t sizes[] = {0, 1, 1000, BODY_SMALL_BYTES, BODY_SMALL_BYTES + 1, MIB, MIB + 1, 3 * MIB + 17};
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		CLEAN_KIT_BODY struct kit_body b;
		kit_body((uint8_t)i, sizes[i], &b);
		bool has = true;
		/* A seal names no body of nothing; the spool would take one. */
		struct kit_letter l = {
			.n = i, .date_s = 1, .body = b.root, .body_bytes = b.len, .is_paper = b.len == 0};
		struct hash letter = kit_put_letter(s, &l);
		struct letter_row row;
		assert_int_equal(body_has(s, &b.root, &has, &err), 0);
		assert_false(has);
		for (int twice = 0; twice < 2; twice++) {
			kit_begin(s);
			put_file(s, &b);
			if (b.len <= BODY_SMALL_BYTES)
				OK(err, body_put_small(s, &b.root, (struct str){(char *)b.bytes, b.len}, kit_tally(&b),
						       &err));
			kit_commit(s);
		}
		assert_true(kit_body_is_whole(s, &b));
		assert_int_equal(body_has(s, &b.root, &has, &err), 0);
		assert_true(has);
		assert_int_equal(letter_row(s, &letter, &row, &err), 0);
		assert_int_equal(row.has_body, !l.is_paper);
		CLEAN_BUF struct buf tally = BUF_INIT(1000);
		assert_int_equal(body_tally(s, &b.root, &tally, &err), 0);
		assert_true(str_eq(buf_str(&tally), kit_tally(&b)));
		struct stat st;
		if (b.len > BODY_SMALL_BYTES) {
			assert_int_equal(stat(body_path(dir, &b.root), &st), 0);
			assert_int_equal(st.st_mode & 07777, 0400);
		} else {
			assert_false(is_there(body_path(dir, &b.root)));
		}
		CLEAN_BODY struct body body = BODY_NONE;
		uint8_t byte = 0;
		assert_int_equal(body_open(s, &b.root, &body, &err), 0);
		assert_int_equal(body_read(&body, b.len, &byte, 0, &err), 0);
		assert_int_equal(body_read(&body, b.len, &byte, 1, &err), VALISE_E_USAGE);
		assert_int_equal(body_read(&body, UINT64_MAX, &byte, 2, &err), VALISE_E_USAGE);
		if (b.len > 1) {
			assert_int_equal(body_read(&body, b.len - 1, &byte, 1, &err), 0);
			assert_int_equal(byte, b.bytes[b.len - 1]);
		}
	}
	assert_int_equal(kit_check(s, false).n, 0);
}

/* A bag is read like a body, and is told of as what it is. */
static void a_read_that_fails_names_what_was_read(void **state)
{
	(void)state;
	struct valise_err err = {0};
	uint8_t byte;
	CLEAN_BODY struct body bag = {
		.fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .size = 1, .what = "the bag"};
	assert_int_equal(body_read(&bag, 0, &byte, 1, &err), VALISE_E_IO);
	assert_string_equal(err.text, "cannot read the bag: Is a directory");
	cleanup_close(&bag.fd);
	bag.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(body_read(&bag, 0, &byte, 1, &err), VALISE_E_CHANGED);
	assert_string_equal(err.text, "the bag became shorter while it was read: do this again");
}

static void what_does_not_fit_is_refused(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 2 * MIB, &b);
	struct str bytes = {(char *)b.bytes, b.len};
	struct body_intake *in = NULL;
	struct body body = BODY_NONE;
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	CLEAN_BUF struct buf tally = BUF_INIT(1000);

	assert_int_equal(body_open(s, &b.root, &body, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(body_tally(s, &b.root, &tally, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(body_put_small(s, &b.root, STR("x"), STR("12345678901234567890123456789012"), &err),
			 VALISE_E_FAILURE);
	kit_begin(s);
	assert_int_equal(body_put_small(s, &b.root, bytes, kit_tally(&b), &err), VALISE_E_USAGE);
	assert_int_equal(body_put_small(s, &b.root, STR("x"), STR("short"), &err), VALISE_E_USAGE);
	assert_int_equal(newfile_begin(spool_tmpfd(s), 0600, &nf, &err), 0);
	assert_int_equal(body_put_file(s, &b.root, b.len, &nf, kit_tally(&b), &err), VALISE_E_USAGE); /* it is empty */
	assert_int_equal(nf.fd, -1);
	assert_int_equal(body_intake_begin(s, &b.root, kit_tally(&b), &in, &err), VALISE_E_FAILURE); /* within one */
	spool_rollback(s);
	assert_int_equal(body_intake_begin(s, &b.root, STR("no roots"), &in, &err), VALISE_E_USAGE);
	struct str endless = {(char *)b.bytes, (size_t)(LIMIT_BODY_BYTES / MIB + 1) * sizeof(struct hash)};
	assert_int_equal(body_intake_begin(s, &b.root, endless, &in, &err), VALISE_E_LIMIT);
	assert_null(in);

	in = begin(s, &b);
	assert_int_equal(body_intake_piece(in, 2, b.bytes, MIB, &err), VALISE_E_USAGE);
	assert_int_equal(body_intake_piece(in, UINT64_MAX, b.bytes, MIB, &err), VALISE_E_USAGE);
	assert_int_equal(body_intake_piece(in, 0, b.bytes, MIB - 1, &err), VALISE_E_USAGE);
	assert_int_equal(body_intake_piece(in, 1, b.bytes, MIB + 1, &err), VALISE_E_USAGE);
	assert_int_equal(body_intake_piece(in, 1, b.bytes, 0, &err), VALISE_E_USAGE);
	assert_int_equal(body_intake_bytes(in), 0);
	assert_false(body_intake_has(in, 5));
	assert_int_equal(body_intake_finish(in, &err), VALISE_E_FAILURE); /* no transaction */
	kit_begin(s);
	assert_int_equal(body_intake_finish(in, &err), VALISE_E_USAGE);
	assert_int_equal(body_intake_sync(in, &err), 0); /* nothing new */
	spool_rollback(s);
	take(in, &b, 0);
	kit_begin(s);
	assert_int_equal(body_intake_sync(in, &err), VALISE_E_FAILURE);
	spool_rollback(s);
	assert_int_equal(body_intake_missing(in), 2);
	sync_intake(in);
	assert_int_equal(body_intake_missing(in), 1);
	body_intake_free(in);
}

/* Cut off after any piece, in any order, and resumed by another process's eyes. */
static void an_intake_is_resumed_at_any_piece(void **state)
{
	static const size_t sizes[] = {0, 1, 1000, BODY_SMALL_BYTES + 1, MIB, 2 * MIB, 3 * MIB + 17};
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	spool_close(kit_create(dir));
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		CLEAN_KIT_BODY struct kit_body b;
		kit_body((uint8_t)i, sizes[i], &b);
		struct body_intake *in;
		for (size_t done = 0; done < b.n_pieces; done++) {
			CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
			size_t piece = b.n_pieces - 1 - done;
			in = begin(s, &b);
			assert_int_equal(body_intake_missing(in), b.n_pieces - done);
			for (size_t k = 0; k < b.n_pieces; k++)
				assert_int_equal(body_intake_has(in, k), k > piece);
			take(in, &b, piece);
			take(in, &b, piece);
			assert_false(body_intake_has(in, piece)); /* not before it is synced */
			sync_intake(in);
			assert_true(body_intake_has(in, piece));
			take(in, &b, piece); /* no harm */
			if (piece > 0)
				take(in, &b, piece - 1); /* written, never synced: it does not count */
			body_intake_free(in);
		}
		CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
		in = begin(s, &b);
		assert_int_equal(body_intake_missing(in), 0);
		assert_int_equal(body_intake_bytes(in), b.len);
		assert_false(kit_body_is_whole(s, &b));
		finish(s, in);
		body_intake_free(in);
		assert_true(kit_body_is_whole(s, &b));
		assert_false(is_there(partial_path(dir, &b.root, b.n_pieces)));
		assert_int_equal(is_there(body_path(dir, &b.root)), b.len > BODY_SMALL_BYTES);
		assert_int_equal(body_intake_begin(s, &b.root, kit_tally(&b), &in, &err), VALISE_E_EXISTS);
		assert_int_equal(kit_check(s, false).n, 0);
	}
}

/* What is counted in rows but no longer in the file is taken again. */
static void a_file_cut_behind_our_back(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 3 * MIB + 17, &b);
	static const struct {
		off_t left; /* -1: the file is gone */
		uint64_t missing;
	} cuts[] = {{3 * MIB + 17, 0},
		    {3 * MIB + 16, 1},
		    {3 * MIB, 1},
		    {3 * MIB - 1, 2},
		    {MIB, 3},
		    {1, 4},
		    {0, 4},
		    {-1, 4}};
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		struct body_intake *in = begin(s, &b);
		for (size_t k = 0; k < b.n_pieces; k++)
			take(in, &b, k);
		sync_intake(in);
		body_intake_free(in);
		char path[600];
		(void)snprintf(path, sizeof path, "%s", partial_path(dir, &b.root, b.n_pieces));
		if (cuts[i].left < 0)
			assert_int_equal(unlink(path), 0);
		else
			assert_int_equal(truncate(path, cuts[i].left), 0);
		in = begin(s, &b);
		assert_int_equal(body_intake_missing(in), cuts[i].missing);
		for (size_t k = 0; k < b.n_pieces; k++)
			assert_int_equal(body_intake_has(in, k), k < b.n_pieces - cuts[i].missing);
		body_intake_free(in);
	}
	/* Longer than it may be: the rest goes. */
	struct body_intake *in = begin(s, &b);
	for (size_t k = 0; k < b.n_pieces; k++)
		take(in, &b, k);
	sync_intake(in);
	body_intake_free(in);
	assert_int_equal(truncate(partial_path(dir, &b.root, b.n_pieces), 9 * MIB), 0);
	in = begin(s, &b);
	assert_int_equal(body_intake_missing(in), 0);
	/* And cut while it is held: the finish notices. */
	assert_int_equal(truncate(partial_path(dir, &b.root, b.n_pieces), MIB), 0);
	struct valise_err err = {0};
	kit_begin(s);
	assert_int_equal(body_intake_finish(in, &err), VALISE_E_CHANGED);
	spool_rollback(s);
	body_intake_free(in);
	in = begin(s, &b);
	assert_int_equal(body_intake_missing(in), 3);
	for (size_t k = 0; k < b.n_pieces; k++)
		take(in, &b, k);
	sync_intake(in);
	finish(s, in);
	body_intake_free(in);
	assert_true(kit_body_is_whole(s, &b));
}

/* After the file has moved and before the row is there. */
static void a_finish_that_is_rolled_back(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 2 * MIB, &b);
	struct body_intake *in = begin(s, &b);
	take(in, &b, 0);
	take(in, &b, 1);
	sync_intake(in);
	kit_begin(s);
	OK(err, body_intake_finish(in, &err));
	spool_rollback(s);
	assert_true(is_there(body_path(dir, &b.root)));
	assert_false(kit_body_is_whole(s, &b));
	/* The same hand again ... */
	kit_begin(s);
	OK(err, body_intake_finish(in, &err));
	spool_rollback(s);
	body_intake_free(in);
	/* ... it is no litter meanwhile ... */
	struct kit_findings f = kit_check(s, true);
	assert_int_equal(f.n_broken, 0);
	assert_true(is_there(body_path(dir, &b.root)));
	/* ... and another hand, which finds every piece. */
	in = begin(s, &b);
	assert_int_equal(body_intake_missing(in), 0);
	assert_true(is_there(partial_path(dir, &b.root, b.n_pieces)));
	finish(s, in);
	body_intake_free(in);
	assert_true(kit_body_is_whole(s, &b));
	assert_int_equal(kit_check(s, false).n, 0);
}

/* One that is damaged can be forgotten, and comes again. */
static void a_forgotten_body_comes_again(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 2 * MIB, &b);
	kit_begin(s);
	put_file(s, &b);
	kit_commit(s);
	for (int gone = 0; gone < 2; gone++) {
		if (gone)
			assert_int_equal(unlink(body_path(dir, &b.root)), 0);
		assert_int_equal(kit_check(s, false).n_broken, gone);
		kit_begin(s);
		assert_int_equal(body_forget(s, &b.root, &err), 0);
		kit_commit(s);
		assert_int_equal(kit_check(s, false).n, 0);
		struct body_intake *in = begin(s, &b);
		assert_int_equal(body_intake_missing(in), 2);
		take(in, &b, 1);
		take(in, &b, 0);
		sync_intake(in);
		finish(s, in);
		body_intake_free(in);
		assert_true(kit_body_is_whole(s, &b));
	}
	CLEAN_KIT_BODY struct kit_body small;
	kit_body(1, 100, &small);
	struct str bytes = {(char *)small.bytes, small.len};
	for (int again = 0; again < 2; again++) {
		kit_begin(s);
		OK(err, body_put_small(s, &small.root, bytes, kit_tally(&small), &err));
		kit_commit(s);
		assert_true(kit_body_is_whole(s, &small));
		kit_begin(s);
		OK(err, body_forget(s, &small.root, &err));
		kit_commit(s);
		assert_false(kit_body_is_whole(s, &small));
	}
}

/* A tally of another number of pieces that hashes to the root as well: the two first as one. Its last piece is the body's. */
static void false_tally_of(const struct kit_body *b, struct hash ret[static 2])
{
	struct tree t;
	struct hash first[2] = {tally_root(kit_tally(b), 0), tally_root(kit_tally(b), 1)};
	tree_init(&t);
	tree_add(&t, &first[0]);
	tree_add(&t, &first[1]);
	tree_end(&t, &ret[0]);
	ret[1] = tally_root(kit_tally(b), 2);
}

/* Another's letter may name this body with a number of pieces that is not its own, and pieces may fit it. */
static void lies_about_a_body_cost_nothing_lasting(void **state)
{
	const char *dir = kit_dir(*state);
	struct valise_err err = {0};
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 2 * MIB + 17, &b);
	struct hash two[2];
	false_tally_of(&b, two);
	struct str tally = {(char *)two, sizeof two};
	OK(err, tally_check(&b.root, 2 * MIB, tally, &err));
	for (int held = 0; held < 2; held++) {
		CLEAN_SPOOL struct spool *s = held ? kit_open(dir, SPOOL_WRITE) : kit_create(dir);
		struct body_intake *in = NULL, *lie = NULL;
		/* First come, with a piece. */
		OK(err, body_intake_begin(s, &b.root, tally, &lie, &err));
		OK(err, body_intake_piece(lie, 1, b.bytes + 2 * MIB, 17, &err));
		sync_intake(lie);
		assert_int_equal(body_intake_missing(lie), 1);
		assert_int_equal(body_intake_bytes(lie), MIB + 17);
		in = begin(s, &b);
		assert_int_equal(body_intake_missing(in), 3);
		take(in, &b, 0);
		take(in, &b, 2);
		sync_intake(in);
		body_intake_free(in);
		assert_int_equal(kit_check(s, false).n, 2);
		/* And again in between: what came so far stays. */
		OK(err, body_intake_sync(lie, &err));
		if (!held)
			body_intake_free(TAKE(lie));
		in = begin(s, &b);
		assert_int_equal(body_intake_missing(in), 1);
		assert_int_equal(body_intake_bytes(in), 2 * MIB + 17);
		take(in, &b, 1);
		sync_intake(in);
		finish(s, in);
		body_intake_free(in);
		assert_true(kit_body_is_whole(s, &b));
		/* The lie is shown as one and goes, unless somebody has it in hand. */
		assert_int_equal(is_there(partial_path(dir, &b.root, 2)), held);
		assert_int_equal(kit_check(s, false).n, held);
		body_intake_free(lie);
		kit_begin(s);
		OK(err, body_forget(s, &b.root, &err));
		kit_commit(s);
	}
}

/* A claim of a hundred gigabytes takes no room until a byte of it comes. */
static void nothing_is_reserved_on_a_word(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	struct hash root = kit_hash(1);
	CLEAN_FREE char *tally = calloc(100000, 32);
	struct body_intake *in = NULL;
	struct stat st;
	assert_non_null(tally);
	OK(err, body_intake_begin(s, &root, (struct str){tally, 100000 * 32}, &in, &err));
	assert_int_equal(stat(partial_path(dir, &root, 100000), &st), 0);
	assert_int_equal(st.st_size, 0);
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, MIB, &b);
	OK(err, body_intake_piece(in, 99999, b.bytes, MIB, &err));
	sync_intake(in);
	assert_int_equal(stat(partial_path(dir, &root, 100000), &st), 0);
	assert_true((uint64_t)st.st_blocks * 512 < 2 * MIB);
	assert_true(body_intake_has(in, 99999) && !body_intake_has(in, 99998));
	assert_int_equal(body_intake_missing(in), 99999);
	body_intake_free(in);
}

static int second_hand(const char *dir, const struct kit_body *b)
{
	struct valise_err err = {0};
	struct body_intake *in = NULL;
	CLEAN_SPOOL struct spool *s = kit_open(dir, SPOOL_WRITE);
	int r = body_intake_begin(s, &b->root, kit_tally(b), &in, &err);
	if (r == 0)
		body_intake_free(in);
	else if (!strstr(err.text, "another program"))
		return 99;
	return r == 0 ? 0 : r == VALISE_E_BUSY ? 1 : 2;
}

static int in_another_process(const char *dir, const struct kit_body *b)
{
	int status;
	pid_t child = fork();
	if (child == 0)
		_exit(second_hand(dir, b));
	MUST(waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void one_process_at_a_time_takes_a_body_in(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	CLEAN_KIT_BODY struct kit_body a;
	CLEAN_KIT_BODY struct kit_body b;
	kit_body(1, 2 * MIB, &a);
	kit_body(2, 2 * MIB, &b);
	struct body_intake *in = begin(s, &a);
	take(in, &a, 0);
	assert_int_equal(in_another_process(dir, &a), 1);
	assert_int_equal(in_another_process(dir, &b), 0); /* another body is free */
	sync_intake(in);
	body_intake_free(in);
	assert_int_equal(in_another_process(dir, &a), 0);
	in = begin(s, &a);
	assert_int_equal(body_intake_missing(in), 1);
	body_intake_free(in);
}

static void findings(void **state)
{
	const char *dir = kit_dir(*state);
	char path[600];
	CLEAN_KIT_BODY struct kit_body b;
	CLEAN_KIT_BODY struct kit_body part;
	CLEAN_KIT_BODY struct kit_body kept;
	kit_body(1, 2 * MIB, &b);
	kit_body(2, 2 * MIB + 1, &part);
	kit_body(3, 2 * MIB, &kept);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct body_intake *in = begin(s, &part);
	take(in, &part, 1);
	sync_intake(in);
	body_intake_free(in);
	struct kit_findings f = kit_check(s, true);
	assert_true(f.n == 1 && f.n_broken == 0 && strstr(f.text, "1 of 3 pieces"));

	/* Litter: a file whose transaction never ended, a partial file nobody knows, dead temporaries. */
	kit_begin(s);
	put_file(s, &b);
	spool_rollback(s);
	(void)snprintf(path, sizeof path, "%s", partial_path(dir, &b.root, b.n_pieces));
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	static const char *const temporaries[] = {"tmp/.valise-tmp-aaaaaaaaaaaaaaaa",
						  "keys/.valise-tmp-aaaaaaaaaaaaaaab"};
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, temporaries[i]);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		assert_true(fd >= 0);
		(void)close(fd);
	}
	f = kit_check(s, false);
	assert_true(f.n == 5 && f.n_broken == 0);
	f = kit_check(s, true);
	assert_true(f.n == 5 && f.n_broken == 0 && strstr(f.text, "removed"));
	assert_int_equal(kit_check(s, false).n, 1);

	/* Not litter: a body whose letter is here, and what others put into our directories. */
	(void)kit_put_letter(s, &(struct kit_letter){.n = 1, .body = kept.root, .body_bytes = kept.len});
	kit_begin(s);
	put_file(s, &kept);
	spool_rollback(s);
	static const char *const strangers[] = {"partial/notes.txt", "bodies/README", "tmp/.hidden"};
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, strangers[i]);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		assert_true(fd >= 0);
		(void)close(fd);
	}
	f = kit_check(s, true);
	assert_true(f.n == 4 && f.n_broken == 0);
	assert_true(is_there(body_path(dir, &kept.root)));

	/* Broken: files that are gone, short or writable. */
	kit_begin(s);
	put_file(s, &kept);
	put_file(s, &b);
	kit_commit(s);
	assert_int_equal(kit_check(s, false).n, 3);
	assert_int_equal(chmod(body_path(dir, &b.root), 0600), 0);
	f = kit_check(s, false);
	assert_true(f.n == 4 && f.n_broken == 0);
	assert_int_equal(truncate(body_path(dir, &b.root), 5), 0);
	assert_int_equal(unlink(body_path(dir, &kept.root)), 0);
	f = kit_check(s, true);
	assert_true(f.n_broken == 2 && strstr(f.text, "has lost its file") && strstr(f.text, "not of its size"));
	struct body body = BODY_NONE;
	struct valise_err err = {0};
	assert_int_equal(body_open(s, &kept.root, &body, &err), VALISE_E_BAD);
	assert_int_equal(body_open(s, &b.root, &body, &err), VALISE_E_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(whole_bodies_come_back),
		scratch_test(a_read_that_fails_names_what_was_read),
		scratch_test(what_does_not_fit_is_refused),
		scratch_test(an_intake_is_resumed_at_any_piece),
		scratch_test(a_file_cut_behind_our_back),
		scratch_test(a_finish_that_is_rolled_back),
		scratch_test(a_forgotten_body_comes_again),
		scratch_test(lies_about_a_body_cost_nothing_lasting),
		scratch_test(nothing_is_reserved_on_a_word),
		scratch_test(one_process_at_a_time_takes_a_body_in),
		scratch_test(findings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
