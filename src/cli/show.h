/* SPDX-License-Identifier: Apache-2.0 */
/* Small things as text: bytes from outside, sizes, counts, names of offices. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <stdint.h>
#include <stdio.h>

#include <valise/valise.h>

#include "cli/options.h"

/* Bytes from outside, escaped, cut with "..." after about 240 bytes: SHOW(argv[1]) lives to the end of the full expression. */
struct shown {
	char text[256];
};
struct shown show_bytes(const char *bytes);
#define SHOW(bytes) show_bytes(bytes).text

/* The same whole and to a stream. */
void show_to(FILE *out, const char *bytes);

/* What is shown already, in quotation marks; one within it is escaped, so that nobody's words end early. */
void show_quoted(FILE *out, const char *shown);
/* ", ref 14/2026"; what is no plain word stands in quotation marks. Nothing for NULL. */
void show_ref(FILE *out, const char *shown);

struct size_text {
	char text[16];
};
struct size_text show_size(uint64_t bytes); /* "3.1 MB" */

/* "part" or "parts". */
#define PLURAL(n) ((n) == 1 ? "" : "s")

/* What stands for an office in a table: your name for it, or its own name marked as that, or its fingerprint. */
struct office_label {
	char text[2048];
};
struct office_label show_office_name(const struct valise_office_view *o);

/* Pads a text to `width` columns. */
void show_padded(FILE *out, const char *text, size_t width);
size_t show_width(const char *text);
/* Words of a text from `column` on, as many to a line of `width` columns as there is room for, further lines indented; one that is
 * longer than a line is cut. Ends the line. */
void show_wrapped(FILE *out, const char *text, size_t indent, size_t column, size_t width);

/* When is looked back to, and how many items of the log make that doubtful. */
struct look_back {
	struct moment as_of;
	uint64_t set_back;
};
/* Above what is no letter's accounts, which say so themselves; nothing where nobody looks back. */
void show_look_back(const struct look_back *b);

struct cli;
/* Says that so many letters are left out of what was shown, being damaged here, and returns what the command then comes to. */
int show_unread(struct cli *c, uint64_t n);

/* Fills in err and returns the code. */
int show_error(struct valise_err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
