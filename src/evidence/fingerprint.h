/* SPDX-License-Identifier: Apache-2.0 */
/* The 30 digits by which people compare an office's card (spec/register.md, "Fingerprint"). */
#ifndef EVIDENCE_FINGERPRINT_H
#define EVIDENCE_FINGERPRINT_H

#include "base/hash.h"

#define FINGERPRINT_GROUPS 6u
#define FINGERPRINT_DIGITS 30u
#define FINGERPRINT_TEXT_BYTES 35 /* six groups of five digits, one space between them */

struct fingerprint_text {
	char text[FINGERPRINT_TEXT_BYTES + 1];
};
struct fingerprint_text fingerprint_text(const struct hash *office);

/* 30 digits with any spaces between and around them, as people type them; *ret is the one spelling that fingerprint_text has. False,
 * and *ret untouched, for anything else. */
CHECKED bool fingerprint_parse(struct str s, struct fingerprint_text *ret);

#endif
