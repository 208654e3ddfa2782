/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of sentences. */
#include "office/findings.h"

#include <stdlib.h>

#include "base/array.h"

#define FINDINGS_MAX 1000u

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->at[i]);
	free(f->at);
	*f = (struct findings){.n = 0};
}

static int put(struct findings *f, char *owned, struct valise_err *err)
{
	char **grown = array_room(f->at, f->n, &f->cap, sizeof(*grown));
	if (!owned || !grown) {
		free(owned);
		return err_nomem(err);
	}
	f->at = grown;
	f->at[f->n++] = owned;
	return 0;
}

int findings_add(struct findings *f, struct buf *sentence, struct valise_err *err)
{
	int r = buf_check(sentence, "a finding", err);
	if (r || f->n == FINDINGS_MAX)
		return r;
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->at[i], (char *)sentence->data) == 0)
			return 0;
	if (f->n + 1 == FINDINGS_MAX)
		return put(f, strdup("there is more of this kind than is told at once"), err);
	return put(f, (char *)buf_take(sentence, NULL), err);
}

int findings_copy(struct findings *f, const struct findings *from, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < from->n && !r; i++)
		r = put(f, strdup(from->at[i]), err);
	return r;
}
