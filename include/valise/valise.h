/* SPDX-License-Identifier: Apache-2.0 */
/* The library: everything that the programs of Valise can do, and the only header that they use. */
#ifndef VALISE_VALISE_H
#define VALISE_VALISE_H

#include <valise/accounts.h>
#include <valise/error.h>
#include <valise/export.h>
#include <valise/listing.h>

/* Conventions. Functions return 0 or a code of enum valise_error, with a text for a person in *err (may be NULL). Outputs are named
 * ret_x and untouched on failure. Strings are NUL-terminated UTF-8; those that come from outside went through the rules for free
 * text and are safe to show, except file names (`path`, `name` where it says "raw bytes"). Sizes are in bytes, times in seconds since
 * the epoch. Results named struct valise_x * are owned by the caller and freed by valise_x_free. A struct valise belongs to one thread.
 * The library does not log, exit, change the locale or the working directory, or read arguments or the environment. Where nobody has
 * started libcrypto before, it does, without openssl.cnf, texts of errors and names of ciphers and digests: a program that uses these
 * calls OPENSSL_init_crypto() first. */

VALISE_PUBLIC const char *valise_version(void);

/* Any bytes as text that is safe to show: control characters, bidirectional controls and what is no UTF-8 escaped as \xNN or
 * \u{NNNN}; what is safe already stays as it is. NULL when there is no memory; freed by free(). */
VALISE_PUBLIC char *valise_shown(const char *bytes);
/* How many bytes of a text of `len` stand in `max` columns of a typeface of one width: whole characters, those that combine with the one
 * before, and at least one when there are any. *ret_columns: how many columns they take; East Asian wide ones take two. */
VALISE_PUBLIC size_t valise_fitting(const char *text, size_t len, size_t max, size_t *ret_columns);

/* What the library asks of its caller while it works. Any member may be NULL. */
struct valise_caller {
	void *context;
	/* Long work: bytes done, of how many (0: unknown; both 0: nothing that is counted). Non-zero cancels with
	 * VALISE_E_INTERRUPTED. Called from the caller's thread only, often: up to some thousand times a second. */
	int (*progress)(void *context, const char *doing, uint64_t done, uint64_t total);
	/* What is to be done is counted beforehand, where that takes a walk through directories: somebody sees the progress. */
	bool shows_progress;
	/* A passphrase for the key of `title`; at most max bytes into ret. Returns 0, or non-zero when there is none (VALISE_E_LOCKED).
	 * `again`: it is being chosen, not entered. One call for each distinct key in one command; a passphrase that opened one key
	 * is tried on the next first. */
	int (*passphrase)(void *context, const char *title, bool again, char *ret, size_t max, size_t *ret_len);
};

/* ---- The spool and its office ---- */

struct valise;
/* VALISE_E_NO_OFFICE when there is none. `writing` false: works on read-only media too. `caller` is copied. */
VALISE_CHECKED int valise_open(const char *dir, bool writing, const struct valise_caller *caller, struct valise **ret,
			       struct valise_err *err);
VALISE_PUBLIC void valise_close(struct valise *v);
/* From now on valise_track, valise_letters, valise_totals, valise_heard and valise_dossier show what this spool had taken in by then, on this machine's clock: what
 * this office knew, and when. For a spool opened for reading. VALISE_E_USAGE when that is yet to come. *ret_set_back (may be NULL): how many
 * items of its log bear an earlier time than one before them, since that clock was set back. */
VALISE_CHECKED int valise_look_back(struct valise *v, int64_t as_of_s, uint64_t *ret_set_back, struct valise_err *err);

struct valise_founding {
	const char *name;   /* of the office */
	const char *title;  /* of its first officer */
	bool no_passphrase; /* keys in the clear, 0600 */
	const char *
		reading_identity; /* "AGE-SECRET-KEY-1..." made by age-keygen, to use as the first reader's key; NULL: a new one */
	/* The text of the recovery sheet, which alone holds the next keeper's key: called before the office is there, so that none is
	 * founded whose sheet is lost. Non-zero, with *err filled in, and nothing is founded. NULL: it is not kept. */
	int (*keep_recovery)(void *context, const char *sheet, struct valise_err *err);
	void *context;
	bool dry_run; /* check everything, make nothing: *ret stays untouched, no sheet is given */
};
/* An office, its keeper's key, its next keeper's key, one officer with every role but machine. Nothing is there or all is. */
VALISE_CHECKED int valise_init(const char *dir, const struct valise_founding *f, const struct valise_caller *caller,
			       struct valise **ret, struct valise_err *err);

