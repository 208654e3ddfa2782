/* SPDX-License-Identifier: Apache-2.0 */
/* The seal: a letter's signed, public face; the SHA-256 of its text is the letter's id (spec/seal.md). */
#ifndef FORMAT_SEAL_H
#define FORMAT_SEAL_H

#include "format/note.h"

/* An office as somebody names it: its id, and the newest register entry that he holds. */
struct office_ref {
	struct hash office;
	struct hash head;
};

struct seal {
	uint8_t nonce[32];
	struct office_ref from;
	struct office_ref *to; /* sorted by office; 0 only for paper with an addressee */
	size_t n_to;
	struct str *addressees; /* paper only */
	size_t n_addressees;
	struct str ref; /* NULL when absent, as the next two */
	int64_t date_s;
	bool has_answer_by;
	int64_t answer_by_s;
	bool has_keep_until;
	int64_t keep_until_s;
	bool has_contents; /* always, but for paper */
	struct hash contents;
	uint64_t n_leaves;
	struct str paper; /* not NULL: a paper letter, body and cover are absent */
	struct hash body;
	uint64_t body_bytes;
	struct hash cover;
	uint64_t cover_bytes;
	struct vkey by;
};
void seal_release(struct seal *s);

CHECKED int seal_parse(struct str text, struct seal *ret, struct valise_err *err);
/* Appends the text; sorts `to` and addressees itself. */
CHECKED int seal_write(const struct seal *s, struct buf *ret_text, struct valise_err *err);
/* What the cover's `core` line hashes: the seal's text through its `body` line. Works before cover and by are known. */
CHECKED int seal_core(const struct seal *s, struct hash *ret, struct valise_err *err);

struct verified_seal {
	struct note note; /* note.id is the letter's id */
	struct seal s;
};
CHECKED int seal_verify(const void *bytes, size_t len, struct verified_seal **ret, struct valise_err *err);
/* Only for bytes that seal_verify accepted when they were taken into the spool: that they are the only ones for what they say is not
 * looked at again, as the signature is not. */
CHECKED int seal_from_intake(const void *bytes, size_t len, struct verified_seal **ret, struct valise_err *err);
/* Writes the seal and signs it by its one `by` key, whose signer this must be. What we have just signed is not verified. */
CHECKED int seal_sign(const struct seal *s, const struct ed25519_signer *signer, struct verified_seal **ret,
		      struct valise_err *err);
void verified_seal_free(struct verified_seal *v);
void verified_seal_freep(struct verified_seal **v);
#define CLEAN_SEAL CLEANUP(verified_seal_freep)

/* Index in s->to, or -1. */
int seal_recipient(const struct seal *s, const struct hash *office);
/* Index in the addressees of a seal that was parsed, or -1. */
int seal_addressee(const struct seal *s, struct str name);

#endif
