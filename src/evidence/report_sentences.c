/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what is reported: the source's own in quotation marks, by whom and through whom, never as if it had been said here. */
#include <inttypes.h>

#include "evidence/work.h"

/* What a report's word comes to. No more than that: whoever spoke elsewhere named no letter by its hash. */
static const char *const clauses[SAYS_COUNT] = {
	[SAYS_HANDED] = "it handed the letter to somebody",
	[SAYS_CARRYING] = "it held the letter",
	[SAYS_DELIVERED] = "it delivered the letter",
	[SAYS_ATTEMPTED] = "it tried to deliver the letter",
	[SAYS_RECEIVED] = "it received the letter",
	[SAYS_REFUSED] = "it did not take the letter",
	[SAYS_OPENED] = "it opened the letter",
	[SAYS_DEFECT] = "it found the letter not as described",
	[SAYS_REVIEWED] = "it reviewed the letter",
	[SAYS_SERVICE_ACCEPTED] = "it took the letter as legally served",
	[SAYS_SERVICE_DECLINED] = "it did not take the letter as legally served",
	[SAYS_COMMENT] = "it had a comment on the letter",
	[SAYS_NO_COMMENT] = "it had no comment on the letter",
	[SAYS_CONVEYED] = "it passed the message of the letter on by word of mouth",
	[SAYS_PROPOSED] = "it made a proposal",
	[SAYS_AGREED] = "it agreed to what was proposed",
	[SAYS_HELD] = "what was proposed took place",
	[SAYS_CALLED_OFF] = "what was proposed is called off",
	[SAYS_SUMMARY] = "it gave a summary of the letter",
	[SAYS_LOST] = "it no longer held the letter",
	[SAYS_DAMAGED] = "what it held of the letter was damaged",
	[SAYS_RETURNED] = "it gave the letter back",
	[SAYS_DESTROYED] = "it destroyed what it held of the letter",
	[SAYS_WITHDRAWN] = "it asked that the letter not be taken",
	[SAYS_IDENTIFIED] = "it took an addressee of the letter to be an office",
	[SAYS_SEEN] = "it held notes about the letter",
};

static void say_interval(struct work *w, int64_t from_s, int64_t to_s)
{
	const struct when_text from = when_text(from_s), to = when_text(to_s);
	bool same_day = strcmp(day_text(from_s).text, day_text(to_s).text) == 0;
	if (strcmp(from.text, to.text) == 0)
		buf_add_text(&w->text, from.text);
	else
		buf_addf(&w->text, "%.*s to %s", (int)(strlen(from.text) - (same_day ? strlen(" UTC") : 0)), from.text,
			 same_day ? to.text + strlen(day_text(to_s).text) + 1 : to.text);
}

/* "Mission Oslo", when the reporter takes the speaker to speak for it; otherwise the speaker. */
static void say_subject(struct work *w, const struct work_report *r)
{
	const struct report *v = &r->v->r;
	if (r->speaker_office != WORK_NONE)
		say_name(w, r->speaker_office);
	else
		say_quoted(w, v->speaker_addressee.at ? v->speaker_addressee : v->speaker);
}

void say_via(struct work *w, const struct report *v)
{
	for (size_t i = 0; i < v->n_via; i++) {
		buf_add_text(&w->text, i == 0 ? ", through " : i + 1 == v->n_via ? " and " : ", ");
		say_quoted(w, v->via[i]);
	}
}

static void say_when(struct work *w, const struct report *v)
{
	if (!v->when.at)
		return;
	buf_add_text(&w->text, ", when: ");
	say_quoted(w, v->when);
	if (v->has_resolved) {
		buf_add_text(&w->text, " (read by the reporter as ");
		say_interval(w, v->resolved_from_s, v->resolved_to_s);
		buf_add_char(&w->text, ')');
	} else {
		buf_add_text(&w->text, " (not resolved)");
	}
}

static void say_exhibit(struct work *w, const struct report *v)
{
	size_t more = 0;
	for (size_t i = 1; i < v->n_spans; i++)
		more += !hash_eq(&v->spans[i].exhibit, &v->spans[i - 1].exhibit);
	buf_addf(&w->text, " (in exhibit %.8s...", hash_hex(&v->spans[0].exhibit).text);
	if (more)
		buf_addf(&w->text, " and %zu more", more);
}

/* "that it received the letter"; of somebody else: "that "the envoy" delivered the letter". */
static void say_what(struct work *w, const struct work_report *r)
{
	const struct report *v = &r->v->r;
	const char *clause = r->says == SAYS_COUNT ? NULL : clauses[r->says];
	bool has_subject = clause && strncmp(clause, "it ", 3) == 0;
	if (v->of.at && has_subject) {
		buf_add_text(&w->text, " that ");
		say_quoted(w, v->of);
		buf_addf(&w->text, " %s", clause + 3);
		return;
	}
	if (clause)
		buf_addf(&w->text, " that %s", clause);
	else
		buf_add_text(&w->text, " something else about the letter");
	if (v->of.at) {
		buf_add_text(&w->text, ", of ");
		say_quoted(w, v->of);
	}
}