/* ---- Officers and cards ---- */

struct valise_officer {
	const char *key; /* verifier key */
	const char *title;
	const char *roles;     /* "clerk,courier" */
	const char *recipient; /* age recipient; NULL: none */
	bool has_until;
	int64_t until_s;
	bool dismissed;
	int64_t dismissed_s;
	const char *reason;
	bool is_here; /* its secret key is in this spool */
};
struct valise_office {
	struct valise_office_view view;
	const char *head; /* id of the newest entry */
	uint64_t entries;
	int64_t since_s; /* time of entry 0, own clock */
	const struct valise_officer *officers;
	size_t n_officers;
};
VALISE_PUBLIC void valise_office_free(struct valise_office *o);

struct valise_appointment {
	const char *title;
	const char *roles; /* "clerk,courier"; at least one besides machine */
	bool has_until;
	int64_t until_s;
	bool no_passphrase;
	const char *reading_identity; /* as above */
	bool dry_run;
};
/* Makes the officer's key here, and the register entry that appoints it. *ret_key (may be NULL): VKEY text, to be freed. */
VALISE_CHECKED int valise_officer_add(struct valise *v, const struct valise_appointment *a, char **ret_key,
				      struct valise_err *err);
/* `officer`: a title, or a prefix of the key's name. */
VALISE_CHECKED int valise_officer_dismiss(struct valise *v, const char *officer, const char *reason, bool dry_run,
					  struct valise_err *err);
/* Our own office (NULL), or one by petname, id prefix. */
VALISE_CHECKED int valise_office(struct valise *v, const char *name, struct valise_office **ret,
				 struct valise_err *err);

/* A card's bytes; freed by free(). */
VALISE_CHECKED int valise_card_export(struct valise *v, const char *name, char **ret, size_t *ret_len,
				      struct valise_err *err);
/* Reads a card without taking it: whose it is. Works without a spool (v NULL). */
VALISE_CHECKED int valise_card_look(struct valise *v, const void *card, size_t len, struct valise_office **ret,
				    struct valise_err *err);
/* Takes it in under a name of yours. `digits` (spaces allowed) from the paper card: VALISE_E_BAD when they do not match, nothing
 * is kept; NULL: kept as unchecked. */
VALISE_CHECKED int valise_card_add(struct valise *v, const void *card, size_t len, const char *petname,
				   const char *digits, struct valise_office **ret, struct valise_err *err);
/* Calls back for each office you named. */
VALISE_CHECKED int valise_card_each(struct valise *v, int (*each)(void *context, const struct valise_office *o),
				    void *context, struct valise_err *err);

/* ---- Sealing ---- */

struct valise_letter {
	const char *const *to; /* petnames or id prefixes */
	size_t n_to;
	const char *subject; /* NULL: the first part's name */
	const char *ref;     /* NULL: none */
	bool has_answer_by, has_keep_until;
	int64_t answer_by_s, keep_until_s;
	const char *in_reply_to; /* a letter's name; NULL */
	const char *const
		*paths; /* raw bytes; files and directories; "-" once: standard input, as a part named "stdin" */
	size_t n_paths;
	bool keep_no_copy; /* our own readers cannot open it */
	/* A paper letter: what it is, in words. No paths, no subject, no in_reply_to, a copy of nothing. NULL: an electronic one. */
	const char *paper;
	bool no_card;             /* of paper: who in `to` is no office that we know is an addressee, by name */
	const char *const *scans; /* of paper: files whose digests are committed to; the files are not kept */
	size_t n_scans;
	bool dry_run;
};
struct valise_sealed {
	const char *letter; /* id */
	const char *short_id;
	const char *same_ref; /* id of the last letter that you sealed before with this reference; NULL */
	const char *same_ref_short;
	size_t n_parts; /* of paper: scans */
	uint64_t plain_bytes, body_bytes;
	const char *paper;     /* as sealed; NULL: an electronic letter */
	const char *const *to; /* the offices, as you know them */
	size_t n_to;
	const char *const *addressees; /* who has no card, in the seal's words */
	size_t n_addressees;
	const char *const *readers; /* a line for each office that can open it: "Mission Oslo's 2 readers" */
	size_t n_readers;
	const char *const *unchecked; /* petnames of recipients whose card came only as a file */
	size_t n_unchecked;
};
/* VALISE_E_USAGE where what is asked for does not go together, before an office is looked at; valise_seal checks it as well. */
VALISE_CHECKED int valise_letter_check(const struct valise_letter *l, struct valise_err *err);
VALISE_CHECKED int valise_seal(struct valise *v, const struct valise_letter *l, struct valise_sealed **ret,
			       struct valise_err *err);
