/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of an exhibit as people type them. */
#ifndef CLI_SPAN_H
#define CLI_SPAN_H

#include "cli/cli.h"

/* "1200:90": offset and length in bytes. VALISE_E_USAGE. */
int span_parse(struct cli *c, const char *text, struct valise_span *ret);

#endif
