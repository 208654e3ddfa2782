/* SPDX-License-Identifier: Apache-2.0 */
/* Register entries from bags: kept aside until the bag's end, then judged office by office with what is held. */
#include "office/taking.h"

#include "base/array.h"
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

/* Office by office; and those of one always in the same order. */
static int by_office(const void *a, const void *b)
{
	const struct verified_entry *const *ea = a, *const *eb = b;
	int c = hash_cmp(verified_entry_office(*ea), verified_entry_office(*eb));
	return c ? c : hash_cmp(&(*ea)->note.id, &(*eb)->note.id);
}

/* The pending entries of one office, [begin, end), judged with what is held; those that its keepers properly signed are kept. */
static int settle_office(struct take_in *t, const struct hash *office, size_t begin, size_t end)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	struct valise_err why = {0};
	uint64_t bytes = 0, count = 0;
	int r = register_set_load(t->v, office, 1, &set, &why);
	t->orphans |= r == VALISE_E_BAD; /* another time, when it can be read */
	if (r)
		return take_in_refuse(t, r, "the entries of a register were left", &why);
	r = entries_size(t->v->spool, office, &bytes, &count, t->err);
	for (size_t i = begin; i < end && !r; i++)
		r = registers_add(set.registers, t->pending[i], t->err);
	if (!r)
		r = registers_judge(set.registers, t->err);
	const struct office_register *o = r ? NULL : registers_office(set.registers, office);
	for (size_t i = begin; i < end && !r; i++) {
		const struct verified_entry *e = t->pending[i];
		bool is_new = false;
		if (!o || !office_entry(o, &e->note.id)) {
			t->orphans = true;
			continue;
		}
		bytes += e->note.len;
		if (++count > LIMIT_REGISTER_ENTRIES || bytes > LIMIT_REGISTER_BYTES)
			return take_in_finding(
				t, "an office's register is longer than any may be; the rest of it was left", NULL);
		r = t->o.look ? take_in_first_look(t, &e->note.id, &is_new)
			      : entry_put(t->v->spool, e, &is_new, t->err);
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
	int r = t->n_pending ? take_in_begin(t) : 0;
	if (t->n_pending)
		qsort(t->pending, t->n_pending, sizeof(*t->pending), by_office);
	for (size_t i = 0, end; i < t->n_pending && !r; i = end) {
		const struct hash *office = verified_entry_office(t->pending[i]);
		bool wanted;
		for (end = i + 1; end < t->n_pending && hash_eq(verified_entry_office(t->pending[end]), office);)
			end++;
		r = is_wanted_office(t, office, &wanted);
		if (!r && wanted)
			r = settle_office(t, office, i, end);
	}
	take_entries_drop(t);
	return r;
}

int take_entry(struct take_in *t, const struct bag_record *rec)
{
	struct valise_err why = {0};
	CLEAN_ENTRY struct verified_entry *e = NULL;
	enum note_here here = NOTE_ABSENT;
	int r = take_record_look(t, NOTE_REGISTER, rec, &here);
	if (r || here == NOTE_SOUND)
		return r;
	r = register_entry_verify(rec->data, rec->len, &e, &why);
	if (r)
		return take_in_refuse(t, r, "a register entry was refused", &why);
	if (here == NOTE_DAMAGED)
		r = take_note_again(t, &e->note, "a register");
	if (r)
		return r;
	struct verified_entry **grown = array_room(t->pending, t->n_pending, &t->cap_pending, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	t->pending = grown;
	t->pending_bytes += e->note.len;
	t->pending[t->n_pending++] = TAKE(e);
	if (t->pending_bytes <= PENDING_MAX_BYTES)
		return 0;
	t->orphans = true;
	return take_entries_settle(t);
}
