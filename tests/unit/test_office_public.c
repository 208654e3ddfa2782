/* SPDX-License-Identifier: Apache-2.0 */
/* What the public headers promise of every call: results that free takes NULL, *err may be NULL, outputs untouched on failure, a callback's
 * answer handed on; and names for completion. */
#include <valise/valise.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

static char untouched;

static struct valise *founded(const struct scratch *s)
{
	struct valise *v = NULL;
	struct valise_founding f = {.name = "Harbour Legal", .title = "Registry", .no_passphrase = true};
	assert_int_equal(valise_init(s->path, &f, NULL, &v, NULL), 0);
	return v;
}

static void seal_one(struct valise *v, const char *ref)
{
	const char *to = "The tenant";
	struct valise_letter l = {.to = &to, .n_to = 1, .ref = ref, .paper = "letter", .no_card = true};
	struct valise_sealed *sealed = NULL;
	assert_int_equal(valise_seal(v, &l, &sealed, NULL), 0);
	valise_sealed_free(sealed);
}

static void test_frees_take_null(void **state)
{
	(void)state;
	valise_close(NULL);
	valise_accounts_free(NULL);
	valise_draft_free(NULL);
	valise_exhibit_free(NULL);
	valise_ids_free(NULL, 0);
	valise_mission_free(NULL);
	valise_office_free(NULL);
	valise_opened_free(NULL);
	valise_places_free(NULL);
	valise_proposals_free(NULL);
	valise_report_draft_free(NULL);
	valise_sealed_free(NULL);
	valise_sync_report_free(NULL);
	valise_thread_free(NULL);
}

static int much_too_long(void *context, const char *title, bool again, char *ret, size_t max, size_t *ret_len)
{
	(void)context;
	(void)title;
	(void)again;
	memset(ret, 'x', max);
	*ret_len = max + 16;
	return 0;
}

/* What the caller says of its own buffer is not believed; and what was founded in vain stands in nobody's way. */
static void test_passphrase_too_long(void **state)
{
	const struct scratch *s = *state;
	struct valise *v = NULL;
	struct valise_founding f = {.name = "Harbour Legal", .title = "Registry"};
	struct valise_caller caller = {.passphrase = much_too_long};
	assert_int_equal(valise_init(s->path, &f, &caller, &v, NULL), VALISE_E_USAGE);
	assert_null(v);
	valise_close(founded(s));
}

static void test_sync_makes_sense(void **state)
{
	const struct scratch *s = *state;
	struct valise_sync_report *report = (struct valise_sync_report *)(void *)&untouched;
	struct valise *v = founded(s);
	struct valise_sync nowhere = {.in_fd = -1, .out_fd = -1}, both = {.dir = s->path, .inside = true, .bare = true},
			   here = {.dir = s->path};
	assert_int_equal(valise_sync(v, &nowhere, &report, NULL), VALISE_E_USAGE);
	assert_int_equal(valise_sync(v, &both, &report, NULL), VALISE_E_USAGE);
	valise_close(v);
	assert_int_equal(valise_open(s->path, false, NULL, &v, NULL), 0);
	assert_int_equal(valise_sync(v, &here, &report, NULL), VALISE_E_READ_ONLY);
	assert_ptr_equal(report, &untouched);
	valise_close(v);
}

#define FAILS(code, type, call) \
	do { \
		type *ret = (type *)(void *)&untouched; \
		assert_int_equal(call, code); \
		assert_ptr_equal(ret, &untouched); \
	} while (0)