VALISE_PUBLIC void valise_sealed_free(struct valise_sealed *s);

/* ---- Moving ---- */

struct valise_sync {
	const char *dir; /* a folder; NULL: a bag on in_fd (taken in) and on out_fd (put out), -1 for none */
	int in_fd, out_fd;
	const char *const *letters; /* these go out; names or prefixes */
	size_t n_letters;
	bool all;               /* every letter not known to have arrived goes out */
	const char *const *via; /* courier offices to wrap for besides the recipients */
	size_t n_via;
	bool bare;    /* do not wrap */
	bool reports; /* with the letters that go out, also the reports about them, and the exhibits that these point at */
	bool look;    /* only say what is there and what would go; a spool that was opened for reading will do */
};
struct valise_sync_letter {
	const char *letter, *short_id, *from, *ref; /* from: petname or own name */
	uint64_t body_bytes;
	bool is_new;   /* first seen now */
	bool is_whole; /* every byte is here and checked */
	bool is_for_us;
	bool is_broken;   /* its seal gives the body another size than it has */
	const char *text; /* "whole and checked, nothing said yet" */
};
struct valise_sync_report {
	const struct valise_sync_letter *in; /* letters that came, or of which something came */
	size_t n_in;
	const struct valise_sync_letter *out;
	size_t n_out;
	size_t statements_in, statements_out, entries_in;
	size_t reports_in, reports_out, exhibits_in, exhibits_out;
	size_t bags_read, bags_out, bags_skipped, bags_not_for_us;
	uint64_t bytes_in, bytes_out;
	const char *const *findings; /* damaged bags, refused items, each a sentence that names the bag */
	size_t n_findings;
	bool is_damaged;       /* something there was malformed or altered */
	int out_code;          /* 0, or why nothing or not everything could be put out; what came in stays */
	const char *out_error; /* the text for it; NULL */
	const char *finder;    /* what a finder of what was put out would learn; NULL when nothing went */
	bool durable;          /* the filesystem confirmed its syncs */
	bool read_back;        /* what went out was read again, past the page cache, and compared */
};
VALISE_CHECKED int valise_sync(struct valise *v, const struct valise_sync *s, struct valise_sync_report **ret,
			       struct valise_err *err);
VALISE_PUBLIC void valise_sync_report_free(struct valise_sync_report *r);

/* ---- Saying ---- */

struct valise_statement {
	const char *says; /* a row of the statement table */
	const char *letter;
	const char *role; /* NULL: the first role of ours that may say it */
	const char *to;   /* an office; NULL */
	const char *medium, *when, *reason;
	const char *const *text;
	size_t n_text;
	const char *const *regarding; /* ids or prefixes of notes here */
	size_t n_regarding;
};
/* The statements, looked at and checked, ready to sign: what a person should read before saying yes. */
struct valise_draft;
struct valise_draft_view {
	const char *short_id;
	const char *text;     /* the note's text as it will be signed */
	const char *question; /* "You state that Mission Oslo holds every byte, sealed. This accepts no service." */
	const char *title;    /* who signs */
	const char *already;  /* NULL, or that our office has said this before: nothing needs to be signed */
};
/* VALISE_E_NOT_ALLOWED names who could; VALISE_E_BAD when what would be stated is not so here (carrying or received without every
 * byte, opened without having opened). */
VALISE_CHECKED int valise_say_look(struct valise *v, const struct valise_statement *s, size_t n,
				   struct valise_draft **ret, struct valise_err *err);
