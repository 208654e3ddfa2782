/* SPDX-License-Identifier: Apache-2.0 */
/* Codes (QR) in block characters: on the terminal, and on a printed page. */
#ifndef CLI_QR_H
#define CLI_QR_H

#include <stdio.h>

struct cli;

/* On standard output, dark on light: on a terminal with colours whatever these are. On one without, light modules are drawn, which is right
 * where text is light on dark; elsewhere ink is. */
int print_qr(struct cli *c, const char *text);

/* With black for ink, and the light border that readers need. */
int print_qr_on_paper(struct cli *c, FILE *out, const char *text);

#endif
