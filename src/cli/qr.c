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

int print_qr_on_paper(struct cli *c, FILE *out, const char *text)
{
	QRcode *code = code_of(text);
	if (!code)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	for (int y = 0; y < code->width; y += 2) {
		fprintf(out, "%*s", QUIET, "");
		for (int x = 0; x < code->width; x++) {
			bool upper = is_dark(code, x, y), lower = is_dark(code, x, y + 1);
			fputs(upper ? (lower ? "\u2588" : "\u2580") : (lower ? "\u2584" : " "), out);
		}
		fputc('\n', out);
	}
	QRcode_free(code);
	return 0;
}

int print_qr(struct cli *c, const char *office_id)
{
	char text[128];
	(void)snprintf(text, sizeof text, "VALISE:%s", office_id);
	QRcode *code = code_of(text);
	if (!code)
		return cli_fail(c, VALISE_E_NOMEM, "out of memory");
	putchar('\n');
	/* Light modules are drawn: on a dark terminal that is black on white, as printed paper is. */
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++) {
			bool upper = is_dark(code, x, y), lower = is_dark(code, x, y + 1);
			fputs(upper ? (lower ? " " : "\u2584") : (lower ? "\u2580" : "\u2588"), stdout);
		}
		putchar('\n');
	}
	QRcode_free(code);
	return 0;
}
