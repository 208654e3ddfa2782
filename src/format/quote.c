/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a quote: Knuth, Morris and Pratt over a text whose runs of white space count as one symbol, and then those runs one by one. */
#include "format/quote.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define SYMBOL_GAP 256u /* a run of white space; below it are the bytes themselves */

/* What a run of white space in the text may stand for: any gap of the quote, since it breaks a line; none; or, from 1 on, that one. */
enum { GAP_ANY = 0, GAP_NONE = -1 };

struct symbol {
	uint64_t offset; /* in the text */
	int gap;
};

struct quote_finder {
	unsigned looseness;
	quote_each *each;
	void *context;
	/* The quote. */
	size_t n;           /* symbols */
	uint16_t *symbols;  /* n */
	uint32_t *fallback; /* n: the longest proper beginning that ends here too */
	int *gaps;          /* n: which gap, where the symbol is one */
	struct str *kinds;  /* the different gaps; spans of `quote` */
	size_t n_kinds;
	char *quote;
	/* The text so far. */
	uint64_t at;
	size_t matched;        /* symbols of the quote that the text ends with */
	struct symbol *recent; /* a ring of n */
	uint64_t n_symbols;    /* put into it */
	char *gap;             /* of the run of white space in hand */
	size_t gap_max;        /* no more than the quote is long */
	uint64_t gap_bytes, gap_offset;
	bool gap_breaks;
	uint8_t ahead[3]; /* when loose: the bytes that are not looked at yet */
	size_t n_ahead;
};

static bool is_space(unsigned c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- Looser ways ---- */

/* The byte that the beginning of `at` counts as, and how many bytes it stands for. */
static uint8_t loosen(unsigned looseness, const uint8_t *at, size_t len, size_t *ret_width)
{
	static const struct {
		unsigned looseness;
		const char *from;
		char to;
	} marks[] = {
		{QUOTE_ANY_SPACE, "\u00a0", ' '},  {QUOTE_ANY_SPACE, "\u2009", ' '},  {QUOTE_ANY_SPACE, "\u202f", ' '},
		{QUOTE_ANY_MARKS, "\u2018", '\''}, {QUOTE_ANY_MARKS, "\u2019", '\''}, {QUOTE_ANY_MARKS, "\u201a", '\''},
		{QUOTE_ANY_MARKS, "\u201b", '\''}, {QUOTE_ANY_MARKS, "\u2032", '\''}, {QUOTE_ANY_MARKS, "\u00b4", '\''},
		{QUOTE_ANY_MARKS, "\"", '\''},     {QUOTE_ANY_MARKS, "`", '\''},      {QUOTE_ANY_MARKS, "\u201c", '\''},
		{QUOTE_ANY_MARKS, "\u201d", '\''}, {QUOTE_ANY_MARKS, "\u201e", '\''}, {QUOTE_ANY_MARKS, "\u201f", '\''},
		{QUOTE_ANY_MARKS, "\u00ab", '\''}, {QUOTE_ANY_MARKS, "\u00bb", '\''}, {QUOTE_ANY_MARKS, "\u2010", '-'},
		{QUOTE_ANY_MARKS, "\u2011", '-'},  {QUOTE_ANY_MARKS, "\u2012", '-'},  {QUOTE_ANY_MARKS, "\u2013", '-'},
		{QUOTE_ANY_MARKS, "\u2014", '-'},  {QUOTE_ANY_MARKS, "\u2015", '-'},
	};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		size_t width = strlen(marks[i].from);
		if ((looseness & marks[i].looseness) && width <= len && memcmp(at, marks[i].from, width) == 0) {
			*ret_width = width;
			return (uint8_t)marks[i].to;
		}
	}
	*ret_width = 1;
	return (looseness & QUOTE_ANY_CASE) && at[0] >= 'A' && at[0] <= 'Z' ? (uint8_t)(at[0] - 'A' + 'a') : at[0];
}

/* ---- The quote ---- */

static struct str trimmed(struct str s)
{
	while (s.len && is_space((uint8_t)s.at[0]))
		s = (struct str){s.at + 1, s.len - 1};
	while (s.len && is_space((uint8_t)s.at[s.len - 1]))
		s.len--;
	return s;
}

