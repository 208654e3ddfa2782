/* SPDX-License-Identifier: Apache-2.0 */
/* valise exhibit add, list, show: the files that reports point at. */
#include <string.h>

#include "cli/commands.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "cli/span.h"

/* ---- exhibit add ---- */

struct add_options {
	const char *letter, *note;
};
#define AT(member) offsetof(struct add_options, member)

static const struct option_row add_options[] = {
	{"letter", 'l', OPTION_TEXT, AT(letter), "LETTER", "it belongs to the story of this letter; known here only"},
	{"note", 0, OPTION_TEXT, AT(note), "TEXT", "what it is to that letter; known here only"},
	OPTION_END,
};
#undef AT

static int add_one(struct cli *c, const struct add_options *o, struct valise *v, const char *path, struct json *j)
{
	struct valise_exhibit_adding a = {.path = path, .letter = o->letter, .note = o->note};
	CLEAN_FREE char *id = NULL;
	bool is_new = false;
	int r = valise_exhibit_add(v, &a, &id, &is_new, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	if (j) {
		json_open_object(j, NULL);
		json_text(j, "exhibit", id);
		json_bool(j, "is_new", is_new);
		json_close(j);
		return 0;
	}
	puts(id);
	tell(c, "%s: %s", SHOW(path), is_new ? "kept." : "is here already.");
	return 0;
}

static int add_all(struct cli *c, const struct add_options *o, struct valise *v, struct json *j)
{
	size_t n = 0;
	int r = 0;
	json_open_list(j, "exhibits");
	for (; n < c->n_operands && !r; n++)
		r = add_one(c, o, v, c->operands[n], j);
	json_close(j);
	if (r && n > 1) {
		struct valise_err why = c->err;
		return cli_fail(c, r, "%s; what was named before it is kept", why.text);
	}
	return r;
}

static int run_add(struct cli *c, const void *values)
{
	CLEAN_VALISE struct valise *v = NULL;
	struct json *j = c->json;
	int r = cli_open(c, true, &v);
	if (!r)
		r = add_all(c, values, v, j);
	if (r) {
		c->beside_error = true;
		return r;
	}
	hint(c, "`valise report LETTER --exhibit FILE --quote TEXT ...` files what it says.");
	return c->shared.json ? print_json(c) : 0;
}

const struct command command_exhibit_add = {
	.name = "exhibit add",
	.operands = "FILE|-...",
	.summary = "Keep a file that reports can point at",
	.about =
		"The file is kept whole, by its SHA-256, which is printed: never altered, and nothing in it is ever run. It has 1 byte "
		"to 1 GiB. What is here already stays as it is.",
	.options = add_options,
	.values_bytes = sizeof(struct add_options),
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = run_add,
};

/* ---- exhibit list ---- */

struct list_options {
	const char *letter;
};

static const struct option_row list_options[] = {
	{"letter", 'l', OPTION_TEXT, offsetof(struct list_options, letter), "LETTER",
	 "only those that belong to this letter, or that a report about it points at"},
	OPTION_END,
};

struct listing {
	struct cli *c;
	struct json *j; /* NULL: text */
	size_t n;
};

static int list_one(void *context, const struct valise_exhibit *e)
{
	struct listing *l = context;
	l->n++;
	if (l->c->shared.json) {
		json_open_object(l->j, NULL);
		json_text(l->j, "exhibit", e->id);
		json_bytes(l->j, "name", e->name);
		json_number(l->j, "bytes", e->bytes);
		json_time(l->j, "taken_in", true, e->taken_in_s);
		json_close(l->j);
		return 0;
	}
	printf("%s  %8s  ", e->id, show_size(e->bytes).text);
	show_to(stdout, e->name ? e->name : "-");
	putchar('\n');
	return 0;
}

static int run_list(struct cli *c, const void *values)
{
	const struct list_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct json *j = c->json;
	struct listing l = {.c = c, .j = j};
	int r = cli_open(c, false, &v);
	if (c->shared.json)
		json_open_list(j, "exhibits");
	if (!r)
		r = valise_exhibits(v, o->letter, list_one, &l, &c->err);
	if (r)
		return r;
	if (l.n == 0)
		tell(c, "No exhibits here.");
	if (!c->shared.json)
		return 0;
	json_close(j);
	return print_json(c);
}

const struct command command_exhibit_list = {
	.name = "exhibit list",
	.operands = "",
	.summary = "List the exhibits that are here",
	.about = "SHA-256, size, and the name that the file had; - where it came from a pipe or in a bag.",
	.options = list_options,
	.values_bytes = sizeof(struct list_options),
	.takes = TAKES_SPOOL,
	.run = run_list,
};

/* ---- exhibit show ---- */

struct show_options {
	const char *span, *output;
};
#define AT(member) offsetof(struct show_options, member)

static const struct option_row show_options[] = {
	{"span", 0, OPTION_TEXT, AT(span), "OFFSET:LENGTH",
	 "these bytes of it, instead of the beginning, or of all with -o"},
	{"output", 'o', OPTION_TEXT, AT(output), "FILE", "write its bytes to a new file; - for standard output"},
	OPTION_END,
};
#undef AT

static int show_json(struct cli *c, const struct valise_exhibit *e)
{
	struct json *j = c->json;
	json_text(j, "exhibit", e->id);
	json_bytes(j, "name", e->name);
	json_number(j, "bytes", e->bytes);
	json_time(j, "taken_in", true, e->taken_in_s);
	json_open_list(j, "letters");
	for (size_t i = 0; i < e->n_letters; i++) {
		json_open_object(j, NULL);
		json_text(j, "letter", e->letters[i].letter);
		json_text(j, "short", e->letters[i].short_id);
		json_text(j, "note", e->letters[i].note);
		json_time(j, "tagged", true, e->letters[i].tagged_s);
		json_close(j);
	}
	json_close(j);
	json_open_list(j, "reports");
	for (size_t i = 0; i < e->n_reports; i++) {
		json_open_object(j, NULL);
		json_text(j, "report", e->reports[i].report);
		json_text(j, "letter", e->reports[i].letter);
		json_text(j, "short", e->reports[i].short_id);
		json_text(j, "office", e->reports[i].office);
		json_close(j);
	}
	json_close(j);
	json_open_object(j, "span");
	json_number(j, "offset", e->span.offset);
	json_number(j, "length", e->span.length);
	json_close(j);
	json_text(j, "text", e->text);
	return print_json(c);
}

/* Every line behind a mark, so that nothing in an exhibit can pass for words of ours. */
static void show_text(const struct valise_exhibit *e)
{
	for (const char *line = e->text; *line;) {
		size_t len = strcspn(line, "\n");
		printf("  | %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static int show(struct cli *c, const struct valise_exhibit *e)
{
	if (c->shared.json)
		return show_json(c, e);
	printf("sha256    %s\nsize      %s (%llu bytes)\nfrom      ", e->id, show_size(e->bytes).text,
	       (unsigned long long)e->bytes);
	show_to(stdout, e->name ? e->name : "(a pipe, or a bag)");
	printf("\ntaken in  %s UTC\n", moment_show(e->taken_in_s).text);
	for (size_t i = 0; i < e->n_letters; i++) {
		printf("letter    %s", e->letters[i].short_id);
		if (e->letters[i].note)
			printf(": %s", e->letters[i].note);
		putchar('\n');
	}
	for (size_t i = 0; i < e->n_reports; i++)
		printf("report    %.16s... by %s, about %s\n", e->reports[i].report, e->reports[i].office,
		       e->reports[i].short_id);
	printf("\nbytes %llu to %llu of %llu%s\n", (unsigned long long)e->span.offset,
	       (unsigned long long)(e->span.offset + e->span.length), (unsigned long long)e->bytes,
	       e->text ? ":" : " are no text; -o FILE writes them out.");
	if (e->text)
		show_text(e);
	return 0;
}

static int run_show(struct cli *c, const void *values)
{
	const struct show_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct valise_exhibit *e = NULL;
	struct valise_span span;
	int r = o->span ? span_parse(c, o->span, &span) : 0;
	if (!r && o->output && c->shared.json)
		return cli_fail(c, VALISE_E_USAGE,
				"-o writes its bytes, --json says what is known of it: one of the two");
	if (!r && o->output && strcmp(o->output, "-") == 0 && c->terminal.out)
		return cli_fail(c, VALISE_E_USAGE, "an exhibit may be any bytes, and standard output is a terminal");
	if (!r)
		r = cli_open(c, false, &v);
	if (!r && o->output)
		r = valise_exhibit_save(v, c->operands[0], o->span ? &span : NULL, o->output, &c->err);
	else if (!r)
		r = valise_exhibit(v, c->operands[0], o->span ? &span : NULL, &e, &c->err);
	progress_clear(&c->progress);
	if (!r && e)
		r = show(c, e);
	valise_exhibit_free(e);
	return r;
}

const struct command command_exhibit_show = {
	.name = "exhibit show",
	.operands = "EXHIBIT",
	.summary = "Show what is known of an exhibit, or write it out",
	.about =
		"EXHIBIT is the beginning of its SHA-256, 4 digits or more, or the whole name that its file had. Every byte is checked against the SHA-256 "
		"first. Text is shown with everything escaped that a terminal would obey.",
	.options = show_options,
	.values_bytes = sizeof(struct show_options),
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_show,
};
