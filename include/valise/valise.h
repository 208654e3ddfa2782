/* SPDX-License-Identifier: Apache-2.0 */
/* The library: everything that the programs of Valise can do, and the only header that they use. */
#ifndef VALISE_VALISE_H
#define VALISE_VALISE_H

#include <valise/accounts.h>
#include <valise/error.h>
#include <valise/exhibits.h>
#include <valise/export.h>
#include <valise/letting_go.h>
#include <valise/listing.h>
#include <valise/officers.h>
#include <valise/visibility.h>

/* Conventions.
 *
 * Errors. Functions return 0 or a code of enum valise_error, with a text for a person in *err (may be NULL). Outputs are named ret_x and
 * untouched on failure; what may be NULL says so. Every function that takes a struct valise may also give: VALISE_E_NOMEM; VALISE_E_IO, or
 * VALISE_E_BAD for what was damaged on this disk; VALISE_E_CHANGED when a spool opened for reading is written meanwhile, VALISE_E_BUSY when
 * one opened for writing is: both mean again; and those that write: VALISE_E_FULL, VALISE_E_READ_ONLY (also of a spool opened for reading).
 * Those that sign or open: VALISE_E_NOT_ALLOWED without a key here in the role it takes, VALISE_E_LOCKED without its passphrase. Those with
 * long work: VALISE_E_INTERRUPTED. Names that people type: VALISE_E_NOT_FOUND, VALISE_E_AMBIGUOUS. What is given in structs and makes no
 * sense: VALISE_E_USAGE.
 *
 * Shapes and units. Strings are NUL-terminated UTF-8; those that come from outside went through the rules for free text (spec/note.md) and
 * are safe to show, except file names (`path`, `name` where it says "raw bytes"). Ids are 64 lowercase hex digits; short ids are two groups
 * of four letters and digits, as h7qk-2mxd, for typing. Sizes are in bytes, times (_s) in seconds since 1970, UTC. Structs that are given
 * are set to zero but for what is meant; members that may be NULL say so.
 *
 * Names. A letter is named by its id, by four or more of the first digits of it or of its short id, by its whole ref, or by what a scanner reads of its docket;
 * an office by what you call it, an unambiguous beginning of that, four or more of the first digits of its id, or "self".
 *
 * Ownership. What is given is read during the call only. Results named struct valise_x * are owned by the caller and freed, with everything
 * in them, by valise_x_free, or by that of the struct's own name; NULL is taken too. What a callback is given lasts until it returns; a
 * callback of `each` that returns other than 0 ends the call, which returns that.
 *
 * The process. A struct valise belongs to one thread; other threads and processes may have the same spool open. The library does not log,
 * exit, change the locale, signals or the working directory, or read arguments or the environment; SIGPIPE is for the caller to ignore.
 * Where nobody has started libcrypto before, it does, without openssl.cnf, texts of errors and names of ciphers and digests: a program that
 * uses these calls OPENSSL_init_crypto() first. */

VALISE_BEGIN_C

/* "0.1.0", of the library that runs; static. */
VALISE_PUBLIC const char *valise_version(void);

/* Any bytes as text that is safe to show: control characters, bidirectional controls and what is no UTF-8 escaped as \xNN or
 * \u{NNNN}; what is safe already stays as it is. NULL when there is no memory; freed by free(). */
VALISE_PUBLIC char *valise_shown(const char *bytes);
/* Whether a reference is one plain word, of letters, digits and /-._ only, which may stand without quotation marks. */
VALISE_PUBLIC bool valise_plain(const char *shown);
/* What the code (QR) on a paper card or a docket says, spec/card.md: "VALISE:" or "LETTER:" and the id in upper case. Empty when `id` is no
 * id. valise_card_add takes the first in place of digits, and whatever takes a letter's name the second. */
enum valise_paper_of { VALISE_PAPER_OFFICE, VALISE_PAPER_LETTER };
struct valise_paper_code {
	char text[72];
};
VALISE_PUBLIC struct valise_paper_code valise_paper_code(enum valise_paper_of of, const char *id);
/* How many bytes of a text of `len` stand in `max` columns of a typeface of one width: whole characters, those that combine with the one
 * before, and at least one when there are any. *ret_columns: how many columns they take; East Asian wide ones take two. */
