/* SPDX-License-Identifier: Apache-2.0 */
/* Words for a person: who says what and when, never more than the evidence has (spec/accounts.md, "Sentences"). */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "evidence/fingerprint.h"
#include "evidence/work.h"

struct when_text day_text(int64_t time_s)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct time_text t = time_text(time_s); /* "2026-11-24T08:40:00Z" */
	unsigned month = (unsigned)(t.text[5] - '0') * 10 + (unsigned)(t.text[6] - '0');
	bool is_short = t.text[8] == '0';
	struct when_text w;
	(void)snprintf(w.text, sizeof w.text, "%.*s %s %.4s", is_short ? 1 : 2, t.text + (is_short ? 9 : 8),
		       months[(month - 1) % 12], t.text);
	return w;
}

struct when_text when_text(int64_t time_s)
{
	struct time_text t = time_text(time_s);
	struct when_text w;
	(void)snprintf(w.text, sizeof w.text, "%.11s %.5s UTC", day_text(time_s).text, t.text + 11);
	return w;
}

void say_quoted(struct work *w, struct str s)
{
	text_quote(&w->text, str_of(text_shown(s).text));
}

/* What you call an office stands plainly; what it calls itself is marked as that, since any office may call itself anything. */
static void label_office(struct work *w, struct work_office *o, bool told_apart)
{
	struct str own = o->reg ? office_name(o->reg) : (struct str){0};
	struct str petname = o->petname.at ? o->petname : o->is_self ? own : (struct str){0};
	o->label_is_petname = petname.at;
	if (petname.at) {
		buf_add_text(&w->text, text_shown(petname).text);
		if (told_apart)
			buf_addf(&w->text, " (%s)", fingerprint_text(&o->id).text);
	} else if (own.at) {
		say_quoted(w, own);
		buf_addf(&w->text, " (own name%s%s)", told_apart ? ", " : "",
			 told_apart ? fingerprint_text(&o->id).text : "");
	} else {
		buf_addf(&w->text, "the office %s", fingerprint_text(&o->id).text);
	}
	o->label = arena_take(w->out, &w->text);
}

static int by_label(const void *a, const void *b)
{
	const struct work_office *const *x = a, *const *y = b;
	return strcmp((*x)->label, (*y)->label);
}

/* Two offices that would be called the same are called by their fingerprints as well. */
void label_offices(struct work *w)
{
	struct work_office **sorted = ARENA_NEW(&w->scratch, struct work_office *, w->n_offices);
	bool whole = sorted != NULL;
	for (uint32_t i = 0; i < w->n_offices; i++) {
		label_office(w, &w->offices[i], false);
		whole = whole && w->offices[i].label;
		if (whole)
			sorted[i] = &w->offices[i];
	}
	if (!whole || !w->n_offices)
		return; /* the arena's error tells */
	qsort(sorted, w->n_offices, sizeof(*sorted), by_label);
	for (uint32_t i = 0, end; i < w->n_offices; i = end) {
		const char *label = sorted[i]->label;
		for (end = i + 1; end < w->n_offices && strcmp(sorted[end]->label, label) == 0;)
			end++;
		for (uint32_t k = i; end - i > 1 && k < end; k++)
			label_office(w, sorted[k], true);
	}
}

void say_name(struct work *w, uint32_t office)
{
	const char *label = w->offices[office].label;
	buf_add_text(&w->text, label ? label : "");
}

void say_names(struct work *w, const uint32_t *offices, size_t n)
{
	size_t named = n > NAMES_IN_A_LIST ? NAMES_IN_A_LIST - 1 : n;
	for (size_t i = 0; i < named; i++) {
		if (i)
			buf_add_text(&w->text, i + 1 == n ? " and " : ", ");
		say_name(w, offices[i]);
	}
	if (named < n)
		buf_addf(&w->text, " and %zu more", n - named);
}

void say_officer(struct work *w, const struct officer *officer, uint32_t office, bool begins)
{
	if (officer->title.at)
		say_quoted(w, officer->title);
	else
		buf_add_text(&w->text, begins ? "A key" : "a key");
	buf_add_text(&w->text, " of ");
	say_name(w, office);
}

const char *has_reached(const struct work *w, uint32_t office)
{
	bool is_self = w->offices[office].is_self;
	if (w->e->looks_back)
		return is_self ? "was here by then" : "had reached you by then";
	return w->e->is_dossier ? "is in this dossier" : is_self ? "is here" : "has reached you";
}

void say_no_receipt(struct work *w, uint32_t office)
{
	buf_add_text(&w->text, w->e->is_dossier ? "This dossier holds no receipt by " : "No receipt by ");
	say_name(w, office);
	if (!w->e->is_dossier)
		buf_addf(&w->text, " %s", has_reached(w, office));
	buf_add_char(&w->text, '.');
}

struct clause {
	const char *text;
	const char *paper; /* of a paper letter; NULL: the same */
};

