/* SPDX-License-Identifier: Apache-2.0 */
/* Any quote in any text, in any of the looser ways: found just where the rule, read literally, has it, in whatever portions the text comes. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "quote_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MATCHES_MAX 4096u

struct seen {
	struct quote_match at[MATCHES_MAX];
	size_t n;
};

static int see(void *context, const struct quote_match *m)
{
	struct seen *seen = context;
	if (seen->n < MATCHES_MAX)
		seen->at[seen->n++] = *m;
	return 0;
}

/* False: it is no quote. */
static bool find(struct str quote, struct str text, unsigned looseness, size_t portion, struct seen *ret)
{
	CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
	ret->n = 0;
	if (quote_finder_new(quote, looseness, see, ret, &f, NULL))
		return false;
	for (size_t at = 0; at < text.len; at += portion)
		assert(quote_finder_push(f, text.at + at, text.len - at < portion ? text.len - at : portion) == 0);
	assert(quote_finder_end(f) == 0);
	return true;
}

static void check_same(const struct seen *a, const struct seen *b)
{
	assert(a->n == b->n && memcmp(a->at, b->at, a->n * sizeof a->at[0]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seen seen, other;
	const uint8_t *border = size ? memchr(data, 0xff, size) : NULL;
	if (!border || size > 2048)
		return 0;
	struct str quote = {(const char *)data, (size_t)(border - data)};
	struct str text = {(const char *)border + 1, size - quote.len - 1};
	bool is_text = text_is_utf8(text);
	size_t exact = 0;
	for (unsigned looseness = 0; looseness <= QUOTE_LOOSEST; looseness++) {
		if (!find(quote, text, looseness, text.len + 1, &seen))
			return 0;
		find(quote, text, looseness, 1, &other);
		check_same(&seen, &other);
		find(quote, text, looseness, 3, &other);
		check_same(&seen, &other);
		other.n = 0;
		naive_find(quote, text, looseness, see, &other);
		check_same(&seen, &other);
		for (size_t i = 0; i < seen.n && is_text; i++) {
			assert(!quote_cuts(text, seen.at[i].offset));
			assert(!quote_cuts(text, seen.at[i].offset + seen.at[i].length));
		}
		/* What is found as it stands is found in every looser way but for hyphens. */
		exact = looseness ? exact : seen.n;
		assert(seen.n || !exact || (looseness & QUOTE_ANY_HYPHENS));
	}
	return 0;
}
