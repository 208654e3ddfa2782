/* SPDX-License-Identifier: Apache-2.0 */
/* One account against another: what two offices, or two officers, say that does not go together. */
#include <stdlib.h>

#include "base/text.h"
#include "evidence/work.h"

static int taker_cmp(const void *a, const void *b, void *context)
{
	const uint32_t *x = a, *y = b;
	const struct work *w = context;
	uint32_t s = w->offices[w->said[*x].to].shown, t = w->offices[w->said[*y].to].shown;
	return s != t ? (s > t) - (s < t) : (*x > *y) - (*x < *y);
}

static bool says_anything(const struct work *w, const struct work_office *o)
{
	for (uint32_t i = 0; i < o->n_said; i++) {
		if (w->said[o->said[i]].counts)
			return true;
	}
	return false;
}

static void judge_delivered(struct work *w, const uint32_t *delivered, size_t n)
{
	uint32_t to = w->said[delivered[0]].to;
	const struct work_office *taker = &w->offices[to];
	enum valise_state state = work_state(taker);
	bool silent = taker->is_recipient ? state == VALISE_STATE_NOTHING : !says_anything(w, taker);
	if (!silent && state != VALISE_STATE_REFUSED)
		return;
	say_said(w, delivered[0]);
	if (n > 1)
		buf_addf(&w->text, n == 2 ? ", as does %zu more statement" : ", as do %zu more statements", n - 1);
	if (!silent) {
		uint32_t refused = taker->first[SAYS_REFUSED];
		buf_add_text(&w->text, "; ");
		say_said(w, refused);
		buf_add_char(&w->text, '.');
		add_disagreement(w, "delivered-refused", delivered, n, &w->said[refused].v->note.id, 1);
		return;
	}
	buf_add_text(&w->text, ". ");
	say_no_receipt(w, to);
	add_disagreement(w, "delivered-unconfirmed", delivered, n, NULL, 0);
}

/* A courier says delivered, and the office has said nothing, or that it did not take it. That it was handed something is no more than
 * the giver's word, and no disagreement. */
void find_unconfirmed(struct work *w)
{
	size_t n = 0;
	for (uint32_t i = 0; i < w->n_said; i++) {
		if (w->said[i].counts && w->said[i].v->s.says == SAYS_DELIVERED)
			w->list[n++] = i;
	}
	qsort_r(w->list, n, sizeof *w->list, taker_cmp, w);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && w->said[w->list[end]].to == w->said[w->list[i]].to;)
			end++;
		judge_delivered(w, w->list + i, end - i);
	}
}

/* One word on how the letter came to `taker`: its own, or a giver's. */
struct medium_word {
	uint32_t taker, speaker, said;
	bool is_own;
	struct str medium;
};

static int medium_cmp(const void *a, const void *b)
{
	const struct medium_word *x = a, *y = b;
	if (x->taker != y->taker)
		return x->taker < y->taker ? -1 : 1;
	if (x->is_own != y->is_own)
		return x->is_own ? -1 : 1;
	if (x->speaker != y->speaker)
		return x->speaker < y->speaker ? -1 : 1;
	int c = str_cmp(x->medium, y->medium);
	return c ? c : (x->said > y->said) - (x->said < y->said);
}

/* All words on one taker's hand-over: they differ when one speaker names two media, or the taker one that a giver does not. Two givers
 * that name different ones may have come twice. */
static bool media_differ(const struct medium_word *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		bool comparable = words[i].speaker == words[i - 1].speaker || words[0].is_own;
		const struct medium_word *other = words[i].speaker == words[i - 1].speaker ? &words[i - 1] : &words[0];
		if (comparable && !str_eq(words[i].medium, other->medium))
			return true;
	}
	return false;
}

static void add_media(struct work *w, const struct medium_word *words, size_t n)
{
	buf_add_text(&w->text, "How the letter came to ");
	say_name(w, w->shown[words[0].taker]);
	buf_add_text(&w->text, " is told differently: ");
	size_t distinct = 0;
	for (size_t i = 0; i < n; i++) {
		w->list[i] = words[i].said;
		if (i && words[i].speaker == words[i - 1].speaker && str_eq(words[i].medium, words[i - 1].medium))
			continue;
		if (distinct++ >= 6)
			continue;
		if (distinct > 1)
			buf_add_text(&w->text, ", ");
		say_quoted(w, words[i].medium);
		buf_add_text(&w->text, " says ");
		say_name(w, w->shown[words[i].speaker]);
	}
	if (distinct > 6)
		buf_addf(&w->text, ", and %zu more", distinct - 6);
	buf_add_text(&w->text, ". Neither is chosen here.");
	sort_list(w, n);
	add_disagreement(w, "media-differ", w->list, n, NULL, 0);
}

