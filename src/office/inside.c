/* SPDX-License-Identifier: Apache-2.0 */
/* Whom bags inside our office are wrapped for, and which letters are our office's. */
#include "office/inside.h"

#include "crypto/digest.h"

static int point_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct age_recipient));
}

int inside_audience(const struct office_register *self, int64_t now_s, struct recipients *ret, struct hash *ret_id,
		    struct valise_err *err)
{
	int r = office_recipients(self, ROLE_CLERK | ROLE_COURIER | ROLE_READER, now_s, ret, err);
	if (r)
		return r;
	if (!ret->n)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"no clerk, courier or reader of your office is in standing, so that there is no key to wrap for; see "
			"`valise officer add`");
	qsort(ret->at, ret->n, sizeof *ret->at, point_order);
	digest_once(ret->at, ret->n * sizeof *ret->at, ret_id);
	return 0;
}

int inside_concerns(const struct valise *v, const struct gathered *g, bool *ret, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	int r = gathered_recipients(g, &to, err);
	if (r)
		return r;
	bool ours = hash_eq(&g->seal->s.from.office, &v->self) || hashes_have(&to, &v->self);
	for (size_t i = 0; i < g->n_statements && !ours; i++) {
		const struct verified_statement *s = g->statements[i].statement;
		bool handed_us = (s->s.says == SAYS_HANDED || s->s.says == SAYS_DELIVERED) && s->s.has_to &&
				 hash_eq(&s->s.to, &v->self);
		ours = (handed_us || hash_eq(&s->s.office.office, &v->self)) && statement_stands(&g->set, s);
	}
	for (size_t i = 0; i < g->n_reports && !ours; i++)
		ours = hash_eq(&g->reports[i].report->r.office.office, &v->self) &&
		       report_stands(&g->set, g->reports[i].report);
	*ret = ours;
	return 0;
}
