/* SPDX-License-Identifier: Apache-2.0 */
/* The cover's plaintext: subject, parts, the body's key, and the salted leaves that the seal's contents root commits to (spec/cover.md). */
#ifndef FORMAT_COVER_H
#define FORMAT_COVER_H

#include "crypto/secret.h"
#include "crypto/tree.h"
#include "format/seal.h"

enum part_kind { PART_FILE, PART_DIR };

struct part {
	enum part_kind kind;
	uint64_t offset, length; /* bytes in the tar stream: a file's data; a directory from its first header */
	struct hash digest;      /* SHA-256 of those bytes */
	struct str name;         /* raw bytes: one path component, not "." or ".." */
};

struct cover {
	struct hash core;
	struct secret keys; /* owned; the X25519 secret of AGE-SECRET-KEY-1..., then the seed */
	struct str subject;
	bool has_reply;
	struct hash in_reply_to;
	struct part *parts; /* owned; in the order of the tar, which is that of the names' bytes */
	size_t n_parts;
	uint8_t *owned; /* the unescaped names and the subject, when parsed */
	size_t owned_len;
};
#define COVER_KEYS_BYTES 64
static inline uint8_t *cover_body_key(const struct cover *c)
{
	return c->keys.bytes;
}
static inline uint8_t *cover_seed(const struct cover *c)
{
	return c->keys.bytes + 32;
}
void cover_release(struct cover *c);
#define CLEAN_COVER CLEANUP(cover_release)

CHECKED int cover_parse(struct str text, struct cover *ret, struct valise_err *err);
CHECKED int cover_write(const struct cover *c, struct buf *ret_text, struct valise_err *err);

/* Leaf i (0: subject and in-reply-to; i > 0: the i-th part line), ready to hash or disclose. nonce and from are the seal's. */
CHECKED int cover_leaf(const struct cover *c, const struct seal *s, size_t i, struct buf *ret, struct valise_err *err);
/* The contents root and its number of leaves (n_parts + 1). */
CHECKED int cover_contents(const struct cover *c, const struct seal *s, struct hash *ret_root, uint64_t *ret_leaves,
			   struct valise_err *err);

/* A leaf's text without salt, read again when it is disclosed. */
struct disclosed_leaf {
	uint64_t index; /* in the tree: for who knows it to fill in, the text has none */
	uint8_t salt[32];
	uint8_t nonce[32];
	struct hash from;
	bool is_subject; /* leaf 0 */
	struct str subject;
	bool has_reply;
	struct hash in_reply_to;
	struct part part;
	uint8_t name[LIMIT_PART_NAME_BYTES];
};
CHECKED int disclosed_leaf_parse(struct str leaf, struct disclosed_leaf *ret, struct valise_err *err);

#endif
