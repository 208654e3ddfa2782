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
#include "spool/bags.h"
#include "spool/bodies.h"
#include "spool/contacts.h"
#include "spool/entries.h"
#include "spool/items.h"
#include "spool/keys.h"
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

struct valise {
	struct spool *spool;
	struct valise_caller caller;
	struct hash self; /* our office */
	bool looks_back;  /* valise_look_back */
	int64_t as_of_s;
	uint64_t n_set_back;
	struct key **keys; /* unlocked in this command */
	size_t n_keys;
	struct secret passphrase; /* the last one that opened a key */
};

/* Ids, distinct, in the order in which they were added. */
struct hashes {
	struct hash *at;
	size_t n, cap;
	struct hash_index index;
};
void hashes_release(struct hashes *h);
bool hashes_have(const struct hashes *h, const struct hash *one);
CHECKED int hashes_add(struct hashes *h, const struct hash *one, struct valise_err *err); /* once each */

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
/* Only our own. */
CHECKED int register_set_self(struct valise *v, struct register_set *ret, struct valise_err *err);
void register_set_release(struct register_set *s);
/* Registers kept from one letter to the next, for as long as one transaction shows what they are. */
struct kept_registers {
	struct register_set set;
	struct hashes offices;
};
#define CLEAN_KEPT_REGISTERS CLEANUP(kept_registers_release)
/* Afterwards those of these offices are among them; what was asked of the set before may be gone. */
CHECKED int kept_registers_need(struct valise *v, struct kept_registers *kept, const struct hash *offices, size_t n,
				struct valise_err *err);
void kept_registers_release(struct kept_registers *k);

/* An officer of ours whose secret key is here, in standing now in one of `roles`: the first by order of appointment; *ret_role is
 * the role. VALISE_E_NOT_ALLOWED, saying which officers (titles) could. The strs borrow from `set`. */
CHECKED int office_signer(struct valise *v, const struct register_set *set, unsigned roles, struct officer *ret,
			  unsigned *ret_role, struct valise_err *err);
/* Age recipients of officers in standing at the head with one of `roles`, not past `until`; appended without repeats. */
struct recipients {
	struct age_recipient *at;
	size_t n, cap;
};
void recipients_release(struct recipients *r);
CHECKED int office_recipients(const struct office_register *o, unsigned roles, int64_t now_s, struct recipients *ret,
			      struct valise_err *err);
/* The identities of all our keys here whose officer has one of `roles`, unlocked. */
struct identities {
	struct secret memory; /* that they lie in */
	struct age_identity *at;
	size_t n;
};
#define CLEAN_IDENTITIES CLEANUP(identities_release)
void identities_release(struct identities *i);
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
/* A letter by the caller's name for it. */
CHECKED int office_letter(struct valise *v, const char *name, struct hash *ret, struct valise_err *err);
/* An office by petname, id prefix, or "self". */
CHECKED int office_find(struct valise *v, const char *name, struct hash *ret, struct valise_err *err);
/* The same where the name may be somebody's without a card: VALISE_E_AMBIGUOUS for what is only a prefix. */
CHECKED int office_find_whole(struct valise *v, const char *name, struct hash *ret, struct valise_err *err);

/* ---- gather.c ---- */

/* Everything the spool holds about one letter, owned, as evidence_accounts wants it. */
struct gathered {
	struct verified_seal *seal;
	struct register_set set;
	const struct registers *registers;      /* of `set`, or lent */
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
	size_t n_acquaintances, cap_acquaintances;
	struct buf names; /* of the acquaintances */
	enum valise_bytes_verdict bytes;
	int64_t taken_in_s; /* the seal */
};
CHECKED int gather(struct valise *v, const struct hash *letter, struct gathered *ret, struct valise_err *err);
/* The same inside of the caller's transaction, which with `kept` (may be NULL) lends registers to many letters: then `set` is empty, and
 * what is gathered is good until the next call. */
CHECKED int gather_within(struct valise *v, const struct hash *letter, struct kept_registers *kept,
			  struct gathered *ret, struct valise_err *err);
void gathered_release(struct gathered *g);
#define CLEAN_GATHERED CLEANUP(gathered_release)
/* The offices whose registers it takes: all that its seal and statements name, and, with `reports`, those that filed them. */
CHECKED int gathered_concerned(const struct gathered *g, bool reports, struct hashes *ret, struct valise_err *err);
/* The view of g; the pointers borrow from it. */
struct evidence gathered_evidence(const struct valise *v, const struct gathered *g);
/* What valise_track shows; `with_words`: also what stands in the exhibits that reports point at, which takes reading them. */
CHECKED int office_accounts(struct valise *v, const struct hash *letter, bool with_words, struct valise_accounts **ret,
			    struct valise_err *err);

/* ---- addressed.c ---- */

/* Its recipients: the seal's in order, then those that the sender identified with an addressee. Appended, distinct. */
CHECKED int gathered_recipients(const struct gathered *g, struct hashes *ret, struct valise_err *err);
/* Whether that office is one of them, as far as is known here. */
CHECKED int office_addressed(struct valise *v, const struct verified_seal *seal, const struct hash *office, bool *ret,
			     struct valise_err *err);

#endif
