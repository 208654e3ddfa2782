/* SPDX-License-Identifier: Apache-2.0 */
/* The one pure function that turns a set of verified items into accounts (spec/accounts.md). */
#include <stdlib.h>

#include "evidence/fingerprint.h"
#include "evidence/work.h"

#define SENTENCE_BYTES (64u * 1024) /* every list in a sentence is cut, and every name */

/* The accounts and the memory of everything in them. */
struct owned_accounts {
	struct valise_accounts a;
	struct arena arena;
};

void valise_accounts_free(struct valise_accounts *a)
{
	if (!a)
		return;
	struct owned_accounts *owned = (struct owned_accounts *)a;
	arena_release(&owned->arena);
	free(owned);
}

static void accounts_freep(struct owned_accounts **owned)
{
	if (*owned)
		valise_accounts_free(&(*owned)->a);
}

static void show_letter(struct work *w)
{
	struct valise_accounts *a = w->a;
	const struct hash *letter = &w->e->seal->note.id;
	a->letter = arena_text(w->out, str_of(hash_hex(letter).text));
	a->short_id = arena_text(w->out, str_of(hash_short(letter).text));
	a->has_as_of = w->e->looks_back;
	a->as_of_s = w->e->as_of_s;
	a->date_s = w->seal->date_s;
	a->ref = arena_shown(w->out, w->seal->ref);
	a->paper = arena_shown(w->out, w->seal->paper);
	a->has_answer_by = w->seal->has_answer_by;
	a->answer_by_s = w->seal->answer_by_s;
	a->body_bytes = w->seal->body_bytes;
	a->cover_bytes = w->seal->cover_bytes;
}

static void show_offices(struct work *w)
{
	struct valise_office_view *views = ARENA_NEW(w->out, struct valise_office_view, w->n_offices);
	for (uint32_t i = 0; views && i < w->n_offices; i++) {
		const struct work_office *o = &w->offices[w->shown[i]];
		const struct verified_entry *a, *b;
		views[i] = (struct valise_office_view){
			.id = arena_text(w->out, str_of(hash_hex(&o->id).text)),
			.fingerprint = arena_text(w->out, str_of(fingerprint_text(&o->id).text)),
			.name = o->reg ? arena_shown(w->out, office_name(o->reg)) : NULL,
			.petname = arena_shown(w->out, o->petname),
			.label = o->label,
			.is_self = o->is_self,
			.checked = o->is_checked,
			.forked = o->reg && office_fork(o->reg, &a, &b),
		};
	}
	w->a->offices = views;
	w->a->n_offices = views ? w->n_offices : 0;
}

static void show_lists(struct work *w, const struct statement *v, struct valise_said *s)
{
	const char **text = ARENA_NEW(w->out, const char *, v->n_text);
	const char **regarding = ARENA_NEW(w->out, const char *, v->n_regarding);
	if (!text || !regarding)
		return;
	for (size_t i = 0; i < v->n_text; i++)
		text[i] = arena_shown(w->out, v->text[i]);
	for (size_t i = 0; i < v->n_regarding; i++)
		regarding[i] = arena_text(w->out, str_of(hash_hex(&v->regarding[i]).text));
	s->text = text;
	s->n_text = v->n_text;
	s->regarding = regarding;
	s->n_regarding = v->n_regarding;
}

static void show_said(struct work *w)
{
	struct valise_said *said = ARENA_NEW(w->out, struct valise_said, w->n_said);
	for (uint32_t i = 0; said && i < w->n_said; i++) {
		const struct work_said *s = &w->said[i];
		const struct statement *v = &s->v->s;
		said[i] = (struct valise_said){
			.id = arena_text(w->out, str_of(hash_hex(&s->v->note.id).text)),
			.says = says_table[v->says].name,
			.office = w->offices[s->office].shown,
			.title = arena_shown(w->out, s->officer.title),
			.role = role_name(v->role),
			.key = arena_text(w->out, str_of(vkey_text(&v->by).text)),
			.time_s = v->time_s,
			.taken_in_s = s->taken_in_s,
			.nth = v->nth,
			.has_to = v->has_to,
			.to = v->has_to ? w->offices[s->to].shown : 0,
			.medium = arena_shown(w->out, v->medium),
			.when = arena_shown(w->out, v->when),
			.reason = arena_shown(w->out, v->reason),
			.standing = s->standing,
			.counts = s->counts,
			.bystander = s->bystander,
			.unattended = s->unattended,
		};
		show_lists(w, v, &said[i]);
		say_standing(w, s->standing, &s->officer, v->role, v->time_s);
		said[i].standing_text = arena_take(w->out, &w->text);
	}
	w->a->said = said;
	w->a->n_said = said ? w->n_said : 0;
}

static bool is_past(const struct work *w, const struct work_office *o)
{
	uint32_t reviewed = o->first[SAYS_REVIEWED];
	return o->is_recipient && w->seal->has_answer_by && w->e->now_s > w->seal->answer_by_s &&
	       (reviewed == WORK_NONE || w->said[reviewed].v->s.time_s > w->seal->answer_by_s);
}

