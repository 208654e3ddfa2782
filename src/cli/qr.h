/* SPDX-License-Identifier: Apache-2.0 */
/* The code of a paper card. */
#ifndef CLI_QR_H
#define CLI_QR_H

struct cli;

/* The QR code of "VALISE:<id in upper case>" (spec/card.md) in block characters on standard output. */
int print_qr(struct cli *c, const char *office_id);

#endif
