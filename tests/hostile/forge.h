/* SPDX-License-Identifier: Apache-2.0 */
/* What an attacker's commands share: keys that he has, bytes from anywhere, and no rule that keeps him from writing what he likes. */
#ifndef FORGE_H
#define FORGE_H

#include <stdio.h>

#include "base/buf.h"
#include "base/limits.h"
#include "format/age.h"
#include "format/bag.h"
#include "format/note.h"

#define FORGE_MAX_BYTES (512u * 1024 * 1024) /* of anything that is held in memory here */
#define FORGE_BUF BUF_INIT(FORGE_MAX_BYTES)

_Noreturn void give_up(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The call succeeds, or its error is shown and all is over. */
#define MUST(call) \
	do { \
		struct valise_err err = {0}; \
		if (call) \
			give_up("%s: %s", #call, err.text); \
	} while (0)

/* A signing key and a reading key: derived from a name, or taken out of a spool's key file (a path with a "/"). */
struct attacker {
	struct ed25519_signer *signer;
	struct vkey vkey;
	struct age_identity reading;
	struct age_recipient recipient;
};
void attacker_load(const char *spec, struct attacker *ret);
void attacker_release(struct attacker *a);
#define CLEAN_ATTACKER CLEANUP(attacker_release)
/* "age1...", or whom attacker_load knows. */
struct age_recipient recipient_of(const char *spec);
/* "AGE-SECRET-KEY-1...", or whom attacker_load knows. */
struct age_identity identity_of(const char *spec);

void slurp(const char *path, struct buf *ret); /* "-": standard input */
void spit(const char *path, struct str bytes); /* "-": standard output */
struct hash hash_of(struct str bytes);
struct hash hash_arg(const char *hex);
uint64_t number_arg(const char *digits);
/* 32 bytes that follow from the words: attacks are the same in every run. */
struct hash derive(const char *what, const char *from);
/* The path `dir`/`name`, valid until the next call. */
const char *path_in(const char *dir, const char *name);
/* Splits "a:b:c" into at most max words in place; the last keeps its colons. Returns how many. */
size_t split(char *arg, char **ret, size_t max);

/* Text, an empty line, a line for each signer; `by` lines are added when the text has none. `bad`: signatures of other bytes. */
void sign_text(struct str text, char *const *keys, size_t n, bool bad, struct buf *ret);

/* One age file to `to`; those in `other` find another file key in their stanzas. */
void age_wrap(struct str plain, const struct age_recipient *to, size_t n, const struct age_recipient *other,
	      size_t n_other, const char *salt, struct buf *ret);

/* Appends a framed record, whatever it says. root NULL: the right one. */
void frame_record(struct buf *b, unsigned kind, const struct hash *of, uint32_t at, const struct hash *root,
		  struct str data);
/* Reads a bag, wrapped or not; `each` gets what is whole. */
void read_bag(const char *path, const struct age_identity *keys, size_t n, bag_each *each, void *context);

/* One row of the table: returns the exit status. */
struct forgery {
	const char *name, *takes, *makes;
	int (*run)(int n, char **args);
};
int forge_key(int n, char **args);
int forge_recipient(int n, char **args);
int forge_identity(int n, char **args);
int forge_sign(int n, char **args);
int forge_missign(int n, char **args);
int forge_id(int n, char **args);
int forge_card(int n, char **args);
int forge_register(int n, char **args);
int forge_wrap(int n, char **args);
int forge_tar(int n, char **args);
int forge_letter(int n, char **args);
int forge_bag(int n, char **args);
int forge_unbag(int n, char **args);
int forge_flipped_records(int n, char **args);
int forge_flip_bag(int n, char **args);
int forge_dossier(int n, char **args);
int forge_undossier(int n, char **args);
int forge_flip_dossier(int n, char **args);

#endif
