/* SPDX-License-Identifier: Apache-2.0 */
/* Streams sealed and opened by the pipeline: every size around chunks, blocks and jobs; root and tally as computed in one piece. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/tree.h"
#include "format/tally.h"
#include "office/body_hash.h"
#include "office/body_root.h"
#include "office/hash_index.h"
#include "office/office.h"
#include "office/seal_stream.h"
#include "office/unseal_stream.h"
#include "scratch.h"

#define MIB (1024u * 1024)

#define MANY 50u /* recipients: their header is longer than a block */

/* The last go past the page cache, with all that ends within a block going through it. */
static const size_t sizes[] = {0,
			       1,
			       512,
			       32768,
			       65535,
			       65536,
			       65537,
			       MIB - 1,
			       MIB,
			       MIB + 1,
			       3 * MIB,
			       8 * MIB,
			       8 * MIB + 65536,
			       11 * MIB + 12345,
			       17 * MIB,
			       18 * MIB + 4096,
			       19 * MIB + 12345};

/* Bytes that differ everywhere, the same each time. */
static uint8_t *make_bytes(size_t n)
{
	uint8_t *b = malloc(n + 1);
	uint64_t x = 88172645463325252u;
	assert_non_null(b);
	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		b[i] = (uint8_t)x;
	}
	return b;
}

static void naive_root(const uint8_t *data, size_t len, struct hash *ret)
{
	size_t n = (len + TREE_BLOCK_BYTES - 1) / TREE_BLOCK_BYTES;
	struct hash *leaves = calloc(n + 1, sizeof *leaves);
	assert_non_null(leaves);
	for (size_t i = 0; i < n; i++) {
		size_t at = i * TREE_BLOCK_BYTES;
		tree_leaf(data + at, len - at < TREE_BLOCK_BYTES ? len - at : TREE_BLOCK_BYTES, &leaves[i]);
	}
	tree_root(leaves, n, ret);
	free(leaves);
}

/* In portions that never fit anything; through room and by copy in turn. */
static void feed(struct stream_sealer *s, const uint8_t *data, size_t len)
{
	size_t portion = 1;
	for (size_t at = 0; at < len; portion = portion * 7 % 200003 + 1) {
		size_t n = len - at < portion ? len - at : portion;
		if (portion & 1) {
			uint8_t *room;
			size_t max;
			assert_int_equal(stream_sealer_room(s, &room, &max, NULL), 0);
			if (n > max)
				n = max;
			memcpy(room, data + at, n);
			assert_int_equal(stream_sealer_add(s, room, n, NULL), 0);
		} else {
			assert_int_equal(stream_sealer_add(s, data + at, n, NULL), 0);
		}
		at += n;
	}
	assert_int_equal(stream_sealer_offset(s), len);
}

/* The whole result in memory, wherever the sealer put it. */
static uint8_t *result_bytes(struct stream_sealer *s, uint64_t size)
{
	uint8_t *b = malloc((size_t)size + 1);
	size_t got;
	assert_non_null(b);
	if (stream_sealer_file(s)) {
		assert_int_equal(
			file_pread_full(stream_sealer_file(s)->fd, b, (size_t)size + 1, 0, &got, "result", NULL), 0);
		assert_int_equal(got, size);
	} else {
		assert_int_equal(stream_sealer_memory(s).len, size);
		if (size)
			memcpy(b, stream_sealer_memory(s).at, (size_t)size);
	}
	return b;
}

/* As an opened letter's file is written: what could not be told from the plaintext before the end is there after settling. */
static void check_written(int fd, const uint8_t *plain, size_t len)
{
	uint8_t *there = malloc(len + 1);
	size_t got;
	assert_non_null(there);
	assert_int_equal(file_pread_full(fd, there, len + 1, 0, &got, "written", NULL), 0);
	assert_int_equal(got, len);
	if (len)
		assert_memory_equal(there, plain, len);
	free(there);
	close(fd);
}

