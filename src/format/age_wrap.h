/* SPDX-License-Identifier: Apache-2.0 */
/* The recipient types of age, a row each: how a stanza is read, and how a file key is wrapped for it and unwrapped again. */
#ifndef FORMAT_AGE_WRAP_H
#define FORMAT_AGE_WRAP_H

#include "format/age.h"

/* No type that we know has more words than its name and two arguments. */
#define AGE_STANZA_WORDS 3u

/* A stanza as the grammar gives it: words in place, the body decoded. */
struct age_stanza {
	struct str words[AGE_STANZA_WORDS]; /* the first is the type */
	size_t n_words;                     /* all of them, also those that found no room above */
	struct str body;
};

#define AGE_WRAPPED_KEY_BYTES (AGE_FILE_KEY_BYTES + 16)

/* A file key wrapped for somebody, as a well-formed stanza of a known type says it. */
struct age_wrapped {
	const struct age_wrap_type *type;
	union {
		uint8_t share[32]; /* X25519: the sender's ephemeral point */
		struct {
			uint8_t salt[16];
			unsigned log_n;
		} scrypt;
	};
	uint8_t body[AGE_WRAPPED_KEY_BYTES];
};

/* Whom to wrap for: each type reads its own fields. */
struct age_wrap_to {
	struct age_recipient recipient;
	struct str passphrase;
	unsigned log_n;
};

struct age_wrap_type {
	const char *name;
	enum age_identity_type opened_by;
	bool alone; /* its stanza must be the header's only one */
	/* Everything about the stanza that can be judged without a key. */
	int (*read)(const struct age_stanza *s, struct age_wrapped *ret, struct valise_err *err);
	/* VALISE_E_LOCKED, without a text, when the identity is not the one: the caller goes on with the next. */
	int (*unwrap)(const struct age_wrapped *w, const struct age_identity *i,
		      uint8_t ret_file_key[static AGE_FILE_KEY_BYTES], struct valise_err *err);
	/* Appends the stanza. `randomness` is 32 bytes that are used nowhere else. */
	int (*wrap)(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const struct age_wrap_to *to,
		    const uint8_t *randomness, struct buf *ret, struct valise_err *err);
};

/* NULL for a type that we do not know. */
const struct age_wrap_type *age_wrap_type_named(struct str name);
/* The type that such an identity opens. */
const struct age_wrap_type *age_wrap_type_for(enum age_identity_type type);

#endif
