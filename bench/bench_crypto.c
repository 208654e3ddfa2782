/* SPDX-License-Identifier: Apache-2.0 */
/* The raw speed of one core: what sealing and opening are made of, as lines of `name value unit`; the floor for every other bench.
 * Its one argument, if any, is how many runs of each the best is taken of. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/mac.h"
#include "crypto/tree.h"
#include "crypto/x25519.h"

#define CHUNK_BYTES (64u * 1024)
#define COPY_BYTES (64u * 1024 * 1024)
#define RUNS 5
#define RUN_NS 60000000.0 /* each of them takes at least this */

static uint8_t piece[TREE_PIECE_BYTES];
static uint8_t sealed[CHUNK_BYTES + AEAD_TAG_BYTES];
static uint8_t opened[CHUNK_BYTES];
static uint8_t *copy_from;
static uint8_t *copy_to;
static struct aead *cipher;
static struct mac *mac;
static struct digest *stream;
static struct ed25519_signer *signer;
static uint8_t public[ED25519_PUBLIC_BYTES];
static uint8_t signature[ED25519_SIGNATURE_BYTES];
static const uint8_t secret[32] = {1, 2, 3};
static uint8_t point[32];

/* This process's own time: others on the machine do not count. */
static double cpu_ns(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0)
		abort();
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(int code)
{
	if (code != 0) {
		(void)fprintf(stderr, "a measured call failed: %d\n", code);
		exit(1);
	}
}

static void run_memcpy(void)
{
	memcpy(copy_to, copy_from, COPY_BYTES);
	/* Read by nobody, a copy may be left out. */
	__asm__ volatile("" : : "r"(copy_to) : "memory");
}

static void run_seal(void)
{
	must(aead_seal(cipher, secret, piece, CHUNK_BYTES, sealed, NULL));
}

static void run_open(void)
{
	must(aead_open(cipher, secret, sealed, sizeof sealed, opened, NULL));
}

static void run_mac(void)
{
	uint8_t tag[MAC_TAG_BYTES];
	must(mac_tag(mac, piece, sizeof piece, tag, NULL));
}

static void run_sha256(void)
{
	must(digest_add(stream, piece, sizeof piece, NULL));
}

static void run_tree_piece(void)
{
	struct hash h;
	tree_piece(piece, sizeof piece, &h);
}

static void run_leaves_one_by_one(void)
{
	struct hash h;
	for (size_t at = 0; at < sizeof piece; at += TREE_BLOCK_BYTES)
		tree_leaf(piece + at, TREE_BLOCK_BYTES, &h);
}

static void run_short_digest(void)
{
	struct hash h;
	for (size_t i = 0; i < 100; i++)
		digest_once(piece + i, 64, &h);
}

static void run_aead_new(void)
{
	CLEAN_AEAD struct aead *a = NULL;
	must(aead_new(secret, &a, NULL));
}

static void run_sign(void)
{
	must(ed25519_sign(signer, piece, 500, signature, NULL));
}

static void run_verify(void)
{
	must(ed25519_verify(public, piece, 500, signature, NULL));
}

static void run_x25519_public(void)
{
	uint8_t ret[32];
	must(x25519_public(secret, ret, NULL));
}

static void run_x25519_shared(void)
{
	uint8_t ret[32];
	must(x25519_shared(secret, point, ret, NULL));
}

static const struct {
	const char *name;
	void (*run)(void);
	double per_run; /* bytes for GB/s, otherwise times */
	bool bytes;
} rows[] = {
	{"memcpy_64MiB", run_memcpy, COPY_BYTES, true},
	{"chacha20_poly1305_seal_64KiB", run_seal, CHUNK_BYTES, true},
	{"chacha20_poly1305_open_64KiB", run_open, CHUNK_BYTES, true},
	{"poly1305_1MiB", run_mac, TREE_PIECE_BYTES, true},
	{"sha256_stream", run_sha256, TREE_PIECE_BYTES, true},
	{"tree_piece_1MiB", run_tree_piece, TREE_PIECE_BYTES, true},
	{"tree_leaves_one_by_one", run_leaves_one_by_one, TREE_PIECE_BYTES, true},
	{"sha256_64_bytes", run_short_digest, 100, false},
	{"chacha20_poly1305_new_key", run_aead_new, 1, false},
	{"ed25519_sign", run_sign, 1, false},
	{"ed25519_verify", run_verify, 1, false},
	{"x25519_public", run_x25519_public, 1, false},
	{"x25519_shared", run_x25519_shared, 1, false},
};

/* The best of a few runs: whatever slows one down is not the floor. */
static double best_ns(void (*run)(void), unsigned long runs)
{
	double best = 0;
	for (unsigned long i = 0; i < runs; i++) {
		double from = cpu_ns();
		double took = 0;
		double times = 0;
		while (took < RUN_NS) {
			run();
			times++;
			took = cpu_ns() - from;
		}
		if (best == 0 || took / times < best)
			best = took / times;
	}
	return best;
}

static void print_start(const char *name, void (*run)(void))
{
	double from = cpu_ns();
	run();
	printf("%s %.0f us\n", name, (cpu_ns() - from) / 1000);
}

int main(int argc, char **argv)
{
	unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : RUNS;
	copy_from = malloc(COPY_BYTES);
	copy_to = malloc(COPY_BYTES);
	if (!copy_from || !copy_to)
		must(VALISE_E_NOMEM);
	memset(copy_from, 1, COPY_BYTES);
	memset(copy_to, 2, COPY_BYTES);
	for (size_t i = 0; i < sizeof piece; i++)
		piece[i] = (uint8_t)(i * 2654435761u >> 13);

	/* What libcrypto's first use costs a process. */
	print_start("libcrypto_start", run_aead_new);

	must(aead_new(secret, &cipher, NULL));
	must(mac_new(secret, &mac, NULL));
	must(digest_new(&stream, NULL));
	must(ed25519_signer_new(secret, &signer, NULL));
	ed25519_signer_public(signer, public);
	must(x25519_public(secret, point, NULL));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		double ns = best_ns(rows[i].run, runs > 0 ? runs : 1);
		if (rows[i].bytes)
			printf("%s %.2f GB/s\n", rows[i].name, rows[i].per_run / ns);
		else
			printf("%s %.0f /s\n", rows[i].name, rows[i].per_run * 1e9 / ns);
		(void)fflush(stdout);
	}
	aead_free(cipher);
	mac_free(mac);
	digest_free(stream);
	ed25519_signer_free(signer);
	free(copy_from);
	free(copy_to);
	return 0;
}