VALISE_PUBLIC size_t valise_draft_count(const struct valise_draft *d);
VALISE_PUBLIC const struct valise_draft_view *valise_draft_at(const struct valise_draft *d, size_t i);
/* Signs and stores them all in one transaction; *ret_ids (may be NULL): n ids, NULL where `already`, freed with the draft. */
VALISE_CHECKED int valise_say_sign(struct valise *v, struct valise_draft *d, const char *const **ret_ids,
				   struct valise_err *err);
VALISE_PUBLIC void valise_draft_free(struct valise_draft *d);

/* The statement table, for help and completion: row i, or false past its end. */
struct valise_says {
	const char *name, *means, *does_not_mean, *reasons; /* static */
	const char *means_paper;                            /* of a paper letter; NULL: the same; static */
	bool not_of_paper;                                  /* nobody says it of a paper letter */
	char roles[80];                                     /* "clerk,reader" */
	bool needs_to, needs_text, needs_reason, needs_regarding, needs_when;
};
VALISE_PUBLIC bool valise_says_at(size_t i, struct valise_says *ret);

/* ---- Exhibits and reports ---- */

/* A span of an exhibit's bytes. */
struct valise_span {
	uint64_t offset, length;
};

/* An exhibit is any file of 1 byte to 1 GiB, kept whole by its SHA-256: never altered, and nothing in it is ever run. */
struct valise_exhibit_adding {
	const char *path;   /* raw bytes; "-": standard input */
	const char *letter; /* it belongs to the story of this letter: known here only; NULL */
	const char *note;   /* with a letter: free text, known here only; NULL */
};
/* *ret_id is to be freed; *ret_new (may be NULL) is false when it was here already. VALISE_E_CHANGED when the file changes meanwhile. */
VALISE_CHECKED int valise_exhibit_add(struct valise *v, const struct valise_exhibit_adding *a, char **ret_id,
				      bool *ret_new, struct valise_err *err);

struct valise_exhibit_letter {
	const char *letter, *short_id, *note; /* note: NULL when there is none */
	int64_t tagged_s;
};
struct valise_exhibit_report {
	const char *report, *letter, *short_id, *office; /* office: petname or own name of the reporter's */
};
struct valise_exhibit {
	const char *id;   /* its SHA-256 */
	const char *name; /* of the file it came from, raw bytes; NULL: it came from a pipe or in a bag */
	uint64_t bytes;
	int64_t taken_in_s;
	const struct valise_exhibit_letter *letters; /* that it was said to belong to */
	size_t n_letters;
	const struct valise_exhibit_report *reports; /* here, that point at it */
	size_t n_reports;
	struct valise_span span; /* what `text` shows: the beginning, unless a span was asked for; at most 1 MiB */
	const char *text; /* every byte that is unsafe to show escaped, line breaks kept; NULL: it is no text there */
};
/* `exhibit`: the beginning of its SHA-256 (4 digits or more), or its file's name. `span` may be NULL. Every byte is checked against the
 * SHA-256: VALISE_E_BAD when it was damaged on this disk. */
VALISE_CHECKED int valise_exhibit(struct valise *v, const char *exhibit, const struct valise_span *span,
				  struct valise_exhibit **ret, struct valise_err *err);
VALISE_PUBLIC void valise_exhibit_free(struct valise_exhibit *e);
/* In order of intake; only those of `letter` when it is not NULL: that were said to belong to it, or that a report about it points at.
 * Letters, reports and text are not filled in. */
VALISE_CHECKED int valise_exhibits(struct valise *v, const char *letter,
				   int (*each)(void *context, const struct valise_exhibit *e), void *context,
				   struct valise_err *err);
/* Its bytes, or those of a span, into a new file at `path`, checked before it has its name; VALISE_E_EXISTS when one is there. "-":
 * standard output. */
VALISE_CHECKED int valise_exhibit_save(struct valise *v, const char *exhibit, const struct valise_span *span,
				       const char *path, struct valise_err *err);

