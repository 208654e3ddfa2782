/* SPDX-License-Identifier: Apache-2.0 */
/* The words that reports point at: as many are read as are shown, the first reports' first, and of the others it is known that they are here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "office/exhibits.h"
#include "office/words.h"
#include "scratch.h"

#define MIB (1024u * 1024)
#define EXHIBIT_BYTES (17u * MIB)

static struct hash take_exhibit(struct valise *v, const char *dir)
{
	char path[600];
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	(void)snprintf(path, sizeof path, "%s/exhibit", dir);
	FILE *f = fopen(path, "w");
	assert_true(f && ftruncate(fileno(f), EXHIBIT_BYTES) == 0 && fclose(f) == 0);
	assert_int_equal(exhibit_take_file(v, path, NULL, &source, NULL, NULL), 0);
	return source.id;
}

static void beyond_what_is_shown(void **state)
{
	const struct scratch *s = *state;
	char office[600];
	struct valise *v = NULL;
	struct valise_founding f = {.name = "One", .title = "Registry", .no_passphrase = true};
	(void)snprintf(office, sizeof office, "%s/office", s->path);
	assert_int_equal(valise_init(office, &f, NULL, &v, NULL), 0);
	const struct hash exhibit = take_exhibit(v, s->path);

	/* The later report is listed first, and the earlier one's place comes last in the exhibit. */
	const struct report_span early = {exhibit, EXHIBIT_BYTES, 8 * MIB, 9 * MIB};
	const struct report_span late[] = {{exhibit, EXHIBIT_BYTES, 0, 9 * MIB}, {exhibit, EXHIBIT_BYTES, 1, 1000}};
	struct verified_report reports[] = {{.r = {.time_s = 2, .spans = late, .n_spans = 2}},
					    {.r = {.time_s = 1, .spans = &early, .n_spans = 1}}};
	struct witnessed_report witnessed[] = {{&reports[0], 0}, {&reports[1], 0}};
	struct gathered g = {.reports = witnessed, .n_reports = 2};
	const struct words_wanted want = {.most = 9 * MIB};
	assert_int_equal(gather_words(v, &want, &g, NULL), 0);
	assert_ptr_equal(g.reports[0].report, &reports[1]);
	assert_int_equal(g.n_excerpts, 3);
	assert_true(g.excerpts[0].offset == 1 && g.excerpts[0].bytes.len == 1000 && g.excerpts[0].is_whole);
	assert_true(g.excerpts[1].offset == 8 * MIB && g.excerpts[1].bytes.len == 9 * MIB);
	assert_true(g.excerpts[2].offset == 0 && g.excerpts[2].bytes.len == 0 && g.excerpts[2].is_whole);
	assert_true(hash_eq(&g.excerpts[2].exhibit, &exhibit) && g.excerpts[2].size == EXHIBIT_BYTES);
	words_release(&g);
	hashes_release(&g.damaged);
	valise_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(beyond_what_is_shown, scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