uint32_t medium_taker(const struct work *w, const struct work_said *s, bool *ret_is_own)
{
	enum says says = s->v->s.says;
	bool is_own = says == SAYS_RECEIVED || says == SAYS_CARRYING || says == SAYS_REFUSED;
	bool gives = (says == SAYS_HANDED || says == SAYS_DELIVERED) && s->to != WORK_NONE;
	if (!s->counts || !s->v->s.medium.at || !(is_own || gives))
		return WORK_NONE;
	*ret_is_own = is_own;
	return w->offices[is_own ? s->office : s->to].shown;
}

void find_media(struct work *w)
{
	struct medium_word *words = ARENA_NEW(&w->scratch, struct medium_word, w->n_said);
	size_t n = 0;
	for (uint32_t i = 0; words && i < w->n_said; i++) {
		const struct work_said *s = &w->said[i];
		bool is_own;
		uint32_t taker = medium_taker(w, s, &is_own);
		if (taker != WORK_NONE)
			words[n++] =
				(struct medium_word){taker, w->offices[s->office].shown, i, is_own, s->v->s.medium};
	}
	if (n)
		qsort(words, n, sizeof *words, medium_cmp);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && words[end].taker == words[i].taker;)
			end++;
		if (media_differ(words + i, end - i))
			add_media(w, words + i, end - i);
	}
}

/* A standing receipt wins over a withdrawal, whatever the times; for the others it stands, as the request that it is. */
void find_withdrawn(struct work *w)
{
	uint32_t withdrawn = w->offices[w->shown[0]].first[SAYS_WITHDRAWN];
	uint32_t *have = ARENA_NEW(&w->scratch, uint32_t, w->n_addressed);
	uint32_t *lack = ARENA_NEW(&w->scratch, uint32_t, w->n_addressed);
	struct hash *receipts = ARENA_NEW(&w->scratch, struct hash, w->n_addressed);
	if (withdrawn == WORK_NONE || !have || !lack || !receipts)
		return;
	size_t n_have = 0, n_lack = 0;
	for (uint32_t i = 0; i < w->n_addressed; i++) {
		const struct work_office *o = &w->offices[w->shown[i]];
		if (o->is_recipient && office_has_letter(o)) {
			uint32_t said = work_state_said(o);
			receipts[n_have] =
				w->said[o->first[SAYS_RECEIVED] != WORK_NONE ? o->first[SAYS_RECEIVED] : said]
					.v->note.id;
			have[n_have++] = w->shown[i];
		} else if (o->is_recipient) {
			lack[n_lack++] = w->shown[i];
		}
	}
	if (n_have) {
		say_said(w, withdrawn);
		buf_add_text(&w->text, ". That is void for ");
		say_names(w, have, n_have);
		buf_add_text(&w->text, n_have == 1 ? ", which says that it has it." : ", which say that they have it.");
		add_disagreement(w, "withdrawn-late", &withdrawn, 1, receipts, n_have);
	}
	if (n_lack) {
		say_said(w, withdrawn);
		buf_add_text(
			&w->text,
			". A request: it does not undo that the letter was sealed and may have arrived. It stands for ");
		say_names(w, lack, n_lack);
		buf_add_char(&w->text, '.');
		add_disagreement(w, "withdrawn", &withdrawn, 1, NULL, 0);
	}
}

#define RECEIPTS_SHOWN 4u

/* A holder that lost, damaged or gave back what another office says that it received. A recipient speaks of what came to itself: what
 * became of that says nothing of what came to another. */
