/* SPDX-License-Identifier: Apache-2.0 */
/* The spool's record of bags inside an office: for whose keys ours are, who vouches for those of others, and what counts of them. */
#include "spool/bags.h"
#include "spool_kit.h"

static int count_item(void *context, const struct hash *item)
{
	(void)item;
	++*(size_t *)context;
	return 0;
}

static void bags_inside_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	const struct hash items[] = {kit_hash(3), kit_hash(1), kit_hash(2)};
	struct valise_err err = {0};
	size_t n = 0;
	struct hash audience;
	struct age_recipient voucher = {{1, 2, 3}}, by;
	bool ours, inside, vouched;
	const struct written_bag out = {.name = STR("out"), .bytes = 7, .items = items, .n_items = 1};
	kit_begin(s);
	assert_int_equal(bag_wrote(s, &out, &err), 0);
	struct written_bag in = {.name = STR("in"), .bytes = 7, .items = items, .n_items = 1, .audience = &items[2]},
			   theirs = {.name = STR("theirs"),
				     .bytes = 7,
				     .items = items,
				     .n_items = 1,
				     .audience = &items[1],
				     .voucher = &voucher};
	assert_int_equal(bag_wrote(s, &in, &err), 0);
	assert_int_equal(bag_wrote(s, &theirs, &err), 0);
	kit_commit(s);
	assert_int_equal(bag_is_known(s, STR("in"), 7, &ours, &err), 0);
	assert_true(ours);
	assert_int_equal(bag_is_known(s, STR("in"), 8, &ours, &err), 0);
	assert_false(ours);
	assert_int_equal(bag_inside(s, STR("in"), 7, &inside, &audience, &err), 0);
	assert_true(inside && hash_eq(&audience, &items[2]));
	assert_int_equal(bag_voucher(s, STR("in"), 7, &vouched, &by, &err), 0);
	assert_false(vouched);
	assert_int_equal(bag_voucher(s, STR("theirs"), 7, &vouched, &by, &err), 0);
	assert_true(vouched && memcmp(by.point, voucher.point, sizeof by.point) == 0);
	assert_int_equal(bag_inside(s, STR("theirs"), 7, &inside, &audience, &err), 0);
	assert_true(inside && hash_eq(&audience, &items[1]));
	const char *others[] = {"out", "unknown"};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(bag_inside(s, str_of(others[i]), 7, &inside, &audience, &err), 0);
		assert_false(inside);
	}
	kit_begin(s);
	assert_int_equal(bag_emptied(s, STR("in"), &err), 0);
	kit_commit(s);
	assert_int_equal(bag_items(s, STR("in"), 7, count_item, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(bag_is_known(s, STR("in"), 7, &ours, &err), 0);
	assert_true(ours);
	kit_begin(s);
	assert_int_equal(bag_gone(s, STR("in"), &err), 0);
	kit_commit(s);
	assert_int_equal(bag_is_known(s, STR("in"), 7, &ours, &err), 0);
	assert_false(ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(bags_inside_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
