/* SPDX-License-Identifier: Apache-2.0 */
/* The one sentence for each party, and the one for the letter (spec/accounts.md, "Sentences"). */
#include <inttypes.h>

#include "evidence/work.h"

/* From the furthest back: which counted word of a recipient makes which state. */
static const struct {
	enum says says;
	enum valise_state state;
	const char *in_brief; /* "1 says that it ..." */
} steps[] = {
	{SAYS_REVIEWED, VALISE_STATE_REVIEWED, "reviewed it"},    {SAYS_OPENED, VALISE_STATE_OPENED, "opened it"},
	{SAYS_DEFECT, VALISE_STATE_DEFECT, "found it defective"}, {SAYS_RECEIVED, VALISE_STATE_RECEIVED, "received it"},
	{SAYS_REFUSED, VALISE_STATE_REFUSED, "did not take it"},
};
#define STEPS (sizeof steps / sizeof steps[0])

enum valise_state state_of(enum says says)
{
	for (size_t i = 0; i < STEPS; i++) {
		if (steps[i].says == says)
			return steps[i].state;
	}
	return VALISE_STATE_NOTHING;
}

enum valise_state work_state(const struct work_office *o)
{
	for (size_t i = 0; i < STEPS; i++) {
		if (o->is_recipient && o->first[steps[i].says] != WORK_NONE)
			return steps[i].state;
	}
	return VALISE_STATE_NOTHING;
}

uint32_t work_state_said(const struct work_office *o)
{
	for (size_t i = 0; i < STEPS; i++) {
		if (o->is_recipient && o->first[steps[i].says] != WORK_NONE)
			return o->first[steps[i].says];
	}
	return WORK_NONE;
}

/* The last counted statement, and how many there are. */
static uint32_t last_counted(const struct work *w, const struct work_office *o, size_t *ret_n)
{
	uint32_t last = WORK_NONE;
	*ret_n = 0;
	for (uint32_t i = 0; i < o->n_said; i++) {
		if (!w->said[o->said[i]].counts)
			continue;
		last = o->said[i];
		(*ret_n)++;
	}
	return last;
}

/* Nothing counted by this office is here; what is here in its name is not passed over. */
static void say_nothing(struct work *w, uint32_t office)
{
	const struct work_office *o = &w->offices[office];
	const char *counted = o->n_said ? " that counts" : "";
	if (w->e->is_dossier)
		buf_addf(&w->text, "This dossier holds no statement%s by ", counted);
	else
		buf_addf(&w->text, "Nothing%s %s ", counted, o->is_self ? "by" : "from");
	say_name(w, office);
	if (!w->e->is_dossier)
		buf_addf(&w->text, "%s %s", any_told(&o->reported, false) ? " itself" : "", has_reached(w, office));
	if (o->n_said)
		buf_add_text(&w->text,
			     "; what is here in its name is by signers whose standing does not hold or cannot be "
			     "judged, or is not for it to say");
	buf_add_char(&w->text, '.');
}

/* What else is counted after `said`: at most three, then a number. */
static void say_later(struct work *w, uint32_t office, uint32_t said)
{
	const struct work_office *o = &w->offices[office];
	size_t n = 0;
	for (uint32_t i = 0; i < o->n_said; i++) {
		const struct work_said *s = &w->said[o->said[i]];
		if (o->said[i] <= said || !s->counts || s->v->s.says == w->said[said].v->s.says)
			continue;
		if (n < 3)
			buf_addf(&w->text, "%s%s on %s", n ? ", " : " Later it says: ", says_table[s->v->s.says].name,
				 when_text(s->v->s.time_s).text);
		n++;
	}
	if (n > 3)
		buf_addf(&w->text, " and %zu more", n - 3);
	if (n > 0) {
		buf_add_text(&w->text, ".");
	} else if (w->e->is_dossier) {
		buf_add_text(&w->text, " This dossier holds nothing later by ");
		say_name(w, office);
		buf_add_char(&w->text, '.');
	} else {
		buf_addf(&w->text, " Nothing later %s.", has_reached(w, office));
	}
}

static bool is_past_answer_by(const struct work *w)
{
	return w->seal->has_answer_by && w->e->now_s > w->seal->answer_by_s;
}

static void say_answer_by(struct work *w, uint32_t office)
{
	const struct work_office *o = &w->offices[office];
	if (!is_past_answer_by(w) || !o->is_recipient)
		return;
	enum valise_state state = work_state(o);
	const struct when_text when = when_text(w->seal->answer_by_s);
	const char *by = when.text;
	const char *here = has_reached(w, office);
	if (state == VALISE_STATE_NOTHING)
		buf_addf(&w->text, " No answer by %s %s.", by, here);
	else if (state < VALISE_STATE_REVIEWED)
		buf_addf(&w->text, " No word of a review by %s %s.", by, here);
	else if (w->said[o->first[SAYS_REVIEWED]].v->s.time_s > w->seal->answer_by_s)
		buf_addf(&w->text, " An answer was asked for by %s.", by);
}

