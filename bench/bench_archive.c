/* SPDX-License-Identifier: Apache-2.0 */
/* Fills the spool of an office that knows one other with so many letters, theirs and its own, as years of work would: for `run` to ask. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valise/valise.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/tree.h"
#include "spool/bodies.h"
#include "spool/letters.h"
#include "spool/statements.h"

#define BATCH 1000
#define COVER_BYTES 600
#define BODY_BYTES 1500 /* of a letter of 1 KiB */
#define APART_S 600     /* from one letter to the next */

static struct valise_err err;

static void must(int code)
{
	if (code != 0) {
		(void)fprintf(stderr, "bench_archive: %d %s\n", code, err.text);
		exit(1);
	}
}

struct party {
	struct office_ref office;
	struct vkey key;
	struct ed25519_signer *signer;
};

/* The secret of the first officer, whose file has no passphrase. */
static void read_signer(const char *dir, struct party *p)
{
	CLEAN_CLOSE int keys = -1;
	CLEAN_NAMES struct names names = {0};
	CLEAN_BUF struct buf path = BUF_INIT(4096);
	buf_addf(&path, "%s/keys", dir);
	must(file_open_dir(AT_FDCWD, (char *)path.data, &keys, &err));
	must(names_read(keys, 16, &names, &err));
	for (size_t i = 0; i < names.count && !p->signer; i++) {
		CLEAN_BUF struct buf text = BUF_INIT(LIMIT_KEY_FILE_BYTES);
		uint8_t seed[ED25519_SEED_BYTES];
		must(file_read_all(keys, names.names[i], &text, &err));
		const char *line = strstr((char *)text.data, "\nsigning ");
		const char *reads = strstr((char *)text.data, "\nreading ");
		struct hash h;
		if (!line || !reads) /* the keeper's */
			continue;
		must(hash_parse((struct str){line + 9, HASH_HEX_BYTES}, &h) ? 0 : -1);
		memcpy(seed, h.bytes, sizeof seed);
		must(ed25519_signer_new(seed, &p->signer, &err));
		ed25519_signer_public(p->signer, p->key.key);
	}
	must(p->signer ? 0 : -1);
}

static void find_party(const char *dir, struct party *ret)
{
	struct valise *v;
	struct valise_office *o;
	must(valise_open(dir, false, NULL, &v, &err));
	must(valise_office(v, NULL, &o, &err));
	bool ok = hash_parse(str_of(o->view.id), &ret->office.office) && hash_parse(str_of(o->head), &ret->office.head);
	must(ok ? 0 : -1);
	valise_office_free(o);
	valise_close(v);
	read_signer(dir, ret);
}

static void sign(const struct party *p, const struct buf *text, struct buf *note)
{
	const struct ed25519_signer *signer = p->signer;
	buf_clear(note);
	must(note_sign(buf_str(text), &signer, 1, note, &err));
}

static void say(struct spool *s, const struct party *who, const struct hash *letter, enum says says, uint64_t nth,
		int64_t time_s)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_STATEMENT_BYTES);
	struct verified_statement *v;
	struct statement said = {.letter = *letter,
				 .says = says,
				 .office = who->office,
				 .role = says == SAYS_RECEIVED ? ROLE_CLERK : ROLE_READER,
				 .nth = nth,
				 .time_s = time_s,
				 .by = who->key};
	must(statement_write(&said, &text, &err));
	sign(who, &text, &note);
	must(statement_from_intake(note.data, note.len, &v, &err));
	must(statement_put(s, v, NULL, &err));
	verified_statement_free(v);
}

/* Two in three are received, one in three is reviewed as well. */
static void put_letter(struct spool *s, const struct party *from, const struct party *to, bool is_own, uint64_t n,
		       int64_t date_s)
{
	uint8_t bytes[BODY_BYTES] = {0}, *cover = bytes;
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_SEAL_BYTES);
	struct verified_seal *v;
	struct hash own, cover_id, root;
	char ref[32];
	(void)snprintf(ref, sizeof ref, "%" PRIu64 "/2026", n);
	digest_once(&n, sizeof n, &own);
	memcpy(bytes, own.bytes, sizeof own.bytes);
	digest_once(cover, COVER_BYTES, &cover_id);
	tree_piece(bytes, sizeof bytes, &root);
	struct seal seal = {.from = from->office,
			    .to = &(struct office_ref){to->office.office, to->office.head},
			    .n_to = 1,
			    .date_s = date_s,
			    .ref = str_of(ref),
			    .has_answer_by = n % 2,
			    .answer_by_s = date_s + 30 * 86400,
			    .has_contents = true,
			    .n_leaves = 2,
			    .body = root,
			    .body_bytes = BODY_BYTES,
			    .cover = cover_id,
			    .cover_bytes = COVER_BYTES,
			    .by = from->key};
	memcpy(seal.nonce, own.bytes, sizeof seal.nonce);
	must(seal_write(&seal, &text, &err));
	sign(from, &text, &note);
	must(seal_from_intake(note.data, note.len, &v, &err));
	must(letter_put(s, v, is_own, NULL, &err));
	must(cover_put(s, &v->note.id, (struct str){(char *)cover, COVER_BYTES}, &err));
	must(body_put_small(s, &root, (struct str){(char *)bytes, BODY_BYTES}, (struct str){(char *)&root, 32}, &err));
	if (n % 3)
		say(s, to, &v->note.id, SAYS_RECEIVED, 1, date_s + 3600);
	if (n % 3 == 1)
		say(s, to, &v->note.id, SAYS_REVIEWED, 2, date_s + 7200);
	verified_seal_free(v);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		(void)fprintf(stderr, "usage: bench_archive DIR OTHERS_DIR LETTERS\n");
		return 2;
	}
	uint64_t letters = strtoull(argv[3], NULL, 10);
	struct party self = {0}, other = {0};
	struct spool *s;
	find_party(argv[1], &self);
	find_party(argv[2], &other);
	must(spool_open(argv[1], SPOOL_WRITE, &s, &err));
	int64_t first_s = clock_now_s() - (int64_t)letters * APART_S;
	for (uint64_t n = 0; n < letters; n++) {
		bool is_own = n % 2;
		if (n % BATCH == 0)
			must(spool_begin(s, &err));
		put_letter(s, is_own ? &self : &other, is_own ? &other : &self, is_own, n,
			   first_s + (int64_t)n * APART_S);
		if (n % BATCH == BATCH - 1 || n == letters - 1)
			must(spool_commit(s, &err));
	}
	spool_close(s);
	ed25519_signer_free(self.signer);
	ed25519_signer_free(other.signer);
	return 0;
}
