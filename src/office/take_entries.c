/* SPDX-License-Identifier: Apache-2.0 */
/* Register entries from bags: kept aside until the bag's end, then judged office by office with what is held. */
#include "office/taking.h"

#include "base/limits.h"

#define PENDING_MAX_BYTES (32u * 1024 * 1024)

void take_entries_drop(struct take_in *t)
{
	for (size_t i = 0; i < t->n_pending; i++)
		verified_entry_free(t->pending[i]);
	t->n_pending = 0;
	t->pending_bytes = 0;
}

static int is_wanted_office(struct take_in *t, const struct hash *office, bool *ret)
{
	uint64_t bytes, count;
	*ret = true;
	if (hashes_have(&t->concerned, office))
		return 0;
	int r = entries_size(t->v->spool, office, &bytes, &count, t->err);
	*ret = count > 0;
	return r;
}

/* All pending entries of one office, judged with what is held; those that its keepers properly signed are kept. */
static int settle_office(struct take_in *t, const struct hash *office)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	uint64_t bytes = 0, count = 0;
	int r = register_set_load(t->v, office, 1, &set, t->err);
	if (!r)
		r = entries_size(t->v->spool, office, &bytes, &count, t->err);
	for (size_t i = 0; i < t->n_pending && !r; i++)
		if (hash_eq(verified_entry_office(t->pending[i]), office))
			r = registers_add(set.registers, t->pending[i], t->err);
	if (!r)
		r = registers_judge(set.registers, t->err);
	const struct office_register *o = r ? NULL : registers_office(set.registers, office);
	for (size_t i = 0; i < t->n_pending && !r; i++) {
		const struct verified_entry *e = t->pending[i];
		bool is_new = false;
		if (!hash_eq(verified_entry_office(e), office))
			continue;
		if (!o || !office_entry(o, &e->note.id)) {
			t->orphans = true;
			continue;
		}
		bytes += e->note.len;
		if (++count > LIMIT_REGISTER_ENTRIES || bytes > LIMIT_REGISTER_BYTES)
			return take_in_finding(
				t, "an office's register is longer than any may be; the rest of it was left", NULL);
		r = entry_put(t->v->spool, e, t->now_s, &is_new, t->err);
		if (!r && is_new) {
			t->r.entries++;
			r = take_in_count(t);
			if (!r)
				r = take_in_begin(t);
		}
	}
	return r;
}

int take_entries_settle(struct take_in *t)
{
	CLEANUP(hashes_release) struct hashes done = {0};
	int r = t->n_pending ? take_in_begin(t) : 0;
	for (size_t i = 0; i < t->n_pending && !r; i++) {
		const struct hash *office = verified_entry_office(t->pending[i]);
		size_t before = done.n;
		bool wanted;
		r = hashes_add(&done, office, t->err);
		if (r || done.n == before)
			continue;
		r = is_wanted_office(t, office, &wanted);
		if (!r && wanted)
			r = settle_office(t, office);
	}
	take_entries_drop(t);
	return r;
}

int take_entry(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	struct verified_entry *e = NULL;
	bool has = false;
	int r = entry_has(t->v->spool, &rec->of, &has, t->err);
	if (r || has)
		return r;
	r = register_entry_verify(rec->data, rec->len, &e, &why);
	if (r)
		return take_in_refuse(t, r, "a register entry was refused", &why);
	if (t->n_pending == t->cap_pending) {
		size_t cap = t->cap_pending ? 2 * t->cap_pending : 64;
		struct verified_entry **grown = realloc(t->pending, cap * sizeof *grown);
		if (!grown) {
			verified_entry_free(e);
			return err_nomem(t->err);
		}
		t->pending = grown;
		t->cap_pending = cap;
	}
	t->pending[t->n_pending++] = e;
	t->pending_bytes += e->note.len;
	if (t->pending_bytes <= PENDING_MAX_BYTES)
		return 0;
	t->orphans = true;
	return take_entries_settle(t);
}
