/* SPDX-License-Identifier: Apache-2.0 */
/* valise forget: says what goes and what stays, asks, and lets go of letters' bytes. */
#include "cli/commands.h"
#include "cli/show.h"

#define SHOWN_MAX 20 /* on a terminal; --dry-run and --json show all */

struct forget_options {
	struct moment before;
	bool all, cover, anyway, undo, yes;
};
#define AT(member) offsetof(struct forget_options, member)

static const struct option_row options[] = {
	{"all", 'a', OPTION_FLAG, AT(all), NULL, "every letter that nothing speaks for keeping"},
	{"before", 0, OPTION_TIME, AT(before), "TIME", "with --all: letters that were sealed before then"},
	{"cover", 0, OPTION_FLAG, AT(cover), NULL,
	 "the cover as well: then nothing of the letter can be read or disclosed here any more"},
	{"anyway", 0, OPTION_FLAG, AT(anyway), NULL, "whatever speaks for keeping the letters that are named"},
	{"undo", 0, OPTION_FLAG, AT(undo), NULL, "let a sync bring the bytes again, from wherever they still lie"},
	{"yes", 'y', OPTION_FLAG, AT(yes), NULL, "do it without asking; needed off a terminal"},
	OPTION_END,
};

static void draft_freep(struct valise_forget_draft **d)
{
	valise_forget_draft_free(*d);
}

/* ---- Showing ---- */

static void put_count(FILE *out, size_t n, const char *noun)
{
	if (n)
		fprintf(out, ", %zu %s%s", n, noun, PLURAL(n));
}

/* "h7qk-2mxd, ref 14/2026: its body goes, 3.1 MB; its seal, 4 statements and its cover stay" */
static void put_one(FILE *out, const struct valise_letting_go *one)
{
	fputs(one->short_id, out);
	show_ref(out, one->ref);
	if (one->body_bytes)
		fprintf(out, ": its body goes, %s", show_size(one->body_bytes).text);
	else
		fputs(": what there is of its body goes", out);
	if (one->cover_bytes)
		fprintf(out, ", and its cover, %s", show_size(one->cover_bytes).text);
	fputs("; what stays: its seal", out);
	if (one->keeps_cover)
		fputs(", its cover", out);
	put_count(out, one->n_statements, "statement");
	put_count(out, one->n_reports, "report");
	fputc('\n', out);
}

static void put_all(FILE *out, const struct valise_forget_draft *d, size_t most)
{
	size_t n = valise_forget_count(d);
	for (size_t i = 0; i < n && i < most; i++)
		put_one(out, valise_forget_at(d, i));
	if (n > most)
		fprintf(out, "... and %zu more; --dry-run shows all.\n", n - most);
}

static int print_json_draft(struct cli *c, const struct valise_forget_draft *d)
{
	struct json *j = c->json;
	json_bool(j, "dry_run", c->shared.dry_run);
	json_open_list(j, "letters");
	for (size_t i = 0; i < valise_forget_count(d); i++) {
		const struct valise_letting_go *one = valise_forget_at(d, i);
		json_open_object(j, NULL);
		json_text(j, "letter", one->letter);
		json_text(j, "short", one->short_id);
		json_text(j, "ref", one->ref);
		json_number(j, "body_bytes", one->body_bytes);
		json_number(j, "cover_bytes", one->cover_bytes);
		json_bool(j, "keeps_cover", one->keeps_cover);
		json_number(j, "statements", one->n_statements);
		json_number(j, "reports", one->n_reports);
		json_close(j);
	}
	json_close(j);
	json_number(j, "unread", valise_forget_unread(d));
	return print_json(c);
}

/* ---- Doing ---- */

static int ask(struct cli *c, const struct forget_options *o, const struct valise_forget_draft *d)
{
	bool yes = o->yes;
	if (c->terminal.err)
		put_all(stderr, d, SHOWN_MAX);
	int r = yes ? 0 : ask_yes(c, "Let go of it? Nothing is shredded: a disk may keep what was on it.", false, &yes);
	if (r)
		return r;
	return yes ? 0 : cli_fail(c, VALISE_E_FAILURE, "nothing was let go of");
}

