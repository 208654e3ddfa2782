/* SPDX-License-Identifier: Apache-2.0 */
/* Tags in a list that grows with the file. */
#include "office/imprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"

int imprint_begin(struct imprint *i, struct valise_err *err)
{
	*i = (struct imprint){0};
	return random_fill(i->key, sizeof i->key, err);
}

int imprint_add(struct imprint *i, size_t len, const uint8_t tag[static MAC_TAG_BYTES], struct valise_err *err)
{
	if (i->n == i->cap) {
		size_t cap = i->cap ? 2 * i->cap : 32;
		struct imprint_range *grown = realloc(i->ranges, cap * sizeof *grown);
		if (!grown)
			return err_nomem(err);
		i->ranges = grown;
		i->cap = cap;
	}
	struct imprint_range *range = &i->ranges[i->n];
	range->len = len;
	memcpy(range->tag, tag, sizeof range->tag);
	i->n++;
	return 0;
}

size_t imprint_longest(const struct imprint *i)
{
	size_t longest = 0;
	for (size_t k = 0; k < i->n; k++)
		if (longest < i->ranges[k].len)
			longest = i->ranges[k].len;
	return longest;
}

int imprint_compare(const struct imprint_range *range, struct mac *mac, const uint8_t *data, struct valise_err *err)
{
	uint8_t tag[MAC_TAG_BYTES];
	int r = mac_tag(mac, data, range->len, tag, err);
	if (!r && memcmp(tag, range->tag, sizeof tag) != 0)
		r = err_set(err, VALISE_E_BAD, "what was written reads back differently");
	return r;
}

void imprint_release(struct imprint *i)
{
	secret_wipe(i->key, sizeof i->key);
	free(i->ranges);
	*i = (struct imprint){0};
}
