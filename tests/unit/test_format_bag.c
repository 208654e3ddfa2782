/* SPDX-License-Identifier: Apache-2.0 */
/* Bags that are as they should be: written as the specification says, and read back in any portions. */
#include "bag_maker.h"
#include "failing.h"

#include "base/encode.h"
#include "crypto/tree.h"

static void small_is_the_vector(void **state)
{
	(void)state;
	CLEAN_BUF struct buf made = BUF_INIT(4096);
	CLEAN_BUF struct buf want = {0};
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	struct hash body;
	tree_piece((const uint8_t *)"body", 4, &body);
	bag_maker_begin(0x42, &w, &made);
	bag_maker_add(w, &made, BAG_NOTE, vector_hash("note"), 0, "note\n", 5);
	bag_maker_add(w, &made, BAG_BODY, body, 0, "body", 4);
	bag_maker_add(w, &made, BAG_PIECE, vector_hash("big"), 0, "abc", 3);
	assert_int_equal(bag_writer_bytes_with(w, 0), made.len + 2 * BAG_FRAME_BYTES);
	bag_maker_end(w, &made);
	assert_int_equal(bag_writer_bytes(w), made.len);
	vector_read("tests/vectors/bag/small.bag", &want);
	assert_true(str_eq(buf_str(&made), buf_str(&want)));
}

static void small_is_the_example(void **state)
{
	(void)state;
	CLEAN_BUF struct buf want = {0};
	CLEAN_BUF struct buf example = {0};
	CLEAN_BUF struct buf hex = BUF_INIT(8192);
	vector_read("tests/vectors/bag/small.bag", &want);
	vector_example("bag.md", "bag-small", &example);
	hex_encode(&hex, want.data, want.len);
	size_t at = 0;
	for (size_t i = 0; i < example.len; i++) {
		if (example.data[i] != '\n')
			assert_int_equal(example.data[i], hex.data[at++]);
	}
	assert_int_equal(at, hex.len);
}

struct frames {
	struct bag_reader *reader;
	struct hash before[16];
	size_t n;
	uint8_t *spare;
};

static int see_frames(void *context, const struct bag_record *rec)
{
	struct frames *f = context;
	bag_reader_frames(f->reader, &f->before[f->n++]);
	/* As who takes the record away at once: its frame is not the reader's any more. */
	uint8_t *taken = bag_reader_exchange(f->reader, rec, f->spare);
	if (taken) {
		memset(taken, 0xee, BAG_FRAME_BYTES);
		f->spare = taken;
	}
	return 0;
}

/* What vouches for a bag is about the header and the frames before it, whoever reads it and in whatever portions. */
static void both_sides_have_the_same_frames(void **state)
{
	(void)state;
	static const char *const data[] = {"one\n", "two\n", "three\n"};
	CLEAN_BUF struct buf made = BUF_INIT(4096);
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	struct hash written[3], first;
	struct valise_err err = {0};
	bag_maker_begin(0x42, &w, &made);
	digest_once(made.data, made.len, &first);
	for (size_t i = 0; i < 3; i++) {
		bag_writer_frames(w, &written[i]);
		bag_maker_add(w, &made, BAG_NOTE, vector_hash(data[i]), 0, data[i], strlen(data[i]));
	}
	bag_maker_end(w, &made);
	assert_true(hash_eq(&written[0], &first) && !hash_eq(&written[1], &first) &&
		    !hash_eq(&written[1], &written[2]));
	for (size_t portion = 1; portion <= made.len; portion += 20) {
		CLEAN_BAG_READER struct bag_reader *r = NULL;
		struct frames f = {.spare = malloc(BAG_ROOM_BYTES)};
		struct bag_result end;
		assert_int_equal(bag_reader_new(see_frames, &f, &r, &err), 0);
		f.reader = r;
		for (size_t at = 0; at < made.len; at += portion) {
			size_t left = made.len - at;
			assert_int_equal(bag_reader_push(r, made.data + at, left < portion ? left : portion, &err), 0);
		}
		assert_int_equal(bag_reader_end(r, &end, &err), 0);
		assert_int_equal(end.verdict, BAG_WHOLE);
		assert_int_equal(f.n, 3);
		assert_memory_equal(f.before, written, sizeof written);
		free(f.spare);
	}
}