/* The sender's request not to take the letter, while one of these recipients does not say that it has it. */
static void say_withdrawal(struct work *w, const uint32_t *recipients, size_t n)
{
	uint32_t withdrawn = w->offices[w->shown[0]].first[SAYS_WITHDRAWN];
	for (size_t i = 0; withdrawn != WORK_NONE && i < n; i++) {
		if (!office_has_letter(&w->offices[recipients[i]])) {
			buf_add_char(&w->text, ' ');
			say_said(w, withdrawn);
			buf_add_char(&w->text, '.');
			return;
		}
	}
}

/* While it says itself of no step that it has the letter, what is reported of it follows, marked as that. */
static void say_recipient(struct work *w, uint32_t office, bool steps_only)
{
	const struct work_office *o = &w->offices[office];
	uint32_t said = work_state_said(o);
	size_t n_counted;
	uint32_t last = last_counted(w, o, &n_counted);
	if (said != WORK_NONE) {
		say_said(w, said);
		buf_add_char(&w->text, '.');
		say_later(w, office, said);
	} else if (n_counted == 0) {
		say_nothing(w, office);
	} else {
		say_no_receipt(w, office);
		buf_add_char(&w->text, ' ');
		say_said(w, last);
		buf_add_char(&w->text, '.');
	}
	say_answer_by(w, office);
	say_withdrawal(w, &office, 1);
	if (said == WORK_NONE)
		say_reports(w, &o->reported, steps_only);
}

static void say_sender(struct work *w, uint32_t office)
{
	const struct work_office *o = &w->offices[office];
	say_name(w, office);
	buf_addf(&w->text, " sealed it on %s (own clock)", when_text(w->seal->date_s).text);
	if (w->sealer.title.at) {
		buf_add_text(&w->text, ", signed by ");
		say_quoted(w, w->sealer.title);
	}
	buf_add_char(&w->text, '.');
	size_t n_counted;
	uint32_t last = last_counted(w, o, &n_counted);
	if (last != WORK_NONE) {
		buf_add_char(&w->text, ' ');
		say_said(w, last);
		buf_add_char(&w->text, '.');
	}
	if (o->is_recipient) {
		buf_add_char(&w->text, ' ');
		say_recipient(w, office, false);
	} else if (last == WORK_NONE) {
		say_reports(w, &o->reported, false);
	}
}

static void say_holder(struct work *w, uint32_t office)
{
	size_t n_counted;
	uint32_t last = last_counted(w, &w->offices[office], &n_counted);
	if (last == WORK_NONE) {
		say_nothing(w, office);
		buf_add_text(&w->text, " That the letter was handed to it is another's word.");
		say_reports(w, &w->offices[office].reported, false);
		return;
	}
	say_said(w, last);
	buf_add_char(&w->text, '.');
	say_later(w, office, last);
}

const char *addressee_sentence(struct work *w, size_t addressee)
{
	say_quoted(w, w->seal->addressees[addressee]);
	buf_add_text(&w->text,
		     " has no card: nobody can sign for that name, and only others can say what became of the letter.");
	say_reports(w, &w->addressed[addressee], false);
	return arena_take(w->out, &w->text);
}

/* By which of the seal's addressees the sender knows it. */
static void say_identified(struct work *w, const struct valise_party *p)
{
	for (size_t i = 0; i < p->n_identified_as && i < NAMES_IN_A_LIST; i++) {
		buf_add_text(&w->text, i ? ", " : " Known to the sender as the addressee ");
		say_quoted(w, str_of(p->identified_as[i]));
	}
	if (p->n_identified_as > NAMES_IN_A_LIST)
		buf_addf(&w->text, " and %zu more", p->n_identified_as - NAMES_IN_A_LIST);
	if (p->n_identified_as)
		buf_add_char(&w->text, '.');
}

const char *party_sentence(struct work *w, const struct valise_party *p)
{
	uint32_t office = w->shown[p->office];
	if (p->is_sender) {
		say_sender(w, office);
	} else if (p->is_recipient) {
		say_recipient(w, office, false);
	} else if (p->is_holder) {
		say_holder(w, office);
	} else {
		say_name(w, office);
		buf_add_text(&w->text, " is no party of this letter: what it says is shown apart and moves nothing.");
	}
	say_identified(w, p);
	return arena_take(w->out, &w->text);
}

/* What became of it since, and is no step. */
static const struct {
	enum says says;
	const char *in_brief;
} ends[] = {
	{SAYS_LOST, "no longer holds it"},
	{SAYS_DAMAGED, "holds it damaged"},
	{SAYS_RETURNED, "gave it back"},
	{SAYS_DESTROYED, "destroyed what it held"},
};

