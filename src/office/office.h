/* SPDX-License-Identifier: Apache-2.0 */
/* What every workflow of an office shares: the open spool, the keys unlocked so far, the registers a question needs. */
#ifndef OFFICE_OFFICE_H
#define OFFICE_OFFICE_H

#include <valise/valise.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "evidence/evidence.h"
#include "evidence/standing.h"
#include "format/age.h"
#include "office/hash_index.h"
#include "office/hashes.h"
#include "spool/bags.h"
#include "spool/bodies.h"
#include "spool/contacts.h"
#include "spool/copy_mark.h"
#include "spool/entries.h"
#include "spool/items.h"
#include "spool/keys.h"
#include "spool/let_go.h"
#include "spool/letters.h"
#include "spool/openings.h"
#include "spool/reports.h"
#include "spool/sheets.h"
#include "spool/spool.h"
#include "spool/statements.h"

/* A secret key of this spool, unlocked. Owned by the keyring. */
struct key {
	struct secret memory; /* that it lies in itself */
	struct vkey vkey;
	struct ed25519_signer *signer;
	uint8_t seed[ED25519_SEED_BYTES];
	bool has_identity; /* it opens covers (a reader) or the wrapping of bags (a clerk, a courier) */
	struct age_identity identity;
};

/* Secrets that open covers, or the wrapping of bags. */
struct identities {
	struct secret memory; /* that they lie in */
	struct age_identity *at;
	size_t n;
};

#define KEPT_REGISTERS 64u

struct valise {
	struct spool *spool;
	struct valise_caller caller;
	struct hash self; /* our office */
	bool looks_back;  /* valise_look_back */
	int64_t as_of_s;
	uint64_t n_set_back;
	struct key **keys; /* unlocked in this command */
	size_t n_keys;
	struct secret passphrase;                    /* the last one that opened a key */
	struct kept_registers *kept[KEPT_REGISTERS]; /* register_set_look */
	unsigned next_kept;
	size_t n_kept_entries;     /* of all of them */
	struct identities reading; /* of our readers, once a letter was opened */
	bool asks_nobody;          /* for what can be done without: a key that is locked stays so */
};

/* ---- keyring.c ---- */

enum key_kind { KEY_KEEPER, KEY_NEXT, KEY_OFFICER };
struct new_key {
	enum key_kind kind;
	const char *title; /* for the passphrase prompt */
	bool no_passphrase;
	bool with_identity;           /* make or take a reading key too */
	const char *reading_identity; /* NULL: a new one */
};
/* A fresh key, unlocked; not yet on disk. Asks for a passphrase the first time in a command, unless no_passphrase. */
CHECKED int key_make(struct valise *v, const struct new_key *n, struct key **ret, struct valise_err *err);
/* Its file in keys/, durable. Before any register entry names it. */
CHECKED int key_store(struct valise *v, const struct key *k, const struct new_key *n, struct valise_err *err);
/* Removes its file again: no register entry names it. One that cannot be removed stays a secret of nobody. */
void key_forget(struct valise *v, const struct key *k);
/* Removes the files of all keys but these: of a spool that has had no office until now they are nobody's. One that cannot be removed
 * stays a secret of nobody. */
void key_files_forget_others(struct valise *v, const struct key *const *kept, size_t n);
void key_free(struct key *k);
void key_freep(struct key **k);
/* Whether the secret of that key is in this spool. */
CHECKED int key_is_here(struct valise *v, const struct vkey *k, bool *ret, struct valise_err *err);
/* It was made on another machine, which asked for its appointment: on record here, so that nobody misses it. In a transaction. */
CHECKED int key_is_elsewhere_put(struct valise *v, const struct vkey *k, struct valise_err *err);
CHECKED int key_is_elsewhere(struct valise *v, const struct vkey *k, bool *ret, struct valise_err *err);
/* Looks at the file of that key, as far as that goes without a passphrase: VALISE_E_BAD when it is not the key that the register names,
 * or, where it is not locked, does not open what is sealed to `recipient` (.at NULL: nothing is). VALISE_E_NOT_FOUND. */
CHECKED int key_check(struct valise *v, const struct vkey *k, const char *title, struct str recipient,
		      struct valise_err *err);
/* Unlocked once a command; *ret belongs to the keyring. VALISE_E_LOCKED, VALISE_E_NOT_FOUND. */
CHECKED int key_unlock(struct valise *v, const struct vkey *k, const char *title, const struct key **ret,
		       struct valise_err *err);

/* ---- registers.c ---- */

