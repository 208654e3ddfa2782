/* SPDX-License-Identifier: Apache-2.0 */
/* valise export and import: a whole office's spool in one file, and back. */
#include <inttypes.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/moment.h"
#include "cli/show.h"

static const struct option_row options[] = {
	OPTION_END,
};

static int print_exported(struct cli *c, const char *where, const char *what, const struct valise_exported *e)
{
	struct json *j = c->json;
	json_bytes(j, where, what);
	json_text(j, "office", e->office);
	json_time(j, "made", true, e->made_s);
	json_number(j, "files", e->files);
	json_number(j, "bytes", e->bytes);
	return print_json(c);
}

static int run_export(struct cli *c, const void *values)
{
	CLEAN_VALISE struct valise *v = NULL;
	struct valise_exported e;
	const char *path = c->operands[0];
	bool to_stdout = strcmp(path, "-") == 0;
	(void)values;
	if (to_stdout && c->shared.json)
		return cli_fail(c, VALISE_E_USAGE, "the export and --json would share standard output: name a FILE");
	if (to_stdout && c->terminal.out)
		return cli_fail(c, VALISE_E_USAGE, "the export is no text for a terminal: name a FILE, or a pipe");
	int r = cli_open(c, true, &v);
	if (!r)
		r = valise_export(v, path, &e, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	warn(c, "the export holds this office's secret keys as they lie here: keep it as you keep the spool");
	if (c->shared.json)
		return print_exported(c, "file", path, &e);
	tell(c, "%" PRIu64 " file%s, %s.", e.files, PLURAL(e.files), show_size(e.bytes).text);
	if (!to_stdout)
		hint(c, "`valise import %s --dir NEW` makes a spool of it", SHOW(path));
	return 0;
}

static int run_import(struct cli *c, const void *values)
{
	CLEAN_FREE char *dir = NULL;
	struct valise_exported e;
	struct valise_caller caller = cli_caller(c);
	(void)values;
	int r = cli_dir(c, &dir);
	if (!r)
		r = valise_import(c->operands[0], dir, &caller, &e, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	warn(c, "where the spool that it was made from lives on, only one of the two may write register entries");
	if (c->shared.json)
		return print_exported(c, "dir", dir, &e);
	tell(c, "The spool as of %s UTC is in %s: %" PRIu64 " file%s, %s.", moment_show(e.made_s).text, SHOW(dir),
	     e.files, PLURAL(e.files), show_size(e.bytes).text);
	hint(c, "`valise doctor --dir %s` checks all that is in it", SHOW(dir));
	return 0;
}

const struct command command_export = {
	.name = "export",
	.operands = "FILE",
	.summary = "Write this office's whole spool into one file",
	.about =
		"The database as it is at one moment, all bodies, exhibits and keys, in one tar with a manifest. Others may go on "
		"working meanwhile. FILE is new, or - for standard output. Passphrases go on protecting the keys that have one; "
		"whoever has the file has all else.",
	.options = options,
	.values_bytes = 1,
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_export,
};

const struct command command_import = {
	.name = "import",
	.operands = "FILE",
	.summary = "Make a spool of an export",
	.about =
		"Into --dir, which must not be there: every byte is compared with the manifest before the spool has its name. FILE "
		"may be -. Take exports only from whoever made them: what they hold is believed as this machine's own rows are.",
	.options = options,
	.values_bytes = 1,
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_import,
};
