/* SPDX-License-Identifier: Apache-2.0 */
/* valise open: checks letters against their seals, then writes their parts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/drafts.h"
#include "cli/show.h"

struct open_options {
	const char *output, *say, *as;
	bool all;
};
#define AT(member) offsetof(struct open_options, member)

static const struct option_row options[] = {
	{"all", 'a', OPTION_FLAG, AT(all), NULL, "every letter to this office that is whole and not said to be opened"},
	{"output", 'o', OPTION_TEXT, AT(output), "DIR",
	 "write there: the parts of one letter, or a directory for each of several"},
	{"say", 0, OPTION_TEXT, AT(say), "opened", "also state, under signature, that this office opened them"},
	{"as", 0, OPTION_TEXT, AT(as), "OFFICER",
	 "which of the officers whose keys are here states it, by title or key; a machine only when it is named"},
	OPTION_END,
};

struct opening {
	struct cli *c;
	const struct open_options *o;
	struct valise *v;
	struct json *json; /* NULL: text */
	const struct letters *letters;
	bool several;
	int worst;           /* the first failure's code; the other letters are opened all the same */
	const char **opened; /* names of the letters that were */
	size_t n_opened;
	char first[64]; /* the short id of the first */
	size_t n_there; /* with --all: in their places already */
};

/* ---- Showing ---- */

static void show_json(struct opening *o, const struct valise_opened *opened)
{
	struct json *j = o->json;
	json_open_object(j, NULL);
	json_text(j, "letter", opened->letter);
	json_text(j, "short", opened->short_id);
	json_text(j, "subject", opened->subject);
	json_text(j, "in_reply_to", opened->in_reply_to);
	json_bytes(j, "destination", opened->destination);
	json_open_list(j, "parts");
	for (size_t i = 0; i < opened->n_parts; i++) {
		json_open_object(j, NULL);
		json_bytes(j, "name", opened->parts[i].name);
		json_bool(j, "is_dir", opened->parts[i].is_dir);
		json_number(j, "bytes", opened->parts[i].bytes);
		json_text(j, "sha256", opened->parts[i].sha256);
		json_close(j);
	}
	json_close(j);
	json_error(j, NULL);
	json_close(j);
}

static void show(const struct opening *o, const struct valise_opened *opened)
{
	struct cli *c = o->c;
	printf("%s: %s\n", opened->short_id, opened->subject);
	for (size_t i = 0; i < opened->n_parts; i++) {
		const struct valise_opened_part *p = &opened->parts[i];
		printf("  %s  %8s  ", p->sha256, show_size(p->bytes).text);
		show_to(stdout, p->name);
		puts(p->is_dir ? "/" : "");
	}
	tell(c, "Matches the seal. %zu part%s%s%s.%s", opened->n_parts, PLURAL(opened->n_parts),
	     opened->destination ? " in " : "; nothing was written",
	     opened->destination ? SHOW(opened->destination) : "", o->o->say ? "" : " Nothing said outward.");
}

/* ---- One letter after the other ---- */

static void fail_one(struct opening *o, const char *letter, int r)
{
	struct cli *c = o->c;
	c->err.code = r;
	if (!o->worst && !(r == VALISE_E_EXISTS && o->o->all))
		o->worst = r;
	if (!o->json) {
		cli_report(c, &c->err);
		return;
	}
	json_open_object(o->json, NULL);
	json_bytes(o->json, "letter", letter);
	json_error(o->json, &c->err);
	json_close(o->json);
}

static int opened_one(void *context, size_t i, struct valise_opened *opened, const struct valise_err *why)
{
	struct opening *o = context;
	const char *letter = o->letters->names[i];
	progress_clear(&o->c->progress);
	if (why && why->code == VALISE_E_EXISTS && o->o->all && !o->json) {
		o->n_there++;
		return 0;
	}
	if (why) {
		o->c->err = *why;
		fail_one(o, letter, why->code);
		return 0;
	}
	if (o->json)
		show_json(o, opened);
	else
		show(o, opened);
	if (!o->n_opened)
		(void)snprintf(o->first, sizeof o->first, "%s", opened->short_id);
	o->opened[o->n_opened++] = letter;
	valise_opened_free(opened);
	return 0;
}

/* ---- What was asked to be said ---- */

static int say_of(struct opening *o, const char *const *letters, size_t n)
{
	CLEAN_DRAFT struct valise_draft *d = NULL;
	struct cli *c = o->c;
	const char *const *ids = NULL;
	CLEAN_FREE struct valise_statement *s = calloc(n, sizeof *s);
	if (!s)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		s[i] = (struct valise_statement){.says = o->o->say, .as = o->o->as, .letter = letters[i]};
	int r = valise_say_look(o->v, s, n, &d, &c->err);
	progress_clear(&c->progress);
	if (!r && !c->shared.dry_run)
		r = valise_say_sign(o->v, d, &ids, &c->err);
	if (r)
		return r;
	struct drafts drafts = statement_drafts(d);
	json_drafts(o->json, &drafts, ids);
	c->beside_error |= ids != NULL; /* what was signed, where the next cannot be */
	for (size_t i = 0; i < drafts.n && !c->shared.dry_run; i++) {
		const struct valise_draft_view *view = valise_draft_at(d, i);
		tell(c, "%s", view->already ? view->already : view->question);
	}
	return 0;
}

