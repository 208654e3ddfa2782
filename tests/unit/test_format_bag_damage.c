/* SPDX-License-Identifier: Apache-2.0 */
/* Bags as sticks, bad copies and enemies leave them: whatever is whole comes out, and the work stays linear. */
#include "bag_maker.h"

#include <time.h>

#include "crypto/tree.h"

/* A bag of n notes of a few hundred bytes, each unlike the others; where their frames begin. */
#define NOTES 6u
static void make_notes(struct buf *ret, size_t ret_at[static NOTES + 1])
{
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	bag_maker_begin(7, &w, ret);
	for (unsigned i = 0; i < NOTES; i++) {
		uint8_t data[160];
		for (size_t k = 0; k < sizeof data; k++)
			data[k] = (uint8_t)(k * 7 + i * 31);
		ret_at[i] = ret->len;
		bag_maker_add(w, ret, BAG_NOTE, vector_hash("of"), 0, data, sizeof data - i);
	}
	ret_at[NOTES] = ret->len;
	bag_maker_end(w, ret);
}

/* Flips each byte in three ways: every record but the one that was hit comes out. */
static void every_byte_flipped(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	size_t at[NOTES + 1];
	make_notes(&good, at);
	struct bag_marks all;
	bag_marks_read(buf_str(&good), 0, &all);
	assert_int_equal(all.n, NOTES);
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	for (size_t i = 0; i < good.len * sizeof flips; i++) {
		size_t hit = i / sizeof flips;
		struct bag_marks marks;
		good.data[hit] ^= flips[i % sizeof flips];
		bag_marks_read(buf_str(&good), i % 5 ? 0 : 13, &marks);
		good.data[hit] ^= flips[i % sizeof flips];
		assert_int_equal(marks.result.verdict, BAG_DAMAGED);
		assert_true(marks.result.bad > 0);
		for (size_t k = 0; k < NOTES; k++) {
			bool was_hit = hit >= at[k] && hit < at[k + 1];
			if (bag_marks_has(&marks, &all.mark[k]) == was_hit)
				fail_msg("byte %zu: record %zu %s", hit, k, was_hit ? "came out damaged" : "is lost");
		}
	}
}

static void cut_at_every_length(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	size_t at[NOTES + 1];
	make_notes(&good, at);
	struct bag_marks all;
	bag_marks_read(buf_str(&good), 0, &all);
	for (size_t len = 0; len < good.len; len++) {
		struct bag_marks marks;
		size_t whole = 0;
		while (whole < NOTES && at[whole + 1] <= len)
			whole++;
		bag_marks_read((struct str){(const char *)good.data, len}, len % 3 ? 0 : 17, &marks);
		assert_int_equal(marks.result.verdict, len < BAG_HEADER_BYTES - BAG_ID_BYTES ? BAG_NO_BAG : BAG_CUT);
		assert_int_equal(marks.n, whole);
		assert_memory_equal(marks.mark, all.mark, whole * sizeof all.mark[0]);
	}
}

/* Bytes taken out of the middle, at every place: what lies wholly outside is there. */
static void bytes_lost_and_added(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	size_t at[NOTES + 1];
	make_notes(&good, at);
	struct bag_marks all;
	bag_marks_read(buf_str(&good), 0, &all);
	for (size_t hole = BAG_HEADER_BYTES; hole + 40 < good.len; hole += 3) {
		for (size_t len = 1; len <= 40; len += 13) {
			CLEAN_BUF struct buf bytes = BUF_INIT(65536);
			struct bag_marks marks;
			buf_add(&bytes, good.data, hole);
			buf_add(&bytes, good.data + hole + len, good.len - hole - len);
			bag_marks_read(buf_str(&bytes), 0, &marks);
			assert_true(marks.result.verdict == BAG_DAMAGED || marks.result.verdict == BAG_CUT);
			for (size_t k = 0; k < NOTES; k++) {
				if (at[k + 1] <= hole || at[k] >= hole + len)
					assert_true(bag_marks_has(&marks, &all.mark[k]));
			}
			buf_clear(&bytes);
			buf_add(&bytes, good.data, hole);
			buf_add(&bytes, good.data, len);
			buf_add(&bytes, good.data + hole, good.len - hole);
			bag_marks_read(buf_str(&bytes), 0, &marks);
			assert_int_equal(marks.result.verdict, BAG_DAMAGED);
			for (size_t k = 0; k < NOTES; k++) {
				if (at[k + 1] <= hole || at[k] >= hole)
					assert_true(bag_marks_has(&marks, &all.mark[k]));
			}
		}
	}
}

