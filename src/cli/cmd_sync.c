/* SPDX-License-Identifier: Apache-2.0 */
/* valise sync: takes in what is there, puts out what should go, says what a finder would learn. */
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/show.h"

struct sync_options {
	struct words via;
	const char *say, *as;
	bool all, bare, look, in, out, reports, inside;
};
#define AT(member) offsetof(struct sync_options, member)

static const struct option_row options[] = {
	{"all", 'a', OPTION_FLAG, AT(all), NULL, "put out every letter that is not known to have arrived"},
	{"via", 0, OPTION_LIST, AT(via), "OFFICE", "a courier office that can take the wrapped bag in too; repeatable"},
	{"bare", 0, OPTION_FLAG, AT(bare), NULL, "do not wrap: a finder can see seals and statements"},
	{"reports", 0, OPTION_FLAG, AT(reports), NULL,
	 "with the letters: the reports about them, and the exhibits that these point at"},
	{"inside", 0, OPTION_FLAG, AT(inside), NULL,
	 "between the machines of your own office: all that it has, wrapped for its officers alone"},
	{"say", 0, OPTION_TEXT, AT(say), "received|carrying",
	 "state received or carrying unattended, of every letter that came whole and checked; with --as"},
	{"as", 0, OPTION_TEXT, AT(as), "OFFICER", "the officer whose key states it: one appointed as machine"},
	{"look", 0, OPTION_FLAG, AT(look), NULL, "only say what is there and what would go"},
	{"in", 0, OPTION_FLAG, AT(in), NULL, "with -: take a bag in from standard input"},
	{"out", 0, OPTION_FLAG, AT(out), NULL, "with -: put a bag out to standard output"},
	OPTION_END,
};

static int check(struct cli *c, const struct sync_options *o, bool is_pipe)
{
	if (!*c->operands[0])
		return cli_fail(c, VALISE_E_USAGE,
				"the directory has no name: give that of a stick or folder, or - for a pipe");
	if (!is_pipe && (o->in || o->out))
		return cli_fail(c, VALISE_E_USAGE, "--in and --out go with -, not with a directory");
	if (is_pipe && !o->in && !o->out)
		return cli_fail(c, VALISE_E_USAGE, "with - say --in to take a bag in, --out to put one out, or both");
	if (is_pipe && o->out && c->shared.json)
		return cli_fail(c, VALISE_E_USAGE, "the bag and --json would share standard output");
	if (is_pipe && o->out && c->terminal.out)
		return cli_fail(c, VALISE_E_USAGE, "a bag is bytes, and standard output is a terminal");
	if (is_pipe && o->in && c->terminal.in)
		return cli_fail(c, VALISE_E_USAGE, "a bag is bytes, and standard input is a terminal");
	if (is_pipe && !o->out && (c->n_operands > 1 || o->all))
		return cli_fail(c, VALISE_E_USAGE, "letters go out: say --out");
	if (o->all && c->n_operands > 1)
		return cli_fail(c, VALISE_E_USAGE, "--all and the names of letters exclude each other");
	if (o->reports && !o->all && c->n_operands < 2)
		return cli_fail(c, VALISE_E_USAGE, "--reports go with letters: name those, or say --all");
	if (o->bare && o->via.n)
		return cli_fail(c, VALISE_E_USAGE, "--bare wraps for nobody, so --via has nothing to do");
	if (o->inside && (o->all || o->bare || o->via.n || o->reports))
		return cli_fail(
			c, VALISE_E_USAGE,
			"--inside puts out all that your office has, for its own officers: --all, --bare, --via and "
			"--reports have nothing to do there");
	if ((o->say == NULL) != (o->as == NULL))
		return cli_fail(c, VALISE_E_USAGE,
				"--say and --as go together: what is stated, and by which officer that is a machine");
	if (o->say && o->look)
		return cli_fail(c, VALISE_E_USAGE, "--look states nothing: leave --say out");
	return 0;
}

/* ---- For a program ---- */

static int json_letter(void *context, const struct valise_sync_letter *l)
{
	struct cli *c = context;
	struct json *j = c->json;
	json_open_object(j, NULL);
	json_text(j, "letter", l->letter);
	json_text(j, "short", l->short_id);
	json_text(j, "from", l->from);
	json_text(j, "ref", l->ref);
	json_number(j, "body_bytes", l->body_bytes);
	json_bool(j, "is_new", l->is_new);
	json_bool(j, "is_whole", l->is_whole);
	json_bool(j, "is_for_us", l->is_for_us);
	json_bool(j, "is_broken", l->is_broken);
	json_bool(j, "is_answered", l->is_answered);
	json_text(j, "text", l->text);
	json_close(j);
	return json_goes_on(j) ? 0 : cli_fail(c, VALISE_E_IO, "cannot write");
}

