/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts what was said about a letter, and settles who takes part in it and whose word counts (spec/accounts.md, "What counts"). */
#include <stdlib.h>

#include "evidence/work.h"

static int said_id_cmp(const void *a, const void *b)
{
	const struct work_said *x = a, *y = b;
	int c = hash_cmp(&x->v->note.id, &y->v->note.id);
	return c ? c : (x->taken_in_s > y->taken_in_s) - (x->taken_in_s < y->taken_in_s);
}

static int said_time_cmp(const void *a, const void *b)
{
	const struct work_said *x = a, *y = b;
	int c = (x->v->s.time_s > y->v->s.time_s) - (x->v->s.time_s < y->v->s.time_s);
	/* Within one second a letter's course, which is the table's order, is the likelier one. */
	if (!c)
		c = (x->v->s.says > y->v->s.says) - (x->v->s.says < y->v->s.says);
	if (!c)
		c = (x->v->s.nth > y->v->s.nth) - (x->v->s.nth < y->v->s.nth);
	return c ? c : hash_cmp(&x->v->note.id, &y->v->note.id);
}

/* The statements about this letter, each once, with the earliest time at which it is known to have been here. */
static void collect_said(struct work *w)
{
	w->said = ARENA_NEW(&w->scratch, struct work_said, w->e->n_statements);
	if (!w->said)
		return;
	uint32_t n = 0;
	for (size_t i = 0; i < w->e->n_statements; i++) {
		const struct witnessed_statement *s = &w->e->statements[i];
		if (hash_eq(&s->statement->s.letter, &w->e->seal->note.id))
			w->said[n++] =
				(struct work_said){.v = s->statement, .taken_in_s = s->taken_in_s, .to = WORK_NONE};
	}
	qsort(w->said, n, sizeof *w->said, said_id_cmp);
	for (uint32_t i = 0; i < n; i++) {
		struct work_said *last = w->n_said ? &w->said[w->n_said - 1] : NULL;
		if (!last || !hash_eq(&last->v->note.id, &w->said[i].v->note.id))
			w->said[w->n_said++] = w->said[i];
		else if (last->taken_in_s == 0)
			last->taken_in_s = w->said[i].taken_in_s;
	}
	qsort(w->said, w->n_said, sizeof *w->said, said_time_cmp);
}

static void collect_offices(struct work *w)
{
	struct hash *ids =
		ARENA_NEW(&w->scratch, struct hash, 1 + w->seal->n_to + 2 * ((size_t)w->n_said + (size_t)w->n_reports));
	if (!ids || !w->said || !w->reports)
		return;
	size_t n = 0;
	ids[n++] = w->seal->from.office;
	for (size_t i = 0; i < w->seal->n_to; i++)
		ids[n++] = w->seal->to[i].office;
	for (uint32_t i = 0; i < w->n_said; i++) {
		ids[n++] = w->said[i].v->s.office.office;
		if (w->said[i].v->s.has_to)
			ids[n++] = w->said[i].v->s.to;
	}
	for (uint32_t i = 0; i < w->n_reports; i++) {
		ids[n++] = w->reports[i].v->r.office.office;
		if (w->reports[i].v->r.has_speaker_office)
			ids[n++] = w->reports[i].v->r.speaker_office;
	}
	qsort(ids, n, sizeof *ids, hash_order);
	size_t distinct = 0;
	for (size_t i = 0; i < n; i++)
		distinct += i == 0 || !hash_eq(&ids[i - 1], &ids[i]);
	w->offices = ARENA_NEW(&w->scratch, struct work_office, distinct);
	for (size_t i = 0; w->offices && i < n; i++) {
		if (i && hash_eq(&ids[i - 1], &ids[i]))
			continue;
		struct work_office *o = &w->offices[w->n_offices++];
		o->id = ids[i];
		o->reg = registers_office(w->e->registers, &o->id);
		for (size_t k = 0; k < SAYS_COUNT; k++)
			o->first[k] = WORK_NONE;
	}
}

uint32_t work_office_of(const struct work *w, const struct hash *office)
{
	uint32_t low = 0, high = w->n_offices;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int c = hash_cmp(&w->offices[middle].id, office);
		if (c == 0)
			return middle;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return WORK_NONE;
}

