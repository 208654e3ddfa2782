/* SPDX-License-Identifier: Apache-2.0 */
/* Setting and extending the caller's error, and the attributes every header here uses. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <valise/error.h>

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Fills in `err` (may be NULL) and returns `code`, so that a failing path is `return err_set(err, CODE, "...")`.
 * A text that does not fit is cut at a character's border. */
int err_set(struct valise_err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts "<text>: " before what `err` says already and returns its code unchanged: adds to which thing it happened. */
int err_prefix(struct valise_err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The code for an errno: ENOMEM, ENOSPC/EDQUOT/EFBIG, EROFS, ENOENT, EEXIST, EINTR and otherwise VALISE_E_IO. */
int err_code_of_errno(int errnum);

/* As err_set, with ": <strerror>" appended and the code taken from `errnum`. */
int err_errno(struct valise_err *err, int errnum, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* "out of memory", VALISE_E_NOMEM. */
int err_nomem(struct valise_err *err);

/* A copy of the text in `from` into `to` (both may be NULL). */
void err_copy(struct valise_err *to, const struct valise_err *from);

#endif
