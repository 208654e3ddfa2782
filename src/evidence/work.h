/* SPDX-License-Identifier: Apache-2.0 */
/* What the accounts are worked out on: offices and statements, sorted, judged and joined. Inside this room only. */
#ifndef EVIDENCE_WORK_H
#define EVIDENCE_WORK_H

#include "evidence/arena.h"
#include "evidence/evidence.h"

#define WORK_NONE UINT32_MAX
#define NAMES_IN_A_LIST 4u /* the others are counted */

/* One statement about the letter. Sorted by claimed time, the table of what can be said, nth, id: as in the accounts. */
struct work_said {
	const struct verified_statement *v;
	int64_t taken_in_s;
	uint32_t office, to; /* into work.offices; WORK_NONE: it has no `to` */
	enum valise_standing standing;
	struct officer officer; /* title.at is NULL when the key was never appointed */
	bool stands;            /* in good enough standing, in a role that may say it */
	bool bystander, counts, unattended;
};

/* One report about the letter. Sorted by claimed time, nth, id. Whatever takes a statement takes a work_said, or the place of
 * one: reports are handed on as pointers, so that no place of a report passes for that of a statement. */
struct work_report {
	const struct verified_report *v;
	int64_t taken_in_s;
	enum says says;          /* SAYS_COUNT: other */
	uint32_t office;         /* the reporter's, in work.offices */
	uint32_t speaker_office; /* in work.offices, or WORK_NONE */
	enum valise_standing standing;
	struct officer officer;
	bool stands, unattended;
	const struct work_report **corrected_by; /* of the same office, in standing */
	uint32_t n_corrected_by;
};

/* In their order. */
struct report_list {
	const struct work_report **at;
	uint32_t n;
};

/* One office that the letter or a statement names. Sorted by id; `shown` is its place in the accounts. */
struct work_office {
	struct hash id;
	const struct office_register *reg; /* NULL: not here */
	struct str petname;                /* NULL: unknown to you */
	bool is_known, is_checked, is_self;
	bool is_sender, is_recipient, handed_to, on_deposit; /* a recipient: in the seal's `to`, or identified */
	uint32_t *said;                                      /* its statements, in their order; n_said of them */
	uint32_t n_said, n_identified_as;
	const char **identified_as;  /* addressees of the seal that it is taken to be, shown */
	uint32_t first[SAYS_COUNT];  /* its first counted statement of each kind, WORK_NONE */
	struct report_list reported; /* of a party: whose speaker is taken to speak for it */
	uint32_t shown;
	const char *label; /* how sentences name it */
	bool label_is_petname;
};

/* A note of the set, found by its id. */
struct work_id {
	const struct hash *id;
	uint32_t said;              /* WORK_NONE: the seal or a report */
	struct work_report *report; /* NULL: the seal or a statement */
};

/* An addressee that a counted `identified` of the sender takes to be an office. */
struct work_tie {
	uint32_t addressee, office, said; /* into the seal's addressees, work.offices, work.said */
};

/* A disagreement on its way into the accounts. */
struct work_found {
	struct work_found *next;
	struct valise_disagreement d;
};

struct work {
	const struct evidence *e;
	const struct seal *seal;
	struct valise_accounts *a;
	struct arena *out;    /* of the accounts: what they show */
	struct arena scratch; /* everything else */
	struct buf text;      /* for one sentence at a time */
	struct work_said *said;
	uint32_t n_said;
	struct work_office *offices;
	uint32_t n_offices;
	struct work_id *ids; /* the seal, all statements and reports, sorted */
	size_t n_ids;
	struct work_report *reports;
	uint32_t n_reports;
	struct report_list *addressed; /* of each addressee of the seal that no office is identified with */
	struct report_list apart;      /* whose speaker is no party, by the speaker's name */
	uint32_t *shown;               /* offices in the accounts' order */
	uint32_t n_addressed;          /* of them: sender and recipients */
	uint32_t n_parties;            /* those, holders and bystanders */
	struct work_tie *ties;         /* by addressee, office, statement */
	size_t n_ties;
	struct work_found *found, **found_end;
	uint32_t *list; /* room for every statement, for one check at a time */
	struct officer sealer;
};

static inline bool office_is_party(const struct work_office *o)
{
	return o->is_sender || o->is_recipient || o->handed_to;
}

/* It says that it has the letter, or what nobody can without having it: a withdrawal is void for it. */
static inline bool office_has_letter(const struct work_office *o)
{
	return o->first[SAYS_RECEIVED] != WORK_NONE || o->first[SAYS_OPENED] != WORK_NONE ||
	       o->first[SAYS_REVIEWED] != WORK_NONE;
}

/* reports.c: the reports about this letter, judged, and listed under those whose words they have. */
void collect_reports(struct work *w);
void judge_reports(struct work *w);
/* In standing, and not corrected by a later one: what it reports is told in sentences, and takes part in disagreements. */
static inline bool report_is_heeded(const struct work_report *r)
{
	return r->stands && r->n_corrected_by == 0;
}
/* Its reporter's office takes part in the letter, or is yours. */
bool reporter_takes_part(const struct work *w, const struct work_report *r);

/* parties.c: who takes part, whose word counts, in which order they are shown. */
CHECKED int work_begin(struct work *w, struct valise_err *err);
const struct work_id *work_find(const struct work *w, const struct hash *id); /* NULL: that note is not here */
/* Neither here nor, as far as whoever asks can tell, a note of another letter. */
bool work_is_missing(const struct work *w, const struct hash *id);
bool is_listed(const struct hash *sorted, size_t n, const struct hash *id);
uint32_t work_office_of(const struct work *w, const struct hash *office);