/* Acquaintances come in any order, perhaps twice: what they say together must not depend on it. */
static void meet_acquaintances(struct work *w)
{
	for (size_t i = 0; i < w->e->n_acquaintances; i++) {
		const struct acquaintance *known = &w->e->acquaintances[i];
		uint32_t at = work_office_of(w, &known->office);
		if (at == WORK_NONE)
			continue;
		struct work_office *o = &w->offices[at];
		o->is_known = true;
		o->is_checked = o->is_checked || known->checked;
		o->is_self = o->is_self || known->is_self;
		if (known->petname.at && (!o->petname.at || str_cmp(known->petname, o->petname) < 0))
			o->petname = known->petname;
	}
}

/* Judges each statement's signer, and gives every office the list of its own. */
static void judge_said(struct work *w)
{
	uint32_t *lists = ARENA_NEW(&w->scratch, uint32_t, w->n_said);
	if (!lists)
		return;
	for (uint32_t i = 0; i < w->n_said; i++) {
		struct work_said *s = &w->said[i];
		const struct statement *v = &s->v->s;
		s->office = work_office_of(w, &v->office.office);
		if (v->has_to)
			s->to = work_office_of(w, &v->to);
		s->standing = standing_judge(w->e->registers, &v->office, &v->by, v->role, v->time_s, &s->v->note.id,
					     &s->officer);
		s->unattended = s->officer.roles & ROLE_MACHINE;
		s->stands = (says_table[v->says].roles & v->role) && standing_suffices(s->standing);
		w->offices[s->office].n_said++;
	}
	for (uint32_t i = 0; i < w->n_offices; i++) {
		w->offices[i].said = lists;
		lists += w->offices[i].n_said;
		w->offices[i].n_said = 0;
	}
	for (uint32_t i = 0; i < w->n_said; i++) {
		struct work_office *o = &w->offices[w->said[i].office];
		o->said[o->n_said++] = i;
	}
}

/* From the sender and the recipients on: whomever a party says that it handed the letter to is a party as well, and so is whomever a
 * holder says that it delivered it to. Each office is looked at when it has become a party, and again when it has become a holder. */
static void find_holders(struct work *w)
{
	uint32_t *queue = ARENA_NEW(&w->scratch, uint32_t, 2 * (size_t)w->n_offices);
	if (!queue)
		return;
	uint32_t n = 0;
	for (uint32_t i = 0; i < w->n_offices; i++) {
		if (office_is_party(&w->offices[i]))
			queue[n++] = i;
	}
	for (uint32_t at = 0; at < n; at++) {
		const struct work_office *giver = &w->offices[queue[at]];
		for (uint32_t i = 0; i < giver->n_said; i++) {
			const struct work_said *s = &w->said[giver->said[i]];
			bool gives =
				s->v->s.says == SAYS_HANDED || (s->v->s.says == SAYS_DELIVERED && giver->handed_to);
			if (!gives || !s->stands || s->to == WORK_NONE || w->offices[s->to].handed_to)
				continue;
			w->offices[s->to].handed_to = true;
			queue[n++] = s->to;
		}
	}
}

static bool word_counts(const struct work *w, const struct work_office *o, const struct work_said *s)
{
	if (w->seal->paper.at && says_table[s->v->s.says].not_of_paper)
		return false;
	switch (says_table[s->v->s.says].counts) {
	case COUNTS_FROM_SENDER:
		return o->is_sender;
	case COUNTS_FROM_RECIPIENT:
		return o->is_recipient;
	case COUNTS_FROM_HOLDER:
		/* A relay takes deposits: nobody hands it anything. */
		return o->handed_to || (s->v->s.says == SAYS_CARRYING && s->unattended);
	case COUNTS_FROM_RECIPIENT_HOLDER:
		return o->is_recipient || o->handed_to;
	case COUNTS_FROM_PARTY:
		return office_is_party(o);
	case COUNTS_FROM_ANYBODY:
		return true;
	}
	return false;
}

static void count_said(struct work *w)
{
	for (uint32_t i = 0; i < w->n_said; i++) {
		struct work_said *s = &w->said[i];
		struct work_office *o = &w->offices[s->office];
		s->bystander = !word_counts(w, o, s);
		s->counts = s->stands && !s->bystander;
		if (!s->counts)
			continue;
		if (o->first[s->v->s.says] == WORK_NONE)
			o->first[s->v->s.says] = i;
		if (s->v->s.says == SAYS_CARRYING && !o->handed_to)
			o->on_deposit = true;
	}
}

