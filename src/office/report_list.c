/* SPDX-License-Identifier: Apache-2.0 */
/* Many reports at once: every line of a list is checked, and told of, before one of them is signed. */
#include "format/report_list.h"

#include <stdio.h>

#include "base/text.h"
#include "format/cells.h"
#include "office/report.h"

struct listing {
	struct valise *v;
	const struct valise_report_list *l;
	struct valise_report_draft *all;
	struct report_columns columns;
	size_t wrong; /* lines */
	int first;    /* why the first of them is */
};

static void tell(struct listing *g, size_t line, int code, const struct valise_err *why)
{
	g->l->wrong(g->l->context, line, why->text);
	if (g->wrong++ == 0)
		g->first = code;
}

/* ---- One line ---- */

/* What one report borrows for as long as it is drafted. */
struct row {
	struct report_cells cells;
	const char *text[COLUMN_COUNT]; /* of the arena */
	struct str parts[LIMIT_REPORT_VIA];
	const char *via[LIMIT_REPORT_VIA], *regarding[LIMIT_REGARDING];
	struct valise_span span;
};

static int take_span(const struct row *row, struct valise_report *ret, struct valise_span *span, struct valise_err *err)
{
	const struct str *offset = &row->cells.at[COLUMN_OFFSET], *length = &row->cells.at[COLUMN_LENGTH];
	if (!offset->at && !length->at)
		return 0;
	if (!offset->at || !length->at)
		return err_set(err, VALISE_E_USAGE, "a span has both an offset and a length: give both, or - for both");
	if (!text_decimal(*offset, LIMIT_EXHIBIT_BYTES, &span->offset) ||
	    !text_decimal(*length, LIMIT_EXHIBIT_BYTES, &span->length))
		return err_set(err, VALISE_E_USAGE, "%s and %s are no offset and length: give both as numbers of bytes",
			       text_shown(*offset).text, text_shown(*length).text);
	ret->span = span;
	return 0;
}

static int take_parts(struct listing *g, struct row *row, enum report_column column, const char **ret, size_t max,
		      size_t *ret_n, struct valise_err *err)
{
	int r = report_cell_parts(row->cells.at[column], row->parts, max, ret_n, err);
	if (r)
		return err_prefix(err, r, "%s", report_column_names[column]);
	for (size_t i = 0; i < *ret_n; i++)
		ret[i] = arena_text(&g->all->arena, row->parts[i]);
	return arena_check(&g->all->arena, err);
}

static int take_row(struct listing *g, struct row *row, struct valise_report *ret, struct valise_err *err)
{
	struct str quoted = row->cells.at[COLUMN_QUOTED];
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		row->text[i] = row->cells.at[i].at ? arena_text(&g->all->arena, row->cells.at[i]) : NULL;
	ret->says = row->text[COLUMN_SAYS];
	ret->speaker = row->text[COLUMN_SPEAKER];
	ret->verb = row->text[COLUMN_VERB];
	ret->medium = row->text[COLUMN_MEDIUM];
	ret->when = row->text[COLUMN_WHEN];
	ret->quote = row->text[COLUMN_QUOTE];
	ret->of = row->text[COLUMN_OF];
	ret->carriage = row->text[COLUMN_CARRIAGE];
	ret->resolved = row->text[COLUMN_RESOLVED];
	ret->where = row->text[COLUMN_WHERE];
	ret->speaker_office = row->text[COLUMN_SPEAKER_OFFICE];
	ret->speaker_addressee = row->text[COLUMN_SPEAKER_ADDRESSEE];
	ret->via = row->via;
	ret->regarding = row->regarding;
	if (row->text[COLUMN_EXHIBIT])
		ret->exhibit = row->text[COLUMN_EXHIBIT];
	ret->quoted = str_eq(quoted, STR("yes"));
	if (quoted.at && !ret->quoted && !str_eq(quoted, STR("no")))
		return err_set(err, VALISE_E_USAGE, "quoted is \"%s\": write yes, no, or -", text_shown(quoted).text);
	int r = take_span(row, ret, &row->span, err);
	if (!r)
		r = take_parts(g, row, COLUMN_VIA, row->via, LIMIT_REPORT_VIA, &ret->n_via, err);
	if (!r)
		r = take_parts(g, row, COLUMN_REGARDING, row->regarding, LIMIT_REGARDING, &ret->n_regarding, err);
	return r;
}

