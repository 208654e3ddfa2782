/* SPDX-License-Identifier: Apache-2.0 */
/* What the codes (QR) on paper say (spec/card.md, "Paper"): of an office on its card, of a letter on its docket. */
#ifndef FORMAT_PAPER_CODE_H
#define FORMAT_PAPER_CODE_H

#include <valise/valise.h>

#include "base/hash.h"

#define PAPER_CODE_BYTES 71 /* seven of what it is, then the id */

/* The writer is valise_paper_code. False, and *ret untouched, for what that would not have written. */
CHECKED bool paper_code_parse(enum valise_paper_of of, struct str s, struct hash *ret);
/* Whether s begins as such a code. */
bool paper_code_begins(enum valise_paper_of of, struct str s);

#endif