/* Sender; recipients in the seal's order; identified ones, holders, bystanders, and whoever is only named, each by id. */
static void order_offices(struct work *w)
{
	w->shown = ARENA_NEW(&w->scratch, uint32_t, w->n_offices);
	bool *placed = ARENA_NEW(&w->scratch, bool, w->n_offices);
	if (!w->shown || !placed)
		return;
	uint32_t n = 0;
	uint32_t sender = work_office_of(w, &w->seal->from.office);
	placed[sender] = true;
	w->shown[n++] = sender;
	for (size_t i = 0; i < w->seal->n_to; i++) {
		uint32_t at = work_office_of(w, &w->seal->to[i].office);
		if (!placed[at])
			w->shown[n++] = at;
		placed[at] = true;
	}
	for (uint32_t i = 0; i < w->n_offices; i++) {
		if (!w->offices[i].is_recipient || placed[i])
			continue;
		placed[i] = true;
		w->shown[n++] = i;
	}
	w->n_addressed = n;
	for (int pass = 0; pass < 3; pass++) {
		for (uint32_t i = 0; i < w->n_offices; i++) {
			const struct work_office *o = &w->offices[i];
			bool now = pass == 0 ? o->handed_to || o->on_deposit : pass == 1 ? o->n_said > 0 : true;
			if (placed[i] || !now)
				continue;
			placed[i] = true;
			w->shown[n++] = i;
		}
		if (pass < 2)
			w->n_parties = n;
	}
	for (uint32_t i = 0; i < n; i++)
		w->offices[w->shown[i]].shown = i;
}

static int id_order(const void *a, const void *b)
{
	const struct work_id *x = a, *y = b;
	return hash_cmp(x->id, y->id);
}

static void index_ids(struct work *w)
{
	struct work_id *ids = ARENA_NEW(&w->scratch, struct work_id, 1 + (size_t)w->n_said + (size_t)w->n_reports);
	if (!ids)
		return;
	ids[w->n_ids++] = (struct work_id){&w->e->seal->note.id, WORK_NONE, NULL};
	for (uint32_t i = 0; i < w->n_said; i++)
		ids[w->n_ids++] = (struct work_id){&w->said[i].v->note.id, i, NULL};
	for (uint32_t i = 0; i < w->n_reports; i++)
		ids[w->n_ids++] = (struct work_id){&w->reports[i].v->note.id, WORK_NONE, &w->reports[i]};
	qsort(ids, w->n_ids, sizeof *ids, id_order);
	w->ids = ids;
}

const struct work_id *work_find(const struct work *w, const struct hash *id)
{
	const struct work_id wanted = {.id = id};
	return w->n_ids ? bsearch(&wanted, w->ids, w->n_ids, sizeof *w->ids, id_order) : NULL;
}

bool is_listed(const struct hash *sorted, size_t n, const struct hash *id)
{
	return n && bsearch(id, sorted, n, sizeof *sorted, hash_order);
}

bool work_is_missing(const struct work *w, const struct hash *id)
{
	return !work_find(w, id) && !is_listed(w->e->elsewhere, w->e->n_elsewhere, id);
}

int work_begin(struct work *w, struct valise_err *err)
{
	if (w->e->n_statements >= WORK_NONE / 4 || w->e->n_reports >= WORK_NONE / 4)
		return err_set(err, VALISE_E_LIMIT,
			       "there are more statements or reports about this letter than can be judged at once");
	collect_said(w);
	collect_reports(w);
	collect_offices(w);
	int r = arena_check(&w->scratch, err);
	if (r)
		return r;
	meet_acquaintances(w);
	w->offices[work_office_of(w, &w->seal->from.office)].is_sender = true;
	for (size_t i = 0; i < w->seal->n_to; i++)
		w->offices[work_office_of(w, &w->seal->to[i].office)].is_recipient = true;
	judge_said(w);
	find_identified(w);
	find_holders(w);
	count_said(w);
	order_offices(w);
	index_ids(w);
	judge_reports(w);
	return arena_check(&w->scratch, err);
}
