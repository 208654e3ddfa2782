/* SPDX-License-Identifier: Apache-2.0 */
/* valise doctor: whether the spool is in order. */
#include "cli/commands.h"

struct doctor_options {
	bool mend, only_copy, rebuild;
};
static const struct option_row options[] = {
	{"mend", 0, OPTION_FLAG, offsetof(struct doctor_options, mend), NULL,
	 "remove what killed commands left, and damaged copies that a sync can bring again"},
	{"only-copy", 0, OPTION_FLAG, offsetof(struct doctor_options, only_copy), NULL,
	 "say that no other copy of this spool writes or says anything: it was moved, or restored from a backup"},
	{"rebuild", 0, OPTION_FLAG, offsetof(struct doctor_options, rebuild), NULL,
	 "forget what was counted of letters, and count it again; forget what syncs remember"},
	OPTION_END,
};

struct findings {
	struct cli *c;
	struct json *json; /* NULL: text */
	size_t n;
};

static void found(void *context, bool is_broken, const char *text)
{
	struct findings *f = context;
	f->n++;
	if (f->json) {
		json_open_object(f->json, NULL);
		json_bool(f->json, "is_broken", is_broken);
		json_bytes(f->json, "text", text);
		json_close(f->json);
		return;
	}
	progress_clear(&f->c->progress);
	if (is_broken)
		paint(f->c, PAINT_BROKEN, "broken: ");
	puts(text);
}

static int run(struct cli *c, const void *values)
{
	const struct doctor_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	struct json *json = c->json;
	struct findings f = {.c = c, .json = json};
	struct valise_doctor d = {
		.mend = o->mend, .only_copy = o->only_copy, .rebuild = o->rebuild, .context = &f, .found = found};
	json_open_list(json, "findings");
	int r = cli_open(c, o->mend || o->only_copy || o->rebuild, &v);
	if (!r)
		r = valise_doctor(v, &d, &c->err);
	progress_clear(&c->progress);
	/* Broken is a verdict, whose findings stand above; anything else is a failure to look. */
	if (r && (r != VALISE_E_BAD || f.n == 0))
		return r;
	json_close(json);
	json_bool(json, "sound", r == 0);
	if (!json && f.n == 0)
		puts("Everything is in order.");
	if (!json)
		return r;
	int printed = print_json(c);
	return printed ? printed : r ? cli_shown(c, r) : 0;
}

const struct command command_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "Check this office's spool: rows, files, bodies, register, keys",
	.options = options,
	.values_bytes = sizeof(struct doctor_options),
	.takes = TAKES_SPOOL,
	.run = run,
};
