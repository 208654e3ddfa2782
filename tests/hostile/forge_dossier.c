/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers taken apart and put together in any order, with any letter's id on them. */
#include <string.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "forge.h"
#include "format/item.h"

/* KIND:FILE, framed as given. */
int forge_dossier(int n, char **args)
{
	CLEAN_BUF struct buf out = FORGE_BUF;
	if (n < 1)
		give_up("a letter's id is needed");
	buf_addf(&out, "valise/dossier@v1\nletter %s\n", args[0]);
	for (int i = 1; i < n; i++) {
		CLEAN_BUF struct buf item = FORGE_BUF;
		char *w[2];
		if (split(args[i], w, 2) != 2)
			give_up("KIND:FILE");
		slurp(w[1], &item);
		item_write(&out, str_of(w[0]), buf_str(&item));
	}
	buf_add_text(&out, "end\n");
	spit("-", buf_str(&out));
	return 0;
}

/* Items become DIR/NUMBER.KIND; prints KIND:PATH for each, as forge_dossier takes them. */
int forge_undossier(int n, char **args)
{
	CLEAN_BUF struct buf file = FORGE_BUF;
	struct str line, kind, bytes;
	unsigned i = 0;
	if (n != 2)
		give_up("a dossier and a directory are needed");
	slurp(args[0], &file);
	struct cursor c = cursor_of(file.data, file.len);
	if (!cursor_line(&c, &line) || !cursor_line(&c, &line))
		give_up("that is no dossier");
	(void)mkdir(args[1], 0777);
	while (item_read(&c, FORGE_MAX_BYTES, &kind, &bytes) == ITEM_THERE) {
		char name[64];
		(void)snprintf(name, sizeof name, "%04u.%.*s", i++, STR_ARG(kind));
		spit(path_in(args[1], name), bytes);
		(void)printf("%.*s:%s\n", STR_ARG(kind), path_in(args[1], name));
	}
	return 0;
}