/* Which of the quote's gaps a run of white space is; added to them when `add`. */
static int kind_of(struct quote_finder *f, struct str gap, bool add)
{
	for (size_t i = 0; i < f->n_kinds; i++)
		if (str_eq(f->kinds[i], gap))
			return (int)i + 1;
	if (!add)
		return GAP_NONE;
	f->kinds[f->n_kinds] = gap;
	return (int)++f->n_kinds;
}

/* The quote, loosened, becomes symbols. */
static void compile(struct quote_finder *f, struct str quote)
{
	size_t len = 0, width;
	for (size_t at = 0; at < quote.len; at += width)
		f->quote[len++] = (char)loosen(f->looseness, (const uint8_t *)quote.at + at, quote.len - at, &width);
	for (size_t at = 0; at < len; at += width) {
		for (width = 0; at + width < len && is_space((uint8_t)f->quote[at + width]);)
			width++;
		f->gaps[f->n] = width ? kind_of(f, (struct str){f->quote + at, width}, true) : GAP_NONE;
		f->symbols[f->n++] = width ? SYMBOL_GAP : (uint8_t)f->quote[at];
		width += width == 0;
	}
	f->fallback[0] = 0;
	for (uint32_t i = 1, k = 0; i < f->n; i++) {
		while (k && f->symbols[k] != f->symbols[i])
			k = f->fallback[k - 1];
		k += f->symbols[k] == f->symbols[i];
		f->fallback[i] = k;
	}
}

int quote_finder_new(struct str quote, unsigned looseness, quote_each *each, void *context, struct quote_finder **ret,
		     struct valise_err *err)
{
	quote = trimmed(quote);
	if (quote.len == 0)
		return err_set(err, VALISE_E_USAGE, "the quote is empty: there is nothing to look for");
	if (quote.len > LIMIT_QUOTE_BYTES)
		return err_set(err, VALISE_E_LIMIT, "the quote is longer than %u bytes: give its span instead",
			       LIMIT_QUOTE_BYTES);
	if (!text_is_utf8(quote))
		return err_set(err, VALISE_E_USAGE,
			       "the quote is not valid UTF-8: give it in that encoding, or its span");
	CLEAN_QUOTE_FINDER struct quote_finder *f = calloc(1, sizeof *f);
	if (!f)
		return err_nomem(err);
	f->looseness = looseness;
	f->each = each;
	f->context = context;
	f->symbols = calloc(quote.len, sizeof *f->symbols);
	f->fallback = calloc(quote.len, sizeof *f->fallback);
	f->gaps = calloc(quote.len, sizeof *f->gaps);
	f->kinds = calloc(quote.len, sizeof *f->kinds);
	f->recent = calloc(quote.len, sizeof *f->recent);
	f->quote = malloc(quote.len);
	f->gap = malloc(quote.len);
	f->gap_max = quote.len;
	if (!f->symbols || !f->fallback || !f->gaps || !f->kinds || !f->recent || !f->quote || !f->gap)
		return err_nomem(err);
	compile(f, quote);
	*ret = TAKE(f);
	return 0;
}

void quote_finder_free(struct quote_finder *f)
{
	if (!f)
		return;
	free(f->symbols);
	free(f->fallback);
	free(f->gaps);
	free(f->kinds);
	free(f->recent);
	free(f->quote);
	free(f->gap);
	free(f);
}

void quote_finder_freep(struct quote_finder **f)
{
	quote_finder_free(*f);
}

/* ---- The text ---- */

/* The n symbols before here are the quote's; whether its gaps are too. */
static bool gaps_match(const struct quote_finder *f)
{
	for (size_t i = 0; i < f->n; i++) {
		int gap = f->recent[(f->n_symbols + i) % f->n].gap; /* the oldest first */
		if (f->symbols[i] == SYMBOL_GAP && gap != GAP_ANY && gap != f->gaps[i])
			return false;
	}
	return true;
}

