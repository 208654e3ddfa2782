/* SPDX-License-Identifier: Apache-2.0 */
/* age's X25519 recipients and identities as text, and the key files that age-keygen writes. */
#include "format/age.h"

#include "base/cursor.h"
#include "base/encode.h"
#include "crypto/x25519.h"

#define RECIPIENT_HRP "age"
#define IDENTITY_HRP "age-secret-key-"

bool age_recipient_parse(struct str s, struct age_recipient *ret)
{
	struct age_recipient r;
	if (!bech32_decode(s, RECIPIENT_HRP, false, r.point, sizeof r.point) || !x25519_point_ok(r.point))
		return false;
	*ret = r;
	return true;
}

void age_recipient_write(struct buf *b, const struct age_recipient *r)
{
	bech32_encode(b, RECIPIENT_HRP, r->point, sizeof r->point, false);
}

bool age_identity_parse(struct str s, uint8_t ret_secret[static 32])
{
	return bech32_decode(s, IDENTITY_HRP, true, ret_secret, 32);
}

void age_identity_write(struct buf *b, const uint8_t secret[static 32])
{
	bech32_encode(b, IDENTITY_HRP, secret, 32, true);
}

int age_identity_x25519(const uint8_t secret[static 32], struct age_identity *ret, struct valise_err *err)
{
	uint8_t point[32];
	int r = x25519_public(secret, point, err);
	if (r)
		return r;
	*ret = (struct age_identity){.type = AGE_X25519};
	memcpy(ret->secret, secret, sizeof ret->secret);
	memcpy(ret->point, point, sizeof ret->point);
	return 0;
}

/* The next line that says something, without its end; false after the last. The last may lack its newline, as with age, and a
 * carriage return before it is an editor's. */
static bool next_key_line(struct cursor *c, size_t *number, struct str *ret)
{
	while (cursor_left(c) > 0) {
		struct cursor before = *c;
		struct str line;
		if (!cursor_line(c, &line)) {
			line = (struct str){(const char *)before.at, cursor_left(&before)};
			c->at = c->end;
		}
		++*number;
		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		if (line.len > 0 && line.at[0] != '#') {
			*ret = line;
			return true;
		}
	}
	return false;
}

static int add_identity(struct str line, size_t number, struct age_identity *ret, struct valise_err *err)
{
	uint8_t secret[32];
	/* The line may be a mistyped secret: it is named by its number, never shown. */
	if (!age_identity_parse(line, secret))
		return err_set(
			err, VALISE_E_BAD,
			"line %zu of the key file is neither a comment (#) nor an identity (AGE-SECRET-KEY-1...)",
			number);
	int r = age_identity_x25519(secret, ret, err);
	secret_wipe(secret, sizeof secret);
	return r;
}

int age_identity_file(struct str text, struct age_identity *ret, size_t max, size_t *ret_n, struct valise_err *err)
{
	struct cursor c = cursor_of(text.at, text.len);
	struct str line;
	size_t number = 0;
	size_t n = 0;
	int r = 0;
	while (!r && next_key_line(&c, &number, &line)) {
		if (n == max) {
			r = err_set(err, VALISE_E_LIMIT, "the key file has more than %zu identities", max);
		} else {
			r = add_identity(line, number, &ret[n], err);
			n += r == 0;
		}
	}
	if (!r && n == 0)
		r = err_set(err, VALISE_E_BAD, "the key file has no identity (AGE-SECRET-KEY-1...)");
	if (r) {
		/* No secret is left behind for a caller who was told that there is none. */
		secret_wipe(ret, n * sizeof *ret);
		return r;
	}
	*ret_n = n;
	return 0;
}
