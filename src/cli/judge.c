/* SPDX-License-Identifier: Apache-2.0 */
/* A dossier's verdict: shown whole, and as one exit status. */
#include "cli/judge.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/files.h"
#include "cli/show.h"
#include "cli/show_accounts.h"

const struct option_row judge_options[] = {
	{"require", 0, OPTION_LIST, offsetof(struct judge_options, require), "WHAT",
	 "a statement that must stand, as received, or OFFICE:received; repeatable"},
	{"know", 0, OPTION_LIST, offsetof(struct judge_options, know), "CARD",
	 "a card that you got from the office itself; repeatable"},
	{"file", 0, OPTION_LIST, offsetof(struct judge_options, file), "EXHIBIT",
	 "a file that you have yourself: what reports point at in it is read from it, and a disclosed part is told; "
	 "repeatable"},
	OPTION_END,
};

const char judge_about[] =
	"FILE is the dossier (- for standard input). Nothing is asked of any network, and nothing is taken in.\n"
	"The exit status is 4 when anything is broken or badly signed, or the sender's signer had no standing; else 3 when "
	"something required does not stand; else 5 when an office is not known to you; else 0.";

/* Whoever read standard input a second time would judge an empty file. */
static int check_stdin(struct cli *c, const struct judge_options *o)
{
	size_t n = strcmp(c->operands[0], "-") == 0;
	for (size_t i = 0; i < o->know.n; i++)
		n += strcmp(o->know.at[i], "-") == 0;
	for (size_t i = 0; i < o->file.n; i++)
		n += strcmp(o->file.at[i], "-") == 0;
	return n < 2 ? 0 : cli_fail(c, VALISE_E_USAGE, "- is named twice, and standard input can be read once");
}

/* ---- Who is known ---- */

int known_add(struct cli *c, struct known *k, char *card, size_t len, char *petname)
{
	struct valise_known *grown = realloc(k->at, (k->n + 1) * sizeof *grown);
	if (!grown) {
		free(card);
		free(petname);
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	}
	k->at = grown;
	k->at[k->n++] = (struct valise_known){.card = card, .len = len, .petname = petname};
	return 0;
}

void known_release(struct known *k)
{
	for (size_t i = 0; i < k->n; i++) {
		free((void *)(uintptr_t)k->at[i].card);
		free((void *)(uintptr_t)k->at[i].petname);
	}
	free(k->at);
	*k = (struct known){0};
}

static int read_cards(struct cli *c, const struct words *paths, struct known *k)
{
	int r = 0;
	for (size_t i = 0; i < paths->n && !r; i++) {
		char *card;
		size_t len;
		r = file_read(c, paths->at[i], &card, &len);
		if (!r)
			r = known_add(c, k, card, len, NULL);
	}
	return r;
}

/* ---- The asker's own copies of exhibits and parts ---- */

struct exhibits {
	struct valise_file *at;
	struct file_source *sources;
	size_t n;
};

static void exhibits_release(struct exhibits *x)
{
	for (size_t i = 0; i < x->n; i++)
		file_source_close(&x->sources[i]);
	free(x->sources);
	free(x->at);
}

static int read_some(void *context, void *ret, size_t room, size_t *ret_len, struct valise_err *err)
{
	struct file_source *f = context;
	int r = file_source_read(f, ret, room, ret_len);
	if (r)
		*err = f->c->err;
	return r;
}

static int open_exhibits(struct cli *c, const struct words *paths, struct exhibits *x)
{
	x->at = calloc(paths->n + 1, sizeof *x->at);
	x->sources = calloc(paths->n + 1, sizeof *x->sources);
	if (!x->at || !x->sources)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	int r = 0;
	for (size_t i = 0; i < paths->n && !r; i++) {
		r = file_source_open(c, paths->at[i], &x->sources[i]);
		if (!r)
			x->at[x->n++] = (struct valise_file){.read = read_some, .context = &x->sources[i]};
	}
	return r;
}

static void show_part(const struct valise_accounts *a, uint64_t number)
{
	for (size_t i = 0; i < a->n_disclosed; i++)
		if (a->disclosed[i].number == number)
			printf("by its SHA-256 and its size it is %s %llu of this letter: %s\n",
			       a->paper ? "scan" : "part", (unsigned long long)number, a->disclosed[i].name);
}

static void show_exhibits(struct cli *c, const struct words *paths, const struct exhibits *x,
			  const struct valise_accounts *a)
{
	if (x->n) {
		putchar('\n');
		paint(c, PAINT_HEADING, "Files that you gave");
		putchar('\n');
	}
	for (size_t i = 0; i < x->n; i++) {
		printf("  - %s, sha256 %s: ", SHOW(paths->at[i]), x->at[i].sha256);
		if (x->at[i].spans)
			printf("%zu place%s that reports name %s read from it%s", x->at[i].spans,
			       PLURAL(x->at[i].spans), x->at[i].spans == 1 ? "was" : "were",
			       x->at[i].part ? "; " : "\n");
		if (x->at[i].part)
			show_part(a, x->at[i].part);
		else if (!x->at[i].spans)
			printf("nothing here names this file\n");
	}
}