static const struct clause clauses[SAYS_COUNT] = {
	[SAYS_HANDED] = {"it handed the sealed letter", "it handed the paper letter"},
	[SAYS_CARRYING] = {"it held every byte of this exact letter, sealed,", "it held the paper letter"},
	[SAYS_DELIVERED] = {"it handed the letter over", NULL},
	[SAYS_ATTEMPTED] = {"it tried to hand the letter over", NULL},
	[SAYS_RECEIVED] = {"it received this exact letter", "it received the paper letter"},
	[SAYS_REFUSED] = {"it did not take the letter", NULL},
	[SAYS_OPENED] = {"it opened this exact letter, whose contents match the seal,", "it opened the paper letter"},
	[SAYS_DEFECT] = {"it found bytes, cover or contents that do not match the seal",
			 "it found a defect of the paper letter"},
	[SAYS_REVIEWED] = {"it reviewed this exact letter", "it reviewed the paper letter"},
	[SAYS_SERVICE_ACCEPTED] = {"it took the letter as legally served", NULL},
	[SAYS_SERVICE_DECLINED] = {"it did not take the letter as legally served", NULL},
	[SAYS_COMMENT] = {"it had a comment, given in its words,", NULL},
	[SAYS_NO_COMMENT] = {"it had no comment", NULL},
	[SAYS_CONVEYED] = {"it passed the message of the letter on by word of mouth", NULL},
	[SAYS_PROPOSED] = {"it made a proposal", NULL},
	[SAYS_AGREED] = {"it agreed to what was proposed", NULL},
	[SAYS_HELD] = {"what was proposed took place", NULL},
	[SAYS_CALLED_OFF] = {"what was proposed is called off", NULL},
	[SAYS_SUMMARY] = {"it gave a summary, in its own words,", NULL},
	[SAYS_LOST] = {"it no longer held the letter", NULL},
	[SAYS_DAMAGED] = {"what it held of the letter was damaged", NULL},
	[SAYS_RETURNED] = {"it gave the letter back", NULL},
	[SAYS_DESTROYED] = {"it destroyed what it held of the letter", NULL},
	[SAYS_WITHDRAWN] = {"it asked that the letter not be taken", NULL},
	[SAYS_IDENTIFIED] = {"it takes the addressee ", NULL},
	[SAYS_SEEN] = {"it held the notes that it names", NULL},
};

/* "Mission Oslo's clerk", with a capital at the start of a sentence. */
static void say_speaker(struct work *w, const struct work_said *s)
{
	const char *role = role_name(s->v->s.role);
	if (w->offices[s->office].label_is_petname) {
		say_name(w, s->office);
		buf_addf(&w->text, "'s %s", role ? role : "officer");
	} else {
		buf_addf(&w->text, "The %s of ", role ? role : "officer");
		say_name(w, s->office);
	}
	if (s->unattended)
		buf_add_text(&w->text, " (unattended)");
}

void say_said(struct work *w, uint32_t said)
{
	const struct work_said *s = &w->said[said];
	const struct statement *v = &s->v->s;
	const struct clause *c = &clauses[v->says];
	say_speaker(w, s);
	buf_addf(&w->text, " says that %s", w->seal->paper.at && c->paper ? c->paper : c->text);
	if (w->seal->paper.at && c->paper) {
		buf_add_text(&w->text, " described as ");
		say_quoted(w, w->seal->paper);
	} else if (v->says == SAYS_IDENTIFIED) {
		say_quoted(w, v->text[0]);
		if (v->n_text > 1)
			buf_addf(&w->text, " and %zu more", v->n_text - 1);
	}
	if (s->to != WORK_NONE) {
		buf_add_text(&w->text, v->says == SAYS_IDENTIFIED ? " to be " : " to ");
		say_name(w, s->to);
	} else if (v->says == SAYS_HANDED && v->n_text) {
		buf_add_text(&w->text, " to a person without a key, ");
		say_quoted(w, v->text[0]);
		buf_add_char(&w->text, ',');
	}
	if (v->reason.at)
		buf_addf(&w->text, " (%s)", text_shown(v->reason).text);
	buf_addf(&w->text, " on %s (own clock)", when_text(v->time_s).text);
	if (s->standing == VALISE_STANDING_DISMISSED_SINCE)
		buf_add_text(&w->text, ", by an officer who was dismissed since then");
}

void say_standing(struct work *w, enum valise_standing standing, const struct officer *officer, unsigned role,
		  int64_t time_s)
{
	struct buf *b = &w->text;
	const struct when_text dismissed = day_text(officer->dismissed_s);
	switch (standing) {
	case VALISE_STANDING_GOOD:
		buf_add_text(b, role == ROLE_CLERK && !(officer->roles & ROLE_READER)
					? "appointed without a reading key"
					: "in standing");
		break;
	case VALISE_STANDING_DISMISSED_SINCE:
		buf_addf(b, "dismissed %s; that this is older, %s says", dismissed.text,
			 officer->seen_before ? "the office's register" : "only its own clock");
		break;
	case VALISE_STANDING_DISMISSED:
		buf_addf(b, "dismissed %s%s", dismissed.text,
			 time_s < officer->dismissed_s ? ", in the register that it cites" : "");
		break;
	case VALISE_STANDING_EXPIRED:
		buf_addf(b, "appointed until %s only", day_text(officer->until_s).text);
		break;
	case VALISE_STANDING_WRONG_ROLE:
		buf_addf(b, "appointed, but not as %s", role_name(role));
		break;
	case VALISE_STANDING_NOT_APPOINTED:
		buf_add_text(b, "no such key at the register entry that it cites");
		break;
	case VALISE_STANDING_INCOMPLETE:
		buf_add_text(b, "the register here does not reach the entry that it cites");
		break;
	case VALISE_STANDING_NO_REGISTER:
		buf_add_text(b, "nothing of its office's register is here");
		break;
	}
}
