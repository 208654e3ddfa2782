/* SPDX-License-Identifier: Apache-2.0 */
/* Any quote in any text: found just where the rule, read literally, has it, in whatever portions the text comes. */
#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"
#include "format/quote.h"

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

static size_t gap_of(struct str s)
{
	size_t n = 0;
	while (n < s.len && memchr(" \t\r\n", s.at[n], 4))
		n++;
	return n;
}

/* How far the quote reaches from here; 0: it is not here. */
static size_t match_here(struct str quote, struct str text)
{
	size_t q = 0, t = 0;
	while (q < quote.len) {
		struct str rest = {text.at + t, text.len - t};
		size_t gap = gap_of((struct str){quote.at + q, quote.len - q}), other = gap_of(rest);
		bool same = gap == other && memcmp(quote.at + q, rest.at, gap) == 0;
		bool breaks = memchr(rest.at, '\n', other) || memchr(rest.at, '\r', other);
		if (gap ? !other || (!same && !breaks) : t >= text.len || text.at[t] != quote.at[q])
			return 0;
		q += gap ? gap : 1;
		t += gap ? other : 1;
	}
	return t;
}

static struct str trimmed(struct str s)
{
	size_t n = gap_of(s);
	s = (struct str){s.at + n, s.len - n};
	while (s.len && gap_of((struct str){s.at + s.len - 1, 1}))
		s.len--;
	return s;
}

static void find(struct str quote, struct str text, unsigned looseness, size_t portion, struct seen *ret)
{
	CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
	*ret = (struct seen){.n = 0};
	if (quote_finder_new(quote, looseness, see, ret, &f, NULL))
		return;
	for (size_t at = 0; at < text.len; at += portion)
		assert(quote_finder_push(f, text.at + at, text.len - at < portion ? text.len - at : portion) == 0);
	assert(quote_finder_end(f) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seen seen, other, loose;
	const uint8_t *border = size ? memchr(data, 0xff, size) : NULL;
	if (!border || size > 8192)
		return 0;
	struct str quote = {(const char *)data, (size_t)(border - data)};
	struct str text = {(const char *)border + 1, size - quote.len - 1};
	find(quote, text, 0, text.len + 1, &seen);
	find(quote, text, 0, 1, &other);
	assert(seen.n == other.n && memcmp(seen.at, other.at, seen.n * sizeof seen.at[0]) == 0);
	find(quote, text, QUOTE_ANY_SPACE | QUOTE_ANY_MARKS | QUOTE_ANY_CASE, 3, &loose);
	assert(loose.n >= seen.n);
	quote = trimmed(quote);
	size_t n = 0;
	for (size_t at = 0; at < text.len && n < MATCHES_MAX && text_is_utf8(quote) && quote.len && quote.len <= 4096;
	     at++) {
		size_t len = match_here(quote, (struct str){text.at + at, text.len - at});
		if (!len)
			continue;
		assert(n < seen.n && seen.at[n].offset == at && seen.at[n].length == len);
		n++;
		if (text_is_utf8(text))
			assert(!quote_cuts(text, at) && !quote_cuts(text, at + len));
	}
	assert(n == seen.n);
	return 0;
}