void find_lost(struct work *w)
{
	static const struct {
		enum says says;
		const char *kind;
	} ends[] = {{SAYS_LOST, "lost-but-received"},
		    {SAYS_DAMAGED, "damaged-but-received"},
		    {SAYS_RETURNED, "returned-but-received"}};
	uint32_t receipts[RECEIPTS_SHOWN];
	size_t n_receipts = 0;
	for (uint32_t i = 0; i < w->n_addressed && n_receipts < RECEIPTS_SHOWN; i++) {
		uint32_t received = w->offices[w->shown[i]].first[SAYS_RECEIVED];
		if (received != WORK_NONE)
			receipts[n_receipts++] = received;
	}
	for (uint32_t i = 0; n_receipts && i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		for (size_t k = 0; o && !o->is_recipient && k < sizeof ends / sizeof ends[0]; k++) {
			uint32_t notes[1 + RECEIPTS_SHOWN] = {o->first[ends[k].says]};
			if (notes[0] == WORK_NONE)
				continue;
			say_said(w, notes[0]);
			for (size_t r = 0; r < n_receipts; r++) {
				buf_add_text(&w->text, "; ");
				say_said(w, receipts[r]);
				notes[1 + r] = receipts[r];
			}
			buf_add_char(&w->text, '.');
			add_disagreement(w, ends[k].kind, notes, 1 + n_receipts, NULL, 0);
		}
	}
}

struct proposal_word {
	const struct hash *proposal;
	uint32_t said;
};

static int proposal_cmp(const void *a, const void *b)
{
	const struct proposal_word *x = a, *y = b;
	int c = hash_cmp(x->proposal, y->proposal);
	return c ? c : (x->said > y->said) - (x->said < y->said);
}

static void judge_proposal(struct work *w, const struct proposal_word *words, size_t n)
{
	uint32_t held = WORK_NONE, off = WORK_NONE;
	for (size_t i = 0; i < n; i++) {
		uint32_t *first = w->said[words[i].said].v->s.says == SAYS_HELD ? &held : &off;
		if (*first == WORK_NONE)
			*first = words[i].said;
	}
	if (held == WORK_NONE || off == WORK_NONE)
		return;
	say_said(w, held);
	buf_add_text(&w->text, "; of the same proposal: ");
	say_said(w, off);
	buf_add_char(&w->text, '.');
	add_disagreement(w, "held-and-called-off", (const uint32_t[]){held, off}, 2, words[0].proposal, 1);
}

static void find_proposals(struct work *w)
{
	struct proposal_word *words = ARENA_NEW(&w->scratch, struct proposal_word, (size_t)w->n_said * LIMIT_REGARDING);
	size_t n = 0;
	for (uint32_t i = 0; words && i < w->n_said; i++) {
		const struct statement *s = &w->said[i].v->s;
		for (size_t k = 0;
		     w->said[i].counts && (s->says == SAYS_HELD || s->says == SAYS_CALLED_OFF) && k < s->n_regarding;
		     k++)
			words[n++] = (struct proposal_word){&s->regarding[k], i};
	}
	if (n)
		qsort(words, n, sizeof *words, proposal_cmp);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && hash_eq(words[end].proposal, words[i].proposal);)
			end++;
		const struct work_id *proposal = work_find(w, words[i].proposal);
		if (proposal && proposal->said != WORK_NONE && w->said[proposal->said].v->s.says == SAYS_PROPOSED)
			judge_proposal(w, words + i, end - i);
	}
}

const struct opposites opposites[OPPOSITES] = {
	{SAYS_RECEIVED, SAYS_REFUSED, "refused-and-received"},
	{SAYS_OPENED, SAYS_DEFECT, "defect-and-opened"},
	{SAYS_SERVICE_ACCEPTED, SAYS_SERVICE_DECLINED, "service-both"},
};

/* Two words of one office that contradict each other; and a proposal that was held and called off. */
void find_opposites(struct work *w)
{
	for (uint32_t i = 0; i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		for (size_t k = 0; o && k < OPPOSITES; k++) {
			uint32_t one = o->first[opposites[k].one], other = o->first[opposites[k].other];
			if (one == WORK_NONE || other == WORK_NONE)
				continue;
			say_said(w, one);
			buf_add_text(&w->text, "; ");
			say_said(w, other);
			buf_add_char(&w->text, '.');
			add_disagreement(w, opposites[k].kind, (const uint32_t[]){one, other}, 2, NULL, 0);
		}
	}
	find_proposals(w);
}
