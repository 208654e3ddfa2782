/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one intake, and the steps that its files share; nobody else includes this. */
#ifndef OFFICE_TAKING_H
#define OFFICE_TAKING_H

#include "format/bag.h"
#include "office/note_room.h"
#include "office/piece_writer.h"
#include "office/roll.h"
#include "office/take_in.h"
#include "spool/mend.h"
#include "spool/settled.h"

#define TALLIES_MAX_BYTES (LIMIT_TALLY_BYTES + 1024u * 1024) /* held at once: above that, all but the newest go */

/* A body that seals here name. Anybody can seal letters that name another's body, as many as he likes, with whatever sizes: what comes
 * of it decides which is so. */
struct named_body {
	struct hash root;
	size_t first;     /* the newest of the arrivals that name it, and 1 */
	size_t told;      /* as far as this one, and 1, they were told that they give it another size */
	bool is_wanted;   /* one of them was not let go of here */
	bool has_no_room; /* there is less on this disk than it lacks */
	bool is_here;     /* whole */
	uint64_t bytes;   /* then */
	struct buf tally; /* the newest that hashes to the root, of as many pieces as some seal here says */
	uint8_t *seen;    /* in a look: a bit for each of its pieces that lies there */
	uint64_t n_seen;
};

/* What checking a note's signature ahead came to; both NULL and no code: nobody did. */
struct checked_note {
	struct verified_seal *seal; /* owned */
	struct verified_statement *statement;
	int code;
	struct valise_err why;
};
void checked_note_release(struct checked_note *c);

struct take_in {
	struct valise *v;
	struct take_in_options o;
	struct arrival *arrivals; /* the last */
	size_t n_arrivals, cap_arrivals;
	size_t n_staying;         /* how many were left when the others were filed */
	struct roll filed;        /* those: struct arrival, with their refs */
	struct log_end began;     /* before anything came */
	struct hashes unfinished; /* of those filed, which were here before, and are not whole */
	struct hash_index by_id;
	struct named_body *bodies;
	size_t n_bodies, cap_bodies;
	struct hash_index by_body; /* their roots, and which numbers of pieces some seal gives them */
	struct hashes concerned;   /* offices that letters or statements here name */
	struct hashes identified;  /* letters not here with an addressee that is us, as a statement has it */
	struct note_room statements, reports;
	struct hashes looked;            /* in a look: notes that were counted */
	struct verified_entry **pending; /* register entries of the bag in hand */
	size_t n_pending, cap_pending;
	size_t pending_bytes;
	struct body_intake *body; /* being written */
	struct piece_writer *writer;
	size_t body_of; /* index into bodies */
	size_t n_without_room;
	size_t busy_body;     /* index + 1 of the one that another process is taking in */
	size_t tally_bytes;   /* held in bodies */
	struct buf tally;     /* what came of one so far */
	struct hash tally_of; /* the body's root */
	unsigned unsynced;
	bool in_transaction;
	unsigned in_batch, commit_every;
	uint64_t batch_bytes;
	/* The bag in hand. */
	const char *bag;
	struct bag_reader *reader; /* while it hands on a record */
	struct take_ahead *ahead;
	struct checked_note *checked; /* of the record in hand; NULL: of none */
	bool wrapped;
	bool wrapping_damaged;       /* told already: what the reader then says of the rest is no news */
	bool orphans;                /* it held what waits for another bag */
	size_t taken;                /* items that this pass brought */
	bool is_inside;              /* it is from another machine of our own office, by its first record */
	struct hash inside_audience; /* then: for which keys */
	struct roll_end kept_items;  /* of vouched.items, what bags before this one hold */
	bool is_vouched;             /* by its last record so far, by this key */
	struct age_recipient voucher;
	struct vouched_bags vouched;      /* such bags there that a key vouches for */
	struct identities keys;           /* none until they are needed */
	struct taking_exhibits *exhibits; /* NULL until a report or a record comes */
	struct take_in_result r;
	struct findings findings;
	struct valise_err *err; /* of the call in hand, for the callback */
};

/* ---- take_in.c ---- */

