/* SPDX-License-Identifier: Apache-2.0 */
/* What vouches for a bag between the machines of one office: only the holders of the two keys can make it, and it has one spelling. */
#include "vectors.h"

#include "format/inside_voucher.h"

/* As the example of the specification has them: secrets of 32 bytes of 0x11, 0x22, 0x33. */
static struct age_identity identity(uint8_t byte)
{
	uint8_t secret[32];
	struct age_identity id;
	struct valise_err err = {0};
	memset(secret, byte, sizeof secret);
	assert_int_equal(age_identity_x25519(secret, &id, &err), 0);
	return id;
}

static struct age_recipient key_of(const struct age_identity *id)
{
	struct age_recipient r;
	memcpy(r.point, id->point, sizeof r.point);
	return r;
}

static bool same(const struct age_recipient *a, const struct age_recipient *b)
{
	return memcmp(a->point, b->point, sizeof a->point) == 0;
}

static void the_example_is_what_we_write_and_read(void **state)
{
	(void)state;
	const struct hash frames = vector_hash("frames");
	struct age_identity writer = identity(0x11), a = identity(0x22), b = identity(0x33);
	struct age_recipient by = key_of(&writer), to[] = {key_of(&a), key_of(&b)}, found;
	uint8_t tag[INSIDE_TAG_BYTES], told[INSIDE_TAG_BYTES];
	struct valise_err err = {0};
	CLEAN_BUF struct buf example = {0}, file = {0}, text = BUF_INIT(INSIDE_VOUCHER_BYTES(2));
	vector_example("bag.md", "inside-by", &example);
	vector_read("tests/vectors/bag/inside-by", &file);
	assert_str(buf_str(&file), (char *)example.data);
	if (memcmp(to[0].point, to[1].point, sizeof to[0].point) > 0) {
		struct age_recipient first = to[1];
		to[1] = to[0];
		to[0] = first;
	}
	inside_voucher_begin(&text, &by);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(inside_voucher_tag(&writer, &to[i], &by, &to[i], &frames, tag, &err), 0);
		inside_voucher_line(&text, &to[i], tag);
	}
	assert_false(text.error);
	assert_str(buf_str(&text), (char *)example.data);
	assert_true(inside_voucher_is(buf_str(&text)));
	/* Each finds its own, and makes the same of it. */
	const struct age_identity *readers[] = {&a, &b};
	for (size_t i = 0; i < 2; i++) {
		struct age_recipient me = key_of(readers[i]);
		assert_true(inside_voucher_find(buf_str(&text), &me, &found, told) && same(&found, &by));
		assert_int_equal(inside_voucher_tag(readers[i], &by, &by, &me, &frames, tag, &err), 0);
		assert_memory_equal(tag, told, sizeof tag);
	}
	assert_false(inside_voucher_find(buf_str(&text), &by, &found, told));
}

static void another_bag_writer_or_reader_has_another_tag(void **state)
{
	(void)state;
	const struct hash frames = vector_hash("frames"), others = vector_hash("other frames");
	struct age_identity writer = identity(0x11), a = identity(0x22), outsider = identity(0x44);
	struct age_recipient by = key_of(&writer), to = key_of(&a), nobody = {{0}};
	uint8_t tag[INSIDE_TAG_BYTES], other[INSIDE_TAG_BYTES];
	struct valise_err err = {0};
	assert_int_equal(inside_voucher_tag(&writer, &to, &by, &to, &frames, tag, &err), 0);
	assert_int_equal(inside_voucher_tag(&writer, &to, &by, &to, &others, other, &err), 0);
	assert_memory_not_equal(tag, other, sizeof tag);
	assert_int_equal(inside_voucher_tag(&outsider, &to, &by, &to, &frames, other, &err), 0);
	assert_memory_not_equal(tag, other, sizeof tag);
	/* Of the two who share a secret each speaks for himself. */
	assert_int_equal(inside_voucher_tag(&writer, &to, &to, &by, &frames, other, &err), 0);
	assert_memory_not_equal(tag, other, sizeof tag);
	assert_int_equal(inside_voucher_tag(&writer, &nobody, &by, &nobody, &frames, other, &err), VALISE_E_BAD);
}

static void anything_else_is_refused(void **state)
{
	(void)state;
	struct age_identity a = identity(0x22);
	struct age_recipient me = key_of(&a), found;
	uint8_t told[INSIDE_TAG_BYTES], good[INSIDE_TAG_BYTES];
	CLEAN_BUF struct buf text = {0};
	vector_example("bag.md", "inside-by", &text);
	struct str lines[3], s = buf_str(&text);
	for (size_t i = 0, at = 19; i < 3; i++) {
		const char *end = memchr(s.at + at, '\n', s.len - at);
		lines[i] = (struct str){s.at + at, (size_t)(end - s.at) + 1 - at};
		at += lines[i].len;
	}
	assert_true(inside_voucher_find(s, &me, &found, good));
	for (size_t i = 0; i < s.len; i++) {
		uint8_t was = text.data[i];
		text.data[i] = (uint8_t)(was ^ 0x20);
		assert_false(inside_voucher_find(s, &me, &found, told));
		text.data[i] = was;
		/* Cut after a line it is one for fewer keys, and another bag's. */
		if (i < s.len - lines[2].len)
			assert_false(inside_voucher_find((struct str){s.at, i}, &me, &found, told) &&
				     i != (size_t)(lines[2].at - s.at));
	}
	/* Out of order, twice, for its writer, with a line more. */
	const size_t wrong[][3] = {{0, 2, 1}, {0, 1, 1}, {0, 2, 2}, {1, 1, 2}};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CLEAN_BUF struct buf bad = BUF_INIT(1000);
		buf_add(&bad, s.at, 19);
		for (size_t k = 0; k < 3; k++)
			buf_add_str(&bad, lines[wrong[i][k]]);
		assert_false(inside_voucher_find(buf_str(&bad), &me, &found, told));
	}
	buf_add_char(&text, '\n');
	assert_false(inside_voucher_find(buf_str(&text), &me, &found, told));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_what_we_write_and_read),
		cmocka_unit_test(another_bag_writer_or_reader_has_another_tag),
		cmocka_unit_test(anything_else_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