/* What a source says, to be filed under signature: hearsay, whose speaker has signed nothing. */
struct valise_report {
	const char *letter;
	const char *says; /* a row of the statement table, or "other" */
	const char *speaker, *verb;
	/* A file, which is taken in first when it is not here ("-" is not one), or an exhibit that is. */
	const char *exhibit;
	/* One of: a quote to be found in it; a span; neither, and then `where` is needed: the whole file. */
	const char *quote;
	const struct valise_span *span;
	bool every; /* each place where the quote stands, not one that must be the only one */
	const char *where;
	const char *speaker_office;    /* an office; NULL */
	const char *speaker_addressee; /* an addressee of the letter's seal; NULL */
	const char *of, *medium, *carriage, *when;
	const char *const *via; /* outermost first */
	size_t n_via;
	const char *
		resolved; /* your reading of `when`: "FROM..TO", or one; a time, or a day from its first second to its last */
	bool quoted;
	const char *const *regarding; /* ids or prefixes of notes about the letter that are here */
	size_t n_regarding;
	const char *role; /* NULL: the first of our officers that can sign */
};
struct valise_report_draft;
/* `dry_run`: takes in nothing, and looks at a file where it is. VALISE_E_NOT_FOUND when a quote is not there, and *err tells the nearest
 * cause; VALISE_E_AMBIGUOUS when it is there several times, with the places. */
VALISE_CHECKED int valise_report_look(struct valise *v, const struct valise_report *r, bool dry_run,
				      struct valise_report_draft **ret, struct valise_err *err);
/* A list, as valise-report(1) describes it, of reports about one letter. `common` holds what its lines share: letter, exhibit, role. What is
 * wrong is told line by line through `wrong`, and then nothing is to be signed: the error's code is that of the first such line. */
struct valise_report_list {
	const char *bytes;
	size_t len;
	const struct valise_report *common;
	void *context;
	void (*wrong)(void *context, size_t line, const char *text);
};
VALISE_CHECKED int valise_report_look_list(struct valise *v, const struct valise_report_list *l, bool dry_run,
					   struct valise_report_draft **ret, struct valise_err *err);
VALISE_PUBLIC size_t valise_report_count(const struct valise_report_draft *d);
VALISE_PUBLIC const struct valise_draft_view *valise_report_at(const struct valise_report_draft *d, size_t i);
/* Signs and stores them all in one transaction; *ret_ids (may be NULL): as many ids, NULL where `already`, freed with the draft. */
VALISE_CHECKED int valise_report_sign(struct valise *v, struct valise_report_draft *d, const char *const **ret_ids,
				      struct valise_err *err);
VALISE_PUBLIC void valise_report_draft_free(struct valise_report_draft *d);

/* Where a quote stands in an exhibit or a file, the first so many places, for a person to choose from. */
struct valise_place {
	struct valise_span span;
	const char *around; /* what stands there and beside it, quoted, on one line */
};
struct valise_places {
	const struct valise_place *at;
	size_t n;
	bool more; /* there are more than these */
};
VALISE_CHECKED int valise_quote_places(struct valise *v, const char *exhibit, const char *quote,
				       struct valise_places **ret, struct valise_err *err);
VALISE_PUBLIC void valise_places_free(struct valise_places *p);

/* ---- Opening ---- */

struct valise_opening {
	const char *letter;
	const char *destination; /* a directory that is not there yet; NULL: the short id below the working directory */
	bool below;              /* the short id below `destination` instead, which is there */
	bool dry_run;            /* check everything, write nothing */
};
struct valise_opened_part {
	const char *name; /* raw bytes */
	bool is_dir;
	uint64_t bytes;
	const char *sha256;
};
struct valise_opened {
	const char *letter, *short_id, *subject, *in_reply_to, *destination;
	const struct valise_opened_part *parts;
	size_t n_parts;
};
/* VALISE_E_BAD: does not match the seal, and *err says what and that `say defect` is how to say so; or the letter, the key or the
 * register was damaged on this disk, and *err says which. VALISE_E_LOCKED. Nothing is left in place. */
VALISE_CHECKED int valise_open_letter(struct valise *v, const struct valise_opening *o, struct valise_opened **ret,
				      struct valise_err *err);
VALISE_PUBLIC void valise_opened_free(struct valise_opened *o);

/* ---- Who says what ---- */

VALISE_CHECKED int valise_track(struct valise *v, const char *letter, struct valise_accounts **ret,
				struct valise_err *err);
