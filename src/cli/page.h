/* SPDX-License-Identifier: Apache-2.0 */
/* Pages for a printer, A4 or Letter at ten characters an inch: at most 76 columns and 60 lines, form feeds between them. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include <stddef.h>
#include <stdio.h>

struct cli;

#define PAGE_COLUMNS 76
#define PAGE_LINES 60
#define PAGE_LABEL 12 /* columns of what stands before a field */

/* What is printed, while it is written. Texts are safe to show; what is too long for a line goes on in the next. */
struct pages {
	struct cli *c;
	FILE *out; /* what needs no wrapping may be written here: whole lines, without vertical tabs */
	char *text;
	size_t len;
};
int pages_begin(struct cli *c, struct pages *ret);
void page_words(struct pages *p, const char *text, size_t indent);
void page_field(struct pages *p, const char *label, const char *text);
/* A line to write on with a pen. */
void page_blank(struct pages *p, const char *label);
/* A code (QR) of `text`, with its border. */
int page_code(struct pages *p, const char *text);
/* What comes next need not stand on the page of what came before; what lies between two such places is kept together. */
void page_may_end(struct pages *p);
/* The pages, each after the first headed by `running` and its number; *ret is to be freed. Ends p in any case. */
int pages_end(struct pages *p, const char *running, char **ret, size_t *ret_len);
/* In place of pages_end, after a failure. */
void pages_abandon(struct pages *p);

#endif
