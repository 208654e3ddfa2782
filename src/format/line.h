/* SPDX-License-Identifier: Apache-2.0 */
/* The values that lines of notes and covers have in common: each read strictly, each written in its one spelling. */
#ifndef FORMAT_LINE_H
#define FORMAT_LINE_H

#include "base/limits.h"
#include "format/register.h"
#include "format/seal.h"

/* Reading. Each takes the next line if it has that key; a required one that is not there, and any value that is not as it should
 * be, is the reader's error. Nothing is stored then. Strs borrow from the text. */
void line_hash(struct note_reader *r, const char *key, struct hash *ret);
void line_bytes(struct note_reader *r, const char *key, uint8_t ret[static 32]); /* 64 hex digits */
void line_time(struct note_reader *r, const char *key, int64_t *ret);
void line_decimal(struct note_reader *r, const char *key, uint64_t min, uint64_t max, uint64_t *ret);
void line_free_text(struct note_reader *r, const char *key, struct str *ret);
void line_office(struct note_reader *r, const char *key, struct office_ref *ret);
void line_role(struct note_reader *r, unsigned *ret); /* `role`: exactly one, never machine */
void line_optional_hash(struct note_reader *r, const char *key, bool *ret_has, struct hash *ret);
void line_optional_time(struct note_reader *r, const char *key, bool *ret_has, int64_t *ret);
void line_optional_free_text(struct note_reader *r, const char *key, struct str *ret);
/* The `regarding` lines: ids of notes, sorted; at most LIMIT_REGARDING. */
void line_regarding(struct note_reader *r, struct hash ret[static LIMIT_REGARDING], size_t *ret_n);

/* How many of the next lines have that key. */
size_t line_count(const struct note_reader *r, const char *key);
/* Zero-filled room for all of them, NULL when there are none or on the reader's error: more than max, or no memory. */
void *line_array(struct note_reader *r, const char *key, size_t max, size_t item_bytes, size_t *ret_n);
/* Repeated lines: `value` must sort behind *previous, which it becomes. */
void line_sorted(struct note_reader *r, const char *key, struct str *previous, struct str value);

/* The `by` lines, 1 to LIMIT_NOTE_SIGNERS; the array is the caller's to free, also on error. */
void line_signers(struct note_reader *r, struct vkey **ret, size_t *ret_n);
void line_signer(struct note_reader *r, struct vkey *ret); /* exactly one */

/* Whether `word` is one of a comma list. */
CHECKED bool word_listed(struct str list, struct str word);
CHECKED bool office_ref_parse(struct str value, struct office_ref *ret);

/* Writing. The first value that no reader would take sticks as VALISE_E_USAGE; so no value can bring a line of its own. */
struct line_writer {
	struct buf *b;
	int code; /* 0 or VALISE_E_USAGE; the buffer keeps its own */
	const char *what;
	struct valise_err *err;
};
void line_put_hash(struct line_writer *w, const char *key, const struct hash *h);
void line_put_bytes(struct line_writer *w, const char *key, const uint8_t bytes[static 32]);
void line_put_time(struct line_writer *w, const char *key, int64_t seconds);
void line_put_decimal(struct line_writer *w, const char *key, uint64_t v);
void line_put_text(struct line_writer *w, const char *key, const char *word); /* a constant of ours */
void line_put_free_text(struct line_writer *w, const char *key, struct str s);
void line_put_optional_free_text(struct line_writer *w, const char *key, struct str s); /* nothing when absent */
/* Sorts them itself. */
void line_put_regarding(struct line_writer *w, const struct hash *ids, size_t n);
void line_put_office(struct line_writer *w, const char *key, const struct office_ref *o);
void line_put_role(struct line_writer *w, unsigned role);
void line_put_vkey(struct line_writer *w, const char *key, const struct vkey *k);
void line_put_bad(struct line_writer *w, const char *key, const char *why);
/* The lines of `unsorted`, each written with `before` in front and `after` behind ('\0': nothing). Clears `unsorted`. */
void line_put_sorted(struct line_writer *w, struct buf *unsorted, char before, char after);
/* 0, or the first error of the writer or its buffer. */
CHECKED int line_writer_end(const struct line_writer *w);

/* How every kind holds "one value, one encoding": what was parsed is written again, and what was written is parsed. */
/* VALISE_E_BAD when `again` is not `text`. */
CHECKED int line_same(const struct buf *again, struct str text, const char *what, struct valise_err *err);
/* A reader's error about bytes of our own making: VALISE_E_BAD becomes VALISE_E_USAGE, with `what` in front; others stay. */
CHECKED int line_usage(int code, const char *what, struct valise_err *err);

#endif
