/* SPDX-License-Identifier: Apache-2.0 */
/* The three verdicts, kept apart, and what none of them shows (spec/accounts.md, "Verdicts"). */
#include <inttypes.h>

#include "base/text.h"
#include "evidence/work.h"

static const char *const bytes_names[] = {
	[VALISE_BYTES_INTACT] = "intact", [VALISE_BYTES_PARTIAL] = "partial", [VALISE_BYTES_NOT_HERE] = "not-here",
	[VALISE_BYTES_BROKEN] = "broken", [VALISE_BYTES_PAPER] = "paper",
};

const char *valise_bytes_name(enum valise_bytes_verdict v)
{
	return (size_t)v < sizeof bytes_names / sizeof *bytes_names ? bytes_names[v] : NULL;
}

static const char *const standing_names[] = {
	[VALISE_STANDING_GOOD] = "good",
	[VALISE_STANDING_DISMISSED_SINCE] = "dismissed-since",
	[VALISE_STANDING_DISMISSED] = "dismissed",
	[VALISE_STANDING_EXPIRED] = "expired",
	[VALISE_STANDING_WRONG_ROLE] = "wrong-role",
	[VALISE_STANDING_NOT_APPOINTED] = "not-appointed",
	[VALISE_STANDING_INCOMPLETE] = "incomplete",
	[VALISE_STANDING_NO_REGISTER] = "no-register",
};

const char *valise_standing_name(enum valise_standing s)
{
	return (size_t)s < sizeof standing_names / sizeof *standing_names ? standing_names[s] : NULL;
}

static const char *const state_names[] = {
	[VALISE_STATE_NOTHING] = "nothing", [VALISE_STATE_REFUSED] = "refused", [VALISE_STATE_RECEIVED] = "received",
	[VALISE_STATE_DEFECT] = "defect",   [VALISE_STATE_OPENED] = "opened",   [VALISE_STATE_REVIEWED] = "reviewed",
};

const char *valise_state_name(enum valise_state s)
{
	return (size_t)s < sizeof state_names / sizeof *state_names ? state_names[s] : NULL;
}

static const char *const bytes_texts[] = {
	[VALISE_BYTES_INTACT] = "Every byte of the letter is here and matches the seal",
	[VALISE_BYTES_PARTIAL] = "What is here of the letter matches the seal; not all of it is here",
	[VALISE_BYTES_NOT_HERE] = "The letter's bytes are not part of this, and nothing about them was checked",
	[VALISE_BYTES_BROKEN] = "The bytes here do not match the seal",
	[VALISE_BYTES_PAPER] = "Paper: bytes cannot be checked",
};

void judge_bytes(struct work *w)
{
	w->a->bytes = w->seal->paper.at && w->e->bytes != VALISE_BYTES_BROKEN ? VALISE_BYTES_PAPER : w->e->bytes;
	buf_add_text(&w->text, bytes_texts[w->a->bytes]);
	if (w->e->bytes_note.at)
		buf_addf(&w->text, ": %s", text_shown(w->e->bytes_note).text);
	buf_add_char(&w->text, '.');
	w->a->bytes_text = arena_take(w->out, &w->text);
}

