/* SPDX-License-Identifier: Apache-2.0 */
/* The table of statements as programs see it, for help and completion: also those without a spool. */
#include <valise/valise.h>

#include "format/statement.h"

bool valise_says_at(size_t i, struct valise_says *ret)
{
	if (i >= SAYS_COUNT)
		return false;
	const struct says_row *row = &says_table[i];
	CLEAN_BUF struct buf roles = BUF_INIT(sizeof ret->roles - 1);
	*ret = (struct valise_says){.name = row->name,
				    .means = row->means,
				    .means_paper = row->means_paper,
				    .not_of_paper = row->not_of_paper,
				    .does_not_mean = row->does_not_mean,
				    .reasons = row->reasons,
				    .needs_to = row->needs & FIELD_TO,
				    .needs_text = row->needs & FIELD_TEXT,
				    .needs_reason = row->needs & FIELD_REASON,
				    .needs_regarding = row->needs & FIELD_REGARDING,
				    .needs_when = row->needs & FIELD_WHEN};
	roles_write(&roles, row->roles);
	if (roles.data)
		memcpy(ret->roles, roles.data, roles.len);
	return true;
}
