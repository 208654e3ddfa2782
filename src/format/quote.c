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

/* A symbol of the quote. */
struct step {
	uint16_t symbol;
	uint16_t fallback; /* the longest proper beginning that ends here too */
	int gap;           /* which one, where the symbol is one */
};

struct symbol {
	uint64_t offset; /* in the text */
	int gap;
};

struct quote_finder {
	unsigned looseness;
	quote_each *each;
	void *context;
	uint8_t counts_as[3][256]; /* a byte, by how many are `before` it; 0: it is the last of no mark */
	/* The quote. */
	size_t n; /* steps */
	struct step *steps;
	bool begins[256];  /* whether its first symbol may begin with that byte */
	struct str *kinds; /* the different gaps; spans of `quote` */
	size_t n_kinds;
	char *quote;
	/* The text so far. */
	uint64_t at;
	size_t matched;        /* symbols of the quote that the text ends with */
	struct symbol *recent; /* a ring of n */
	size_t oldest;         /* in it */
	char *gap;             /* of the run of white space in hand */
	size_t gap_max;        /* no more than the quote is long */
	uint64_t gap_bytes, gap_begin, gap_end;
	bool gap_breaks;
	bool hyphen;      /* the last byte, or the last before the gap, is one that is nothing */
	uint8_t ahead[3]; /* the beginning of what may be a mark */
	size_t n_ahead;
};