void judge_signatures(struct work *w)
{
	struct valise_accounts *a = w->a;
	const struct verified_seal *v = w->e->seal;
	a->sender_standing = standing_judge(w->e->registers, &w->seal->from, &w->seal->by, ROLE_PRINCIPAL,
					    w->seal->date_s, &v->note.id, &w->sealer);
	a->sender_standing_good =
		a->sender_standing == VALISE_STANDING_GOOD || a->sender_standing == VALISE_STANDING_DISMISSED_SINCE;
	a->signatures_valid = a->sender_standing_good && w->e->n_broken == 0;
	a->sealed_by = arena_shown(w->out, w->sealer.title);

	size_t n_against = 0, n_unknown = 0;
	for (uint32_t i = 0; i < w->n_said; i++) {
		enum valise_standing s = w->said[i].standing;
		bool unknown = s == VALISE_STANDING_INCOMPLETE || s == VALISE_STANDING_NO_REGISTER;
		n_unknown += unknown;
		n_against += !unknown && !w->said[i].stands;
	}
	buf_addf(&w->text, "The seal's signature and those of %u statement%s", w->n_said, w->n_said == 1 ? "" : "s");
	if (w->n_reports)
		buf_addf(&w->text, " and %u report%s", w->n_reports, w->n_reports == 1 ? "" : "s");
	buf_add_text(&w->text, " are valid.");
	buf_add_text(&w->text, " The seal's signer: ");
	say_standing(w, a->sender_standing, &w->sealer, ROLE_PRINCIPAL, w->seal->date_s);
	buf_add_char(&w->text, '.');
	if (w->e->n_broken)
		buf_addf(&w->text, " %zu item%s here %s not verify, and count%s for nothing.", w->e->n_broken,
			 w->e->n_broken == 1 ? "" : "s", w->e->n_broken == 1 ? "does" : "do",
			 w->e->n_broken == 1 ? "s" : "");
	if (n_against)
		buf_addf(&w->text, " %zu statement%s by signers who were not in standing count%s for nothing.",
			 n_against, n_against == 1 ? "" : "s", n_against == 1 ? "s" : "");
	if (n_unknown)
		buf_addf(&w->text, " Of %zu statement%s the signer's standing cannot be judged here.", n_unknown,
			 n_unknown == 1 ? "" : "s");
	a->signatures_text = arena_take(w->out, &w->text);
}

/* Those of the sender, the recipients and the holders for which `wanted` holds. */
static size_t party_offices(struct work *w, bool (*wanted)(const struct work_office *o), uint32_t **ret)
{
	*ret = ARENA_NEW(&w->scratch, uint32_t, w->n_parties);
	size_t n = 0;
	for (uint32_t i = 0; *ret && i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		if (o && wanted(o))
			(*ret)[n++] = w->shown[i];
	}
	return n;
}

static bool is_unknown(const struct work_office *o)
{
	return !o->is_known;
}

static bool is_unchecked(const struct work_office *o)
{
	return o->is_known && !o->is_checked && !o->is_self;
}

void judge_keys(struct work *w)
{
	uint32_t *unknown, *unchecked;
	size_t n_unknown = party_offices(w, is_unknown, &unknown);
	size_t n_unchecked = party_offices(w, is_unchecked, &unchecked);
	w->a->keys_known = n_unknown == 0;
	if (n_unknown) {
		buf_add_text(&w->text, "Not known to you: ");
		say_names(w, unknown, n_unknown);
		buf_add_text(&w->text, ". Whose keys these are, nothing here shows; ask for the office's paper card.");
	} else {
		buf_add_text(&w->text, "Every office that takes part is known to you.");
	}
	if (n_unchecked) {
		buf_add_text(&w->text, " Known from a file only, the digits never checked: ");
		say_names(w, unchecked, n_unchecked);
		buf_add_char(&w->text, '.');
	}
	w->a->keys_text = arena_take(w->out, &w->text);
}

#define NOT_SHOWN_MAX 16u

struct list {
	const char *lines[NOT_SHOWN_MAX];
	size_t n;
};

static void list_add(struct work *w, struct list *l, const char *line)
{
	buf_add_text(&w->text, line);
	l->lines[l->n++] = arena_take(w->out, &w->text);
}

static bool any_says(const struct work *w, enum says says)
{
	for (uint32_t i = 0; i < w->n_offices; i++) {
		if (w->offices[i].first[says] != WORK_NONE)
			return true;
	}
	return false;
}