/* A sentence about the bag in hand. */
CHECKED int take_in_finding(struct take_in *t, const char *what, const char *why);
/* What is malformed or altered is told of and left: 0. Any other failure ends the whole. */
CHECKED int take_in_refuse(struct take_in *t, int r, const char *what, const struct valise_err *why);
CHECKED int take_in_begin(struct take_in *t);
/* Commits the batch, if there is one. */
CHECKED int take_in_commit(struct take_in *t);
/* One more row. */
CHECKED int take_in_count(struct take_in *t);
/* In a look: VALISE_E_LIMIT where no more can be kept in mind. */
CHECKED int take_in_look_room(struct take_in *t);
/* In place of keeping a note, in a look: whether it is the first time that it is seen. */
CHECKED int take_in_first_look(struct take_in *t, const struct hash *id, bool *ret);

/* ---- take_inside.c ---- */

/* Of each record as it is read, and while the reader has it: whether it vouches for what came before. */
CHECKED int take_inside_judge(struct take_in *t, const struct bag_record *rec);
/* Of each record, before it is taken. */
CHECKED int take_inside_look(struct take_in *t, const struct bag_record *rec);
/* At the end of a bag that was whole, and that somebody vouches for: what nobody vouches for may be anybody's, and for fewer than its mark says.
 * That it was read goes on record with what it holds. */
CHECKED int take_inside_settle(struct take_in *t, const struct hash *mark, uint64_t bytes, bool is_done);
/* Whether an earlier pass was done with it. */
bool take_inside_is_done(struct take_in *t, const struct hash *mark);
/* The same of a bag that was read before. */
CHECKED int take_inside_again(struct take_in *t, const struct hash *mark, uint64_t bytes);

/* ---- take_entries.c ---- */

CHECKED int take_entry(struct take_in *t, const struct bag_record *rec);
/* At the bag's end, when it is known which offices matter. */
CHECKED int take_entries_settle(struct take_in *t);
void take_entries_drop(struct take_in *t);

/* ---- take_notes.c ---- */

CHECKED int take_note(struct take_in *t, const struct bag_record *rec);
/* Whether what the record says it is is here. */
CHECKED int take_record_look(struct take_in *t, enum note_kind kind, const struct bag_record *rec, enum note_here *ret);
/* Verified: it takes the place of what is here under its id, if that is damaged, and it is told of what. */
CHECKED int take_note_again(struct take_in *t, const struct note *note, const char *of);

/* ---- take_arrivals.c ---- */

/* One more, with its number; its letter is not among them. */
CHECKED int take_new_arrival(struct take_in *t, const struct verified_seal *seal, bool is_let_go, size_t *ret);
/* Whether that letter is here, and then it is among them. One whose seal is damaged here is not, until that comes again. */
CHECKED int take_held_arrival(struct take_in *t, const struct hash *id, bool *ret_held);
/* Letters here that name that body, with a size from `least` to `most`, are among them: not all, where there are very many. */
CHECKED int take_held_arrivals_of(struct take_in *t, const struct hash *body, uint64_t least, uint64_t most);
/* Where they are many, they leave the memory. Numbers of arrivals and bodies are others then: not while a body is written. */
CHECKED int take_arrivals_settle(struct take_in *t);
void take_arrivals_drop(struct take_in *t);

/* ---- take_bodies.c ---- */

/* Before anything else of that arrival: its body, whose size its seal says. */
CHECKED int take_body_named(struct take_in *t, size_t number);
/* Their pieces wait for another pass. */
void take_bodies_drop_tallies(struct take_in *t);
/* Its tally is in hand. */
bool take_body_in_pieces(const struct take_in *t, const struct hash *root);
/* It is here whole, and of that size. */
void take_body_is_here(struct take_in *t, const struct hash *root, uint64_t bytes);
CHECKED int take_cover(struct take_in *t, const struct bag_record *rec);
CHECKED int take_body(struct take_in *t, const struct bag_record *rec);
CHECKED int take_tally(struct take_in *t, const struct bag_record *rec);
CHECKED int take_piece(struct take_in *t, const struct bag_record *rec);
/* What was written of the body in hand counts from here on. */
CHECKED int take_body_close(struct take_in *t);
/* The arrivals have other numbers, or are gone: their bodies with them. */
CHECKED int take_bodies_named_again(struct take_in *t);
void take_bodies_drop(struct take_in *t);

/* ---- take_exhibits.c ---- */

/* The exhibits that a report points at are wanted. */
CHECKED int take_exhibits_named(struct take_in *t, const struct report *p);
CHECKED int take_exhibit(struct take_in *t, const struct bag_record *rec);
bool take_exhibits_unfinished(const struct take_in *t);
void take_exhibits_drop(struct take_in *t);

#endif
