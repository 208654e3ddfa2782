/* SPDX-License-Identifier: Apache-2.0 */
/* Opening an office's spool, telling the caller how far long work is, and finding letters and offices by the names people type. */
#include "office/office.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "format/paper_code.h"
#include "format/request.h"

const char *valise_version(void)
{
	return VALISE_VERSION;
}

/* Our office's id, set by the transaction that founded it. */
static int load_self(struct valise *v, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(HASH_HEX_BYTES);
	CLEAN_REQUEST struct verified_request *waiting = NULL;
	int r = setting_get(v->spool, "office", &text, err);
	if (r == VALISE_E_NOT_FOUND && request_waiting(v->spool, &waiting, NULL) == 0)
		return err_set(
			err, VALISE_E_NO_OFFICE,
			"there is no office in %s yet: the key of %s waits there to be appointed. Give the keeper the "
			"request (`valise officer request`), and take in the card that comes back with `valise card add`",
			text_shown(str_of(spool_dir(v->spool))).text, text_shown(waiting->r.title).text);
	if (r == VALISE_E_NOT_FOUND)
		return err_set(err, VALISE_E_NO_OFFICE,
			       "there is no office in %s yet; found one with `valise init NAME`",
			       text_shown(str_of(spool_dir(v->spool))).text);
	if (!r && !hash_parse(buf_str(&text), &v->self))
		return err_set(err, VALISE_E_BAD, "the spool in %s does not say whose it is; run `valise doctor`",
			       text_shown(str_of(spool_dir(v->spool))).text);
	return r;
}

/* Spools of older versions have no mark: they get one when they are first opened to be written, and copies that are made from then on
 * are known. That it cannot be had now is no reason to keep anybody from a letter. */
static void mark_older(struct valise *v)
{
	enum copy_mark_state state;
	if (copy_mark_look(v->spool, &state, NULL) || state != COPY_MARK_NONE)
		return;
	int r = spool_begin(v->spool, NULL);
	if (!r)
		r = copy_mark_look(v->spool, &state, NULL);
	if (!r && state == COPY_MARK_NONE)
		r = copy_mark_renew(v->spool, NULL);
	if (!r)
		r = spool_commit(v->spool, NULL);
	spool_rollback(v->spool);
	if (!r)
		copy_mark_sweep(v->spool);
}

bool valise_is_copy(struct valise *v)
{
	enum copy_mark_state state;
	return copy_mark_look(v->spool, &state, NULL) == 0 && state == COPY_MARK_OTHER;
}

int valise_open(const char *dir, bool writing, const struct valise_caller *caller, struct valise **ret,
		struct valise_err *err)
{
	struct valise *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	if (caller)
		v->caller = *caller;
	int r = spool_open(dir, writing ? SPOOL_WRITE : SPOOL_READ, &v->spool, err);
	if (!r)
		r = load_self(v, err);
	if (r) {
		valise_close(v);
		return r;
	}
	if (writing)
		mark_older(v);
	*ret = v;
	return 0;
}

void valise_close(struct valise *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n_keys; i++)
		key_free(v->keys[i]);
	free(v->keys);
	secret_release(&v->passphrase);
	identities_release(&v->reading);
	kept_registers_drop(v);
	spool_close(v->spool);
	free(v);
}

int valise_look_back(struct valise *v, int64_t as_of_s, uint64_t *ret_set_back, struct valise_err *err)
{
	if (as_of_s > clock_now_s())
		return err_set(err, VALISE_E_USAGE,
			       "%s is yet to come: what was known can be shown as of a time that is past",
			       time_text(as_of_s).text);
	int r = spool_look_back(v->spool, as_of_s, &v->n_set_back, err);
	if (r)
		return r;
	v->looks_back = true;
	v->as_of_s = as_of_s;
	if (ret_set_back)
		*ret_set_back = v->n_set_back;
	return 0;
}

int64_t office_now(const struct valise *v)
{
	return v->looks_back ? v->as_of_s : clock_now_s();
}

int office_progress(struct valise *v, const char *doing, uint64_t done, uint64_t total, struct valise_err *err)
{
	if (v->caller.progress && v->caller.progress(v->caller.context, doing, done, total))
		return err_set(err, VALISE_E_INTERRUPTED, "interrupted while %s", doing);
	return 0;
}

static int wants_to_stop(void *context)
{
	return office_progress(context, "waiting for input", 0, 0, NULL);
}

struct file_patience office_patience(struct valise *v)
{
	return (struct file_patience){wants_to_stop, v};
}

/* What was scanned from a docket is the whole id, in another dress. */
struct collecting {
	struct hashes *ids;
	struct valise_err *err;
};

static int collect(void *context, const struct hash *id)
{
	struct collecting *c = context;
	return hashes_add(c->ids, id, c->err);
}

int office_letters(struct valise *v, struct hashes *ret, struct valise_err *err)
{
	struct collecting c = {ret, err};
	return letters_each(v->spool, collect, &c, err);
}

int office_letter(struct valise *v, const char *name, struct hash *ret, struct valise_err *err)
{
	struct hash scanned;
	bool is_code = paper_code_parse(VALISE_PAPER_LETTER, str_of(name), &scanned);
	return letter_find(v->spool, str_of(is_code ? hash_hex(&scanned).text : name), ret, err);
}

static int find(struct valise *v, const char *name, bool only_whole, struct hash *ret, struct valise_err *err)
{
	struct hash found;
	if (strcmp(name, "self") == 0) {
		*ret = v->self;
		return 0;
	}
	int r = contact_find(v->spool, str_of(name), only_whole, ret, err);
	if (r != VALISE_E_NOT_FOUND)
		return r;
	/* An office of which a register came with a letter, though nobody gave it a name here. */
	struct valise_err other;
	int by_id = register_find(v->spool, str_of(name), &found, &other);
	if (by_id == VALISE_E_NOT_FOUND)
		return r;
	if (!by_id && only_whole && strlen(name) < HASH_HEX_BYTES)
		by_id = err_set(&other, VALISE_E_AMBIGUOUS, "\"%s\" may be the office %.12s...: type all of its id",
				name, hash_hex(&found).text);
	if (by_id)
		err_copy(err, &other);
	else
		*ret = found;
	return by_id;
}

int office_find(struct valise *v, const char *name, struct hash *ret, struct valise_err *err)
{
	return find(v, name, false, ret, err);
}

int office_find_whole(struct valise *v, const char *name, struct hash *ret, struct valise_err *err)
{
	return find(v, name, true, ret, err);
}