/* Offices' registers as they are in the spool, judged. */
struct register_set {
	struct kept_registers *kept; /* NULL: its own; otherwise it is shared, and nothing may be added to it */
	struct registers *registers;
	struct verified_entry **entries; /* owned */
	size_t n, cap;
};
#define REGISTER_SET_NONE \
	{ \
		0 \
	}
#define CLEAN_REGISTER_SET CLEANUP(register_set_release)
CHECKED int register_set_load(struct valise *v, const struct hash *offices, size_t n, struct register_set *ret,
			      struct valise_err *err);
/* The same to look at only: kept for the next question about the same offices, as long as no register here may be another. */
CHECKED int register_set_look(struct valise *v, const struct hash *offices, size_t n, struct register_set *ret,
			      struct valise_err *err);
void kept_registers_drop(struct valise *v);
/* Only our own. */
CHECKED int register_set_self(struct valise *v, struct register_set *ret, struct valise_err *err);
void register_set_release(struct register_set *s);
/* Whether that is what it is called: its title, or the beginning of its key or of the key's name. */
bool officer_is_named(const struct officer *o, struct str name);
struct signer_wish {
	unsigned roles; /* any of these */
	const char
		*as;  /* an officer, as officer_is_named; NULL: the first by order of appointment that is no machine */
	bool by_name; /* the caller could have named one: errors say so */
	bool machine_will_do; /* without `as`, and where no person's key is here: a machine's */
};
/* An officer of ours whose secret key is here, in standing now; *ret_role is the role. VALISE_E_NOT_ALLOWED, saying which officers
 * (titles) could; with `as` also VALISE_E_NOT_FOUND, VALISE_E_AMBIGUOUS. The strs borrow from `set`. */
CHECKED int office_signer(struct valise *v, const struct register_set *set, const struct signer_wish *wish,
			  struct officer *ret, unsigned *ret_role, struct valise_err *err);
/* Age recipients of officers in standing at the head with one of `roles`, not past `until`; appended without repeats. */
struct recipients {
	struct age_recipient *at;
	size_t n, cap;
};
void recipients_release(struct recipients *r);
CHECKED int recipients_join(struct recipients *all, const struct recipients *more, struct valise_err *err);
/* Sorts them, takes repeats out, and gives the digest that an audience of theirs goes by (spec/bag.md). */
void recipients_settle(struct recipients *r, struct hash *ret_id);
/* Of settled ones. */
bool recipients_have(const struct recipients *r, const struct age_recipient *one);
CHECKED int office_recipients(const struct office_register *o, unsigned roles, int64_t now_s, struct recipients *ret,
			      struct valise_err *err);
#define CLEAN_IDENTITIES CLEANUP(identities_release)
void identities_release(struct identities *i);
/* The identities of all our keys here whose officer has one of `roles`, unlocked. */
CHECKED int office_identities(struct valise *v, const struct register_set *set, unsigned roles, struct identities *ret,
			      struct valise_err *err);

/* Whether that officer's word counts, by the register here: a name on a statement is anybody's to write. */
bool statement_stands(const struct register_set *set, const struct verified_statement *s);
bool report_stands(const struct register_set *set, const struct verified_report *r);

/* The name to show for an office: petname, else "what it calls itself" (own name), which anybody can, else its id's first digits.
 * Appended escaped. */
CHECKED int office_show(struct valise *v, const struct register_set *set, const struct hash *office, struct buf *ret,
			struct valise_err *err);

/* ---- office.c ---- */

/* This machine's clock; looking back, the moment looked back to. */
int64_t office_now(const struct valise *v);

/* Tells the caller how far it is; VALISE_E_INTERRUPTED when the caller wants to stop. */
CHECKED int office_progress(struct valise *v, const char *doing, uint64_t done, uint64_t total, struct valise_err *err);
/* For waiting on pipes: stops when the caller wants to. */
struct file_patience office_patience(struct valise *v);
/* The ids of all letters here, newest date first; appended. */
CHECKED int office_letters(struct valise *v, struct hashes *ret, struct valise_err *err);
/* A letter by the caller's name for it. */
CHECKED int office_letter(struct valise *v, const char *name, struct hash *ret, struct valise_err *err);
/* An office by petname, id prefix, or "self". */
CHECKED int office_find(struct valise *v, const char *name, struct hash *ret, struct valise_err *err);
/* The same where the name may be somebody's without a card: VALISE_E_AMBIGUOUS for what is only a prefix. */
CHECKED int office_find_whole(struct valise *v, const char *name, struct hash *ret, struct valise_err *err);

/* ---- request.c ---- */

