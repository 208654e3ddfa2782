/* SPDX-License-Identifier: Apache-2.0 */
/* Codes in block characters, two rows of modules to a line of text. */
#include "cli/qr.h"

#include <qrencode.h>

#include "cli/cli.h"

#define QUIET 4 /* the light border that readers need */

/* Marks for two modules, one above the other: neither, the lower, the upper, both of them dark. */
static const char *const ink[] = {" ", "\u2584", "\u2580", "\u2588"};
static const char *const light[] = {"\u2588", "\u2580", "\u2584", " "};

struct colours {
	const char *begin, *end; /* of each line */
};

static bool is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1);
}

static int draw(struct cli *c, FILE *out, const char *text, const char *const marks[static 4],
		const struct colours *colours)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!code)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		fputs(colours->begin, out);
		for (int x = -QUIET; x < code->width + QUIET; x++)
			fputs(marks[2 * is_dark(code, x, y) + is_dark(code, x, y + 1)], out);
		fprintf(out, "%s\n", colours->end);
	}
	QRcode_free(code);
	return 0;
}

int print_qr_on_paper(struct cli *c, FILE *out, const char *text)
{
	return draw(c, out, text, ink, &(struct colours){"", ""});
}

int print_qr(struct cli *c, const char *text)
{
	/* Black on white: the bright white where a terminal has it, else its usual one. */
	static const struct colours black_on_white = {"\033[0;30;47;107m", "\033[0m"}, none = {"", ""};
	putchar('\n');
	if (!c->terminal.out)
		return print_qr_on_paper(c, stdout, text);
	if (c->terminal.colour)
		return draw(c, stdout, text, ink, &black_on_white);
	tell(c, "The code is drawn for light text on a dark ground. On a light one: valise card show --qr | cat");
	return draw(c, stdout, text, light, &none);
}