static void test_failures_leave_outputs(void **state)
{
	struct valise *v = founded(*state);
	struct valise_opening opening = {.letter = "none"};
	struct valise_statement says = {.says = "handed", .letter = "none"};
	struct valise_dossier d = {.letter = "none"};
	struct valise_letter l = {.n_to = 0};
	struct valise_verifying with = {.now_s = 0};
	bool has_key = true;
	FAILS(VALISE_E_NO_OFFICE, struct valise, valise_open("/nonexistent", false, NULL, &ret, NULL));
	FAILS(VALISE_E_NOT_FOUND, struct valise_office, valise_office(v, "nobody", &ret, NULL));
	FAILS(VALISE_E_BAD, struct valise_office, valise_card_look(NULL, "x", 1, &ret, NULL));
	FAILS(VALISE_E_USAGE, struct valise_sealed, valise_seal(v, &l, &ret, NULL));
	FAILS(VALISE_E_NOT_FOUND, struct valise_accounts, valise_track(v, "none", &ret, NULL));
	FAILS(VALISE_E_NOT_FOUND, struct valise_opened, valise_open_letter(v, &opening, &ret, NULL));
	FAILS(VALISE_E_NOT_FOUND, struct valise_draft, valise_say_look(v, &says, 1, &ret, NULL));
	FAILS(VALISE_E_NOT_FOUND, struct valise_thread, valise_thread(v, "none", &ret, NULL));
	FAILS(VALISE_E_NOT_FOUND, struct valise_exhibit, valise_exhibit(v, "none", NULL, &ret, NULL));
	assert_int_equal(valise_dossier(v, &d, &has_key, NULL), VALISE_E_NOT_FOUND);
	FAILS(VALISE_E_BAD, struct valise_accounts, valise_verify("x", 1, &with, &ret, NULL));
	assert_true(has_key);
	valise_close(v);
}

/* ---- Names ---- */

struct heard {
	char text[256];
	int answer; /* of the callback */
	size_t n;
};

static int hear(void *context, const char *name, const char *about)
{
	struct heard *h = context;
	size_t used = strlen(h->text);
	(void)about;
	(void)snprintf(h->text + used, sizeof h->text - used, "%s;", name);
	h->n++;
	return h->answer;
}

static void test_names(void **state)
{
	struct valise *v = founded(*state);
	struct heard officers = {.answer = 0}, none = {.answer = 0}, letters = {.answer = 0}, stopped = {.answer = 42};
	assert_int_equal(valise_names(v, VALISE_NAMES_OFFICERS, hear, &officers, NULL), 0);
	assert_string_equal(officers.text, "Registry;");
	assert_int_equal(valise_names(v, VALISE_NAMES_OFFICES, hear, &none, NULL), 0);
	assert_int_equal(valise_names(v, VALISE_NAMES_EXHIBITS, hear, &none, NULL), 0);
	assert_int_equal(valise_names(v, VALISE_NAMES_LETTERS, hear, &none, NULL), 0);
	assert_int_equal(none.n, 0);
	seal_one(v, "1/26");
	seal_one(v, NULL);
	assert_int_equal(valise_names(v, VALISE_NAMES_LETTERS, hear, &letters, NULL), 0);
	/* Two short ids, then the one ref. */
	assert_int_equal(letters.n, 3);
	assert_string_equal(letters.text + 20, "1/26;");
	assert_int_equal(valise_names(v, VALISE_NAMES_LETTERS, hear, &stopped, NULL), 42);
	assert_int_equal(stopped.n, 1);
	assert_int_equal(valise_names(v, VALISE_NAMES_OFFICERS, hear, &stopped, NULL), 42);
	assert_int_equal(stopped.n, 2);
	valise_close(v);
}

/* Of more letters than are looked at, as many as are said. */
static void test_names_end(void **state)
{
	struct valise *v = founded(*state);
	struct heard h = {.answer = 0};
	for (int i = 0; i < 1003; i++)
		seal_one(v, NULL);
	assert_int_equal(valise_names(v, VALISE_NAMES_LETTERS, hear, &h, NULL), 0);
	assert_int_equal(h.n, 1000);
	valise_close(v);
}

/* ---- Small things ---- */

static void test_texts(void **state)
{
	char *shown = valise_shown("a\033b");
	struct valise_says row;
	size_t n = 0;
	(void)state;
	assert_string_equal(shown, "a\\x1bb");
	free(shown);
	assert_true(valise_plain("14/2026-a_b.c"));
	assert_true(valise_plain(""));
	assert_false(valise_plain("14 2026"));
	assert_false(valise_plain("\"14\""));
	assert_string_equal(valise_version(), VALISE_VERSION);
	while (valise_says_at(n, &row))
		n++;
	assert_true(n >= 20);
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frees_take_null),
		WITH_OFFICE(test_passphrase_too_long),
		WITH_OFFICE(test_sync_makes_sense),
		WITH_OFFICE(test_failures_leave_outputs),
		WITH_OFFICE(test_names),
		WITH_OFFICE(test_names_end),
		cmocka_unit_test(test_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
