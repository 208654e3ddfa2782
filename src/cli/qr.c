/* SPDX-License-Identifier: Apache-2.0 */
/* Codes in block characters, two rows of modules to a line of text. */
#include "cli/qr.h"

#include <ctype.h>
#include <qrencode.h>

#include "cli/cli.h"

#define QUIET 4 /* the light border that readers need */

static bool is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1);
}

/* Upper case, which codes hold in few dots. NULL when there is no memory. */
static QRcode *code_of(const char *text)
{
	char upper[128];
	(void)snprintf(upper, sizeof upper, "%s", text);
	for (char *at = upper; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	return QRcode_encodeString(upper, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
}

/* One line for two rows; marks: neither, the lower, the upper, both of the modules dark. */
static void draw(FILE *out, const QRcode *code, int above, const char *const marks[static 4])
{
	for (int y = -above; y < code->width + above; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++)
			fputs(marks[2 * is_dark(code, x, y) + is_dark(code, x, y + 1)], out);
		fputc('\n', out);
	}
}

int print_qr_on_paper(struct cli *c, FILE *out, const char *text)
{
	static const char *const ink[] = {" ", "\u2584", "\u2580", "\u2588"};
	QRcode *code = code_of(text);
	if (!code)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	draw(out, code, 0, ink);
	QRcode_free(code);
	return 0;
}

int print_qr(struct cli *c, const char *office_id)
{
	/* Light modules are drawn: on a dark terminal that is black on white, as printed paper is. */
	static const char *const light[] = {"\u2588", "\u2580", "\u2584", " "};
	char text[128];
	(void)snprintf(text, sizeof text, "VALISE:%s", office_id);
	QRcode *code = code_of(text);
	if (!code)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	putchar('\n');
	draw(stdout, code, QUIET, light);
	QRcode_free(code);
	return 0;
}
