/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies in a spool: where they lie, and the steps by which they get there, none of which may fail. */
#ifndef TEST_BODY_KIT_H
#define TEST_BODY_KIT_H

#include "spool_kit.h"

#define MIB (1024u * 1024)

static inline const char *body_path(const char *dir, const struct hash *root)
{
	static char path[600];
	struct hash_hex hex = hash_hex(root);
	(void)snprintf(path, sizeof path, "%s/bodies/%.2s/%s", dir, hex.text, hex.text);
	return path;
}

static inline const char *partial_path(const char *dir, const struct hash *root, size_t pieces)
{
	static char path[600];
	(void)snprintf(path, sizeof path, "%s/partial/%s.%zu", dir, hash_hex(root).text, pieces);
	return path;
}

static inline void put_file(struct spool *s, const struct kit_body *b)
{
	struct valise_err err = {0};
	CLEAN_NEWFILE struct newfile nf = NEWFILE_NONE;
	OK(err, newfile_begin(spool_tmpfd(s), 0600, &nf, &err));
	OK(err, file_write_all(nf.fd, b->bytes, b->len, "body", &err));
	OK(err, body_put_file(s, &b->root, b->len, &nf, kit_tally(b), &err));
	MUST(nf.fd == -1);
}

static inline struct body_intake *begin(struct spool *s, const struct kit_body *b)
{
	struct valise_err err = {0};
	struct body_intake *in = NULL;
	OK(err, body_intake_begin(s, &b->root, kit_tally(b), &in, &err));
	return in;
}

static inline void take(struct body_intake *in, const struct kit_body *b, size_t piece)
{
	struct valise_err err = {0};
	OK(err, body_intake_piece(in, piece, b->bytes + piece * MIB, kit_piece_bytes(b, piece), &err));
}

static inline void sync_intake(struct body_intake *in)
{
	struct valise_err err = {0};
	OK(err, body_intake_sync(in, &err));
}

static inline void finish(struct spool *s, struct body_intake *in)
{
	struct valise_err err = {0};
	kit_begin(s);
	OK(err, body_intake_finish(in, &err));
	kit_commit(s);
}

#endif