static bool is_space(unsigned c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- Looser ways ---- */

/* What goes before the last byte of a mark that is looked for: one of these. */
static const char *const before[] = {"", "\xc2", "\xe2\x80"};

static void set_looseness(struct quote_finder *f, unsigned looseness)
{
	static const struct {
		unsigned looseness;
		const char *mark;
		char counts_as;
	} marks[] = {
		{QUOTE_ANY_SPACE, "\u00a0", ' '},  {QUOTE_ANY_SPACE, "\u2009", ' '},
		{QUOTE_ANY_SPACE, "\u202f", ' '},  {QUOTE_ANY_MARKS, "\u2018", '\''},
		{QUOTE_ANY_MARKS, "\u2019", '\''}, {QUOTE_ANY_MARKS, "\u201a", '\''},
		{QUOTE_ANY_MARKS, "\u201b", '\''}, {QUOTE_ANY_MARKS, "\u2032", '\''},
		{QUOTE_ANY_MARKS, "\u00b4", '\''}, {QUOTE_ANY_MARKS, "\"", '\''},
		{QUOTE_ANY_MARKS, "`", '\''},      {QUOTE_ANY_MARKS, "\u201c", '\''},
		{QUOTE_ANY_MARKS, "\u201d", '\''}, {QUOTE_ANY_MARKS, "\u201e", '\''},
		{QUOTE_ANY_MARKS, "\u201f", '\''}, {QUOTE_ANY_MARKS, "\u00ab", '\''},
		{QUOTE_ANY_MARKS, "\u00bb", '\''}, {QUOTE_ANY_MARKS, "\u2010", '-'},
		{QUOTE_ANY_MARKS, "\u2011", '-'},  {QUOTE_ANY_MARKS, "\u2012", '-'},
		{QUOTE_ANY_MARKS, "\u2013", '-'},  {QUOTE_ANY_MARKS, "\u2014", '-'},
		{QUOTE_ANY_MARKS, "\u2015", '-'},  {QUOTE_ANY_HYPHENS, "\u00ad", '-'},
	};
	f->looseness = looseness;
	for (unsigned c = 0; c < 256; c++)
		f->counts_as[0][c] =
			(uint8_t)((looseness & QUOTE_ANY_CASE) && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (looseness & marks[i].looseness) {
			size_t last = strlen(marks[i].mark) - 1;
			f->counts_as[last][(uint8_t)marks[i].mark[last]] = (uint8_t)marks[i].counts_as;
		}
}

/* How many bytes it takes to know what one that begins so counts as. */
static size_t mark_width(uint8_t first)
{
	return first == (uint8_t)before[1][0] ? 2 : first == (uint8_t)before[2][0] ? 3 : 1;
}

/* The byte that the beginning of `at` counts as, and how many bytes it stands for. */
static uint8_t loosen(const struct quote_finder *f, const uint8_t *at, size_t len, size_t *ret_width)
{
	size_t last = mark_width(at[0]) - 1;
	bool is_mark = last && last < len && memcmp(at, before[last], last) == 0 && f->counts_as[last][at[last]];
	last = is_mark ? last : 0;
	*ret_width = last + 1;
	return f->counts_as[last][at[last]];
}

static bool is_nothing(const struct quote_finder *f, uint8_t c)
{
	return c == '-' && (f->looseness & QUOTE_ANY_HYPHENS);
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

/* The quote, loosened, becomes steps. */
static void compile(struct quote_finder *f, struct str quote)
{
	size_t len = 0, width;
	struct step *steps = f->steps;
	for (size_t at = 0; at < quote.len; at += width) {
		uint8_t c = loosen(f, (const uint8_t *)quote.at + at, quote.len - at, &width);
		f->quote[len] = (char)c;
		len += !is_nothing(f, c);
	}
	for (size_t at = 0; at < len; at += width) {
		for (width = 0; at + width < len && is_space((uint8_t)f->quote[at + width]);)
			width++;
		int gap = width ? kind_of(f, (struct str){f->quote + at, width}, true) : GAP_NONE;
		steps[f->n++] = (struct step){.symbol = width ? SYMBOL_GAP : (uint8_t)f->quote[at], .gap = gap};
		width += width == 0;
	}
	for (size_t i = 1, k = 0; i < f->n; i++) {
		while (k && steps[k].symbol != steps[i].symbol)
			k = steps[k - 1].fallback;
		k += steps[k].symbol == steps[i].symbol;
		steps[i].fallback = (uint16_t)k;
	}
	for (unsigned c = 0; c < 256 && f->n; c++)
		f->begins[c] = (f->looseness && mark_width((uint8_t)c) > 1) || f->counts_as[0][c] == steps[0].symbol ||
			       (steps[0].symbol == SYMBOL_GAP && (is_space(c) || is_nothing(f, (uint8_t)c)));
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
	f->each = each;
	f->context = context;
	f->steps = calloc(quote.len, sizeof *f->steps);
	f->kinds = calloc(quote.len, sizeof *f->kinds);
	f->recent = calloc(quote.len, sizeof *f->recent);
	f->quote = malloc(quote.len);
	f->gap = malloc(quote.len);
	f->gap_max = quote.len;
	if (!f->steps || !f->kinds || !f->recent || !f->quote || !f->gap)
		return err_nomem(err);
	set_looseness(f, looseness);
	compile(f, quote);
	*ret = TAKE(f);
	return 0;
}

void quote_finder_free(struct quote_finder *f)
{
	if (!f)
		return;
	free(f->steps);
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
	for (size_t i = 0, at = f->oldest; i < f->n; i++, at = at + 1 < f->n ? at + 1 : 0)
		if (f->steps[i].symbol == SYMBOL_GAP && f->recent[at].gap != GAP_ANY &&
		    f->recent[at].gap != f->steps[i].gap)
			return false;
	return true;
}

static int take_symbol(struct quote_finder *f, uint16_t symbol, int gap, uint64_t begin, uint64_t end)
{
	const struct step *steps = f->steps;
	while (f->matched && steps[f->matched].symbol != symbol)
		f->matched = steps[f->matched - 1].fallback;
	f->matched += steps[f->matched].symbol == symbol;
	f->recent[f->oldest] = (struct symbol){begin, gap};
	f->oldest = f->oldest + 1 < f->n ? f->oldest + 1 : 0;
	if (f->matched < f->n)
		return 0;
	f->matched = steps[f->n - 1].fallback;
	if (!gaps_match(f))
		return 0;
	begin = f->recent[f->oldest].offset;
	return f->each(f->context, &(struct quote_match){begin, end - begin});
}

/* What the run of white space that ends here may stand for. */
static int end_gap(struct quote_finder *f)
{
	bool joined = f->hyphen && f->gap_breaks;
	bool any = f->gap_breaks || (f->looseness & QUOTE_ANY_SPACE);
	bool fits = f->gap_bytes <= f->gap_max;
	struct str gap = {f->gap, (size_t)f->gap_bytes};
	int kind = any ? GAP_ANY : fits ? kind_of(f, gap, false) : GAP_NONE;
	f->gap_bytes = 0;
	f->gap_breaks = false;
	return joined ? 0 : take_symbol(f, SYMBOL_GAP, kind, f->gap_begin, f->gap_end);
}

static int take_byte(struct quote_finder *f, uint8_t c, size_t width)
{
	if (is_nothing(f, c)) {
		f->hyphen |= !f->gap_bytes;
		return 0;
	}
	if (!is_space(c)) {
		int r = f->gap_bytes ? end_gap(f) : 0;
		f->hyphen = false;
		return r ? r : take_symbol(f, c, GAP_NONE, f->at, f->at + width);
	}
	if (!f->gap_bytes)
		f->gap_begin = f->at;
	if (f->gap_bytes < f->gap_max)
		f->gap[f->gap_bytes] = (char)c;
	f->gap_bytes++;
	f->gap_end = f->at + width;
	f->gap_breaks |= c == '\n' || c == '\r';
	return 0;
}

/* Up to what may be a mark that more bytes would end, unless these are the last; how many that leaves. */
static int take(struct quote_finder *f, const uint8_t *data, size_t len, bool last, size_t *ret_left)
{
	const uint8_t *at = data, *end = data + len;
	int r = 0;
	for (size_t width; !r; at += width, f->at += width) {
		/* Nothing is begun: on to where the quote may begin. */
		if (!f->matched && !f->gap_bytes && !f->hyphen) {
			const uint8_t *from = at;
			while (at < end && !f->begins[*at])
				at++;
			f->at += (uint64_t)(at - from);
		}
		if (at == end || (!last && (size_t)(end - at) < mark_width(*at)))
			break;
		uint8_t c = loosen(f, at, (size_t)(end - at), &width);
		r = take_byte(f, c, width);
	}
	*ret_left = r ? 0 : (size_t)(end - at);
	return r;
}

/* What was left, as far as it can be taken. */
static int take_ahead(struct quote_finder *f, bool last)
{
	size_t left;
	int r = take(f, f->ahead, f->n_ahead, last, &left);
	memmove(f->ahead, f->ahead + f->n_ahead - left, left);
	f->n_ahead = left;
	return r;
}

int quote_finder_push(struct quote_finder *f, const void *data, size_t len)
{
	const uint8_t *at = data, *end = at + len;
	while (f->n_ahead && at < end) {
		f->ahead[f->n_ahead++] = *at++;
		int r = take_ahead(f, false);
		if (r)
			return r;
	}
	if (at == end)
		return 0;
	int r = take(f, at, (size_t)(end - at), false, &f->n_ahead);
	memcpy(f->ahead, end - f->n_ahead, f->n_ahead);
	return r;
}

int quote_finder_end(struct quote_finder *f)
{
	int r = take_ahead(f, true);
	/* A loosened quote may end in white space: a no-break space is none to trim. */
	return r || !f->gap_bytes ? r : end_gap(f);
}

/* ---- Spans ---- */

bool quote_cuts(struct str around, size_t at)
{
	if (at == 0 || at >= around.len || !text_continues(around.at[at]) || memchr(around.at, 0, around.len))
		return false;
	/* The ends may be cut themselves. */
	size_t from = 0, to = around.len;
	while (from < 3 && from < at && text_continues(around.at[from]))
		from++;
	for (size_t cut = 0; cut < 4 && to > at; cut++, to--)
		if (text_is_utf8((struct str){around.at + from, to - from}))
			return true;
	return false;
}
