/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: written as one text in which a vertical tab says where a page may end, then broken where it has to be. */
#include "cli/page.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/qr.h"
#include "cli/show.h"

#define MAY_END '\v'

int pages_begin(struct cli *c, struct pages *ret)
{
	*ret = (struct pages){.c = c};
	ret->out = open_memstream(&ret->text, &ret->len);
	return ret->out ? 0 : cli_fail(c, VALISE_E_NOMEM, "out of memory");
}

void page_words(struct pages *p, const char *text, size_t indent)
{
	fprintf(p->out, "%*s", (int)indent, "");
	show_wrapped(p->out, text, indent, indent, PAGE_COLUMNS);
}

void page_field(struct pages *p, const char *label, const char *text)
{
	fprintf(p->out, "%-*s", PAGE_LABEL, label);
	show_wrapped(p->out, text, PAGE_LABEL, PAGE_LABEL, PAGE_COLUMNS);
}

void page_blank(struct pages *p, const char *label)
{
	int n = fprintf(p->out, "\n%s  ", label);
	for (int i = n - 1; i < PAGE_COLUMNS; i++)
		fputc('_', p->out);
	fputc('\n', p->out);
}

int page_code(struct pages *p, const char *text)
{
	return print_qr_on_paper(p->c, p->out, text);
}

void page_may_end(struct pages *p)
{
	fputc(MAY_END, p->out);
}

/* ---- Breaking ---- */

static size_t lines_of(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

struct breaking {
	FILE *out;
	const char *running;
	size_t used; /* lines of this page */
	unsigned page;
};

/* Over to the next page; what stands first there is no empty line. */
static void turn(struct breaking *b)
{
	fprintf(b->out, "\f%s, page %u\n\n", b->running, ++b->page);
	b->used = 2;
}

static void put_line(struct breaking *b, const char *line, size_t len)
{
	if (b->used == PAGE_LINES)
		turn(b);
	if (len == 1 && b->used == 2 && b->page > 1)
		return;
	fwrite(line, 1, len, b->out);
	b->used++;
}

static void put_kept(struct breaking *b, const char *text, size_t len)
{
	if (b->used > 0 && b->used + lines_of(text, len) > PAGE_LINES)
		turn(b);
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) + 1 : len;
		put_line(b, text, line);
		text += line;
		len -= line;
	}
}

static int break_pages(const struct pages *p, const char *running, char **ret, size_t *ret_len)
{
	struct breaking b = {.out = open_memstream(ret, ret_len), .running = running, .page = 1};
	if (!b.out)
		return cli_fail(p->c, VALISE_E_NOMEM, "out of memory");
	for (size_t at = 0, len; at < p->len; at += len + 1) {
		const char *end = memchr(p->text + at, MAY_END, p->len - at);
		len = end ? (size_t)(end - p->text) - at : p->len - at;
		put_kept(&b, p->text + at, len);
	}
	if (fclose(b.out) == 0)
		return 0;
	free(*ret);
	return cli_fail(p->c, VALISE_E_NOMEM, "out of memory");
}

int pages_end(struct pages *p, const char *running, char **ret, size_t *ret_len)
{
	char *text = NULL;
	size_t len = 0;
	int r = fclose(p->out) ? cli_fail(p->c, VALISE_E_NOMEM, "out of memory") : 0;
	if (!r)
		r = break_pages(p, running, &text, &len);
	free(p->text);
	p->text = NULL;
	if (r)
		return r;
	*ret = text;
	*ret_len = len;
	return 0;
}

void pages_abandon(struct pages *p)
{
	(void)fclose(p->out);
	free(p->text);
	p->text = NULL;
}