static void put_exhibits(struct json *j, const struct words *paths, const struct exhibits *x)
{
	json_open_list(j, "files");
	for (size_t i = 0; i < x->n; i++) {
		json_open_object(j, NULL);
		json_bytes(j, "file", paths->at[i]);
		json_text(j, "sha256", x->at[i].sha256);
		json_number(j, "bytes", x->at[i].bytes);
		json_number(j, "places", x->at[i].spans);
		if (x->at[i].part)
			json_number(j, "part", x->at[i].part);
		else
			json_text(j, "part", NULL);
		json_close(j);
	}
	json_close(j);
}

/* ---- The verdict ---- */

/* A signer whose register is not here is unknown; one whom the register speaks against is bad. */
static int soundness(const struct valise_accounts *a)
{
	bool unknown_sender =
		a->sender_standing == VALISE_STANDING_INCOMPLETE || a->sender_standing == VALISE_STANDING_NO_REGISTER;
	if (a->n_broken || a->bytes == VALISE_BYTES_BROKEN || (!a->sender_standing_good && !unknown_sender))
		return VALISE_E_BAD;
	return unknown_sender || !a->keys_known ? VALISE_E_UNKNOWN : 0;
}

static int check_required(struct cli *c, const struct words *require, const struct valise_accounts *a, struct json *j,
			  bool *ret_unmet)
{
	int r = 0;
	json_open_list(j, "required");
	for (size_t i = 0; i < require->n; i++) {
		struct valise_err why = {.code = 0};
		r = valise_require(a, require->at[i], &why);
		if (r && r != VALISE_E_UNMET)
			return cli_fail(c, r, "%s", why.text);
		*ret_unmet |= r != 0;
		json_open_object(j, NULL);
		json_bytes(j, "what", require->at[i]);
		json_bool(j, "stands", r == 0);
		json_close(j);
		if (!c->shared.json)
			printf("\n%s: %s\n", SHOW(require->at[i]), r ? why.text : "stands");
	}
	json_close(j);
	return 0;
}

static int give_verdict(struct cli *c, const struct judge_options *o, const struct valise_accounts *a,
			const struct exhibits *files)
{
	struct json *j = c->json;
	bool unmet = false;
	json_accounts(j, "accounts", a);
	put_exhibits(j, &o->file, files);
	if (!c->shared.json) {
		show_accounts(c, a, true);
		show_exhibits(c, &o->file, files, a);
	}
	int r = check_required(c, &o->require, a, j, &unmet);
	if (r)
		return r;
	int verdict = soundness(a);
	if (unmet && verdict != VALISE_E_BAD)
		verdict = VALISE_E_UNMET;
	if (c->shared.json) {
		json_text(j, "verdict", verdict ? cli_code_name(verdict) : "sound");
		json_number(j, "exit", (uint64_t)cli_exit_status(verdict));
		r = print_json(c);
	}
	return r ? r : cli_shown(c, verdict);
}

static int verify(struct cli *c, const char *bytes, size_t len, const struct known *known, const struct exhibits *files,
		  struct valise_accounts **ret)
{
	const struct valise_verifying with = {.known = known->at,
					      .n_known = known->n,
					      .files = files->at,
					      .n_files = files->n,
					      .now_s = (int64_t)time(NULL)};
	return valise_verify(bytes, len, &with, ret, &c->err);
}

int judge(struct cli *c, const struct judge_options *o, judge_more *more, void *context)
{
	CLEAN_FREE char *bytes = NULL;
	struct valise_accounts *a = NULL;
	struct known known = {0};
	const struct exhibits none = {0};
	struct exhibits files = {0};
	size_t len;
	int r = check_stdin(c, o);
	if (!r)
		r = file_read(c, c->operands[0], &bytes, &len);
	if (!r)
		r = read_cards(c, &o->know, &known);
	if (!r)
		r = open_exhibits(c, &o->file, &files);
	/* Which offices are in it is known once it is judged; files are read once, and by whoever knows all. */
	if (!r)
		r = verify(c, bytes, len, &known, more ? &none : &files, &a);
	size_t given = known.n;
	if (!r && more)
		r = more(c, context, a, &known);
	if (!r && more && (known.n > given || files.n)) {
		valise_accounts_free(a);
		a = NULL;
		r = verify(c, bytes, len, &known, &files, &a);
	}
	if (!r)
		r = give_verdict(c, o, a, &files);
	valise_accounts_free(a);
	exhibits_release(&files);
	known_release(&known);
	return r;
}