static void reordered_doubled_removed(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	CLEAN_BUF struct buf bytes = BUF_INIT(65536);
	size_t at[NOTES + 1];
	struct bag_marks marks;
	make_notes(&good, at);
	/* Two records change places. */
	buf_add(&bytes, good.data, at[1]);
	buf_add(&bytes, good.data + at[2], at[3] - at[2]);
	buf_add(&bytes, good.data + at[1], at[2] - at[1]);
	buf_add(&bytes, good.data + at[3], good.len - at[3]);
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_DAMAGED);
	assert_int_equal(marks.n, NOTES);
	/* One stands twice, then one is missing. */
	buf_clear(&bytes);
	buf_add(&bytes, good.data, at[2]);
	buf_add(&bytes, good.data + at[1], good.len - at[1]);
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_DAMAGED);
	assert_int_equal(marks.n, NOTES + 1);
	buf_clear(&bytes);
	buf_add(&bytes, good.data, at[1]);
	buf_add(&bytes, good.data + at[2], good.len - at[2]);
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_DAMAGED);
	assert_int_equal(marks.n, NOTES - 1);
	/* Another bag's header: the trailer closes over the id. */
	buf_clear(&bytes);
	buf_add(&bytes, good.data, good.len);
	bytes.data[20] ^= 1;
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_DAMAGED);
	assert_int_equal(marks.n, NOTES);
}

static void junk_before_between_after(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	size_t at[NOTES + 1];
	make_notes(&good, at);
	static const char *const junk[] = {
		"x",
		"\xff",
		"\xffV",
		"\xffVBF",
		"valise/bag@v1\n",
		"\n\n\n\n",
		"\xffVBF\x01 and no frame at all, but as long as one would be, so that it is looked at whole"};
	for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++) {
		for (size_t place = 0; place < 3; place++) {
			CLEAN_BUF struct buf bytes = BUF_INIT(65536);
			struct bag_marks marks;
			size_t split = place == 0 ? 0 : place == 1 ? at[3] : good.len;
			buf_add(&bytes, good.data, split);
			buf_add_text(&bytes, junk[i]);
			buf_add(&bytes, good.data + split, good.len - split);
			bag_marks_read(buf_str(&bytes), i % 2 ? 11 : 0, &marks);
			/* A first line at the very end is the beginning of another bag. */
			bool is_cut = place == 2 && str_eq(str_of(junk[i]), STR("valise/bag@v1\n"));
			assert_int_equal(marks.result.verdict, is_cut ? BAG_CUT : BAG_DAMAGED);
			assert_int_equal(marks.n, NOTES);
		}
	}
}

static void no_bag(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = BUF_INIT(1 << 20);
	struct bag_marks marks;
	uint32_t x = 1;
	bag_marks_read(STR(""), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_NO_BAG);
	bag_marks_read(STR("valise/bag@v1"), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_NO_BAG);
	for (size_t i = 0; i < 300000; i++) {
		x = x * 1664525 + 1013904223;
		buf_add_char(&bytes, (char)(x >> 24));
	}
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_NO_BAG);
	bag_marks_read(buf_str(&bytes), 777, &marks);
	assert_int_equal(marks.result.verdict, BAG_NO_BAG);
}

/* Lengths that nothing has, with a check that fits them, and fields at their ends. */
static void lengths_beyond_anything(void **state)
{
	(void)state;
	static const uint32_t lengths[] = {BAG_DATA_BYTES + 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		for (unsigned kind = 0; kind < 256; kind += 51) {
			CLEAN_BUF struct buf good = BUF_INIT(65536);
			CLEAN_BUF struct buf bytes = BUF_INIT(65536);
			struct bag_marks marks;
			uint8_t frame[BAG_FRAME_BYTES];
			size_t at[NOTES + 1];
			struct bag_record r = {.kind = kind, .at = UINT32_MAX, .len = lengths[i]};
			make_notes(&good, at);
			bag_frame_write(&r, frame);
			buf_add(&bytes, good.data, at[2]);
			buf_add(&bytes, frame, sizeof frame);
			buf_add(&bytes, good.data + at[2], good.len - at[2]);
			bag_marks_read(buf_str(&bytes), 0, &marks);
			assert_int_equal(marks.result.verdict, BAG_DAMAGED);
			assert_int_equal(marks.n, NOTES);
		}
	}
}

