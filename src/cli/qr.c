/* SPDX-License-Identifier: Apache-2.0 */
/* The paper card's code, two rows of modules to a line of text. */
#include "cli/qr.h"

#include <ctype.h>
#include <qrencode.h>

#include "cli/cli.h"

#define QUIET 4 /* the light border that readers need */

static bool is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1);
}

int print_qr(struct cli *c, const char *office_id)
{
	char text[128];
	(void)snprintf(text, sizeof text, "VALISE:%s", office_id);
	for (char *at = text; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
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
