/* SPDX-License-Identifier: Apache-2.0 */
/* Each secret has pages of its own, so that it can be locked and left out of dumps without touching its neighbours. */
#include "crypto/secret.h"

#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t pages_for(size_t len)
{
	size_t page = page_bytes();
	return len > SIZE_MAX - page ? 0 : (len + page - 1) / page * page;
}

/* Single pages that were wiped and are wanted again soon: to lock a page and unmap it stops every other thread for a moment, and each letter
 * has three. A pointer goes in and out of its place by one exchange. */
static _Atomic(uint8_t *) spare[16];

static uint8_t *take_spare(void)
{
	uint8_t *page = NULL;
	for (size_t i = 0; i < sizeof spare / sizeof *spare && !page; i++)
		page = atomic_exchange(&spare[i], NULL);
	return page;
}

static bool keep_spare(uint8_t *page)
{
	for (size_t i = 0; i < sizeof spare / sizeof *spare; i++) {
		uint8_t *none = NULL;
		if (atomic_compare_exchange_strong(&spare[i], &none, page))
			return true;
	}
	return false;
}

static uint8_t *map_pages(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	/* Both are best effort: RLIMIT_MEMLOCK is small on many machines, and a secret in swap beats no letter at all. */
	(void)mlock(at, size);
	(void)madvise(at, size, MADV_DONTDUMP);
	return at;
}

int secret_alloc(struct secret *ret, size_t len, struct valise_err *err)
{
	if (len == 0) {
		*ret = (struct secret)SECRET_NONE;
		return 0;
	}
	size_t size = pages_for(len);
	if (size == 0)
		return err_nomem(err);
	uint8_t *at = size == page_bytes() ? take_spare() : NULL;
	if (!at)
		at = map_pages(size);
	if (!at)
		return err_nomem(err);
	*ret = (struct secret){at, len};
	return 0;
}

int secret_copy(struct secret *ret, const void *data, size_t len, struct valise_err *err)
{
	struct secret s;
	int r = secret_alloc(&s, len, err);
	if (r < 0)
		return r;
	if (len > 0)
		memcpy(s.bytes, data, len);
	*ret = s;
	return 0;
}

void secret_release(struct secret *s)
{
	if (s->bytes) {
		size_t size = pages_for(s->len);
		OPENSSL_cleanse(s->bytes, size);
		if (size != page_bytes() || !keep_spare(s->bytes))
			(void)munmap(s->bytes, size);
	}
	*s = (struct secret)SECRET_NONE;
}

void secret_wipe(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}

bool secret_eq(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
