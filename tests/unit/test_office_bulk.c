/* SPDX-License-Identifier: Apache-2.0 */
/* Letters by the hundred through the whole library, for what looks at threads: sealed out of a list, carried, acknowledged, opened. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <valise/valise.h>

#include "scratch.h"

#define LETTERS 150u

static char *path_of(const struct scratch *s, const char *name)
{
	char *path = NULL;
	assert_true(asprintf(&path, "%s/%s", s->path, name) > 0);
	return path;
}

static struct valise *found_office(const struct scratch *s, const char *name)
{
	struct valise_founding f = {.name = name, .title = "Desk", .no_passphrase = true};
	struct valise *v = NULL;
	char *dir = path_of(s, name);
	assert_int_equal(valise_init(dir, &f, NULL, &v, NULL), 0);
	free(dir);
	return v;
}

static void introduce(struct valise *v, struct valise *other, const char *petname)
{
	char *card = NULL;
	size_t len = 0;
	struct valise_office *o = NULL;
	assert_int_equal(valise_card_export(other, NULL, &card, &len, NULL), 0);
	assert_int_equal(valise_card_add(v, card, len, petname, NULL, &o, NULL), 0);
	valise_office_free(o);
	free(card);
}

/* A list with a file for each line; every tenth is larger than what is made beside others. */
static char *make_list(const struct scratch *s)
{
	char *list = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&list, &len);
	assert_non_null(out);
	fputs("to\tref\tfile\n", out);
	for (unsigned i = 0; i < LETTERS; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "file%u", i);
		char *path = path_of(s, name);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fprintf(f, "letter %u\n", i);
		for (unsigned k = 0; i % 10 == 0 && k < 100000; k++)
			fputc('x', f);
		assert_int_equal(fclose(f), 0);
		fprintf(out, "Oslo\tN/%u\t%s\n", i, path);
		free(path);
	}
	assert_int_equal(fclose(out), 0);
	return list;
}

struct told {
	size_t n, before, wrong;
	char ids[LETTERS][65];
};

static void wrong(void *context, size_t line, const char *text)
{
	struct told *t = context;
	print_error("line %zu: %s\n", line, text);
	t->wrong++;
}

static int sealed(void *context, const struct valise_sealed_line *line)
{
	struct told *t = context;
	assert_true(t->n < LETTERS && line->line == t->n + 2);
	t->before += line->before;
	memcpy(t->ids[t->n++], line->letter, 65);
	return 0;
}

static void seal_list(struct valise *v, const char *bytes, struct told *ret)
{
	struct valise_letter common = {0};
	struct valise_seal_list list = {.bytes = bytes,
					.len = strlen(bytes),
					.common = &common,
					.context = ret,
					.wrong = wrong,
					.sealed = sealed};
	struct valise_sealed_list *done = NULL;
	struct valise_err err = {0};
	if (valise_seal_from_list(v, &list, &done, &err))
		fail_msg("%s", err.text);
	assert_int_equal(done->n_letters, LETTERS);
	assert_int_equal(done->n_unchecked, ret->before == 0);
	assert_int_equal(ret->n, LETTERS);
	assert_int_equal(ret->wrong, 0);
	valise_sealed_list_free(done);
}

static void carry(struct valise *v, const char *stick, size_t in, size_t out)
{
	struct valise_sync s = {.dir = stick, .in_fd = -1, .out_fd = -1, .all = out > 0};
	struct valise_sync_report *r = NULL;
	assert_int_equal(valise_sync(v, &s, &r, NULL), 0);
	assert_int_equal(r->n_in, in);
	assert_int_equal(r->n_out, out);
	assert_int_equal(r->n_findings, 0);
	valise_sync_report_free(r);
}

static void say_received(struct valise *v, const struct told *t)
{
	struct valise_statement statements[LETTERS];
	struct valise_draft *d = NULL;
	const char *const *ids = NULL;
	for (size_t i = 0; i < LETTERS; i++)
		statements[i] = (struct valise_statement){.says = "received", .letter = t->ids[i]};
	assert_int_equal(valise_say_look(v, statements, LETTERS, &d, NULL), 0);
	assert_int_equal(valise_say_sign(v, d, &ids, NULL), 0);
	for (size_t i = 0; i < LETTERS; i++)
		assert_non_null(ids[i]);
	valise_draft_free(d);
}

/* Of one letter, the second follows the first. */
static void say_twice(struct valise *v, const char *letter)
{
	const char *words = "Words.";
	struct valise_statement s = {.says = "comment", .letter = letter, .text = &words, .n_text = 1};
	struct valise_statement both[] = {s, s};
	struct valise_draft *d = NULL;
	const char *const *ids = NULL;
	assert_int_equal(valise_say_look(v, both, 2, &d, NULL), 0);
	assert_int_equal(valise_say_sign(v, d, &ids, NULL), 0);
	assert_string_not_equal(ids[0], ids[1]);
	valise_draft_free(d);
}

static int opened(void *context, size_t i, struct valise_opened *o, const struct valise_err *why)
{
	size_t *n = context;
	assert_null(why);
	assert_int_equal(i, (*n)++);
	assert_int_equal(o->n_parts, 1);
	valise_opened_free(o);
	return 0;
}

static void open_all(struct valise *v, const struct told *t, const char *destination)
{
	const char *names[LETTERS];
	size_t n = 0;
	for (size_t i = 0; i < LETTERS; i++)
		names[i] = t->ids[i];
	struct valise_openings o = {.letters = names,
				    .n = LETTERS,
				    .destination = destination,
				    .below = true,
				    .context = &n,
				    .opened = opened};
	assert_int_equal(valise_open_letters(v, &o, NULL), 0);
	assert_int_equal(n, LETTERS);
}

static void journey(void **state)
{
	const struct scratch *s = *state;
	struct valise *harbour = found_office(s, "Harbour"), *oslo = found_office(s, "Oslo");
	static struct told first, second;
	char *stick = path_of(s, "stick"), *list = make_list(s);
	introduce(harbour, oslo, "Oslo");
	introduce(oslo, harbour, "Harbour");
	seal_list(harbour, list, &first);
	assert_int_equal(first.before, 0);
	seal_list(harbour, list, &second);
	assert_int_equal(second.before, LETTERS);
	assert_memory_equal(first.ids, second.ids, sizeof first.ids);
	assert_int_equal(mkdir(stick, 0700), 0);
	carry(harbour, stick, 0, LETTERS);
	carry(oslo, stick, LETTERS, 0);
	say_received(oslo, &first);
	say_twice(oslo, first.ids[3]);
	open_all(oslo, &first, s->path);
	valise_close(harbour);
	valise_close(oslo);
	free(stick);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(journey),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