/* A visit, meeting or reply that a counted statement proposes, and what became of it by others: agreed is not held. */
struct valise_answer {
	const char *id;     /* of the statement */
	const char *says;   /* "agreed", "held", "called-off" */
	const char *office; /* as shown */
	const char *office_id;
	const char *when; /* in its words; NULL */
	const char *const *text;
	size_t n_text;
	int64_t time_s; /* own clock */
	bool is_day;    /* `when` is a day, written 2026-11-22, and no later than time_s */
	int64_t at_s;   /* then its beginning; else time_s */
};
struct valise_proposal {
	const char *id, *letter, *short_id;
	const char *office; /* who proposed, as shown */
	const char *office_id;
	const char *when;
	const char *const *text;
	size_t n_text;
	int64_t time_s;
	const char
		*state; /* "held", "called-off", or with both "disputed"; else "agreed" (by another), else "proposed" */
	const struct valise_answer *answers; /* by claimed time */
	size_t n_answers;
	size_t last_held; /* the proposal whose holding is the last before this one was made; SIZE_MAX: none is here */
	const char *since_held; /* from then to this one: "3 years and 2 months"; NULL */
};
/* What is reported to have been proposed, agreed, held or called off: hearsay, beside the others and never among them. */
struct valise_proposal_reported {
	const char *letter, *short_id;
	const struct valise_reported *reported;
};
struct valise_proposals {
	const struct valise_proposal *at; /* newest first */
	size_t n;
	const struct valise_proposal_reported *reported; /* in standing, and not corrected */
	size_t n_reported;
};
/* Out of all letters here; `with` (NULL: whoever) is an office that made it, or is a party of its letter. */
VALISE_CHECKED int valise_proposals(struct valise *v, const char *with, struct valise_proposals **ret,
				    struct valise_err *err);
VALISE_PUBLIC void valise_proposals_free(struct valise_proposals *p);
/* What was last "proposed", "agreed", "held" or "called-off" (`word`), by claimed time. Borrows from p. */
struct valise_last {
	const struct valise_proposal *proposal; /* NULL: nothing here says so */
	const struct valise_answer *answer;     /* of it; NULL: the proposal itself */
	int64_t at_s;
	const char *before_newest; /* of a holding: from then to the newest proposal, another one; else NULL */
};
VALISE_CHECKED int valise_proposals_last(const struct valise_proposals *p, const char *word, struct valise_last *ret,
					 struct valise_err *err);

/* What a brief, a letter to an envoy, sent him to do, and who says that it was done. A letter to deliver is an errand of a brief when the
 * brief's sender or one of its recipients says something of that letter that regards the brief. */
struct valise_errand {
	const char *kind;                    /* "deliver", "convey": the brief's own message by word of mouth */
	const char *letter, *short_id, *ref; /* the letter to deliver; the brief itself, to convey */
	const char *to;                      /* as shown; the first, and how many more */
	const char *state; /* of a letter to deliver: its least far recipient's valise_state_name; "conveyed" */
	const struct valise_said *const *words;          /* what counts of it, by claimed time */
	const struct valise_office_view *const *offices; /* who says each */
	const bool *by_envoy;                            /* each: by a recipient of the brief */
	size_t n_words;
	size_t n_others; /* of them by neither the envoy nor the sender of the brief */
	const struct valise_reported *const
		*reported; /* hearsay of it, in standing and not corrected: confirms nothing */
	size_t n_reported;
};
struct valise_mission {
	const struct valise_errand *errands; /* none: the letter sent nobody anywhere, as far as is known here */
	size_t n_errands;
	const struct valise_proposals *meetings; /* proposed in the brief */
};
/* Borrows from `brief`, the brief's accounts, as valise_track gave them. */
VALISE_CHECKED int valise_mission(struct valise *v, const struct valise_accounts *brief, struct valise_mission **ret,
				  struct valise_err *err);
VALISE_PUBLIC void valise_mission_free(struct valise_mission *m);

/* The letters that belong together: replies, where a reading key of ours opens them, and those whose counted statements regard one
 * another; and all that was said of any of them, on one line of time. */
