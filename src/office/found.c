/* SPDX-License-Identifier: Apache-2.0 */
/* Founding an office: keeper's key, next keeper's key on the recovery sheet alone, the first officer, entry 0. */
#include "office/office.h"

#include "base/clock.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "office/recovery_sheet.h"

#define FIRST_ROLES (ROLE_PRINCIPAL | ROLE_CLERK | ROLE_READER | ROLE_COURIER | ROLE_SPOKESPERSON)

struct founding {
	struct key *keeper, *next, *officer; /* owned until the keyring would need them: freed with this */
	struct buf name, title;              /* normalised */
	struct buf note;                     /* entry 0 */
	struct verified_entry *entry;
};

static void founding_release(struct founding *f)
{
	key_free(f->keeper);
	key_free(f->next);
	key_free(f->officer);
	buf_release(&f->name);
	buf_release(&f->title);
	buf_release(&f->note);
	verified_entry_free(f->entry);
}

static int make_entry_0(struct founding *f, int64_t now_s, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	CLEAN_BUF struct buf recipient = BUF_INIT(AGE_RECIPIENT_TEXT_BYTES);
	struct hash next;
	struct age_recipient reader;
	vkey_commitment(&f->next->vkey, &next);
	memcpy(reader.point, f->officer->identity.point, sizeof reader.point);
	age_recipient_write(&recipient, &reader);
	struct appointment first = {.key = f->officer->vkey,
				    .recipient = buf_str(&recipient),
				    .roles = FIRST_ROLES,
				    .title = buf_str(&f->title)};
	struct register_entry e = {
		.is_first = true,
		.time_s = now_s,
		.name = buf_str(&f->name),
		.has_keepers = true,
		.keepers_quorum = 1,
		.keepers = &f->keeper->vkey,
		.n_keepers = 1,
		.next_quorum = 1,
		.next = &next,
		.n_next = 1,
		.appointments = &first,
		.n_appointments = 1,
		.by = &f->keeper->vkey,
		.n_by = 1,
	};
	const struct ed25519_signer *signer = f->keeper->signer;
	int r = buf_check(&recipient, "the reading key", err);
	if (!r)
		r = register_entry_write(&e, &text, err);
	if (!r)
		r = note_sign(buf_str(&text), &signer, 1, &f->note, err);
	if (!r)
		r = register_entry_verify(f->note.data, f->note.len, &f->entry, err);
	return r;
}

/* Hands the sheet out; it is nowhere else. */
static int give_recovery(const struct founding *f, const struct valise_founding *want, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf b = BUF_INIT(RECOVERY_SHEET_BYTES);
	int r = recovery_sheet(f->entry, f->next, &b, err);
	return r ? r : want->keep_recovery(want->context, (char *)b.data, err);
}

static int make_keys(struct valise *v, const struct valise_founding *f, struct founding *w, struct valise_err *err)
{
	struct new_key keeper = {.kind = KEY_KEEPER, .title = f->title, .no_passphrase = f->no_passphrase};
	struct new_key next = {.kind = KEY_NEXT, .title = f->title};
	struct new_key officer = {.kind = KEY_OFFICER,
				  .title = f->title,
				  .no_passphrase = f->no_passphrase,
				  .with_identity = true,
				  .reading_identity = f->reading_identity};
	int r = key_make(v, &keeper, &w->keeper, err);
	if (!r)
		r = key_make(v, &next, &w->next, err);
	if (!r)
		r = key_make(v, &officer, &w->officer, err);
	if (r || f->dry_run)
		return r;
	r = key_store(v, w->keeper, &keeper, err);
	if (!r)
		r = key_store(v, w->officer, &officer, err);
	return r;
}