VALISE_PUBLIC size_t valise_fitting(const char *text, size_t len, size_t max, size_t *ret_columns);

/* What the library asks of its caller while it works. Any member may be NULL. */
struct valise_caller {
	void *context;
	/* Long work: bytes done, of how many (0: unknown; both 0: nothing that is counted). Non-zero cancels with
	 * VALISE_E_INTERRUPTED. Called from the caller's thread only, often: up to some thousand times a second. */
	int (*progress)(void *context, const char *doing, uint64_t done, uint64_t total);
	/* A passphrase for the key of `title`; at most max bytes into ret. Returns 0, or non-zero when there is none (VALISE_E_LOCKED).
	 * `again`: it is being chosen, not entered. One call for each distinct key in one command; a passphrase that opened one key
	 * is tried on the next first. */
	int (*passphrase)(void *context, const char *title, bool again, char *ret, size_t max, size_t *ret_len);
};

/* ---- The spool and its office ---- */

/* Opens the spool in the directory `dir` (raw bytes). VALISE_E_NO_OFFICE when there is none; VALISE_E_FAILURE for one of a newer version;
 * VALISE_E_BAD for a database that is no spool. `writing` false: works on read-only media too. Tables of an older version are brought up to
 * date, once, also for reading: VALISE_E_READ_ONLY where that cannot be. `caller` (may be NULL) is copied. */
VALISE_CHECKED int valise_open(const char *dir, bool writing, const struct valise_caller *caller, struct valise **ret,
			       struct valise_err *err);
/* Wipes what was unlocked; takes NULL. */
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
/* An office, its keeper's key, its next keeper's key, one officer with every role but machine: all of it, or none. `dir` (raw bytes) is
 * made when it is not there; after a failure it may hold a database without an office, which the next founding takes.
 * *ret is open for writing. VALISE_E_EXISTS when there is an office; VALISE_E_USAGE when a name, title or identity cannot be one. */
