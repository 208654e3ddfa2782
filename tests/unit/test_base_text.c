/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, times, free text, escaped names, and what a terminal gets to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <valise/valise.h>

#include "base/limits.h"
#include "base/nfc.h"
#include "base/text.h"

/* A literal with bytes in it, NUL too. */
#define BYTES(literal) ((struct str){(literal), sizeof(literal) - 1})

static void test_decimal(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t max;
		uint64_t value;
	} good[] = {
		{"0", 0, 0},
		{"1", 1, 1},
		{"10", UINT64_MAX, 10},
		{"999999", 1000000, 999999},
		{"1000000", 1000000, 1000000},
		{"18446744073709551615", UINT64_MAX, UINT64_MAX},
		{"10000000000000000000", UINT64_MAX, UINT64_C(10000000000000000000)},
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		uint64_t value = 77;
		assert_true(text_decimal(str_of(good[i].text), good[i].max, &value));
		assert_int_equal(value, good[i].value);
	}
	static const char *const bad[] = {
		"",
		"00",
		"01",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1\n",
		"0x1",
		"1e3",
		"1.0",
		"1,000",
		"a",
		"\xd9\xa1",
		"/",
		":",
		"18446744073709551616",
		"18446744073709551620",
		"99999999999999999999",
		"100000000000000000000",
		"000000000000000000001",
	};
	uint64_t value = 77;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_decimal(str_of(bad[i]), UINT64_MAX, &value));
	assert_false(text_decimal(STR("1000001"), 1000000, &value));
	assert_false(text_decimal(BYTES("1\0"), UINT64_MAX, &value));
	assert_int_equal(value, 77);
}

static void test_times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:01Z", 1},
		{"1972-02-29T00:00:00Z", INT64_C(68169600)},
		{"2000-02-29T12:00:00Z", INT64_C(951825600)},
		{"2000-03-01T00:00:00Z", INT64_C(951868800)},
		{"2026-11-22T09:12:00Z", INT64_C(1795338720)},
		{"2038-01-19T03:14:08Z", INT64_C(2147483648)},
		{"2100-02-28T23:59:59Z", INT64_C(4107542399)},
		{"2100-03-01T00:00:00Z", INT64_C(4107542400)},
		{"2400-02-29T00:00:00Z", INT64_C(13574563200)},
		{"9999-12-31T23:59:59Z", TIME_MAX_S},
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		int64_t seconds = -7;
		assert_true(text_time(str_of(good[i].text), &seconds));
		assert_int_equal(seconds, good[i].seconds);
		assert_string_equal(time_text(good[i].seconds).text, good[i].text);
	}
	static const char *const bad[] = {
		"",
		"2026-11-22",
		"2026-11-22T09:12:00",
		"2026-11-22T09:12:00z",
		"2026-11-22t09:12:00Z",
		"2026-11-22 09:12:00Z",
		"2026-11-22T09:12:00Z ",
		" 2026-11-22T09:12:0Z",
		"2026-11-22T09:12:00Z\n",
		"2026-11-22T09:12:00+00:00",
		"2026-11-22T09:12:00.0Z",
		"2026-11-22T09:12:60Z",
		"2026-11-22T09:60:00Z",
		"2026-11-22T24:00:00Z",
		"2026-11-00T09:12:00Z",
		"2026-11-31T09:12:00Z",
		"2026-00-22T09:12:00Z",
		"2026-13-22T09:12:00Z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2000-02-30T00:00:00Z",
		"1969-12-31T23:59:59Z",
		"0000-01-01T00:00:00Z",
		"10000-01-01T00:00:00Z",
		"+999-01-01T00:00:00Z",
		"2026-1-022T09:12:00Z",
		"2026-11-22T-9:12:00Z",
		"2026/11/22T09:12:00Z",
		"2026-11-22T09.12.00Z",
	};
	int64_t seconds = -7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_time(str_of(bad[i]), &seconds));
	assert_int_equal(seconds, -7);
	assert_string_equal(time_text(-1).text, "1970-01-01T00:00:00Z");
	assert_string_equal(time_text(INT64_MIN).text, "1970-01-01T00:00:00Z");
	assert_string_equal(time_text(TIME_MAX_S + 1).text, "9999-12-31T23:59:59Z");
	assert_string_equal(time_text(INT64_MAX).text, "9999-12-31T23:59:59Z");
}

