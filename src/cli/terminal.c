/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to the person at the terminal, and only when there is one. */
#include "cli/terminal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/signals.h"

void terminal_look(struct terminal *t)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	t->in = isatty(STDIN_FILENO);
	t->out = isatty(STDOUT_FILENO);
	t->err = isatty(STDERR_FILENO);
	t->colour = !(no_color && *no_color) && term && *term && strcmp(term, "dumb") != 0;
}

static void __attribute__((format(printf, 2, 0))) say_line(const char *before, const char *fmt, va_list args)
{
	fputs(before, stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void tell(const struct cli *c, const char *fmt, ...)
{
	va_list args;
	if (!c->terminal.err || c->shared.json)
		return;
	va_start(args, fmt);
	say_line("", fmt, args);
	va_end(args);
}

void hint(const struct cli *c, const char *fmt, ...)
{
	va_list args;
	if (!c->terminal.err || !c->terminal.out || c->shared.json)
		return;
	/* What was done stands before what could be done next. */
	(void)fflush(stdout);
	va_start(args, fmt);
	say_line("Next: ", fmt, args);
	va_end(args);
}

void warn(const struct cli *c, const char *fmt, ...)
{
	va_list args;
	fprintf(stderr, "%s: ", c->program);
	va_start(args, fmt);
	say_line("warning: ", fmt, args);
	va_end(args);
}

/* ---- Questions ---- */

bool can_ask(const struct cli *c)
{
	return c->terminal.in && c->terminal.err && !c->shared.json;
}

int ask_line(struct cli *c, const char *question, char *ret, size_t max)
{
	size_t n = 0;
	(void)fflush(stdout);
	fprintf(stderr, "%s ", question);
	(void)fflush(stderr);
	for (;;) {
		char one;
		ssize_t got = read(STDIN_FILENO, &one, 1);
		if (got < 0 && errno == EINTR && !interrupted())
			continue;
		if (got < 0 && errno == EINTR) {
			fputc('\n', stderr);
			return cli_fail(c, VALISE_E_INTERRUPTED, "interrupted");
		}
		if (got <= 0) {
			fputc('\n', stderr);
			return cli_fail(c, VALISE_E_FAILURE, "no answer: nothing was done");
		}
		if (one == '\n')
			break;
		if (n + 1 >= max)
			return cli_fail(c, VALISE_E_USAGE, "that answer is too long");
		ret[n++] = one;
	}
	ret[n] = 0;
	return 0;
}

int ask_yes(struct cli *c, const char *question, bool otherwise, bool *ret)
{
	char whole[1024], answer[64];
	(void)snprintf(whole, sizeof whole, "%s [%s]", question, otherwise ? "Y/n" : "y/N");
	for (;;) {
		int r = ask_line(c, whole, answer, sizeof answer);
		if (r)
			return r;
		bool yes = strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
		if (!answer[0] || yes || strcasecmp(answer, "n") == 0 || strcasecmp(answer, "no") == 0) {
			*ret = answer[0] ? yes : otherwise;
			return 0;
		}
	}
}

void paint(const struct cli *c, enum paint p, const char *text)
{
	static const char *const codes[] = {[PAINT_HEADING] = "\033[1m", [PAINT_BROKEN] = "\033[31m"};
	bool coloured = c->terminal.out && c->terminal.colour;
	printf("%s%s%s", coloured ? codes[p] : "", text, coloured ? "\033[0m" : "");
}
