/* SPDX-License-Identifier: Apache-2.0 */
/* The spool's rows, noun by noun: register entries, letters, statements, reports, contacts, bags, intake log. */
#ifndef SPOOL_ROWS_H
#define SPOOL_ROWS_H

#include "base/buf.h"
#include "format/register.h"
#include "format/report.h"
#include "format/seal.h"
#include "format/statement.h"
#include "spool/spool.h"

/* Putting what is there already is 0 and changes nothing (*ret_new, may be NULL, says which). Every put of a new item also appends
 * to the intake log. taken_in_s is this machine's clock. All need an open transaction. Callbacks return non-zero to stop; that value
 * comes back. What a callback is given is borrowed for the call. */

/* Register entries, keyed by their id; several chains of one office may be here (forks are evidence). */
CHECKED int entry_put(struct spool *s, const struct verified_entry *e, int64_t taken_in_s, bool *ret_new, struct valise_err *err);
typedef int entry_each(void *context, struct verified_entry *e); /* owns e */
/* In order of seq, then id. */
CHECKED int entries_of(struct spool *s, const struct hash *office, entry_each *each, void *context, struct valise_err *err);
CHECKED int entry_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err);
/* Sum of the bytes, and count, of an office's entries here: for the limits. */
CHECKED int entries_size(struct spool *s, const struct hash *office, uint64_t *ret_bytes, uint64_t *ret_count, struct valise_err *err);

/* Letters. */
struct letter_row {
	struct hash id;
	struct hash from;
	int64_t date_s;
	int64_t taken_in_s;
	uint64_t body_bytes;
	struct hash body;
	bool is_paper;
	bool has_cover;
	bool has_body;    /* whole, verified, durable */
	bool is_own;      /* sealed by this spool's office */
	bool is_broken;   /* something that came for it did not match */
};
CHECKED int letter_put(struct spool *s, const struct verified_seal *seal, bool is_own, int64_t taken_in_s, bool *ret_new,
		       struct valise_err *err);
CHECKED int letter_row(struct spool *s, const struct hash *id, struct letter_row *ret, struct valise_err *err);
CHECKED int letter_seal(struct spool *s, const struct hash *id, struct verified_seal **ret, struct valise_err *err);
/* By a prefix of the hex id, of the short id (with or without the dash; at least 4 characters), or the whole `ref`.
 * VALISE_E_NOT_FOUND or VALISE_E_AMBIGUOUS with the candidates named. */
CHECKED int letter_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err);
typedef int letter_each(void *context, const struct letter_row *row);
/* Newest date first. */
CHECKED int letters_each(struct spool *s, letter_each *each, void *context, struct valise_err *err);
CHECKED int letter_mark_broken(struct spool *s, const struct hash *id, struct valise_err *err);

/* Covers and tallies: checked by the caller against the seal before they are put. */
CHECKED int cover_put(struct spool *s, const struct hash *letter, struct str bytes, int64_t taken_in_s, struct valise_err *err);
CHECKED int cover_get(struct spool *s, const struct hash *letter, struct buf *ret, struct valise_err *err);

/* Statements and reports. */
CHECKED int statement_put(struct spool *s, const struct verified_statement *v, int64_t taken_in_s, bool *ret_new,
			  struct valise_err *err);
typedef int statement_each(void *context, struct verified_statement *v, int64_t taken_in_s); /* owns v */
CHECKED int statements_of(struct spool *s, const struct hash *letter, statement_each *each, void *context, struct valise_err *err);
CHECKED int statement_has(struct spool *s, const struct hash *id, bool *ret, struct valise_err *err);
/* The highest nth by that key about that letter, among statements and reports; 0 when there is none. */
CHECKED int statement_last_nth(struct spool *s, const struct hash *letter, const struct vkey *key, uint64_t *ret,
			       struct valise_err *err);
CHECKED int report_put(struct spool *s, const struct verified_report *v, int64_t taken_in_s, bool *ret_new, struct valise_err *err);
typedef int report_each(void *context, struct verified_report *v, int64_t taken_in_s); /* owns v */
CHECKED int reports_of(struct spool *s, const struct hash *letter, report_each *each, void *context, struct valise_err *err);

/* The raw bytes of any note here, for bags and dossiers. */
CHECKED int note_bytes(struct spool *s, const struct hash *id, struct buf *ret, struct valise_err *err);
/* Ids of all notes about a letter: its seal, statements, reports. */
typedef int note_each(void *context, const struct hash *id, enum note_kind kind);
CHECKED int notes_of(struct spool *s, const struct hash *letter, note_each *each, void *context, struct valise_err *err);

/* Contacts: offices you gave a name. Petnames are unique, compared by bytes. */
struct contact {
	struct hash office;
	struct str petname;
	bool checked; /* its digits came by another way and matched */
	int64_t added_s;
};
CHECKED int contact_put(struct spool *s, const struct contact *c, struct valise_err *err); /* renames, and raises `checked` */
CHECKED int contact_get(struct spool *s, const struct hash *office, struct contact *ret, struct buf *ret_name,
			struct valise_err *err);
typedef int contact_each(void *context, const struct contact *c);
CHECKED int contacts_each(struct spool *s, contact_each *each, void *context, struct valise_err *err); /* by petname */
/* By petname, an unambiguous prefix of one, or a prefix (at least 4) of the id in hex. */
CHECKED int contact_find(struct spool *s, struct str name, struct hash *ret, struct valise_err *err);

/* Bags that this spool wrote: which items each holds. What is out on a stick follows from the names that are still there. */
CHECKED int bag_wrote(struct spool *s, struct str bag, const struct hash *items, size_t n, int64_t when_s, struct valise_err *err);
typedef int bag_item_each(void *context, const struct hash *item);
CHECKED int bag_items(struct spool *s, struct str bag, bag_item_each *each, void *context, struct valise_err *err);
/* Bags of others that were taken in whole, by the digest of their size, first and last bytes: to skip them next time. */
CHECKED int bag_seen_put(struct spool *s, const struct hash *mark, int64_t when_s, struct valise_err *err);
CHECKED int bag_seen(struct spool *s, const struct hash *mark, bool *ret, struct valise_err *err);

/* Directories that `open` is writing plaintext into, recorded before they are made. */
CHECKED int opening_put(struct spool *s, struct str path, struct valise_err *err);
CHECKED int opening_remove(struct spool *s, struct str path, struct valise_err *err);
typedef int opening_each(void *context, struct str path);
CHECKED int openings_each(struct spool *s, opening_each *each, void *context, struct valise_err *err);

/* The append-only log of what was taken in and when, on this machine's clock. */
struct intake_row {
	uint64_t seq;
	int64_t taken_in_s;
	enum note_kind kind; /* NOTE_KINDS: a cover or body */
	struct hash id;
};
typedef int intake_each(void *context, const struct intake_row *row);
CHECKED int intake_each_row(struct spool *s, uint64_t after_seq, intake_each *each, void *context, struct valise_err *err);

#endif
