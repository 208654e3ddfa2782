/* SPDX-License-Identifier: Apache-2.0 */
/* Reading spans. */
#include "cli/span.h"

#include <string.h>

#include "cli/show.h"

/* So many digits and no more are no overflow. */
#define DIGITS_MAX 18

static bool number(const char **at, uint64_t *ret)
{
	size_t digits = strspn(*at, "0123456789");
	if (digits == 0 || digits > DIGITS_MAX)
		return false;
	*ret = 0;
	for (; digits; digits--, ++*at)
		*ret = 10 * *ret + (uint64_t)(**at - '0');
	return true;
}

int span_parse(struct cli *c, const char *text, struct valise_span *ret)
{
	const char *at = text;
	struct valise_span span;
	if (!number(&at, &span.offset) || *at++ != ':' || !number(&at, &span.length) || *at)
		return cli_fail(c, VALISE_E_USAGE, "--span %s: give OFFSET:LENGTH in bytes, such as 1200:90",
				SHOW(text));
	*ret = span;
	return 0;
}
