/* SPDX-License-Identifier: Apache-2.0 */
/* Makes, writes and reads what vouches for a bag between the machines of one office. */
#include "format/inside_voucher.h"

#include "base/encode.h"
#include "crypto/digest.h"
#include "crypto/x25519.h"

#define FIRST_LINE "valise/inside-by@v1\n"
#define BY "by "
#define FOR "for "
#define TAG_DIGITS (2 * INSIDE_TAG_BYTES)

int inside_voucher_tag(const struct age_identity *mine, const struct age_recipient *other,
		       const struct age_recipient *by, const struct age_recipient *to, const struct hash *frames,
		       uint8_t ret[static INSIDE_TAG_BYTES], struct valise_err *err)
{
	uint8_t shared[X25519_BYTES], salt[2 * sizeof by->point], key[32], tag[32];
	int r = x25519_shared(mine->secret, other->point, shared, err);
	if (r)
		return r;
	memcpy(salt, by->point, sizeof by->point);
	memcpy(salt + sizeof by->point, to->point, sizeof to->point);
	hkdf_sha256(shared, sizeof shared, salt, sizeof salt, "valise/inside-by@v1", key, sizeof key);
	hmac_sha256(key, sizeof key, frames->bytes, sizeof frames->bytes, tag);
	memcpy(ret, tag, INSIDE_TAG_BYTES);
	secret_wipe(shared, sizeof shared);
	secret_wipe(key, sizeof key);
	secret_wipe(tag, sizeof tag);
	return 0;
}

void inside_voucher_begin(struct buf *b, const struct age_recipient *by)
{
	buf_add_text(b, FIRST_LINE BY);
	age_recipient_write(b, by);
	buf_add_char(b, '\n');
}

void inside_voucher_line(struct buf *b, const struct age_recipient *to, const uint8_t tag[static INSIDE_TAG_BYTES])
{
	buf_add_text(b, FOR);
	age_recipient_write(b, to);
	buf_add_char(b, ' ');
	hex_encode(b, tag, INSIDE_TAG_BYTES);
	buf_add_char(b, '\n');
}

bool inside_voucher_is(struct str s)
{
	return str_starts(s, STR(FIRST_LINE));
}

static bool take(struct str *s, struct str what)
{
	if (!str_starts(*s, what))
		return false;
	*s = (struct str){s->at + what.len, s->len - what.len};
	return true;
}

static bool take_key(struct str *s, struct age_recipient *ret)
{
	if (s->len < AGE_RECIPIENT_TEXT_BYTES ||
	    !age_recipient_parse((struct str){s->at, AGE_RECIPIENT_TEXT_BYTES}, ret))
		return false;
	*s = (struct str){s->at + AGE_RECIPIENT_TEXT_BYTES, s->len - AGE_RECIPIENT_TEXT_BYTES};
	return true;
}

static bool take_tag(struct str *s, uint8_t ret[static INSIDE_TAG_BYTES])
{
	if (s->len < TAG_DIGITS || !hex_decode((struct str){s->at, TAG_DIGITS}, ret, INSIDE_TAG_BYTES))
		return false;
	*s = (struct str){s->at + TAG_DIGITS, s->len - TAG_DIGITS};
	return true;
}

bool inside_voucher_find(struct str s, const struct age_recipient *to, struct age_recipient *ret_by,
			 uint8_t ret_tag[static INSIDE_TAG_BYTES])
{
	struct age_recipient by, key, before;
	uint8_t tag[INSIDE_TAG_BYTES], found_tag[INSIDE_TAG_BYTES] = {0};
	bool found = false;
	if (!take(&s, STR(FIRST_LINE BY)) || !take_key(&s, &by) || !take(&s, STR("\n")))
		return false;
	for (size_t n = 0; s.len; n++) {
		if (!take(&s, STR(FOR)) || !take_key(&s, &key) || !take(&s, STR(" ")) || !take_tag(&s, tag) ||
		    !take(&s, STR("\n")))
			return false;
		if (memcmp(key.point, by.point, sizeof key.point) == 0 ||
		    (n && memcmp(before.point, key.point, sizeof key.point) >= 0))
			return false;
		before = key;
		if (memcmp(key.point, to->point, sizeof key.point) == 0) {
			memcpy(found_tag, tag, sizeof tag);
			found = true;
		}
	}
	if (!found)
		return false;
	*ret_by = by;
	memcpy(ret_tag, found_tag, sizeof found_tag);
	return true;
}