VALISE_CHECKED int valise_init(const char *dir, const struct valise_founding *f, const struct valise_caller *caller,
			       struct valise **ret, struct valise_err *err);

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
/* Seals one letter and keeps it here; nothing is sent. Takes a principal's key. VALISE_E_NOT_FOUND for an office whose card is not here, or
 * that nobody reads for, and for a path; VALISE_E_CHANGED when a file changes while it is read; VALISE_E_LIMIT for too many parts or files.
 * With dry_run paths and offices are looked at, *ret says what would be, and nothing is read, signed or kept. */
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
	/* For the other machines of our own office: all that it has, of every letter of its own, and its register, wrapped for its officers
	 * alone; not what bags there hold already for all of them. Nothing of all, via, bare and reports then. */
	bool inside;
	/* After what came is taken in, and before anything goes out: this ("received", "carrying") is stated of every letter that is whole and
	 * checked and of which it was not, unattended, by `as`, an officer whose key is here and that the register marks as a machine. */
	const char *say, *as; /* both or none */
};
struct valise_sync_said {
	const char *letter, *short_id, *note;
};
struct valise_sync_letter {
	const char *letter, *short_id, *from, *ref; /* from: petname or own name */
	uint64_t body_bytes;
	bool is_new;   /* first seen now */
	bool is_whole; /* every byte is here and checked */
	bool is_for_us;
	bool is_broken;   /* its seal gives the body another size than it has */
	bool is_answered; /* our office has said something of it already: perhaps on another machine */
	const char *text; /* "whole and checked, nothing said yet" */
};
struct valise_sync_report {
	size_t n_in;               /* letters that came, or of which something came */
	size_t n_out, n_whole_out; /* that went, or of which something did; those that went whole */
	size_t statements_in, statements_out, entries_in;
	size_t entries_out; /* of our own register, inside */
	size_t reports_in, reports_out, exhibits_in, exhibits_out;
	const struct valise_sync_said *said; /* unattended */
	size_t n_said;
	const char *said_by; /* that machine's title; NULL: nothing was to be said */
	size_t bags_read, bags_out, bags_skipped, bags_not_for_us;
	size_t bags_removed; /* of ours that nobody waits for any more */
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
/* Takes in what is there, puts out what should go. 0 also when bags were damaged or nothing could be put out: what came in stays, and *ret says
 * so (is_damaged, findings, out_code). VALISE_E_NOT_FOUND for a folder that is not there, and for a letter. Clerks', couriers' and readers' keys
 * that are here are unlocked once something comes that is wrapped for them. */
VALISE_CHECKED int valise_sync(struct valise *v, const struct valise_sync *s, struct valise_sync_report **ret,
			       struct valise_err *err);
VALISE_PUBLIC void valise_sync_report_free(struct valise_sync_report *r); /* before valise_close */
/* The letters of `in` and of `out`, one by one, in little memory however many they are. What `each` is given lives for the call; a return
 * that is not 0 stops, and comes back. */
typedef int valise_sync_each(void *context, const struct valise_sync_letter *letter);
VALISE_CHECKED int valise_sync_letters_in(const struct valise_sync_report *r, valise_sync_each *each, void *context,
					  struct valise_err *err);
VALISE_CHECKED int valise_sync_letters_out(const struct valise_sync_report *r, valise_sync_each *each, void *context,
					   struct valise_err *err);

/* ---- Saying ---- */

struct valise_statement {
	const char *says; /* a row of the statement table */
	const char *letter;
	const char *role; /* NULL: the first role of ours that may say it */
	const char *as;   /* our officer, by title or a prefix of its key's name; NULL: the first that is no machine */
	const char *to;   /* an office; NULL */
	const char *medium, *when, *reason;
	const char *const *text;
	size_t n_text;
	const char *const *regarding; /* ids or prefixes of notes here */
	size_t n_regarding;
};
/* Whether this spool is a copy of another, or was restored from a backup, as far as can be told: what is said here may then bear a number
 * that the same key gave to something else, which contradicts it for ever (spec/spool.md, "Copies"). */
VALISE_PUBLIC bool valise_is_copy(struct valise *v);
/* Whether an officer whose key is here can say that, and, with `as` (may be NULL), the one that is named: before something is done that is
 * to be said. VALISE_E_NOT_ALLOWED names who could. */
VALISE_CHECKED int valise_may_say(struct valise *v, const char *says, const char *as, struct valise_err *err);

/* The statements, looked at and checked, ready to sign: what a person should read before saying yes. */
struct valise_draft;
struct valise_draft_view {
	const char *short_id;
	const char *text;     /* the note's text as it will be signed */
	const char *question; /* "You state that Mission Oslo holds every byte, sealed. This accepts no service." */
	const char *title;    /* who signs */
	const char *already;  /* NULL, or that our office has said this before: nothing needs to be signed */
};
/* Looks at n statements and drafts them; signs nothing, and *ret is freed by valise_draft_free. VALISE_E_NOT_ALLOWED names who could;
 * VALISE_E_BAD when what would be stated is not so here (carrying or received without every byte, opened without having opened);
 * VALISE_E_LIMIT for more than 20,000. */
VALISE_CHECKED int valise_say_look(struct valise *v, const struct valise_statement *s, size_t n,
				   struct valise_draft **ret, struct valise_err *err);
/* The same, but it goes round letters of which it cannot be said: `left_out` is told why, and returns 0 to leave that one out of the draft;
 * what else it returns ends the look, and comes back. */
typedef int valise_left_out(void *context, const char *letter, const struct valise_err *why);
VALISE_CHECKED int valise_say_look_round(struct valise *v, const struct valise_statement *s, size_t n,
					 valise_left_out *left_out, void *context, struct valise_draft **ret,
					 struct valise_err *err);
/* As many as were given and not left out, in their order; views belong to the draft. `i` is below the count. */
VALISE_PUBLIC size_t valise_draft_count(const struct valise_draft *d);
VALISE_PUBLIC const struct valise_draft_view *valise_draft_at(const struct valise_draft *d, size_t i);
/* Signs and stores them, up to 1,000 in one transaction; of more, *err says how many are signed when one fails. *ret_ids (may be NULL): n ids, NULL where `already`, freed with the draft. */
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
/* Checks a letter against its seal, then writes its parts below the destination, all or none. Takes a reading key. VALISE_E_NOT_FOUND where not
 * every byte is here, VALISE_E_NOT_ALLOWED where it is not addressed to us, VALISE_E_EXISTS for a destination that is there, VALISE_E_USAGE of
 * paper. VALISE_E_BAD: does not match the seal, and *err says what and that `say defect` is how to say so; or the letter, the key or the
 * register was damaged on this disk, and *err says which. Nothing is left in place. */
VALISE_CHECKED int valise_open_letter(struct valise *v, const struct valise_opening *o, struct valise_opened **ret,
				      struct valise_err *err);
VALISE_PUBLIC void valise_opened_free(struct valise_opened *o);

/* ---- Who says what ---- */

/* The accounts of one letter, worked out from all that is here. Freed by valise_accounts_free. */
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
	size_t n_unread; /* letters that are damaged here: what was proposed in them is left out */
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
	size_t n_unread;                         /* letters that may belong to it, and are damaged here */
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
	size_t n_unread;    /* letters that may go with it, and are damaged here */
	bool replies_known; /* false: no reading key of our office is here, so which letter answers which is not known */
};
/* The thread that `letter` is part of. Where a reading key is here it is unlocked (VALISE_E_LOCKED). */
VALISE_CHECKED int valise_thread(struct valise *v, const char *letter, struct valise_thread **ret,
				 struct valise_err *err);