/* The request that waits in a spool for its key to be appointed, as it was made. VALISE_E_NOT_FOUND. */
struct verified_request;
CHECKED int request_waiting(struct spool *s, struct verified_request **ret, struct valise_err *err);
/* VALISE_E_EXISTS while one waits, and what to do. */
CHECKED int request_refuse_waiting(struct spool *s, struct valise_err *err);
/* As typed: VALISE_E_USAGE when they are none that can be appointed. */
CHECKED int roles_typed(const char *roles, unsigned *ret, struct valise_err *err);

/* ---- gather.c ---- */

/* Everything the spool holds about one letter, owned, as evidence_accounts wants it. */
struct gathered {
	struct verified_seal *seal;
	struct register_set set;
	struct witnessed_statement *statements; /* the verified_statements are owned too */
	size_t n_statements, cap_statements;
	struct witnessed_report *reports; /* the verified_reports are owned too */
	size_t n_reports, cap_reports;
	struct hash *elsewhere; /* regarded, and of other letters; sorted */
	size_t n_elsewhere;
	struct exhibit_bytes *excerpts; /* of the exhibits that reports name, as far as this spool has them */
	size_t n_excerpts;
	struct hashes damaged; /* exhibits that are, on this disk */
	struct acquaintance *acquaintances;
	size_t n_acquaintances;
	struct buf names; /* of the acquaintances */
	enum valise_bytes_verdict bytes;
	char let_go[64];    /* when its bytes were let go of here; "" when they were not */
	int64_t taken_in_s; /* the seal */
};
CHECKED int gather(struct valise *v, const struct hash *letter, struct gathered *ret, struct valise_err *err);
/* The same inside of the caller's transaction. */
CHECKED int gather_within(struct valise *v, const struct hash *letter, struct gathered *ret, struct valise_err *err);
/* The same without what only accounts need: names, what lies elsewhere, and what is here of its bytes; and reports only where they are
 * wanted. */
CHECKED int gather_plain(struct valise *v, const struct hash *letter, bool reports, struct gathered *ret,
			 struct valise_err *err);
/* Fills in `bytes` of what was gathered plainly. */
CHECKED int gathered_look_at_bytes(struct valise *v, struct gathered *g, struct valise_err *err);
void gathered_release(struct gathered *g);
#define CLEAN_GATHERED CLEANUP(gathered_release)
/* The offices whose registers it takes: all that its seal and statements name, and, with `reports`, those that filed them. */
CHECKED int gathered_concerned(const struct gathered *g, bool reports, struct hashes *ret, struct valise_err *err);
/* The view of g; the pointers borrow from it. */
struct evidence gathered_evidence(const struct valise *v, const struct gathered *g);
/* Those of them that valise_letters_all would give. */
CHECKED int office_letters_which(struct valise *v, const struct hashes *among, enum valise_all which, char ***ret_ids,
				 size_t *ret_n, struct valise_err *err);
/* What valise_track shows; `with_words`: also what stands in the exhibits that reports point at, which takes reading them. */
CHECKED int office_accounts(struct valise *v, const struct hash *letter, bool with_words, struct valise_accounts **ret,
			    struct valise_err *err);
/* For whoever looks at many, without words: *ret is NULL where its notes are damaged here, which is no reason to leave out the others. */
CHECKED int office_accounts_if_read(struct valise *v, const struct hash *letter, struct valise_accounts **ret,
				    struct valise_err *err);

/* ---- forget.c ---- */

/* Returns `code`: not every byte of the letter is here, perhaps since it was let go of, `so` something cannot be done. */
CHECKED int office_not_whole(struct valise *v, const struct hash *letter, int code, const char *so,
			     struct valise_err *err);

/* ---- addressed.c ---- */

/* Its recipients: the seal's in order, then those that the sender identified with an addressee. Appended, distinct. */
CHECKED int gathered_recipients(const struct gathered *g, struct hashes *ret, struct valise_err *err);
/* What an officer in standing of that office says of the letter: the first that was taken in here; NULL when none does. */
const struct witnessed_statement *gathered_word(const struct gathered *g, const struct hash *office, enum says says);
/* Those of them, but for us, from whom no `received` stands here: while there are any, the letter may still have to go to somebody. */
CHECKED int gathered_unreceived(const struct valise *v, const struct gathered *g, struct hashes *ret,
				struct valise_err *err);
/* To parties of the letter, those to whom one of them says that it handed it, if the word is its officer's: bags are wrapped for all of
 * them, and a stranger must not bring himself in. One pass for each link of a chain of hands. */
CHECKED int gathered_add_holders(const struct gathered *g, struct hashes *parties, struct valise_err *err);
/* Whether that office is one of them, as far as is known here. */
CHECKED int office_addressed(struct valise *v, const struct verified_seal *seal, const struct hash *office, bool *ret,
			     struct valise_err *err);

#endif
