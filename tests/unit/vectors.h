/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the formats: the project's own vectors, the example blocks of the specification, and changed copies of both. */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "format/note.h"

#define VECTOR_PATH_BYTES 4096

static inline void vector_path(const char *path, char ret[static VECTOR_PATH_BYTES])
{
	const char *root = getenv("VALISE_TEST_SOURCE");
	(void)snprintf(ret, VECTOR_PATH_BYTES, "%s/%s", root && *root ? root : ".", path);
}

/* The file below the source tree into *ret, which the caller releases. */
static inline void vector_read(const char *path, struct buf *ret)
{
	char full[VECTOR_PATH_BYTES];
	vector_path(path, full);
	struct valise_err err = {0};
	buf_init(ret, 1024 * 1024);
	if (file_read_all(AT_FDCWD, full, ret, &err))
		fail_msg("%s", err.text);
}

/* The bytes of the block "```example NAME" of spec/PAGE. */
static inline void vector_example(const char *page, const char *name, struct buf *ret)
{
	char text[256];
	(void)snprintf(text, sizeof text, "spec/%s", page);
	CLEAN_BUF struct buf whole = {0};
	vector_read(text, &whole);
	(void)snprintf(text, sizeof text, "\n```example %s\n", name);
	const char *begin = memmem(whole.data, whole.len, text, strlen(text));
	if (!begin)
		fail_msg("spec/%s has no example %s", page, name);
	begin += strlen(text);
	size_t left = whole.len - (size_t)(begin - (const char *)whole.data);
	const char *end = memmem(begin, left, "\n```\n", 5);
	if (!end)
		fail_msg("the example %s in spec/%s has no end", name, page);
	buf_init(ret, 1024 * 1024);
	buf_add(ret, begin, (size_t)(end - begin) + 1);
}

/* Calls `each` for every file of a directory whose name ends so, and returns how many there were. */
static inline size_t vector_each(const char *directory, const char *ending,
				 void (*each)(const char *name, struct str bytes))
{
	char full[VECTOR_PATH_BYTES];
	vector_path(directory, full);
	CLEAN_CLOSE int fd = -1;
	CLEAN_NAMES struct names names = {0};
	struct valise_err err = {0};
	if (file_open_dir(AT_FDCWD, full, &fd, &err) || names_read(fd, 10000, &names, &err))
		fail_msg("%s", err.text);
	size_t n = 0;
	for (size_t i = 0; i < names.count; i++) {
		size_t len = strlen(names.names[i]);
		if (len < strlen(ending) || strcmp(names.names[i] + len - strlen(ending), ending) != 0)
			continue;
		CLEAN_BUF struct buf b = BUF_INIT(1024 * 1024);
		if (file_read_all(fd, names.names[i], &b, &err))
			fail_msg("%s", err.text);
		each(names.names[i], buf_str(&b));
		n++;
	}
	return n;
}

/* A copy of `text` in which the first `old` is `new`; fails when there is none, so that no case tests nothing. */
static inline void vector_change(struct str text, const char *old, const char *new, struct buf *ret)
{
	const char *at = memmem(text.at, text.len, old, strlen(old));
	if (!at)
		fail_msg("no \"%s\" to change", old);
	size_t before = (size_t)(at - text.at);
	buf_init(ret, 1024 * 1024);
	buf_add(ret, text.at, before);
	buf_add_text(ret, new);
	buf_add(ret, at + strlen(old), text.len - before - strlen(old));
	assert_int_equal(ret->error, 0);
}

/* One thing wrong with a text, and what the error must say about it. */
struct wrong {
	const char *old, *new, *says;
};

static inline void vector_refuses(struct str text, const struct wrong *table, size_t n,
				  int (*parse)(struct str text, struct valise_err *err))
{
	for (size_t i = 0; i < n; i++) {
		CLEAN_BUF struct buf changed = {0};
		vector_change(text, table[i].old, table[i].new, &changed);
		struct valise_err err = {0};
		int r = parse(buf_str(&changed), &err);
		if (r != VALISE_E_BAD || err.code != r || !strstr(err.text, table[i].says))
			fail_msg("\"%s\" for \"%s\": code %d, \"%s\"", table[i].new, table[i].old, r, err.text);
	}
}

/* What of a note is signed: through the newline before its empty line. */
static inline struct str vector_text(struct str note)
{
	const char *at = memmem(note.at, note.len, "\n\n", 2);
	assert_non_null(at);
	return (struct str){note.at, (size_t)(at - note.at) + 1};
}

/* The keys of the examples: 32 equal bytes. */
static inline struct ed25519_signer *vector_signer(uint8_t byte)
{
	uint8_t seed[ED25519_SEED_BYTES];
	memset(seed, byte, sizeof seed);
	struct ed25519_signer *s = NULL;
	assert_int_equal(ed25519_signer_new(seed, &s, NULL), 0);
	return s;
}

static inline struct vkey vector_vkey(uint8_t byte)
{
	CLEAN_SIGNER struct ed25519_signer *s = vector_signer(byte);
	struct vkey k;
	ed25519_signer_public(s, k.key);
	return k;
}

static inline struct hash vector_hash(const char *text)
{
	struct hash h;
	digest_once(text, strlen(text), &h);
	return h;
}

/* The id of the note of a file below tests/vectors. */
static inline struct hash vector_id(const char *path)
{
	CLEAN_BUF struct buf b = {0};
	vector_read(path, &b);
	struct str text = vector_text(buf_str(&b));
	struct hash h;
	digest_once(text.at, text.len, &h);
	return h;
}

/* Signs with the keys of those bytes and compares with an example of the specification. */
static inline void vector_signed_is(struct str text, const uint8_t *keys, size_t n, const char *page, const char *name)
{
	const struct ed25519_signer *signers[8];
	assert_in_range(n, 1, 8);
	for (size_t i = 0; i < n; i++)
		signers[i] = vector_signer(keys[i]);
	CLEAN_BUF struct buf made = BUF_INIT(1024 * 1024);
	struct valise_err err = {0};
	int r = note_sign(text, signers, n, &made, &err);
	for (size_t i = 0; i < n; i++)
		ed25519_signer_free((struct ed25519_signer *)(uintptr_t)signers[i]);
	if (r)
		fail_msg("%s", err.text);
	CLEAN_BUF struct buf want = {0};
	vector_example(page, name, &want);
	if (!str_eq(buf_str(&made), buf_str(&want)))
		fail_msg("%s, example %s: this is made:\n%.*s", page, name, STR_ARG(buf_str(&made)));
}

static inline void assert_str(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), want);
}

#endif
