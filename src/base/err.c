/* SPDX-License-Identifier: Apache-2.0 */
/* Fills in, extends and copies the caller's error. */
#include "base/err.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Half a character at the end of the buffer would garble what a terminal prints next. */
static void drop_cut_character(char *text, size_t len)
{
	text[text_uncut((struct str){text, len}).len] = '\0';
}

/* One formatted text into `text`, cut at a character's border; returns its length. */
PRINTF_LIKE(2, 0) static size_t format_text(char text[static VALISE_ERR_TEXT_BYTES], const char *fmt, va_list args)
{
	int n = vsnprintf(text, VALISE_ERR_TEXT_BYTES, fmt, args);
	if (n < 0)
		text[0] = '\0';
	else if (n >= VALISE_ERR_TEXT_BYTES)
		drop_cut_character(text, VALISE_ERR_TEXT_BYTES - 1);
	return strlen(text);
}

/* Appends to a text of `len` bytes, with the same cut. */
static void append_text(char text[static VALISE_ERR_TEXT_BYTES], size_t len, const char *more)
{
	size_t room = VALISE_ERR_TEXT_BYTES - 1 - len;
	size_t n = strnlen(more, room + 1);
	bool cut = n > room;
	if (cut)
		n = room;
	memcpy(text + len, more, n);
	text[len + n] = '\0';
	if (cut)
		drop_cut_character(text, len + n);
}

/* One text, and after it ": " and `more` when there is more. Both may point into err->text, so it is made apart and copied when it is
 * whole. */
PRINTF_LIKE(2, 0) static void put_text(struct valise_err *err, const char *fmt, va_list args, const char *more)
{
	char text[VALISE_ERR_TEXT_BYTES];
	size_t len = format_text(text, fmt, args);
	if (more) {
		append_text(text, len, ": ");
		append_text(text, strlen(text), more);
	}
	memcpy(err->text, text, strlen(text) + 1);
}

int err_set(struct valise_err *err, int code, const char *fmt, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, fmt);
	put_text(err, fmt, args, NULL);
	va_end(args);
	err->code = code;
	return code;
}

int err_prefix(struct valise_err *err, int code, const char *fmt, ...)
{
	if (!err)
		return code;
	va_list args;
	va_start(args, fmt);
	put_text(err, fmt, args, err->text);
	va_end(args);
	return code;
}

int err_code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOMEM:
		return VALISE_E_NOMEM;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return VALISE_E_FULL;
	case EROFS:
		return VALISE_E_READ_ONLY;
	case ENOENT:
		return VALISE_E_NOT_FOUND;
	case EEXIST:
		return VALISE_E_EXISTS;
	case EINTR:
		return VALISE_E_INTERRUPTED;
	default:
		return VALISE_E_IO;
	}
}

int err_errno(struct valise_err *err, int errnum, const char *fmt, ...)
{
	int code = err_code_of_errno(errnum);
	if (!err)
		return code;
	char reason[128];
	va_list args;
	va_start(args, fmt);
	put_text(err, fmt, args, strerror_r(errnum, reason, sizeof reason));
	va_end(args);
	err->code = code;
	return code;
}

int err_nomem(struct valise_err *err)
{
	return err_set(err, VALISE_E_NOMEM, "out of memory");
}

void err_copy(struct valise_err *to, const struct valise_err *from)
{
	if (to && from && to != from)
		*to = *from;
}
