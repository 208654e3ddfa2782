/* SPDX-License-Identifier: Apache-2.0 */
/* Which office a command is about, and which letters. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* An environment variable that says something. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static const char *home(void)
{
	const char *dir = environment("HOME");
	if (dir && dir[0] == '/')
		return dir;
	const struct passwd *me = getpwuid(getuid());
	return me && me->pw_dir && me->pw_dir[0] == '/' ? me->pw_dir : NULL;
}

int cli_dir(struct cli *c, char **ret)
{
	const char *dir = c->shared.dir, *data = environment("XDG_DATA_HOME");
	char *path = NULL;
	if (dir && !*dir)
		return cli_fail(c, VALISE_E_USAGE, "--dir takes the path of a directory");
	if (!dir)
		dir = environment("VALISE_DIR");
	/* The XDG specification has relative paths ignored. */
	int n = 0;
	if (dir)
		path = strdup(dir);
	else if (data && data[0] == '/')
		n = asprintf(&path, "%s/valise", data);
	else if (home())
		n = asprintf(&path, "%s/.local/share/valise", home());
	else
		return cli_fail(c, VALISE_E_USAGE, "no home directory: say with --dir where the office is");
	if (n < 0 || !path)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	*ret = path;
	return 0;
}

struct valise_caller cli_caller(struct cli *c)
{
	return (struct valise_caller){.context = c, .progress = progress_show, .passphrase = passphrase_give};
}

int cli_open(struct cli *c, bool writing, struct valise **ret)
{
	CLEAN_FREE char *dir = NULL;
	struct valise_caller caller = cli_caller(c);
	int r = cli_dir(c, &dir);
	return r ? r : valise_open(dir, writing, &caller, ret, &c->err);
}

int cli_letters(struct cli *c, struct valise *v, const char *const *names, size_t n, bool all, enum valise_all which,
		struct letters *ret)
{
	*ret = (struct letters){.names = names, .n = n};
	if (!all)
		return 0;
	int r = valise_letters_all(v, which, &ret->owned, &ret->n, &c->err);
	ret->names = (const char *const *)ret->owned;
	return r;
}

void letters_release(struct letters *l)
{
	if (l->owned)
		valise_ids_free(l->owned, l->n);
	*l = (struct letters){0};
}
