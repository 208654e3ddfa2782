/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: the vectors, what is refused, and the code on paper. */
#include "failing.h"
#include "vectors.h"

#include "format/card.h"

static void one_good(const char *path, size_t entries)
{
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_CARD struct card card = {0};
	struct valise_err err = {0};
	vector_read(path, &bytes);
	if (card_parse(bytes.data, bytes.len, &card, &err))
		fail_msg("%s: %s", path, err.text);
	assert_int_equal(card.n_entries, entries);
	/* Written again from its entries, backwards and each twice, it is the same card. */
	struct str mixed[16];
	for (size_t i = 0; i < 2 * entries; i++)
		mixed[i] = card.entries[(2 * entries - 1 - i) % entries];
	CLEAN_BUF struct buf again = BUF_INIT(CARD_BYTES);
	assert_int_equal(card_write(mixed, 2 * entries, &again, NULL), 0);
	assert_true(str_eq(buf_str(&again), buf_str(&bytes)));
	/* Cut anywhere it is none. */
	for (size_t len = 0; len < bytes.len; len++) {
		struct card none = {.n_entries = 77};
		assert_int_equal(card_parse(bytes.data, len, &none, NULL), VALISE_E_BAD);
		assert_int_equal(none.n_entries, 77);
	}
}

static void good(void **state)
{
	(void)state;
	one_good("tests/vectors/card/oslo.card", 2);
	one_good("tests/vectors/card/harbour.card", 3);
}

static void refuse(const char *name, struct str bytes)
{
	CLEAN_CARD struct card card = {0};
	struct valise_err err = {0};
	if (card_parse(bytes.at, bytes.len, &card, &err) != VALISE_E_BAD)
		fail_msg("%s is not refused", name);
	assert_int_equal(err.code, VALISE_E_BAD);
}

static void refused(void **state)
{
	(void)state;
	assert_in_range(vector_each("tests/vectors/card/refused", ".card", refuse), 25, 1000);
}

static void not_written(void **state)
{
	(void)state;
	CLEAN_BUF struct buf oslo = {0};
	CLEAN_BUF struct buf harbour = {0};
	CLEAN_BUF struct buf later = {0};
	CLEAN_BUF struct buf seal = {0};
	CLEAN_BUF struct buf out = BUF_INIT(CARD_BYTES);
	CLEAN_BUF struct buf little = BUF_INIT(100);
	vector_read("tests/vectors/register/oslo-0.note", &oslo);
	vector_read("tests/vectors/register/harbour-0.note", &harbour);
	vector_read("tests/vectors/register/harbour-1.note", &later);
	vector_read("tests/vectors/seal/letter.note", &seal);
	buf_add_text(&out, "kept");
	assert_int_equal(card_write(NULL, 0, &out, NULL), VALISE_E_USAGE);
	struct str two_offices[] = {buf_str(&oslo), buf_str(&harbour)};
	assert_int_equal(card_write(two_offices, 2, &out, NULL), VALISE_E_USAGE);
	struct str no_first[] = {buf_str(&later)};
	assert_int_equal(card_write(no_first, 1, &out, NULL), VALISE_E_USAGE);
	struct str no_entry[] = {buf_str(&oslo), buf_str(&seal)};
	assert_int_equal(card_write(no_entry, 2, &out, NULL), VALISE_E_USAGE);
	assert_int_equal(card_write(two_offices, 1, &little, NULL), VALISE_E_LIMIT);
	assert_str(buf_str(&out), "kept");
	assert_int_equal(card_write(two_offices, 1, &out, NULL), 0);
}

static int parse_and_write(struct str input, struct valise_err *err)
{
	CLEAN_CARD struct card card = {0};
	CLEAN_BUF struct buf out = BUF_INIT(CARD_BYTES);
	int r = card_parse(input.at, input.len, &card, err);
	return r ? r : card_write(card.entries, card.n_entries, &out, err);
}

static void memory_runs_out(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	vector_read("tests/vectors/card/harbour.card", &bytes);
	failing_in_turn(parse_and_write, buf_str(&bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_written),
		cmocka_unit_test(memory_runs_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