static void show_party(struct work *w, uint32_t shown, struct valise_party *p)
{
	const struct work_office *o = &w->offices[w->shown[shown]];
	size_t *said = ARENA_NEW(w->out, size_t, o->n_said);
	if (!said)
		return;
	for (uint32_t i = 0; i < o->n_said; i++)
		said[i] = o->said[i];
	const char *service = o->first[SAYS_SERVICE_ACCEPTED] != WORK_NONE   ? says_table[SAYS_SERVICE_ACCEPTED].name
			      : o->first[SAYS_SERVICE_DECLINED] != WORK_NONE ? says_table[SAYS_SERVICE_DECLINED].name
									     : NULL;
	const size_t *reported = reported_places(w, &o->reported);
	*p = (struct valise_party){
		.office = shown,
		.identified_as = o->identified_as,
		.n_identified_as = o->n_identified_as,
		.is_sender = o->is_sender,
		.is_recipient = o->is_recipient,
		.is_holder = o->handed_to || o->on_deposit,
		.is_bystander = !office_is_party(o) && !o->on_deposit,
		.state = work_state(o),
		.service = service,
		.past_answer_by = is_past(w, o),
		.said = said,
		.n_said = o->n_said,
		.reported = reported,
		.n_reported = reported ? o->reported.n : 0,
	};
	p->sentence = party_sentence(w, p);
}

/* Addressees without a card stand after the recipients who have one, unless they are known to be one of those. */
static void show_parties(struct work *w)
{
	size_t n_cardless = 0;
	for (size_t i = 0; i < w->seal->n_addressees; i++)
		n_cardless += !is_identified(w, i);
	size_t n = w->n_parties + n_cardless;
	struct valise_party *parties = ARENA_NEW(w->out, struct valise_party, n);
	if (!parties)
		return;
	for (uint32_t i = 0; i < w->n_parties; i++)
		show_party(w, i, &parties[i < w->n_addressed ? i : i + n_cardless]);
	struct valise_party *p = parties + w->n_addressed;
	for (size_t i = 0; i < w->seal->n_addressees; i++) {
		if (is_identified(w, i))
			continue;
		const size_t *reported = reported_places(w, &w->addressed[i]);
		*p++ = (struct valise_party){.office = SIZE_MAX,
					     .addressee = arena_shown(w->out, w->seal->addressees[i]),
					     .is_recipient = true,
					     .sentence = addressee_sentence(w, i),
					     .reported = reported,
					     .n_reported = reported ? w->addressed[i].n : 0};
	}
	w->a->parties = parties;
	w->a->n_parties = n;
}

static void show_disagreements(struct work *w)
{
	w->found_end = &w->found;
	find_disagreements(w);
	size_t n = 0;
	for (const struct work_found *f = w->found; f; f = f->next)
		n++;
	struct valise_disagreement *all = ARENA_NEW(w->out, struct valise_disagreement, n);
	n = 0;
	for (const struct work_found *f = w->found; all && f; f = f->next)
		all[n++] = f->d;
	w->a->disagreements = all;
	w->a->n_disagreements = n;
}

/* Named, so that nobody takes them for left out. */
static void show_broken(struct work *w)
{
	const char **broken = ARENA_NEW(w->out, const char *, w->e->n_broken);
	for (size_t i = 0; broken && i < w->e->n_broken; i++)
		broken[i] = arena_shown(w->out, w->e->broken[i]);
	w->a->broken = broken;
	w->a->n_broken = broken ? w->e->n_broken : 0;
}

static void work_release(struct work *w)
{
	buf_release(&w->text);
	arena_release(&w->scratch);
}

int evidence_accounts(const struct evidence *e, struct valise_accounts **ret, struct valise_err *err)
{
	CLEANUP(accounts_freep) struct owned_accounts *owned = calloc(1, sizeof *owned);
	if (!owned)
		return err_nomem(err);
	owned->arena = (struct arena)ARENA_INIT(LIMIT_ACCOUNTS_BYTES);
	CLEANUP(work_release)
	struct work w = {
		.e = e,
		.seal = &e->seal->s,
		.a = &owned->a,
		.out = &owned->arena,
		.scratch = ARENA_INIT(LIMIT_ACCOUNTS_BYTES),
		.text = BUF_INIT(SENTENCE_BYTES),
	};
	int r = work_begin(&w, err);
	if (r)
		return r;
	label_offices(&w);
	show_letter(&w);
	show_offices(&w);
	judge_bytes(&w);
	judge_signatures(&w);
	judge_keys(&w);
	show_said(&w);
	list_reported(&w);
	show_parties(&w);
	show_broken(&w);
	list_disclosed(&w);
	owned->a.sentence = letter_sentence(&w);
	show_disagreements(&w);
	list_not_shown(&w);
	r = arena_check(&w.scratch, err);
	if (!r)
		r = arena_check(&owned->arena, err);
	if (r)
		return r;
	*ret = &owned->a;
	owned = NULL;
	return 0;
}
