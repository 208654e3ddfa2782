/* SPDX-License-Identifier: Apache-2.0 */
/* Each secret has pages of its own, so that it can be locked, left out of dumps and unmapped without touching its neighbours. */
#include "crypto/secret.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t pages_for(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	return len > SIZE_MAX - page ? 0 : (len + page - 1) / page * page;
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
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return err_nomem(err);
	/* Both are best effort: RLIMIT_MEMLOCK is small on many machines, and a secret in swap beats no letter at all. */
	(void)mlock(at, size);
	(void)madvise(at, size, MADV_DONTDUMP);
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
		OPENSSL_cleanse(s->bytes, s->len);
		(void)munmap(s->bytes, pages_for(s->len));
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
