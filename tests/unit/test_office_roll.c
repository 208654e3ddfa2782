/* SPDX-License-Identifier: Apache-2.0 */
/* Records by the thousand: in order, whole, in little memory, and also where the file cannot be written. */
#include "office/roll.h"
#include "spool_kit.h"

#define MANY 50000u

struct record {
	uint64_t number;
	uint8_t odd[5];
};

struct seen {
	uint64_t n;
	int stop;
};

static void make(uint64_t i, struct record *record, char text[static 64])
{
	*record = (struct record){.number = i, .odd = {(uint8_t)i, 1, 2, 3, 4}};
	memset(text, 'a' + (int)(i % 26), 64);
}

static int see(void *context, const void *record, struct str text)
{
	struct seen *seen = context;
	struct record want;
	char letters[64];
	make(seen->n, &want, letters);
	assert_int_equal((uintptr_t)record % 8, 0);
	const struct record *got = record;
	assert_int_equal(got->number, want.number);
	assert_memory_equal(got->odd, want.odd, sizeof want.odd);
	assert_int_equal(text.len, seen->n % 64);
	assert_memory_equal(text.at, letters, text.len);
	return ++seen->n == 1000 ? seen->stop : 0;
}

static void add(struct roll *r, uint64_t from, uint64_t to)
{
	struct valise_err err = {0};
	struct record record;
	char letters[64];
	for (uint64_t i = from; i < to; i++) {
		make(i, &record, letters);
		const struct str text = {i % 64 ? letters : NULL, i % 64};
		assert_int_equal(roll_add(r, &record, sizeof record, text, &err), 0);
	}
}

static void check(const struct roll *r, uint64_t n)
{
	struct valise_err err = {0};
	struct seen seen = {.n = 0};
	assert_int_equal(r->n, n);
	assert_int_equal(roll_each_record(r, see, &seen, &err), 0);
	assert_int_equal(seen.n, n);
}

static void come_back_in_order(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct seen seen = {.stop = 7};
	struct roll r = {.spool = s};
	check(&r, 0);
	add(&r, 0, 10);
	check(&r, 10);
	add(&r, 10, MANY);
	check(&r, MANY);
	assert_true(r.last.cap < 256 * 1024);
	assert_int_equal(roll_each_record(&r, see, &seen, &err), 7);
	assert_int_equal(seen.n, 1000);
	/* More may be added after it was read. */
	add(&r, MANY, MANY + 10);
	check(&r, MANY + 10);
	roll_release(&r);
	check(&r, 0);
}

static void stay_in_memory_where_there_is_no_file(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct roll r = {.spool = NULL};
	add(&r, 0, MANY);
	assert_false(r.has_file);
	check(&r, MANY);
	roll_release(&r);
	/* One that cannot be written to any more: it is as if the disk were full. */
	r = (struct roll){.spool = s};
	add(&r, 0, 3000);
	assert_true(r.has_file && r.filed > 0);
	const int good = dup(r.file.fd), broken = open("/dev/full", O_RDWR | O_CLOEXEC);
	assert_true(good >= 0 && broken >= 0 && dup2(broken, r.file.fd) >= 0);
	add(&r, 3000, MANY);
	assert_null(r.spool);
	assert_true(dup2(good, r.file.fd) >= 0);
	check(&r, MANY);
	close(good);
	close(broken);
	roll_release(&r);
}

static void a_file_that_got_shorter_is_told(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct seen seen = {.n = 0};
	struct roll r = {.spool = s};
	add(&r, 0, MANY);
	assert_int_equal(ftruncate(r.file.fd, 100000), 0);
	assert_int_equal(roll_each_record(&r, see, &seen, &err), VALISE_E_IO);
	roll_release(&r);
}

static void what_is_too_long_is_refused(void **state)
{
	static char text[40000];
	struct roll r = {.spool = NULL};
	struct valise_err err = {0};
	(void)state;
	assert_int_equal(roll_add(&r, NULL, 0, (struct str){text, sizeof text}, &err), VALISE_E_LIMIT);
	assert_int_equal(roll_add(&r, NULL, 0, (struct str){text, 32 * 1024}, &err), 0);
	assert_int_equal(r.n, 1);
	roll_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(come_back_in_order),
		scratch_test(stay_in_memory_where_there_is_no_file),
		scratch_test(a_file_that_got_shorter_is_told),
		cmocka_unit_test(what_is_too_long_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