void say_report(struct work *w, const struct work_report *r)
{
	const struct report *v = &r->v->r;
	bool for_somebody = r->speaker_office != WORK_NONE || v->speaker_addressee.at;
	say_subject(w, r);
	buf_add_text(&w->text, " is reported to have said (");
	say_quoted(w, v->verb);
	buf_add_char(&w->text, ')');
	say_what(w, r);
	if (v->carriage.at) {
		buf_add_text(&w->text, ", which travelled ");
		say_quoted(w, v->carriage);
	}
	if (for_somebody) {
		buf_add_text(&w->text, v->quoted ? ", in the words of " : ", after words of ");
		say_quoted(w, v->speaker);
	}
	say_via(w, v);
	if (v->medium.at) {
		buf_add_text(&w->text, ", medium: ");
		say_quoted(w, v->medium);
	}
	say_when(w, v);
	say_exhibit(w, v);
	buf_add_text(&w->text, ", filed by ");
	say_officer(w, &r->officer, r->office, false);
	buf_add_text(&w->text, r->unattended ? ", unattended)" : ")");
}

/* What is said of somebody else says least of the party itself. Anybody can found an office and file reports: those of offices that
 * take part, or of your own, go before. */
static bool tells_more(const struct work *w, const struct work_report *a, const struct work_report *b)
{
	if (!a->v->r.of.at != !b->v->r.of.at)
		return !a->v->r.of.at;
	bool a_near = reporter_takes_part(w, a), b_near = reporter_takes_part(w, b);
	return a_near != b_near ? a_near : state_of(a->says) > state_of(b->says);
}

static bool is_told(const struct work_report *r, bool steps_only)
{
	return report_is_heeded(r) && (!steps_only || state_of(r->says) != VALISE_STATE_NOTHING);
}

bool any_told(const struct report_list *l, bool steps_only)
{
	for (uint32_t i = 0; i < l->n; i++) {
		if (is_told(l->at[i], steps_only))
			return true;
	}
	return false;
}

bool report_has_taken(const struct work_report *r)
{
	return report_is_heeded(r) && !r->v->r.of.at &&
	       (r->says == SAYS_RECEIVED || r->says == SAYS_OPENED || r->says == SAYS_REVIEWED);
}

bool report_has_refused(const struct work_report *r)
{
	return report_is_heeded(r) && !r->v->r.of.at && r->says == SAYS_REFUSED;
}

/* Of the reports for which `fits` holds, or of all, the one that tells most; NULL: none. */
static const struct work_report *most_told(const struct work *w, const struct report_list *l, bool steps_only,
					   bool (*fits)(const struct work_report *r))
{
	const struct work_report *first = NULL;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct work_report *r = l->at[i];
		if (is_told(r, steps_only) && (!fits || fits(r)) && (!first || tells_more(w, r, first)))
			first = r;
	}
	return first;
}

bool find_contrary(const struct work *w, const struct report_list *l, struct contrary *ret)
{
	ret->refused = most_told(w, l, true, report_has_refused);
	ret->taken = most_told(w, l, true, report_has_taken);
	return ret->refused && ret->taken;
}

/* "Mission Oslo is reported to have said both that it did not take the letter and that it reviewed the letter; neither is chosen
 * here.", and then both reports. */
static void say_contrary(struct work *w, const struct contrary *c)
{
	buf_add_char(&w->text, ' ');
	say_subject(w, c->taken);
	buf_addf(&w->text, " is reported to have said both that %s and that %s; neither is chosen here. ",
		 clauses[c->refused->says], clauses[c->taken->says]);
	say_report(w, c->refused);
	buf_add_text(&w->text, ". ");
	say_report(w, c->taken);
	buf_add_char(&w->text, '.');
}

void say_reports(struct work *w, const struct report_list *l, bool steps_only)
{
	const struct work_report *first = most_told(w, l, steps_only, NULL);
	struct contrary c;
	uint32_t more = 0;
	if (!first)
		return;
	for (uint32_t i = 0; i < l->n; i++)
		more += is_told(l->at[i], steps_only);
	if (find_contrary(w, l, &c)) {
		say_contrary(w, &c);
		more -= 2;
	} else {
		buf_add_char(&w->text, ' ');
		say_report(w, first);
		buf_add_char(&w->text, '.');
		more -= 1;
	}
	if (more)
		buf_addf(&w->text,
			 " %" PRIu32 " more report%s of its words %s here, perhaps of one and the same event.", more,
			 more == 1 ? "" : "s", more == 1 ? "is" : "are");
}
