/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that the spool holds about one letter, gathered for the pure function that makes the accounts. */
#include "office/words.h"

#include <stdio.h>

#include "base/array.h"
#include "base/limits.h"
#include "base/text.h"

static int take_statement(void *context, struct verified_statement *s, int64_t taken_in_s)
{
	struct gathered *g = context;
	struct witnessed_statement *grown =
		array_room(g->statements, g->n_statements, &g->cap_statements, sizeof *grown);
	if (!grown) {
		verified_statement_free(s);
		return VALISE_E_NOMEM;
	}
	g->statements = grown;
	g->statements[g->n_statements++] = (struct witnessed_statement){s, taken_in_s};
	return 0;
}

static int take_report(void *context, struct verified_report *r, int64_t taken_in_s)
{
	struct gathered *g = context;
	struct witnessed_report *grown = array_room(g->reports, g->n_reports, &g->cap_reports, sizeof *grown);
	if (!grown) {
		verified_report_free(r);
		return VALISE_E_NOMEM;
	}
	g->reports = grown;
	g->reports[g->n_reports++] = (struct witnessed_report){r, taken_in_s};
	return 0;
}

void gathered_release(struct gathered *g)
{
	for (size_t i = 0; i < g->n_statements; i++)
		verified_statement_free((struct verified_statement *)(uintptr_t)g->statements[i].statement);
	for (size_t i = 0; i < g->n_reports; i++)
		verified_report_free((struct verified_report *)(uintptr_t)g->reports[i].report);
	verified_seal_free(g->seal);
	register_set_release(&g->set);
	free(g->statements);
	free(g->reports);
	free(g->elsewhere);
	words_release(g);
	hashes_release(&g->damaged);
	free(g->acquaintances);
	buf_release(&g->names);
	memset(g, 0, sizeof *g);
}

/* Sender, recipients, and whoever signs, is handed to, or reports. */
int gathered_concerned(const struct gathered *g, bool reports, struct hashes *ret, struct valise_err *err)
{
	const struct seal *s = &g->seal->s;
	int r = hashes_add(ret, &s->from.office, err);
	for (size_t i = 0; i < s->n_to && !r; i++)
		r = hashes_add(ret, &s->to[i].office, err);
	for (size_t i = 0; i < g->n_statements && !r; i++) {
		const struct statement *one = &g->statements[i].statement->s;
		r = hashes_add(ret, &one->office.office, err);
		if (!r && one->has_to)
			r = hashes_add(ret, &one->to, err);
	}
	for (size_t i = 0; i < g->n_reports && reports && !r; i++)
		r = hashes_add(ret, &g->reports[i].report->r.office.office, err);
	return r;
}

/* Whoever is taken to have spoken elsewhere goes by your name for it. Its register does not come with it: what is gathered travels, and
 * anybody can name anybody as a speaker. */
static int spoken_for(const struct gathered *g, struct hashes *ret, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < g->n_reports && !r; i++) {
		const struct report *one = &g->reports[i].report->r;
		r = one->has_speaker_office ? hashes_add(ret, &one->speaker_office, err) : 0;
	}
	return r;
}

/* Names are gathered into one buffer whose memory may move: spans are set once it is complete. */
static int acquaint(struct valise *v, const struct hashes *offices, struct gathered *g, struct valise_err *err)
{
	g->acquaintances = calloc(offices->n, sizeof *g->acquaintances);
	if (!g->acquaintances)
		return err_nomem(err);
	for (size_t i = 0; i < offices->n; i++) {
		struct contact c = {0};
		size_t before = g->names.len;
		bool is_self = hash_eq(&offices->at[i], &v->self);
		int r = contact_get(v->spool, &offices->at[i], &c, &g->names, err);
		if (r && r != VALISE_E_NOT_FOUND)
			return r;
		if (r && !is_self)
			continue;
		g->acquaintances[g->n_acquaintances++] = (struct acquaintance){.office = offices->at[i],
									       .petname.len = g->names.len - before,
									       .checked = is_self || c.checked,
									       .is_self = is_self};
	}
	size_t at = 0;
	for (size_t i = 0; i < g->n_acquaintances; i++) {
		size_t len = g->acquaintances[i].petname.len;
		g->acquaintances[i].petname.at = len ? (const char *)g->names.data + at : NULL;
		at += len;
	}
	return buf_check(&g->names, "the names of offices", err);
}

static int add_regarded(struct hashes *all, const struct hash *ids, size_t n, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < n && !r; i++)
		r = hashes_add(all, &ids[i], err);
	return r;
}