/* Of an error that is this line's own, the others may be told of too. */
static bool is_of_the_line(int r)
{
	return r == VALISE_E_USAGE || r == VALISE_E_BAD || r == VALISE_E_NOT_FOUND || r == VALISE_E_AMBIGUOUS ||
	       r == VALISE_E_LIMIT;
}

static int add_line(struct listing *g, struct str text, size_t line, struct valise_err *err)
{
	struct row row = {0};
	struct valise_report report = *g->l->common;
	struct valise_err why = {0};
	int r = report_cells_parse(&g->columns, text, &row.cells, &why);
	if (!r)
		r = take_row(g, &row, &report, &why);
	if (!r)
		r = report_drafts_add(g->v, g->all, &report, &why);
	if (r && is_of_the_line(r)) {
		tell(g, line, r, &why);
		return 0;
	}
	if (r) {
		(void)err_prefix(&why, r, "line %zu", line);
		err_copy(err, &why);
	}
	return r;
}

/* ---- All of them ---- */

static int add_lines(struct listing *g, struct valise_err *err)
{
	struct str rest = {g->l->bytes, g->l->len}, line;
	struct valise_err why = {0};
	if (!cells_line(&rest, &line))
		return err_set(
			err, VALISE_E_USAGE,
			"the list is empty: its first line names the columns, and each further line is a report");
	int r = report_columns_parse(line, &g->columns, &why);
	if (r) {
		tell(g, 1, r, &why);
		return 0;
	}
	for (size_t n = 2; cells_line(&rest, &line) && !r; n++)
		r = cells_is_passed_over(line) ? 0 : add_line(g, line, n, err);
	if (!r && !g->wrong && !g->all->n)
		return err_set(err, VALISE_E_USAGE,
			       "there is no report in the list, only the names of columns: add a line for each");
	return r;
}

int report_drafts_failed(const struct valise_report_draft *all, int code, struct valise_err *err)
{
	struct valise_err why = {0};
	if (!code || !all || !all->n_taken)
		return code;
	err_copy(&why, err);
	return err_set(err, code, "%s; what it was to point at is kept: %zu new exhibit%s", why.text, all->n_taken,
		       all->n_taken == 1 ? "" : "s");
}

int valise_report_look_list(struct valise *v, const struct valise_report_list *l, bool dry_run,
			    struct valise_report_draft **ret, struct valise_err *err)
{
	struct listing g = {.v = v, .l = l};
	struct str bytes = {l->bytes, l->len};
	if (l->len > LIMIT_REPORT_LIST_BYTES || cells_count_lines(bytes) > LIMIT_REPORT_LIST_LINES)
		return err_set(err, VALISE_E_LIMIT, "a list has at most %u lines and %u bytes: make several of it",
			       LIMIT_REPORT_LIST_LINES, LIMIT_REPORT_LIST_BYTES);
	int r = report_drafts_new(v, l->common->letter, cells_count_lines(bytes), dry_run, &g.all, err);
	if (!r)
		r = add_lines(&g, err);
	if (!r && g.wrong)
		r = err_set(err, g.first,
			    "%zu line%s of the list %s wrong, and nothing is signed: mend %s, and give the list again",
			    g.wrong, g.wrong == 1 ? "" : "s", g.wrong == 1 ? "is" : "are",
			    g.wrong == 1 ? "it" : "them");
	if (r) {
		r = report_drafts_failed(g.all, r, err);
		valise_report_draft_free(g.all);
		return r;
	}
	*ret = g.all;
	return 0;
}
