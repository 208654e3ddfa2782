/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and Bech32: whatever decodes is encoded again as the same bytes. */
#include <stdlib.h>

#include "base/encode.h"

#define HOLDS(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_hex(struct str s)
{
	CLEAN_BUF struct buf b = BUF_INIT(SIZE_MAX / 4);
	uint8_t bytes[64];
	size_t len = s.len / 2 < sizeof bytes ? s.len / 2 : sizeof bytes;
	if (!hex_decode(s, bytes, len))
		return;
	hex_encode(&b, bytes, len);
	HOLDS(str_eq(s, buf_str(&b)));
}

static void check_base64(struct str s)
{
	CLEAN_BUF struct buf plain = BUF_INIT(SIZE_MAX / 4);
	CLEAN_BUF struct buf text = BUF_INIT(SIZE_MAX / 4);
	if (base64_decode(s, &plain)) {
		base64_encode(&text, plain.data, plain.len);
		HOLDS(str_eq(s, buf_str(&text)));
	} else {
		HOLDS(plain.len == 0);
	}
	buf_clear(&plain);
	buf_clear(&text);
	if (base64_raw_decode(s, &plain)) {
		base64_raw_encode(&text, plain.data, plain.len);
		HOLDS(str_eq(s, buf_str(&text)));
	} else {
		HOLDS(plain.len == 0);
	}
}

static void check_bech32(struct str s, const char *hrp, bool uppercase)
{
	CLEAN_BUF struct buf text = BUF_INIT(SIZE_MAX / 4);
	uint8_t bytes[64];
	for (size_t len = 0; len <= sizeof bytes; len++) {
		if (!bech32_decode(s, hrp, uppercase, bytes, len))
			continue;
		buf_clear(&text);
		bech32_encode(&text, hrp, bytes, len, uppercase);
		HOLDS(str_eq(s, buf_str(&text)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	check_hex(s);
	check_base64(s);
	check_bech32(s, "age", false);
	check_bech32(s, "age-secret-key-", true);
	check_bech32(s, "1", false);

	/* The other way round, for all bytes there are. */
	CLEAN_BUF struct buf text = BUF_INIT(SIZE_MAX / 4);
	CLEAN_BUF struct buf back = BUF_INIT(SIZE_MAX / 4);
	base64_encode(&text, data, size);
	HOLDS(base64_decode(buf_str(&text), &back));
	HOLDS(str_eq(s, buf_str(&back)));
	buf_clear(&text);
	bech32_encode(&text, "age", data, size, false);
	HOLDS(buf_grow(&back, size));
	HOLDS(bech32_decode(buf_str(&text), "age", false, back.data + size, size));
	HOLDS(size == 0 || memcmp(data, back.data + size, size) == 0);
	return 0;
}