static int done(struct cli *c, const struct valise_forget_draft *d)
{
	size_t n = valise_forget_count(d);
	if (c->shared.json)
		return print_json_draft(c, d);
	if (!n)
		return 0;
	for (size_t i = 0; i < n; i++)
		puts(valise_forget_at(d, i)->letter);
	tell(c, "Let go of %zu letter%s. What was said of %s stays.", n, PLURAL(n), n == 1 ? "it" : "them");
	hint(c, "`valise say destroyed LETTER` states under signature that your office destroyed what it held.");
	return 0;
}

static int forget(struct cli *c, const struct forget_options *o, struct valise *v)
{
	__attribute__((cleanup(draft_freep))) struct valise_forget_draft *d = NULL;
	const struct valise_forgetting f = {.letters = c->operands,
					    .n_letters = c->n_operands,
					    .all = o->all,
					    .has_before = o->before.given,
					    .before_s = o->before.at_s,
					    .cover = o->cover,
					    .anyway = o->anyway};
	int r = valise_forget_look(v, &f, &d, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	if (!valise_forget_count(d))
		tell(c, "There is nothing left to let go of.");
	if (c->shared.dry_run) {
		if (c->shared.json)
			r = print_json_draft(c, d);
		else
			put_all(stdout, d, SIZE_MAX);
		return r ? r : show_unread(c, valise_forget_unread(d));
	}
	if (valise_forget_count(d))
		r = ask(c, o, d);
	if (!r)
		r = valise_forget(v, d, &c->err);
	progress_clear(&c->progress);
	if (!r)
		r = done(c, d);
	return r ? r : show_unread(c, valise_forget_unread(d));
}

static int undo(struct cli *c, struct valise *v)
{
	int r = 0;
	for (size_t i = 0; i < c->n_operands && !r; i++)
		r = valise_forget_undo(v, c->operands[i], true, &c->err); /* all of them, or none */
	for (size_t i = 0; i < c->n_operands && !r && !c->shared.dry_run; i++)
		r = valise_forget_undo(v, c->operands[i], false, &c->err);
	if (r)
		return r;
	if (c->shared.json) {
		struct json *j = c->json;
		json_bool(j, "dry_run", c->shared.dry_run);
		json_open_list(j, "undone");
		for (size_t i = 0; i < c->n_operands; i++)
			json_bytes(j, NULL, c->operands[i]);
		json_close(j);
		return print_json(c);
	}
	hint(c, "`valise sync DIR` brings the bytes again, where they lie.");
	return 0;
}

static int check(struct cli *c, const struct forget_options *o)
{
	if (o->all == (c->n_operands > 0))
		return cli_fail(c, VALISE_E_USAGE,
				o->all ? "--all and the names of letters exclude each other"
				       : "name the letters, or say --all");
	if (o->before.given && !o->all)
		return cli_fail(c, VALISE_E_USAGE, "--before goes with --all");
	if (o->undo && (o->all || o->cover || o->anyway))
		return cli_fail(c, VALISE_E_USAGE, "--undo goes with the names of letters alone");
	if (o->anyway && o->all)
		return cli_fail(c, VALISE_E_USAGE, "--anyway goes with the names of letters, not with --all");
	if (!o->undo && !o->yes && !c->shared.dry_run && !can_ask(c))
		return cli_fail(c, VALISE_E_USAGE,
				"nobody is here to be asked: --yes lets go, --dry-run shows what would");
	return 0;
}

static int run(struct cli *c, const void *values)
{
	const struct forget_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	int r = check(c, o);
	if (!r)
		r = cli_open(c, !c->shared.dry_run, &v);
	if (r)
		return r;
	return o->undo ? undo(c, v) : forget(c, o, v);
}

const struct command command_forget = {
	.name = "forget",
	.operands = "[LETTER...]",
	.summary = "Let go of letters' bytes; what is known of them stays",
	.about =
		"Their bodies go from this machine, and no sync brings them again. Seals, statements, reports and exhibits stay, "
		"and so does the cover without --cover: who says what can be shown as before.\n"
		"A letter is kept while a recipient has not said received (of letters of others: until keep-until is past), while "
		"one says defect, and while it is for your office, which has said neither opened nor reviewed.\n"
		"Prints the ids of the letters.",
	.options = options,
	.values_bytes = sizeof(struct forget_options),
	.takes = TAKES_SPOOL | TAKES_DRY_RUN,
	.min_operands = 0,
	.max_operands = SIZE_MAX,
	.run = run,
};
