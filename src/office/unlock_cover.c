/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a cover and recomputing what the seal commits to. */
#include "office/unlock_cover.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"

void locked_cover_release(struct locked_cover *l)
{
	buf_release(&l->file);
}

struct readers {
	struct buf titles;
	int64_t now_s;
};

static int add_reader(void *context, const struct officer *o)
{
	struct readers *r = context;
	if (!(o->roles & ROLE_READER) || !officer_in_standing(o, r->now_s))
		return 0;
	if (r->titles.len)
		buf_add_text(&r->titles, ", ");
	text_show(&r->titles, o->title);
	return 0;
}

static int no_reading_key(struct valise *v, const struct register_set *set, struct valise_err *err)
{
	struct readers readers = {BUF_INIT(4096), clock_now_s()};
	(void)!office_each_officer(registers_office(set->registers, &v->self), NULL, add_reader, &readers);
	int r = err_set(err, VALISE_E_NOT_ALLOWED,
			"no reading key of your office is in this spool; open the letter where a reader's key is%s%s",
			readers.titles.len ? ": " : "", readers.titles.len ? (char *)readers.titles.data : "");
	buf_release(&readers.titles);
	return r;
}

static int load_keys(struct valise *v, struct identities *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_IDENTITIES struct identities keys = {0};
	int r = register_set_self(v, &set, err);
	if (!r)
		r = office_identities(v, &set, ROLE_READER, &keys, err);
	if (!r && keys.n == 0)
		r = no_reading_key(v, &set, err);
	if (r)
		return r;
	*ret = keys;
	keys = (struct identities){0};
	return 0;
}

/* Once for all letters that a command opens: threads read them while the next letter is looked for. */
static int reading_keys(struct valise *v, const struct identities **ret, struct valise_err *err)
{
	int r = v->reading.n ? 0 : load_keys(v, &v->reading, err);
	if (!r)
		*ret = &v->reading;
	return r;
}

int locked_cover_get(struct valise *v, const struct verified_seal *seal, struct locked_cover *ret,
		     struct valise_err *err)
{
	struct hash digest;
	int r;
	if (seal->s.paper.at) {
		r = sheet_get(v->spool, &seal->note.id, &ret->file, err);
		if (r == VALISE_E_NOT_FOUND)
			return err_set(
				err, r,
				"%s is a paper letter, and nothing of it can be disclosed here: only who sealed it with "
				"--scan can disclose a scan",
				hash_short(&seal->note.id).text);
		return r ? r : reading_keys(v, &ret->keys, err);
	}
	r = cover_get(v->spool, &seal->note.id, &ret->file, err);
	if (r == VALISE_E_NOT_FOUND)
		return office_not_whole(v, &seal->note.id, VALISE_E_NOT_FOUND, "nobody can read its cover", err);
	if (r)
		return r;
	digest_once(ret->file.data, ret->file.len, &digest);
	if (ret->file.len != seal->s.cover_bytes || !hash_eq(&digest, &seal->s.cover))
		return err_set(err, VALISE_E_BAD,
			       "the cover of %s was damaged on this machine's disk: `valise doctor` says what to do",
			       hash_short(&seal->note.id).text);
	return reading_keys(v, &ret->keys, err);
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

int unlock_cover(const struct locked_cover *l, const struct verified_seal *seal, struct cover *ret,
		 struct buf *ret_text, struct valise_err *err)
{
	CLEAN_COVER struct cover c = {0};
	int r = age_file_open(l->file.data, l->file.len, l->keys->at, l->keys->n, ret_text, NULL, err);
	if (r == VALISE_E_LOCKED)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"none of your office's reading keys here opens the cover of %s: it was sealed to other keys, perhaps to "
			"those of another reader of yours, or without a copy for its sender; if nobody of its recipient can open it, "
			"that is said with `valise say refused --reason key-not-held`",
			hash_short(&seal->note.id).text);
	if (!r)
		r = cover_parse(buf_str(ret_text), &c, err);
	if (!r)
		r = check_against_seal(&c, seal, err);
	if (r)
		return r;
	*ret = c;
	memset(&c, 0, sizeof c);
	return 0;
}
