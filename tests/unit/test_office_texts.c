/* SPDX-License-Identifier: Apache-2.0 */
/* What the library says to its caller about a caller's own words, or a directory's name: escaped, whatever is wrong with them. */
#include <valise/valise.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "scratch.h"

#define EVIL "\033]0;owned\a"

static void assert_shown(int r, const struct valise_err *err)
{
	assert_int_not_equal(r, 0);
	assert_non_null(strstr(err->text, "\\x1b]0;owned\\x07"));
	for (const char *at = err->text; *at; at++)
		assert_true((unsigned char)*at >= ' ');
}

#define SHOWN(call) \
	do { \
		struct valise_err err_ = {0}; \
		struct valise_err *err = &err_; \
		int r_ = (call); \
		assert_shown(r_, err); \
	} while (0)

static int say(struct valise *v, const char *letter, const char *word, const char *role, const char *regarding,
	       struct valise_err *err)
{
	struct valise_draft *draft = NULL;
	struct valise_statement s = {.letter = letter,
				     .says = word,
				     .role = role,
				     .to = strcmp(word, "handed") == 0 ? "self" : NULL,
				     .regarding = &regarding,
				     .n_regarding = regarding ? 1 : 0};
	int r = valise_say_look(v, &s, 1, &draft, err);
	valise_draft_free(draft);
	return r;
}

static int open_at(struct valise *v, const char *letter, const char *destination, struct valise_err *err)
{
	struct valise_opening o = {.letter = letter, .destination = destination};
	struct valise_opened *opened = NULL;
	int r = valise_open_letter(v, &o, &opened, err);
	valise_opened_free(opened);
	return r;
}

static int disclose(struct valise *v, const char *letter, const char *part, struct valise_err *err)
{
	struct valise_dossier d = {.letter = letter, .disclose = &part, .n_disclose = 1};
	bool has_key;
	return valise_dossier(v, &d, &has_key, err);
}

static int init_at(const char *dir, bool dry_run, struct valise **ret, struct valise_err *err)
{
	struct valise_founding f = {.name = "One", .title = "Registry", .no_passphrase = true, .dry_run = dry_run};
	return valise_init(dir, &f, NULL, ret, err);
}

static void words_come_back_escaped(void **state)
{
	const struct scratch *s = *state;
	char place[512], office[600], below[600], none[600];
	struct valise *v = NULL, *other = NULL;
	struct valise_err made = {0};
	(void)snprintf(place, sizeof place, "%s/" EVIL, s->path);
	(void)snprintf(office, sizeof office, "%s/office", place);
	(void)snprintf(below, sizeof below, "%s/..", place);
	assert_int_equal(mkdir(place, 0700), 0);

	assert_int_equal(init_at(office, false, &v, &made), 0);
	SHOWN(init_at(office, false, &other, err));
	SHOWN(init_at(office, true, &other, err));
	(void)snprintf(none, sizeof none, "%s/none/there", place);
	assert_null(other);

	struct valise_appointment a = {.title = "Clerk", .roles = EVIL, .no_passphrase = true};
	SHOWN(valise_officer_add(v, &a, NULL, err));
	SHOWN(valise_officer_dismiss(v, EVIL, "left", false, err));

	const char *to = "self";
	char *file;
	assert_true(asprintf(&file, "%s/file", s->path) > 0);
	FILE *f = fopen(file, "w");
	assert_true(f && fputs("x", f) >= 0 && fclose(f) == 0);
	const char *path = file;
	struct valise_letter l = {.to = &to, .n_to = 1, .paths = &path, .n_paths = 1};
	struct valise_sealed *sealed = NULL;
	assert_int_equal(valise_seal(v, &l, &sealed, &made), 0);
	SHOWN(disclose(v, sealed->letter, EVIL, err));
	SHOWN(say(v, sealed->letter, EVIL, NULL, NULL, err));
	SHOWN(say(v, sealed->letter, "handed", EVIL, NULL, err));
	SHOWN(say(v, sealed->letter, "comment", NULL, EVIL, err));
	SHOWN(open_at(v, sealed->letter, place, err));
	SHOWN(open_at(v, sealed->letter, below, err));
	SHOWN(open_at(v, sealed->letter, none, err));
	SHOWN(open_at(v, EVIL, none, err));
	valise_sealed_free(sealed);
	free(file);
	valise_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words_come_back_escaped, scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
