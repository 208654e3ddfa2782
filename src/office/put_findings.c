/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences that putting out tells. */
#include "office/put_findings.h"

#include "office/inside.h"

int put_out_tell_lost(struct put_out_result *r, const struct hash *letter, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	r->damaged = true;
	buf_addf(&b, "%s did not go out whole: %s: run `valise doctor`", hash_short(letter).text, err->text);
	return findings_add(&r->findings, &b, err);
}

int put_out_tell_unread(struct put_out_result *r, const struct hash *letter, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	r->damaged = true;
	buf_addf(&b, "nothing of %s went out: %s", hash_short(letter).text, err->text);
	return findings_add(&r->findings, &b, err);
}

int put_out_tell_damaged(struct put_out_result *r, const struct hash *exhibit, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	r->damaged = true;
	buf_addf(
		&b,
		"the exhibit %.16s... stays here, since it cannot be read or is damaged on this disk: add its file again "
		"with `valise exhibit add`, or restore a backup",
		hash_hex(exhibit).text);
	return findings_add(&r->findings, &b, err);
}

int put_out_tell_own_damaged(struct put_out_result *r, const char *name, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	r->damaged = true;
	buf_addf(&b,
		 "the bag %s of ours there is damaged: remove it, and sync again, which puts what was in it there anew",
		 name);
	return findings_add(&r->findings, &b, err);
}

int put_out_tell_dismissed(struct put_out_result *r, struct valise *v, const struct office_register *self,
			   int64_t now_s, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	int e = inside_dismissed(v, self, now_s, &b, err);
	return e || !b.len ? e : findings_add(&r->findings, &b, err);
}

int put_out_tell_unwrappable(struct put_out_result *r, struct valise *v, const struct register_set *set,
			     const struct hash *office, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	int e = office_show(v, set, office, &b, err);
	buf_add_text(
		&b,
		" has no clerk or courier with a key on the card you hold: it cannot unwrap these bags; ask for a newer card, or use --bare");
	return e ? e : findings_add(&r->findings, &b, err);
}

int put_out_tell_in_the_open(struct put_out_result *r, const struct hash *letter, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	buf_addf(
		&b,
		"%s goes unwrapped: whom it is addressed to has no card; a finder reads their names and what the paper is "
		"described as. Name a courier with --via to wrap it for that office",
		hash_short(letter).text);
	return findings_add(&r->findings, &b, err);
}
