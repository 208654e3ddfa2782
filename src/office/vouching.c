/* SPDX-License-Identifier: Apache-2.0 */
/* Vouching for a bag with the key of this machine, and judging who vouches for one. */
#include "office/vouching.h"

#include "base/limits.h"
#include "format/inside_voucher.h"

void vouching_release(struct vouching *x)
{
	identities_release(&x->at_hand);
	*x = (struct vouching){0};
}

/* Bags go out, whether this can be or not: so nobody is asked for a passphrase. */
int vouching_keys(struct vouching *x, struct valise_err *err)
{
	if (x->has_looked)
		return 0;
	x->has_looked = true;
	bool asks_nobody = x->v->asks_nobody;
	x->v->asks_nobody = true;
	int r = office_identities(x->v, x->self, ROLE_CLERK | ROLE_COURIER | ROLE_READER, &x->at_hand, err);
	x->v->asks_nobody = asks_nobody;
	return r == VALISE_E_LOCKED ? 0 : r;
}

int vouch(struct vouching *x, const struct age_recipient *to, size_t n, const struct hash *frames, struct buf *ret,
	  struct valise_err *err)
{
	struct age_recipient by;
	uint8_t tag[INSIDE_TAG_BYTES];
	int r = vouching_keys(x, err);
	const struct age_identity *mine = NULL;
	for (size_t i = 0; i < x->at_hand.n && !mine; i++) {
		memcpy(by.point, x->at_hand.at[i].point, sizeof by.point);
		mine = inside_is_officer(x->keys, &by) ? &x->at_hand.at[i] : NULL;
	}
	if (r || !mine || n > LIMIT_STANZAS)
		return r;
	inside_voucher_begin(ret, &by);
	for (size_t i = 0; i < n && !r; i++) {
		if (memcmp(to[i].point, by.point, sizeof by.point) == 0)
			continue;
		r = inside_voucher_tag(mine, &to[i], &by, &to[i], frames, tag, err);
		if (!r)
			inside_voucher_line(ret, &to[i], tag);
	}
	return r ? r : buf_check(ret, "the bag", err);
}

int vouched_by(const struct identities *ours, struct str record, const struct hash *frames, bool *ret,
	       struct age_recipient *ret_by, struct valise_err *err)
{
	*ret = false;
	for (size_t i = 0; i < ours->n && !*ret; i++) {
		struct age_recipient to, by;
		uint8_t told[INSIDE_TAG_BYTES], tag[INSIDE_TAG_BYTES];
		memcpy(to.point, ours->at[i].point, sizeof to.point);
		if (!inside_voucher_find(record, &to, &by, told))
			continue;
		int r = inside_voucher_tag(&ours->at[i], &by, &by, &to, frames, tag, err);
		if (r && r != VALISE_E_BAD)
			return r;
		*ret = !r && secret_eq(told, tag, sizeof tag);
		*ret_by = by;
	}
	return 0;
}
