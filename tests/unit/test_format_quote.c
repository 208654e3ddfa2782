/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes: found over line breaks and in portions, every time, and nowhere else; spans that cut a character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "quote_naive.h"

#define MIB (1024u * 1024)

struct seen {
	char text[512];
	size_t n;
};

static int see(void *context, const struct quote_match *m)
{
	struct seen *seen = context;
	size_t len = strlen(seen->text);
	(void)snprintf(seen->text + len, sizeof seen->text - len, "%s%llu+%llu", seen->n ? " " : "",
		       (unsigned long long)m->offset, (unsigned long long)m->length);
	seen->n++;
	return 0;
}

/* "OFFSET+LENGTH ...", the same in any portions. */
static const char *find(const char *quote, const char *text, unsigned looseness)
{
	static struct seen seen;
	char first[sizeof seen.text] = "";
	size_t len = strlen(text);
	for (size_t portion = len + 1; portion >= 1; portion = portion > 7 ? 7 : portion - 1) {
		CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
		struct valise_err err = {0};
		seen = (struct seen){.n = 0};
		assert_int_equal(quote_finder_new(str_of(quote), looseness, see, &seen, &f, &err), 0);
		for (size_t at = 0; at < len; at += portion)
			assert_int_equal(quote_finder_push(f, text + at, len - at < portion ? len - at : portion), 0);
		assert_int_equal(quote_finder_end(f), 0);
		if (portion == len + 1)
			memcpy(first, seen.text, sizeof first);
		assert_string_equal(first, seen.text);
	}
	return seen.text;
}

static void exactly(void **state)
{
	(void)state;
	assert_string_equal(find("the letter", "He has the letter. The letter, the letter!", 0), "7+10 31+10");
	assert_string_equal(find("aa", "aaaa", 0), "0+2 1+2 2+2");
	assert_string_equal(find("abab", "abaabab", 0), "3+4");
	assert_string_equal(find("a", "bab", 0), "1+1");
	assert_string_equal(find("  a b\n", "xa b", 0), "1+3"); /* white space around it is none of it */
	assert_string_equal(find("na\u00efve", "na\u00efve, nai\u0308ve", 0), "0+6");
	assert_string_equal(find("absent", "abse nt", 0), "");
}

static void over_line_breaks(void **state)
{
	(void)state;
	assert_string_equal(find("the letter", "the\nletter the \t\r\n  letter the  letter the\tletter", 0),
			    "0+10 11+15");
	assert_string_equal(find("the  letter", "the  letter the\nletter the letter", 0), "0+11 12+10");
	assert_string_equal(find("the\tletter", "the letter the\tletter", 0), "11+10");
	assert_string_equal(find("the\nletter", "the letter the\nletter the\n\nletter", 0), "11+10 22+11");
	assert_string_equal(find("the letter", "theletter the-\nletter", 0), ""); /* no hyphens are taken out */
	assert_string_equal(find("a b  c", "a b  c a\nb\nc a  b  c a b c", 0), "0+6 7+5");
	/* Begun in the middle of what nearly was one. */
	assert_string_equal(find("a b a b c", "a b a\nb a b c", 0), "4+9");
	assert_string_equal(find("a  b", "a a  b", 0), "2+4");
}

static void why_not(void **state)
{
	(void)state;
	assert_string_equal(find("\"Yes\"", "\u201cYes\u201d", 0), "");
	assert_string_equal(find("\"Yes\"", "say \u201cYes\u201d", QUOTE_ANY_MARKS), "4+9");
	assert_string_equal(find("don\u2019t", "don't", QUOTE_ANY_MARKS), "0+5");
	assert_string_equal(find("a-b", "a\u2014b", QUOTE_ANY_MARKS), "0+5");
	assert_string_equal(find("the letter", "The Letter", QUOTE_ANY_MARKS), "");
	assert_string_equal(find("the letter", "The Letter", QUOTE_ANY_CASE), "0+10");
	assert_string_equal(find("the letter", "the   letter the\u00a0letter", QUOTE_ANY_SPACE), "0+12 13+11");
	assert_string_equal(find("the letter", "the   letter", QUOTE_ANY_CASE), "");
	/* A word that a hyphen breaks, and one that has a hyphen; what is nothing but hyphens is nowhere. */
	assert_string_equal(find("confirmed", "confir-\nmed", QUOTE_ANY), "");
	assert_string_equal(find("confirmed", "confir-\n  med con\u00adfirmed", QUOTE_ANY_HYPHENS), "0+13 14+11");
	assert_string_equal(find("well-known", "well-\r\nknown", QUOTE_ANY_HYPHENS), "0+12");
	assert_string_equal(find("a b", "a - b a -\nb a- b a-\nb", QUOTE_ANY_HYPHENS), "6+5 12+4");
	assert_string_equal(find("-", "a - b-", QUOTE_ANY_HYPHENS), "");
	/* White space at its end is there to its end, and no character is cut. */
	assert_string_equal(find("yes\u00a0", "Yes\u00a0\u00a0!", QUOTE_ANY), "0+7");
}

