/* SPDX-License-Identifier: Apache-2.0 */
/* Strict numbers and times, free text, escaped names, and the showing of bytes from outside. */
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/nfc.h"

bool text_decimal(struct str s, uint64_t max, uint64_t *ret)
{
	if (s.len == 0 || s.len > 20 || (s.len > 1 && s.at[0] == '0'))
		return false;
	uint64_t value = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(s.at[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value > max)
		return false;
	*ret = value;
	return true;
}

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const unsigned days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to January 1st of `year` (1970 or later). */
static unsigned days_before_year(unsigned year)
{
	unsigned past = year - 1;
	unsigned leaps = past / 4 - past / 100 + past / 400;
	return (year - 1970) * 365 + leaps - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* The number at `at`, all of whose digits were checked before. */
static unsigned fixed_digits(const char *at, size_t len)
{
	unsigned value = 0;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (unsigned)(at[i] - '0');
	return value;
}

bool text_time(struct str s, int64_t *ret_seconds)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	if (s.len != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (shape[i] == '0' ? s.at[i] < '0' || s.at[i] > '9' : s.at[i] != shape[i])
			return false;
	}
	unsigned year = fixed_digits(s.at, 4);
	unsigned month = fixed_digits(s.at + 5, 2);
	unsigned day = fixed_digits(s.at + 8, 2);
	unsigned hour = fixed_digits(s.at + 11, 2);
	unsigned minute = fixed_digits(s.at + 14, 2);
	unsigned second = fixed_digits(s.at + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	unsigned days = days_before_year(year) + day - 1;
	for (unsigned m = 1; m < month; m++)
		days += month_days(year, m);
	*ret_seconds = (int64_t)days * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
	return true;
}

struct time_text time_text(int64_t seconds)
{
	if (seconds < 0)
		seconds = 0;
	if (seconds > TIME_MAX_S)
		seconds = TIME_MAX_S;
	unsigned days = (unsigned)(seconds / 86400);
	unsigned rest = (unsigned)(seconds % 86400);
	unsigned year = 1970 + days / 366; /* never too late, and at most a few years too early */
	while (days_before_year(year + 1) <= days)
		year++;
	days -= days_before_year(year);
	unsigned month = 1;
	for (; days >= month_days(year, month); month++)
		days -= month_days(year, month);
	struct time_text t;
	(void)snprintf(t.text, sizeof t.text, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month % 100,
		       (days + 1) % 100, rest / 3600 % 100, rest / 60 % 60, rest % 60);
	return t;
}

/* The length of the UTF-8 sequence at s, 0 when there is no valid one: overlong forms, surrogates and what lies beyond
 * U+10FFFF are not valid. */
static size_t utf8_next(struct str s, uint32_t *ret_point)
{
	const uint8_t *at = (const uint8_t *)s.at;
	if (s.len == 0)
		return 0;
	if (at[0] < 0x80) {
		*ret_point = at[0];
		return 1;
	}
	size_t len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (at[0] < 0xc2 || at[0] > 0xf4 || len > s.len)
		return 0;
	uint32_t point = at[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3fu);
	}
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return len;
}

/* What free text may not hold, and what is never shown as it is (spec/note.md, "Free text"). */
static bool is_forbidden(uint32_t point)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {
		{0x0000, 0x001f}, /* C0 */
		{0x007f, 0x009f}, /* DEL and C1 */
		{0x061c, 0x061c}, /* Arabic letter mark */
		{0x200e, 0x200f}, /* left-to-right and right-to-left mark */
		{0x2028, 0x202e}, /* line and paragraph separator, embeddings and overrides */
		{0x2066, 0x2069}, /* isolates */
		{0xfeff, 0xfeff}, /* byte order mark */
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

static struct str str_skip(struct str s, size_t len)
{
	return (struct str){s.at + len, s.len - len};
}

/* True when s is valid UTF-8; *ret_forbidden is then the first code point that free text may not hold, or UINT32_MAX. */
static bool utf8_scan(struct str s, uint32_t *ret_forbidden)
{
	uint32_t forbidden = UINT32_MAX;
	while (s.len > 0) {
		uint32_t point;
		size_t len = utf8_next(s, &point);
		if (len == 0)
			return false;
		if (forbidden == UINT32_MAX && is_forbidden(point))
			forbidden = point;
		s = str_skip(s, len);
	}
	*ret_forbidden = forbidden;
	return true;
}

bool text_is_utf8(struct str s)
{
	const uint64_t high = 0x8080808080808080;
	while (s.len > 0) {
		uint64_t eight;
		uint32_t point;
		size_t len = 0;
		if (s.len >= sizeof eight) { /* nearly all of nearly every text */
			memcpy(&eight, s.at, sizeof eight);
			len = eight & high ? 0 : sizeof eight;
		}
		if (!len)
			len = utf8_next(s, &point);
		if (!len)
			return false;
		s = str_skip(s, len);
	}
	return true;
}

bool text_is_free(struct str s)
{
	if (s.len == 0 || s.len > LIMIT_FREE_TEXT_BYTES || s.at[0] == ' ' || s.at[s.len - 1] == ' ')
		return false;
	uint32_t forbidden;
	return utf8_scan(s, &forbidden) && forbidden == UINT32_MAX;
}

int text_free_of(struct str s, const char *what, struct buf *ret, struct valise_err *err)
{
	uint32_t forbidden;
	if (!utf8_scan(s, &forbidden))
		return err_set(err, VALISE_E_USAGE, "%s is not valid UTF-8: give it in that encoding", what);
	if (forbidden != UINT32_MAX)
		return err_set(err, VALISE_E_USAGE,
			       "%s has the control character U+%04" PRIX32 ": give one line of plain text", what,
			       forbidden);
	while (s.len > 0 && s.at[0] == ' ')
		s = str_skip(s, 1);
	while (s.len > 0 && s.at[s.len - 1] == ' ')
		s.len--;
	if (s.len == 0)
		return err_set(err, VALISE_E_USAGE, "%s is empty", what);
	CLEAN_BUF struct buf composed = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	int r = s.len > 4 * LIMIT_FREE_TEXT_BYTES ? VALISE_E_LIMIT : nfc_append(&composed, s, err);
	if (r == VALISE_E_LIMIT)
		return err_set(err, VALISE_E_USAGE, "%s is longer than %u bytes", what, LIMIT_FREE_TEXT_BYTES);
	if (r)
		return err_prefix(err, r, "%s", what);
	if (!text_is_free(buf_str(&composed)))
		return err_set(err, VALISE_E_USAGE, "%s cannot be written as one line of plain text", what);
	buf_add_str(ret, buf_str(&composed));
	return buf_check(ret, what, err);
}

struct str text_uncut(struct str s)
{
	size_t n = 1;
	while (n < 4 && n < s.len && text_continues(s.at[s.len - n]))
		n++;
	uint8_t first = s.len ? (uint8_t)s.at[s.len - n] : 0;
	size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	return whole > n ? (struct str){s.at, s.len - n} : s;
}

static bool is_plain_in_names(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
	       c == '~' || c == '-';
}

void text_escape_name(struct buf *b, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (is_plain_in_names(name.at[i]))
			buf_add_char(b, name.at[i]);
		else
			buf_addf(b, "%%%02X", (unsigned)(uint8_t)name.at[i]);
	}
}

/* -1 when c is no uppercase hex digit. */
static int upper_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool text_unescape_name(struct str s, struct buf *ret)
{
	size_t before = ret->len;
	while (s.len > 0 && !ret->error) {
		if (is_plain_in_names(s.at[0])) {
			buf_add_char(ret, s.at[0]);
			s = str_skip(s, 1);
			continue;
		}
		int high = s.len >= 3 && s.at[0] == '%' ? upper_hex_value(s.at[1]) : -1;
		int low = high >= 0 ? upper_hex_value(s.at[2]) : -1;
		char c = low >= 0 ? (char)(uint8_t)(high << 4 | low) : '\0';
		if (c == '\0' || is_plain_in_names(c))
			break;
		buf_add_char(ret, c);
		s = str_skip(s, 3);
	}
	if (s.len == 0 && !ret->error)
		return true;
	buf_truncate(ret, before);
	return false;
}

/* The first character of s as text_show writes it, at most 12 bytes and NUL; returns how many bytes of s it was. */
static size_t show_next(struct str s, char ret_shown[static 13])
{
	uint32_t point;
	size_t len = utf8_next(s, &point);
	if (len == 0 || (len == 1 && is_forbidden(point))) {
		(void)snprintf(ret_shown, 13, "\\x%02x", (unsigned)(uint8_t)s.at[0]);
		return 1;
	}
	if (is_forbidden(point)) {
		(void)snprintf(ret_shown, 13, "\\u{%" PRIx32 "}", point & 0x1fffff);
		return len;
	}
	memcpy(ret_shown, s.at, len);
	ret_shown[len] = '\0';
	return len;
}

void text_show(struct buf *b, struct str s)
{
	while (s.len > 0 && !b->error) {
		char shown[13];
		s = str_skip(s, show_next(s, shown));
		buf_add_text(b, shown);
	}
}

bool text_is_plain(struct str s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._";
	size_t n = 0;
	while (n < s.len && s.at[n] && strchr(plain, s.at[n]))
		n++;
	return n == s.len;
}

void text_ref(struct buf *b, struct str s)
{
	if (text_is_plain(s))
		buf_add_str(b, s);
	else
		text_quote(b, s);
}

void text_quote(struct buf *b, struct str s)
{
	buf_add_char(b, '"');
	while (s.len > 0 && !b->error) {
		char shown[13];
		s = str_skip(s, show_next(s, shown));
		if (*shown == '"')
			buf_add_char(b, '\\');
		buf_add_text(b, shown);
	}
	buf_add_char(b, '"');
}

struct shown_text text_shown(struct str s)
{
	static const char cut[] = "...";
	struct shown_text t;
	size_t used = 0;
	while (s.len > 0) {
		char shown[13];
		s = str_skip(s, show_next(s, shown));
		size_t len = strlen(shown);
		/* Leave room for the mark that says that it was cut. */
		if (used + len + sizeof cut > sizeof t.text) {
			memcpy(t.text + used, cut, sizeof cut);
			return t;
		}
		memcpy(t.text + used, shown, len);
		used += len;
	}
	t.text[used] = '\0';
	return t;
}

struct size_text size_text(uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	struct size_text t;
	if (bytes < 1000) {
		(void)snprintf(t.text, sizeof t.text, "%u B", (unsigned)bytes);
		return t;
	}
	uint64_t tenth = 100;
	size_t unit = 0;
	/* 999.95 kB and more rounds to the next unit's 1.0. */
	while (bytes / tenth + (bytes % tenth >= tenth - tenth / 2) >= 10000) {
		tenth *= 1000;
		unit++;
	}
	unsigned tenths = (unsigned)(bytes / tenth + (bytes % tenth >= tenth - tenth / 2));
	(void)snprintf(t.text, sizeof t.text, "%u.%u %s", tenths / 10 % 1000, tenths % 10, units[unit]);
	return t;
}
