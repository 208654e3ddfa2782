/* SPDX-License-Identifier: Apache-2.0 */
/* The spool: rows a second, and what opening, finding and listing cost in a large one, as lines of `name value unit`. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "spool/bodies.h"
#include "spool/letters.h"
#include "spool/spool.h"
#include "spool/statements.h"

#define BATCH 1000 /* letters in one transaction, as the office has them */
#define COVER_BYTES 600
#define SMALL_BYTES 1500 /* of a body: a letter of 1 KiB */
#define RUNS 21

static struct valise_err err;

static void must(int code)
{
	if (code != 0) {
		(void)fprintf(stderr, "a measured call failed: %d %s\n", code, err.text);
		exit(1);
	}
}

static double now_s(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		abort();
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One signed note of each kind; the others differ in a value. What the spool gives back is not verified again, so their
 * signatures do not matter here. */
struct pattern {
	struct buf note;
	size_t at; /* of the 64 digits that differ */
};

static void make_seal(struct pattern *p, const struct ed25519_signer *signer)
{
	struct office_ref to = {{{2}}, {{2}}};
	struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	struct seal s = {
		.from = {{{1}}, {{1}}},
		.to = &to,
		.n_to = 1,
		.ref = STR("14/2026"),
		.date_s = 1795338720,
		.has_contents = true,
		.n_leaves = 2,
		.body_bytes = SMALL_BYTES,
		.cover_bytes = COVER_BYTES,
	};
	ed25519_signer_public(signer, s.by.key);
	must(seal_write(&s, &text, &err));
	buf_init(&p->note, LIMIT_SEAL_BYTES);
	must(note_sign(buf_str(&text), &signer, 1, &p->note, &err));
	p->at = (size_t)((char *)memmem(p->note.data, p->note.len, "nonce ", 6) - (char *)p->note.data) + 6;
	buf_release(&text);
}

static void make_statement(struct pattern *p, const struct ed25519_signer *signer)
{
	struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	struct statement s = {.says = SAYS_RECEIVED, .role = ROLE_CLERK, .nth = 1, .time_s = 1795338720};
	ed25519_signer_public(signer, s.by.key);
	must(statement_write(&s, &text, &err));
	buf_init(&p->note, LIMIT_STATEMENT_BYTES);
	must(note_sign(buf_str(&text), &signer, 1, &p->note, &err));
	p->at = (size_t)((char *)memmem(p->note.data, p->note.len, "letter ", 7) - (char *)p->note.data) + 7;
	buf_release(&text);
}

static void set_hash(struct pattern *p, const struct hash *h)
{
	memcpy(p->note.data + p->at, hash_hex(h).text, HASH_HEX_BYTES);
}

/* A letter with cover, body and one statement. */
static void put_letter(struct spool *s, struct pattern *seal, struct pattern *statement, uint64_t n)
{
	struct hash nonce;
	struct verified_seal *letter;
	struct verified_statement *said;
	static uint8_t cover[COVER_BYTES];
	static uint8_t body[SMALL_BYTES];
	digest_once(&n, sizeof n, &nonce);
	set_hash(seal, &nonce);
	/* Its cover and body are its own: the line after `contents` and the one after that. */
	uint8_t *line = memmem(seal->note.data, seal->note.len, "\nbody ", 6);
	memcpy(line + 6, hash_hex(&nonce).text, HASH_HEX_BYTES);
	line = memmem(seal->note.data, seal->note.len, "\ncover ", 7);
	memcpy(line + 7, hash_hex(&nonce).text, HASH_HEX_BYTES);
	must(seal_from_intake(seal->note.data, seal->note.len, &letter, &err));
	set_hash(statement, &letter->note.id);
	must(statement_from_intake(statement->note.data, statement->note.len, &said, &err));
	must(letter_put(s, letter, false, NULL, &err));
	must(cover_put(s, &letter->note.id, (struct str){(char *)cover, sizeof cover}, &err));
	must(body_put_small(s, &nonce, (struct str){(char *)body, sizeof body}, (struct str){(char *)&nonce, 32},
			    &err));
	must(statement_put(s, said, NULL, &err));
	verified_seal_free(letter);
	verified_statement_free(said);
}

static int count_first(void *context, const struct hash *id)
{
	(void)id;
	return ++*(size_t *)context == 50;
}

static int count_all(void *context, const struct hash *id)
{
	(void)id;
	++*(size_t *)context;
	return 0;
}

static int compare_times(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static void measure_open(const char *dir, const char *name, uint64_t letters, enum spool_mode mode)
{
	double times[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		struct spool *s;
		double from = now_s();
		must(spool_open(dir, mode, &s, &err));
		times[i] = now_s() - from;
		spool_close(s);
	}
	qsort(times, RUNS, sizeof times[0], compare_times);
	printf("%s_%" PRIu64 " %.3f ms\n", name, letters, times[RUNS / 2] * 1e3);
}

static void measure_reading(const char *dir, uint64_t letters)
{
	struct spool *s;
	struct hash found;
	size_t n = 0;
	must(spool_open(dir, SPOOL_READ, &s, &err));
	double from = now_s();
	if (letters_each(s, count_first, &n, &err) != 1)
		must(-1);
	printf("list_first_50_of_%" PRIu64 " %.3f ms\n", letters, (now_s() - from) * 1e3);
	from = now_s();
	n = 0;
	must(letters_each(s, count_all, &n, &err));
	printf("list_all_of_%" PRIu64 " %.1f ms\n", letters, (now_s() - from) * 1e3);
	from = now_s();
	if (letter_find(s, STR("0123456789"), &found, &err) != VALISE_E_NOT_FOUND)
		must(-1);
	printf("find_in_%" PRIu64 " %.3f ms\n", letters, (now_s() - from) * 1e3);
	spool_close(s);
}

int main(int argc, char **argv)
{
	static const uint8_t seed[ED25519_SEED_BYTES] = {3};
	uint64_t letters = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	char place[] = "/tmp/valise-bench-XXXXXX";
	char dir[64];
	struct pattern seal;
	struct pattern statement;
	struct ed25519_signer *signer;
	struct spool *s;
	if (!mkdtemp(place))
		must(-1);
	(void)snprintf(dir, sizeof dir, "%s/spool", place);
	must(ed25519_signer_new(seed, &signer, &err));
	make_seal(&seal, signer);
	make_statement(&statement, signer);
	must(spool_create(dir, &s, &err));
	double from = now_s();
	for (uint64_t n = 0; n < letters; n++) {
		if (n % BATCH == 0)
			must(spool_begin(s, &err));
		put_letter(s, &seal, &statement, n);
		if (n % BATCH == BATCH - 1 || n == letters - 1)
			must(spool_commit(s, &err));
		if (n == 9999)
			printf("put_first_10000 %.0f letters/s\n", 10000 / (now_s() - from));
	}
	printf("put_%" PRIu64 " %.0f letters/s\n", letters, (double)letters / (now_s() - from));
	spool_close(s);
	measure_open(dir, "open_to_read", letters, SPOOL_READ);
	measure_open(dir, "open_to_write", letters, SPOOL_WRITE);
	measure_reading(dir, letters);
	ed25519_signer_free(signer);
	buf_release(&seal.note);
	buf_release(&statement.note);
	must(file_remove_tree(AT_FDCWD, place, &err));
	return 0;
}
