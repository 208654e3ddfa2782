/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one letter: verdicts, parties, what each has said, where they disagree, and what all this does not show. */
#ifndef VALISE_ACCOUNTS_H
#define VALISE_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <valise/visibility.h>

VALISE_BEGIN_C

/* Plain values, computed once and never changed. Everything belongs to the struct valise_accounts and lives as long as it.
 * Strings are UTF-8 without control characters and safe to show; NULL means absent. Times are seconds since the epoch by the clock
 * of whoever said so. Ids are 64 lowercase hex digits. */

struct valise_office_view {
	const char *id;
	const char *fingerprint; /* "48213 99170 23654 00871 56329 41187" */
	const char *name;        /* what it calls itself; NULL while its register is not here */
	const char *petname;     /* what you call it; NULL when you do not know it */
	const char *label;       /* in accounts: what to show it as, unlike every other office there; NULL elsewhere */
	bool is_self;
	bool checked; /* its digits were compared with a card from another way */
	bool forked;  /* a fork proof is here */
};

enum valise_bytes_verdict {
	VALISE_BYTES_INTACT,   /* every byte is here and matches the seal */
	VALISE_BYTES_PARTIAL,  /* what is here matches; not all is */
	VALISE_BYTES_NOT_HERE, /* the letter's bytes are not part of this set (a dossier never holds the body) */
	VALISE_BYTES_BROKEN,   /* something here does not match the seal */
	VALISE_BYTES_PAPER     /* paper: bytes cannot be checked */
};

enum valise_standing {
	VALISE_STANDING_GOOD,
	VALISE_STANDING_DISMISSED_SINCE, /* dismissed after the time it states; only its own clock, or a `seen` line, says it is older */
	VALISE_STANDING_DISMISSED,     /* dismissed before the time it states */
	VALISE_STANDING_EXPIRED,       /* past the appointment's `until` */
	VALISE_STANDING_WRONG_ROLE,    /* appointed, but not to that role */
	VALISE_STANDING_NOT_APPOINTED, /* no such key at the cited head */
	VALISE_STANDING_INCOMPLETE,    /* the register here does not reach the cited head */
	VALISE_STANDING_NO_REGISTER    /* nothing of that office's register is here */
};

struct valise_said {
	const char *id;    /* of the note */
	const char *says;  /* "received" */
	size_t office;     /* index into offices */
	const char *title; /* the officer's, "Front desk"; NULL when not appointed */
	const char *role;
	const char *key;    /* the C2SP verifier key */
	int64_t time_s;     /* own clock */
	int64_t taken_in_s; /* this spool's clock; 0 where unknown */
	uint64_t nth;
	bool has_to;
	size_t to; /* index into offices */
	const char *medium, *when, *reason;
	const char *const *text; /* n_text lines */
	size_t n_text;
	const char *const *regarding; /* ids */
	size_t n_regarding;
	enum valise_standing standing;
	const char *
		standing_text; /* one clause for a person: "appointed without a reading key", "dismissed 12 Nov 2026" */
	bool counts;           /* in good enough standing, and from somebody whose word on this counts */
	bool bystander;        /* not a party of this letter, or not on this subject */
	bool unattended;       /* signed by a key appointed as machine */
};

/* What is known of the words that a report points at. */
enum valise_span_check {
	VALISE_SPAN_NOT_HERE, /* nothing of them is here */
	VALISE_SPAN_EXCERPT,  /* they are in an excerpt, which proves nothing by itself */
	VALISE_SPAN_CHECKED,  /* they were read from the whole exhibit, whose hash was checked */
	VALISE_SPAN_DAMAGED   /* the exhibit was damaged on this machine's disk */
};

/* The place in an exhibit that a report names as its source. */
struct valise_reported_span {
	const char *exhibit; /* SHA-256 of the file */
	uint64_t exhibit_bytes, offset, length;
	const char *
		words; /* what stands there, as far as it is here; NULL when nothing is, or when too much is shown already */
	bool is_cut; /* `words` end before the span does */
	enum valise_span_check check;
};

/* Hearsay: what an officer's note has of somebody else's words elsewhere. Never a statement of its speaker: a type of its own,
 * which nothing that takes a statement takes. */
struct valise_reported {
	const char *id;   /* of the note */
	const char *says; /* what the words come to, as the reporter has it: a statement's word, or "other" */
	const char *speaker;
	bool has_speaker_office;
	size_t speaker_office;         /* index into offices: whom the reporter takes the speaker to speak for */
	const char *speaker_addressee; /* the same of somebody without a card */
	const char *of;                /* who did it, where that is not the speaker */
	const char *const *via;        /* through whom, outermost first */
	size_t n_via;
	const char *verb;     /* the source's own */
	const char *medium;   /* how the speaker said it */
	const char *carriage; /* how the letter travelled, in the source's words */
	const char *when;     /* as the source has it */
	bool has_resolved;    /* the reporter's own reading of `when` */
	int64_t resolved_from_s, resolved_to_s;
	bool quoted; /* the speaker's words stand in quotation marks */
	const struct valise_reported_span *spans;
	size_t n_spans;
	const char *where; /* in the exhibit, in words */