static void json_said(struct json *j, const struct sync_options *o, const struct valise_sync_report *r)
{
	if (!r->said_by) {
		json_text(j, "said", NULL);
		return;
	}
	json_open_object(j, "said");
	json_bytes(j, "says", o->say);
	json_text(j, "title", r->said_by);
	json_open_list(j, "statements");
	for (size_t i = 0; i < r->n_said; i++) {
		json_open_object(j, NULL);
		json_text(j, "letter", r->said[i].letter);
		json_text(j, "short", r->said[i].short_id);
		json_text(j, "note", r->said[i].note);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

static int show_json(struct cli *c, const struct sync_options *o, const struct valise_sync_report *r)
{
	struct json *j = c->json;
	json_bool(j, "look", o->look);
	json_open_list(j, "in");
	int result = valise_sync_letters_in(r, json_letter, c, &c->err);
	json_close(j);
	json_open_list(j, "out");
	if (!result)
		result = valise_sync_letters_out(r, json_letter, c, &c->err);
	json_close(j);
	if (result)
		return result;
	json_number(j, "statements_in", r->statements_in);
	json_number(j, "statements_out", r->statements_out);
	json_number(j, "entries_in", r->entries_in);
	json_number(j, "entries_out", r->entries_out);
	json_number(j, "reports_in", r->reports_in);
	json_number(j, "reports_out", r->reports_out);
	json_number(j, "exhibits_in", r->exhibits_in);
	json_number(j, "exhibits_out", r->exhibits_out);
	json_said(j, o, r);
	json_number(j, "bags_read", r->bags_read);
	json_number(j, "bags_out", r->bags_out);
	json_number(j, "bags_removed", r->bags_removed);
	json_number(j, "bags_skipped", r->bags_skipped);
	json_number(j, "bags_not_for_us", r->bags_not_for_us);
	json_number(j, "bytes_in", r->bytes_in);
	json_number(j, "bytes_out", r->bytes_out);
	json_texts(j, "findings", r->findings, r->n_findings);
	json_bool(j, "is_damaged", r->is_damaged);
	json_text(j, "out_error", r->out_error);
	json_text(j, "finder", r->finder);
	json_bool(j, "durable", r->durable);
	json_bool(j, "read_back", r->read_back);
	return print_json(c);
}

/* ---- For a person ---- */

/* "2 statements came." */
static void show_came(FILE *out, const struct sync_options *o, size_t n, const char *one, const char *several)
{
	if (n)
		fprintf(out, "%zu %s %s.\n", n, n == 1 ? one : several,
			!o->look ? "came"
			: n == 1 ? "lies there, not taken in yet"
				 : "lie there, not taken in yet");
}

struct showing {
	FILE *out;
	char came[16];  /* the first for us that nobody has answered; "" */
	char going[16]; /* the first that went whole: statements alone are handed to nobody; "" */
};

static int show_letter_in(void *context, const struct valise_sync_letter *l)
{
	struct showing *s = context;
	fprintf(s->out, "%s from %s", l->short_id, l->from);
	show_ref(s->out, l->ref);
	fprintf(s->out, "%s%s: %s\n", l->body_bytes ? ", " : "", l->body_bytes ? show_size(l->body_bytes).text : "",
		l->text);
	if (!*s->came && l->is_new && l->is_whole && l->is_for_us && !l->is_answered)
		(void)snprintf(s->came, sizeof s->came, "%s", l->short_id);
	return 0;
}

static int show_letter_out(void *context, const struct valise_sync_letter *l)
{
	struct showing *s = context;
	fprintf(s->out, "%s: %s\n", l->short_id, l->text);
	if (!*s->going && l->is_whole)
		(void)snprintf(s->going, sizeof s->going, "%s", l->short_id);
	return 0;
}

static void show_what_came(FILE *out, const struct sync_options *o, const struct valise_sync_report *r)
{
	show_came(out, o, r->statements_in, "statement", "statements");
	show_came(out, o, r->reports_in, "report", "reports");
	show_came(out, o, r->exhibits_in, "exhibit", "exhibits");
	show_came(out, o, r->entries_in, "register entry", "register entries");
	if (r->bags_not_for_us)
		fprintf(out, "%zu bag%s there %s wrapped for others.\n", r->bags_not_for_us, PLURAL(r->bags_not_for_us),
			r->bags_not_for_us == 1 ? "is" : "are");
}

/* What was signed without anybody looking is told of, letter by letter. */
static void show_said(FILE *out, const struct sync_options *o, const struct valise_sync_report *r)
{
	for (size_t i = 0; i < r->n_said; i++)
		fprintf(out, "%s: %s said %s, unattended\n", r->said[i].short_id, r->said_by, o->say);
}

static void show_reported(FILE *out, const struct valise_sync_report *r)
{
	if (r->reports_out)
		fprintf(out, ", with %zu report%s", r->reports_out, PLURAL(r->reports_out));
	if (r->exhibits_out)
		fprintf(out, "%s %zu exhibit%s", r->reports_out ? " and" : ", with", r->exhibits_out,
			PLURAL(r->exhibits_out));
}

static void show_what_went(FILE *out, const struct sync_options *o, const struct valise_sync_report *r)
{
	size_t whole = r->n_whole_out;
	if (r->n_out == 0 && r->entries_out == 0)
		return;
	fprintf(out, "%s", o->look ? "Would put out" : "Put out");
	if (whole)
		fprintf(out, " %zu letter%s", whole, PLURAL(whole));
	if (r->statements_out)
		fprintf(out, "%s %zu statement%s", whole ? " and" : "", r->statements_out, PLURAL(r->statements_out));
	if (r->n_out == 0)
		fprintf(out, " %zu entr%s of your register", r->entries_out, r->entries_out == 1 ? "y" : "ies");
	else if (!whole && !r->statements_out)
		fprintf(out, " part of what there is of %zu letter%s", r->n_out, PLURAL(r->n_out));
	show_reported(out, r);
	fprintf(out, "%s%s%s.\n", o->look || !r->read_back ? "" : ", read back and checked", r->finder ? ", " : "",
		r->finder ? r->finder : "");
}

static void show_next(struct cli *c, const struct sync_options *o, const struct valise_sync_report *r,
		      const struct showing *s)
{
	if (o->look)
		return;
	if (*s->came && !r->n_said)
		hint(c, "`valise say received %s`, or `valise open %s`", s->came, s->came);
	else if (*s->going && !o->inside)
		hint(c, "nobody has been handed anything yet: `valise say handed %s --to OFFICE` once it is so.",
		     s->going);
}

static int show(struct cli *c, const struct sync_options *o, const struct valise_sync_report *r, bool is_pipe)
{
	FILE *out = is_pipe && o->out ? stderr : stdout;
	struct showing s = {.out = out};
	for (size_t i = 0; i < r->n_findings; i++)
		warn(c, "%s", r->findings[i]);
	int result = valise_sync_letters_in(r, show_letter_in, &s, &c->err);
	show_what_came(out, o, r);
	show_said(out, o, r);
	show_what_went(out, o, r);
	if (!result)
		result = valise_sync_letters_out(r, show_letter_out, &s, &c->err);
	if (r->out_error)
		warn(c, "%s", r->out_error);
	if (!o->look && r->bags_out && !is_pipe && !r->durable)
		warn(c,
		     "this filesystem does not confirm that what was written is on the medium: unmount it before you "
		     "take it away");
	if (!o->look && r->bags_out && !is_pipe && !r->read_back)
		warn(c, "what was written could not be read back from the medium");
	if (r->bags_removed)
		tell(c, "Took away %zu bag%s of ours that nobody waits for any more.", r->bags_removed,
		     PLURAL(r->bags_removed));
	if (r->n_in + r->n_out + r->statements_in + r->statements_out + r->reports_in + r->exhibits_in + r->entries_in +
		    r->entries_out + r->bags_removed + r->n_findings ==
	    0)
		tell(c, "Nothing to take in, nothing to put out.");
	show_next(c, o, r, &s);
	return result;
}

static int run(struct cli *c, const void *values)
{
	const struct sync_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct valise_sync_report *report = NULL;
	bool is_pipe = strcmp(c->operands[0], "-") == 0;
	int r = check(c, o, is_pipe);
	if (r)
		return r;
	struct valise_sync sync = {
		.dir = is_pipe ? NULL : c->operands[0],
		.in_fd = is_pipe && o->in ? STDIN_FILENO : -1,
		.out_fd = is_pipe && o->out ? STDOUT_FILENO : -1,
		.letters = c->operands + 1,
		.n_letters = c->n_operands - 1,
		.all = o->all,
		.via = (const char *const *)o->via.at,
		.n_via = o->via.n,
		.bare = o->bare,
		.reports = o->reports,
		.inside = o->inside,
		.say = o->say,
		.as = o->as,
		.look = o->look,
	};
	r = cli_open(c, !o->look, &v);
	if (!r)
		r = valise_sync(v, &sync, &report, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	if (c->shared.json)
		r = show_json(c, o, report);
	else
		r = show(c, o, report, is_pipe);
	int out_code = report->out_code;
	bool damaged = report->is_damaged;
	valise_sync_report_free(report);
	if (!r && out_code)
		return cli_shown(c, out_code);
	return r || !damaged ? r : cli_shown(c, VALISE_E_BAD);
}

const struct command command_sync = {
	.name = "sync",
	.operands = "DIR|- [LETTER...]",
	.summary = "Take in what is there, put out what should go",
	.about =
		"DIR is a stick, a synced or a shared folder; the letters named go out, and every statement that others should "
		"have. Nothing is stated to anybody: say does that, and --say for a machine. Damage is named, the rest is taken in, and the exit status is "
		"4.",
	.options = options,
	.values_bytes = sizeof(struct sync_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = run,
};