static void reads(const char *path, enum bag_verdict verdict, uint64_t records, uint64_t unknown, uint64_t bags)
{
	CLEAN_BUF struct buf bytes = {0};
	struct bag_marks whole;
	vector_read(path, &bytes);
	bag_marks_read(buf_str(&bytes), 0, &whole);
	assert_int_equal(whole.result.verdict, verdict);
	assert_int_equal(whole.result.records, records);
	assert_int_equal(whole.result.unknown, unknown);
	assert_int_equal(whole.result.bags, bags);
	assert_int_equal(whole.result.bad, 0);
	static const size_t portions[] = {1, 2, 3, 7, 29, 30, 31, 84, 85, 86, 1000, 65536};
	for (size_t i = 0; i < sizeof portions / sizeof portions[0]; i++) {
		struct bag_marks again;
		bag_marks_read(buf_str(&bytes), portions[i], &again);
		again.exchanged = whole.exchanged; /* whatever was */
		assert_memory_equal(&again, &whole, sizeof whole);
	}
}

static void vectors_read_in_any_portions(void **state)
{
	(void)state;
	reads("tests/vectors/bag/small.bag", BAG_WHOLE, 3, 0, 1);
	reads("tests/vectors/bag/every-kind.bag", BAG_WHOLE, 8, 1, 1);
	reads("tests/vectors/bag/empty.bag", BAG_WHOLE, 0, 0, 1);
	reads("tests/vectors/bag/two.bag", BAG_WHOLE, 11, 1, 2);
	reads("tests/vectors/bag/nested.bag", BAG_WHOLE, 2, 0, 1);
	reads("tests/vectors/bag/cut.bag", BAG_CUT, 2, 0, 1);
}

static int expect_small(void *context, const struct bag_record *r)
{
	size_t *n = context;
	struct hash root;
	struct hash note = vector_hash("note");
	switch ((*n)++) {
	case 0:
		assert_int_equal(r->kind, BAG_NOTE);
		assert_true(hash_eq(&r->of, &note));
		assert_str((struct str){(const char *)r->data, r->len}, "note\n");
		break;
	case 1:
		assert_int_equal(r->kind, BAG_BODY);
		tree_piece((const uint8_t *)"body", 4, &root);
		assert_true(hash_eq(&r->of, &root) && hash_eq(&r->root, &root));
		break;
	default:
		assert_int_equal(r->kind, BAG_PIECE);
		assert_int_equal(r->at, 0);
		assert_str((struct str){(const char *)r->data, r->len}, "abc");
	}
	return 0;
}

static void records_are_what_was_put_in(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	struct bag_result result;
	size_t n = 0;
	vector_read("tests/vectors/bag/small.bag", &bytes);
	assert_int_equal(bag_reader_new(expect_small, &n, &r, NULL), 0);
	assert_int_equal(bag_reader_push(r, bytes.data, bytes.len, NULL), 0);
	assert_int_equal(bag_reader_end(r, &result, NULL), 0);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < BAG_ID_BYTES; i++)
		assert_int_equal(result.id[i], 0x42);
}

/* Pieces as large as they come, and the roots that a tally would give them. */
static void large_pieces(void **state)
{
	(void)state;
	CLEAN_BUF struct buf made = BUF_INIT(8 * 1024 * 1024);
	CLEAN_BUF struct buf piece = BUF_INIT(TREE_PIECE_BYTES);
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	memset(buf_grow(&piece, TREE_PIECE_BYTES), 0x5a, TREE_PIECE_BYTES);
	bag_maker_begin(1, &w, &made);
	for (uint32_t i = 0; i < 5; i++) {
		size_t len = TREE_PIECE_BYTES - (i == 4);
		struct bag_record r = {.kind = BAG_PIECE, .of = vector_hash("big"), .at = i, .len = len};
		uint8_t frame[BAG_FRAME_BYTES];
		piece.data[0] = (uint8_t)i;
		tree_piece(piece.data, len, &r.root);
		assert_int_equal(bag_writer_frame(w, &r, true, frame, NULL), 0);
		buf_add(&made, frame, sizeof frame);
		buf_add(&made, piece.data, len);
	}
	bag_maker_end(w, &made);
	static const size_t portions[] = {0, 4096, 65536, 1000003, 1024 * 1024, 2 * 1024 * 1024};
	for (size_t i = 0; i < sizeof portions / sizeof portions[0]; i++) {
		struct bag_marks marks;
		bag_marks_read(buf_str(&made), portions[i], &marks);
		assert_int_equal(marks.result.verdict, BAG_WHOLE);
		assert_int_equal(marks.n, 5);
		/* In portions smaller than they are every one is gathered, and can be taken as it lies. */
		assert_true(portions[i] == 0 ? marks.exchanged == 0 : marks.exchanged >= 2);
		assert_true(portions[i] == 0 || portions[i] > TREE_PIECE_BYTES || marks.exchanged == 5);
	}
}

