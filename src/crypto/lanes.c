/* SPDX-License-Identifier: Apache-2.0 */
/* Several SHA-256 at once: a manager of ipsec-mb for each thread, made when a thread has much to hash, gone with the thread. */
#include "crypto/lanes.h"

#ifndef HAVE_IPSEC_MB

size_t lanes_many(const uint8_t *const *data, size_t len, size_t n, struct hash *ret)
{
	(void)data, (void)len, (void)n, (void)ret;
	return 0;
}

size_t lanes_leaves(const uint8_t *data, size_t n, struct hash *ret)
{
	(void)data, (void)n, (void)ret;
	return 0;
}

#else

#define NO_COMPAT_IMB_API_053 /* whose names clash with OpenSSL's */
#include <intel-ipsec-mb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"

/* Wide registers cost the same however few of their lanes are filled (AVX-512 has 16). Next to a processor's SHA instructions one by
 * one, six whole blocks are worth it, and eight of any length from 512 bytes; below that the hand-over costs what the lanes save. */
#define LANES 16
#define LANES_MIN_MESSAGES 8
#define LANES_MIN_LEN 512
#define LANES_MAX_LEN 65534 /* of one job */
/* Making a manager costs a thread 0.8 ms, what it saves on 2 MiB: so a thread first hashes that much without. */
#define LANES_START_BYTES (2u * 1024 * 1024)

/* A job's message is contiguous, and a leaf's has a byte before its block: blocks are copied behind theirs. Copying costs 2% of the
 * hashing when the block is in the cache, and brings it there when it is not. */
#define COPY_STRIDE (64 + TREE_BLOCK_BYTES)

struct lanes {
	size_t offered; /* bytes so far, until it is tried */
	bool tried;
	IMB_MGR *manager; /* NULL until then, and where there is none to be had */
	uint8_t *copies;  /* LANES of COPY_STRIDE: the prefix is byte 63, so that the block is aligned */
};

static _Thread_local struct lanes own;

static void lanes_release(void *p)
{
	struct lanes *l = p;
	if (l->manager)
		free_mb_mgr(l->manager);
	l->manager = NULL;
	free(l->copies);
	l->copies = NULL;
}

/* Only for its destructor, which empties a thread's lanes when it ends; made once, constant afterwards. */
static pthread_once_t at_end_once = PTHREAD_ONCE_INIT;
static pthread_key_t at_end;
static bool at_end_made;

static void at_end_make(void)
{
	at_end_made = pthread_key_create(&at_end, lanes_release) == 0;
}

/* By what this processor has. Its SHA instructions, two messages at once, are twice as fast as the eight lanes of AVX2, and half as
 * fast as the sixteen of AVX-512; the library by itself takes the widest lanes there are. */
static bool choose_lanes(IMB_MGR *m)
{
	IMB_ARCH arch = IMB_ARCH_SSE;
	if (m->features & IMB_FEATURE_SHANI && !(m->features & IMB_FEATURE_AVX512_SKX))
		init_mb_mgr_sse(m);
	else
		init_mb_mgr_auto(m, &arch);
	return imb_get_errno(m) == 0 && arch >= IMB_ARCH_SSE;
}

static bool lanes_start(struct lanes *l)
{
	if (pthread_once(&at_end_once, at_end_make) != 0 || !at_end_made || pthread_setspecific(at_end, l) != 0)
		return false;
	l->copies = aligned_alloc(64, LANES * COPY_STRIDE);
	l->manager = alloc_mb_mgr(0);
	if (!l->copies || !l->manager)
		return false;
	for (size_t i = 0; i < LANES; i++)
		l->copies[i * COPY_STRIDE + 63] = 0x00;
	return choose_lanes(l->manager);
}

/* The calling thread's, good for use; NULL when there is none, or not yet. */
static struct lanes *lanes_of_thread(size_t bytes)
{
	struct lanes *l = &own;
	if (l->tried)
		return l->manager ? l : NULL;
	if (l->offered < LANES_START_BYTES) {
		l->offered += bytes < LANES_START_BYTES ? bytes : LANES_START_BYTES;
		return NULL;
	}
	l->tried = true;
	if (!lanes_start(l)) {
		lanes_release(l);
		return NULL;
	}
	return l;
}

/* At most LANES messages; false when any of them was not hashed. */
static bool lanes_batch(IMB_MGR *m, const uint8_t *const *data, size_t len, size_t n, struct hash *ret)
{
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		IMB_JOB *job = IMB_GET_NEXT_JOB(m);
		job->cipher_mode = IMB_CIPHER_NULL;
		job->cipher_direction = IMB_DIR_ENCRYPT;
		job->chain_order = IMB_ORDER_HASH_CIPHER;
		job->hash_alg = IMB_AUTH_SHA_256;
		job->src = data[i];
		job->hash_start_src_offset_in_bytes = 0;
		job->msg_len_to_hash_in_bytes = len;
		job->auth_tag_output = ret[i].bytes;
		job->auth_tag_output_len_in_bytes = sizeof ret[i].bytes;
		for (job = IMB_SUBMIT_JOB(m); job; job = IMB_GET_COMPLETED_JOB(m))
			done += job->status == IMB_STATUS_COMPLETED;
	}
	for (IMB_JOB *job; (job = IMB_FLUSH_JOB(m));)
		done += job->status == IMB_STATUS_COMPLETED;
	return done == n;
}

static size_t batch_of(size_t left)
{
	return left >= LANES ? LANES : left >= LANES_MIN_MESSAGES ? left : 0;
}

size_t lanes_many(const uint8_t *const *data, size_t len, size_t n, struct hash *ret)
{
	if (n < LANES_MIN_MESSAGES || len < LANES_MIN_LEN || len > LANES_MAX_LEN)
		return 0;
	struct lanes *l = lanes_of_thread(n > SIZE_MAX / len ? SIZE_MAX : n * len);
	if (!l)
		return 0;
	size_t done = 0;
	for (size_t batch; (batch = batch_of(n - done)) > 0; done += batch)
		if (!lanes_batch(l->manager, data + done, len, batch, ret + done))
			break;
	return done;
}

size_t lanes_leaves(const uint8_t *data, size_t n, struct hash *ret)
{
	if (n < LANES_MIN_MESSAGES)
		return 0;
	struct lanes *l = lanes_of_thread(n * TREE_BLOCK_BYTES);
	if (!l)
		return 0;
	const uint8_t *messages[LANES];
	for (size_t i = 0; i < LANES; i++)
		messages[i] = l->copies + i * COPY_STRIDE + 63;
	size_t done = 0;
	for (size_t batch; (batch = batch_of(n - done)) > 0; done += batch) {
		for (size_t i = 0; i < batch; i++)
			memcpy(l->copies + i * COPY_STRIDE + 64, data + (done + i) * TREE_BLOCK_BYTES,
			       TREE_BLOCK_BYTES);
		if (!lanes_batch(l->manager, messages, 1 + TREE_BLOCK_BYTES, batch, ret + done))
			break;
	}
	return done;
}

#endif
