/* SPDX-License-Identifier: Apache-2.0 */
/* Strict text: numbers, times, free text, escaped names; every value has exactly one spelling. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Decimal without sign or leading zeros, at most `max`. False otherwise, *ret untouched. */
CHECKED bool text_decimal(struct str s, uint64_t max, uint64_t *ret);

/* "2026-11-22T09:12:00Z", years 1970 to 9999, to seconds since the epoch. Proleptic Gregorian, no leap seconds. */
CHECKED bool text_time(struct str s, int64_t *ret_seconds);
struct time_text {
	char text[24];
};
/* Out of range is clamped to the first or last time that can be written. */
struct time_text time_text(int64_t seconds);
#define TIME_MAX_S INT64_C(253402300799)

/* One line of valid UTF-8, 1 to LIMIT_FREE_TEXT_BYTES bytes, no leading or trailing space, and none of the code points of
 * spec/note.md "Free text" (C0, DEL, C1, U+2028, U+2029, and the bidirectional controls U+061C, U+200E, U+200F,
 * U+202A to U+202E, U+2066 to U+2069; U+FEFF). */
bool text_is_free(struct str s);
bool text_is_utf8(struct str s);
/* Whether a byte of UTF-8 continues a character that began before it. */
static inline bool text_continues(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}
/* s without the beginning of a character that ends behind it: half of one would read as damage. */
struct str text_uncut(struct str s);
/* Whether s is one plain word, such as 14/2026, which may stand without quotation marks. */
bool text_is_plain(struct str s);
/* Free text out of words that a person gave, appended: without the spaces around them, and normalised to NFC.
 * VALISE_E_USAGE, naming `what`, when s is not UTF-8, is empty or too long, or has one of those code points. */
CHECKED int text_free_of(struct str s, const char *what, struct buf *ret, struct valise_err *err);

/* Part names (spec/cover.md): any bytes but NUL; those outside [A-Za-z0-9._~-] are written %XX with uppercase digits, so that
 * newlines, spaces and bytes that are no UTF-8 survive, and one name has one spelling. */
void text_escape_name(struct buf *b, struct str name);
/* False when s is not what text_escape_name would write, or when *ret failed (its sticky error tells); appends the bytes to
 * *ret, which otherwise is as it was. It says nothing about "/", "." or "..": who makes a file of a name checks those. */
CHECKED bool text_unescape_name(struct str s, struct buf *ret);

/* Anything from outside, for a person's eyes: control characters, bidirectional controls and invalid UTF-8 as \xNN or \u{NNNN}. */
void text_show(struct buf *b, struct str s);
/* The same in quotation marks, those within it escaped: nobody's words end early. */
void text_quote(struct buf *b, struct str s);
/* A reference as it stands where it is plain; anything else as text_quote. */
void text_ref(struct buf *b, struct str s);
/* The same for an error's text, cut with "..." after about 240 bytes: "%s", text_shown(s).text lives to the end of the full
 * expression. */
struct shown_text {
	char text[256];
};
struct shown_text text_shown(struct str s);

/* "3.1 MB", decimal units, for people. */
struct size_text {
	char text[16];
};
struct size_text size_text(uint64_t bytes);

#endif