/* The last step: entry 0 and our own id in one transaction. Refused when another process founded an office here meanwhile. */
static int commit_office(struct valise *v, const struct founding *w, struct valise_err *err)
{
	CLEAN_BUF struct buf taken = BUF_INIT(HASH_HEX_BYTES);
	int r = spool_begin(v->spool, err);
	if (r)
		return r;
	r = setting_get(v->spool, "office", &taken, NULL);
	if (r == 0)
		r = err_set(err, VALISE_E_EXISTS, "there is an office in %s already",
			    text_shown(str_of(spool_dir(v->spool))).text);
	else if (r == VALISE_E_NOT_FOUND)
		r = request_refuse_waiting(v->spool, err);
	else
		r = err_set(err, r, "the spool in %s cannot be read", text_shown(str_of(spool_dir(v->spool))).text);
	v->self = *verified_entry_office(w->entry);
	if (!r)
		r = entry_put(v->spool, w->entry, NULL, err);
	if (!r)
		r = setting_put(v->spool, "office", str_of(hash_hex(&v->self).text), err);
	if (!r)
		r = copy_mark_renew(v->spool, err);
	if (!r)
		r = spool_commit(v->spool, err);
	if (r)
		spool_rollback(v->spool);
	else
		copy_mark_sweep(v->spool);
	return r;
}

/* An empty spool of ours to found an office in: a new one, or one that an interrupted founding left. */
static int open_empty(const char *dir, struct spool **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf office = BUF_INIT(HASH_HEX_BYTES);
	CLEAN_SPOOL struct spool *s = NULL;
	int r = spool_create(dir, &s, err);
	if (r == VALISE_E_EXISTS)
		r = spool_open(dir, SPOOL_WRITE, &s, err);
	if (r)
		return r;
	r = setting_get(s, "office", &office, NULL);
	if (r == 0)
		return err_set(err, VALISE_E_EXISTS,
			       "there is an office in %s already; choose another directory with --dir",
			       text_shown(str_of(dir)).text);
	if (r != VALISE_E_NOT_FOUND)
		return err_set(err, r, "the spool in %s cannot be read", text_shown(str_of(dir)).text);
	r = request_refuse_waiting(s, err);
	if (!r)
		*ret = TAKE(s);
	return r;
}

/* The same question of a directory that is not to be touched. */
static int look_empty(const char *dir, struct valise_err *err)
{
	CLEAN_BUF struct buf office = BUF_INIT(HASH_HEX_BYTES);
	CLEAN_SPOOL struct spool *s = NULL;
	int r = spool_open(dir, SPOOL_READ, &s, err);
	if (r)
		return r == VALISE_E_NO_OFFICE ? 0 : r;
	r = setting_get(s, "office", &office, err);
	if (r == 0)
		return err_set(err, VALISE_E_EXISTS,
			       "there is an office in %s already; choose another directory with --dir",
			       text_shown(str_of(dir)).text);
	return r == VALISE_E_NOT_FOUND ? request_refuse_waiting(s, err) : r;
}

int valise_init(const char *dir, const struct valise_founding *f, const struct valise_caller *caller,
		struct valise **ret, struct valise_err *err)
{
	CLEANUP(founding_release)
	struct founding w = {.name = BUF_INIT(LIMIT_FREE_TEXT_BYTES),
			     .title = BUF_INIT(LIMIT_FREE_TEXT_BYTES),
			     .note = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES)};
	int64_t now_s = clock_now_s();
	int r = text_free_of(str_of(f->name), "the office's name", &w.name, err);
	if (!r)
		r = text_free_of(str_of(f->title), "the title", &w.title, err);
	if (r)
		return r;
	struct valise *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	if (caller)
		v->caller = *caller;
	r = f->dry_run ? look_empty(dir, err) : open_empty(dir, &v->spool, err);
	if (!r)
		r = make_keys(v, f, &w, err);
	if (!r)
		r = make_entry_0(&w, now_s, err);
	if (!r && f->keep_recovery && !f->dry_run)
		r = give_recovery(&w, f, err);
	if (!r && !f->dry_run)
		r = commit_office(v, &w, err);
	if (r || f->dry_run) {
		valise_close(v);
		return r;
	}
	/* What foundings left that were cut off; only now, when none of them can succeed any more. */
	const struct key *kept[] = {w.keeper, w.officer};
	key_files_forget_others(v, kept, 2);
	*ret = v;
	return 0;
}
