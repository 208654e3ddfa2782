/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a cover and recomputing what the seal commits to. */
#include "office/unlock_cover.h"

#include "base/limits.h"
#include "crypto/digest.h"

static int decrypt(struct valise *v, const struct buf *file, struct buf *text, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_IDENTITIES struct identities ids = {0};
	int r = register_set_self(v, &set, err);
	if (!r)
		r = office_identities(v, &set, ROLE_READER, &ids, err);
	if (!r && ids.n == 0)
		r = err_set(err, VALISE_E_NOT_ALLOWED,
			    "no reading key of your office is in this spool; open the letter where a reader's key is");
	if (!r)
		r = age_file_open(file->data, file->len, ids.at, ids.n, text, NULL, err);
	if (r == VALISE_E_LOCKED)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"none of your office's reading keys here opens the cover: it was sealed to other keys; if that should not "
			"be, say so with `valise say refused --reason key-not-held`");
	return r;
}

static int check_against_seal(const struct cover *c, const struct verified_seal *seal, struct valise_err *err)
{
	struct hash core, root;
	uint64_t leaves;
	int r = seal_core(&seal->s, &core, err);
	if (!r && !hash_eq(&core, &c->core))
		r = err_set(err, VALISE_E_BAD, "the cover belongs to another seal");
	if (!r)
		r = cover_contents(c, &seal->s, &root, &leaves, err);
	if (!r && (leaves != seal->s.n_leaves || !hash_eq(&root, &seal->s.contents)))
		r = err_set(err, VALISE_E_BAD, "the parts named in the cover are not those that the seal commits to");
	return r;
}

int unlock_cover(struct valise *v, const struct verified_seal *seal, struct cover *ret, struct buf *ret_text,
		 struct valise_err *err)
{
	CLEAN_BUF struct buf file = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_BUF_SECRET struct buf own_text = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_COVER struct cover c = {0};
	struct buf *text = ret_text ? ret_text : &own_text;
	struct hash digest;
	int r = cover_get(v->spool, &seal->note.id, &file, err);
	if (r == VALISE_E_NOT_FOUND)
		return err_set(err, r, "the cover of %s is not here yet; sync again", hash_short(&seal->note.id).text);
	if (r)
		return r;
	digest_once(file.data, file.len, &digest);
	if (file.len != seal->s.cover_bytes || !hash_eq(&digest, &seal->s.cover))
		return err_set(err, VALISE_E_IO, /* our disk's fault: no defect of the letter */
			       "the cover in this spool is damaged; run `valise doctor` and sync again");
	r = decrypt(v, &file, text, err);
	if (!r)
		r = cover_parse(buf_str(text), &c, err);
	if (!r)
		r = check_against_seal(&c, seal, err);
	if (r)
		return r;
	*ret = c;
	memset(&c, 0, sizeof c);
	return 0;
}
