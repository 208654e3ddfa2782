/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and showing times, always UTC and in no locale. */
#include "cli/moment.h"

#include <string.h>
#include <time.h>

#define LATEST_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static bool parse_relative(const char *text, int64_t *ret_s)
{
	static const struct {
		char unit;
		int64_t s;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	int64_t n = 0;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 9 || !text[digits] || text[digits + 1])
		return false;
	for (size_t i = 0; i < digits; i++)
		n = 10 * n + (text[i] - '0');
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (units[i].unit == text[digits]) {
			int64_t s = (int64_t)time(NULL) + n * units[i].s;
			if (s > LATEST_S)
				return false;
			*ret_s = s;
			return true;
		}
	return false;
}

/* Whether text has the shape of `shape`, in which 0 stands for any digit. */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; text++, shape++)
		if (*shape == '0' ? *text < '0' || *text > '9' : *text != *shape)
			return false;
	return !*text;
}

static int number(const char *digits, size_t n)
{
	int value = 0;
	for (size_t i = 0; i < n; i++)
		value = 10 * value + (digits[i] - '0');
	return value;
}

bool moment_parse(const char *text, int64_t *ret_s)
{
	if (text[0] == '+')
		return parse_relative(text + 1, ret_s);
	bool whole = has_shape(text, "0000-00-00T00:00:00Z");
	if (!whole && !has_shape(text, "0000-00-00"))
		return false;
	struct tm t = {
		.tm_year = number(text, 4) - 1900, .tm_mon = number(text + 5, 2) - 1, .tm_mday = number(text + 8, 2)};
	if (whole) {
		t.tm_hour = number(text + 11, 2);
		t.tm_min = number(text + 14, 2);
		t.tm_sec = number(text + 17, 2);
	}
	struct tm asked = t;
	time_t s = timegm(&t);
	/* timegm makes 3 March of 31 February: only what it left alone exists. */
	if (s < 0 || t.tm_mon != asked.tm_mon || t.tm_mday != asked.tm_mday || t.tm_hour != asked.tm_hour ||
	    t.tm_min != asked.tm_min || t.tm_sec != asked.tm_sec)
		return false;
	*ret_s = (int64_t)s;
	return true;
}

static bool parts_of(int64_t s, struct tm *ret)
{
	time_t when = (time_t)(s < 0 ? 0 : s > LATEST_S ? LATEST_S : s);
	return gmtime_r(&when, ret) != NULL;
}

struct moment_text moment_show(int64_t s)
{
	struct moment_text m = {.text = ""};
	struct tm t;
	if (parts_of(s, &t) && strftime(m.text, sizeof m.text, "%e %b %Y %H:%M", &t) == 0)
		m.text[0] = 0;
	return m;
}

struct moment_text moment_show_day(int64_t s)
{
	struct moment_text m = {.text = ""};
	struct tm t;
	if (parts_of(s, &t) && strftime(m.text, sizeof m.text, "%e %b %Y", &t) == 0)
		m.text[0] = 0;
	if (m.text[0] == ' ')
		memmove(m.text, m.text + 1, strlen(m.text));
	return m;
}

struct moment_text moment_iso(int64_t s)
{
	struct moment_text m = {.text = ""};
	struct tm t;
	if (parts_of(s, &t) && strftime(m.text, sizeof m.text, "%Y-%m-%dT%H:%M:%SZ", &t) == 0)
		m.text[0] = 0;
	return m;
}
