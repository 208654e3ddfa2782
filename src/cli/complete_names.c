/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the office at hand, for completion: silent when there is none. */
#include "cli/commands.h"

void names_here(struct cli *c, enum valise_names which, complete_each *each, void *context)
{
	CLEAN_VALISE struct valise *v = NULL;
	if (cli_open(c, false, &v) == 0 && valise_names(v, which, each, context, &c->err))
		return;
}
