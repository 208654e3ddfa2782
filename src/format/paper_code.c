/* SPDX-License-Identifier: Apache-2.0 */
/* Codes on paper, in upper case, which takes fewer dots. */
#include "format/paper_code.h"

#include <stdio.h>

static const char *const schemes[] = {[VALISE_PAPER_OFFICE] = "VALISE:", [VALISE_PAPER_LETTER] = "LETTER:"};
#define SCHEME_BYTES 7u

struct valise_paper_code valise_paper_code(enum valise_paper_of of, const char *id)
{
	struct valise_paper_code code = {.text = ""};
	struct hash h;
	if (!hash_parse(str_of(id), &h))
		return code;
	(void)snprintf(code.text, sizeof code.text, "%s%s", schemes[of], id);
	for (char *at = code.text + SCHEME_BYTES; *at; at++)
		*at = *at >= 'a' ? (char)(*at - 'a' + 'A') : *at;
	return code;
}

bool paper_code_begins(enum valise_paper_of of, struct str s)
{
	return s.len >= SCHEME_BYTES && memcmp(s.at, schemes[of], SCHEME_BYTES) == 0;
}

bool paper_code_parse(enum valise_paper_of of, struct str s, struct hash *ret)
{
	char hex[HASH_HEX_BYTES];
	if (s.len != PAPER_CODE_BYTES || !paper_code_begins(of, s))
		return false;
	for (size_t i = 0; i < sizeof hex; i++) {
		char c = s.at[SCHEME_BYTES + i];
		if (c >= 'a' && c <= 'f')
			return false;
		hex[i] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	}
	return hash_parse((struct str){hex, sizeof hex}, ret);
}