static int take_symbol(struct quote_finder *f, uint16_t symbol, int gap, uint64_t offset, size_t width)
{
	while (f->matched && f->symbols[f->matched] != symbol)
		f->matched = f->fallback[f->matched - 1];
	f->matched += f->symbols[f->matched] == symbol;
	f->recent[f->n_symbols++ % f->n] = (struct symbol){offset, gap};
	if (f->matched < f->n)
		return 0;
	f->matched = f->fallback[f->n - 1];
	if (!gaps_match(f))
		return 0;
	uint64_t begin = f->recent[f->n_symbols % f->n].offset;
	return f->each(f->context, &(struct quote_match){begin, offset + width - begin});
}

/* What the run of white space that ends here may stand for. */
static int end_gap(struct quote_finder *f)
{
	bool any = f->gap_breaks || (f->looseness & QUOTE_ANY_SPACE);
	bool fits = f->gap_bytes <= f->gap_max;
	struct str gap = {f->gap, (size_t)f->gap_bytes};
	int kind = any ? GAP_ANY : fits ? kind_of(f, gap, false) : GAP_NONE;
	f->gap_bytes = 0;
	f->gap_breaks = false;
	return take_symbol(f, SYMBOL_GAP, kind, f->gap_offset, 1);
}

static int take_byte(struct quote_finder *f, uint8_t c, uint64_t offset, size_t width)
{
	if (!is_space(c)) {
		int r = f->gap_bytes ? end_gap(f) : 0;
		return r ? r : take_symbol(f, c, GAP_NONE, offset, width);
	}
	if (!f->gap_bytes)
		f->gap_offset = offset;
	if (f->gap_bytes < f->gap_max)
		f->gap[f->gap_bytes] = (char)c;
	f->gap_bytes++;
	f->gap_breaks |= c == '\n' || c == '\r';
	return 0;
}

static int take_ahead(struct quote_finder *f)
{
	size_t width;
	uint8_t c = loosen(f->looseness, f->ahead, f->n_ahead, &width);
	uint64_t offset = f->at - f->n_ahead;
	f->n_ahead -= width;
	memmove(f->ahead, f->ahead + width, f->n_ahead);
	return take_byte(f, c, offset, width);
}

static int push_loose(struct quote_finder *f, const uint8_t *data, size_t len)
{
	int r = 0;
	for (size_t i = 0; i < len && !r; i++) {
		f->ahead[f->n_ahead++] = data[i];
		f->at++;
		if (f->n_ahead == sizeof f->ahead)
			r = take_ahead(f);
	}
	return r;
}

int quote_finder_push(struct quote_finder *f, const void *data, size_t len)
{
	const uint8_t *at = data, *end = at + len;
	if (f->looseness)
		return push_loose(f, data, len);
	for (int r = 0; at < end; at++, f->at++) {
		/* Nothing is begun: on to where the quote may begin. */
		if (!f->matched) {
			const uint8_t *next = memchr(at, f->symbols[0], (size_t)(end - at));
			f->at += (uint64_t)((next ? next : end) - at);
			f->gap_bytes = 0;
			f->gap_breaks = false;
			if (!next)
				return 0;
			at = next;
		}
		r = take_byte(f, *at, f->at, 1);
		if (r)
			return r;
	}
	return 0;
}

int quote_finder_end(struct quote_finder *f)
{
	int r = 0;
	while (f->n_ahead && !r)
		r = take_ahead(f);
	/* A loosened quote may end in white space: a no-break space is none to trim. */
	return r || !f->gap_bytes ? r : end_gap(f);
}

/* ---- Spans ---- */

static bool continues(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

bool quote_cuts(struct str around, size_t at)
{
	if (at == 0 || at >= around.len || !continues(around.at[at]) || memchr(around.at, 0, around.len))
		return false;
	/* The ends may be cut themselves. */
	size_t from = 0, to = around.len;
	while (from < 3 && from < at && continues(around.at[from]))
		from++;
	for (size_t cut = 0; cut < 4 && to > at; cut++, to--)
		if (text_is_utf8((struct str){around.at + from, to - from}))
			return true;
	return false;
}