static void say_ends(struct work *w, const uint32_t *recipients, size_t n)
{
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		size_t so_many = 0;
		for (size_t k = 0; k < n; k++)
			so_many += w->offices[recipients[k]].first[ends[i].says] != WORK_NONE;
		if (so_many)
			buf_addf(&w->text, "; %zu %s that it %s", so_many, so_many == 1 ? "says" : "each say",
				 ends[i].in_brief);
	}
}

/* "Of 3 recipients, 1 says that it reviewed it, 1 says that it received it; nothing of receipt has reached you from Mission Oslo." */
static void say_recipients(struct work *w, const uint32_t *recipients, size_t n)
{
	buf_addf(&w->text, "Of %zu recipients", n);
	const char *between = ", ";
	size_t n_said = 0;
	for (size_t i = 0; i < STEPS; i++) {
		size_t so_many = 0;
		for (size_t k = 0; k < n; k++)
			so_many += work_state(&w->offices[recipients[k]]) == steps[i].state;
		n_said += so_many;
		if (so_many)
			buf_addf(&w->text, "%s%zu %s that it %s", between, so_many, so_many == 1 ? "says" : "each say",
				 steps[i].in_brief);
	}
	say_ends(w, recipients, n);
	uint32_t *silent = ARENA_NEW(&w->scratch, uint32_t, n);
	size_t n_silent = 0;
	for (size_t k = 0; silent && k < n; k++) {
		if (work_state(&w->offices[recipients[k]]) == VALISE_STATE_NOTHING)
			silent[n_silent++] = recipients[k];
	}
	if (n_silent) {
		buf_add_text(&w->text, n_said ? "; " : ": ");
		buf_add_text(&w->text, w->e->is_dossier   ? "this dossier holds no receipt by "
				       : w->e->looks_back ? "by then no receipt had reached you from "
							  : "no receipt has reached you from ");
		say_names(w, silent, n_silent);
	}
	buf_add_char(&w->text, '.');
}

/* Of which recipients that say of no step that they have it reports say so; `offices` are those with a card. */
static void say_who_is_reported(struct work *w, const uint32_t *offices, size_t n_offices)
{
	size_t n = 0;
	for (size_t i = 0; i < n_offices + w->seal->n_addressees; i++) {
		const struct work_office *o = i < n_offices ? &w->offices[offices[i]] : NULL;
		const struct report_list *l = o ? &o->reported : &w->addressed[i - n_offices];
		if ((o && work_state(o) != VALISE_STATE_NOTHING) || !any_told(l, true))
			continue;
		if (n < NAMES_IN_A_LIST) {
			buf_add_text(&w->text, n ? ", " : " Reports, which are hearsay, say more of ");
			if (o)
				say_name(w, offices[i]);
			else
				say_quoted(w, w->seal->addressees[i - n_offices]);
		}
		n++;
	}
	if (n > NAMES_IN_A_LIST)
		buf_addf(&w->text, " and %zu more", n - NAMES_IN_A_LIST);
	if (n)
		buf_add_char(&w->text, '.');
}

const char *letter_sentence(struct work *w)
{
	if (w->e->bytes == VALISE_BYTES_BROKEN)
		buf_add_text(&w->text, "The bytes here do not match the seal. ");
	if (w->a->sender_standing == VALISE_STANDING_INCOMPLETE || w->a->sender_standing == VALISE_STANDING_NO_REGISTER)
		buf_add_text(&w->text, "Whether the seal's signer may sign for its office cannot be judged here. ");
	else if (!w->a->sender_standing_good)
		buf_add_text(&w->text, "The seal's signer was not in standing. ");
	uint32_t *recipients = ARENA_NEW(&w->scratch, uint32_t, w->n_addressed);
	size_t n = 0;
	for (uint32_t i = 0; recipients && i < w->n_addressed; i++) {
		if (w->offices[w->shown[i]].is_recipient)
			recipients[n++] = w->shown[i];
	}
	size_t n_cardless = 0, cardless = 0;
	for (size_t i = w->seal->n_addressees; i > 0; i--) {
		if (is_identified(w, i - 1))
			continue;
		cardless = i - 1;
		n_cardless++;
	}
	if (n == 1) {
		say_recipient(w, recipients[0], true);
		say_who_is_reported(w, NULL, 0);
	} else if (n > 1) {
		say_recipients(w, recipients, n);
		say_withdrawal(w, recipients, n);
		say_who_is_reported(w, recipients, n);
	}
	if (n_cardless) {
		buf_add_text(&w->text, n ? " Addressed also to " : "Addressed to ");
		say_quoted(w, w->seal->addressees[cardless]);
		if (n_cardless > 1)
			buf_addf(&w->text, " and %zu more", n_cardless - 1);
		buf_add_text(&w->text, ", without a card: nobody can sign for that name.");
		if (!n && n_cardless == 1)
			say_reports(w, &w->addressed[cardless], true);
		else if (!n)
			say_who_is_reported(w, NULL, 0);
	}
	return arena_take(w->out, &w->text);
}
