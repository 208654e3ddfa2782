/* SPDX-License-Identifier: Apache-2.0 */
/* valise dossier: the evidence for one letter in one text file. */
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/show.h"

struct dossier_options {
	const char *output;
	struct words disclose;
	bool exhibits, no_reports;
	bool force;
	struct moment as_of;
};
#define AT(member) offsetof(struct dossier_options, member)

static const struct option_row options[] = {
	{"output", 'o', OPTION_TEXT, AT(output), "FILE", "write there, not to standard output"},
	{"force", 0, OPTION_FLAG, AT(force), NULL, "write over a file that is there"},
	{"disclose", 0, OPTION_LIST, AT(disclose), "PART",
	 "a part's name, or subject: what the sender committed to; repeatable. cover: all of that, and the letter's key"},
	{"as-of", 0, OPTION_TIME, AT(as_of), "TIME",
	 "only what this spool had taken in by then, by this machine's clock"},
	{"no-reports", 0, OPTION_FLAG, AT(no_reports), NULL, "no reports, and nothing of what they point at"},
	{"exhibits", 0, OPTION_FLAG, AT(exhibits), NULL, "the exhibits of reports whole, not only what they point at"},
	OPTION_END,
};

static int put(void *context, const void *bytes, size_t len)
{
	return file_target_put(context, bytes, len);
}

static int run(struct cli *c, const void *values)
{
	const struct dossier_options *o = values;
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_FILE_TARGET struct file_target target = {.fd = -1};
	bool has_key = false;
	bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
	struct valise_dossier d = {.letter = c->operands[0],
				   .disclose = (const char *const *)o->disclose.at,
				   .n_disclose = o->disclose.n,
				   .exhibits = o->exhibits,
				   .no_reports = o->no_reports,
				   .write = put,
				   .context = &target};
	if (to_stdout && c->shared.json)
		return cli_fail(c, VALISE_E_USAGE, "the dossier and --json would share standard output: say -o FILE");
	if (o->exhibits && o->no_reports)
		return cli_fail(c, VALISE_E_USAGE, "--exhibits and --no-reports exclude each other");
	int r = cli_open(c, false, &v);
	if (!r && o->as_of.given)
		r = valise_look_back(v, o->as_of.at_s, NULL, &c->err);
	if (!r)
		r = file_target_begin(c, o->output, o->force, &target);
	if (!r)
		r = valise_dossier(v, &d, &has_key, &c->err);
	progress_clear(&c->progress);
	if (!r)
		r = file_target_end(&target);
	if (r)
		return r;
	if (has_key)
		warn(c, "the dossier holds the letter's key: whoever has it, and the sealed body, can open the letter");
	if (c->shared.json)
		return print_written(c, o->output, target.bytes);
	if (!to_stdout) {
		tell(c, "The dossier is in %s, %s.%s", SHOW(o->output), show_size(target.bytes).text,
		     o->disclose.n ? "" : " It discloses nothing of the contents.");
		hint(c, "anybody can check it offline: `valise-verify %s`", SHOW(o->output));
	}
	return 0;
}

const struct command command_dossier = {
	.name = "dossier",
	.operands = "LETTER",
	.summary = "Write the evidence for one letter into one text file",
	.about =
		"The file needs no spool, no network and no trust in its maker to be checked. It holds the seal, the registers, "
		"the statements, the reports with the words that they point at, and what --disclose names; never the letter itself.",
	.options = options,
	.values_bytes = sizeof(struct dossier_options),
	.takes = TAKES_SPOOL | TAKES_PASSPHRASE,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