static void check_open(int dirfd, const struct body *file, const uint8_t secret[static 32], const uint8_t *plain,
		       size_t len, const struct hash *root)
{
	int fd = openat(dirfd, "written", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct age_identity id;
	struct stream_opener *o = NULL;
	const uint8_t *data;
	size_t n = 1, at = 0;
	struct hash again;
	assert_true(fd >= 0);
	assert_int_equal(age_identity_x25519(secret, &id, NULL), 0);
	assert_int_equal(stream_opener_new(file, &id, 1, true, &o, NULL), 0);
	assert_int_equal(stream_opener_plain_bytes(o), len);
	while (n) {
		assert_int_equal(stream_opener_next(o, &data, &n, NULL), 0);
		assert_true(at + n <= len);
		if (n) {
			assert_memory_equal(data, plain + at, n);
			assert_int_equal(stream_opener_write(o, fd, at, data, n, "written", NULL), 0);
		}
		at += n;
	}
	assert_int_equal(at, len);
	assert_int_equal(stream_opener_settle(o, NULL), 0);
	check_written(fd, plain, len);
	assert_int_equal(stream_opener_root(o, &again, NULL), 0);
	assert_true(hash_eq(&again, root));
	stream_opener_free(o);
}

static void one_round(int dirfd, size_t len, size_t n_to, size_t in_memory)
{
	static const uint8_t secret[32] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
	uint8_t randomness[AGE_RANDOM_BYTES(MANY)];
	struct age_identity id;
	struct age_recipient to[MANY];
	struct stream_sealer *s = NULL;
	struct sealed_stream sealed;
	struct hash root;
	uint8_t *plain = make_bytes(len);
	memset(randomness, 0x5a, sizeof randomness);
	assert_int_equal(age_identity_x25519(secret, &id, NULL), 0);
	for (size_t i = 0; i < MANY; i++)
		memcpy(to[i].point, id.point, sizeof to[i].point);
	struct stream_target target = {.to = to,
				       .n_to = n_to,
				       .dirfd = dirfd,
				       .in_memory_bytes = in_memory,
				       .what = "the test",
				       .past_cache = true};
	assert_int_equal(stream_sealer_new(&target, randomness, &s, NULL), 0);
	feed(s, plain, len);
	assert_int_equal(stream_sealer_end(s, &sealed, NULL), 0);
	uint8_t *bytes = result_bytes(s, sealed.bytes);
	naive_root(bytes, (size_t)sealed.bytes, &root);
	assert_true(hash_eq(&root, &sealed.root));
	assert_int_equal(tally_check(&root, sealed.bytes, sealed.tally, NULL), 0);
	if (n_to) {
		struct body memory = {.fd = -1, .bytes = bytes, .size = sealed.bytes};
		check_open(dirfd, &memory, secret, plain, len, &root);
	} else {
		assert_int_equal(sealed.bytes, len);
		assert_memory_equal(bytes, plain, len);
	}
	if (n_to && stream_sealer_file(s)) {
		struct body file = {
			.fd = stream_sealer_file(s)->fd, .size = sealed.bytes, .what = "a body", .past_cache = true};
		check_open(dirfd, &file, secret, plain, len, &root);
	}
	free(bytes);
	free(plain);
	stream_sealer_free(s);
}

static void round_trips(void **state)
{
	int dirfd = ((struct scratch *)*state)->fd;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		one_round(dirfd, sizes[i], 1, BODY_SMALL_BYTES);
		one_round(dirfd, sizes[i], 1, 0);
		one_round(dirfd, sizes[i], MANY, 0);
		one_round(dirfd, sizes[i], 0, 0);
	}
}

/* A byte altered anywhere is told of before its chunk's plaintext leaves. */
static void altered_streams_stop(void **state)
{
	static const uint8_t secret[32] = {1};
	uint8_t randomness[AGE_RANDOM_BYTES(1)] = {0};
	struct age_identity id;
	struct age_recipient to;
	struct stream_sealer *s = NULL;
	struct sealed_stream sealed;
	size_t len = 3 * MIB + 17;
	uint8_t *plain = make_bytes(len);
	assert_int_equal(age_identity_x25519(secret, &id, NULL), 0);
	memcpy(to.point, id.point, sizeof to.point);
	struct stream_target target = {
		.to = &to, .n_to = 1, .dirfd = ((struct scratch *)*state)->fd, .what = "the test"};
	assert_int_equal(stream_sealer_new(&target, randomness, &s, NULL), 0);
	feed(s, plain, len);
	assert_int_equal(stream_sealer_end(s, &sealed, NULL), 0);
	uint8_t *bytes = result_bytes(s, sealed.bytes);
	for (uint64_t at = 250; at < sealed.bytes; at += sealed.bytes / 23) {
		struct stream_opener *o = NULL;
		const uint8_t *data;
		size_t n = 1, seen = 0;
		struct body file = {.fd = -1, .bytes = bytes, .size = sealed.bytes};
		bytes[at] ^= 1;
		int r = stream_opener_new(&file, &id, 1, true, &o, NULL);
		while (!r && n) {
			r = stream_opener_next(o, &data, &n, NULL);
			if (!r && n) {
				assert_memory_equal(data, plain + seen, n);
				seen += n;
			}
		}
		assert_int_equal(r, VALISE_E_BAD);
		stream_opener_free(o);
		bytes[at] ^= 1;
	}
	free(bytes);
	free(plain);
	stream_sealer_free(s);
}