/* Pieces that matter to the rule, strung together at random. */
static struct str any_text(uint32_t *seed, char *ret, size_t pieces)
{
	static const char *const of[] = {"\u00ad", "a",      "b",    "A",      " ",        "  ",     "\t",     "\n",
					 "'",      "\"",     "-",    "\u2019", "\u201c",   "\u2014", "\u00a0", "\u202f",
					 "\u20ac", "\u00e9", "\xc2", "\xe2",   "\xe2\x80", "\x99"};
	size_t len = 0;
	for (size_t i = 0; i < pieces; i++) {
		*seed = *seed * 1664525 + 1013904223;
		const char *piece = of[(*seed >> 16) % (sizeof of / sizeof of[0])];
		memcpy(ret + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return (struct str){ret, len};
}

static int keep(void *context, const struct quote_match *m)
{
	struct buf *b = context;
	buf_addf(b, "%llu+%llu ", (unsigned long long)m->offset, (unsigned long long)m->length);
	return 0;
}

static void as_the_rule_read_literally(void **state)
{
	(void)state;
	char quote_bytes[32], text_bytes[512];
	uint32_t seed = 1;
	size_t found = 0;
	for (unsigned round = 0; round < 20000; round++) {
		CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
		CLEAN_BUF struct buf there = BUF_INIT(MIB), naive = BUF_INIT(MIB);
		struct str quote = any_text(&seed, quote_bytes, 1 + round % 5);
		struct str text = any_text(&seed, text_bytes, 150);
		unsigned looseness = round % (QUOTE_LOOSEST + 1);
		if (quote_finder_new(quote, looseness, keep, &there, &f, NULL))
			continue;
		for (size_t at = 0, len, portion = 1 + seed % 200; at < text.len; at += len) {
			len = text.len - at < portion ? text.len - at : portion;
			assert_int_equal(quote_finder_push(f, text.at + at, len), 0);
		}
		assert_int_equal(quote_finder_end(f), 0);
		naive_find(quote, text, looseness, keep, &naive);
		if (!str_eq(buf_str(&there), buf_str(&naive)))
			fail_msg("round %u, looseness %u: found %.*s, not %.*s", round, looseness, (int)there.len,
				 (char *)there.data, (int)naive.len, (char *)naive.data);
		found += naive.len > 0;
	}
	assert_true(found > 2000);
}

static void what_is_no_quote(void **state)
{
	(void)state;
	struct quote_finder *f = NULL;
	struct valise_err err = {0};
	char long_one[LIMIT_QUOTE_BYTES + 2];
	memset(long_one, 'a', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = 0;
	assert_int_equal(quote_finder_new(STR(" \n"), 0, see, NULL, &f, &err), VALISE_E_USAGE);
	assert_int_equal(quote_finder_new(STR("a\xff"), 0, see, NULL, &f, &err), VALISE_E_USAGE);
	assert_int_equal(quote_finder_new(str_of(long_one), 0, see, NULL, &f, &err), VALISE_E_LIMIT);
	assert_null(f);
}

static int stop(void *context, const struct quote_match *m)
{
	(void)m;
	++*(int *)context;
	return 7;
}

static void a_callback_stops_it(void **state)
{
	(void)state;
	CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
	struct valise_err err = {0};
	int calls = 0;
	assert_int_equal(quote_finder_new(STR("a"), 0, stop, &calls, &f, &err), 0);
	assert_int_equal(quote_finder_push(f, "aaaa", 4), 7);
	assert_int_equal(calls, 1);
}

/* What nearly matches everywhere costs no more than what does not match at all, by and large; nor does a looser way. */
static void long_texts(void **state)
{
	(void)state;
	struct valise_err err = {0};
	char quote[LIMIT_QUOTE_BYTES + 1], *text = malloc(MIB);
	clock_t exact = 0;
	assert_non_null(text);
	memset(quote, 'a', LIMIT_QUOTE_BYTES);
	quote[LIMIT_QUOTE_BYTES - 1] = 'b';
	quote[LIMIT_QUOTE_BYTES] = 0;
	memset(text, 'a', MIB);
	for (unsigned looseness = 0; looseness <= QUOTE_LOOSEST; looseness += QUOTE_LOOSEST) {
		CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
		struct seen seen = {.n = 0};
		assert_int_equal(quote_finder_new(str_of(quote), looseness, see, &seen, &f, &err), 0);
		clock_t before = clock();
		for (size_t i = 0; i < 32; i++)
			assert_int_equal(quote_finder_push(f, text, MIB), 0);
		assert_int_equal(quote_finder_push(f, "b", 1), 0);
		clock_t took = clock() - before;
		exact = looseness ? exact : took;
		assert_true(exact < 20 * CLOCKS_PER_SEC); /* 2^37 comparisons would take longer */
		assert_true(took < 6 * exact + CLOCKS_PER_SEC);
		assert_string_equal(seen.text, "33550337+4096");
	}
	free(text);
}

static void spans_that_cut_a_character(void **state)
{
	(void)state;
	static const char text[] = "na\u00efve \u20ac \U0001f600.";
	struct str s = {text, sizeof text - 1};
	char cut[32] = "";
	for (size_t at = 0; at <= s.len; at++)
		(void)snprintf(cut + strlen(cut), sizeof cut - strlen(cut), "%d", quote_cuts(s, at));
	assert_string_equal(cut, "00010000110011100");
	/* The ends of what is shown of it may be cut; what is no text may be cut anywhere. */
	assert_true(quote_cuts((struct str){text + 3, 7}, 6));
	assert_false(quote_cuts(STR("\xff\xfe\xc3\xaf\xff"), 3));
	assert_false(quote_cuts(STR("a\0\xc3\xaf"), 3));
	assert_false(quote_cuts(STR("\xaf\xaf\xaf\xaf\xaf"), 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly),          cmocka_unit_test(over_line_breaks),
		cmocka_unit_test(why_not),          cmocka_unit_test(as_the_rule_read_literally),
		cmocka_unit_test(what_is_no_quote), cmocka_unit_test(a_callback_stops_it),
		cmocka_unit_test(long_texts),       cmocka_unit_test(spans_that_cut_a_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