/* Each kind at the edges of its row, as the writer and as the reader see it. */
static void rows(void **state)
{
	(void)state;
	static uint8_t data[BAG_DATA_BYTES + 1];
	static const struct {
		unsigned kind;
		uint32_t at;
		size_t len;
		bool ok;
	} cases[] = {
		{BAG_NOTE, 0, 1, true},
		{BAG_NOTE, 0, 0, false},
		{BAG_NOTE, 1, 1, false},
		{BAG_NOTE, 0, LIMIT_NOTE_BYTES, true},
		{BAG_NOTE, 0, LIMIT_NOTE_BYTES + 1, false},
		{BAG_COVER, 0, LIMIT_COVER_BYTES, true},
		{BAG_COVER, 0, LIMIT_COVER_BYTES + 1, false},
		{BAG_COVER, 1, 10, false},
		{BAG_BODY, 0, BAG_BODY_BYTES, true},
		{BAG_BODY, 0, BAG_BODY_BYTES + 1, false},
		{BAG_BODY, 1, 4, false},
		{BAG_TALLY, 0, 32, true},
		{BAG_TALLY, 0, 0, false},
		{BAG_TALLY, 0, 33, false},
		{BAG_TALLY, 31, BAG_DATA_BYTES, true},
		{BAG_TALLY, 32, 32, false},
		{BAG_PIECE, 1048575, TREE_PIECE_BYTES, true},
		{BAG_PIECE, 1048576, 1, false},
		{BAG_PIECE, 0, 0, false},
		{BAG_EXHIBIT, 0, 0, true},
		{BAG_EXHIBIT, 1024, 0, true},
		{BAG_EXHIBIT, 1025, 0, false},
		{BAG_EXHIBIT, 0, BAG_DATA_BYTES, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf bytes = BUF_INIT(2 * BAG_DATA_BYTES);
		CLEAN_BAG_WRITER struct bag_writer *w = NULL;
		struct bag_marks marks;
		uint8_t frame[BAG_FRAME_BYTES];
		struct bag_record r = {.kind = cases[i].kind, .at = cases[i].at, .data = data, .len = cases[i].len};
		tree_piece(data, r.len, &r.root);
		r.of = r.root;
		bag_maker_begin(1, &w, &bytes);
		assert_int_equal(bag_writer_frame(w, &r, false, frame, NULL), cases[i].ok ? 0 : VALISE_E_USAGE);
		bag_maker_raw(&bytes, &r);
		bag_marks_read(buf_str(&bytes), 0, &marks);
		assert_int_equal(marks.n, cases[i].ok ? 1 : 0);
		assert_int_equal(marks.result.verdict, cases[i].ok ? BAG_CUT : BAG_DAMAGED);
	}
	CLEAN_BUF struct buf header = BUF_INIT(64);
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	uint8_t frame[BAG_FRAME_BYTES];
	bag_maker_begin(1, &w, &header);
	struct bag_record not_its_root = {.kind = BAG_BODY, .of = vector_hash("x"), .data = data, .len = 4};
	struct bag_record too_long = {.kind = BAG_EXHIBIT, .data = data, .len = sizeof data};
	struct bag_record trailer = {.kind = BAG_END};
	struct bag_record later = {.kind = BAG_KINDS, .data = data, .len = 1};
	assert_int_equal(bag_writer_frame(w, &not_its_root, false, frame, NULL), VALISE_E_USAGE);
	assert_int_equal(bag_writer_frame(w, &too_long, false, frame, NULL), VALISE_E_USAGE);
	assert_int_equal(bag_writer_frame(w, &trailer, false, frame, NULL), VALISE_E_USAGE);
	assert_int_equal(bag_writer_frame(w, &later, false, frame, NULL), VALISE_E_USAGE);
	assert_int_equal(bag_writer_bytes(w), BAG_HEADER_BYTES);
}

/* A bag never passes its size, and what did not fit leaves it as it was. */
static void full(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = BUF_INIT(64);
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	uint8_t frame[BAG_FRAME_BYTES];
	struct bag_record r = {.kind = BAG_PIECE, .of = vector_hash("big"), .len = TREE_PIECE_BYTES};
	bag_maker_begin(1, &w, &out);
	int code;
	while ((code = bag_writer_frame(w, &r, true, frame, NULL)) == 0)
		r.at++;
	assert_int_equal(code, VALISE_E_LIMIT);
	assert_true(bag_writer_bytes_with(w, r.len) > LIMIT_BAG_BYTES);
	size_t room = (size_t)(LIMIT_BAG_BYTES - bag_writer_bytes_with(w, 0));
	r.len = room + 1;
	assert_int_equal(bag_writer_frame(w, &r, true, frame, NULL), VALISE_E_LIMIT);
	r.len = room;
	assert_int_equal(bag_writer_frame(w, &r, true, frame, NULL), 0);
	assert_int_equal(bag_writer_end(w, frame, NULL), 0);
	assert_int_equal(bag_writer_bytes(w), LIMIT_BAG_BYTES);
}

static int stop_at_second(void *context, const struct bag_record *r)
{
	(void)r;
	return ++*(int *)context == 2 ? 77 : 0;
}

static void callback_stops(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	struct bag_result result = {.records = 99};
	int n = 0;
	vector_read("tests/vectors/bag/small.bag", &bytes);
	assert_int_equal(bag_reader_new(stop_at_second, &n, &r, NULL), 0);
	assert_int_equal(bag_reader_push(r, bytes.data, bytes.len, NULL), 77);
	assert_int_equal(bag_reader_push(r, bytes.data, bytes.len, NULL), 77);
	assert_int_equal(bag_reader_end(r, &result, NULL), 77);
	assert_int_equal(n, 2);
	assert_int_equal(result.records, 99);
}

static void names(void **state)
{
	(void)state;
	uint8_t random[BAG_ID_BYTES];
	for (unsigned round = 0; round < 256; round++) {
		CLEAN_BUF struct buf want = BUF_INIT(64);
		for (size_t i = 0; i < sizeof random; i++)
			random[i] = (uint8_t)(round * 167 + i * 29);
		struct bag_name name = bag_name(random);
		base32_encode(&want, random, sizeof random);
		assert_str(buf_str(&want), name.text);
		assert_true(bag_name_ok(str_of(name.text)));
	}
	char longest[LIMIT_BAG_NAME_BYTES + 1];
	memset(longest, 'a', sizeof longest);
	assert_true(bag_name_ok((struct str){longest, LIMIT_BAG_NAME_BYTES}));
	assert_false(bag_name_ok((struct str){longest, LIMIT_BAG_NAME_BYTES + 1}));
	assert_true(bag_name_ok(STR("2")));
	static const char *const bad[] = {"",    "A",        "1",    "8",   "a.b",        "a-b",
					  "a b", "\xc3\xa5", "../a", "a/b", "README.txt", "a\n"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(bag_name_ok(str_of(bad[i])));
}

static void first_bytes(void **state)
{
	(void)state;
	assert_int_equal(bag_look("valise/bag@v1\n0123456789", 24), BAG_BARE);
	assert_int_equal(bag_look("age-encryption.org/v1\n-> X25519", 31), BAG_WRAPPED);
	assert_int_equal(bag_look("age-encryption.org/v1\n", BAG_LOOK_BYTES), BAG_WRAPPED);
	assert_int_equal(bag_look("age-encryption.org/v1", 21), BAG_NEITHER);
	assert_int_equal(bag_look("valise/bag@v1", 13), BAG_NEITHER);
	assert_int_equal(bag_look("valise/bag@v2\n012345678", 23), BAG_NEITHER);
	assert_int_equal(bag_look("", 0), BAG_NEITHER);
}

static int ignore(void *context, const struct bag_record *r)
{
	(void)context;
	(void)r;
	return 0;
}

static int write_and_read(struct str input, struct valise_err *err)
{
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	uint8_t id[BAG_ID_BYTES] = {0};
	uint8_t header[BAG_HEADER_BYTES];
	uint8_t frame[BAG_FRAME_BYTES];
	struct bag_result result;
	struct bag_record record = {.kind = BAG_NOTE, .data = (const uint8_t *)input.at, .len = input.len};
	int code = bag_writer_new(id, &w, header, err);
	if (!code)
		code = bag_writer_frame(w, &record, false, frame, err);
	if (!code)
		code = bag_writer_end(w, frame, err);
	if (!code)
		code = bag_reader_new(ignore, NULL, &r, err);
	if (!code)
		code = bag_reader_push(r, input.at, input.len, err);
	return code ? code : bag_reader_end(r, &result, err);
}

static void memory_runs_out(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	vector_read("tests/vectors/bag/every-kind.bag", &bytes);
	failing_in_turn(write_and_read, buf_str(&bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_is_the_vector),
		cmocka_unit_test(small_is_the_example),
		cmocka_unit_test(both_sides_have_the_same_frames),
		cmocka_unit_test(vectors_read_in_any_portions),
		cmocka_unit_test(records_are_what_was_put_in),
		cmocka_unit_test(large_pieces),
		cmocka_unit_test(rows),
		cmocka_unit_test(full),
		cmocka_unit_test(callback_stops),
		cmocka_unit_test(names),
		cmocka_unit_test(first_bytes),
		cmocka_unit_test(memory_runs_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