/* A write that fails on another thread is told of at the latest when it is asked for. */
static void failed_writes_are_told(void **state)
{
	static const uint8_t secret[32] = {1};
	uint8_t randomness[AGE_RANDOM_BYTES(1)] = {0};
	int dirfd = ((struct scratch *)*state)->fd;
	struct age_identity id;
	struct age_recipient to;
	struct stream_sealer *s = NULL;
	struct sealed_stream sealed;
	size_t len = 9 * MIB;
	uint8_t *plain = make_bytes(len);
	assert_int_equal(age_identity_x25519(secret, &id, NULL), 0);
	memcpy(to.point, id.point, sizeof to.point);
	struct stream_target target = {.to = &to, .n_to = 1, .dirfd = dirfd, .what = "the test"};
	assert_int_equal(stream_sealer_new(&target, randomness, &s, NULL), 0);
	feed(s, plain, len);
	assert_int_equal(stream_sealer_end(s, &sealed, NULL), 0);
	uint8_t *bytes = result_bytes(s, sealed.bytes);
	int fd = openat(dirfd, "read-only", O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	for (size_t failing = 0; failing < 10; failing++) { /* 9: none */
		struct stream_opener *o = NULL;
		struct valise_err err = {0};
		const uint8_t *data;
		size_t n = 1;
		struct body file = {.fd = -1, .bytes = bytes, .size = sealed.bytes};
		assert_int_equal(stream_opener_new(&file, &id, 1, true, &o, NULL), 0);
		int r = 0;
		for (size_t job = 0; !r && n; job++) {
			r = stream_opener_next(o, &data, &n, &err);
			if (!r && n && job == failing)
				r = stream_opener_write(o, fd, job * MIB, data, n, "the file", &err);
		}
		if (!r)
			r = stream_opener_settle(o, &err);
		assert_int_equal(r, failing < 9 ? VALISE_E_IO : 0);
		if (r)
			assert_non_null(strstr(err.text, "the file"));
		stream_opener_free(o);
	}
	close(fd);
	free(bytes);
	free(plain);
	stream_sealer_free(s);
}

/* Read ahead in any portions, or not at all, the root is the same. */
static void bodies_are_read_beside_other_work(void **state)
{
	struct valise v = {0}; /* whom nobody asks for progress */
	static const size_t lens[] = {0, 1, MIB, 9 * MIB + 5, 17 * MIB + 4097};
	int dirfd = ((struct scratch *)*state)->fd;
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		uint8_t *bytes = make_bytes(lens[i]);
		struct hash expected, root;
		naive_root(bytes, lens[i], &expected);
		assert_int_equal(file_write_new(dirfd, "body", 0600, bytes, lens[i], true, NULL), 0);
		for (size_t ahead = 0; ahead < 40; ahead += 13) {
			struct body body = {.fd = openat(dirfd, "body", O_RDONLY | O_CLOEXEC),
					    .size = lens[i],
					    .what = "a body",
					    .past_cache = true};
			struct body_reader *b = NULL;
			assert_int_equal(body_reader_new(&v, &body, NULL, "testing", &b, NULL), 0);
			for (size_t k = 0; k < ahead; k++)
				assert_int_equal(body_reader_ahead(b, NULL), 0);
			assert_int_equal(body_reader_end(b, &root, NULL), 0);
			assert_true(hash_eq(&root, &expected));
			body_reader_free(b);
			body_release(&body);
		}
		free(bytes);
	}
}