static void test_each_day_to_the_year_9999(void **state)
{
	(void)state;
	char before[24] = "";
	size_t n_days = 0;
	for (int64_t s = 0; s <= TIME_MAX_S; s += 86400) {
		int64_t moment = s + (int64_t)(n_days * 7919 % 86400); /* another second on each day */
		struct time_text t = time_text(moment);
		int64_t back = -1;
		assert_true(text_time(str_of(t.text), &back));
		assert_int_equal(back, moment);
		assert_true(strcmp(before, t.text) < 0);
		memcpy(before, t.text, sizeof before);
		n_days++;
	}
	assert_int_equal(n_days, 2932897);
}

static void test_utf8(void **state)
{
	(void)state;
	static const char *const good[] = {
		"",
		"a",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xac.",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_utf8(str_of(good[i])));
	assert_true(text_is_utf8(BYTES("a\0b")));
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"a\x80",
		"\xc0\x80",
		"\xc1\xbf", /* overlong */
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xed\xa0\xbd\xed\xb8\x80", /* surrogates, alone and in pairs */
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3",
		"\xe2",
		"\xe2\x82",
		"\xf0\x9f\x93", /* cut */
		"\xc3(",
		"\xe2\x82(",
		"\xe2(\xac",
		"\xf0\x9f\x93(",
		"\xc3\xc3\xa9",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_utf8(str_of(bad[i])));
	/* Wherever it stands: plain text is passed over in strides. */
	for (size_t before = 0; before <= 16; before++)
		for (size_t behind = 0; behind <= 16; behind += 4) {
			char text[64];
			(void)snprintf(text, sizeof text, "%.*s\xc3\xa9%.*s", (int)before, "................",
				       (int)behind, "................");
			assert_true(text_is_utf8(str_of(text)));
			text[before] = '\xff';
			assert_false(text_is_utf8(str_of(text)));
		}
	assert_true(text_is_utf8((struct str){NULL, 0}));
}

/* Every code point, and every sequence of the length in which it fits, exactly once. */
static void test_every_code_point(void **state)
{
	(void)state;
	size_t n_free = 0;
	for (uint32_t p = 0x80; p < 0x200000; p++) {
		char s[4];
		size_t len = p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;
		static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
		for (size_t i = len; i-- > 1;)
			s[i] = (char)(0x80 | ((p >> (6 * (len - 1 - i))) & 0x3f));
		s[0] = (char)(lead[len] | (p >> (6 * (len - 1))));
		bool valid = p <= 0x10ffff && (p < 0xd800 || p > 0xdfff);
		assert_int_equal(text_is_utf8((struct str){s, len}), valid);
		n_free += text_is_free((struct str){s, len});
	}
	/* All code points from U+0080, but not the surrogates, 32 of C1 and 15 others. */
	assert_int_equal(n_free, 0x110000 - 0x80 - 2048 - 32 - 15);
}

static const char *const controls[] = {
	"\x1b",         "\r",           "\n",           "\t",           "\b",           "\a",           "\x01",
	"\x1f",         "\x7f",         "\xc2\x80",     "\xc2\x85",     "\xc2\x9b",     "\xc2\x9f",     "\xd8\x9c",
	"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
	"\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", "\xef\xbb\xbf",
};

static void test_free_text(void **state)
{
	(void)state;
	assert_true(text_is_free(STR("a")));
	assert_true(text_is_free(STR("By hand, at the door: 3 sheets (\"red wax\")")));
	assert_true(text_is_free(STR("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85")));
	assert_true(text_is_free(STR("\xc2\xa0"))); /* a no-break space is a character like any other */
	assert_false(text_is_free(STR("")));
	assert_false(text_is_free((struct str){NULL, 0}));
	assert_false(text_is_free(STR(" a")));
	assert_false(text_is_free(STR("a ")));
	assert_false(text_is_free(STR(" ")));
	assert_false(text_is_free(BYTES("a\0b")));
	assert_false(text_is_free(STR("a\xff")));
	for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
		char s[16];
		int n = snprintf(s, sizeof s, "a%sb", controls[i]);
		assert_false(text_is_free((struct str){s, (size_t)n}));
		assert_true(text_is_utf8((struct str){s, (size_t)n}));
	}
	char longest[LIMIT_FREE_TEXT_BYTES + 1];
	memset(longest, 'x', sizeof longest);
	assert_true(text_is_free((struct str){longest, LIMIT_FREE_TEXT_BYTES}));
	assert_false(text_is_free((struct str){longest, LIMIT_FREE_TEXT_BYTES + 1}));
}