/* A frame that claims a whole megabyte which never comes: what was already there comes out at the end. */
static void promise_not_kept(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	CLEAN_BUF struct buf bytes = BUF_INIT(65536);
	struct bag_marks marks;
	size_t at[NOTES + 1];
	uint8_t frame[BAG_FRAME_BYTES];
	make_notes(&good, at);
	bag_frame_write(&(struct bag_record){.kind = BAG_PIECE, .len = BAG_DATA_BYTES}, frame);
	buf_add(&bytes, good.data, at[2]);
	buf_add(&bytes, frame, sizeof frame);
	buf_add(&bytes, good.data + at[2], good.len - at[2]);
	bag_marks_read(buf_str(&bytes), 5, &marks);
	assert_int_equal(marks.result.verdict, BAG_DAMAGED);
	assert_int_equal(marks.n, NOTES);
}

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Frames packed as close as they go, each with a right check and each claiming the megabyte behind it. */
static double time_nested(size_t bytes_wanted, size_t portion, size_t *ret_records)
{
	CLEAN_BUF struct buf bytes = BUF_INIT(64u * 1024 * 1024);
	struct bag_marks marks;
	uint8_t frame[BAG_FRAME_BYTES];
	CLEAN_BUF struct buf good = BUF_INIT(65536);
	size_t at[NOTES + 1];
	make_notes(&good, at);
	buf_add(&bytes, good.data, at[1]);
	for (uint32_t i = 0; bytes.len < bytes_wanted; i++) {
		bag_frame_write(&(struct bag_record){.kind = BAG_PIECE, .at = i, .len = BAG_DATA_BYTES}, frame);
		buf_add(&bytes, frame, sizeof frame);
	}
	/* So much behind them that no frame's claim swallows what follows, even when it is believed. */
	memset(buf_grow(&bytes, BAG_DATA_BYTES), 0, BAG_DATA_BYTES);
	buf_add(&bytes, good.data + at[1], good.len - at[1]);
	assert_int_equal(bytes.error, 0);
	double begun = seconds();
	bag_marks_read(buf_str(&bytes), portion, &marks);
	*ret_records = marks.n;
	return seconds() - begun;
}

static void nested_frames_stay_linear(void **state)
{
	(void)state;
	size_t n;
	double small = time_nested(2u * 1024 * 1024, 0, &n);
	assert_int_equal(n, NOTES);
	double large = time_nested(16u * 1024 * 1024, 0, &n);
	assert_int_equal(n, NOTES);
	double pushed = time_nested(16u * 1024 * 1024, 65536, &n);
	assert_int_equal(n, NOTES);
	print_message("# 2 MiB: %.3f s, 16 MiB: %.3f s, in portions: %.3f s\n", small, large, pushed);
	/* Quadratic would be 64 times and many minutes. */
	assert_true(large < 24 * small + 1);
	assert_true(pushed < 24 * small + 1);
}

/* A thousand magics within one record, and a bag in a bag: sound, it is one record; damaged, what is inside is items
 * like any other. */
static void magics_within(void **state)
{
	(void)state;
	CLEAN_BUF struct buf inner = BUF_INIT(65536);
	CLEAN_BUF struct buf bytes = BUF_INIT(256 * 1024);
	CLEAN_BAG_WRITER struct bag_writer *w = NULL;
	struct bag_marks marks;
	size_t at[NOTES + 1];
	make_notes(&inner, at);
	for (unsigned i = 0; i < 1000; i++)
		buf_add(&inner, bag_magic, sizeof bag_magic);
	bag_maker_begin(9, &w, &bytes);
	bag_maker_add(w, &bytes, BAG_EXHIBIT, vector_hash("x"), 0, inner.data, inner.len);
	bag_maker_add(w, &bytes, BAG_NOTE, vector_hash("n"), 0, "n", 1);
	bag_maker_end(w, &bytes);
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_WHOLE);
	assert_int_equal(marks.n, 2);
	bytes.data[BAG_HEADER_BYTES + 60] ^= 1;
	bag_marks_read(buf_str(&bytes), 0, &marks);
	assert_int_equal(marks.result.verdict, BAG_DAMAGED);
	assert_int_equal(marks.n, NOTES + 1);
}

/* A trailer says how many records there were, and which: none of what it can get wrong passes for whole. */
static void trailers(void **state)
{
	(void)state;
	for (unsigned wrong = 0; wrong < 4; wrong++) {
		CLEAN_BUF struct buf good = BUF_INIT(65536);
		CLEAN_BUF struct buf bytes = BUF_INIT(65536);
		struct bag_marks marks;
		size_t at[NOTES + 1];
		struct bag_record end;
		make_notes(&good, at);
		assert_true(bag_frame_read(good.data + at[NOTES], &end));
		if (wrong == 0)
			end.at++;
		else if (wrong == 1)
			end.of.bytes[31] ^= 1;
		else if (wrong == 2)
			end.root.bytes[0] ^= 1;
		buf_add(&bytes, good.data, at[NOTES]);
		bag_maker_raw(&bytes, &end);
		bag_marks_read(buf_str(&bytes), 0, &marks);
		assert_int_equal(marks.result.verdict, wrong == 3 ? BAG_WHOLE : BAG_DAMAGED);
		assert_int_equal(marks.n, NOTES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_flipped),
		cmocka_unit_test(cut_at_every_length),
		cmocka_unit_test(bytes_lost_and_added),
		cmocka_unit_test(reordered_doubled_removed),
		cmocka_unit_test(junk_before_between_after),
		cmocka_unit_test(no_bag),
		cmocka_unit_test(lengths_beyond_anything),
		cmocka_unit_test(promise_not_kept),
		cmocka_unit_test(nested_frames_stay_linear),
		cmocka_unit_test(magics_within),
		cmocka_unit_test(trailers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
