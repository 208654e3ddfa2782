/* SPDX-License-Identifier: Apache-2.0 */
/* What our office has filed about a letter, found by what it says. */
#include "office/filed.h"

#include "base/array.h"
#include "crypto/digest.h"
#include "spool/reports.h"

struct filed_report {
	struct hash content, id;
};

void filed_release(struct filed *f)
{
	hash_index_release(&f->index);
	free(f->at);
	*f = (struct filed){0};
}

/* The line of the office and those after it tell who signs, and when (spec/report.md). */
static struct hash content_of(struct str text)
{
	struct hash content;
	const struct str office = STR("\noffice ");
	const char *end = memmem(text.at, text.len, office.at, office.len);
	digest_once(text.at, end ? (size_t)(end - text.at) : text.len, &content);
	return content;
}

static int append(struct filed *f, struct str text, const struct hash *id, struct valise_err *err)
{
	struct filed_report *grown = array_room(f->at, f->n, &f->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	f->at = grown;
	f->at[f->n++] = (struct filed_report){content_of(text), *id};
	return 0;
}

const struct hash *filed_find(const struct filed *f, struct str text)
{
	struct hash content = content_of(text);
	size_t i;
	return hash_index_get(&f->index, &content, &i) ? &f->at[i].id : NULL;
}

int filed_add(struct filed *f, struct str text, const struct hash *id, struct valise_err *err)
{
	int r = append(f, text, id, err);
	return r ? r : hash_index_put(&f->index, &f->at[f->n - 1].content, f->n - 1, err);
}

/* ---- What is here ---- */

struct filing {
	const struct hash *office;
	const struct register_set *self;
	struct filed filed;
	struct hashes corrected;
	struct valise_err *err;
};

static int look_at(void *context, struct verified_report *p, int64_t taken_in_s)
{
	struct filing *g = context;
	bool is_ours = hash_eq(&p->r.office.office, g->office) && report_stands(g->self, p);
	(void)taken_in_s;
	int r = is_ours ? append(&g->filed, p->note.text, &p->note.id, g->err) : 0;
	for (size_t i = 0; is_ours && i < p->r.n_regarding && !r; i++)
		r = hashes_add(&g->corrected, &p->r.regarding[i], g->err);
	verified_report_free(p);
	return r;
}

int filed_load(struct valise *v, const struct register_set *self, const struct hash *letter, struct filed *ret,
	       struct valise_err *err)
{
	struct filing g = {.office = &v->self, .self = self, .err = err};
	int r = reports_of(v->spool, letter, look_at, &g, err);
	for (size_t i = 0; i < g.filed.n && !r; i++)
		if (!hashes_have(&g.corrected, &g.filed.at[i].id))
			r = hash_index_put(&g.filed.index, &g.filed.at[i].content, i, err);
	hashes_release(&g.corrected);
	if (r) {
		filed_release(&g.filed);
		return r;
	}
	*ret = g.filed;
	return 0;
}