static void check_free_of(struct str given, const char *want)
{
	CLEAN_BUF struct buf b = BUF_INIT(5000);
	struct valise_err err = {0};
	buf_add_char(&b, '>');
	int r = text_free_of(given, "the subject", &b, &err);
	if (want) {
		assert_int_equal(r, 0);
		assert_string_equal((char *)b.data + 1, want);
	} else {
		assert_int_equal(r, VALISE_E_USAGE);
		assert_memory_equal(err.text, "the subject", 11);
		assert_true(text_is_free(str_of(err.text)));
		assert_int_equal(b.len, 1);
	}
}

static void test_free_text_of_words_given(void **state)
{
	(void)state;
	check_free_of(STR("Notice 14"), "Notice 14");
	check_free_of(STR("  Notice  14 "), "Notice  14");
	check_free_of(STR("Cafe\xcc\x81"), "Caf\xc3\xa9");
	check_free_of(STR("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), "\xed\x95\x9c"); /* Hangul */
	check_free_of(STR("\xe2\x84\xab"), "\xc3\x85");                             /* Angstrom sign */
	check_free_of(STR("\xef\xac\x81"), "\xef\xac\x81"); /* a ligature stays: form C, not KC */
	check_free_of(STR(""), NULL);
	check_free_of(STR("   "), NULL);
	check_free_of(STR("two\nlines"), NULL);
	check_free_of(STR("end\n"), NULL);
	check_free_of(STR("a\xe2\x80\xae"), NULL);
	check_free_of(STR("a\xed\xa0\x80"), NULL);
	check_free_of(BYTES("a\0b"), NULL);
	char longest[3 * LIMIT_FREE_TEXT_BYTES];
	memset(longest, 'x', sizeof longest);
	check_free_of((struct str){longest, LIMIT_FREE_TEXT_BYTES + 1}, NULL);
	check_free_of((struct str){longest, sizeof longest}, NULL);
	/* 1,500 bytes as given, 1,000 as written. */
	for (size_t i = 0; i < 500; i++)
		memcpy(longest + 3 * i, "e\xcc\x81", 3);
	CLEAN_BUF struct buf b = BUF_INIT(5000);
	assert_int_equal(text_free_of((struct str){longest, 1500}, "x", &b, NULL), 0);
	assert_int_equal(b.len, 1000);
	check_free_of((struct str){longest, 1503}, NULL);
	CLEAN_BUF struct buf small = BUF_INIT(3);
	assert_int_equal(text_free_of(STR("abcd"), "x", &small, NULL), VALISE_E_LIMIT);
}

/* Capital and small letters are one, and so are the two ways to write one with a mark. */
static void test_fold(void **state)
{
	CLEAN_BUF struct buf a = BUF_INIT(64);
	CLEAN_BUF struct buf b = BUF_INIT(64);
	struct valise_err err = {0};
	(void)state;
	assert_int_equal(nfc_fold_append(&a, STR("STRASSE \xc3\x84pfel"), &err), 0);
	assert_int_equal(nfc_fold_append(&b,
					 STR("stra\xc3\x9f"
					     "e A\xcc\x88PFEL"),
					 &err),
			 0);
	assert_true(a.len > 0 && str_eq(buf_str(&a), buf_str(&b)));
	assert_int_equal(nfc_fold_append(&b, STR("\xff"), &err), VALISE_E_USAGE);
}

static void test_nfc(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(100);
	struct valise_err err;
	assert_int_equal(nfc_append(&b, STR(""), &err), 0);
	assert_int_equal(b.len, 0);
	/* The order of marks is part of the form. */
	assert_int_equal(nfc_append(&b, STR("a\xcc\x87\xcc\xa3"), &err), 0);
	assert_string_equal((char *)b.data, "\xe1\xba\xa1\xcc\x87");
	assert_int_equal(nfc_append(&b, STR("\xff"), &err), VALISE_E_USAGE);
	assert_string_equal((char *)b.data, "\xe1\xba\xa1\xcc\x87");
}

static void check_name(struct str name, const char *escaped)
{
	CLEAN_BUF struct buf b = BUF_INIT(5000);
	text_escape_name(&b, name);
	assert_true(str_eq(buf_str(&b), str_of(escaped)));
	buf_clear(&b);
	assert_true(text_unescape_name(str_of(escaped), &b));
	assert_true(str_eq(buf_str(&b), name));
}

static void test_names(void **state)
{
	(void)state;
	check_name(STR("notice.pdf"), "notice.pdf");
	check_name(STR("A-Z_a.z~09"), "A-Z_a.z~09");
	check_name(STR("two words"), "two%20words");
	check_name(STR("new\nline"), "new%0Aline");
	check_name(STR("100%"), "100%25");
	check_name(STR("%0A"), "%250A");
	check_name(STR("caf\xc3\xa9"), "caf%C3%A9");
	check_name(STR("\xff\xfe\x80"), "%FF%FE%80");
	check_name(STR("a/b\\c"), "a%2Fb%5Cc");
	check_name(STR(""), "");
	static const char *const bad[] = {
		"%",   "%0",  "%0a",  "%0A%", "a%0",         "%41", /* a letter has one spelling: itself */
		"%7E", "%2E", "%2D",  "%5F",  "%30",         "%00", "a%00b", "%G0",  "%0G",    "% 0",
		"%+1", "a b", "a\nb", "a/b",  "caf\xc3\xa9", "a+b", "a%",    "%%41", "%c3%A9",
	};
	CLEAN_BUF struct buf b = BUF_INIT(100);
	buf_add_text(&b, "before");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_unescape_name(str_of(bad[i]), &b));
	assert_false(text_unescape_name(BYTES("a\0b"), &b));
	assert_string_equal((char *)b.data, "before");
	assert_int_equal(b.error, 0);
	CLEAN_BUF struct buf full = BUF_INIT(2);
	assert_false(text_unescape_name(STR("abc"), &full));
	assert_int_equal(full.error, VALISE_E_LIMIT);
	assert_int_equal(full.len, 0);
}

static void test_every_byte_of_a_name(void **state)
{
	(void)state;
	char all[255];
	for (unsigned i = 0; i < sizeof all; i++)
		all[i] = (char)(i + 1);
	CLEAN_BUF struct buf escaped = BUF_INIT(1000);
	CLEAN_BUF struct buf back = BUF_INIT(1000);
	text_escape_name(&escaped, (struct str){all, sizeof all});
	assert_int_equal(escaped.len, 66 + 3 * (255 - 66));
	assert_true(text_unescape_name(buf_str(&escaped), &back));
	assert_int_equal(back.len, sizeof all);
	assert_memory_equal(back.data, all, sizeof all);
}

static void check_show(struct str given, const char *want)
{
	CLEAN_BUF struct buf b = BUF_INIT(5000);
	text_show(&b, given);
	assert_true(str_eq(buf_str(&b), str_of(want)));
	assert_string_equal(text_shown(given).text, want);
}

static void test_show(void **state)
{
	(void)state;
	check_show(STR(""), "");
	check_show((struct str){NULL, 0}, "");
	check_show(STR("plain \\ \"text\" \xc3\xa9 \xf0\x9f\x93\xac"), "plain \\ \"text\" \xc3\xa9 \xf0\x9f\x93\xac");
	check_show(STR("\x1b[2J\x1b]0;x\a"), "\\x1b[2J\\x1b]0;x\\x07");
	check_show(STR("over\rwrite\b\n\t"), "over\\x0dwrite\\x08\\x0a\\x09");
	check_show(BYTES("a\0b\x7f"), "a\\x00b\\x7f");
	check_show(STR("\xc2\x9b"
		       "2J"),
		   "\\u{9b}2J");
	check_show(STR("\x9b"
		       "2J"),
		   "\\x9b2J");
	check_show(STR("\xe2\x80\xae"
		       "fdp.\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c\xef\xbb\xbf\xe2\x80\xa8"),
		   "\\u{202e}fdp.\\u{2066}\\u{200f}\\u{61c}\\u{feff}\\u{2028}");
	check_show(STR("\xed\xa0\x80|\xc0\x80|\xe2\x82"), "\\xed\\xa0\\x80|\\xc0\\x80|\\xe2\\x82");
	check_show(STR("\xe2\x82\x1b\xf0\x9f"), "\\xe2\\x82\\x1b\\xf0\\x9f");
}

static void test_quote(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = BUF_INIT(100);
	text_quote(&b, STR("it came\". By: \"him\x1b"));
	assert_true(str_eq(buf_str(&b), STR("\"it came\\\". By: \\\"him\\x1b\"")));
	buf_truncate(&b, 0);
	text_quote(&b, (struct str){NULL, 0});
	assert_true(str_eq(buf_str(&b), STR("\"\"")));
}

static void test_nothing_harmful_is_shown(void **state)
{
	(void)state;
	/* Every pair of bytes, between others that could complete a sequence. */
	for (unsigned pair = 0; pair < 65536; pair++) {
		char s[5] = {'\xe2', (char)(pair >> 8), (char)pair, '\xae', 'x'};
		CLEAN_BUF struct buf b = BUF_INIT(100);
		text_show(&b, (struct str){s, sizeof s});
		assert_true(text_is_utf8(buf_str(&b)));
		/* Spaces around do not matter to a terminal, the rest is what free text may hold. */
		buf_add_char(&b, '.');
		assert_true(text_is_free(buf_str(&b)));
		struct shown_text t = text_shown((struct str){s, sizeof s});
		assert_true(strlen(t.text) + 1 == b.len && memcmp(t.text, b.data, b.len - 1) == 0);
	}
}

static void test_shown_is_cut_whole(void **state)
{
	(void)state;
	for (size_t n = 230; n < 270; n++) {
		char s[300];
		memset(s, 'a', n);
		memcpy(s + n, "\xe2\x80\xae\xe2\x82\xac", 6);
		struct shown_text t = text_shown((struct str){s, n + 6});
		size_t len = strlen(t.text);
		assert_true(len < sizeof t.text);
		assert_true(text_is_free(str_of(t.text)));
		if (n + 8 + 3 + 3 < sizeof t.text) {
			assert_string_equal(t.text + n, "\\u{202e}\xe2\x82\xac");
		} else {
			assert_string_equal(t.text + len - 3, "...");
			assert_true(len - 3 == n || len - 3 == n + 8 || len == sizeof t.text - 1);
		}
	}
}

static void test_sizes(void **state)
{
	(void)state;
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"},
		{1, "1 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{1049, "1.0 kB"},
		{1050, "1.1 kB"},
		{999949, "999.9 kB"},
		{999950, "1.0 MB"},
		{3146752, "3.1 MB"},
		{UINT64_C(999949999), "999.9 MB"},
		{UINT64_C(999950000), "1.0 GB"},
		{UINT64_C(1) << 44, "17.6 TB"},
		{UINT64_C(999950000000000), "1.0 PB"},
		{UINT64_C(999950000000000000), "1.0 EB"},
		{UINT64_MAX, "18.4 EB"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(size_text(cases[i].bytes).text, cases[i].text);
}

static void test_columns(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t max, bytes, columns;
	} cases[] = {
		{"", 5, 0, 0},
		{"abc", SIZE_MAX, 3, 3},
		{"abc", 2, 2, 2},
		{"\xc3\xa9t\xc3\xa9", SIZE_MAX, 5, 3},
		{"e\xcc\x81t", 1, 3, 1}, /* what combines stays with its letter */
		{"\xe8\xa8\x98\xe4\xba\x8b", SIZE_MAX, 6, 4},
		{"\xe8\xa8\x98\xe4\xba\x8b", 3, 3, 2},
		{"\xe8\xa8\x98\xe4\xba\x8b", 0, 3, 2}, /* one is taken in any case */
		{"a\xff\xe8", SIZE_MAX, 3, 3},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t columns;
		assert_int_equal(valise_fitting(cases[i].text, strlen(cases[i].text), cases[i].max, &columns),
				 cases[i].bytes);
		assert_int_equal(columns, cases[i].columns);
	}
}

static void test_uncut(void **state)
{
	static const struct {
		const char *whole;
		size_t cut, left;
	} cases[] = {
		{"abc", 2, 2},         {"a\u0451", 2, 1},          {"a\u0451", 3, 3}, {"a\u8a18", 2, 1},
		{"a\u8a18", 3, 1},     {"a\u8a18", 4, 4},          {"", 0, 0},        {"a\U0001f4bc", 4, 1},
		{"a\U0001f4bc", 5, 5}, {"\x80\x80\x80\x80", 4, 4}, {"\xd0", 1, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(text_uncut((struct str){cases[i].whole, cases[i].cut}).len, cases[i].left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_each_day_to_the_year_9999),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_free_text),
		cmocka_unit_test(test_free_text_of_words_given),
		cmocka_unit_test(test_nfc),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_every_byte_of_a_name),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_nothing_harmful_is_shown),
		cmocka_unit_test(test_shown_is_cut_whole),
		cmocka_unit_test(test_uncut),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