/* A bag of `len` bytes below `dirfd`, sealed to nobody (n_to 0) or to some, and its imprint. */
static uint64_t put_bag_file(int dirfd, size_t len, size_t n_to, struct imprint *imprint)
{
	static const uint8_t secret[32] = {5};
	uint8_t randomness[AGE_RANDOM_BYTES(MANY)] = {0};
	struct age_identity id;
	struct age_recipient to[MANY];
	struct stream_sealer *s = NULL;
	struct sealed_stream sealed;
	uint8_t *plain = make_bytes(len);
	assert_int_equal(age_identity_x25519(secret, &id, NULL), 0);
	for (size_t i = 0; i < MANY; i++)
		memcpy(to[i].point, id.point, sizeof to[i].point);
	struct stream_target target = {
		.to = to, .n_to = n_to, .dirfd = dirfd, .what = "the test", .past_cache = true, .imprint = imprint};
	assert_int_equal(imprint_begin(imprint, NULL), 0);
	assert_int_equal(stream_sealer_new(&target, randomness, &s, NULL), 0);
	feed(s, plain, len);
	assert_int_equal(stream_sealer_end(s, &sealed, NULL), 0);
	uint64_t bytes = 0;
	for (size_t i = 0; i < imprint->n; i++)
		bytes += imprint->ranges[i].len;
	assert_int_equal(bytes, sealed.bytes);
	assert_int_equal(sealed.tally.len, 0);
	assert_int_equal(newfile_publish(stream_sealer_file(s), "bag", true, NULL), 0);
	stream_sealer_free(s);
	free(plain);
	return sealed.bytes;
}

/* What reading back says, with `ahead` tries to read on beside other work. */
static int read_back(int dirfd, uint64_t bytes, const struct imprint *imprint, size_t ahead)
{
	struct valise v = {0};
	struct body bag = {
		.fd = openat(dirfd, "bag", O_RDONLY | O_CLOEXEC), .size = bytes, .what = "a bag", .past_cache = true};
	struct body_reader *b = NULL;
	int r = 0;
	assert_int_equal(body_reader_new(&v, &bag, imprint, "testing", &b, NULL), 0);
	for (size_t k = 0; k < ahead && !r; k++)
		r = body_reader_ahead(b, NULL);
	if (!r)
		r = body_reader_end(b, NULL, NULL);
	body_reader_free(b);
	body_release(&bag);
	return r;
}

static void flip_bit(int dirfd, uint64_t at)
{
	uint8_t byte;
	int fd = openat(dirfd, "bag", O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	assert_int_equal(fsync(fd), 0);
	close(fd);
}

/* Whatever was written reads back as it was; a bit of it altered, anywhere, does not. */
static void imprints_find_what_is_altered(void **state)
{
	static const size_t lens[] = {1, 3 * MIB + 17, 18 * MIB + 4097};
	int dirfd = ((struct scratch *)*state)->fd;
	for (size_t i = 0; i < 2 * sizeof lens / sizeof *lens; i++) {
		struct imprint imprint;
		uint64_t bytes = put_bag_file(dirfd, lens[i / 2], i % 2 ? MANY : 0, &imprint);
		uint64_t places[] = {0, bytes / 3, bytes - 1 - bytes / 5, bytes - 1};
		assert_int_equal(read_back(dirfd, bytes, &imprint, 0), 0);
		assert_int_equal(read_back(dirfd, bytes, &imprint, 40), 0);
		for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
			flip_bit(dirfd, places[k]);
			assert_int_equal(read_back(dirfd, bytes, &imprint, k * 7), VALISE_E_BAD);
			flip_bit(dirfd, places[k]);
		}
		assert_int_equal(read_back(dirfd, bytes, &imprint, 3), 0);
		imprint_release(&imprint);
	}
}

static void index_keeps_the_first(void **state)
{
	(void)state;
	struct hash_index x = {0};
	size_t number;
	for (uint32_t i = 0; i < 5000; i++) {
		struct hash h = {{0}};
		memcpy(h.bytes, &i, sizeof i); /* neighbours collide on purpose */
		assert_false(hash_index_get(&x, &h, NULL));
		assert_int_equal(hash_index_put(&x, &h, i, NULL), 0);
		assert_int_equal(hash_index_put(&x, &h, i + 1, NULL), 0);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		struct hash h = {{0}};
		memcpy(h.bytes, &i, sizeof i);
		assert_true(hash_index_get(&x, &h, &number));
		assert_int_equal(number, i);
	}
	hash_index_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(round_trips),
		scratch_test(altered_streams_stop),
		scratch_test(failed_writes_are_told),
		scratch_test(bodies_are_read_beside_other_work),
		scratch_test(imprints_find_what_is_altered),
		cmocka_unit_test(index_keeps_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