static int say_opened(struct opening *o)
{
	int r = 0;
	json_open_list(o->json, "statements");
	for (size_t at = 0, n; at < o->n_opened && !r; at += n) {
		n = o->n_opened - at < DRAFTS_AT_ONCE ? o->n_opened - at : DRAFTS_AT_ONCE;
		r = say_of(o, o->opened + at, n);
	}
	json_close(o->json);
	return r;
}

static int open_all(struct opening *o)
{
	struct valise_openings want = {.letters = o->letters->names,
				       .n = o->letters->n,
				       .destination = o->o->output,
				       .below = o->several,
				       .dry_run = o->c->shared.dry_run,
				       .context = o,
				       .opened = opened_one};
	if (o->json)
		json_open_list(o->json, "letters");
	int r = valise_open_letters(o->v, &want, &o->c->err);
	progress_clear(&o->c->progress);
	if (o->json)
		json_close(o->json);
	if (!r && o->o->say)
		r = say_opened(o);
	return r;
}

static int make_parent(struct cli *c, const char *dir)
{
	if (mkdir(dir, 0777) == 0 || errno == EEXIST)
		return 0;
	return cli_fail(c, VALISE_E_IO, "cannot make the directory %s: %s", SHOW(dir), strerrordesc_np(errno));
}

static int check(struct cli *c, const struct open_options *o)
{
	if (o->say && strcmp(o->say, "opened") != 0)
		return cli_fail(c, VALISE_E_USAGE, "--say takes opened; `valise say` states anything else");
	if (o->as && !o->say)
		return cli_fail(c, VALISE_E_USAGE, "--as is who states what --say has: say --say opened");
	if (o->output && strcmp(o->output, "-") == 0)
		return cli_fail(c, VALISE_E_USAGE,
				"a letter is opened into a directory, not to standard output; ./- is one of that name");
	if (!o->all && c->n_operands == 0)
		return cli_fail(c, VALISE_E_USAGE, "name the letters, or say --all");
	if (o->all && c->n_operands)
		return cli_fail(c, VALISE_E_USAGE, "--all and the names of letters exclude each other");
	return 0;
}

static int finish(struct opening *o)
{
	struct cli *c = o->c;
	if (o->n_there)
		warn(c,
		     "left as they are, in their places already: %zu letter%s; `valise say opened --all` states opened of them",
		     o->n_there, PLURAL(o->n_there));
	int r = o->json ? print_json(c) : 0;
	if (!r && o->n_opened && !o->o->say && !c->shared.dry_run)
		hint(c, "you may state `valise say opened %s`, and `reviewed` once a person has considered it.",
		     o->first);
	return r || !o->worst ? r : cli_shown(c, o->worst);
}

static int run(struct cli *c, const void *values)
{
	const struct open_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct json *json = c->json;
	struct letters letters = {0};
	int r = check(c, o);
	if (!r)
		r = cli_open(c, !c->shared.dry_run, &v);
	if (!r && o->say)
		r = valise_may_say(v, o->say, o->as, &c->err); /* before anything is written that is then not said */
	if (!r)
		r = cli_letters(c, v, c->operands, c->n_operands, o->all, VALISE_ALL_UNOPENED, &letters);
	bool several = o->all || letters.n > 1;
	if (!r && several && o->output && !c->shared.dry_run)
		r = make_parent(c, o->output);
	CLEAN_FREE const char **opened = calloc(letters.n + 1, sizeof *opened);
	struct opening all = {
		.c = c, .o = o, .v = v, .json = json, .letters = &letters, .several = several, .opened = opened};
	if (!r && !opened)
		r = cli_fail(c, VALISE_E_NOMEM, "out of memory");
	if (!r)
		r = open_all(&all);
	if (!r)
		r = finish(&all);
	letters_release(&letters);
	return r;
}

const struct command command_open = {
	.name = "open",
	.operands = "LETTER...",
	.summary = "Check letters against their seals, then write their parts",
	.about =
		"Everything is checked before a part gets its place; what does not match leaves nothing behind. Without -o a "
		"letter goes into a directory of its short id. Nothing is said outward unless --say opened asks for it.",
	.options = options,
	.values_bytes = sizeof(struct open_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE | TAKES_DRY_RUN,
	.max_operands = SIZE_MAX,
	.run = run,
};
