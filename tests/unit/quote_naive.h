/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of quotes: the rule of quote.h read literally, at every place of a text, as slowly as it comes. */
#ifndef TEST_QUOTE_NAIVE_H
#define TEST_QUOTE_NAIVE_H

#include <stdlib.h>
#include <string.h>

#include "format/quote.h"

struct naive_char {
	char c; /* what it counts as */
	size_t begin, end;
};

static inline bool naive_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first of `marks` (one mark a word) that the text begins with; 0: none. */
static inline size_t naive_mark(struct str s, const char *marks)
{
	for (size_t width; *marks; marks += width + (marks[width] == ' ')) {
		width = strcspn(marks, " ");
		if (width <= s.len && memcmp(s.at, marks, width) == 0)
			return width;
	}
	return 0;
}

/* Without hyphens, and in a text without white space that follows one and breaks a line. */
static inline size_t naive_join(struct naive_char *at, size_t n, bool is_text)
{
	size_t kept = 0;
	for (size_t i = 0, next; i < n; i = next) {
		bool breaks = false;
		for (next = i; next < n && (naive_is_space(at[next].c) || (next > i && at[next].c == '-')); next++)
			breaks = breaks || at[next].c == '\n' || at[next].c == '\r';
		bool joined = is_text && breaks && i && at[i - 1].c == '-';
		next += next == i;
		for (size_t k = i; k < next && !joined; k++)
			if (at[k].c != '-')
				at[kept++] = at[k];
	}
	return kept;
}

/* `ret` has room for a character a byte. */
static inline size_t naive_loosen(struct str s, unsigned looseness, struct naive_char *ret)
{
	size_t n = 0;
	for (size_t at = 0, width; at < s.len; at += width) {
		struct str rest = {s.at + at, s.len - at};
		char c = rest.at[0];
		size_t space = naive_mark(rest, "\u00a0 \u2009 \u202f");
		size_t quote = naive_mark(rest, "\u2018 \u2019 \u201a \u201b \u2032 \u00b4 \" ` \u201c \u201d \u201e "
						"\u201f \u00ab \u00bb");
		size_t dash = naive_mark(rest, "\u2010 \u2011 \u2012 \u2013 \u2014 \u2015");
		width = 1;
		if ((looseness & QUOTE_ANY_SPACE) && space)
			c = ' ', width = space;
		else if ((looseness & QUOTE_ANY_MARKS) && quote)
			c = '\'', width = quote;
		else if ((looseness & QUOTE_ANY_MARKS) && dash)
			c = '-', width = dash;
		else if ((looseness & QUOTE_ANY_HYPHENS) && naive_mark(rest, "\u00ad"))
			c = '-', width = 2;
		else if ((looseness & QUOTE_ANY_CASE) && c >= 'A' && c <= 'Z')
			c = (char)(c + 'a' - 'A');
		ret[n++] = (struct naive_char){c, at, at + width};
	}
	return n;
}

static inline size_t naive_gap(const struct naive_char *at, size_t n)
{
	size_t gap = 0;
	while (gap < n && naive_is_space(at[gap].c))
		gap++;
	return gap;
}

/* How many characters of the text the quote reaches from here; 0: it is not here. */
static inline size_t naive_match(const struct naive_char *quote, size_t quote_n, const struct naive_char *text,
				 size_t text_n, bool any_space)
{
	size_t q = 0, t = 0;
	while (q < quote_n) {
		size_t gap = naive_gap(quote + q, quote_n - q), other = naive_gap(text + t, text_n - t);
		bool same = gap == other, breaks = any_space;
		for (size_t i = 0; i < other; i++) {
			same = same && text[t + i].c == quote[q + i].c;
			breaks = breaks || text[t + i].c == '\n' || text[t + i].c == '\r';
		}
		if (gap ? !other || (!same && !breaks) : t >= text_n || text[t].c != quote[q].c)
			return 0;
		q += gap ? gap : 1;
		t += gap ? other : 1;
	}
	return t;
}

/* Of a quote that quote_finder_new takes. */
static inline void naive_find(struct str quote, struct str text, unsigned looseness, quote_each *each, void *context)
{
	while (quote.len && naive_is_space(quote.at[0]))
		quote = (struct str){quote.at + 1, quote.len - 1};
	while (quote.len && naive_is_space(quote.at[quote.len - 1]))
		quote.len--;
	CLEAN_FREE struct naive_char *q = calloc(quote.len + 1, sizeof *q), *t = calloc(text.len + 1, sizeof *t);
	if (!q || !t)
		abort();
	size_t q_n = naive_loosen(quote, looseness, q), t_n = naive_loosen(text, looseness, t);
	if (looseness & QUOTE_ANY_HYPHENS) {
		q_n = naive_join(q, q_n, false);
		t_n = naive_join(t, t_n, true);
	}
	for (size_t at = 0; at < t_n && q_n; at++) {
		/* A run of white space is matched whole. */
		if (at && naive_is_space(t[at].c) && naive_is_space(t[at - 1].c))
			continue;
		size_t n = naive_match(q, q_n, t + at, t_n - at, looseness & QUOTE_ANY_SPACE);
		if (n)
			(void)each(context, &(struct quote_match){t[at].begin, t[at + n - 1].end - t[at].begin});
	}
}

#endif
