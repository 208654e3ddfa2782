/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts on their way to a signature: shown, asked about, and told of once they are signed. */
#include "cli/drafts.h"

#include "cli/show.h"

#define SHOWN_MAX 20 /* questions on a terminal; --dry-run shows all */

static const struct valise_draft_view *statement_at(const void *of, size_t i)
{
	return valise_draft_at(of, i);
}

static const struct valise_draft_view *report_at(const void *of, size_t i)
{
	return valise_report_at(of, i);
}

struct drafts statement_drafts(const struct valise_draft *d)
{
	return (struct drafts){"statement", "statements", d, statement_at, valise_draft_count(d), 0};
}

struct drafts report_drafts(const struct valise_report_draft *d)
{
	return (struct drafts){"report", "reports", d, report_at, valise_report_count(d), 0};
}

/* ---- Showing ---- */

void json_drafts(struct json *j, const struct drafts *d, const char *const *ids)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct valise_draft_view *view = d->at(d->of, i);
		json_open_object(j, NULL);
		json_text(j, "short", view->short_id);
		json_text(j, "note", ids ? ids[i] : NULL);
		json_text(j, "question", view->question);
		json_text(j, "title", view->title);
		json_text(j, "draft", ids ? NULL : view->text);
		json_text(j, "already", view->already);
		json_close(j);
	}
}

void drafts_begin(struct cli *c, const struct drafts *d)
{
	json_bool(c->json, "dry_run", c->shared.dry_run);
	json_open_list(c->json, d->key);
}

int drafts_end(struct cli *c)
{
	json_close(c->json);
	return c->json ? print_json(c) : 0;
}

void drafts_show(struct cli *c, const struct drafts *d)
{
	json_drafts(c->json, d, NULL);
	for (size_t i = 0; i < d->n && !c->json; i++) {
		const struct valise_draft_view *view = d->at(d->of, i);
		printf("%s%s\n", d->before + i ? "\n" : "", view->already ? view->already : view->question);
		if (!view->already)
			printf("\n%s", view->text);
	}
}

/* ---- Signing ---- */

int drafts_ask(struct cli *c, const struct drafts *d, bool yes)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct valise_draft_view *view = d->at(d->of, i);
		if (view->already)
			tell(c, "%s: %s.", view->short_id, view->already);
		else if (n++ < SHOWN_MAX)
			tell(c, "%s", view->question);
	}
	if (n > SHOWN_MAX)
		tell(c, "... and %zu more; --dry-run shows all.", n - SHOWN_MAX);
	int r = yes || !n ? 0 : ask_yes(c, "Sign?", false, &yes);
	if (r)
		return r;
	return yes || !n ? 0 : cli_fail(c, VALISE_E_FAILURE, d->before ? "no more was signed" : "nothing was signed");
}

size_t drafts_signed(struct cli *c, const struct drafts *d, const char *const *ids)
{
	size_t n = 0;
	json_drafts(c->json, d, ids);
	for (size_t i = 0; i < d->n; i++) {
		if (ids[i] && !c->json)
			puts(ids[i]);
		n += ids[i] != NULL;
	}
	if (n)
		tell(c, "Signed %zu %s%s.", n, d->noun, PLURAL(n));
	return n;
}
