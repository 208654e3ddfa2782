/* SPDX-License-Identifier: Apache-2.0 */
/* Small things as text, so that nothing from outside reaches a terminal as it came. */
#include "cli/show.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/moment.h"

struct shown show_bytes(const char *bytes)
{
	static const char cut[] = "...";
	struct shown s = {.text = ""};
	char *whole = valise_shown(bytes);
	if (!whole)
		return s;
	size_t len = strlen(whole);
	if (len < sizeof s.text) {
		memcpy(s.text, whole, len + 1);
	} else {
		len = sizeof s.text - sizeof cut;
		/* Not within a character. */
		while (len > 0 && ((unsigned char)whole[len] & 0xc0) == 0x80)
			len--;
		memcpy(s.text, whole, len);
		memcpy(s.text + len, cut, sizeof cut);
	}
	free(whole);
	return s;
}

void show_to(FILE *out, const char *bytes)
{
	char *whole = valise_shown(bytes);
	fputs(whole ? whole : "(out of memory)", out);
	free(whole);
}

/* The character at `at` of a quoted text, as it is written. */
static const char *quoted(const char *at, char ret[static 3])
{
	(void)snprintf(ret, 3, "%s%c", *at == '"' ? "\\" : "", *at);
	return ret;
}

void show_quoted(FILE *out, const char *shown)
{
	char one[3];
	fputc('"', out);
	for (; *shown; shown++)
		fputs(quoted(shown, one), out);
	fputc('"', out);
}

void show_ref(FILE *out, const char *shown)
{
	if (!shown)
		return;
	fputs(", ref ", out);
	if (valise_plain(shown))
		fputs(shown, out);
	else
		show_quoted(out, shown);
}

struct size_text show_size(uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	struct size_text t;
	double value = (double)bytes;
	size_t unit = 0;
	if (bytes < 1000) {
		(void)snprintf(t.text, sizeof t.text, "%u B", (unsigned)bytes);
		return t;
	}
	for (value /= 1000; value >= 999.95; unit++)
		value /= 1000;
	(void)snprintf(t.text, sizeof t.text, "%.1f %s", value, units[unit]);
	return t;
}

static void label_own_name(const char *name, struct office_label *ret)
{
	static const char mark[] = "\" (own name)";
	char one[3];
	size_t n = 0;
	ret->text[n++] = '"';
	for (; *name && n + sizeof one + sizeof mark <= sizeof ret->text; name++)
		n += (size_t)snprintf(ret->text + n, sizeof one, "%s", quoted(name, one));
	memcpy(ret->text + n, mark, sizeof mark);
}

struct office_label show_office_name(const struct valise_office_view *o)
{
	struct office_label l;
	if (o->petname)
		(void)snprintf(l.text, sizeof l.text, "%s", o->petname);
	else if (o->name && o->is_self)
		(void)snprintf(l.text, sizeof l.text, "%s", o->name);
	else if (o->name)
		label_own_name(o->name, &l);
	else
		(void)snprintf(l.text, sizeof l.text, "office %s", o->fingerprint);
	return l;
}

size_t show_width(const char *text)
{
	size_t columns;
	(void)valise_fitting(text, strlen(text), SIZE_MAX, &columns);
	return columns;
}

void show_padded(FILE *out, const char *text, size_t width)
{
	size_t n = show_width(text);
	fprintf(out, "%s%*s", text, n < width ? (int)(width - n) : 0, "");
}

void show_wrapped(FILE *out, const char *text, size_t indent, size_t column, size_t width)
{
	bool first = true;
	while (*text) {
		size_t len = strcspn(text, " "), columns;
		(void)valise_fitting(text, len, SIZE_MAX, &columns);
		if (!first && column + 1 + columns > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
			continue;
		}
		if (!first) {
			fputc(' ', out);
			column++;
		}
		len = valise_fitting(text, len, width - column, &columns);
		fwrite(text, 1, len, out);
		column += columns;
		text += len;
		text += strspn(text, " ");
		first = false;
	}
	fputc('\n', out);
}

void show_look_back(const struct look_back *b)
{
	if (!b->as_of.given)
		return;
	printf("As it was known here on %s UTC, by this spool's own log and this machine's clock.\n",
	       moment_show(b->as_of.at_s).text);
	if (b->set_back)
		printf("That clock was set back: %" PRIu64
		       " item%s of the log bear%s an earlier time than one before.\n",
		       b->set_back, PLURAL(b->set_back), b->set_back == 1 ? "s" : "");
	putchar('\n');
}

int show_unread(struct cli *c, uint64_t n)
{
	if (!n)
		return 0;
	if (!c->shared.json)
		warn(c,
		     "%" PRIu64
		     " letter%s left out, damaged on this machine's disk: `valise doctor` says which, and what to do",
		     n, n == 1 ? " is" : "s are");
	return cli_shown(c, VALISE_E_BAD);
}

int show_error(struct valise_err *err, int code, const char *fmt, ...)
{
	va_list args;
	err->code = code;
	va_start(args, fmt);
	int n = vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	if (n < 0)
		err->text[0] = 0;
	return code;
}