/* identified.c: addressees that the sender takes to be offices, which so are recipients. */
void find_identified(struct work *w);
bool is_identified(const struct work *w, size_t addressee);
/* The one office that the addressee is taken to be; WORK_NONE: none, or several. */
uint32_t identified_office(const struct work *w, size_t addressee);
void find_identified_twice(struct work *w);

/* sentences.c: words for what was found, added to w->text. */
struct when_text {
	char text[32];
};
struct when_text when_text(int64_t time_s); /* "24 Nov 2026 08:40 UTC" */
struct when_text day_text(int64_t time_s);  /* "24 Nov 2026" */
void label_offices(struct work *w);
void say_name(struct work *w, uint32_t office);
void say_names(struct work *w, const uint32_t *offices, size_t n);
/* ""Front desk" of Mission Oslo"; of a key that was never appointed "a key of Mission Oslo", with a capital where a sentence begins. */
void say_officer(struct work *w, const struct officer *officer, uint32_t office, bool begins);
/* Where it would be if it were there: "has reached you", "is in this dossier"; "is here" of one's own office. */
const char *has_reached(const struct work *w, uint32_t office);
void say_no_receipt(struct work *w, uint32_t office);
/* Words from outside, in quotation marks, cut when they are long. */
void say_quoted(struct work *w, struct str s);
/* "Mission Oslo's clerk says that it received this exact letter on 24 Nov 2026 08:40 UTC (own clock)": no full stop. */
void say_said(struct work *w, uint32_t said);
/* One clause: "appointed without a reading key", "dismissed 12 Nov 2026". */
void say_standing(struct work *w, enum valise_standing standing, const struct officer *officer, unsigned role,
		  int64_t time_s);

/* report_sentences.c: what reports have, always marked as that. */
/* ", through "the evening news" and "a press agency"", or nothing. */
void say_via(struct work *w, const struct report *v);
/* "Mission Oslo is reported to have said ("confirmed") that it received the letter, ... (in exhibit 2cc7e7e9..., filed by ...)": no
 * full stop. */
void say_report(struct work *w, const struct work_report *r);
/* Heeded, of the speaker itself: that it has, or has had, the letter; that it did not take it. */
bool report_has_taken(const struct work_report *r);
bool report_has_refused(const struct work_report *r);
/* Two reports of one party that cannot both be the whole of it. */
struct contrary {
	const struct work_report *refused, *taken;
};
bool find_contrary(const struct work *w, const struct report_list *l, struct contrary *ret);
/* Of these the one that tells most of how far the letter came, or two that are contrary to each other, and how many more there are;
 * nothing where none is heeded. With `steps_only` only those of a step that a recipient can take. */
void say_reports(struct work *w, const struct report_list *l, bool steps_only);
bool any_told(const struct report_list *l, bool steps_only);

/* reported.c: reports as accounts show them, with what is here of their exhibits. */
void list_reported(struct work *w);
const size_t *reported_places(struct work *w, const struct report_list *l);

/* stories.c: whole sentences. */
enum valise_state state_of(enum says says); /* that a recipient's word makes; VALISE_STATE_NOTHING: none */
enum valise_state work_state(const struct work_office *o);
uint32_t work_state_said(const struct work_office *o); /* the statement that says so, WORK_NONE */
const char *party_sentence(struct work *w, const struct valise_party *p);
const char *addressee_sentence(struct work *w, size_t addressee); /* by its place in the seal */
const char *letter_sentence(struct work *w);

/* verdicts.c: the three verdicts, and what all this does not show. */
void judge_bytes(struct work *w);
void judge_signatures(struct work *w);
void judge_keys(struct work *w);
void list_not_shown(struct work *w);

/* disagreements.c: what does not fit together. */
void find_disagreements(struct work *w);
/* Puts the first n of w->list in the statements' order. */
void sort_list(struct work *w, size_t n);
/* One more, whose text stands in w->text; its notes are these statements, then these others. */
void add_disagreement(struct work *w, const char *kind, const uint32_t *said, size_t n_said, const struct hash *others,
		      size_t n_others);
/* The i-th office in the accounts' order when it takes part in the letter, NULL for a bystander. */
static inline const struct work_office *taking_part(const struct work *w, uint32_t i)
{
	const struct work_office *o = &w->offices[w->shown[i]];
	return office_is_party(o) || o->on_deposit ? o : NULL;
}

/* contradictions.c: one account against another. */
void find_unconfirmed(struct work *w);
void find_media(struct work *w);
void find_withdrawn(struct work *w);
void find_lost(struct work *w);
void find_opposites(struct work *w);

/* Of how the letter came to which office (its place in the accounts) a counted statement's medium tells; WORK_NONE: of none. */
uint32_t medium_taker(const struct work *w, const struct work_said *s, bool *ret_is_own);
/* Two words of one office that cannot both be the whole of it. */
struct opposites {
	enum says one, other;
	const char *kind;
};
#define OPPOSITES 3u
extern const struct opposites opposites[OPPOSITES];

/* reported_differ.c: what reports have against each other, and against what is signed. */
void find_reported_carriage(struct work *w);
void find_reported_and_said(struct work *w);
void find_reports_contrary(struct work *w);
void find_report_numbers(struct work *w);
void find_report_regarding(struct work *w);

/* sequence.c: times and numbers that cannot be as they are stated. */
void find_older_than_seal(struct work *w);
void find_steps_out_of_order(struct work *w);
void find_numbers(struct work *w);
void find_regarding(struct work *w);
/* Of ascending numbers: whether some below the highest are missing; and which: "2 to 4, 7 (4 in all)". */
bool numbers_have_gaps(const uint64_t *numbers, size_t n);
void say_missing_numbers(struct work *w, const uint64_t *numbers, size_t n);

/* disclosed.c */
void list_disclosed(struct work *w);

#endif
