/* SPDX-License-Identifier: Apache-2.0 */
/* Codes (QR): of a paper card on the terminal, and of a letter on a printed page. */
#ifndef CLI_QR_H
#define CLI_QR_H

#include <stdio.h>

struct cli;

/* The QR code of "VALISE:<id in upper case>" (spec/card.md) in block characters on standard output. */
int print_qr(struct cli *c, const char *office_id);

/* That of any text, in upper case, with black for ink, indented; the paper around it is its border. */
int print_qr_on_paper(struct cli *c, FILE *out, const char *text);

#endif
