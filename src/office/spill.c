/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input kept until its size is known, for the tar header wants it first: no plaintext touches the disk. */
#include "office/spill.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/newfile.h"
#include "crypto/aead.h"

#define IN_MEMORY_CHUNKS 16u

struct spill {
	uint64_t bytes;
	uint64_t chunks;     /* in the file */
	uint64_t next;       /* the chunk to read next */
	struct buf memory;   /* all of it, when it is small */
	struct newfile file; /* chunks of AGE_SEALED_CHUNK_BYTES, the last one shorter */
	struct aead *aead;
	uint8_t plain[AGE_CHUNK_BYTES];
	uint8_t sealed[AGE_SEALED_CHUNK_BYTES];
};

void spill_free(struct spill *s)
{
	if (!s)
		return;
	newfile_abandon(&s->file);
	aead_free(s->aead);
	buf_wipe(&s->memory);
	secret_wipe(s->plain, sizeof s->plain);
	free(s);
}

void spill_freep(struct spill **s)
{
	spill_free(*s);
}

uint64_t spill_bytes(const struct spill *s)
{
	return s->bytes;
}

static int begin_file(struct valise *v, struct spill *s, struct valise_err *err)
{
	uint8_t random[AGE_FILE_KEY_BYTES + AGE_NONCE_BYTES];
	int r = random_fill(random, sizeof random, err);
	if (!r)
		r = age_payload_key(random, random + AGE_FILE_KEY_BYTES, &s->aead, err);
	secret_wipe(random, sizeof random);
	if (!r)
		r = newfile_begin(spool_tmpfd(v->spool), 0600, &s->file, err);
	return r;
}

/* Chunks are sealed as age does, only that a whole one is never marked as the last: nobody knows yet whether it is, and the size is
 * kept in memory. */
static bool is_marked_last(size_t len)
{
	return len < AGE_CHUNK_BYTES;
}

static int put_chunk(struct spill *s, const uint8_t *plain, size_t len, struct valise_err *err)
{
	int r = age_chunk_seal(s->aead, s->chunks, is_marked_last(len), plain, len, s->sealed, err);
	if (!r)
		r = file_write_all(s->file.fd, s->sealed, len + AEAD_TAG_BYTES, "the encrypted copy of standard input",
				   err);
	s->chunks++;
	return r;
}

static int move_to_file(struct valise *v, struct spill *s, struct valise_err *err)
{
	int r = begin_file(v, s, err);
	for (size_t at = 0; at < s->memory.len && !r; at += AGE_CHUNK_BYTES)
		r = put_chunk(s, s->memory.data + at, AGE_CHUNK_BYTES, err);
	buf_wipe(&s->memory);
	return r;
}

/* A whole chunk, or what there is until the end. */
static int read_chunk(struct valise *v, struct spill *s, int fd, size_t *ret_len, struct valise_err *err)
{
	struct file_patience patience = office_patience(v);
	size_t len = 0, got = 1;
	int r = 0;
	while (!r && got && len < sizeof s->plain) {
		r = file_read_some(fd, s->plain + len, sizeof s->plain - len, &got, &patience, "standard input", err);
		len += r ? 0 : got;
	}
	*ret_len = len;
	return r;
}

int spill_read(struct valise *v, int fd, struct spill **ret, struct valise_err *err)
{
	CLEAN_SPILL struct spill *s = calloc(1, sizeof *s);
	size_t got;
	if (!s)
		return err_nomem(err);
	s->file = (struct newfile)NEWFILE_NONE;
	buf_init(&s->memory, IN_MEMORY_CHUNKS * AGE_CHUNK_BYTES);
	do {
		int r = read_chunk(v, s, fd, &got, err);
		if (!r && got && !s->aead && s->memory.len + got > s->memory.max)
			r = move_to_file(v, s, err);
		if (r)
			return r;
		if (s->aead && got)
			r = put_chunk(s, s->plain, got, err);
		else
			buf_add(&s->memory, s->plain, got);
		if (!r)
			r = buf_check(&s->memory, "standard input", err);
		if (!r)
			r = office_progress(v, "reading standard input", s->bytes += got, 0, err);
		if (r)
			return r;
	} while (got == sizeof s->plain);
	*ret = TAKE(s);
	return 0;
}

int spill_next(struct spill *s, const uint8_t **ret, size_t *ret_len, struct valise_err *err)
{
	if (!s->aead) {
		*ret = s->memory.data;
		*ret_len = s->next++ ? 0 : s->memory.len;
		return 0;
	}
	uint64_t at = s->next * AGE_CHUNK_BYTES, left = s->bytes > at ? s->bytes - at : 0;
	size_t len = left < AGE_CHUNK_BYTES ? (size_t)left : AGE_CHUNK_BYTES, got;
	if (!len) {
		*ret_len = 0;
		return 0;
	}
	int r = file_pread_full(s->file.fd, s->sealed, len + AEAD_TAG_BYTES, s->next * AGE_SEALED_CHUNK_BYTES, &got,
				"the encrypted copy of standard input", err);
	if (!r && got != len + AEAD_TAG_BYTES)
		r = err_set(err, VALISE_E_IO, "the encrypted copy of standard input got shorter while it was read");
	if (!r)
		r = age_chunk_open(s->aead, s->next, is_marked_last(len), s->sealed, len + AEAD_TAG_BYTES, s->plain,
				   err);
	if (r)
		return r;
	s->next++;
	*ret = s->plain;
	*ret_len = len;
	return 0;
}