static void list_registers(struct work *w, struct list *l)
{
	uint32_t *short_of = ARENA_NEW(&w->scratch, uint32_t, w->n_parties);
	size_t n = 0;
	for (uint32_t i = 0; short_of && i < w->n_parties; i++) {
		const struct work_office *o = &w->offices[w->shown[i]];
		bool lacks = o->is_sender && (w->a->sender_standing == VALISE_STANDING_INCOMPLETE ||
					      w->a->sender_standing == VALISE_STANDING_NO_REGISTER);
		for (uint32_t k = 0; k < o->n_said && !lacks; k++) {
			enum valise_standing s = w->said[o->said[k]].standing;
			lacks = s == VALISE_STANDING_INCOMPLETE || s == VALISE_STANDING_NO_REGISTER;
		}
		if (lacks)
			short_of[n++] = w->shown[i];
	}
	if (!n)
		return;
	buf_add_text(&w->text, "Standing where a register is incomplete here: of ");
	say_names(w, short_of, n);
	list_add(w, l, ".");
}

/* The log is this machine's own: nobody else has seen it grow. */
static void list_looking_back(struct work *w, struct list *l)
{
	list_add(
		w, l,
		"That it was so: what had come by then is told by this spool's own log and this machine's own clock, which its "
		"keeper could have set or made anew. Names of offices are those given by then, as they are called now.");
	if (!w->e->n_set_back)
		return;
	buf_addf(&w->text,
		 "The order in which things came: the clock of this machine was set back, and %" PRIu64
		 " item%s of the log bear%s an earlier time than one before.",
		 w->e->n_set_back, w->e->n_set_back == 1 ? "" : "s", w->e->n_set_back == 1 ? "s" : "");
	list_add(w, l, "");
}

void list_not_shown(struct work *w)
{
	struct list l = {.n = 0};
	if (w->e->looks_back)
		list_looking_back(w, &l);
	if (w->e->is_dossier)
		list_add(
			w, &l,
			"What its maker left out: a dossier holds what somebody chose to put in. That it holds no statement by "
			"an office does not mean that the office is silent.");
	else
		list_add(w, &l, "What has not reached you: others may hold statements that you do not.");
	list_add(w, &l,
		 "When things happened: every time is its signer's own clock, unless somebody else's note bounds it.");
	if (w->a->bytes == VALISE_BYTES_NOT_HERE)
		list_add(w, &l, "That anybody's copy of the letter matches the seal: its bytes are not here.");
	if (w->a->bytes == VALISE_BYTES_PAPER)
		list_add(w, &l, "That the paper is what the seal describes: only who holds it can look.");
	/* Of paper all that can be disclosed is how the sender describes it, and digests of scans: none shows a word of it. */
	if (w->seal->paper.at || (!w->a->subject && w->a->n_disclosed == 0))
		list_add(w, &l, "What the letter says.");
	if (!any_says(w, SAYS_REVIEWED))
		list_add(
			w, &l,
			"Whether a person has read or considered the letter: nobody here says so, and nobody here says not.");
	if (!any_says(w, SAYS_SERVICE_ACCEPTED))
		list_add(w, &l, "Service: no statement here accepts it.");
	list_registers(w, &l);
	if (!w->a->keys_known)
		list_add(w, &l, "Whose keys these are, where you do not know the office.");
	if (w->n_reports) {
		bool one = w->n_reports == 1;
		buf_addf(&w->text,
			 "Whether %u report%s of what was said elsewhere %s true, or %s said so: ", w->n_reports,
			 one ? "" : "s", one ? "is" : "are", one ? "its speaker" : "their speakers");
		list_add(w, &l, "hearsay, kept apart, counted for nothing.");
	}
	list_add(w, &l, "Legal effect: this is evidence of who said what, no more.");
	const char **lines = ARENA_NEW(w->out, const char *, l.n);
	for (size_t i = 0; lines && i < l.n; i++)
		lines[i] = l.lines[i];
	w->a->not_shown = lines;
	w->a->n_not_shown = lines ? l.n : 0;
}
