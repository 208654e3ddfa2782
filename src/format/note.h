/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: C2SP signed notes whose signers are named in the signed text (spec/note.md). */
#ifndef FORMAT_NOTE_H
#define FORMAT_NOTE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "crypto/ed25519.h"

/* A verifier key. Its C2SP name and text follow from the key alone, so one key has one name. */
struct vkey {
	uint8_t key[ED25519_PUBLIC_BYTES];
};
#define VKEY_TEXT_BYTES 93 /* "valise/" + 32 hex + "+" + 8 hex + "+" + 44 base64 */
struct vkey_text {
	char text[VKEY_TEXT_BYTES + 1];
};
struct vkey_text vkey_text(const struct vkey *k);
/* Refuses weak keys (ed25519_public_ok) and any text but the one vkey_text gives. */
CHECKED bool vkey_parse(struct str s, struct vkey *ret);
bool vkey_eq(const struct vkey *a, const struct vkey *b);
/* The order of `by` lines and key lists: that of the texts. */
int vkey_cmp(const struct vkey *a, const struct vkey *b);
/* SHA-256 of the text: what a register's `next` line commits to. */
void vkey_commitment(const struct vkey *k, struct hash *ret);

enum note_kind { NOTE_REGISTER, NOTE_SEAL, NOTE_STATEMENT, NOTE_REPORT, NOTE_REQUEST, NOTE_KINDS };
/* "register", and its limit in bytes; indexed by enum note_kind. */
struct note_kind_row {
	const char *name;
	const char *first_line; /* "valise/register@v1" */
	size_t limit_bytes;
};
extern const struct note_kind_row note_kinds[NOTE_KINDS];

/* One note, split and checked for form: text, signers, and one signature for each in their order. Owns its bytes. */
struct note {
	char *bytes;
	size_t len;
	enum note_kind kind;
	struct str text;            /* what is signed, with its last newline */
	struct hash id;             /* SHA-256 of text */
	struct vkey *by;            /* owned, n_by of them, sorted and distinct */
	const uint8_t **signatures; /* owned array of owned 64-byte values: see note.c */
	size_t n_by;
};
#define CLEAN_NOTE CLEANUP(note_release)
/* Form only, VALISE_E_BAD otherwise; nothing is verified. */
CHECKED int note_split(const void *bytes, size_t len, struct note *ret, struct valise_err *err);
/* Every signature. VALISE_E_BAD naming the first key whose signature is wrong. */
CHECKED int note_verify(const struct note *n, struct valise_err *err);
void note_release(struct note *n);

/* Appends `text`, an empty line and one signature line for each signer to *ret. The signers must be exactly those of the text's
 * `by` lines (any order here): VALISE_E_USAGE otherwise. */
CHECKED int note_sign(struct str text, const struct ed25519_signer *const *signers, size_t n, struct buf *ret,
		      struct valise_err *err);

/* Any C2SP signed note, by any C2SP verifier key: for the standard's own example, and to show that our notes are of its kind.
 * 0 when one signature is by `vkey` and valid; VALISE_E_BAD otherwise. */
CHECKED int note_check_c2sp(struct str note, struct str vkey, struct valise_err *err);

/* Reads the `key value` lines of a note's text in the fixed order of its kind. The first error sticks. */
struct note_reader {
	struct str rest; /* lines not yet read */
	struct str line; /* the line in hand, without its newline; at NULL when used up */
	size_t number;   /* of lines used up: errors name lines by number, because a cover's may be a secret */
	int code;        /* 0, VALISE_E_BAD or VALISE_E_NOMEM */
	const char *kind;
	struct valise_err *err;
};
void note_reader_init(struct note_reader *r, struct str text, const char *first_line, struct valise_err *err);
/* The value of the next line if its key is `key`; false, nothing consumed, if it is another's or there is none. */
bool note_optional(struct note_reader *r, const char *key, struct str *ret_value);
/* The same, an error when it is not there. */
bool note_required(struct note_reader *r, const char *key, struct str *ret_value);
/* Passes over the line in hand, whatever it is. */
void note_skip(struct note_reader *r);
/* Records the error; returns false. */
bool note_bad(struct note_reader *r, const char *key, const char *why);
/* All lines used up: 0, or the first error. */
CHECKED int note_reader_end(struct note_reader *r);

#endif