/* Which of the notes that its statements and reports regard are here at all: those of the letter itself are found among them anyway. */
static int look_elsewhere(struct valise *v, struct gathered *g, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes regarded = {0};
	int r = 0;
	for (size_t i = 0; i < g->n_statements && !r; i++) {
		const struct statement *s = &g->statements[i].statement->s;
		r = add_regarded(&regarded, s->regarding, s->n_regarding, err);
	}
	for (size_t i = 0; i < g->n_reports && !r; i++) {
		const struct report *p = &g->reports[i].report->r;
		r = add_regarded(&regarded, p->regarding, p->n_regarding, err);
	}
	g->elsewhere = calloc(regarded.n + 1, sizeof *g->elsewhere);
	if (!r && !g->elsewhere)
		return err_nomem(err);
	for (size_t i = 0; i < regarded.n && !r; i++) {
		bool here = false;
		r = note_has(v->spool, &regarded.at[i], &here, err);
		if (here)
			g->elsewhere[g->n_elsewhere++] = regarded.at[i];
	}
	if (g->n_elsewhere)
		qsort(g->elsewhere, g->n_elsewhere, sizeof *g->elsewhere, hash_order);
	return r;
}

static enum valise_bytes_verdict bytes_here(const struct letter_row *row)
{
	if (row->is_broken)
		return VALISE_BYTES_BROKEN;
	if (row->is_paper)
		return VALISE_BYTES_PAPER;
	if (row->has_body && row->has_cover)
		return VALISE_BYTES_INTACT;
	return row->has_cover ? VALISE_BYTES_PARTIAL : VALISE_BYTES_NOT_HERE;
}

static int look_whether_gone(struct valise *v, const struct hash *letter, struct gathered *g, struct valise_err *err)
{
	struct let_go gone;
	int r = letter_let_go_look(v->spool, letter, &gone, err);
	if (!r && gone.is_gone && gone.when_s <= office_now(v))
		(void)snprintf(g->let_go, sizeof g->let_go, "let go of here at %s", time_text(gone.when_s).text);
	return r;
}

static int look_at_row(struct valise *v, const struct hash *letter, struct gathered *g, struct valise_err *err)
{
	struct letter_row row;
	int r = letter_row(v->spool, letter, &row, err);
	if (r)
		return r;
	g->bytes = bytes_here(&row);
	g->taken_in_s = row.taken_in_s;
	return 0;
}

int gathered_look_at_bytes(struct valise *v, struct gathered *g, struct valise_err *err)
{
	return look_at_row(v, &g->seal->note.id, g, err);
}

/* `shown`: with what only accounts need. */
static int gather_some(struct valise *v, const struct hash *letter, bool reports, bool shown, struct gathered *ret,
		       struct valise_err *err)
{
	CLEAN_GATHERED struct gathered g = {.names = BUF_INIT(16u * 1024 * 1024)};
	CLEANUP(hashes_release) struct hashes offices = {0};
	int r = shown ? look_at_row(v, letter, &g, err) : 0;
	if (!r)
		r = letter_seal(v->spool, letter, &g.seal, err);
	if (!r)
		r = statements_of(v->spool, letter, take_statement, &g, err);
	if (!r && reports)
		r = reports_of(v->spool, letter, take_report, &g, err);
	if (!r)
		r = gathered_concerned(&g, reports, &offices, err);
	if (!r)
		r = register_set_look(v, offices.at, offices.n, &g.set, err);
	if (!r && shown)
		r = look_elsewhere(v, &g, err);
	if (!r && shown)
		r = spoken_for(&g, &offices, err);
	if (!r && shown)
		r = acquaint(v, &offices, &g, err);
	if (!r && shown)
		r = look_whether_gone(v, letter, &g, err);
	if (r)
		return r == VALISE_E_NOMEM ? err_nomem(err) : r;
	*ret = g;
	memset(&g, 0, sizeof g);
	return 0;
}

int gather_within(struct valise *v, const struct hash *letter, struct gathered *ret, struct valise_err *err)
{
	return gather_some(v, letter, true, true, ret, err);
}

int gather_plain(struct valise *v, const struct hash *letter, bool reports, struct gathered *ret,
		 struct valise_err *err)
{
	return gather_some(v, letter, reports, false, ret, err);
}

int gather(struct valise *v, const struct hash *letter, struct gathered *ret, struct valise_err *err)
{
	int r = spool_begin_read(v->spool, err);
	if (r)
		return r;
	r = gather_within(v, letter, ret, err);
	spool_rollback(v->spool);
	return r;
}

static struct str bytes_note(const struct gathered *g)
{
	if (g->bytes == VALISE_BYTES_BROKEN)
		return STR("it gives the body another size than it has");
	return *g->let_go ? str_of(g->let_go) : (struct str){NULL, 0};
}

struct evidence gathered_evidence(const struct valise *v, const struct gathered *g)
{
	return (struct evidence){
		.seal = g->seal,
		.registers = g->set.registers,
		.statements = g->statements,
		.n_statements = g->n_statements,
		.reports = g->reports,
		.n_reports = g->n_reports,
		.elsewhere = g->elsewhere,
		.n_elsewhere = g->n_elsewhere,
		.excerpts = g->excerpts,
		.n_excerpts = g->n_excerpts,
		.damaged = g->damaged.at,
		.n_damaged = g->damaged.n,
		.acquaintances = g->acquaintances,
		.n_acquaintances = g->n_acquaintances,
		.bytes = g->bytes,
		.bytes_note = bytes_note(g),
		.now_s = office_now(v),
		.looks_back = v->looks_back,
		.as_of_s = v->as_of_s,
		.n_set_back = v->n_set_back,
	};
}
