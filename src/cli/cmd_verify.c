/* SPDX-License-Identifier: Apache-2.0 */
/* valise verify: judges a dossier, knowing the offices that this spool knows. */
#include <string.h>

#include "cli/commands.h"
#include "cli/judge.h"
#include "cli/show_office.h"

/* Of the offices in the dossier, those that this spool has a card of. */
static int add_contacts(struct cli *c, void *context, const struct valise_accounts *a, struct known *k)
{
	struct valise *v = context;
	for (size_t i = 0; i < a->n_offices; i++) {
		CLEAN_OFFICE struct valise_office *o = NULL;
		char *card = NULL;
		size_t len;
		int r = valise_office(v, a->offices[i].id, &o, &c->err);
		if (r == VALISE_E_NOT_FOUND)
			continue;
		if (r)
			return r;
		/* That its register came with some letter makes nobody known. */
		if (!o->view.petname && !o->view.is_self)
			continue;
		r = valise_card_export(v, a->offices[i].id, &card, &len, &c->err);
		if (r)
			return r;
		char *petname = strdup(o->view.petname ? o->view.petname : o->view.name);
		if (!petname) {
			free(card);
			return cli_fail(c, VALISE_E_NOMEM, "out of memory");
		}
		r = known_add(c, k, card, len, petname);
		if (r)
			return r;
		k->at[k->n - 1].unchecked = !o->view.checked;
		k->at[k->n - 1].is_self = o->view.is_self;
	}
	return 0;
}

static int run(struct cli *c, const void *values)
{
	CLEAN_VALISE struct valise *v = NULL;
	int r = cli_open(c, false, &v);
	/* Without an office here a dossier is judged all the same, unless one was asked for. */
	if (r && (r != VALISE_E_NO_OFFICE || c->shared.dir))
		return r;
	r = judge(c, values, v ? add_contacts : NULL, v);
	if (r == VALISE_E_UNKNOWN)
		hint(c, "`valise card add CARD` makes an office known to you, and --know CARD does for this once.");
	return r;
}

const struct command command_verify = {
	.name = "verify",
	.operands = "FILE",
	.summary = "Judge a dossier: who says what, and what it does not show",
	.about = judge_about,
	.options = judge_options,
	.values_bytes = sizeof(struct judge_options),
	.takes = TAKES_SPOOL,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
