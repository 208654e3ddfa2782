/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode normalisation form C, by utf8proc. */
#include "base/nfc.h"

#include <limits.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/cleanup.h"

static int map(struct buf *ret, struct str s, utf8proc_option_t options, struct valise_err *err)
{
	if (s.len > INT_MAX)
		return err_set(err, VALISE_E_LIMIT, "a text of %zu bytes is too long to be normalised", s.len);
	if (s.len == 0)
		return 0;
	CLEAN_FREE utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.len, &composed,
					  UTF8PROC_STABLE | UTF8PROC_COMPOSE | options);
	if (n == UTF8PROC_ERROR_NOMEM)
		return err_nomem(err);
	if (n < 0)
		return err_set(err, VALISE_E_USAGE, "a text is not valid UTF-8");
	buf_add(ret, composed, (size_t)n);
	return buf_check(ret, "normalised text", err);
}

int nfc_append(struct buf *ret, struct str s, struct valise_err *err)
{
	return map(ret, s, 0, err);
}

int nfc_fold_append(struct buf *ret, struct str s, struct valise_err *err)
{
	return map(ret, s, UTF8PROC_CASEFOLD, err);
}