	size_t office;     /* the reporter's, as the rest: index into offices */
	const char *title; /* NULL when not appointed */
	const char *role;
	const char *key;
	int64_t time_s;               /* own clock */
	int64_t taken_in_s;           /* this spool's clock; 0 where unknown */
	uint64_t nth;                 /* among this key's reports about the letter */
	const char *const *regarding; /* ids */
	size_t n_regarding;
	const char *const *corrected_by; /* ids of reports of the same office, in standing, that regard this one */
	size_t n_corrected_by;
	enum valise_standing standing;
	const char *standing_text;
	bool counts_as_filed; /* the reporter is in standing. What it reports counts for nothing all the same */
	bool unattended;
	const char *sentence;
};

/* Somebody whose words are reported and who is no party of the letter. */
struct valise_speaker {
	const char *speaker;    /* as the reports name them: two names may be one person's */
	const size_t *reported; /* indices into reported */
	size_t n_reported;
};

/* How far a recipient has come, by its own counted word. Only ever moves forward. */
enum valise_state {
	VALISE_STATE_NOTHING,
	VALISE_STATE_REFUSED,
	VALISE_STATE_RECEIVED,
	VALISE_STATE_DEFECT,
	VALISE_STATE_OPENED,
	VALISE_STATE_REVIEWED
};

struct valise_party {
	size_t office; /* index into offices; SIZE_MAX for an addressee without a card */
	const char *addressee;
	const char *const *identified_as; /* addressees that the sender takes this office to be */
	size_t n_identified_as;
	bool is_sender, is_recipient, is_holder, is_bystander;
	enum valise_state state; /* of a recipient */
	const char *service;     /* "service-accepted", "service-declined" or NULL */
	bool past_answer_by;     /* a recipient that has not reviewed by then, as far as is known here */
	const char *
		sentence; /* "Mission Oslo's clerk says that it received this exact letter on ... (own clock). Nothing later ..." */
	const size_t *said; /* indices into said, by claimed time */
	size_t n_said;
	const size_t *reported; /* indices into reported: hearsay about what it said elsewhere */
	size_t n_reported;
};

/* One place where accounts do not fit together, or a signer or register is not in order. */
struct valise_disagreement {
	const char *
		kind; /* stable: "media-differ", "delivered-unconfirmed", "older-than-seal", "no-standing", "fork", "gap", "withdrawn-late", ... */
	const char *text;         /* for a person */
	const char *const *notes; /* ids concerned */
	size_t n_notes;
};

/* A part that the sender committed to and this set discloses. */
struct valise_disclosed {
	uint64_t number; /* of the letter's parts, of paper its scans, from 1 by name; 0: the subject */
	bool is_subject;
	const char *subject; /* of leaf 0 */
	const char *name;    /* shown form */
	const char *kind;    /* "file", "dir" */
	const char *sha256;
	uint64_t bytes;
	const char *confirmed_by; /* the first recipient whose reader says opened; NULL: "no reader confirmed it" */
};

struct valise_accounts {
	const char *letter, *short_id;
	const char *sentence; /* the one sentence first */
	bool has_as_of;       /* these are the accounts as they were at as_of_s, by this spool's clock */
	int64_t as_of_s;
	int64_t date_s;      /* the seal's */
	const char *ref;     /* NULL when absent */
	const char *subject; /* only where a disclosure shows it */
	const char *paper;   /* NULL unless a paper letter */
	bool has_answer_by;
	int64_t answer_by_s;
	uint64_t body_bytes, cover_bytes;

	enum valise_bytes_verdict bytes;
	const char *bytes_text;
	bool signatures_valid; /* nothing is broken, and the sealer and every counted signer is in standing */
	const char *signatures_text;
	bool sender_standing_good;
	enum valise_standing sender_standing;
	const char *sealed_by; /* the principal's title */
	bool keys_known;       /* every party's office is known to you */
	const char *keys_text;

	const struct valise_office_view *offices;
	size_t n_offices;
	const struct valise_said *said; /* by claimed time; within a second by the statement table, nth, id */
	size_t n_said;
	const struct valise_party
		*parties; /* sender, recipients in the seal's order, identified ones, addressees, holders, bystanders */
	size_t n_parties;
	const struct valise_reported *reported; /* by claimed time, nth, id; no rule counts them */
	size_t n_reported;
	const struct valise_speaker *speakers; /* by name */
	size_t n_speakers;
	const struct valise_disagreement *disagreements;
	size_t n_disagreements;
	const struct valise_disclosed *disclosed;
	size_t n_disclosed;
	const char *const
		*broken; /* items of this set that did not verify: they are named here and count for nothing */
	size_t n_broken;
	const char *const *not_shown; /* what this does not show */
	size_t n_not_shown;
};

/* Takes NULL. */
VALISE_PUBLIC void valise_accounts_free(struct valise_accounts *a);

/* The names of the enums above, static and stable, for --json: "intact", "good", "received". */
VALISE_PUBLIC const char *valise_bytes_name(enum valise_bytes_verdict v);
VALISE_PUBLIC const char *valise_standing_name(enum valise_standing s);
VALISE_PUBLIC const char *valise_state_name(enum valise_state s);
VALISE_PUBLIC const char *valise_span_check_name(enum valise_span_check c); /* "not-here", "damaged" */

VALISE_END_C

#endif