VALISE_PUBLIC void valise_thread_free(struct valise_thread *t);

/* What a person could type for an office, a letter, an exhibit, or an officer of ours: for completion. Nothing is computed or checked for
 * it, so it is quick: of letters the newest 1,000, by their short id, then by their ref, of the others the first 1,000. `name` may be raw
 * bytes (an exhibit's file); `about` says what it is, safe to show, or is NULL. One that returns other than 0 ends the call, which then
 * returns that. */
enum valise_names { VALISE_NAMES_OFFICES, VALISE_NAMES_LETTERS, VALISE_NAMES_EXHIBITS, VALISE_NAMES_OFFICERS };
VALISE_CHECKED int valise_names(struct valise *v, enum valise_names which,
				int (*each)(void *context, const char *name, const char *about), void *context,
				struct valise_err *err);

/* Everything that all commands which take LETTER... accept for --all: ids of letters for which it makes sense. A paper
 * letter only for the last: nobody but a person can tell whether the paper is here. */
enum valise_all { VALISE_ALL_UNRECEIVED, VALISE_ALL_UNOPENED, VALISE_ALL_UNCARRIED, VALISE_ALL_LETTERS };
/* *ret_ids: *ret_n ids, newest first, freed by valise_ids_free. */
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
	/* Gets the text, some at a time, once all but such exhibits is known to be in order. Non-zero stops, and comes back. */
	int (*write)(void *context, const void *bytes, size_t len);
	void *context;
};
/* The evidence for one letter; *ret_has_key: with the letter's key, which its cover has. After a failure what was written has no end, and is
 * no dossier. VALISE_E_NOT_FOUND or VALISE_E_AMBIGUOUS for a part that the letter has not, or has twice; VALISE_E_LIMIT for more than 1 GiB. */
VALISE_CHECKED int valise_dossier(struct valise *v, const struct valise_dossier *d, bool *ret_has_key,
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
	/* Its next bytes, once, from the beginning on: at most `room`, and *ret_len is 0 at its end. Otherwise a code, which comes back. */
	int (*read)(void *context, void *ret, size_t room, size_t *ret_len, struct valise_err *err);
	void *context;
	uint64_t bytes; /* filled in by valise_verify, as the next */
	char sha256[65];
	size_t spans;  /* places in reports that were read from it; 0: no report here points into this file */
	uint64_t part; /* the `number` of the first disclosed part that it is; 0: of none */
};
struct valise_verifying {
	const struct valise_known *known;
	size_t n_known;
	struct valise_file *files;
	size_t n_files;
	int64_t now_s; /* by which `answer-by` is judged: time(NULL) */
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
	bool rebuild; /* forgets what was counted of letters, and counts it again; forgets what syncs remember */
	/* Whoever asks says that no other copy of this spool writes register entries, or says anything with its keys: it may from now on. For a
	 * spool that is a copy, or was restored from a backup. VALISE_E_BAD, and nothing is changed, where it has the keeper's key and the
	 * register is forked. */
	bool only_copy;
	void *context;
	void (*found)(void *context, bool is_broken, const char *text);
};
/* 0 when nothing is broken, VALISE_E_BAD when something is. */
VALISE_CHECKED int valise_doctor(struct valise *v, const struct valise_doctor *d, struct valise_err *err);

VALISE_END_C

#include <valise/bulk.h> /* last: it needs what stands above */

#endif