struct valise_thread_exhibit {   /* one that was said to belong to the letter: known here only */
	const char *exhibit;     /* its id */
	const char *name, *note; /* safe to show; NULL */
	int64_t tagged_s, taken_in_s;
};
struct valise_thread_letter {
	const struct valise_accounts *accounts;
	const struct valise_thread_exhibit *exhibits; /* by time */
	size_t n_exhibits;
	const char *subject;     /* NULL where we cannot read it */
	const char *in_reply_to; /* its id, which need not be here; NULL */
	int64_t taken_in_s;
};
enum valise_event_kind { VALISE_EVENT_SEALED, VALISE_EVENT_SAID, VALISE_EVENT_REPORTED, VALISE_EVENT_EXHIBIT };
struct valise_event {
	enum valise_event_kind kind;
	size_t letter; /* index into letters */
	size_t index; /* VALISE_EVENT_SAID: into said of its accounts; VALISE_EVENT_REPORTED: into reported; VALISE_EVENT_EXHIBIT: into the letter's exhibits */
	/* By the clock of whoever said so. What is reported stands where the reporter's reading of the source's words puts it; without
	 * one, where it was filed, and its `when` says no more than the source. */
	int64_t time_s;
	int64_t taken_in_s; /* by ours */
};
struct valise_thread {
	const struct valise_thread_letter *letters; /* by date */
	size_t n_letters;
	const struct valise_event *events; /* by time */
	size_t n_events;
	bool replies_known; /* false: no reading key of our office is here, so which letter answers which is not known */
};
VALISE_CHECKED int valise_thread(struct valise *v, const char *letter, struct valise_thread **ret,
				 struct valise_err *err);
VALISE_PUBLIC void valise_thread_free(struct valise_thread *t);

/* Everything that all commands which take LETTER... accept for --all: ids of letters for which it makes sense. A paper
 * letter only for the last: nobody but a person can tell whether the paper is here. */
enum valise_all { VALISE_ALL_UNRECEIVED, VALISE_ALL_UNOPENED, VALISE_ALL_UNCARRIED, VALISE_ALL_LETTERS };
VALISE_CHECKED int valise_letters_all(struct valise *v, enum valise_all which, char ***ret_ids, size_t *ret_n,
				      struct valise_err *err);
VALISE_PUBLIC void valise_ids_free(char **ids, size_t n);

/* ---- Evidence ---- */

struct valise_dossier {
	const char *letter;
	const char *const *disclose; /* part names, "subject", or "cover" (its whole plaintext); takes a reading key */
	size_t n_disclose;
	bool no_reports; /* nor anything of their exhibits */
	bool exhibits; /* whole ones, as far as they are here; otherwise what stands at each report's spans and beside them */
};
/* *ret is freed by free(). */
VALISE_CHECKED int valise_dossier(struct valise *v, const struct valise_dossier *d, char **ret, size_t *ret_len,
				  struct valise_err *err);

struct valise_known {
	const void *card;
	size_t len;
	const char *petname; /* NULL: what it calls itself */
	bool unchecked;      /* its digits were never compared with a paper card */
	bool is_self;
};
/* A file that the asker has, which may be an exhibit that reports name, or a disclosed part. */
struct valise_file {
	const void *bytes;
	size_t len;
	char sha256[65]; /* filled in by valise_verify, as the next */
	size_t spans;    /* places in reports that were read from it; 0: no report here points into this file */
	uint64_t part;   /* the `number` of the first disclosed part that it is; 0: of none */
};
struct valise_verifying {
	const struct valise_known *known;
	size_t n_known;
	struct valise_file *files;
	size_t n_files;
	int64_t now_s;
};
/* Needs no spool. VALISE_E_BAD when the dossier is malformed or its seal does not verify. Other items that do not verify are named
 * in `broken` of the accounts, and count for nothing. */
VALISE_CHECKED int valise_verify(const void *dossier, size_t len, const struct valise_verifying *with,
				 struct valise_accounts **ret, struct valise_err *err);
/* Whether a counted statement `says` stands from some recipient (or from the office named "OFFICE:says", by petname or id prefix).
 * 0, VALISE_E_UNMET with a text, VALISE_E_USAGE when `says` is no row. */
VALISE_CHECKED int valise_require(const struct valise_accounts *a, const char *what, struct valise_err *err);

/* ---- Health ---- */

struct valise_doctor {
	bool mend;    /* removes litter, and damaged copies of what others sealed, so that they can come again */
	bool rebuild; /* forgets what was counted of letters, and counts it again */
	void *context;
	void (*found)(void *context, bool is_broken, const char *text);
};
/* 0 when nothing is broken, VALISE_E_BAD when something is. */
VALISE_CHECKED int valise_doctor(struct valise *v, const struct valise_doctor *d, struct valise_err *err);

#endif
