/* SPDX-License-Identifier: Apache-2.0 */
/* The mark of a bag between the machines of one office: one spelling, and nothing else. */
#include "vectors.h"

#include "format/inside_mark.h"

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct hash audience = vector_hash("an audience"), again;
	CLEAN_BUF struct buf b = BUF_INIT(256);
	inside_mark_write(&b, &audience);
	assert_str(buf_str(&b), "valise/inside@v1\naudience "
				"f2afc6fc5e157a4a91f24dcc70c7d835fb796810889f14176bceb658885788ba\n");
	assert_true(inside_mark_parse(buf_str(&b), &again) && hash_eq(&again, &audience));
}

static void anything_else_is_refused(void **state)
{
	(void)state;
	struct hash audience = vector_hash("an audience"), ret;
	CLEAN_BUF struct buf b = BUF_INIT(256);
	inside_mark_write(&b, &audience);
	for (size_t i = 0; i < b.len; i++) {
		uint8_t was = b.data[i];
		b.data[i] = (uint8_t)(was ^ 0x20);
		assert_false(inside_mark_parse(buf_str(&b), &ret) && hash_eq(&ret, &audience));
		b.data[i] = was;
		assert_false(inside_mark_parse((struct str){(char *)b.data, i}, &ret));
	}
	buf_add_char(&b, '\n');
	assert_false(inside_mark_parse(buf_str(&b), &ret));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(anything_else_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
